"""A verdict in a few lines, as the terminal says it."""

from ..training.held_out import FEWEST_OF_A_CLASS, MOST_OF_A_CLASS
from .catalogue import CATALOGUE
from .verdict import NamedSickness, RunVerdict

LEAST_WATCHED = FEWEST_OF_A_CLASS * MOST_OF_A_CLASS


def in_words(said: RunVerdict) -> list[str]:
    """Return the lines: what it is, what shows it, and where to look."""
    if said.too_early:
        return ["Verdict: nothing was recorded yet that says anything."]
    if said.findings:
        first, *others = said.findings
        return [
            *_lines_of("Verdict", first),
            *(line for other in others for line in _lines_of("Or also", other)),
        ]
    known = f"of the {len(CATALOGUE)} sicknesses that are known here"
    if said.unwell:
        return [f"Verdict: none {known} fits, and yet {said.unwell}."]
    if said.so_far:
        return [f"Verdict: no sign so far of any {known}."]
    if said.unwatched:
        return [
            f"Verdict: no sign of any {known}.",
            "  Recall@1 was measured within batches alone: nothing is known of other images.",
            f"  For that it takes {LEAST_WATCHED} training images of a class, or more.",
        ]
    return [f"Verdict: healthy. The record shows no sign of any {known}."]


def _lines_of(beginning: str, finding: NamedSickness) -> list[str]:
    sickness = finding.sickness
    return [
        f"{beginning}: {sickness.id}. {sickness.says}",
        f"  Seen: {finding.evidence}.",
        f'  Look at: chapter {int(sickness.chapter[2:4])}, "{sickness.section}".',
    ]
