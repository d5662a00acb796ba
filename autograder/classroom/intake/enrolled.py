"""One person on a roster."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Enrolled:
    """One person on the roster.

    line: number of the line in the file. keys: what a submission may be named by, such as a login.
    learning_platform: the platform's id, as in a Source. team: the cell of a column for groups.
    """

    name: str
    line: int
    keys: frozenset[str] = frozenset()
    learning_platform: dict[str, str] = field(default_factory=dict)
    team: str = ""


def keys_of(text: str) -> set[str]:
    """Return what a login or an email may be written as in the name of a submission."""
    key = text.strip().casefold()
    return {key, key.partition("@")[0]} - {""}
