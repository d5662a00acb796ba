"""What is said to an assistant in a learner's copy, and to the learner: the same, and true."""

import re

import pytest

from autograder.chapters import BOOK, EXERCISE_CHAPTERS, ROOT
from autograder.grading.record import Record, Status
from autograder.learner.hints import RUNGS

ASKED = (ROOT / "AGENTS.md").read_text(encoding="utf-8")
PAGE = (BOOK / "assistants.md").read_text(encoding="utf-8")
RECORD = Record(
    "check", "ch04_triplet_loss", "triplet_loss", "title", Status.WRONG, 2, 0, "Definition"
)
each = pytest.mark.parametrize("text", [ASKED, PAGE], ids=["AGENTS.md", "assistants.md"])


@each
@pytest.mark.parametrize("command", ["triplet check 4 --json", "triplet hint 4"])
def test_both_name_the_commands_that_help(text: str, command: str) -> None:
    assert command in text


@each
@pytest.mark.parametrize("folder", ["solutions/", "autograder/grading/misconceptions/"])
def test_both_name_the_folders_that_stay_closed(text: str, folder: str) -> None:
    assert f"`{folder}`" in text
    assert (ROOT / folder).is_dir()


@each
@pytest.mark.parametrize("rung", RUNGS)
def test_both_name_the_rungs_of_the_ladder(text: str, rung: str) -> None:
    assert rung in text


def test_an_assistant_is_told_who_is_a_maintainer_and_where_their_rules_stand() -> None:
    assert "(CONTRIBUTING.md)" in ASKED
    assert (ROOT / "CONTRIBUTING.md").is_file()


def test_an_assistant_is_told_of_every_exercise() -> None:
    first, *_, last = EXERCISE_CHAPTERS
    assert f"`{first.stub}` to `{last.stub}`" in ASKED
    words = {7: "seven"}
    assert f"{words[len(EXERCISE_CHAPTERS)]} small files" in ASKED


def test_the_page_has_every_status_of_a_check() -> None:
    [row] = [line for line in PAGE.splitlines() if line.startswith("| `status`")]
    assert set(re.findall(r"`([^`]+)`", row)) - {"status"} == {one.value for one in Status}


def test_what_both_say_of_a_record_is_what_a_record_holds() -> None:
    rows = re.findall(r"^\| (`.+?`) \|", PAGE, re.M)
    told = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert told
    assert told <= set(RECORD.as_dict())
    named = re.search(r"In each, (.*?)Exit code", ASKED, re.S)
    assert named
    statuses = {one.value for one in Status}
    assert set(re.findall(r"`([^`]+)`", named[1])) - statuses <= told
