"""One sentence for the mistakes that explain a check."""

import re

from .diagnosis import Explained
from .record import JOIN

SOMETHING_ELSE = "Something else is wrong as well."
LEADS_TO = re.compile(r" gives? (?:[^.]*\b)?(same|no)\b[^.]*\.")


def ids(explained: Explained) -> str:
    """Return the ids of the mistakes, as one text."""
    return JOIN.join(one.id for one in explained.mistakes)


def sentence(explained: Explained) -> str:
    """Return what the mistakes are and what they lead to, one in a line; "" if none is known."""
    match [one.says for one in explained.mistakes]:
        case []:
            return ""
        case [says]:
            lines = [says]
        case several:
            number = {2: "Two", 3: "Three"}.get(len(several), str(len(several)))
            causes = [f"{place}. {cause(says)}." for place, says in enumerate(several, start=1)]
            lines = [f"{number} mistakes together give the same result:", *causes]
    return "\n".join(lines if explained.is_whole else [*lines, SOMETHING_ELSE])


def cause(says: str) -> str:
    """Return the part of a misconception's sentence that says what was done."""
    found = list(LEADS_TO.finditer(says))
    return says[: found[0].start()].rstrip(",") if found else says.rstrip(".")
