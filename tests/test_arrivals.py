"""Grades that arrive: the platform's own file comes back, and its importer changes what was earned."""

import dataclasses
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from autograder.classroom.gradebook import Adjustment, Grade, Gradebook, Student
from autograder.classroom.intake.enrolment import with_roster
from autograder.classroom.intake.roster import open_roster
from autograder.classroom.intake.students import Source
from autograder.classroom.reports import write_reports
from autograder.classroom.reports.arrivals import HOW
from autograder.classroom.rubric import Rubric
from autograder.classroom.terms import FILE, Terms, keep_terms, kept_terms, require_elsewhere
from autograder.grading.record import Status
from exercises.given.errors import CourseError
from tests.platforms.canvas import Course, Person
from tests.platforms.canvas import Grade as CanvasGrade
from tests.platforms.moodle import EXPORTED, GERMAN, LANGUAGES, Assignment, User
from tests.platforms.students import NAMES
from tests.test_gradebook import GRADE, changed

STEM = "ch02_triplet_dataset"
RUBRIC = Rubric({f"{STEM}:Digits:one": 2, f"{STEM}:Digits:two": 3.5, "ch04_triplet_loss:a:b": 4.5})
TOTAL = 10.0
# Four kinds of work, and what each is worth of 10.
KINDS = {
    ("passed", "passed", "passed"): 10.0,
    ("passed", "wrong", "passed"): 6.5,
    ("wrong", "passed", "wrong"): 3.5,
    ("wrong", "crashed", "timed out"): 0.0,
}
OURS = 17  # the assignment's number in Canvas


def grades_of(student: str, statuses: Iterable[str]) -> list[Grade]:
    grades = []
    for check, status in zip(RUBRIC.points, statuses, strict=False):
        stem, _, title = check.partition(":")
        record = {"stem": stem, "check": check, "title": title, "status": Status(status)}
        grades.append(changed(GRADE, student=student, **record))
    return grades


def sent_back(
    folder: Path,
    content: bytes,
    sources: Sequence[Source],
    graded: dict[str, Sequence[str]],
    wanted: str | None = None,
    **said: object,
) -> tuple[Path, list[str]]:
    """Grade a class as the command does, and return the folder of the reports and what it told."""
    path = folder / "roster.csv"
    path.write_bytes(content)
    roster = open_roster(path)
    students = with_roster(sources, roster.people)
    terms = dataclasses.replace(Terms(), **said).with_roster(roster, wanted, students)
    told: list[str] = []
    with Gradebook(folder) as book:
        for one in students:
            book.put_student(
                Student(
                    one.student, one.name, one.handed_in, learning_platform=one.learning_platform
                )
            )
            book.put_grades(grades_of(one.student, graded.get(one.student, ())))
        keep_terms(folder, terms)
        write_reports(book, folder / "out", RUBRIC, "Course", told)
    return folder / "out", told


