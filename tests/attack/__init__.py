"""What is too heavy for every run of the tests: `make attack`. Each part prints its seed."""
