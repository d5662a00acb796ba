"""What stands for a value that cannot travel between processes."""


class Opaque:
    """What is left of such a value is what kind of object it was: "a collections.deque"."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return self.kind
