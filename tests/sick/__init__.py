"""Trainings that are made sick, and how the verdict names them: `make sick`."""
