"""Teams: who handed in together, as a file or the roster's group column says."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from exercises.given.errors import CourseError

from .display import shown, unique_keys
from .enrolled import Enrolled
from .enrolment import with_roster
from .numbers import as_team, numbers_of
from .people import spellings, tokens
from .students import Source

TEAM_COLUMNS = ("team", "group", "group name", "team name")
NAME_COLUMNS = ("member", "name", "student", "full name")
# The numbers of a group in Canvas's list of a group set, which are nobody's.
NOT_OF_A_MEMBER = ("canvas group id", "group id", "sections")
CANVAS_NUMBER = "canvas user id"
SHAPE = "It needs a first line such as: team,member"


@dataclass(frozen=True)
class Member:
    """One person of a team, as the file of teams says; None for a team that nobody is said of."""

    team: str
    person: Enrolled | None


def read_teams(path: Path) -> list[Member]:
    """Return the members of all teams of a CSV: the columns team and member, or Canvas's own list.

    A member is named by login, email, id or name. Raises CourseError with the line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: cannot be read ({error}). {SHAPE}") from error
    lines = text.splitlines()
    delimiter = max(",;\t", key=(lines or [""])[0].count)
    rows = list(csv.reader(lines, delimiter=delimiter))
    columns = [cell.strip().casefold().replace("_", " ") for cell in rows[0]] if rows else []
    team = next((columns.index(one) for one in TEAM_COLUMNS if one in columns), None)
    if team is None or len(columns) < 2:
        raise CourseError(f"{path}, line 1: no column is called team or group. {SHAPE}")
    members = []
    for line, row in enumerate(rows[1:], start=2):
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        if not any(cells.values()):
            continue
        if not cells.get(columns[team]):
            raise CourseError(f"{path}, line {line}: says no team.")
        members.append(Member(cells[columns[team]], _person(cells, columns[team], line)))
    return members


def teams_of(roster: Iterable[Enrolled]) -> list[Member]:
    """Return who is in which team, as the roster's column for groups says."""
    return [Member(one.team, one) for one in roster if one.team]


def with_teams(
    sources: Iterable[Source], roster: Sequence[Enrolled] | None, members: Sequence[Member]
) -> list[Source]:
    """Return the sources with a source for each member in place of that of a team, and the roster.

    Who handed in alone as well keeps that. Raises CourseError for a member whom the roster lacks.
    """
    by_team = _by_team(members if roster is None else _resolved(members, roster))
    teams: list[Source] = []
    alone: list[Source] = []
    for source in sources:
        (teams if _joined(source.name) in by_team else alone).append(source)
    unsaid = [one for one in teams if not by_team[_joined(one.name)]]
    alone += [as_team(one) for one in unsaid]
    matched = alone if roster is None else with_roster(alone, roster)
    own = {line for one in matched if one.handed_in for line in one.lines}
    shared = [
        (team, person)
        for team in teams
        for person in by_team[_joined(team.name)]
        if person.line not in own
    ]
    return _merged(matched, shared)


def without_work(members: Iterable[Member], sources: Iterable[Source]) -> list[str]:
    """Return the teams that no source is named after."""
    there = {_joined(one.name) for one in sources}
    return list(dict.fromkeys(one.team for one in members if _joined(one.team) not in there))


def _by_team(members: Iterable[Member]) -> dict[str, list[Enrolled]]:
    """Return the people of each team. Raises CourseError for somebody in two of them."""
    people: defaultdict[str, list[Enrolled]] = defaultdict(list)
    team_of: dict[int, str] = {}
    for one in members:
        own = people[_joined(one.team)]
        if one.person is None:
            continue
        if (other := team_of.setdefault(one.person.line, one.team)) != one.team:
            raise CourseError(
                f"The teams: {one.person.name} is in {other} and in {one.team}. Leave one of them."
            )
        if one.person not in own:
            own.append(one.person)
    return people


def _merged(matched: list[Source], shared: list[tuple[Source, Enrolled]]) -> list[Source]:
    """Return the sources with those of the members, in whose place nobody is absent any more."""
    there = {person.line for _, person in shared}
    kept = [one for one in matched if one.handed_in or there.isdisjoint(one.lines)]
    names = [person.name for _, person in shared]
    keys = unique_keys(names, [one.student for one in kept])
    of_members = [
        _of_member(team, person, key) for key, (team, person) in zip(keys, shared, strict=True)
    ]
    return sorted([*kept, *of_members], key=lambda one: one.student)


def _of_member(team: Source, person: Enrolled, key: str) -> Source:
    late = {name: value for name, value in team.learning_platform.items() if name == "late"}
    platform = {**person.learning_platform, **late, "team": team.name}
    return replace(
        team, student=key, name=person.name, learning_platform=platform, lines=(person.line,)
    )


def _joined(name: str) -> str:
    return "".join(tokens(name))


def _person(cells: dict[str, str], team: str, line: int) -> Enrolled | None:
    own = {
        column: cell
        for column, cell in cells.items()
        if cell and column != team and column not in NOT_OF_A_MEMBER
    }
    if not own:
        return None
    name = next((own[column] for column in NAME_COLUMNS if column in own), "")
    number = own.get(CANVAS_NUMBER)
    keys = frozenset(cell.casefold() for cell in own.values())
    platform = {"canvas_id": number} if number else {}
    return Enrolled(shown(name or next(iter(own.values()))), line, keys, platform)


def _resolved(members: Sequence[Member], roster: Sequence[Enrolled]) -> list[Member]:
    """Return the members as the roster knows them."""
    own = {id(one) for one in roster}
    finders = [_Finder(roster, of_one) for of_one in (_numbers, _keys, _spelled)]
    found = []
    for member in members:
        if member.person is None or id(member.person) in own:  # the roster's own column
            found.append(member)
            continue
        person = member.person
        fitting = next((them for finder in finders if (them := finder.find(person))), [])
        if len(fitting) != 1:
            many = "several people" if fitting else "nobody"
            raise CourseError(
                f"The teams, line {person.line}: {many} on the roster can be called "
                f"{person.name}. Name the member by login, email or id."
            )
        found.append(Member(member.team, fitting[0]))
    return found


class _Finder:
    """Find people by one kind of mark."""

    def __init__(
        self, roster: Sequence[Enrolled], marks_of: Callable[[Enrolled], Iterable[str]]
    ) -> None:
        self._marks_of = marks_of
        self._people: defaultdict[str, list[Enrolled]] = defaultdict(list)
        for person in roster:
            for mark in marks_of(person):
                self._people[mark].append(person)

    def find(self, member: Enrolled) -> list[Enrolled]:
        found = [one for mark in self._marks_of(member) for one in self._people.get(mark, ())]
        return list({one.line: one for one in found}.values())


def _numbers(person: Enrolled) -> set[str]:
    return {value for _, value in numbers_of(person)}


def _keys(person: Enrolled) -> set[str]:
    # A number may stand in the file of teams without saying whose it is.
    return {*person.keys, *_numbers(person)}


def _spelled(person: Enrolled) -> set[str]:
    return spellings(person.name)
