"""Compare names across their spellings: "Doe, Jane", jane-doe and Canvas's doejane."""

import re
import unicodedata


def tokens(name: str) -> list[str]:
    """Return the words of a name, case-folded, without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return re.findall(r"[^\W_]+", letters)


def spellings(name: str) -> set[str]:
    """Return the one-word spellings of a name; names that share one count as the same."""
    words = tokens(name)
    return {
        "".join(words),
        "".join(words[-1:] + words[:-1]),  # last name first, as Canvas writes it
        "".join(sorted(words)),
    } - {""}
