"""Whether two spellings are one person's name: "Doe, Jane", jane-doe and Canvas's doejane."""

import re
import unicodedata


def tokens(name: str) -> list[str]:
    """Return the words of a name, without accents, capitals and punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return re.findall(r"[^\W_]+", letters)


def spellings(name: str) -> set[str]:
    """Return how a name may be written in one word; two that share one are the same name."""
    words = tokens(name)
    return {
        "".join(words),
        "".join(words[-1:] + words[:-1]),  # the last name in front, as Canvas writes it
        "".join(sorted(words)),
    } - {""}
