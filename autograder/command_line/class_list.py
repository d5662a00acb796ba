"""Who is going to be graded: read what was handed in, say how, and ask where that is not clear."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from exercises.given.errors import CourseError

from ..classroom.intake.enrolment import names_by_number
from ..classroom.intake.numbers import UNCLEAR, teams_among
from ..classroom.intake.platforms import BY_CANVAS
from ..classroom.intake.reading import Reading, nobodys, readings_of_place
from ..classroom.intake.roster import Roster
from ..classroom.intake.students import Source
from ..classroom.intake.teams import read_teams, teams_of, with_teams, without_work
from ..classroom.intake.within import only_within

NAMED = 10  # in a sentence; the reports have all
TOO_MANY = 3  # a third of the work is nobody's: then the reading is wrong, not the students


@dataclass(frozen=True)
class Handed:
    """What the command line says about the work and about whose it is."""

    submissions: Path
    roster: Roster | None = None
    teams: Path | None = None
    students: int | None = None
    within: str | None = None
    yes: bool = False


def class_list(handed: Handed) -> list[Source]:
    """Return the students of a run, and say how they were read. Raises CourseError."""
    people = handed.roster.people if handed.roster else None
    readings = readings_of_place(handed.submissions, names_by_number(people or []), handed.within)
    reading = _settled(readings, handed)
    found = reading.students
    if handed.within:
        found = only_within(found, handed.within)
    if bare := nobodys(handed.submissions):
        _say(f"Nobody's, for no name stands in front of the chapter: {_some(bare)}")
    if people is None and handed.teams is None:
        return found
    members = read_teams(handed.teams) if handed.teams else teams_of(people or [])
    if handed.teams and (missing := without_work(members, found)):
        _say(f"No work is named after these teams: {_some(missing)}")
    students = with_teams(found, people, members)
    _say_doubts(students)
    if handed.roster:
        require_matched(students, handed.roster.name)
    return students


def _settled(readings: Sequence[Reading], handed: Handed) -> Reading:
    """Return the reading that counts: the only one, the one with --students, or the answer."""
    if handed.students is not None:
        fitting = [one for one in readings if len(one.students) == handed.students]
        if len(fitting) != 1:
            raise CourseError(
                f"{handed.submissions} does not read as {handed.students} students, but as:\n"
                f"{_listed(readings)}"
            )
        readings = fitting
    elif len(readings) > 1:
        readings = [_answered(readings, handed)]
    _say(f"Read as {readings[0].in_words()}")
    return readings[0]


def _answered(readings: Sequence[Reading], handed: Handed) -> Reading:
    text = f"{handed.submissions} can be read in two ways:\n{_listed(readings)}"
    if handed.yes or not can_ask():
        counts = " or ".join(f"--students {len(one.students)}" for one in readings)
        raise CourseError(f"{text}\nNothing was graded. Say which: {counts}.")
    _say(text)
    choice = click.prompt("Which one", type=click.IntRange(1, len(readings)), err=True)
    return readings[choice - 1]


def _listed(readings: Sequence[Reading]) -> str:
    return "\n".join(f"  {place}. {one.in_words()}" for place, one in enumerate(readings, start=1))


def _say(text: str) -> None:
    click.echo(text, err=True)


def can_ask() -> bool:
    """Return whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _say_doubts(students: Sequence[Source]) -> None:
    teams = teams_among(students)
    if teams:
        names = _some([one.name for one in teams])
        _say(f"Teams, whose members get no points before --teams FILE says them: {names}")
    for one in students:
        if one.doubt and not teams_among([one]):
            _say(f"Not clear: {one.student}: {one.doubt}")
        elif (why := one.learning_platform.get(UNCLEAR)) and not teams:
            _say(f"Not clear: {one.name}: {why}")


def require_matched(students: Sequence[Source], roster: str) -> None:
    """Raise CourseError if so much of the work is nobody's that it must have been read wrongly."""
    handed_in = [one for one in students if one.handed_in]
    strangers = [one for one in handed_in if not one.is_enrolled]
    if strangers and TOO_MANY * len(strangers) >= len(handed_in):
        names = _some([one.name for one in strangers])
        raise CourseError(
            f"{len(strangers)} of {len(handed_in)} submissions are nobody's on {roster}: {names}. "
            f"{_without_work(students)}Nothing was graded. {_advice(strangers)}"
        )


def _without_work(students: Sequence[Source]) -> str:
    absent = [one.name for one in students if not one.handed_in]
    return f"Without work are: {_some(absent)}. " if absent else ""


def _advice(strangers: Sequence[Source]) -> str:
    if all(one.rule == BY_CANVAS and "canvas_id" not in one.learning_platform for one in strangers):
        return "Canvas has hidden the names: let it show them, and download again."
    if any("its number is that of" in one.doubt for one in strangers):
        return "The numbers are those of another assignment: export the roster from this one."
    return (
        "Is the roster that of another course, or of one section? Export it from this one. If "
        "these are teams, say who is in them with --teams FILE."
    )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" * (len(names) > NAMED))
