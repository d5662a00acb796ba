"""A class that does not exist: read back as a platform's, and graded as it was planted."""

import ast
import csv
import linecache
import os
import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.authoring.submissions import REFERENCE, wrong_submissions
from autograder.chapters import EXERCISE_CHAPTERS, ROOT, SOLUTIONS, Chapter, find_chapter
from autograder.classroom.grade_files.grade_file import chosen_column
from autograder.classroom.intake.display import shown
from autograder.classroom.intake.roster import open_roster
from autograder.classroom.intake.students import find_students
from autograder.classroom.simulate.given_out import LAYOUTS
from autograder.classroom.simulate.made_up_people import MadeUpPerson
from autograder.classroom.simulate.made_up_work import (
    ABSENT,
    ATTACK,
    LATE,
    MISTAKE,
    NOT_STARTED,
    SPOILED,
    MadeUpWork,
    Shares,
    made_up_class,
)
from autograder.classroom.simulate.spoiled_files import BROKEN, HOSTILE, STILL_GRADED
from autograder.classroom.simulate.ways_to_write import WaysToWrite, ways_to_write
from autograder.classroom.simulate.written_class import PLANTED, SUBMISSIONS, write_class
from autograder.command_line import simulate_command
from autograder.command_line.class_list import Handed, class_list
from autograder.command_line.cli import cli
from autograder.command_line.simulate_command import simulate
from autograder.grading.grade import Grader, Known
from autograder.grading.loading import ChapterSources
from autograder.grading.misconceptions import misconceptions_of
from autograder.grading.record import Record, Status
from autograder.isolation.in_process import InProcess
from autograder.isolation.launchers import Launcher, launcher_for_strangers
from autograder.isolation.workers import Workers
from exercises.given.errors import CourseError
from tests.platform_rules import CanvasFile, moodle_folder
from tests.platforms.canvas import Course, Person
from tests.platforms.moodle import Assignment, User
from tests.systems import on_linux
from tests.warm_start import run_module

CHAPTERS = [find_chapter("4"), find_chapter("8")]
LOSS, SPACE = CHAPTERS
FEW = ("--chapters", "4", "--chapters", "8")
PEOPLE = 400  # of whom every kind of name is one
each_chapter = pytest.mark.parametrize("chapter", EXERCISE_CHAPTERS, ids=lambda one: one.stem[:4])
each_layout = pytest.mark.parametrize("layout", LAYOUTS)


@pytest.fixture(scope="module")
def ways() -> list[WaysToWrite]:
    return [ways_to_write(one, seed=0) for one in CHAPTERS]


def works(ways: list[WaysToWrite], count: int, seed: int = 0, **shares: float) -> list[MadeUpWork]:
    return list(made_up_class(count, ways, Shares(**shares), seed))


