"""The table of chapters: the one place that says which there are."""

import re
from dataclasses import dataclass
from pathlib import Path

from exercises.given.errors import CourseError

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
EXERCISES = ROOT / "exercises"
SOLUTIONS = ROOT / "solutions"
CHECKS = ROOT / "autograder" / "grading" / "checks"


@dataclass(frozen=True)
class Chapter:
    """One chapter: the stem that its files share, and its title.

    to_try: what to do with what its stub defines, once that is right.
    """

    stem: str
    title: str
    to_try: str = ""

    @property
    def number(self) -> int:
        return int(self.stem[2:4])

    @property
    def page(self) -> str:
        return f"book/{self.stem}.md"

    @property
    def stub(self) -> str:
        return f"exercises/{self.stem}.py"

    @property
    def has_exercise(self) -> bool:
        """Return whether there is something to write: a chapter with checks has a stub."""
        return (CHECKS / f"{self.stem}.py").is_file()


CHAPTERS = (
    Chapter("ch01_similarity", "Similarity beyond classification"),
    Chapter(
        "ch02_triplet_dataset",
        "Triplets",
        "draw 1,000 negatives of one anchor, and count their digits. Which digit comes most often, "
        "and is that chance?",
    ),
    Chapter(
        "ch03_embedding_network",
        "BNReLUConv and the embedding network",
        "embed one digit, and the same digit moved by one pixel. How far apart do the two lie, and "
        "how far two different digits?",
    ),
    Chapter(
        "ch04_triplet_loss",
        "The triplet loss",
        "let the negative walk away from the anchor, step by step. At which distance does the loss "
        "become zero, and what does the gradient do there?",
    ),
    Chapter(
        "ch05_triplet_mining",
        "Mining",
        "give batch_hard_triplet_loss eight embeddings that are all the same. What is the loss, "
        "and what with half of them moved away?",
    ),
    Chapter(
        "ch06_nearest_neighbours",
        "Nearest neighbours and retrieval",
        "measure recall_at_k of 1,000 digits as plain pixels, for k = 1, 2, 5: that is what a "
        "learned embedding has to beat.",
    ),
    Chapter(
        "ch07_training",
        "Training",
        "train for a few seconds, and see what it brings: triplet experiment --mine --steps 300 "
        "--out my-run; then make three sick trainings well: triplet check 7 --runs",
    ),
    Chapter(
        "ch08_embedding_space",
        "Seeing an embedding space",
        "draw the first two components of 1,000 digits as plain pixels, coloured by digit. Which "
        "digits can you tell apart?",
    ),
    Chapter("ch09_unseen_digit", "The unseen digit"),
    Chapter("ch10_beyond_digits", "Beyond digits"),
)

# No chapter: the file of data of the second exercise, made and put back as a stub is.
BREAKS = Chapter("breaks", "Can you tell right from wrong?")

EXERCISE_CHAPTERS = tuple(chapter for chapter in CHAPTERS if chapter.has_exercise)


def find_chapter(text: str) -> Chapter:
    """Return the exercise chapter that a person means by "4", "ch04" or "ch04_triplet_loss".

    Raises CourseError that lists the chapters with an exercise.
    """
    number = re.fullmatch(r"(?:ch)?0*(\d+)(?:_\w+)?(?:\.py)?", Path(text).name)
    for chapter in EXERCISE_CHAPTERS:
        if number and int(number[1]) == chapter.number:
            return chapter
    known = ", ".join(chapter.stem[:4] for chapter in EXERCISE_CHAPTERS)
    raise CourseError(f"No exercise belongs to {text!r}. The chapters with one are {known}.")
