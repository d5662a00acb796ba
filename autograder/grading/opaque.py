"""What stands for a value that cannot travel between processes."""

from typing import Any


class Opaque:
    """What is left of such a value is what kind of object it was: "a collections.deque"."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return self.kind


def with_article(name: str) -> str:
    """Return "an object" for "object", and "a deque" for "deque"."""
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def first_opaque(value: Any) -> Opaque | None:
    """Return the first such value inside a value, None if there is none."""
    if isinstance(value, Opaque):
        return value
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list):
        return next((found for part in value if (found := first_opaque(part))), None)
    return None