def simulated(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(simulate, [str(folder), *FEW, *options])


def content_of(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


# As a platform gives it out


@each_layout
def test_a_class_is_read_back_with_the_name_of_everybody(
    ways: list[WaysToWrite], tmp_path: Path, layout: str
) -> None:
    made, out = works(ways, PEOPLE, late=0.3), LAYOUTS[layout]
    write_class(tmp_path / "class", made, out)
    place, roster = tmp_path / "class" / SUBMISSIONS, open_roster(tmp_path / "class" / out.roster)
    found = class_list(Handed(place, roster, yes=True))
    assert [one.doubt for one in found if one.doubt] == []
    assert all(one.is_enrolled for one in found)
    if roster.file:  # it takes the grades without another word
        assert chosen_column(roster.file, out.roster, None).maximum == 100
    there = {one.student: one for one in found if one.handed_in}
    at_hand = [one for one in made if not one.has(ABSENT)]
    assert len(found) == PEOPLE and there.keys() == {out.key(one.person) for one in at_hand}
    for work in at_hand:
        source = there[out.key(work.person)]
        # Canvas writes the last name first.
        called = work.person.sortable if layout == "canvas" else work.person.name
        assert source.name == shown(called)
        if not work.has(SPOILED):
            assert source.read().files == {
                name.removesuffix(".py"): content for name, content in work.files.items()
            }
        if layout == "canvas":
            assert (source.learning_platform.get("late") == "yes") == work.has(LATE)


def test_files_are_named_by_the_rules_of_canvas(ways: list[WaysToWrite]) -> None:
    out, row = LAYOUTS["canvas"], 0
    for work in works(ways, PEOPLE, late=0.5, absent=0):
        user = int(out.row(work)[1])
        for place, file in enumerate(work.files):
            path = out.path(work, place, file)
            upload = int(path.name.split(f"_{user}_")[1].split("_")[0])
            rule = CanvasFile(work.person.sortable, user, upload, file, work.has(LATE))
            assert path.as_posix() == rule.name()
            row += 1
    assert row > PEOPLE


def test_folders_are_named_by_the_rules_of_moodle(ways: list[WaysToWrite]) -> None:
    out = LAYOUTS["moodle"]
    for work in works(ways, PEOPLE, absent=0):
        number = int(out.row(work)[0].removeprefix("Participant "))
        folder = out.path(work, 0, "ch04.py").parts[0]
        assert folder == moodle_folder(work.person.name, number)


def test_moodle_takes_the_worksheet_for_its_own(tmp_path: Path) -> None:
    assert simulated(tmp_path / "class", "--layout", "moodle").exit_code == 0
    content = (tmp_path / "class" / LAYOUTS["moodle"].roster).read_bytes()
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    users = [User(int(row[0].removeprefix("Participant ")), row[1], row[2]) for row in rows[1:]]
    moodle = Assignment(users)
    own = moodle.worksheet().decode("utf-8-sig").splitlines()
    assert own[0].replace("email", "Email address").split(",") == rows[0]
    assert moodle.imported(content) == 0  # -1 would say that it is refused


def test_canvas_takes_the_gradebook_for_its_own_and_nothing_changes(tmp_path: Path) -> None:
    assert simulated(tmp_path / "class", "--layout", "canvas").exit_code == 0
    content = (tmp_path / "class" / LAYOUTS["canvas"].roster).read_bytes()
    rows = list(csv.reader(content.decode().splitlines()))
    people = [Person(int(row[1]), row[0], grades={17: 3.0}) for row in rows[2:-1]]
    changes = Course(people, {17: ("Metric learning", 100.0)}).imported(content)
    # A blank cell clears the grade: so each row was found, and so was the assignment.
    assert changes == {(one.id, 17): None for one in people}
    assert len(people) == 200


def test_names_are_from_many_scripts_and_logins_from_one(ways: list[WaysToWrite]) -> None:
    people = [one.person for one in works(ways, PEOPLE)]
    starts = {ord(letter) // 128 for one in people for letter in one.name}
    assert len(starts) >= 15
    assert any(one.name.endswith("_7") for one in people)
    assert any(not re.search(r"\w", one.name) for one in people)
    assert {one.name.isascii() for one in people} == {True, False}
    assert all(re.fullmatch(r"[a-z]+\d+", one.login) for one in people)
    assert len({one.login for one in people}) == PEOPLE
    for out in LAYOUTS.values():
        assert len({out.key(one) for one in people}) == PEOPLE


# What is planted


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_shares_are_what_was_asked_for(ways: list[WaysToWrite], share: float) -> None:
    count = 1_500
    wanted = {"mistakes": share, "two": share / 3, "not_started": share, "late": share}
    made = works(ways, count, absent=0, broken=0, **wanted)
    kinds = Counter(one.kind for work in made for one in work.planted)
    ids = Counter(
        len(one.what.split()) for work in made for one in work.planted if one.kind == MISTAKE
    )
    chapters = count * len(ways)
    started = (chapters - kinds[NOT_STARTED]) / chapters
    exercises = started * count * sum(len(one.exercises) for one in ways)
    for observed, of, expected in (
        (kinds[NOT_STARTED], chapters, share),
        (kinds[LATE], count, share),
        (ids[1], exercises, share),
        (ids[2], exercises, share / 3),
    ):
        # Those of one person are drawn together, which spreads them more than a coin does.
        assert abs(observed / of - expected) < 6 * (expected * (1 - expected) / of) ** 0.5


def test_some_take_more_care_than_others(ways: list[WaysToWrite]) -> None:
    made = works(ways, 500, not_started=0, absent=0, two=0.0, mistakes=0.5)
    found = Counter(sum(one.kind == MISTAKE for one in work.planted) for work in made)
    # Of four coins, one in sixteen has no head; where care differs, there are more.
    assert found[0] > 500 / 16 * 1.5 and found[4] > 500 / 16 * 1.5


def test_some_mistakes_are_common_and_most_come_up(ways: list[WaysToWrite]) -> None:
    (in_order,) = [one.one["pca", REFERENCE] for one in ways if one.chapter == SPACE]
    made = works(ways, 1_000, two=0)
    planted = Counter(one.what for work in made for one in work.planted)
    counts = [planted[edit.id] for (edit,) in in_order]
    assert len(counts) > 20
    assert sum(counts[:3]) > 3 * sum(counts[-10:])
    assert len(planted) > 0.7 * sum(len(choices) for one in ways for choices in one.one.values())


@each_chapter
def test_one_mistake_alone_is_the_wrong_submission_that_is_named_by_it(chapter: Chapter) -> None:
    ways = ways_to_write(chapter, 0)
    found = set()
    for (name, style), choices in ways.one.items():
        for (edit,) in choices:
            submission = wrong_submissions(chapter)[edit.id].sources()[chapter.stem].decode()
            lines = [line for line in submission.splitlines() if " SOLUTION" not in line]
            assert ways.written(style, {name: (edit,)}).splitlines() == lines
            found.add(edit.id)
    assert len(found) > 0.8 * len(misconceptions_of(chapter))


@each_chapter
def test_two_mistakes_do_not_write_over_each_other(chapter: Chapter) -> None:
    ways = ways_to_write(chapter, 0)
    for (name, style), choices in ways.two.items():
        for one, other in choices:
            texts = [ways.written(style, {name: both}) for both in ((one, other), (other, one))]
            assert texts[0] == texts[1], (one.id, other.id)
    assert any(ways.two.values())


def test_what_is_written_is_python_and_shows_no_marker(ways: list[WaysToWrite]) -> None:
    texts = []
    for work in works(ways, 100, not_started=0, broken=0, mistakes=0.5, two=0.5):
        for content in work.files.values():
            ast.parse(content)
            texts.append(content)
            assert b"SOLUTION" not in content
    assert len(set(texts)) == len(texts)


GRADED_AT_ONCE = 40
KNOWN = Known()


def test_the_grader_names_what_was_planted(ways: list[WaysToWrite]) -> None:
    planted_two, named_both, named_one = 0, 0, 0
    for work in works(ways, GRADED_AT_ONCE, seed=1, two=0.2, broken=0, absent=0):
        sources = {name.removesuffix(".py"): content for name, content in work.files.items()}
        linecache.clearcache()  # in one process all chapters have one file name
        grader = Grader(InProcess(ChapterSources(sources)), 3, KNOWN)
        for chapter, exercise, planted in of_exercises(work, ways):
            records = grader.grade_name(chapter, exercise)
            named = named_in(records)
            waiting = {one.waiting_for for one in records if one.status is Status.WAITING}
            if waiting:
                assert planted
                assert waiting <= troubled(work, ways)
            elif planted is None:
                assert {one.status for one in records} == {Status.NOT_STARTED}
            elif not planted:
                assert {one.status for one in records} == {Status.PASSED}, work.person
            elif len(planted) == 1:
                assert named == planted
                named_one += 1
            else:
                # The values of one may hide the other's, and a crash hides all.
                assert named <= planted, work.person
                planted_two, named_both = planted_two + 1, named_both + (named == planted)
    assert named_one >= 20
    assert named_both >= 0.7 * planted_two >= 10


def troubled(work: MadeUpWork, ways: list[WaysToWrite]) -> set[str]:
    """Return the exercises that are not right, as records speak of them."""
    return {
        f"{name} (chapter {chapter.number})"
        for chapter, name, planted in of_exercises(work, ways)
        if planted != set()
    }


def of_exercises(
    work: MadeUpWork, ways: list[WaysToWrite]
) -> Iterator[tuple[Chapter, str, set[str] | None]]:
    """Yield each exercise, and the ids planted in it: none for right, None for not started."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for one in work.planted:
        ids[one.exercise or one.chapter] |= set(one.what.split())
    for each in ways:
        is_stub = any(
            (one.kind, one.chapter) == (NOT_STARTED, each.chapter.stem) for one in work.planted
        )
        for name in each.exercises:
            yield each.chapter, name, None if is_stub else ids[name]


def named_in(records: list[Record]) -> set[str]:
    settled = (Status.PASSED, Status.HELD_BACK)
    return {one for record in records if record.status not in settled for one in record.mistakes}


def test_in_what_is_not_graded_nothing_else_is_planted(ways: list[WaysToWrite]) -> None:
    found = set()
    for work in works(ways, 100, mistakes=0.9, broken=0.5, hostile=0.5, absent=0):
        (spoiled,) = [one for one in work.planted if one.kind in (SPOILED, ATTACK)] or [None]
        if spoiled:
            same = [one for one in work.planted if one.chapter == spoiled.chapter]
            found.add((spoiled.what in STILL_GRADED, len(same) > 1))
    assert found >= {(False, False), (True, True)} and (False, True) not in found


@pytest.mark.slow
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_cannot_be_graded_and_a_notebook_can(tmp_path: Path, kind: str) -> None:
    text = (SOLUTIONS / f"{SPACE.stem}.py").read_text(encoding="utf-8")
    name, content = BROKEN[kind](SPACE.stem, text)
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / name).write_bytes(content)
    (source,) = find_students(tmp_path)
    files = source.read().files
    grader = Grader(InProcess(ChapterSources(files)), 3, KNOWN)
    passed = {one.passed for one in grader.grade_name(SPACE, "pca")}
    assert passed == {kind in STILL_GRADED}


@pytest.mark.slow  # test_attacks.py has more of its kind
@on_linux
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_code_is_contained(launcher: Launcher, kind: str) -> None:
    text = (SOLUTIONS / f"{SPACE.stem}.py").read_text(encoding="utf-8")
    source = f"{text}\n{HOSTILE[kind]}".encode()
    with Workers(launcher, {SPACE.stem: source}, 1.0) as workers:
        records = Grader(workers, 0).grade_name(SPACE, "pca")
    statuses = {one.status for one in records}
    assert Status.GRADER_FAULT not in statuses
    assert (statuses == {Status.PASSED}) == (kind in STILL_GRADED)


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with launcher_for_strangers() as one:
        one.prepare()
        yield one


# The command


def test_the_same_seed_makes_the_same_bytes_and_another_others(tmp_path: Path) -> None:
    options = ("--students", "30", "--broken", "0.5", "--hostile", "0.2")
    for folder, seed in (("one", "7"), ("same", "7"), ("other", "8")):
        assert simulated(tmp_path / folder, *options, "--seed", seed).exit_code == 0
    one, same, other = (content_of(tmp_path / name) for name in ("one", "same", "other"))
    assert one == same
    assert other != one and len(one) > 50


def test_a_folder_in_use_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for place in (tmp_path, tmp_path / "mine.txt"):
        result = simulated(place)
        assert isinstance(result.exception, CourseError)
        assert "Name a new folder" in str(result.exception)
    assert content_of(tmp_path) == {"mine.txt": b"mine"}


def test_shares_that_are_more_than_all_are_refused(tmp_path: Path) -> None:
    result = simulated(tmp_path / "class", "--mistakes", "0.8", "--two", "0.3")
    assert isinstance(result.exception, CourseError)
    assert "Make --mistakes or --two smaller" in str(result.exception)
    assert not (tmp_path / "class").exists()
    assert Shares(0.7, 0.3) and Shares(0.9, 0.1)  # together all of them


def test_a_copy_of_the_course_without_its_tests_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.classroom.simulate.ways_to_write.WRONG", tmp_path / "wrong")
    result = simulated(tmp_path / "class")
    assert isinstance(result.exception, CourseError)
    assert "whole copy of the course" in str(result.exception)


def test_of_a_class_that_is_stopped_nothing_is_left(
    ways: list[WaysToWrite], tmp_path: Path
) -> None:
    def stopped() -> Iterator[MadeUpWork]:
        yield from works(ways, 3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_class(tmp_path / "class", stopped(), LAYOUTS["folders"])
    assert list(tmp_path.iterdir()) == []


def test_the_command_is_hidden_from_learners_and_has_help_of_its_own() -> None:
    runner = CliRunner()
    assert "simulate" not in runner.invoke(cli, ["--help"]).output
    said = runner.invoke(cli, ["simulate", "--help"]).output
    assert "planted.csv" in said and "--not-started" in said


def test_every_layout_can_be_chosen() -> None:
    assert set(simulate_command.LAYOUTS) == set(LAYOUTS)


def test_one_word_is_a_name() -> None:
    assert MadeUpPerson(0, "Plato", "plato1").sortable == "Plato"
    assert MadeUpPerson(0, "Sanne van der Berg", "b1").sortable == "Berg, Sanne van der"


# As the book tells an instructor to type them.
SIMULATE = "triplet simulate pretend --students 30"
GRADE = "triplet grade pretend/submissions --roster pretend/roster.csv --out pretend/report"


@pytest.mark.slow
@on_linux
def test_a_class_is_graded_by_the_command_that_simulate_says(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def run(command: str, *more: str) -> str:
        _, *words = shlex.split(command)
        done = run_module("autograder", *words, *more, cwd=tmp_path, env=environment, timeout=400)
        assert done.returncode == 0, done
        return done.stdout

    said = run(SIMULATE, *FEW, "--broken", "0.2", "--hostile", "0.1")
    command = said.splitlines()[-1].strip()
    assert command == f"{GRADE} --chapter 4 --chapter 8"
    assert "30 students" in run(command, "--seconds", "2")
    planted = read(tmp_path / "pretend" / PLANTED)
    checks = read(tmp_path / "pretend" / "report" / "checks.csv")
    spoiled = {
        (one["student"], one["chapter"])
        for one in planted
        if one["kind"] in (SPOILED, ATTACK) and one["what"] not in STILL_GRADED
    }
    assert spoiled
    ids = {
        (one["student"], one["exercise"]): set(one["what"].split())
        for one in planted
        if one["kind"] == MISTAKE
    }
    named: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for one in checks:
        chapter, exercise, _ = one["check"].split(":", 2)
        assert one["status"] != Status.GRADER_FAULT
        if (one["student"], chapter) in spoiled:
            assert one["status"] != Status.PASSED
        named[one["student"], exercise] |= set(re.findall(r"[\w-]+", one["misconception"]))
    alone = {key for key, own in ids.items() if len(own) == 1}
    assert alone and {key: named[key] for key in alone} == {key: ids[key] for key in alone}
    assert {key: own for key, own in named.items() if not own <= ids.get(key, set())} == {}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
