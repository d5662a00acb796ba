"""What is graded: one file for each chapter, each a list of checks named CHECKS."""
