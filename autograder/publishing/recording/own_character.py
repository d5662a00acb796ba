"""Nineteen characters that the network has never met, one to borrow, and the network itself."""

import re
from typing import Any

import numpy as np
from torch import Tensor

from exercises.given.data.characters import Characters

from ...experiments.network_to_draw_for import PLACES, embed_places, kept_network
from .blocks import EPSILON
from .scripts import pictures, signed_bytes

OTHERS, SHOTS = 19, 3
SEED = 0
BLOCKS = ("block1", "block2", "block3")


def own_character_of(kept: dict[str, Any], held_out: Characters) -> dict[str, Any]:
    """Return what the page needs to tell a reader's character from others.

    kept: what book/measured/network_to_draw_for.json holds; held_out: characters of alphabets that
    its network has never met. Of each, SHOTS people draw the examples, and one more a drawing to
    ask about. The last one drawn is to borrow, by readers who would rather not draw.
    """
    drawn, alphabets = drawings(held_out)  # (20, SHOTS + 1, 1, 28, 28)
    examples = drawn[:OTHERS, :SHOTS].flatten(0, 1)
    embeddings, unit = signed_bytes(embed_places(kept_network(kept), examples))  # (57, dim)
    return {
        "blocks": [block_of(kept["weights"], name) for name in BLOCKS],
        "places": PLACES,
        "shots": SHOTS,
        "alphabets": [short(alphabet) for alphabet in alphabets[:OTHERS]],
        "examples": pictures(examples),
        "embeddings": embeddings,
        "unit": unit,
        "questions": pictures(drawn[:OTHERS, SHOTS]),
        "borrowed": pictures(drawn[OTHERS]),
    }


def drawings(held_out: Characters) -> tuple[Tensor, list[str]]:
    """Return drawings of OTHERS + 1 characters by SHOTS + 1 people each, and their alphabets."""
    random = np.random.default_rng(SEED)
    rows = random.choice(len(held_out.alphabets), OTHERS + 1, replace=False)  # (20,)
    people = np.stack(
        [random.permutation(held_out.images.shape[1])[: SHOTS + 1] for _ in rows]
    )  # (20, SHOTS + 1)
    return held_out.images[rows[:, None], people], [held_out.alphabets[row] for row in rows]


def short(alphabet: str) -> str:
    """Return "Katakana" for "Japanese (katakana)": a name that has room beside its drawings."""
    inside = re.search(r"\((.+)\)", alphabet)
    return inside[1].capitalize() if inside else alphabet


def block_of(weights: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    """Return one block as the script holds it: its kernel as bytes, and a unit for each channel."""
    kernel = weights[f"{name}.conv.weight"]
    return {
        "kernel": kernel["bytes"],
        "units": kernel["units"],
        "bias": weights[f"{name}.conv.bias"]["floats"],
        "scale": weights[f"{name}.norm.weight"]["floats"],
        "shift": weights[f"{name}.norm.bias"]["floats"],
        "size": kernel["shape"][-1],
        "epsilon": EPSILON,
    }
