"""Three sick trainings that a learner makes well by the options of `triplet train`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from ..training.settings import RATES, Settings, choose

STEPS = 300  # some seconds of training, and enough for a verdict
IMAGES = "mnist"
# What would make every task another one: fewer classes to tell apart, or more to learn with.
ALWAYS_STAYS = (
    *("unseen", "steps", "widths", "classes_per_batch", "images_per_class"),
    *("candidates", "moved"),
)


@dataclass(frozen=True)
class SickRun:
    """A training to be cured.

    asked is what it asks for beside the course's own recipe, by the names of Settings; sickness
    is how the verdict names it. stays are the settings that a cure does not change, beside
    ALWAYS_STAYS; task says so in words. recall is the Recall@1, from 0 to 1, that a cure reaches.
    """

    name: str
    sickness: str
    asked: Mapping[str, Any]
    stays: tuple[str, ...]
    task: str
    recall: float

    @property
    def settings(self) -> Settings:
        """Return the settings of the sick run."""
        return choose(Settings(), **self.asked)

    def command(self, folder: str) -> str:
        """Return what to type to make the sick run, with its record in a folder."""
        return " ".join(["triplet train", *options(self.asked), "--out", f"{folder}/{self.name}"])

    def changed_against(self, cure: Settings) -> list[str]:
        """Return the options that the cure may not have, each with both of its values."""
        sick = self.settings
        return [
            f"{option(name)} is {in_words(name, getattr(cure, name))} and has to stay "
            f"{in_words(name, getattr(sick, name))}"
            for name in (*ALWAYS_STAYS, *self.stays)
            if getattr(cure, name) != getattr(sick, name)
        ]

    def cured_by(self, cure: Settings) -> list[str]:
        """Return the options that the cure has, and the sick run has not."""
        sick, left_out = self.settings, {"seed", "device", "rate"}
        found = [f"--rate {cure.peak_rate:g}"] if cure.peak_rate != sick.peak_rate else []
        return found + [
            f"{option(one.name)} {in_words(one.name, getattr(cure, one.name))}"
            for one in fields(Settings)
            if one.name not in left_out and getattr(cure, one.name) != getattr(sick, one.name)
        ]


def options(asked: Mapping[str, Any]) -> Iterator[str]:
    """Yield settings as they are typed: a flag alone, every other option with its value."""
    for name, value in asked.items():
        yield option(name)
        if value is not True:
            yield in_words(name, value)


def option(name: str) -> str:
    """Return the option of `triplet train` for a setting."""
    return f"--{name.replace('_', '-')}"


def in_words(name: str, value: Any) -> str:
    """Return the value of a setting as a person reads it."""
    if value is None:
        return "soft" if name == "margin" else "the default"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


SICK_RUNS = (
    SickRun(
        name="a",
        sickness="rate-too-high",
        asked={"rate": 1.0, "steps": STEPS},
        stays=("loss", "margin", "warm_up", "normalise", "optimizer"),
        task=f"The loss, its margin, the warm-up and the optimizer stay. AdamW's usual rate is "
        f"{RATES['adamw']:g}: how much more does it bear?",
        recall=0.9,
    ),
    SickRun(
        name="b",
        sickness="margin-out-of-scale",
        asked={"normalise": True, "margin": 4.0, "steps": STEPS},
        stays=("normalise",),
        task="The embeddings are to have length one, so --normalise stays.",
        recall=0.9,
    ),
    SickRun(
        name="c",
        sickness="batch-hard-first",
        asked={"rate": 0.05, "schedule": "constant", "warm_up": 0.0, "steps": STEPS},
        stays=("rate", "schedule", "optimizer", "normalise"),
        task="The rate and its schedule stay, so that a lower rate is no answer here.",
        recall=0.9,
    ),
)
