"""Compare names across their spellings: "Doe, Jane", jane-doe and Canvas's doejane."""

import re
import unicodedata

from .letters import FORM, is_accent, is_spelled

# Written or not, the name is the same: apostrophes, and what makes a digit a keycap.
SILENT = {*FORM, "'", "\u2019", "\u02bc", "\u20e3"}
# What `shown` writes for what cannot be seen, such as the direction of writing.
INVISIBLE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")

KEPT = {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"}


def tokens(name: str) -> list[str]:
    """Return the words of a name, case-folded, without punctuation; its marks stay."""
    seen = unicodedata.normalize("NFKC", INVISIBLE.sub("", name))
    folded = unicodedata.normalize("NFKC", seen.casefold())
    heard = (one for one in folded if one not in SILENT and unicodedata.category(one) != "Cf")
    return "".join(one if is_spelled(one) else " " for one in heard).split()


def spellings(name: str) -> set[str]:
    """Return the one-word spellings of a name; names that share one count as the same."""
    return _orders(tokens(name))


def plain_spellings(name: str) -> set[str]:
    """Return the spellings without accents, for a name that was typed without them."""
    return _orders([_plain(one) for one in tokens(name)])


def letters(name: str) -> list[str]:
    """Return all letters of a name in one order: equal however its words are put.

    Only of what every platform keeps, so that what one of them leaves out makes no difference.
    """
    seen = unicodedata.normalize("NFC", INVISIBLE.sub("", name))
    kept = "".join(one for one in seen if unicodedata.category(one) in KEPT)
    return sorted("".join(tokens(kept)))


def _orders(words: list[str]) -> set[str]:
    return {
        "".join(words),
        "".join(words[-1:] + words[:-1]),  # last name first, as Canvas writes it
        "".join(sorted(words)),
    } - {""}


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word)
    return unicodedata.normalize("NFKC", "".join(c for c in decomposed if not is_accent(c)))
