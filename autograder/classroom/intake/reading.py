"""The ways to read a download: as whose work, by which rule; two where both are possible."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from exercises.given.errors import CourseError

from .archives import archive_root, list_archive
from .canvas_names import People
from .caps import BULK_ENTRIES, BULK_INFLATED_BYTES
from .display import shown
from .entries import Entry, Unreadable
from .folders import children, file_on_disk, is_real_folder
from .layouts import is_download, require_one_class
from .naming import NoChapterError, read_name
from .platforms import BY_CANVAS, read_label
from .students import Source, by_owner, find_students, in_listing

# Folders of the course itself: who hands in all of it hands in these.
OF_THE_COURSE = {"exercises", "solutions", "autograder", "book", "tests", "given"}
SHOWN = 5


@dataclass(frozen=True)
class Reading:
    """One way to read a download: the students, and the rule in words."""

    students: list[Source]
    rule: str

    def in_words(self) -> str:
        """Return how many students there are, who, and by which rule."""
        count = len(self.students)
        names = ", ".join(one.name for one in self.students[:SHOWN])
        more = ", ..." if count > SHOWN else ""
        return f"{count} student{'s' * (count != 1)} by {self.rule}: {names}{more}"


def readings_of_place(place: Path, people: People, within: str | None = None) -> list[Reading]:
    """Return the ways to read a folder or archive, the likelier first.

    Raises CourseError, as `find_students`, and for what is no class: a course of nbgrader, several
    downloads, several assignments.
    """
    students = find_students(place, people)
    if len(students) == 1 and (one := _class_in(students[0], people)):
        return one
    require_one_class(place, students, within)
    first = _reading(students)
    stems = [one for one in students if one.rule == BY_CANVAS]
    if stems and all(_has_several_names(one) for one in stems):
        second = _reading(find_students(place, None))
        if len(second.students) != len(students):
            return [first, second]
    return [first]


def nobodys(place: Path) -> list[str]:
    """Return the loose files of a folder that are a chapter and say no student."""
    if not place.is_dir():
        return []
    try:
        found = children(place, BULK_ENTRIES)
    except Unreadable as error:
        raise CourseError(f"{place} {error.why}.") from error
    return [
        shown(one.name)
        for one in found
        if not is_real_folder(one) and read_label(one.name, is_folder=False).is_bare
    ]


def _class_in(student: Source, people: People) -> list[Reading]:
    """Return the readings by which what seems one student's archives are a class; none for no."""
    archives = _archives_of(student)
    if len(archives) > 1:
        rule = "an archive for each"
        each = [_of_archive(one) for one in archives]
        return [_reading([student]), Reading(each, rule)]
    if not archives:
        return []
    inside = _inside(archives[0], people)
    if is_download(inside):
        return [_reading(inside)]
    works = [one for one in inside if _has_work(one)]
    if len(works) > 1 and not {one.name.lower() for one in inside} & OF_THE_COURSE:
        return [_reading([student]), Reading(inside, f"what {archives[0].name} holds")]
    return []


def _archives_of(student: Source) -> list[Entry]:
    """Return the archives that are all of a student's work, as files or in the one folder."""
    entries = list(student.entries)
    try:
        found = [one for folder in student.folders for one in children(folder)]
    except Unreadable:
        return []  # a row with the reason, when it is read
    entries += [
        file_on_disk(Path(one.path), one.name) for one in found if not one.name.startswith(".")
    ]
    are_archives = [
        archive_root(one.name) is not None and one.opener is not None and not one.hindrance
        for one in entries
    ]
    distinct = {archive_root(one.name) for one in entries}
    return entries if all(are_archives) and len(distinct) == len(entries) else []


def _inside(archive: Entry, people: People) -> list[Source]:
    assert archive.opener
    try:
        listing, _ = list_archive(archive.opener, BULK_ENTRIES, BULK_INFLATED_BYTES)
    except Unreadable:
        return []  # a row with the reason, when it is read
    return by_owner(in_listing(listing, people))


def _of_archive(archive: Entry) -> Source:
    return by_owner([(read_label(archive.name, is_folder=False), archive)])[0]


def _has_work(source: Source) -> bool:
    return any(archive_root(one.name) or _chapter(one.name) is not None for one in source.entries)


def _has_several_names(source: Source) -> bool:
    """Return whether the files behind one number in Canvas's place are named after several."""
    names = {archive_root(one.name) or _chapter(one.name) or "" for one in source.entries}
    return len(names - {""}) > 1


def _chapter(name: str) -> str | None:
    """Return what stands in front of the chapter, None if the name denotes none."""
    try:
        return read_name(name).prefix
    except NoChapterError:
        return None


def _reading(students: list[Source]) -> Reading:
    rules = Counter(one.rule for one in students)
    return Reading(students, _in_words(rules.most_common()))


def _in_words(rules: Iterable[tuple[str, int]]) -> str:
    rules = list(rules)
    if len(rules) == 1:
        return rules[0][0]
    return ", ".join(f"{rule} ({count})" for rule, count in rules)
