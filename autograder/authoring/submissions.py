"""Wrong submissions that hold a misconception's words against its code.

Whoever wrote them had the sentence and the hints before them, and not the code: a small edit of a
right solution, as a student might make it. The grader has to name that very mistake. They are data,
tests/wrong/chNN_topic.toml, with a table for each misconception:

    [loss-swapped]
    from = "reference"              the right solution: solutions/, or a folder of tests/accepted/
    where = "..."                   a piece of its text that is there once
    instead = "..."                 what the student wrote
    says = "..."                    telling words of the misconception's sentence
    hints = ["...", "...", "..."]   and of its three hints
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from exercises.given.errors import CourseError

from ..chapters import EXERCISE_CHAPTERS, ROOT, SOLUTIONS, Chapter
from ..grading.misconception import Misconception

WRONG = ROOT / "tests" / "wrong"
ACCEPTED = ROOT / "tests" / "accepted"
REFERENCE = "reference"
RUNGS = ("sentence", "nudge", "idea", "step")


@dataclass(frozen=True)
class WrongSubmission:
    """An edit of a right solution, and the words by which a reader knows its misconception."""

    id: str
    chapter: Chapter
    right: str
    where: str
    instead: str
    words: tuple[str, ...]

    def sources(self) -> dict[str, bytes]:
        """Return the text of every chapter, by stem. Raises CourseError where the edit is none."""
        folder = SOLUTIONS if self.right == REFERENCE else ACCEPTED / self.right
        texts = {one.stem: _text_of(folder, one) for one in EXERCISE_CHAPTERS}
        text = texts[self.chapter.stem]
        if text.count(self.where) != 1:
            raise CourseError(
                f"{file_of(self.chapter)}, [{self.id}]: `where` is in the solution "
                f"{text.count(self.where)} times, and should be there once."
            )
        texts[self.chapter.stem] = text.replace(self.where, self.instead)
        return {stem: text.encode() for stem, text in texts.items()}


def right_folders() -> list[Path]:
    """Return the folders of right chapters: the reference, and the same written otherwise."""
    return [SOLUTIONS, *sorted(path for path in ACCEPTED.iterdir() if path.is_dir())]


def file_of(chapter: Chapter) -> Path:
    return WRONG / f"{chapter.stem}.toml"


def wrong_submissions(chapter: Chapter) -> dict[str, WrongSubmission]:
    """Return the wrong submissions of a chapter, by id. Raises CourseError for unreadable data."""
    path = file_of(chapter)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return {
            identity: WrongSubmission(
                identity,
                chapter,
                table["from"],
                table["where"],
                table["instead"],
                (table["says"], *table["hints"]),
            )
            for identity, table in tables.items()
        }
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{path}: {error}") from error
    except (KeyError, TypeError) as error:
        raise CourseError(f"{path}: a table lacks {error}.") from error


def unfit_words(submission: WrongSubmission, misconception: Misconception) -> list[str]:
    """Return which words of a submission are not in the texts that they are to be found in."""
    texts = texts_of(misconception)
    return [
        f"[{submission.id}]: {words!r} is not in its {rung}: {text}"
        for rung, words, text in zip(RUNGS, submission.words, texts, strict=True)
        if words not in text
    ]


def texts_of(misconception: Misconception) -> tuple[str, ...]:
    """Return the sentence and the three hints."""
    return (misconception.says, *misconception.hints)


def _text_of(folder: Path, chapter: Chapter) -> str:
    return (folder / f"{chapter.stem}.py").read_text(encoding="utf-8")
