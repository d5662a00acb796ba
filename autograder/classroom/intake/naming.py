"""Tell which chapter a file is, from its name alone."""

import re
from dataclasses import dataclass

from ...chapters import CHAPTERS, EXERCISE_CHAPTERS, Chapter

KINDS = (".py", ".ipynb")
TEST_WORDS = {"test", "tests", "check", "checks"}
NUMBERED = re.compile(
    r"(?P<prefix>|.*?[\W_])ch(?:apter)?[\s_-]?0*(?P<number>\d{1,3})(?P<rest>|[\W_].*)",
    re.DOTALL | re.IGNORECASE,
)
COPY = re.compile(r"(?:_?copy)?_?(?:\((?P<browser>\d{1,4})\)|_(?P<plain>\d{1,4}))|_?copy")
LAST_NUMBER = re.compile(r"(\d{1,4})\)?$")
NO_CHAPTER = "its name says no chapter"
# Every part begins with what the one before it cannot hold, so a long name is read in one go.
BREAKS = re.compile(
    r"(?:.*[\W_])?breaks[\W_]*(?:copy[\W_]*)?(?:\d{1,4}[\W_]*)?", re.DOTALL | re.IGNORECASE
)


class NoChapterError(Exception):
    """A file is not a chapter of the course; `why` completes the sentence "left aside: ..."."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class ChapterName:
    """What a file name says about the chapter.

    closeness: 0 for the chapter's own name, 1 in another spelling, 2 for ch04.py, 3 for a numbered
    copy, 4 with other words after it, 5 with words before it. copy: the copy's number, 0 if none.
    """

    stem: str
    is_notebook: bool
    prefix: str
    closeness: int
    copy: int


def read_name(name: str) -> ChapterName:
    """Return the chapter that a file name denotes. Raises NoChapterError, which says why not."""
    if is_breaks(name):
        raise NoChapterError("holds examples for triplet break, which are read and never run")
    root, dot, kind = name.strip().rpartition(".")
    said = NUMBERED.fullmatch(root if dot else name)
    if said is None:
        raise NoChapterError(NO_CHAPTER)
    if f".{kind.lower()}" not in KINDS or not dot:
        raise NoChapterError("its name ends neither in .py nor in .ipynb")
    prefix = said["prefix"].strip(" _-.")
    if prefix.lower() in TEST_WORDS:
        raise NoChapterError("is a test, not a chapter")
    chapter = _numbered(int(said["number"]))
    ending = re.sub(r"[\s_-]+", "_", said["rest"]).lower()
    _require_same_topic(chapter, ending)
    closeness, copy = _closeness(chapter, ending)
    if closeness == 1 and root == chapter.stem:
        closeness = 0
    return ChapterName(
        chapter.stem, kind.lower() == "ipynb", prefix, 5 if prefix else closeness, copy
    )


def is_breaks(name: str) -> bool:
    """Return whether a file name is that of exercises/breaks.py, or of a copy of it."""
    root, dot, kind = name.strip().rpartition(".")
    is_python = bool(dot) and kind.lower() == "py"
    return is_python and BREAKS.fullmatch(root) is not None and NUMBERED.fullmatch(root) is None


def _numbered(number: int) -> Chapter:
    for chapter in EXERCISE_CHAPTERS:
        if chapter.number == number:
            return chapter
    raise NoChapterError(f"chapter {number} has no exercise")


def _require_same_topic(chapter: Chapter, ending: str) -> None:
    """Refuse ch05_triplet_loss: graded as the wrong chapter, it would lose all its points."""
    for other in CHAPTERS:
        if other != chapter and _after(ending, other) is not None:
            raise NoChapterError(
                f"its number says chapter {chapter.number}, its words chapter {other.number}"
            )


def _closeness(chapter: Chapter, ending: str) -> tuple[int, int]:
    """Return how close an ending is to the chapter's topic, and the number of the copy."""
    behind = _after(ending, chapter)
    if behind == "":
        return 1, 0
    if ending == "":
        return 2, 0
    behind = ending if behind is None else behind
    number = LAST_NUMBER.search(behind)
    return (3 if COPY.fullmatch(behind) else 4), int(number[1]) if number else 0


def _after(ending: str, chapter: Chapter) -> str | None:
    """Return what follows the chapter's topic, None if the ending does not start with the topic."""
    topic = chapter.stem[4:]
    behind = ending.removeprefix(topic)
    return behind if ending.startswith(topic) and not behind[:1].isalnum() else None
