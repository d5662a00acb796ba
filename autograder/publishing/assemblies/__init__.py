"""Exercises to put together from given parts: every combination is graded before it is shown."""
