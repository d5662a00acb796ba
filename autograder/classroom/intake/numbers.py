"""Whether the number that a platform put into a file name is that of a person on the roster.

Moodle numbers the participants of each assignment anew, and names a team's folder by the number of
the group. Canvas puts the number of one member behind a team's name. So a number alone is nobody.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .enrolled import Enrolled
from .people import letters, spellings, tokens
from .students import Source

PLATFORMS = ("canvas_id", "moodle_id")
UNCLEAR = "unclear"  # in learning_platform: why a row is not, or not yet, what it seems
BLIND = "participant"
MEMBERS = "a team, whose members nobody has said"
TEAMS_FROM = 0.25  # so many strange names behind known numbers are no mere change of name


def numbers_of(one: Source | Enrolled) -> set[tuple[str, str]]:
    """Return the numbers that platforms have given, each with the platform."""
    return {(name, value) for name, value in one.learning_platform.items() if name in PLATFORMS}


def are_numbered_alike(source: Source, person: Enrolled) -> bool:
    """Return whether one platform has numbered both: then their numbers say who is who."""
    return bool({name for name, _ in numbers_of(source)} & {name for name, _ in numbers_of(person)})


class Numbers:
    """The numbers of one download, beside those of the roster."""

    def __init__(self, sources: Sequence[Source], roster: Sequence[Enrolled]) -> None:
        self._people = {number: one for one in roster for number in numbers_of(one)}
        self._spelled = {spelling for one in roster for spelling in spellings(one.name)}
        numbered = [one for one in sources if self._numbered(one)]
        self._written = Counter(_written(one) for one in numbered)
        strange = sum(not self._resembles(one) for one in numbered)
        self._has_teams = bool(numbered) and strange >= TEAMS_FROM * len(numbered)

    def is_same(self, source: Source, person: Enrolled) -> bool:
        """Return whether number and name are those of this person."""
        if self._numbered(source) is not person:
            return False
        return self._agrees(source) or (not self._has_teams and self._resembles(source))

    def as_stranger(self, source: Source) -> Source:
        """Return a source that is nobody on the roster, as a team if it is named like one."""
        person = self._numbered(source)
        if teams_among([source]):
            return source
        if person is None:
            return replace(source, is_enrolled=False)
        if spellings(source.name) & self._spelled:
            why = f"its number is that of {person.name}, its name that of somebody else"
            return replace(source, is_enrolled=False, doubt=why)
        return as_team(source)

    def _numbered(self, source: Source) -> Enrolled | None:
        known = [self._people[one] for one in numbers_of(source) if one in self._people]
        return known[0] if known else None

    def _agrees(self, source: Source) -> bool:
        """Return whether the whole name is the person's, or is hidden."""
        person = self._numbered(source)
        if person is None:
            return False
        return letters(_written(source)) == letters(person.name) or self._is_blind(source, person)

    def _is_blind(self, source: Source, person: Enrolled) -> bool:
        """Return whether Moodle hides the names: then all have the one word for a participant."""
        number = source.learning_platform.get("moodle_id")
        if number is None:
            return False
        word = "".join(tokens(_written(source)))
        if word == BLIND or "".join(tokens(person.name)) == word + number:
            return True
        return len(self._written) == 1 and self._written[_written(source)] > 1

    def _resembles(self, source: Source) -> bool:
        """Return whether a part of the person's name is in the file's name."""
        person = self._numbered(source)
        if person is None or self._agrees(source):
            return True
        written = "".join(tokens(_written(source)))
        return any(len(one) > 1 and one in written for one in tokens(person.name))


def _written(source: Source) -> str:
    """Return the name that the platform wrote, without the number that may stand for it."""
    numbers = [value for _, value in numbers_of(source)]
    words = source.name.split()
    return " ".join(words[:-1] if words[-1:] and words[-1] in numbers else words)


def as_team(source: Source) -> Source:
    """Return a source as that of a team of unknown members, for which no person's number stands."""
    platform = {
        name: value for name, value in source.learning_platform.items() if name not in PLATFORMS
    }
    return replace(
        source,
        name=f"{source.name} (team)",
        learning_platform={**platform, "team": source.name, UNCLEAR: MEMBERS},
        is_enrolled=True,
        doubt=MEMBERS,
    )


def teams_among(sources: Iterable[Source]) -> list[Source]:
    """Return the sources of teams whose members nobody has said."""
    return [one for one in sources if "team" in one.learning_platform and one.doubt]
