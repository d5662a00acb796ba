"""Checks of chapter 2: triplets are judged by their properties, never by the order of draws."""

import time
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..check import Check, Inputs
from ..comparison import Mismatch

TRIPLET, SAMPLING, LEAVING_OUT = (
    "What a triplet is",
    "Sampling in constant time",
    "Leaving digits out",
)
DRAWS = 2_000
ANCHORS = 7  # the images of the digit for which draws are counted
KINDS: dict[str, Callable[[list[int]], Any]] = {
    "tuple": tuple,
    "set": set,
    "tensor": torch.tensor,
}


def small_set(random: np.random.Generator) -> Inputs:
    """Draw a set of five digits; every image holds its own index.

    The first image is a 0 and the last a 9. There are far more images of 9 than of any other, so
    that drawing a digit and then its image differs from drawing an image.
    """
    digits = [0, 9, *random.choice(np.arange(1, 9), size=3, replace=False).tolist()]
    counts = [2, 19, ANCHORS, *random.integers(4, 6, size=2)]
    labels = np.array([0, *random.permutation(np.repeat(digits, counts)), 9], np.int64)  # (n,)
    images = np.arange(len(labels), dtype=np.float32)[:, None, None, None]  # (n, 1, 1, 1)
    return {"images": images, "labels": labels}


def make(chapter: ModuleType, images: np.ndarray, labels: np.ndarray, **options: Any) -> Any:
    return chapter.TripletMNIST(torch.from_numpy(images), torch.from_numpy(labels), **options)


def as_list(values: Iterable[Any]) -> list[int]:
    return [int(value) for value in values]


def digit_at(labels: np.ndarray, index: int) -> int:
    """Return the digit of an image, or -1 if there is no such image."""
    return int(labels[index]) if 0 <= index < len(labels) else -1


# The six points: every pair that a triplet can hold


def six_points(_: np.random.Generator) -> Inputs:
    return {"images": toy.POINTS.copy(), "labels": toy.LABELS.astype(np.int64), "draws": 80}


def pairs(chapter: ModuleType, images: np.ndarray, labels: np.ndarray, draws: int) -> Any:
    """Return every (anchor, positive) and every (anchor, negative) that was drawn."""
    dataset = make(chapter, images, labels)
    drawn = {}
    for kind, sample in (
        ("positive", dataset.sample_positive),
        ("negative", dataset.sample_negative),
    ):
        seen = {(anchor, int(sample(anchor))) for anchor in range(6) for _ in range(draws)}
        drawn[kind] = [list(pair) for pair in sorted(seen)]
    return drawn


def judge_pairs(observed: dict[str, list[list[int]]], _: Any, inputs: Inputs) -> None:
    labels = as_list(inputs["labels"])
    for kind, wants_same in (("positive", True), ("negative", False)):
        drawn = {(anchor, other) for anchor, other in observed[kind]}
        right = {
            (anchor, other)
            for anchor in range(6)
            for other in range(6)
            if anchor != other and (labels[anchor] == labels[other]) is wants_same
        }
        for anchor, other in sorted(drawn - right):
            raise Mismatch(
                f"The {kind} of {point(anchor)} was {point(other)}.",
                f"Expected {named_points(right, anchor)}.",
            )
        for anchor, other in sorted(right - drawn):
            raise Mismatch(
                f"The {kind} of {point(anchor)} was never {point(other)}.",
                f"Expected {named_points(right, anchor)}.",
            )


def point(index: int) -> str:
    return toy.NAMES[index] if 0 <= index < 6 else f"number {index}"


def named_points(right: set[tuple[int, int]], anchor: int) -> str:
    return " or ".join(point(other) for one, other in sorted(right) if one == anchor)


def alike_pairs(one: Any, other: Any) -> bool:
    """Compare how many pairs there are, and how many of them are of a point with itself.

    Which candidate an off-by-one leaves out depends on the order of the candidates.
    """
    return all(
        len(one[kind]) == len(other[kind]) and selves(one[kind]) == selves(other[kind])
        for kind in one
    )


def selves(pairs: list[list[int]]) -> int:
    return sum(anchor == other for anchor, other in pairs)


# Items


