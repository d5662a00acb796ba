"""The kill matrix: every named mistake is caught and named; right code, however written, is not."""

import re
from pathlib import Path

import pytest

from autograder.authoring.kill_matrix import rows_of
from autograder.chapters import BOOK, EXERCISE_CHAPTERS, Chapter
from autograder.grading.checks import checks_of
from autograder.grading.grade import grade_chapters
from autograder.grading.misconceptions import hints_of, misconceptions_of
from autograder.grading.record import Record, Status
from autograder.isolation.in_process import InProcess
from autograder.learner.terminal import explanation

SEEDS = range(1)  # `make seeds` takes as many as one likes; CI takes 20, this among them
ACCEPTED = sorted(path for path in (Path(__file__).parent / "accepted").iterdir() if path.is_dir())
ALL = [one for chapter in EXERCISE_CHAPTERS for one in misconceptions_of(chapter)]

each_chapter = pytest.mark.parametrize("chapter", EXERCISE_CHAPTERS, ids=lambda one: one.stem[:4])


@each_chapter
def test_every_misconception_fails_and_is_named_by_its_own_id(chapter: Chapter):
    rows = [row for seed in SEEDS for row in rows_of(seed, [chapter])]
    assert rows
    assert [(row.misconception, row.seed) for row in rows if row.survived] == []
    assert [(row.misconception, row.named, row.seed) for row in rows if not row.is_named] == []


@each_chapter
@pytest.mark.parametrize("folder", ACCEPTED, ids=lambda one: one.name)
def test_right_code_however_written_gets_full_marks(folder: Path, chapter: Chapter):
    assert not_passed(folder, chapter, SEEDS) == []


def not_passed(folder: Path, chapter: Chapter, seeds: range) -> list[tuple[int, str, list[str]]]:
    """Grade one chapter of a folder under many seeds; return what did not pass."""
    caller = InProcess(folder)
    records = [record for seed in seeds for record in grade_chapters(caller, seed, [chapter])]
    return [
        (record.seed, record.check, explanation(record))
        for record in records
        if record.status is not Status.PASSED
    ]


def test_there_are_four_accepted_folders_with_every_chapter():
    assert len(ACCEPTED) >= 4
    for folder in ACCEPTED:
        assert {path.stem for path in folder.glob("ch*.py")} == {
            chapter.stem for chapter in EXERCISE_CHAPTERS
        }


def test_there_are_at_least_60_misconceptions_with_ids_of_their_own():
    assert len(ALL) >= 60
    assert len({one.id for one in ALL}) == len(ALL)


@each_chapter
def test_every_name_has_misconceptions_hints_and_checks(chapter: Chapter):
    for name in chapter.names:
        assert [one for one in misconceptions_of(chapter) if one.name == name]
        assert len(hints_of(chapter, name)) == 3
        assert [check for check in checks_of(chapter) if check.name == name]


@each_chapter
def test_every_section_that_is_named_is_a_heading_of_the_page(chapter: Chapter):
    page = (BOOK / f"{chapter.stem}.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^#+ (.+)$", page, re.MULTILINE))
    sections = {one.section for one in misconceptions_of(chapter)}
    assert sections | {check.section for check in checks_of(chapter)} <= headings


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_a_misconception_speaks_in_short_whole_sentences(one):
    assert re.match(r"^[A-Z]\w*ing\b", one.says), one.says
    assert re.search(r"gives? .*\b(same|no)\b", one.says), one.says
    for text in (one.says, *one.hints):
        assert text.endswith((".", "?")), text
        assert len(text) <= 220, text
    assert len(set(one.hints)) == 3


def test_the_100_points_are_those_of_the_checks():
    points = [check.points for chapter in EXERCISE_CHAPTERS for check in checks_of(chapter)]
    assert sum(points) == 100
    assert min(points) >= 1


def test_a_record_of_a_known_mistake_says_all_that_a_report_needs():
    record: Record
    from autograder.authoring.kill_matrix import Prepared
    from autograder.chapters import find_chapter
    from autograder.grading.grade import Grader, reference

    chapter = find_chapter("4")
    swapped = next(one for one in ALL if one.id == "loss-swapped")
    grader = Grader(Prepared(swapped.chapter(reference(chapter))), seed=7)
    record = grader.grade_name(chapter, "triplet_loss")[0]
    assert record.misconception == "loss-swapped"
    assert record.observed and record.expected and record.says and record.hint
    assert record.seed == 7
    assert record.points > record.earned == 0
    assert record.section == "Definition"
