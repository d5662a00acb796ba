"""What is measured by `make bench`: ratios to a peer or a floor in the same run, and the bars."""
