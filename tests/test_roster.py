"""The roster of a class: who is who among the submissions, who is absent, who is not enrolled."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.classroom.gradebook import Gradebook, Student
from autograder.classroom.intake.enrolment import with_roster
from autograder.classroom.intake.people import spellings
from autograder.classroom.intake.roster import Enrolled, read_roster
from autograder.classroom.intake.students import Source, find_students
from autograder.classroom.run import drop_absent
from exercises.given.errors import CourseError
from tests.test_gradebook import GRADE
from tests.test_intake import FILE, write

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Loss (17)
    Points Possible,,,,,100
"Doe, Jane",101,,jdoe,One,
"Öz, Ali",102,,aoz,One,
"Student, Test",999,,,One,
"""
MOODLE = """Identifier,Full name,Email address,Status,Grade
Participant 7,Jane Doe,jane@example.org,,
Participant 8,Ali Öz,ali@example.org,,
"""


def roster(folder: Path, text: str, encoding: str = "utf-8") -> list[Enrolled]:
    path = folder / "roster.csv"
    path.write_text(text, encoding=encoding)
    return read_roster(path)


def known(sources: list[Source]) -> dict[str, tuple[str, bool, bool]]:
    return {one.student: (one.name, one.handed_in, one.is_enrolled) for one in sources}


def test_an_export_of_canvas_is_a_roster(tmp_path: Path) -> None:
    people = roster(tmp_path, CANVAS, "utf-8-sig")
    assert [one.name for one in people] == ["Doe, Jane", "Öz, Ali"]
    assert [one.learning_platform for one in people] == [{"canvas_id": "101"}, {"canvas_id": "102"}]


def test_a_worksheet_of_moodle_is_a_roster(tmp_path: Path) -> None:
    people = roster(tmp_path, MOODLE)
    assert [one.learning_platform["moodle_id"] for one in people] == ["7", "8"]
    assert "jane" in people[0].keys


@pytest.mark.parametrize(
    "text",
    [
        "name\nJane Doe\nAli Öz\n",
        "First name;Last name;Email address\nJane;Doe;jd@x.org\nAli;Öz;ao@x.org\n",
        "login\tname\njd\tJane Doe\nao\tAli Öz\n",
    ],
)
def test_a_list_of_ones_own_is_a_roster(tmp_path: Path, text: str) -> None:
    assert [one.name for one in roster(tmp_path, text, "cp1252")] == ["Jane Doe", "Ali Öz"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "is empty"),
        ("grade,section\n1,2\n", 'line 1: found "grade", "section". Known are'),
        ("name,email\nA,a@x\nB,b@x\nC,A@x\n", "lines 2 and 4"),
        ("name\nAnn\nann\n", "lines 2 and 3"),
    ],
)
def test_what_is_no_roster_is_refused_with_the_line(tmp_path: Path, text: str, error: str) -> None:
    with pytest.raises(CourseError, match=error):
        roster(tmp_path, text)


def test_a_roster_that_is_not_there_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="--roster"):
        read_roster(tmp_path / "none.csv")


def test_absent_and_unknown_students_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path / "class" / "jane-doe" / FILE)
    write(tmp_path / "class" / "carl" / FILE)
    found = known(with_roster(find_students(tmp_path / "class"), roster(tmp_path, CANVAS)))
    assert found["jane-doe"] == ("Doe, Jane", True, True)
    assert found["carl"] == ("carl", True, False)
    assert sum(not handed_in for _, handed_in, _ in found.values()) == 1


@pytest.mark.parametrize(
    "folder", ["jdoe", "Doe, Jane", "jane_doe", "doejane", "JANE DOE", "Jane Doe_7_assignsubmission_file"]
)  # fmt: skip
def test_a_person_is_known_by_login_or_any_spelling(tmp_path: Path, folder: str) -> None:
    write(tmp_path / "class" / folder / FILE)
    (alone,) = find_students(tmp_path / "class")
    found = with_roster([alone], roster(tmp_path, CANVAS))
    (present,) = [one for one in found if one.handed_in]
    assert (present.student, present.name) == (alone.student, "Doe, Jane")
    assert present.learning_platform["canvas_id"] == "101"