def items(chapter: ModuleType, images: np.ndarray, labels: np.ndarray) -> Any:
    """Return the length, several rounds of all items, and whether a seed repeats the draws.

    A row is (index, anchor, positive, negative, digit) and the digits of positive and negative.
    """
    dataset = make(chapter, images, labels)
    rows = []
    for index in list(range(len(dataset))) * 3:
        anchor, positive, negative, digit = dataset[index]
        drawn = as_list(image.item() for image in (anchor, positive, negative))
        rows.append([index, *drawn, int(digit), *(digit_at(labels, i) for i in drawn[1:])])
    one, other = (drawn_with_seed(make(chapter, images, labels, seed=5)) for _ in range(2))
    return {"length": len(dataset), "rows": rows, "repeats": one == other}


def drawn_with_seed(dataset: Any) -> list[list[int]]:
    return [as_list(image.item() for image in dataset[index][:3]) for index in range(len(dataset))]


def judge_items(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    labels = as_list(inputs["labels"])
    length = observed["length"]
    if length != len(labels):
        raise Mismatch(f"len() is {length}.", f"Expected {len(labels)}, one per image.")
    for index, anchor, positive, negative, digit, of_positive, of_negative in observed["rows"]:
        if anchor != index:
            raise Mismatch(f"Item {index} has image {anchor} as anchor.", f"Expected {index}.")
        if digit != labels[index]:
            raise Mismatch(f"Item {index} has digit {digit}.", f"Expected {labels[index]}.")
        if of_positive != digit or positive == index:
            raise Mismatch(
                f"Item {index} (digit {digit}) has image {positive} (digit {of_positive}) as "
                "positive.",
                "Expected another image of the same digit.",
            )
        if of_negative == digit:
            raise Mismatch(
                f"Item {index} (digit {digit}) has image {negative}, of the same digit, as "
                "negative.",
                "Expected a negative of another digit.",
            )
    if not observed["repeats"]:
        raise Mismatch(
            "Two data sets made with seed=5 draw different triplets.", "Expected the same ones."
        )


def alike_items(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return traits(one) == traits(other)


def traits(result: dict[str, Any]) -> Any:
    """Return what does not depend on chance: in three rounds, what can happen does."""
    rows = result["rows"]
    return (
        result["length"],
        result["repeats"],
        [(index, anchor, digit) for index, anchor, _, _, digit, _, _ in rows],
        any(of_positive != digit for *_, digit, of_positive, _ in rows),
        any(of_negative == digit for *_, digit, _, of_negative in rows),
    )


# Many draws for one anchor


def one_anchor(random: np.random.Generator) -> Inputs:
    """Choose an anchor of the digit with seven images, and images to draw for before it.

    The anchor is neither the first nor the last image of its digit, and its index is no digit.
    """
    inputs = small_set(random)
    labels = inputs["labels"]
    digit = int(np.flatnonzero(np.bincount(labels) == ANCHORS)[0])
    own = np.flatnonzero(labels == digit)
    middle = [index for index in own[1:-1].tolist() if index != digit]
    index = int(random.choice(middle))
    others = [other for other in own.tolist() if other != index]
    rest = np.flatnonzero(~np.isin(labels, [0, 9, digit]))
    return {
        **inputs,
        "index": index,
        "before": {
            "sample_positive": as_list(random.choice(others, 2, replace=False)),
            "sample_negative": [int(random.choice(rest))],
        },
    }


def draws_of(method: str) -> Callable[..., Any]:
    def probe(
        chapter: ModuleType,
        images: np.ndarray,
        labels: np.ndarray,
        index: int,
        before: dict[str, list[int]],
    ) -> Any:
        """Return how often each image was drawn, in three groups: it depends on no order."""
        sample = getattr(make(chapter, images, labels), method)
        for other in before[method]:
            sample(other)  # a draw for one anchor must not change what is drawn for another
        drawn = np.array([int(sample(index)) for _ in range(DRAWS)])
        there = (drawn >= 0) & (drawn < len(labels))
        counts = np.bincount(drawn[there], minlength=len(labels))
        same = labels == labels[index]
        own = counts[index]
        same[index] = False
        return {
            "anchor": int(own),
            "same digit": counts[same],
            "other digits": counts[labels != labels[index]],
            "no image": int((~there).sum()),
        }

    return probe


def judge_positives(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    index, digit = inputs["index"], inputs["labels"][inputs["index"]]
    wanted = "Expected another image of the same digit."
    if observed["no image"]:
        raise Mismatch("A positive was an index outside the set.", wanted)
    if observed["anchor"]:
        raise Mismatch(
            f"The positive of image {index} was image {index} itself in "
            f"{observed['anchor'] / DRAWS:.0%} of the draws.",
            wanted,
        )
    if wrong := observed["other digits"].sum():
        raise Mismatch(
            f"{wrong / DRAWS:.0%} of the positives of a {digit} were of another digit.", wanted
        )
    others = np.flatnonzero(inputs["labels"] == digit).tolist()
    others.remove(index)
    judge_spread(observed["same digit"], others, f"The positive of image {index}")


def judge_negatives(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    index, digit = inputs["index"], inputs["labels"][inputs["index"]]
    if observed["no image"]:
        raise Mismatch("A negative was an index outside the set.", "Expected another digit.")
    if wrong := observed["anchor"] + observed["same digit"].sum():
        raise Mismatch(
            f"{wrong / DRAWS:.0%} of the negatives of a {digit} were a {digit} too.",
            "Expected another digit.",
        )
    others = np.flatnonzero(inputs["labels"] != digit).tolist()
    judge_spread(observed["other digits"], others, f"The negative of image {index}")


def judge_spread(counts: np.ndarray, candidates: list[int], what: str) -> None:
    """Ask that every candidate comes up about equally often: within six standard errors."""
    share = 1 / len(candidates)
    error = np.sqrt(DRAWS * share * (1 - share))
    for candidate, count in zip(candidates, counts, strict=True):
        if abs(count - DRAWS * share) > 6 * error + 1:
            raise Mismatch(
                f"{what} was image {candidate} in {count} of {DRAWS} draws.",
                f"Expected about {DRAWS * share:.0f}: each candidate equally likely.",
            )


def alike_draws(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Compare the counts of each group, in rising order, up to chance.

    Which candidate an off-by-one leaves out depends on the order of the candidates.
    """
    return all(alike_counts(np.sort(one[name], None), np.sort(other[name], None)) for name in one)


def alike_counts(one: np.ndarray, other: np.ndarray) -> bool:
    """Ask for the same support, and for a chi-square that chance exceeds once in 10 million."""
    if not np.array_equal(one == 0, other == 0):
        return False
    chi_square = ((one - other) ** 2 / np.maximum(one + other, 1)).sum()
    return bool(chi_square < 30 + 2 * one.size)


# Digits left out


def with_exclusion(random: np.random.Generator) -> Inputs:
    inputs = small_set(random)
    return {**inputs, "excluded": as_list(random.choice(np.unique(inputs["labels"]), 2, False))}


def excluding(
    chapter: ModuleType, images: np.ndarray, labels: np.ndarray, excluded: list[int]
) -> Any:
    """Return, for a tuple, a set and a tensor, what a data set without two digits serves."""
    results = {}
    for name, kind in KINDS.items():
        result: dict[str, Any] = {"error": "", "length": -1}
        try:
            dataset = make(chapter, images, labels, exclude_digits=kind(excluded))
            result["length"] = len(dataset)
            result |= served_by(dataset, labels, excluded)
        except NotImplementedError:
            raise
        except Exception as error:
            result["error"] = f"{type(error).__name__}: {error}"
        results[name] = result
    return results


def served_by(dataset: Any, labels: np.ndarray, excluded: list[int]) -> dict[str, Any]:
    """Return the anchors' digits, which excluded digits were served, and the worst that was."""
    anchors = set()
    served: dict[str, set[int]] = {"anchor": set(), "positive": set(), "negative": set()}
    wrong_positive = wrong_negative = False
    for index in list(range(len(dataset))) * 4:
        *triplet, digit = dataset[index]
        digits = [digit_at(labels, int(image.item())) for image in triplet]
        for role, seen in zip(served, digits, strict=True):
            served[role] |= {seen} & set(excluded)
        anchors.add(int(digit))
        wrong_positive |= digits[1] != digits[0]
        wrong_negative |= digits[2] == digits[0]
    return {
        "anchors": sorted(anchors),
        "served": {role: sorted(seen) for role, seen in served.items()},
        "wrong positive": wrong_positive,
        "wrong negative": wrong_negative,
    }


def judge_exclusion(observed: dict[str, dict[str, Any]], _: Any, inputs: Inputs) -> None:
    excluded = inputs["excluded"]
    kept = [label for label in as_list(inputs["labels"]) if label not in excluded]
    for kind, result in observed.items():
        given = f"With exclude_digits={excluded} as a {kind}, "
        if result["error"] and result["length"] < 0:
            raise Mismatch(f"{given}{result['error']}.", "Expected a data set without them.")
        if result["length"] != len(kept):
            raise Mismatch(f"{given}len() is {result['length']}.", f"Expected {len(kept)}.")
        if result["error"]:
            raise Mismatch(f"{given}an item raises {result['error']}.", "Expected a triplet.")
        for role, digits in result["served"].items():
            if digits:
                raise Mismatch(f"{given}{digits[0]} came up as {role}.", "Expected it nowhere.")
        if result["wrong positive"]:
            raise Mismatch(f"{given}a positive is of another digit.", "Expected the same digit.")
        if result["wrong negative"]:
            raise Mismatch(f"{given}a negative is of the same digit.", "Expected another digit.")
        if missing := sorted(set(kept) - set(result["anchors"])):
            raise Mismatch(f"{given}no item has the digits {missing}.", "Expected all others.")


def alike_exclusion(one: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]) -> bool:
    return all(outline(one[kind]) == outline(other[kind]) for kind in one)


def outline(result: dict[str, Any]) -> Any:
    """Return what depends neither on chance nor on which error a mistake happens to raise."""
    served = {role: bool(digits) for role, digits in result.get("served", {}).items()}
    return {**result, "error": bool(result["error"]), "served": served}


# Sets without a triplet


def impossible_sets(random: np.random.Generator) -> Inputs:
    a, b, c = as_list(random.choice(np.arange(1, 9), size=3, replace=False))
    return {
        "cases": {
            "single": [a, a, b, c, c],
            "only": [c, c, c],
            "empty": [],
            "two": [a, a, b, b],
        }
    }


def digit_to_name(case: str, labels: list[int]) -> int | None:
    """Return the digit that the error has to name, if there is one."""
    if case == "single":
        return labels[2]
    return labels[0] if case == "only" else None


def refusals(chapter: ModuleType, cases: dict[str, list[int]]) -> Any:
    """Return, for each case, the kind of error, its message, and whether it names the digit."""
    results = {}
    for name, labels in cases.items():
        array = np.array(labels, dtype=np.int64)
        kind, message = "no error", ""
        try:
            make(chapter, np.zeros((len(labels), 1, 1, 1), np.float32), array)
        except NotImplementedError:
            raise
        except Exception as error:
            kind, message = type(error).__name__, str(error)
        digit = digit_to_name(name, labels)
        results[name] = [kind, message, digit is None or str(digit) in message]
    return results


def judge_refusals(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    cases = inputs["cases"]
    situations = {
        "single": "a single image of a digit",
        "only": "images of one digit only",
        "empty": "no images at all",
    }
    for name, situation in situations.items():
        kind, message, names_it = observed[name]
        digit = digit_to_name(name, cases[name])
        which = f" that names the digit {digit}" if digit is not None else ""
        if kind != "ValueError" or not names_it:
            said = f"{kind}: {message}" if message else kind
            raise Mismatch(f"With {situation}: {said}.", f"Expected a ValueError{which}.")
    kind, message, _ = observed["two"]
    if kind != "no error":
        raise Mismatch(f"With two images of each digit: {kind}: {message}.", "Expected no error.")


def alike_refusals(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Compare what was refused, how and whether by name: not the words of the message."""
    return all(is_refused(one[name]) == is_refused(other[name]) for name in one)


def is_refused(said: list[Any]) -> tuple[str, bool]:
    kind, _, names_it = said
    return kind if kind in ("no error", "ValueError") else "another error", names_it


# Constant work


def two_sizes(_: np.random.Generator) -> Inputs:
    return {"small": 200, "large": 100_000}


def times(chapter: ModuleType, small: int, large: int) -> dict[str, float]:
    """Return the microseconds of an item of a small and of a large set, and of reading labels.

    What disturbs a measurement only adds to it. So a doubtful result is measured again.
    """
    labels = two_digits(large)
    sets = [
        make(chapter, np.zeros((size, 1, 1, 1), np.float32), two_digits(size))
        for size in (small, large)
    ]
    for _ in range(5):
        of_small, of_large = fastest_items(*sets)
        reading = min(seconds(lambda: labels == 3) for _ in range(100))
        result = {"small": 1e6 * of_small, "large": 1e6 * of_large, "reading": 1e6 * reading}
        if not grows_with_the_set(result) or of_large > 20 * of_small:
            break
    return result


def two_digits(n: int) -> np.ndarray:
    return 3 + 4 * (np.arange(n) % 2)


def fastest_items(small: Any, large: Any) -> list[float]:
    """Return the seconds of the fastest of many items of each set.

    The two take turns, since the speed of a busy machine changes from moment to moment.
    """
    shortest = [np.inf, np.inf]
    beginning = time.perf_counter()
    for count in range(200):
        for place, dataset in enumerate((small, large)):
            index = count % 20 * (len(dataset) // 20) + count % 2  # of both digits in turn
            shortest[place] = min(shortest[place], seconds(lambda: dataset[index]))  # noqa: B023
        spent = time.perf_counter() - beginning
        # Slow items need few turns; but one long interruption must not pass for a slow item.
        if (count >= 5 and spent > 0.05) or (count >= 1 and spent > 1):
            break
    return shortest


def seconds(work: Callable[[], Any]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def grows_with_the_set(result: dict[str, float]) -> bool:
    """Return whether a large set takes longer by more than it costs to read its labels once.

    An item of a large set is a little slower in any case, since less of the set is in the cache:
    by about a tenth of that. The factor guards against a slow item that is measured badly.
    """
    small, large = result["small"], result["large"]
    return large > small + result["reading"] and large > 2 * small


def judge_times(observed: dict[str, float], _: Any, inputs: Inputs) -> None:
    if grows_with_the_set(observed):
        raise Mismatch(
            f"An item takes {observed['small']:,.0f} microseconds with {inputs['small']} images, "
            f"and {observed['large']:,.0f} with {inputs['large']:,}.",
            "Expected about the same time: no work that grows with the set.",
        )


def alike_times(one: dict[str, float], other: dict[str, float]) -> bool:
    return grows_with_the_set(one) == grows_with_the_set(other)


CHECKS = [
    Check(
        "TripletMNIST",
        "the six points: every pair, and no other",
        2,
        six_points,
        pairs,
        SAMPLING,
        judge_pairs,
        alike_pairs,
    ),
    Check(
        "TripletMNIST",
        "every item is a triplet",
        2,
        small_set,
        items,
        TRIPLET,
        judge_items,
        alike_items,
    ),
    Check(
        "TripletMNIST",
        "positives: the same digit, never the anchor, all equally likely",
        3,
        one_anchor,
        draws_of("sample_positive"),
        SAMPLING,
        judge_positives,
        alike_draws,
    ),
    Check(
        "TripletMNIST",
        "negatives: another digit, all equally likely",
        2,
        one_anchor,
        draws_of("sample_negative"),
        SAMPLING,
        judge_negatives,
        alike_draws,
    ),
    Check(
        "TripletMNIST",
        "digits left out, given as a tuple, a set or a tensor",
        2,
        with_exclusion,
        excluding,
        LEAVING_OUT,
        judge_exclusion,
        alike_exclusion,
    ),
    Check(
        "TripletMNIST",
        "sets without a triplet are refused",
        2,
        impossible_sets,
        refusals,
        LEAVING_OUT,
        judge_refusals,
        alike_refusals,
    ),
    Check(
        "TripletMNIST",
        "constant work for each item",
        2,
        two_sizes,
        times,
        SAMPLING,
        judge_times,
        alike_times,
    ),
]
