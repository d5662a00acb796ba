"""Ten of the 400 questions about alphabets never met, with all answers: for readers to try."""

from typing import Any

import numpy as np

from exercises.given.data.characters import as_images
from exercises.given.data.omniglot_trials import RUNS, WAYS, Trials

from .scripts import pictures

ASKED = 10
SEED = 0
TRAINING = "small1, seed 0"


def one_shot_of(trials: Trials, table: dict[str, Any]) -> dict[str, Any]:
    """Return one question of each of ten runs, drawn at random, with all answers.

    table: what book/measured/one_shot.json holds. An answer is the place of an example.
    """
    random = np.random.default_rng(SEED)
    runs = np.sort(random.choice(RUNS, ASKED, replace=False))  # (10,)
    places = random.integers(WAYS, size=ASKED)  # (10,)
    pixels, ink = (
        table["without_training"][space]["questions"]["chosen"]
        for space in ("pixels", "modified Hausdorff distance")
    )
    network = table["trainings"][TRAINING]["questions"]["chosen"]
    return {
        "questions": [
            {
                "examples": pictures(as_images(trials.examples[run])),
                "question": pictures(as_images(trials.questions[run, place][None])),
                "answer": int(trials.answers[run, place]),
                "network": network[run][place],
                "pixels": pixels[run][place],
                "ink": ink[run][place],
            }
            for run, place in zip(runs.tolist(), places.tolist(), strict=True)
        ]
    }