def test_the_platforms_number_tells_two_people_of_one_name_apart(tmp_path: Path) -> None:
    write(tmp_path / "class" / f"doejane_103_55_{FILE}")
    people = roster(tmp_path, CANVAS + '"Doe, Jane",103,,jdoe2,Two,\n')
    found = with_roster(find_students(tmp_path / "class"), people)
    assert [one.learning_platform["canvas_id"] for one in found if one.handed_in] == ["103"]
    assert [one.learning_platform["canvas_id"] for one in found if not one.handed_in] == [
        "101",
        "102",
    ]


def test_a_number_and_a_name_of_two_people_are_nobodys(tmp_path: Path) -> None:
    write(tmp_path / "class" / f"doejane_102_55_{FILE}")
    found = with_roster(find_students(tmp_path / "class"), roster(tmp_path, CANVAS))
    (nobody,) = [one for one in found if one.handed_in]
    assert not nobody.is_enrolled
    assert "its number is that of Öz, Ali" in nobody.doubt
    assert sum(not one.handed_in for one in found) == 2


def test_a_name_that_fits_two_people_fits_none(tmp_path: Path) -> None:
    write(tmp_path / "class" / "jane doe" / FILE)
    people = roster(tmp_path, "name,email\nJane Doe,a@x\nJane Doe,b@x\n")
    found = with_roster(find_students(tmp_path / "class"), people)
    assert sorted(one.handed_in for one in found) == [False, False, True]
    assert [one.is_enrolled for one in found if one.handed_in] == [False]


def test_whose_name_is_anothers_login_gets_his_own_row() -> None:
    victim, other = Enrolled("Jane Doe", 2, frozenset({"jdoe"})), Enrolled("jdoe", 3)
    sources = [Source("jdoe_7", "jdoe"), Source("jane", "Jane Doe")]
    found = {one.student: one.lines for one in with_roster(sources, [victim, other])}
    assert found == {"jdoe_7": (3,), "jane": (2,)}


def test_two_of_one_name_are_told_apart_by_the_login_of_one() -> None:
    people = [Enrolled("Jane Doe", line, frozenset({f"jd{line}"})) for line in (2, 3)]
    sources = [Source("jd2", "jd2"), Source("jane", "Jane Doe")]
    found = {one.student: one.lines for one in with_roster(sources, people)}
    assert found == {"jd2": (2,), "jane": (3,)}


NAMES = st.lists(st.text("abcÄé -,_", max_size=8), max_size=8)


@given(NAMES, NAMES)
def test_nobody_on_the_roster_and_no_submission_is_lost(
    handed_in: list[str], enrolled: list[str]
) -> None:
    sources = [Source(f"s{number}", name) for number, name in enumerate(handed_in)]
    people = [Enrolled(name, line) for line, name in enumerate(enrolled)]
    found = with_roster(sources, people)
    assert {one.student for one in found if one.handed_in} == {one.student for one in sources}
    assert len({one.student for one in found}) == len(found)
    matched = [one for one in found if one.handed_in and one.is_enrolled]
    absent = [one for one in found if not one.handed_in]
    assert len(absent) <= len(people) <= len(absent) + len(matched)


def test_spellings_of_one_name_meet_and_those_of_two_do_not() -> None:
    assert spellings("Doe, Jane") & spellings("jane.doe")
    assert not spellings("Jane Doe") & spellings("John Doe")
    assert not spellings("...")


def test_a_folder_that_wraps_the_class_is_no_student(tmp_path: Path) -> None:
    for student in ("ann", "bob"):
        write(tmp_path / "class" / "download" / student / FILE)
    assert [one.student for one in find_students(tmp_path / "class")] == ["ann", "bob"]


