"""The page to keep: there for whoever has done every chapter, and true to the run that it shows."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.chapters import EXERCISE_CHAPTERS, find_chapter
from autograder.grading.checks import checks_of, full_marks
from autograder.grading.record import Record, Status
from autograder.learner.journal import Journal
from autograder.learner.terminal import what_next
from autograder.publishing.certificate import write_certificate
from exercises.given.errors import CourseError

PIXEL = b"\x89PNG\r\n\x1a\n"


def journal_of(*failing: str) -> Journal:
    """Return the journal of somebody who has checked every chapter; those with these numbers
    failed.
    """
    records = [
        Record(
            check=check.identity(chapter.stem),
            stem=chapter.stem,
            name=check.name,
            title=check.title,
            status=Status.WRONG if str(chapter.number) in failing else Status.PASSED,
            points=check.points,
            seed=0,
            section="",
        )
        for chapter in EXERCISE_CHAPTERS
        for check in checks_of(chapter)
    ]
    journal = Journal()
    journal.note(records)
    return journal


def run_in(folder: Path, reference_chapters: list[str], unseen: str = "8") -> Path:
    """Write what a certificate reads of a run; no two of its nine numbers are the same."""
    folder.mkdir()
    measures = ("nearest_mean_accuracy", "map_at_r_by_class", "recall_at_1")
    spaces = ("pixels", "untrained", "embedding")
    results = {
        space: {one: {"unseen": 0.1 * i + 0.01 * j} for j, one in enumerate(measures, 1)}
        for i, space in enumerate(spaces, 1)
    }
    about = {
        "settings": {"seed": 41, "steps": 12_345},
        "data": {"unseen": [unseen], "source": "MNIST"},
        "versions": {"torch": "2.13.0+cpu"},
        "reference_chapters": reference_chapters,
    }
    (folder / "results.json").write_text(json.dumps(about | results), encoding="utf-8")
    (folder / "tsne.png").write_bytes(PIXEL)
    return folder


class Cells(HTMLParser):
    """The table cells of a page, row by row, and what it would load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.in_row = False
        self.loaded: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag == "tr":
            self.rows.append([])
            self.in_row = True

    def handle_endtag(self, tag: str) -> None:
        self.in_row = self.in_row and tag != "tr"

    def handle_data(self, data: str) -> None:
        if self.in_row and data.strip():
            self.rows[-1].append(data.strip())


def test_it_shows_what_the_run_measured(tmp_path: Path):
    out = tmp_path / "certificate.html"
    write_certificate(journal_of(), run_in(tmp_path / "run", []), out)
    page = out.read_text(encoding="utf-8")
    cells = Cells(page)
    assert ["Nearest mean", "11.0 %", "21.0 %", "31.0 %"] in cells.rows
    assert ["MAP@R", "12.0 %", "22.0 %", "32.0 %"] in cells.rows
    assert ["Recall@1", "13.0 %", "23.0 %", "33.0 %"] in cells.rows
    for words in (f"{full_marks()} of {full_marks()} points", "12,345 steps", "seed 41", "class 8"):
        assert words in " ".join(page.split())


def test_it_loads_nothing_from_anywhere(tmp_path: Path):
    out = tmp_path / "certificate.html"
    write_certificate(journal_of(), run_in(tmp_path / "run", []), out)
    loaded = Cells(out.read_text(encoding="utf-8")).loaded
    assert loaded
    assert all(one.startswith("data:") for one in loaded)


def test_the_name_of_a_class_is_no_markup(tmp_path: Path):
    out = tmp_path / "certificate.html"
    write_certificate(journal_of(), run_in(tmp_path / "run", [], "<script>"), out)
    assert "<script>" not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("number", ["2", "8"])
def test_a_chapter_that_is_open_is_named(tmp_path: Path, number: str):
    out = tmp_path / "certificate.html"
    with pytest.raises(CourseError, match=f"chapter {number} is open.*triplet watch {number}"):
        write_certificate(journal_of(number), run_in(tmp_path / "run", []), out)
    assert not out.exists()


def test_a_run_with_reference_solutions_is_none_of_ones_own(tmp_path: Path):
    run = run_in(tmp_path / "run", [find_chapter("4").stem, find_chapter("7").stem])
    with pytest.raises(CourseError, match=r"of chapters 4, 7.*experiment --mine"):
        write_certificate(journal_of(), run, tmp_path / "certificate.html")


def test_without_a_run_it_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(CourseError, match="triplet experiment"):
        write_certificate(journal_of(), tmp_path / "nowhere", tmp_path / "certificate.html")


def test_whoever_has_all_points_is_told_what_is_next():
    assert "triplet certificate" in what_next(journal_of())
    assert "triplet certificate" not in what_next(journal_of("5"))
