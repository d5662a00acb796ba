"""Errors that a person can act on."""


class CourseError(Exception):
    """Stop with one line that says what went wrong, where, and what to do next."""


class DataError(CourseError):
    """A data file is missing, broken, or not the one that the course expects."""
