"""How long the course trains to retrieve as well as its forebear, and how well after a minute."""

import time
from collections import defaultdict
from dataclasses import replace

import torch
from torch import Tensor, nn

from autograder.parts import reference_parts
from exercises.given.data import Digits
from exercises.given.embedding import embed
from exercises.given.experiment import LONG, Settings, train
from exercises.given.measures import leave_one_out_hits
from exercises.given.moved import embed_moved

from . import first_recipe
from .tables import Table

TARGET = 0.9873
FEW_STEPS = Settings(steps=4_000)
SEEDS = (0, 1, 2)
LEFT_OUT = 0
BAR = 0.1


def hits_of(embeddings: Tensor, digits: Digits) -> Tensor:
    """Return which test images have one of their digit nearest to them: bool (n,)."""
    return leave_one_out_hits(embeddings, digits.test_labels)


def recall_of(network: nn.Module, digits: Digits) -> float:
    """Return Recall@1 of all test images."""
    return hits_of(embed(network, digits.test_images), digits).double().mean().item()


def trained(images: Tensor, labels: Tensor, settings: Settings) -> tuple[nn.Module, float]:
    """Return a network that is trained as the course does it, and the seconds that it took."""
    parts = reference_parts().parts
    torch.manual_seed(settings.seed)
    network = parts.SimpleMetricEmbedding(widths=settings.widths)
    started = time.perf_counter()
    train(network, images, labels, parts, settings, lambda _: None)
    return network, time.perf_counter() - started


def time_to_recall(table: Table, digits: Digits) -> None:
    """Train by both recipes; the slowest of the course's seeds counts, and all have to arrive."""
    theirs, reached = first_recipe.seconds_to(
        TARGET, digits, lambda network: recall_of(network, digits), SEEDS[0]
    )
    print(f"  the first recipe: {100 * reached:.2f} % after {theirs:.1f} s", flush=True)
    ours = []
    for seed in SEEDS:
        settings = replace(FEW_STEPS, seed=seed)
        network, seconds = trained(digits.train_images, digits.train_labels, settings)
        recall = recall_of(network, digits)
        print(f"  the course, seed {seed}: {100 * recall:.2f} % after {seconds:.1f} s", flush=True)
        if recall < TARGET:
            raise SystemExit(f"Seed {seed} misses the target of {100 * TARGET:.2f} %.")
        ours.append(seconds)
    peer = "the first recipe" if reached >= TARGET else "the first recipe (not reached)"
    table.add(f"training to Recall@1 {100 * TARGET:.2f} %", peer, max(ours), theirs, BAR)


def best_in_a_minute(table: Table, digits: Digits) -> None:
    """Train for a minute, with all digits and without one, and note how well it retrieves.

    The same networks count twice: with images as they are, and by the mean over moved copies.
    """
    is_seen = digits.train_labels != LEFT_OUT  # (n,)
    is_new = digits.test_labels == LEFT_OUT  # (m,)
    ways = {"": embed, ", moved copies": embed_moved}
    shares: dict[str, list[float]] = defaultdict(list)
    longest = {"all": 0.0, "without": 0.0}
    for seed in SEEDS:
        settings = replace(LONG, seed=seed)
        complete, seconds = trained(digits.train_images, digits.train_labels, settings)
        longest["all"] = max(longest["all"], seconds)
        without, seconds = trained(
            digits.train_images[is_seen], digits.train_labels[is_seen], settings
        )
        longest["without"] = max(longest["without"], seconds)
        for way, embedded in ways.items():
            hits = hits_of(embedded(complete, digits.test_images), digits).double()  # (m,)
            shares[f"all{way}"].append(hits.mean().item())
            hits = hits_of(embedded(without, digits.test_images), digits).double()  # (m,)
            shares[f"without{way}"].append(hits.mean().item())
            shares[f"new{way}"].append(hits[is_new].mean().item())
    for way in ways:
        named = f"Recall@1{way}"
        table.add_share(
            f"{named}, trained with all digits", shares[f"all{way}"], longest["all"], 0.993
        )
        table.add_share(
            f"{named}, trained without {LEFT_OUT}",
            shares[f"without{way}"],
            longest["without"],
            0.991,
        )
        table.add_share(
            f"{named} of {LEFT_OUT}, never trained on",
            shares[f"new{way}"],
            longest["without"],
            0.992,
        )
