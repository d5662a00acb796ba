"""Checks of chapter 2: triplets are judged by their properties, never by the order of draws."""

from types import ModuleType
from typing import Any

import numpy as np
import torch

from ..check import Check, Inputs
from ..comparison import Mismatch

SECTION = "Sampling in constant time"
LEAVING_OUT = "Leaving digits out"
DRAWS = 4_000


def small_set(random: np.random.Generator) -> Inputs:
    """Draw a set of five digits with 2 to 9 images each; every image holds its own index."""
    digits = random.choice(10, size=5, replace=False)
    counts = [2, *random.integers(3, 10, size=4)]
    labels = random.permutation(np.repeat(digits, counts)).astype(np.int64)  # (n,)
    images = np.arange(len(labels), dtype=np.float32)[:, None, None, None]  # (n, 1, 1, 1)
    return {"images": images, "labels": labels}


def make(chapter: ModuleType, images: np.ndarray, labels: np.ndarray, **options: Any) -> Any:
    return chapter.TripletMNIST(torch.from_numpy(images), torch.from_numpy(labels), **options)


def as_list(values: np.ndarray) -> list[int]:
    return [int(value) for value in values]


def items(chapter: ModuleType, images: np.ndarray, labels: np.ndarray) -> list[list[int]]:
    """Return the length, then (index, anchor, positive, negative, digit) of every item."""
    dataset = make(chapter, images, labels)
    rows = []
    for index in range(len(dataset)):
        anchor, positive, negative, digit = dataset[index]
        rows.append([index, *(int(image.item()) for image in (anchor, positive, negative))])
        rows[-1].append(int(digit))
    return rows


def judge_items(observed: list[list[int]], _: Any, inputs: Inputs) -> None:
    labels = as_list(inputs["labels"])
    if len(observed) != len(labels):
        raise Mismatch(f"len() is {len(observed)}.", f"Expected {len(labels)}, one per image.")
    for index, anchor, positive, negative, digit in observed:
        if anchor != index:
            raise Mismatch(f"Item {index} has image {anchor} as anchor.", f"Expected {index}.")
        if digit != labels[index]:
            raise Mismatch(f"Item {index} has digit {digit}.", f"Expected {labels[index]}.")
        if labels[positive] != digit or positive == index:
            raise Mismatch(
                f"Item {index} (digit {digit}) has image {positive} "
                f"(digit {labels[positive]}) as positive.",
                "Expected another image of the same digit.",
            )
        if labels[negative] == digit:
            raise Mismatch(
                f"Item {index} (digit {digit}) has a negative of the same digit.",
                "Expected a negative of another digit.",
            )


def draws_of(method: str) -> Any:
    def probe(chapter: ModuleType, images: np.ndarray, labels: np.ndarray, index: int) -> Any:
        sample = getattr(make(chapter, images, labels), method)
        return [int(sample(index)) for _ in range(DRAWS)]

    return probe


def one_anchor(random: np.random.Generator) -> Inputs:
    inputs = small_set(random)
    labels = inputs["labels"]
    several = np.flatnonzero(np.bincount(labels, minlength=10)[labels] > 2)
    return {**inputs, "index": int(random.choice(several))}


def judge_positives(observed: list[int], _: Any, inputs: Inputs) -> None:
    index, labels = inputs["index"], inputs["labels"]
    digit = labels[index]
    if index in observed:
        share = observed.count(index) / DRAWS
        raise Mismatch(
            f"The positive of image {index} was image {index} itself in {share:.0%} of the draws.",
            "Expected another image of the same digit.",
        )
    wrong = [draw for draw in observed if labels[draw] != digit]
    if wrong:
        raise Mismatch(
            f"A positive of a {digit} was a {labels[wrong[0]]}.", "Expected the same digit."
        )
    judge_spread(
        observed, [i for i in np.flatnonzero(labels == digit).tolist() if i != index], "positive"
    )


def judge_negatives(observed: list[int], _: Any, inputs: Inputs) -> None:
    index, labels = inputs["index"], inputs["labels"]
    digit = labels[index]
    wrong = [draw for draw in observed if labels[draw] == digit]
    if wrong:
        raise Mismatch(
            f"{len(wrong) / DRAWS:.0%} of the negatives of a {digit} were a {digit} too.",
            "Expected another digit.",
        )
    judge_spread(observed, np.flatnonzero(labels != digit).tolist(), "negative")


