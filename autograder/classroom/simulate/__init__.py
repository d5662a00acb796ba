"""A class that never was: its people, what they hand in, and how a platform gives it out."""
