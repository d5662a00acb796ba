"""Text that a learner's code could choose, made safe to keep and to print."""

LONGEST = 2_000
KEPT = "\n\t\u200c\u200d"  # the last two are invisible, and part of how some names are spelled


def harmless(text: str, most: int = LONGEST) -> str:
    """Return a text without what moves a cursor or is no character; line ends stay."""
    safe = "".join(one if one in KEPT or one.isprintable() else _escaped(one) for one in text)
    return safe if len(safe) <= most else safe[: most - 3] + "..."


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
