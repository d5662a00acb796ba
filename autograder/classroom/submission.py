"""What one student handed in: the chapter files that are graded, and what was left aside."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LeftAside:
    """A file, or a part of one, that is not graded, and why."""

    path: str
    why: str


@dataclass(frozen=True)
class Submission:
    """The chapters of one student, as source text that nobody has run or parsed yet.

    student: what tells the students of a class apart; name: what a person calls this one.
    files: for each stem, the bytes of the Python file, or of a notebook's code cells.
    left_aside: everything else that was there. troubles: chapter files that could not be read,
    by stem: they are graded, as crashed, with these words.
    learning_platform: what the platform's file names tell: {"canvas_id": ..., "late": "yes"}.
    """

    student: str
    name: str
    files: dict[str, bytes] = field(default_factory=dict)
    left_aside: tuple[LeftAside, ...] = ()
    troubles: dict[str, str] = field(default_factory=dict)
    learning_platform: dict[str, str] = field(default_factory=dict)
