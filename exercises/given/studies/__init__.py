"""Whole studies: the unseen class, the rotation of classes, and their reports."""
