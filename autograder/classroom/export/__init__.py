"""What grades where the students hand in: on Gradescope, and in their own repositories."""