def page(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


def work(keys: Sequence[str], half: bool) -> tuple[dict[str, Sequence[str]], dict[str, float]]:
    """Return the statuses of those who handed in, every second one of them if half, and points."""
    kinds = list(KINDS.items())
    present = [key for number, key in enumerate(keys) if not half or number % 2]
    chosen = {key: kinds[number % len(kinds)] for number, key in enumerate(present)}
    return (
        {key: statuses for key, (statuses, _) in chosen.items()},
        {key: points for key, (_, points) in chosen.items()},
    )


def moodle_users() -> list[User]:
    return [
        User(5000 + 7 * number, name, f"mail{number}@example.org", f"{number:05}", team=f"T{number % 4}")
        for number, name in enumerate(NAMES)
    ]  # fmt: skip


def moodle_sources(users: Iterable[User], is_blind: bool, keys: Iterable[str]) -> list[Source]:
    """Return the sources as they are named by the archive of all submissions."""
    names = {f"s{one.number}": ("Participant" if is_blind else one.name, one) for one in users}
    return [
        Source(key, names[key][0], {"moodle_id": str(names[key][1].number)})
        for key in names
        if key in set(keys)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_blind", [False, True], ids=["named", "blind"])
@pytest.mark.parametrize("half", [False, True], ids=["all", "half absent"])
@pytest.mark.parametrize("maximum", [100.0, 10.0, 7.5])
def test_moodle_takes_every_grade_of_its_worksheet_and_touches_no_other(
    tmp_path: Path, language: str, is_blind: bool, half: bool, maximum: float
) -> None:
    users = moodle_users()
    for number, one in enumerate(users):
        if number % 5 == 0:
            one.feedback = 'Well done, "again"\nsee page 3'
            one.grade, one.graded_at = maximum / 5, EXPORTED - timedelta(days=3)
    statuses, points = work([f"s{one.number}" for one in users], half)
    for one in users:
        one.handed_in = f"s{one.number}" in points
    moodle = Assignment(
        users, maximum, LANGUAGES[language], is_blind, has_teams=half, has_text=half
    )
    before = {one.number: (one.grade, one.feedback) for one in users}
    folder, told = sent_back(
        tmp_path, moodle.worksheet(), moodle_sources(users, is_blind, points), statuses
    )
    # A date in another language is none to Moodle: then it has to be told to ignore it.
    moodle.imported((folder / "moodle.csv").read_bytes(), ignore_modified=language != "en")
    for one in users:
        earned = points.get(f"s{one.number}")
        if earned is None:
            assert (one.grade, one.feedback) == before[one.number]
        else:
            assert one.grade == pytest.approx(earned * maximum / TOTAL, abs=1e-4), one.name
            assert one.feedback == before[one.number][1]
    assert f"{len(points)} grades" in told[0]
    assert ("scaled" in told[0]) == (maximum != TOTAL)
    assert ("more recently" in told[0]) == (language != "en")


@pytest.mark.parametrize("half", [False, True], ids=["all", "half absent"])
@pytest.mark.parametrize("delimiter", list(",;\t:"))
def test_moodle_takes_every_grade_of_its_gradebook_and_touches_no_other(
    tmp_path: Path, half: bool, delimiter: str
) -> None:
    users = moodle_users()
    for one in users[::3]:
        one.grade = 55.0
    statuses, points = work([f"mail{number}" for number in range(len(users))], half)
    moodle = Assignment(users)
    sources = [Source(key, key) for key in points]
    folder, told = sent_back(tmp_path, moodle.gradebook(delimiter), sources, statuses)
    before = {one.email: one.grade for one in users}
    assert moodle.gradebook_imported((folder / "moodle.csv").read_bytes(), delimiter)
    for one in users:
        key = one.email.partition("@")[0]
        assert one.grade == (points[key] if key in points else before[one.email])
    assert "does not say what the maximum is" in told[0]


def canvas_people() -> list[Person]:
    people = []
    for number, name in enumerate(NAMES):
        *first, last = name.replace(", ", " ").split(" ")
        sortable = f"{last}, {' '.join(first)}" if first else last
        people.append(Person(100 + number, sortable, f"login{number}", f"sis{number}"))
    return people


@pytest.mark.parametrize("half", [False, True], ids=["all", "half absent"])
@pytest.mark.parametrize(
    "form",
    [
        {},
        {"posted_by_hand": True, "has_integration": True},
        {"is_split": True, "has_sis": False},
        {"delimiter": ";", "decimal": ",", "has_mark": True},
        {"is_split": True, "posted_by_hand": True, "has_mark": True, "has_integration": True},
    ],
)
def test_canvas_takes_every_grade_and_touches_no_other(
    tmp_path: Path, half: bool, form: dict[str, object]
) -> None:
    people = canvas_people()
    people[3].grades = {OURS: "EX"}
    people[5].assigned = {16, 18}
    for number, one in enumerate(people):
        if number % 4 == 0:
            one.grades = {OURS: 4.25, 16: 1.0}
    assignments = {16: ("Reading", 5.0), OURS: ("Triplet loss, chapter 4", 20.0), 18: ("Talk", 0.0)}
    canvas = Course(people, assignments, **form)  # type: ignore[arg-type]
    statuses, points = work([f"s{one.id}" for one in people], half)
    names = {f"s{one.id}": one.sortable for one in people}
    sources = [Source(key, names[key], {"canvas_id": key[1:], "late": "yes"}) for key in points]
    folder, _ = sent_back(tmp_path, canvas.exported(), sources, statuses, "Triplet loss, chapter 4")
    before = {one.id: one.grades.get(OURS) for one in people}
    changes = canvas.imported((folder / "canvas.csv").read_bytes())
    assert {number for _, number in changes} <= {OURS}
    for one in people:
        earned: CanvasGrade = points.get(f"s{one.id}")
        left = before[one.id] == "EX" or not one.has(OURS) or earned is None
        expected = before[one.id] if left else float(earned or 0) * 2
        assert one.grades.get(OURS) == expected, one.sortable
    text = page(folder)
    assert "is excused in Canvas" in text
    assert "not assigned to this student" in text


EXPORTS = {
    **{
        f"worksheet {name}": Assignment(moodle_users(), language=language).worksheet()
        for name, language in LANGUAGES.items()
    },
    "blind worksheet": Assignment(moodle_users(), is_blind=True).worksheet(),
    "gradebook": Assignment(moodle_users()).gradebook(";"),
    "canvas": Course(canvas_people(), {OURS: ("Loss", 10.0)}, posted_by_hand=True).exported(),
    "canvas for German": Course(
        canvas_people(), {OURS: ("Loss", 10.0)}, delimiter=";", decimal=",", has_mark=True
    ).exported(),
}
EXPORTS |= {f"{name}, of Windows": text.replace(b"\n", b"\r\n") for name, text in EXPORTS.items()}
EXPORTS["gradebook of Excel"] = EXPORTS["gradebook"].decode().encode("cp1252", errors="replace")
EXPORTS["worksheet without an end"] = EXPORTS["worksheet en"].rstrip(b"\n")


@pytest.mark.parametrize("name", EXPORTS)
def test_a_file_of_which_nothing_was_graded_comes_back_byte_for_byte(
    tmp_path: Path, name: str
) -> None:
    folder, _ = sent_back(tmp_path, EXPORTS[name], [Source("nobody", "nobody")], {})
    (back,) = [path for path in folder.glob("*.csv") if path.stem in ("moodle", "canvas")]
    assert back.read_bytes() == EXPORTS[name]


def test_a_grade_that_was_there_already_changes_no_byte(tmp_path: Path) -> None:
    users = moodle_users()[2:4]
    for one in users:
        one.grade = 65.0
    content = Assignment(users).worksheet()
    keys = [f"s{one.number}" for one in users]
    graded = {key: ["passed", "wrong", "passed"] for key in keys}
    folder, _ = sent_back(tmp_path, content, moodle_sources(users, False, keys), graded)
    assert (folder / "moodle.csv").read_bytes() == content


def test_rows_without_an_identifier_stay_as_they_are(tmp_path: Path) -> None:
    users = moodle_users()
    content = Assignment(users).worksheet() + b",Notes of mine,,,,,,,,\nAverage,,,,50,,,,,\n"
    folder, _ = sent_back(
        tmp_path, content, moodle_sources(users, False, ["s5000"]), {"s5000": next(iter(KINDS))}
    )
    back = (folder / "moodle.csv").read_bytes()
    assert back.endswith(b",Notes of mine,,,,,,,,\nAverage,,,,50,,,,,\n")
    assert Assignment(users).imported(back) == 1


@pytest.mark.parametrize("has_sum", [False, True])
def test_nobody_gets_a_zero_that_was_not_earned(tmp_path: Path, has_sum: bool) -> None:
    users = moodle_users()[2:7]
    users[0].grade = 42.0
    keys = [f"s{one.number}" for one in users]
    # Of five: one absent, one with a fault of the grader, one of whom chapter 4 was not graded.
    graded = {keys[1]: ["passed", "grader fault", "passed"], keys[2]: ["passed", "passed"]}
    graded[keys[3]], graded[keys[4]] = ["wrong"] * 3, ["passed"] * 3
    moodle = Assignment(users)
    sources = moodle_sources(users, False, keys[1:])
    folder, _ = sent_back(tmp_path, moodle.worksheet(), sources, graded, absent_is_zero=has_sum)
    moodle.imported((folder / "moodle.csv").read_bytes(), ignore_modified=True)
    assert [one.grade for one in users] == [0.0 if has_sum else 42.0, None, None, 0.0, 100.0]
    text = page(folder)
    assert "No grade: 2" in text if has_sum else "No grade: 3" in text
    assert "the grader failed at 1 of 3 checks" in text
    assert "not graded yet: chapter 4" in text
    assert ("handed in nothing" in text) != has_sum


def test_an_absent_student_of_an_earlier_version_is_no_zero(tmp_path: Path) -> None:
    """Gradebooks have grades of absent students, as of an empty submission."""
    with Gradebook(tmp_path) as book:
        book.put_student(Student("ann", "Ann", False))
        book.put_grades(grades_of("ann", ["not started"] * 3))
        write_reports(book, tmp_path / "out", RUBRIC, "Course")
    assert "ann,Ann,no,,10" in (tmp_path / "out" / "grades.csv").read_text()


def test_points_are_out_of_the_chapters_that_were_graded(tmp_path: Path) -> None:
    users = moodle_users()[2:4]
    moodle = Assignment(users)
    keys = [f"s{one.number}" for one in users]
    graded = {keys[0]: ["wrong", "wrong", "passed"], keys[1]: ["passed", "passed", "wrong"]}
    folder, told = sent_back(
        tmp_path,
        moodle.worksheet(),
        moodle_sources(users, False, keys),
        graded,
        chapters=("ch04_triplet_loss",),
    )
    moodle.imported((folder / "moodle.csv").read_bytes())
    assert [one.grade for one in users] == [100.0, 0.0]
    assert "scaled from 4.5 points to 100" in told[0]
    assert "4.5,4.5" in (folder / "grades.csv").read_text(encoding="utf-8")


def test_feedback_is_filled_where_nobody_else_wrote_and_never_emptied(tmp_path: Path) -> None:
    users = moodle_users()[2:6]
    users[0].feedback = "Come and see me."
    users[1].feedback = "Autograder: 1 of 10 points."
    moodle = Assignment(users)
    keys = [f"s{one.number}" for one in users]
    graded = {key: ["passed", "wrong", "passed"] for key in keys[:3]}
    folder, told = sent_back(
        tmp_path, moodle.worksheet(), moodle_sources(users, False, keys), graded, feedback=True
    )
    back = (folder / "moodle.csv").read_bytes()
    moodle.imported(back)
    assert users[0].feedback == "Come and see me."
    for one in users[1:3]:
        assert one.feedback.startswith("Autograder: 6.5 of 10 points.<br>Chapter 2: 2 of 5.5.")
    assert users[3].feedback == ""
    assert "1 cells had feedback" in told[0]


@pytest.mark.parametrize(
    "comment", ['say \\"hi', "so, back\\", "<script>x</script>", 'Öz, அ\n"two"', "=1"]
)
def test_no_comment_breaks_the_file_or_the_page_of_moodle(tmp_path: Path, comment: str) -> None:
    users = moodle_users()
    moodle = Assignment(users)
    keys = [f"s{one.number}" for one in users]
    with Gradebook(tmp_path) as book:
        for number, key in enumerate(keys, start=1):
            book.put([Adjustment(number, key, "", None, comment, "teacher", "now")])
    folder, _ = sent_back(
        tmp_path,
        moodle.worksheet(),
        moodle_sources(users, False, keys),
        {key: ["passed"] * 3 for key in keys},
        feedback=True,
    )
    assert moodle.imported((folder / "moodle.csv").read_bytes()) == len(users)
    assert all("<script" not in one.feedback and one.feedback.isascii() for one in users)


def test_points_that_moodle_would_pass_over_are_told(tmp_path: Path) -> None:
    users = moodle_users()[2:4]
    moodle = Assignment(users)
    keys = [f"s{one.number}" for one in users]
    check = next(iter(RUBRIC.points))
    with Gradebook(tmp_path) as book:
        book.put([Adjustment(1, keys[0], check, 3.0, "bonus", "teacher", "now")])
    folder, _ = sent_back(
        tmp_path,
        moodle.worksheet(),
        moodle_sources(users, False, keys),
        {key: ["passed"] * 3 for key in keys},
    )
    moodle.imported((folder / "moodle.csv").read_bytes())
    assert [one.grade for one in users] == [None, 100.0]
    assert "Moodle imports 0 to 100 points here, and not 110" in page(folder)


def test_every_member_of_a_team_gets_the_row(tmp_path: Path) -> None:
    users = moodle_users()[2:6]
    moodle = Assignment(users, has_teams=True)
    path = tmp_path / "roster.csv"
    path.write_bytes(moodle.worksheet())
    roster = open_roster(path)
    lines = tuple(one.line for one in roster.people[:3])
    terms = Terms().with_roster(roster, None, [Source("team", "Team", lines=lines)])
    with Gradebook(tmp_path) as book:
        book.put_student(Student("team", "Team", True))
        book.put_grades(grades_of("team", ["passed", "wrong", "passed"]))
        keep_terms(tmp_path, terms)
        write_reports(book, tmp_path / "out", RUBRIC, "Course")
    moodle.imported((tmp_path / "out" / "moodle.csv").read_bytes())
    assert [one.grade for one in users] == [65.0, 65.0, 65.0, None]


def test_two_of_one_name_get_nobody_elses_points(tmp_path: Path) -> None:
    people = canvas_people()[:4]
    canvas = Course(people, {OURS: ("Loss", 10.0)})
    sources = [Source("jane", "Jane Doe"), Source("ali", "aliöz")]
    graded = {"jane": ["passed"] * 3, "ali": ["passed"] * 3}
    folder, _ = sent_back(tmp_path, canvas.exported(), sources, graded, absent_is_zero=True)
    canvas.imported((folder / "canvas.csv").read_bytes())
    assert [one.grades.get(OURS) for one in people] == [None, None, 10.0, 0.0]
    assert len(re.findall("<td>[^<]*fits this name and others", page(folder))) == 2
    assert "on no line of roster.csv" in page(folder)


def test_two_submissions_of_one_person_are_not_guessed_between(tmp_path: Path) -> None:
    people = canvas_people()[2:3]
    canvas = Course(people, {OURS: ("Loss", 10.0)})
    sources = [Source("a", "Ali Öz"), Source("b", "ali_öz")]
    graded = {"a": ["passed"] * 3, "b": ["wrong"] * 3}
    folder, _ = sent_back(tmp_path, canvas.exported(), sources, graded, absent_is_zero=True)
    assert canvas.imported((folder / "canvas.csv").read_bytes()) == {}


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [("Loss", OURS), ("loss (17)", OURS), ("18", 18), ("Talk", 18)],
)
def test_an_assignment_is_named_by_title_or_number(tmp_path: Path, wanted: str, fits: int) -> None:
    people = canvas_people()[2:3]
    canvas = Course(people, {OURS: ("Loss", 10.0), 18: ("Talk", 10.0)})
    graded = {"a": ["passed"] * 3}
    sources = [Source("a", people[0].sortable, {"canvas_id": "102"})]
    folder, _ = sent_back(tmp_path, canvas.exported(), sources, graded, wanted)
    assert canvas.imported((folder / "canvas.csv").read_bytes()) == {(102, fits): 10.0}


@pytest.mark.parametrize(
    ("assignments", "wanted", "error"),
    [
        (
            {17: ("Loss", 1.0), 18: ("Talk", 1.0)},
            None,
            '2 columns fit. .* "Loss .17.", "Talk .18."',
        ),
        ({17: ("Loss", 1.0), 18: ("Loss", 1.0)}, "Loss", "2 columns fit"),
        ({17: ("Loss", 1.0)}, "Lost", 'no column is called "Lost"'),
        ({17: ("Final Grade essay", 1.0)}, None, "no column of it takes points"),
    ],
)
def test_a_column_that_is_not_clear_is_asked_for(
    tmp_path: Path, assignments: dict[int, tuple[str, float]], wanted: str | None, error: str
) -> None:
    content = Course(canvas_people(), assignments).exported()
    with pytest.raises(CourseError, match=error):
        sent_back(tmp_path, content, [], {}, wanted)


def test_a_scale_takes_no_points(tmp_path: Path) -> None:
    content = Assignment(moodle_users()).worksheet().replace(b",100.00,", b",good,")
    with pytest.raises(CourseError, match="by a scale"):
        sent_back(tmp_path, content, [], {})


def test_without_a_platforms_file_one_line_says_how_to_get_one(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for name in ("moodle.csv", "canvas.csv"):
        (tmp_path / "out" / name).write_text("of an earlier version, and not to be imported")
    folder, told = sent_back(tmp_path, b"name\nAnn\n", [Source("a", "Ann")], {"a": ["passed"] * 3})
    assert told == [HOW]
    assert {path.name for path in folder.glob("*.csv")} == {"grades.csv", "checks.csv"}
    assert HOW.split("(")[0] in page(folder)


def test_terms_prove_themselves(tmp_path: Path) -> None:
    terms = Terms(("ch04",), "r.csv", b"\xff\x00", "Loss (1)", {2: "ann"}, {3: "bob"}, True, True)
    keep_terms(tmp_path, terms)
    assert kept_terms(tmp_path) == (terms, [])
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    for other in (text.replace("ann", "anm"), text[:-5], "", "[]", "{}", "null", '{"terms": 3}'):
        (tmp_path / FILE).write_text(other, encoding="utf-8")
        found, damaged = kept_terms(tmp_path)
        assert (found, len(damaged)) == (Terms(), 1)


def test_a_roster_that_would_be_written_over_is_refused(tmp_path: Path) -> None:
    (tmp_path / "moodle.csv").write_text("x")
    with pytest.raises(CourseError, match="written over"):
        require_elsewhere(tmp_path / "moodle.csv", tmp_path)
    require_elsewhere(tmp_path / "other.csv", tmp_path)


def test_decimals_arrive_in_every_language(tmp_path: Path) -> None:
    users = moodle_users()[2:3]
    moodle = Assignment(users, language=GERMAN)
    folder, _ = sent_back(
        tmp_path,
        moodle.worksheet(),
        moodle_sources(users, False, [f"s{users[0].number}"]),
        {f"s{users[0].number}": ["passed", "wrong", "passed"]},
    )
    moodle.imported((folder / "moodle.csv").read_bytes())
    assert users[0].grade == 65.0
