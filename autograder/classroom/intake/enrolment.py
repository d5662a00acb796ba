"""Match submissions with the roster: who is who, who is absent, who is not enrolled."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .display import unique_keys
from .enrolled import Enrolled
from .numbers import UNCLEAR, Numbers, are_numbered_alike, numbers_of, teams_among
from .people import plain_spellings, spellings
from .repositories import logins_at_the_end
from .students import Source

MAYBE_IN_A_TEAM = "may be in a team whose members nobody has said"
MOST_NAMED = 5
Fitting = dict[int, dict[int, Enrolled]]  # people by their lines, for each source by its place


@dataclass(frozen=True)
class Likeness:
    """One way to know a person: by something that the work and the roster both say.

    against: what somebody may be meant by more clearly.
    """

    of_source: Callable[[Source], Iterable[object]]
    of_person: Callable[[Enrolled], Iterable[object]]
    allows: Callable[[Source, Enrolled], bool]
    against: "Likeness | None" = None


def with_roster(sources: Iterable[Source], roster: Sequence[Enrolled]) -> list[Source]:
    """Return the sources with the names of the roster, and a source for each absent person.

    A source is matched by the platform's number, then by login, email or other key, then by name,
    then by the login at the end of a repository's name; what fits several people fits none, and
    whom several sources fit has none. Its key stays the same, so that the gradebook has the same
    rows with and without a roster.
    """
    sources = list(sources)
    numbers = Numbers(sources, roster)
    found: dict[int, Enrolled] = {}
    claims: defaultdict[int, set[int]] = defaultdict(set)  # sources that fit a line, and others
    for rule in [*_rules(numbers), _by_repository(sources, roster)]:
        _match(sources, roster, rule, found, claims)
    named = [
        _as_enrolled(one, found[number]) if number in found else numbers.as_stranger(one)
        for number, one in enumerate(sources)
    ]
    present = {one.line for one in found.values()}
    absent = [one for one in roster if one.line not in present]
    doubts = {line: _doubt(sources, claiming - found.keys()) for line, claiming in claims.items()}
    if teams_among(named):
        doubts = {one.line: doubts.get(one.line) or MAYBE_IN_A_TEAM for one in absent}
    return sorted([*named, *_absent(absent, named, doubts)], key=lambda one: one.student)


def names_by_number(roster: Iterable[Enrolled]) -> dict[str, str]:
    """Return the names of those whose number in Canvas the roster has."""
    return {
        one.learning_platform["canvas_id"]: one.name
        for one in roster
        if "canvas_id" in one.learning_platform
    }


def _rules(numbers: Numbers) -> list[Likeness]:
    """Return the rules, the surest first; where the numbers can tell, nothing else may."""

    def have_no_numbers(source: Source, person: Enrolled) -> bool:
        return not are_numbered_alike(source, person)

    by_name = Likeness(_spelled, _spelled, have_no_numbers)
    return [
        Likeness(numbers_of, numbers_of, numbers.is_same),
        # A name may be somebody else's login: then the name counts.
        Likeness(_keys_of, lambda person: person.keys, have_no_numbers, against=by_name),
        by_name,
        Likeness(_plainly_spelled, _plainly_spelled, have_no_numbers),
    ]


def _by_repository(sources: Sequence[Source], roster: Sequence[Enrolled]) -> Likeness:
    logins = logins_at_the_end((one.student for one in sources), roster)

    def login_of(source: Source) -> set[str]:
        return {logins[source.student]} if source.student in logins else set()

    return Likeness(
        login_of,
        lambda person: person.keys,
        lambda source, person: not are_numbered_alike(source, person),
    )


def _match(
    sources: Sequence[Source],
    roster: Sequence[Enrolled],
    rule: Likeness,
    found: dict[int, Enrolled],
    claims: defaultdict[int, set[int]],
) -> None:
    """Add to `found` each unmatched source and person that fit each other and nobody else.

    Of the others, add to `claims` which sources fit whom.
    """
    taken = {one.line for one in found.values()}
    free = [one for one in roster if one.line not in taken]
    fitting = _fitting(sources, free, rule, found)
    rivals = _fitting(sources, free, rule.against, found) if rule.against else {}
    claiming: defaultdict[int, set[int]] = defaultdict(set)
    for number, people in fitting.items():
        for line in people:
            claiming[line].add(number)
    for number, people in rivals.items():
        if len(people) == 1:
            claiming[next(iter(people))].add(number)
    for number, people in fitting.items():
        others = rivals.get(number, {})
        sure = [
            one
            for line, one in people.items()
            if claiming[line] == {number} and (line in others or not others)
        ]
        if len(people) == len(sure) == 1:
            found[number] = sure[0]
        else:
            for line in people:
                claims[line] |= claiming[line]


def _fitting(
    sources: Sequence[Source],
    people: Sequence[Enrolled],
    rule: Likeness,
    found: Mapping[int, Enrolled],
) -> Fitting:
    """Return the people who fit each source that has nobody yet."""
    known_by: defaultdict[object, list[Enrolled]] = defaultdict(list)
    for person in people:
        for mark in rule.of_person(person):
            known_by[mark].append(person)
    fitting: Fitting = {}
    for number, source in enumerate(sources):
        if number not in found:
            called = [one for mark in rule.of_source(source) for one in known_by.get(mark, ())]
            fitting[number] = {one.line: one for one in called if rule.allows(source, one)}
    return fitting


def _doubt(sources: Sequence[Source], claiming: Collection[int]) -> str:
    """Say which submissions, of those that are nobody's in the end, may be a person's."""
    keys = ", ".join(sources[number].student for number in sorted(claiming)[:MOST_NAMED])
    if len(claiming) == 1:
        return f"the submission {keys} fits this name and others"
    return f"{len(claiming)} submissions fit this name: {keys}" if claiming else ""


def _keys_of(source: Source) -> set[str]:
    return {source.student.casefold(), source.name.casefold()}


def _spelled(one: Source | Enrolled) -> set[str]:
    return spellings(one.name)


def _plainly_spelled(one: Source | Enrolled) -> set[str]:
    return plain_spellings(one.name)


def _as_enrolled(source: Source, person: Enrolled) -> Source:
    platform = {**person.learning_platform, **source.learning_platform}
    return replace(
        source,
        name=person.name,
        learning_platform=platform,
        is_enrolled=True,
        lines=(person.line,),
    )


def _absent(
    people: list[Enrolled], present: Collection[Source], doubts: Mapping[int, str]
) -> list[Source]:
    keys = unique_keys([one.name for one in people], [one.student for one in present])
    return [
        Source(key, one.name, _unclear(one, doubts), handed_in=False, lines=(one.line,))
        for key, one in zip(keys, people, strict=True)
    ]


def _unclear(person: Enrolled, doubts: Mapping[int, str]) -> dict[str, str]:
    why = doubts.get(person.line)
    return {**person.learning_platform, UNCLEAR: why} if why else person.learning_platform
