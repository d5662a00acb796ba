"""Match submissions with the roster: who is who, who is absent, who is not enrolled."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from .display import unique_keys
from .people import spellings
from .roster import Enrolled
from .students import Source


def with_roster(sources: Iterable[Source], roster: list[Enrolled]) -> list[Source]:
    """Return the sources with the names of the roster, and a source for each absent person.

    A source is matched by the platform's id, then by login, email or other key, then by name; what
    fits several people fits none. Its key stays the same, so that the gradebook has the same rows
    with and without a roster.
    """
    sources = list(sources)
    found: dict[int, Enrolled] = {}
    for is_same in (_same_number, _same_key, _same_name):
        _match(sources, roster, is_same, found)
    named = [_as_enrolled(one, found.get(number)) for number, one in enumerate(sources)]
    present = {one.line for one in found.values()}
    absent = [one for one in roster if one.line not in present]
    return sorted([*named, *_absent(absent, named)], key=lambda one: one.student)


def _match(
    sources: list[Source],
    roster: list[Enrolled],
    is_same: Callable[[Source, Enrolled], bool],
    found: dict[int, Enrolled],
) -> None:
    """Add to `found` the person for each unmatched source, if exactly one unmatched person fits."""
    taken = {one.line for one in found.values()}
    free = [one for one in roster if one.line not in taken]
    for number, source in enumerate(sources):
        if number not in found:
            fitting = [one for one in free if is_same(source, one)]
            if len(fitting) == 1:
                found[number] = fitting[0]


def _same_number(source: Source, person: Enrolled) -> bool:
    return any(
        source.learning_platform.get(name) == number
        for name, number in person.learning_platform.items()
    )


def _same_key(source: Source, person: Enrolled) -> bool:
    return bool({source.student.casefold(), source.name.casefold()} & person.keys)


def _same_name(source: Source, person: Enrolled) -> bool:
    return bool(spellings(source.name) & spellings(person.name))


def _as_enrolled(source: Source, person: Enrolled | None) -> Source:
    if person is None:
        return replace(source, is_enrolled=False)
    platform = {**person.learning_platform, **source.learning_platform}
    return replace(source, name=person.name, learning_platform=platform, is_enrolled=True)


def _absent(people: list[Enrolled], present: Collection[Source]) -> list[Source]:
    keys = unique_keys([one.name for one in people], [one.student for one in present])
    return [
        Source(key, one.name, one.learning_platform, handed_in=False)
        for key, one in zip(keys, people, strict=True)
    ]
