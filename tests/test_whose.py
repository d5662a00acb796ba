"""Whose work it is, by the rules that the platforms use: every honest student gets his or her own."""
# ruff: noqa: RUF001 - people are written as they write themselves

import csv
import io
import operator
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.classroom.intake.canvas_names import CanvasNames, readings_of
from autograder.classroom.intake.display import safe_key, shown
from autograder.classroom.intake.enrolment import names_by_number, with_roster
from autograder.classroom.intake.entries import hindered
from autograder.classroom.intake.platforms import read_label
from autograder.classroom.intake.roster import Enrolled, read_roster
from autograder.classroom.intake.students import Source, by_owner, find_students
from tests.platform_rules import CanvasFile, moodle_clean, moodle_folder

STEM = "ch04_triplet_loss"
FILE = f"{STEM}.py"

# Last name and first name, as an instructor reads them. No two are one person.
PEOPLE = [
    ("राम", "सीता"),  # Devanagari: the vowel signs are marks, and all that tells some names apart
    ("रीमा", "सीता"),
    ("रमा", "सीता"),
    ("हिन्दी", "नाम"),
    ("সেন", "অমর্ত্য"),  # Bengali
    ("சுப்பிரமணியம்", "பாரதி"),  # Tamil
    ("ธนวัฒน์", "กมล"),  # Thai: tones and vowels are marks
    ("ธนวัฒน์", "กมลา"),
    ("مُحَمَّد", "عَلِيّ"),  # Arabic with its vowels
    ("רָחֵל", "כֹּהֵן"),  # Hebrew with its points
    ("محمد\u200cرضا", "کریمی"),  # Persian, with an invisible joint in the name
    ("ශ්\u200dරී", "ලංකා"),  # Sinhala
    ("ガ", "ハナ"),  # Japanese: the voicing is a mark once decomposed
    ("カ", "ハナ"),
    ("王", "小明"),
    ("김", "민수"),
    ("Nguyễn", "Thị Ánh"),
    ("Öz", "Ali"),
    ("Oz", "Ali"),
    ("İnce", "Işıl"),
    ("Łukasz", "Żółć"),
    ("O'Brien", "Seán"),
    ("d’Arc", "Jeanne"),
    ("van der Berg-Smit", "Jan Pieter"),
    ("Doe", "Jane_7"),
    ("Doe_7", "Jane"),
    ("Doe_12_", "Jane"),
    ("Late", "Sam"),
    ("Anon", "Ann"),
    ("😀🎉", "❤️"),
    ("🔥", "1️⃣"),
    ("X Æ A-12", "Musk"),
    ("&<>", "Robert'); DROP"),
    ("L" * 180, "F" * 60),
]
NUMBERED = [(number, last, first) for number, (last, first) in enumerate(PEOPLE, start=101)]
FORMS = ["zip", "folder", "decomposed"]
Layout = Callable[[dict[str, bytes], str, Path], Path]


def laid_out(files: dict[str, bytes], form: str, folder: Path) -> Path:
    """Write the files as a zip, or as what a system makes of it that keeps or decomposes names."""
    if form == "zip":
        with zipfile.ZipFile(folder / "class.zip", "w") as archive:
            for path, content in files.items():
                archive.writestr(path, content)
        return folder / "class.zip"
    for path, content in files.items():
        written = unicodedata.normalize("NFD", path) if form == "decomposed" else path
        parts = [_on_disk(part) for part in written.split("/")]
        target = (folder / "class").joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder / "class"


def _on_disk(part: str) -> str:
    """Return a name that this file system can hold; only a zip can hold longer ones."""
    if len(part.encode()) > 255:
        pytest.skip("names of that length are in zips only")
    return part


def canvas_export(people: list[tuple[int, str, str]]) -> str:
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Loss (17)"]]
    rows.append(["    Points Possible", "", "", "", "", "100"])
    rows += [[f"{last}, {first}", str(number), "", "", "One", ""] for number, last, first in people]
    return _csv(rows)


def moodle_export(people: list[tuple[int, str, str]], *more: str) -> str:
    rows = [["Identifier", "Full name", "Status", "Grade", *more]]
    rows += [[f"Participant {number}", f"{first} {last}", "", ""] for number, last, first in people]
    return _csv(rows)


