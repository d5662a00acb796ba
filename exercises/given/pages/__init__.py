"""What is left of a run to look at: its page, its curves, and two runs side by side."""
