"""The gradebook of a class: rows that prove themselves, one writer, and repair of damage."""

from .repair import open_gradebook
from .rows import Adjustment, Grade, Student
from .store import FILE, DamagedError, Gradebook, GradebookError

__all__ = [
    "FILE",
    "Adjustment",
    "DamagedError",
    "Grade",
    "Gradebook",
    "GradebookError",
    "Student",
    "open_gradebook",
]