def _csv(rows: list[list[str]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def roster(folder: Path, text: str) -> list[Enrolled]:
    (folder / "roster.csv").write_text(text, encoding="utf-8")
    return read_roster(folder / "roster.csv")


def work(source: Source) -> bytes | None:
    return source.read().files.get(STEM)


def whose(sources: list[Source], platform: str) -> dict[str, bytes | None]:
    """Return each enrolled person's work by the platform's number, and require one row each."""
    found = [one for one in sources if one.is_enrolled and "team" not in one.learning_platform]
    numbers = [one.learning_platform[platform] for one in found]
    assert len(numbers) == len(set(numbers))
    return {number: work(one) for number, one in zip(numbers, found, strict=True)}


SHORT = [one for one in NUMBERED if len(one[1]) < 100]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("keeps_joiners", [True, False])
@pytest.mark.parametrize("is_old", [True, False])
@pytest.mark.parametrize("has_roster", [True, False])
def test_everybody_in_a_download_of_canvas_gets_the_own_work(
    tmp_path: Path, form: str, keeps_joiners: bool, is_old: bool, has_roster: bool
) -> None:
    people = NUMBERED if form == "zip" else SHORT
    files = {}
    for number, last, first in people:
        for upload, name in ((1, FILE), (2, "ch05_triplet_mining.py")):
            file = CanvasFile(
                f"{last}, {first}", number, 10 * number + upload, name, is_late=number % 3 == 0
            )
            files[file.name(keeps_joiners, is_old)] = str(number).encode()
    place = laid_out(files, form, tmp_path)
    enrolled = roster(tmp_path, canvas_export(people)) if has_roster else []
    found = find_students(place, names_by_number(enrolled))
    assert len(found) == len(people)
    if has_roster:
        found = with_roster(found, enrolled)
    assert whose(found, "canvas_id") == {str(one): str(one).encode() for one, _, _ in people}
    for one in found:
        is_late = int(one.learning_platform["canvas_id"]) % 3 == 0
        assert one.learning_platform.get("late") == ("yes" if is_late else None)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("is_old", [True, False])
def test_everybody_in_a_download_of_moodle_gets_the_own_work(
    tmp_path: Path, form: str, is_old: bool
) -> None:
    people = NUMBERED if form == "zip" else SHORT
    files = {
        f"{moodle_folder(f'{first} {last}', number, is_old)}/{FILE}": str(number).encode()
        for number, last, first in people
    }
    found = find_students(laid_out(files, form, tmp_path))
    assert len(found) == len(people)
    found = with_roster(found, roster(tmp_path, moodle_export(people)))
    assert whose(found, "moodle_id") == {str(one): str(one).encode() for one, _, _ in people}


ANY_NAME = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
PARTS = [
    "a",
    "b",
    "7",
    "1",
    " ",
    "-",
    "anon",
    "री",
    "रा",
    "़",
    "ß",
    "İ",
    "ﬁ",
    "²",
    "🔥",
    "é",
    "e\u0301",
]
MIXED = st.lists(st.sampled_from(PARTS), min_size=1, max_size=8).map("".join)
NAMES = st.lists(st.builds(operator.add, ANY_NAME | MIXED, st.sampled_from(["", "_7"])), max_size=6)


@settings(max_examples=300, deadline=None)
@given(NAMES, st.booleans(), st.booleans(), st.booleans())
def test_whatever_the_names_are_nobody_loses_work_or_gets_anothers(
    names: list[str], keeps_joiners: bool, is_old: bool, half_is_absent: bool
) -> None:
    people = [
        Enrolled(shown(name), line, learning_platform={"canvas_id": f"{100 + line}"})
        for line, name in enumerate(names, start=2)
    ]
    owners = {}
    for person, name in zip(people, names, strict=True):
        number = 100 + person.line
        if half_is_absent and number % 2:
            continue
        for upload in (1, 2):
            file = CanvasFile(
                name, number, 10**5 + 10 * number + upload, f"{upload}.py", number % 3 == 0
            )
            owners[file.name(keeps_joiners, is_old)] = person.learning_platform["canvas_id"]
    together = CanvasNames(owners, names_by_number(people))
    labels = [(read_label(file, False, together), hindered(file, "")) for file in owners]
    for one in with_roster(by_owner(labels), people):
        if one.handed_in:
            assert {owners[entry.path] for entry in one.entries} == {
                one.learning_platform["canvas_id"]
            }
            assert one.is_enrolled


def test_half_the_class_is_absent_and_no_work_goes_to_them(tmp_path: Path) -> None:
    for platform, export in (("canvas_id", canvas_export), ("moodle_id", moodle_export)):
        files = {}
        for number, last, first in NUMBERED[::2]:
            canvas = CanvasFile(f"{last}, {first}", number, 10 * number, FILE).name()
            moodle = f"{moodle_folder(f'{first} {last}', number)}/{FILE}"
            files[canvas if platform == "canvas_id" else moodle] = str(number).encode()
        enrolled = roster(tmp_path, export(NUMBERED))
        found = find_students(laid_out(files, "zip", tmp_path), names_by_number(enrolled))
        got = whose(with_roster(found, enrolled), platform)
        assert got == {
            str(one): str(one).encode() if place % 2 == 0 else None
            for place, (one, _, _) in enumerate(NUMBERED)
        }


@pytest.mark.parametrize(
    "word", ["Participant", "Teilnehmer/in", "Participante", "参加者", "प्रतिभागी"]
)
@pytest.mark.parametrize("names_are_known", [True, False])
def test_hidden_names_of_moodle_in_any_language(
    tmp_path: Path, word: str, names_are_known: bool
) -> None:
    files = {f"{moodle_folder(word, one)}/{FILE}": str(one).encode() for one, _, _ in NUMBERED}
    found = find_students(laid_out(files, "zip", tmp_path))
    people = [
        Enrolled(f"{first} {last}" if names_are_known else f"{word} {number}", line,
                 learning_platform={"moodle_id": str(number)})
        for line, (number, last, first) in enumerate(NUMBERED, start=2)
    ]  # fmt: skip
    got = whose(with_roster(found, people), "moodle_id")
    assert got == {str(one): str(one).encode() for one, _, _ in NUMBERED}


def test_anonymous_and_late_together_is_one_student_with_no_number(tmp_path: Path) -> None:
    files = {}
    for number, anonymous in enumerate(["aB3xY", "LATEx", "7q9Zz"], start=1):
        for upload, name in ((1, FILE), (2, "ch05_triplet_mining.py")):
            file = CanvasFile(
                "Doe, Jane", number, 10 * number + upload, name, number > 1, anonymous
            )
            files[file.name()] = str(number).encode()
    found = find_students(laid_out(files, "zip", tmp_path))
    assert {(one.name, work(one)) for one in found} == {
        ("aB3xY", b"1"), ("LATEx", b"2"), ("7q9Zz", b"3")
    }  # fmt: skip
    assert [one.learning_platform.get("late") for one in found].count("yes") == 2
    assert not any("canvas_id" in one.learning_platform for one in found)


def test_of_a_resubmission_the_newest_counts_and_says_whether_it_is_late(tmp_path: Path) -> None:
    first = CanvasFile("Doe, Jane", 101, 900, FILE)
    again = CanvasFile("Doe, Jane", 101, 1000, f"{STEM}-1.py", is_late=True)
    renamed = CanvasFile("Smith, Jane", 101, 1001, f"{STEM}-2.py")
    files = {first.name(): b"1", again.name(): b"2"}
    (jane,) = find_students(laid_out(files, "zip", tmp_path))
    assert (work(jane), jane.learning_platform["late"]) == (b"2", "yes")
    (jane,) = find_students(laid_out({**files, renamed.name(): b"3"}, "zip", tmp_path))
    assert (jane.student, work(jane), jane.learning_platform) == (
        "smithjane_101", b"3", {"canvas_id": "101"}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("file", "name", "number", "rest"),
    [
        ("doejane_7_101_555_x.py", "doejane_7", "101", "x.py"),  # her name ends in _7
        ("doejane_101_555_20261234_x.py", "doejane", "101", "20261234_x.py"),  # her file begins so
        ("roebob_7_555_x.py", "roebob", "7", "x.py"),
    ],
)
def test_the_roster_says_which_of_the_numbers_is_the_students(
    file: str, name: str, number: str, rest: str
) -> None:
    people = {"101": "Doe, Jane_7" if name.endswith("7") else "Doe, Jane", "7": "Roe, Bob"}
    said = CanvasNames([file], people).read(file)
    assert said
    assert (said.name, said.number, said.file) == (name, number, rest)


def test_without_a_roster_the_uploads_say_so_for_canvas_numbers_each_once() -> None:
    of_one = ["doejane_7_101_555_x.py", "doejane_7_101_556_y.py"]
    assert [_number(one, of_one) for one in of_one] == ["101", "101"]
    of_one = ["doejane_101_555_20261234_x.py", "doejane_101_556_20261234_y.py"]
    assert [_number(one, of_one) for one in of_one] == ["101", "101"]
    of_nobody = ["ps1_2026_11_ann.zip", "ps1_2026_11_bob.zip"]
    assert [_number(one, of_nobody) for one in of_nobody] == [None, None]
    twice = ["doejane_101_555_x.py", "doejane_LATE_101_555_x.py", "doejane_101_555_x (1).py"]
    assert [_number(one, twice) for one in twice] == ["101", "101", "101"]


def test_what_a_student_calls_a_file_takes_nobodys_work() -> None:
    honest = "doejane_101_5551234_x.py"
    hostile = [
        "roebob_7_900_5551234_x.py",
        "roebob_7_901_1_5551234_y.py",
        "roebob_7_902_101_5551234_x.py",
    ]
    for people in ({}, {"101": "Doe, Jane"}, {"101": "Doe, Jane", "7": "Roe, Bob"}):
        said = CanvasNames([honest, *hostile], people)
        assert [one.number for one in map(said.read, [honest, *hostile]) if one] == ["101", *"777"]


def test_a_name_that_ends_in_anothers_number_takes_nothing() -> None:
    people = {"101": "Doe, Jane", "55": "Doe, Jane_101"}
    said = CanvasNames([], people).read("doejane_101_55_900_x.py")
    assert said
    assert (said.number, said.upload) == ("55", 900)


def _number(file: str, files: list[str]) -> str | None:
    said = CanvasNames(files).read(file)
    return said.number if said else None


def test_what_canvas_cannot_have_named_is_read_in_no_way() -> None:
    for file in ("Jane Doe_1_2_x.py", "doe-jane_1_2_x.py", "12_34_x.py", "doe_x_2_y.py"):
        assert readings_of(file) == []


def test_a_part_of_over_200_characters_keeps_its_number_and_its_ending(tmp_path: Path) -> None:
    for number, long in ((1, "ab" * 150), (2, "ab" * 150)):
        folder = moodle_folder(long, number)
        files = {f"{folder}/{FILE}": b"1", f"{folder}/{'w' * 220}/{FILE}": b"2"}
        (one,) = find_students(laid_out(files, "zip", tmp_path))
        assert one.learning_platform == {"moodle_id": str(number)}
        assert work(one) == b"1"
    file = CanvasFile("L" * 230 + ", Jane", 101, 900, f"{'x' * 20}_{FILE}").name()
    (one,) = find_students(laid_out({file: b"1"}, "zip", tmp_path))
    assert (one.learning_platform, work(one)) == ({"canvas_id": "101"}, b"1")


def test_a_file_of_a_long_name_on_the_disk_keeps_its_ending(tmp_path: Path) -> None:
    laid_out({f"ann/{'x' * 230}_{FILE}": b"1"}, "folder", tmp_path)
    (one,) = find_students(tmp_path / "class")
    assert work(one) == b"1"


def test_names_that_differ_in_marks_only_have_keys_of_their_own() -> None:
    names = ["राम", "रीम", "रम", "กมล", "กมลา", "กมลี"]
    assert len({safe_key(name) for name in names}) == len(names)


def test_somebody_of_the_same_name_who_is_not_enrolled_gets_nothing(tmp_path: Path) -> None:
    file = CanvasFile("Doe, Jane", 205, 900, FILE).name()
    found = with_roster(
        find_students(laid_out({file: b"1"}, "zip", tmp_path)),
        roster(tmp_path, canvas_export([(101, "Doe", "Jane")])),
    )
    assert [(one.handed_in, one.is_enrolled) for one in found] == [(False, True), (True, False)]


def test_a_name_without_its_accents_is_known_if_nobody_has_the_plainer_one(tmp_path: Path) -> None:
    people = roster(tmp_path, "name,email\nÖz Ali,a@x\nRam सीता,b@x\n")
    for name, number in (("Oz Ali", 2), ("Ram सता", 0)):
        (found,) = [one for one in with_roster([Source("k", name)], people) if one.handed_in]
        assert found.lines == ((number,) if number else ())


def test_what_two_submissions_claim_goes_to_neither_and_is_said(tmp_path: Path) -> None:
    people = roster(tmp_path, "name,email\nJane Doe,j@x\n")
    found = with_roster([Source("a", "Jane Doe"), Source("b", "jane-doe")], people)
    assert [one.is_enrolled for one in found if one.handed_in] == [False, False]
    (jane,) = [one for one in found if not one.handed_in]
    assert "2 submissions fit this name: a, b" in jane.learning_platform["unclear"]


def test_the_rules_are_those_of_the_platforms() -> None:
    """Say the rules by example, so that the oracle can be read beside its source."""
    assert CanvasFile("Doe, Jane", 1, 2, "a:b.py").name() == "doejane_1_2_a_b.py"
    assert CanvasFile("Doe_7_, J", 1, 2, "x").name() == "doe7j_1_2_x"
    assert CanvasFile("😀", 1, 2, "x", is_late=True).name() == "_LATE_1_2_x"
    assert CanvasFile("D", 1, 2, "x", True, "aB3xY").name() == "LATE_anon_aB3xY_2_x"
    assert moodle_folder("Jane_7 O'Brien", 12) == "Jane 7 OBrien_12_assignsubmission_file"
    assert moodle_clean("Teilnehmer/in") == "Teilnehmerin"
