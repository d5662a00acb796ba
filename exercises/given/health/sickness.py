"""A sickness of a training: what makes it, how a record shows it, and what helps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .chart import Chart
from .training import Training

Make = Callable[[Training], Training]


@dataclass(frozen=True)
class Sickness:
    """One sickness.

    says is a sentence about the training, shows is what its monitor has of it. makers are ways to
    make it, each with a name. sign returns the evidence, with its numbers, if the record of a run
    shows the sickness, else nothing. chapter and section are the page and the heading that treat
    it; hints are where to look, what to think of, what to do. covers names sicknesses that this
    one explains: they are not named beside it.
    """

    id: str
    says: str
    shows: str
    sign: Callable[[Chart], str]
    makers: Mapping[str, Make]
    chapter: str
    section: str
    hints: tuple[str, str, str]
    covers: tuple[str, ...] = ()