def judge_spread(observed: list[int], candidates: list[int], kind: str) -> None:
    """Ask that every candidate comes up about equally often: within six standard errors."""
    share = 1 / len(candidates)
    error = np.sqrt(DRAWS * share * (1 - share))
    for candidate in candidates:
        count = observed.count(candidate)
        if abs(count - DRAWS * share) > 6 * error + 1:
            raise Mismatch(
                f"Image {candidate} was the {kind} in {count} of {DRAWS} draws.",
                f"Expected about {DRAWS * share:.0f}: each candidate equally likely.",
            )


def with_exclusion(random: np.random.Generator) -> Inputs:
    inputs = small_set(random)
    return {**inputs, "excluded": as_list(random.choice(np.unique(inputs["labels"]), 2, False))}


def excluding(
    chapter: ModuleType, images: np.ndarray, labels: np.ndarray, excluded: list[int]
) -> Any:
    """Return, for a tuple, a set and a tensor, the length and every digit that is served."""
    results = {}
    for kind in (tuple, set, torch.tensor):
        dataset = make(chapter, images, labels, exclude_digits=kind(excluded))
        served = set()
        for index in range(len(dataset)):
            for _ in range(20):
                anchor, positive, negative, digit = dataset[index]
                seen = (int(image.item()) for image in (anchor, positive, negative))
                served |= {int(digit), *(int(labels[image]) for image in seen)}
        results[kind.__name__] = [len(dataset), *sorted(served)]
    return results


def judge_exclusion(observed: dict[str, list[int]], _: Any, inputs: Inputs) -> None:
    labels, excluded = inputs["labels"], inputs["excluded"]
    kept = [int(label) for label in labels if label not in excluded]
    for kind, (length, *served) in observed.items():
        if length != len(kept):
            raise Mismatch(
                f"With exclude_digits as a {kind}, len() is {length}.", f"Expected {len(kept)}."
            )
        if served != sorted(set(kept)):
            raise Mismatch(
                f"With the {kind} {excluded} left out, the triplets hold the digits {served}.",
                f"Expected {sorted(set(kept))}.",
            )


def impossible_sets(_: np.random.Generator) -> Inputs:
    return {"cases": {"single": [3, 3, 7], "only": [4, 4, 4], "empty": []}}


def messages(chapter: ModuleType, cases: dict[str, list[int]]) -> dict[str, str]:
    results = {}
    for name, labels in cases.items():
        array = np.array(labels, dtype=np.int64)
        try:
            make(chapter, np.zeros((len(labels), 1, 1, 1), np.float32), array)
            results[name] = "no error"
        except ValueError as error:
            results[name] = f"ValueError: {error}"
    return results


def judge_messages(observed: dict[str, str], _: Any, __: Inputs) -> None:
    wanted = {
        "single": ("7", "a digit 7 with a single image"),
        "only": ("4", "images of the digit 4 only"),
        "empty": ("", "no images at all"),
    }
    for name, (digit, situation) in wanted.items():
        message = observed[name]
        if not (message.startswith("ValueError") and digit in message):
            raise Mismatch(
                f"With {situation}: {message}.", "Expected a ValueError that names the digit."
            )


CHECKS = [
    Check("TripletMNIST", "every item is a triplet", 3, small_set, items, SECTION, judge_items),
    Check(
        "TripletMNIST",
        "positives: the same digit, never the anchor, all equally likely",
        4,
        one_anchor,
        draws_of("sample_positive"),
        SECTION,
        judge_positives,
    ),
    Check(
        "TripletMNIST",
        "negatives: another digit, all equally likely",
        3,
        one_anchor,
        draws_of("sample_negative"),
        SECTION,
        judge_negatives,
    ),
    Check(
        "TripletMNIST",
        "digits left out, given as a tuple, a set or a tensor",
        3,
        with_exclusion,
        excluding,
        LEAVING_OUT,
        judge_exclusion,
    ),
    Check(
        "TripletMNIST",
        "sets without a triplet are refused",
        2,
        impossible_sets,
        messages,
        LEAVING_OUT,
        judge_messages,
    ),
]