def test_a_single_student_is_not_taken_for_a_class(tmp_path: Path) -> None:
    write(tmp_path / "one" / "ann" / FILE)
    write(tmp_path / "two" / "ann" / "exercises" / FILE)
    write(tmp_path / "three" / "ann" / ".git" / "HEAD")
    for folder in ("exercises", "solutions"):
        write(tmp_path / "three" / "ann" / folder / FILE)
    for number in ("one", "two", "three"):
        assert [one.student for one in find_students(tmp_path / number)] == ["ann"]


def test_whoever_was_absent_and_hands_in_under_another_name_is_there_once(tmp_path: Path) -> None:
    with Gradebook(tmp_path) as book:
        for name, handed_in in (("absent", False), ("gone", True)):
            book.put([Student(name, name, handed_in)])
        drop_absent(book, {"new"})
        assert [one.student for one in book.students()] == ["gone"]
        book.put([Student("absent", "absent", False), GRADE])
        drop_absent(book, {"absent"})
        assert [one.student for one in book.students()] == ["absent", "gone"]


def test_a_team_whose_members_are_known_by_now_is_no_row_any_more(tmp_path: Path) -> None:
    with Gradebook(tmp_path) as book:
        unclear = {"team": "Losses", "unclear": "a team"}
        book.put([Student("losses", "Losses (team)", True, learning_platform=unclear)])
        drop_absent(book, {"losses"})
        assert [one.student for one in book.students()] == ["losses"]
        drop_absent(book, {"ann", "bob"})
        assert not list(book.students())


# foundation50/classroom50, cli/shared/contract (AssignmentRepoName): classroom-assignment-login
REPOSITORY = "ml-ps1-{}"
SLUG = st.text("ab-", min_size=1, max_size=4).filter(
    lambda one: not (one.startswith("-") or one.endswith("-") or "--" in one)
)


def by_repository(names: list[str], logins: list[str]) -> dict[str, str]:
    """Return whose each folder is, by its name; those that are nobody's are left out."""
    people = [
        Enrolled(f"Person {login}", line, frozenset({login})) for line, login in enumerate(logins)
    ]
    found = with_roster([Source(name, name, is_enrolled=False) for name in names], people)
    return {one.student: one.name for one in found if one.handed_in and one.is_enrolled}


def test_a_repository_of_classroom_50_belongs_to_the_login_at_its_end() -> None:
    names = [REPOSITORY.format(login) for login in ("jdoe", "John-Doe", "asmith", "stranger")]
    found = by_repository(names, ["jdoe", "john-doe", "asmith", "doe"])
    assert found == {
        "ml-ps1-jdoe": "Person jdoe",
        "ml-ps1-John-Doe": "Person john-doe",
        "ml-ps1-asmith": "Person asmith",
    }


def test_a_login_is_not_guessed_where_names_can_be_parted_in_two_ways() -> None:
    names = [REPOSITORY.format(login) for login in ("a-b", "a-c")]
    assert by_repository(names, ["a-b", "a-c"]) == {
        "ml-ps1-a-b": "Person a-b",
        "ml-ps1-a-c": "Person a-c",
    }
    assert by_repository(names, ["a-b", "a-c", "b", "c"]) == {}
    assert by_repository(names[:1], ["b"]) == {}
    assert by_repository(["ps1-jdoe", "ps1-asmith"], ["jdoe", "asmith"]) == {}


@given(st.lists(SLUG, unique=True, max_size=6), st.lists(SLUG, max_size=6), SLUG, SLUG)
def test_no_repository_is_anothers(
    present: list[str], absent: list[str], classroom: str, assignment: str
) -> None:
    own = {f"{classroom}-{assignment}-{login}": f"Person {login}" for login in present}
    found = by_repository(list(own), [*present, *(set(absent) - set(present))])
    assert found.items() <= own.items()
