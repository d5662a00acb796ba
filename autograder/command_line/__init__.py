"""The commands: each a few lines around what does the work."""
