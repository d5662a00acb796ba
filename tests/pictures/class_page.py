"""The pages of classes that `triplet grade` has graded: invented people, real mistakes."""

import csv
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.chapters import EXERCISE_CHAPTERS, ROOT, SOLUTIONS
from autograder.stubs import stub_of
from tests.classes import MISTAKES, WAYS, write_student
from tests.pictures.places import PICTURES, STATIC, THEMES, opened_tab, photographed

SEED = "4"
WIDTH = 960
LOSS = "ch04_triplet_loss"
# A mistake, as in `tests.classes`: the chapter, what is replaced in the reference, and by what.
NO_ROOT, LESS_MARGIN, NOT_CENTRED, HINGE, GRADIENTS_ADD_UP = MISTAKES
SUM = (LOSS, "to_negative + margin).mean()", "to_negative + margin).sum()")
MARGIN_ONE = (LOSS, "to_negative + margin).mean()", "to_negative + 1.0).mean()")
SIGN = (LOSS, "-share * from_positive", "share * from_positive")
NO_MEAN = (LOSS, "active / len(anchor)", "active.astype(anchor.dtype)")
ROOT_AT_ZERO = (
    LOSS,
    "squared.clamp(min=1e-12).sqrt()",
    "(x[:, None] - y).square().sum(dim=2).sqrt()",
)
Mistake = tuple[str, str, str]


@dataclass(frozen=True)
class Person:
    """An invented student: in which way they write, which mistakes they make, how far they came."""

    name: str
    way: int = 0
    mistakes: tuple[Mistake, ...] = ()
    chapters: int = len(EXERCISE_CHAPTERS)


PEOPLE = (
    Person("Amara Okafor"),
    Person("Anders Lindqvist", mistakes=(SUM, NOT_CENTRED)),
    Person("Beatriz Carvalho", mistakes=(ROOT_AT_ZERO, SIGN)),
    Person("Chiamaka Eze", way=1),
    Person("Dmitri Volkov", mistakes=(NO_MEAN, HINGE), chapters=5),
    Person("Elif Aydemir", mistakes=(SUM, NO_MEAN)),
    Person("Farid Rahimi", chapters=2),
    Person("Hana Kobayashi", way=2),
    Person("Ioana Popescu", mistakes=(MARGIN_ONE,)),
    Person("José Castillo", mistakes=(SUM, GRADIENTS_ADD_UP), chapters=6),
    Person("Léa Fournier", way=3),
    Person("Maya Goldberg", mistakes=(NO_ROOT,)),
    Person("Minh Tran", way=4),
    Person("Nomvula Dube", mistakes=(ROOT_AT_ZERO, HINGE)),
    Person("Priya Raman", mistakes=(SIGN,)),
    Person("Samuel Osei", mistakes=(NOT_CENTRED,)),
    Person("Tomasz Nowak", mistakes=(LESS_MARGIN, SIGN), chapters=3),
    Person("Wiremu Parata", chapters=0),
    Person("Xinyi Zhao", way=1, chapters=5),
    Person("Yusuf Haddad", mistakes=(ROOT_AT_ZERO, SUM, HINGE)),
)
# The page goes on for several screens: of its sections these make the pictures.
KEEP = """(wanted) => { let kept = 0; for (const section of document.querySelectorAll("section")) {
  if (wanted.includes(section.id)) kept += 1; else section.remove();
} return kept; }"""
PRETENDED = "24"  # students of a class that nobody is in


def write(browser: Any) -> list[Path]:
    """Grade the invented class and photograph its page, for the README."""
    with tempfile.TemporaryDirectory() as place:
        page = graded_class(Path(place)) / "index.html"
        return photographed_page(browser, page, PICTURES / "class", ["teach", "distribution"])


def write_pretended(browser: Any) -> list[Path]:
    """Make a class as an instructor would before term, and photograph its page, for the book."""
    with tempfile.TemporaryDirectory() as place:
        made = ["simulate", "pretend", "--students", PRETENDED, "--layout", "canvas"]
        run(*made, "--seed", SEED, place=Path(place))
        named = ["--roster", "pretend/gradebook.csv", "--out", "pretend/report"]
        run("grade", "pretend/submissions", *named, "--seed", SEED, place=Path(place))
        page = Path(place) / "pretend" / "report" / "index.html"
        return photographed_page(
            browser, page, STATIC / "pretended", ["first", "teach", "students"]
        )


def photographed_page(browser: Any, page: Path, to: Path, sections: list[str]) -> list[Path]:
    """Photograph these sections of a page, on a light and a dark screen: `to`-light, `to`-dark."""
    paths = []
    for theme in THEMES:
        with opened_tab(browser, WIDTH, 600, theme) as tab:
            tab.goto(page.as_uri())
            assert tab.evaluate(KEEP, sections) == len(sections), f"{page} has other sections now"
            name = f"{to.name}-{theme}.webp"
            paths.append(photographed(tab, name, to.parent, full_page=True))
    return paths


def run(*command: str, place: Path) -> None:
    """Run a command of the course in a folder. Raises RuntimeError with what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *command],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def graded_class(place: Path) -> Path:
    """Write the class and its roster, grade it, and return the folder of the report."""
    folder = place / "Metric learning, spring term"
    for person in PEOPLE:
        if person.chapters:
            write_student(folder / person.name, handed_in(person))
    with (place / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["name"], *([person.name] for person in PEOPLE)])
    run("grade", folder.name, "--roster", "roster.csv", "--seed", SEED, place=place)
    return place / "report"


def handed_in(person: Person) -> dict[str, bytes]:
    """Return a file for each chapter, with stubs for those that the person has not come to."""
    files = {}
    for number, chapter in enumerate(EXERCISE_CHAPTERS):
        mistakes = [one for one in person.mistakes if one[0] == chapter.stem]
        way = SOLUTIONS if mistakes else WAYS[person.way]
        text = (way / f"{chapter.stem}.py").read_text(encoding="utf-8")
        for _, old, new in mistakes:
            assert old in text, f"{chapter.stem} is written in another way now: {old}"
            text = text.replace(old, new)
        if number >= person.chapters:
            text = stub_of(chapter)
        files[chapter.stem] = f"{text}\n# Handed in by {person.name}.\n".encode()
    return files
