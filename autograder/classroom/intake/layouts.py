"""Know what is no class, but something that holds classes: and name it as what it is."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from exercises.given.errors import CourseError

from .entries import Unreadable
from .folders import children, is_real_folder, walk
from .naming import NoChapterError, read_name
from .platforms import BY_CANVAS, BY_FOLDER, BY_MOODLE, read_label
from .students import Source

# nbgrader: nbgrader/coursedir.py names the folders of a course, nbgrader/exchange/default/submit.py
# what lies in the exchange: student+assignment+time+random.
OF_NBGRADER = {"source", "release", "autograded", "feedback", "nbgrader_config", "gradebook"}
INBOUND = re.compile(r"[^+]+\+[^+]+\+\d{4}-\d\d-\d\d .*", re.DOTALL)
LOOKED_AT = 50  # of the students: a layout shows in a few
Stems = dict[str, set[str]]


def is_download(students: Sequence[Source]) -> bool:
    """Return whether a platform has named the work of several students here."""
    return sum(one.rule in (BY_CANVAS, BY_MOODLE) for one in students) > 1


def require_one_class(place: Path, students: Sequence[Source], within: str | None) -> None:
    """Raise CourseError for a course of nbgrader, its exchange, downloads, several assignments."""
    names = {one.name for one in students if one.rule == BY_FOLDER}
    if "submitted" in names and OF_NBGRADER & {one.name for one in students}:
        raise CourseError(
            f"{place} is a course of nbgrader. Its students' work is in {place / 'submitted'}: "
            "name that, and the assignment with --within."
        )
    if {"inbound", "outbound"} <= names:
        raise CourseError(f"{place} is a course in nbgrader's exchange. {COLLECT}")
    if 2 * sum(bool(INBOUND.fullmatch(one)) for one in names) > len(students):
        raise CourseError(
            f"{place} is the inbound folder of nbgrader's exchange: it holds a folder for every "
            f"time that somebody handed in, not for every student. {COLLECT}"
        )
    looked_at = list(students[:LOOKED_AT])
    if downloads := [one.name for one in looked_at if _holds_download(one)]:
        raise CourseError(
            f"{place} holds whole downloads, not students: {', '.join(downloads[:5])}. "
            "Grade one at a time: name it alone."
        )
    if within is None:
        _require_one_assignment(place, looked_at)


COLLECT = "Run nbgrader collect ASSIGNMENT, and name the folder submitted/ of the course."


def _holds_download(student: Source) -> bool:
    """Return whether what seems a student's folder holds names that a platform gave several."""
    if student.rule != BY_FOLDER:
        return False
    inside = [(name, True) for name in _parts(student, 1)] if student.entries else _on_disk(student)
    labels = [read_label(name, is_folder) for name, is_folder in inside]
    owners = {one.owner.mark for one in labels if one.owner and one.is_platform}
    return len(owners) > 1


def _on_disk(student: Source) -> list[tuple[str, bool]]:
    try:
        return [
            (one.name, is_real_folder(one))
            for folder in student.folders
            for one in children(folder)
        ]
    except Unreadable:
        return []


def _parts(student: Source, depth: int) -> list[str]:
    """Return the names at a depth below the student's own folder in an archive."""
    below = [one.path.split("/") for one in student.entries]
    own = [parts.index(student.name) if student.name in parts else 0 for parts in below]
    return [
        parts[at + depth] for parts, at in zip(below, own, strict=True) if len(parts) > at + depth
    ]


def _require_one_assignment(place: Path, students: Sequence[Source]) -> None:
    """Raise CourseError where many have the same chapter in each of several folders of one name."""
    doubled: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    stem_of = {}
    for student in students:
        for stem, folders in _doubled(_stems(student)).items():
            pair = (folders[0], folders[1])
            doubled[pair].append(student.name)
            stem_of[pair] = stem
    if not doubled:
        return
    (one, two), owners = max(doubled.items(), key=lambda item: len(set(item[1])))
    having = Counter(owners)
    if len(having) > 1 and 2 * len(having) >= len(students):
        first = next(iter(having))
        raise CourseError(
            f"{place}: {first} has {stem_of[one, two]} in {one} and in {two}, and so have "
            f"{len(having) - 1} others. If {one} and {two} are assignments, grade one at a time: "
            f"--within {one}. If they are students, name one folder: {place / first}."
        )


def _doubled(stems: Stems) -> dict[str, list[str]]:
    """Return the folders of each chapter that lies in several."""
    folders: defaultdict[str, list[str]] = defaultdict(list)
    for folder in sorted(stems):
        for stem in stems[folder]:
            folders[stem].append(folder)
    return {stem: found for stem, found in sorted(folders.items()) if len(found) > 1}


def _stems(student: Source) -> Stems:
    """Return the chapters in each folder of a student's work."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    paths = [one.path.split("/") for one in student.entries]
    paths = [parts[parts.index(student.name) + 1 :] for parts in paths if student.name in parts]
    for folder in student.folders:
        paths += [one.path.split("/") for one in walk(folder).entries]
    for parts in paths:
        try:
            if len(parts) > 1:
                found[parts[0]].add(read_name(parts[-1]).stem)
        except NoChapterError:
            continue
    return found
