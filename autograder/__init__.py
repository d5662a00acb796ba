"""Grade the exercises of the course, run its experiment, and build its book."""
