"""Quizzes: one in each chapter, something to say to every answer, nothing that needs a mouse."""

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from autograder.chapters import BOOK, CHAPTERS

FEWEST = 2  # in a chapter
GOOD = """
What is $1 + 1$?

Two
: Yes. So it is.

Three
: No. That is $2 + 1$.

Not a number
: No. It is one.
"""


class Fault(Exception):
    """Sphinx warns of something, which stops the build of the book."""


class Page(HTMLParser):
    """What a page has of quizzes: the radio buttons, the labels' targets, and the sentences."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.buttons: list[dict[str, str | None]] = []
        self.labels: list[str | None] = []
        self.statuses = 0
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.tags.append(tag)
        if tag == "input" and values.get("type") == "radio":
            self.buttons.append(values)
        if tag == "label" and (values.get("for") or "").startswith("quiz-"):
            self.labels.append(values["for"])
        self.statuses += values.get("role") == "status"


def built(folder: Path, *quizzes: str) -> Page:
    """Return a page with the quizzes, as Sphinx writes it. Raises Fault for what it warns of."""
    source = folder / "source"
    source.mkdir()
    written = "".join(f"```{{quiz}}\n{one.strip()}\n```\n\n" for one in quizzes)
    (source / "index.md").write_text(f"# A page\n\n{written}", encoding="utf-8")
    warnings = io.StringIO()
    with docutils_namespace():  # what one build registers does not meet the next one
        app = Sphinx(
            source,
            None,
            folder / "html",
            folder / "doctrees",
            "html",
            {
                "extensions": ["myst_parser", "quiz"],
                "myst_enable_extensions": ["deflist", "dollarmath"],
            },
            status=None,
            warning=warnings,
        )
        app.build()
    if warnings.getvalue():
        raise Fault(warnings.getvalue())
    return Page((folder / "html" / "index.html").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def the_books_extensions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BOOK / "_extensions"))


def test_each_answer_has_a_button_a_label_and_a_sentence(tmp_path: Path) -> None:
    page = built(tmp_path, GOOD, GOOD)
    ids = [button["id"] for button in page.buttons]
    assert len(ids) == len(set(ids)) == 6
    assert page.labels == ids
    assert page.statuses == 6
    assert page.tags.count("fieldset") == page.tags.count("legend") == 2


def test_only_the_answers_of_one_question_exclude_each_other(tmp_path: Path) -> None:
    names = [button["name"] for button in built(tmp_path, GOOD, GOOD).buttons]
    assert names[0] == names[1] == names[2] != names[3] == names[4] == names[5]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("Yes. So", "No. So", "One answer of a quiz is right"),
        ("No. It", "Yes. It", "One answer of a quiz is right"),
        ("No. It", "Perhaps. It", "begins with"),
        ("Not a number\n: No. It is one.", "", "at least 3 answers"),
        ("What is $1 + 1$?", "", "one paragraph"),
        ("Two\n", "And?\n\nTwo\n", "one paragraph"),
    ],
)
def test_a_quiz_with_a_fault_stops_the_build(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert old in GOOD
    with pytest.raises(Fault, match=why):
        built(tmp_path, GOOD.replace(old, new))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda one: one.stem)
def test_every_chapter_has_a_quiz_before_its_key_points(chapter) -> None:
    text = (BOOK / f"{chapter.stem}.md").read_text(encoding="utf-8")
    quiz = re.search(r"^## Quiz\n(.*?)^## Key points\n", text, re.DOTALL | re.MULTILINE)
    assert quiz, f"{chapter.stem}.md has no section Quiz before its key points"
    assert quiz[1].count("```{quiz}") >= FEWEST


def test_the_right_answer_does_not_always_stand_in_one_place() -> None:
    places = set()
    for chapter in CHAPTERS:
        text = (BOOK / f"{chapter.stem}.md").read_text(encoding="utf-8")
        for quiz in re.findall(r"```\{quiz\}\n(.*?)```", text, re.DOTALL):
            said = re.findall(r"^: (Yes|No)\.", quiz, re.MULTILINE)
            places.add(said.index("Yes"))
    assert places == {0, 1, 2}
