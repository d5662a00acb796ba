"""`triplet experiment --data omniglot`: train on some alphabets, answer questions about others."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from exercises.given.data.characters import Characters, background_characters
from exercises.given.data.omniglot import BACKGROUNDS
from exercises.given.data.omniglot_trials import read_trials
from exercises.given.files import replacing_folder
from exercises.given.studies.kept import keep_network
from exercises.given.studies.unseen_alphabets import ONE_SHOT, OneShotResult, run_one_shot
from exercises.given.studies.watching import versions
from exercises.given.training.settings import choose

from ..chapters import EXERCISES
from .chosen_parts import own_parts, reference_parts
from .result_tables import show_table
from .run_unseen_class import require_place, say_whose

RESULTS = "one_shot.json"
BOTH = "both"
CHOICES = (*BACKGROUNDS, BOTH)


def run(
    *,
    background: str,
    validation: bool,
    seed: int,
    steps: int | None,
    out: Path,
    device: str,
    mine: bool,
    recipe: Mapping[str, Any],
    command: str,
) -> OneShotResult:
    """Run the one-shot experiment, print what was found, and write it into `out`.

    validation: an alphabet of the background is held out in place of the others, and the questions
    are not asked: to make a choice by. Raises CourseError.
    """
    size = replace(ONE_SHOT, seed=seed, device=device)
    size = size if steps is None else replace(size, steps=steps)
    settings = choose(size, **recipe)
    require_place(out, RESULTS)
    console = Console()
    chosen = own_parts(EXERCISES, seed) if mine else reference_parts()
    say_whose(console, chosen, mine)
    learned, held_out = backgrounds(background, validation)
    console.print(f"Background: {', '.join(learned.by_alphabet())}", highlight=False)
    trials = None if validation else read_trials()
    outcome = run_one_shot(learned, held_out, trials, chosen.parts, settings)
    with replacing_folder(out, must_hold=RESULTS) as fresh:
        keep_network(outcome.network.cpu(), chosen.parts.SimpleMetricEmbedding, fresh)
        notes = {"command": command, "own_chapters": chosen.own, "versions": versions()}
        text = json.dumps({**outcome.as_dict(), **notes}, indent=2)
        (fresh / RESULTS).write_text(text + "\n", encoding="utf-8")
    console.print("Wrong answers to the 400 published questions and in episodes, in %")
    show_table(console, findings(outcome))
    console.print(f"Trained for {outcome.trained_on['seconds']:.0f} s.", highlight=False)
    console.print(f"Written: {out / RESULTS}", highlight=False, soft_wrap=True)
    return outcome


def backgrounds(name: str, validation: bool) -> tuple[Characters, Characters]:
    """Return the characters to learn from, and those of whole alphabets that are held out.

    Held out are the alphabets of the other background set; for validation it is the last alphabet
    of the background itself. Where both sets are learned from, none is left.
    """
    learned = background_characters(*(BACKGROUNDS if name == BOTH else (name,)))
    everything = background_characters(*BACKGROUNDS)
    own = list(learned.by_alphabet())
    others = [one for one in everything.by_alphabet() if one not in own]
    if validation:
        *own, held_out = own
        others = [held_out]
    return learned.only(own), everything.only(others)


def findings(outcome: OneShotResult) -> Table:
    """Return the error on the questions and in episodes: a row for each space, in percent."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    table.add_column("questions", justify="right", no_wrap=True)
    for row in next(iter(outcome.spaces.values()))["episodes"]:
        heading = f"{row['ways']}-way\n{row['shots']}-shot"
        table.add_column(heading, justify="right", no_wrap=True)
    for name, found in outcome.spaces.items():
        asked = f"{100 * found['questions']['error']:.1f}" if "questions" in found else ""
        episodes = [f"{100 * (1 - row['accuracy']):.1f}" for row in found.get("episodes", [])]
        table.add_row(name, asked, *episodes)
    return table
