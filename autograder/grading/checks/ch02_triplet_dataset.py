"""Checks of chapter 2: triplets are judged by their properties, never by the order of draws."""

import functools
import re
import time
from collections.abc import Callable, Generator, Iterable
from types import ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..check import TURNS, Check, Inputs
from ..comparison import Mismatch

TRIPLET, SAMPLING, LEAVING_OUT = (
    "What a triplet is",
    "Sampling in constant time",
    "Leaving digits out",
)
DRAWS = 2_000
ANCHORS = 7  # the images of the digit for which draws are counted
ITEM_ROUNDS, EXCLUSION_ROUNDS = 3, 4  # how often all items of a set are asked for
SEED = 5
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


def make(code: ModuleType, images: np.ndarray, labels: np.ndarray, **options: Any) -> Any:
    return code.TripletMNIST(torch.from_numpy(images), torch.from_numpy(labels), **options)


def as_list(values: Iterable[Any]) -> list[int]:
    return [int(value) for value in values]


def integers(values: Any, *shape: int) -> np.ndarray:
    """Return what came back as int64. Raises ValueError for anything but integers of that shape.

    A judge that went through fewer rows than were asked for would find fewer faults.
    """
    array = np.asarray(values)
    if array.shape != shape or array.dtype.kind not in "iu":
        raise ValueError(f"{array.dtype} of shape {array.shape} instead of integers {shape}")
    return array.astype(np.int64)


def digit_at(labels: np.ndarray, index: int) -> int:
    """Return the digit of an image, or -1 if there is no such image."""
    return int(labels[index]) if 0 <= index < len(labels) else -1


# The six points: every pair that a triplet can hold


def six_points(_: np.random.Generator) -> Inputs:
    return {"images": toy.POINTS.copy(), "labels": toy.LABELS.astype(np.int64), "draws": 80}


def pairs(code: ModuleType, images: np.ndarray, labels: np.ndarray, draws: int) -> Any:
    """Return the positives and the negatives that were drawn for each point, (6, draws) each."""
    dataset = make(code, images, labels)
    return {
        kind: np.array([[int(sample(anchor)) for _ in range(draws)] for anchor in range(6)])
        for kind, sample in (
            ("positive", dataset.sample_positive),
            ("negative", dataset.sample_negative),
        )
    }


def judge_pairs(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    labels = as_list(inputs["labels"])
    for kind, wants_same in (("positive", True), ("negative", False)):
        drawn = pairs_in(integers(observed[kind], 6, inputs["draws"]))
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


def pairs_in(draws: np.ndarray) -> set[tuple[int, int]]:
    return {(anchor, other) for anchor, row in enumerate(draws.tolist()) for other in row}


def point(index: int) -> str:
    return toy.NAMES[index] if 0 <= index < 6 else f"number {index}"


def named_points(right: set[tuple[int, int]], anchor: int) -> str:
    return " or ".join(point(other) for one, other in sorted(right) if one == anchor)


def alike_pairs(one: dict[str, Any], other: dict[str, Any], _: Inputs) -> bool:
    """Compare how many pairs there are, and how many of them are of a point with itself.

    Which candidate an off-by-one leaves out depends on the order of the candidates.
    """
    return all(sizes(pairs_in(one[kind])) == sizes(pairs_in(other[kind])) for kind in one)


def sizes(pairs: set[tuple[int, int]]) -> tuple[int, int]:
    return len(pairs), sum(anchor == other for anchor, other in pairs)


# Items


def items(code: ModuleType, images: np.ndarray, labels: np.ndarray) -> Any:
    """Return the length, several rounds of all items, and those of two sets with one seed."""
    dataset = make(code, images, labels)
    seeded = [make(code, images, labels, seed=SEED) for _ in range(2)]
    return {
        "length": len(dataset),
        "rows": rows_of(dataset, ITEM_ROUNDS),
        "seeded": [rows_of(one, 1) for one in seeded],
    }


def rows_of(dataset: Any, rounds: int) -> np.ndarray:
    """Return a row (anchor, positive, negative, digit) for each item of each round."""
    rows = [row_of(*dataset[index]) for index in list(range(len(dataset))) * rounds]
    return np.array(rows, np.int64).reshape(-1, 4)


def row_of(anchor: Any, positive: Any, negative: Any, digit: Any) -> list[int]:
    return [*as_list(image.item() for image in (anchor, positive, negative)), int(digit)]


def judge_items(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    labels = inputs["labels"]
    length = observed["length"]
    if length != len(labels):
        raise Mismatch(f"len() is {length}.", f"Expected {len(labels)}, one per image.")
    judge_rows(integers(observed["rows"], ITEM_ROUNDS * length, 4), labels)
    one, other = (integers(rows, length, 4) for rows in observed["seeded"])
    for rows in (one, other):
        judge_rows(rows, labels)
    if not np.array_equal(one, other):
        raise Mismatch(
            f"Two data sets made with seed={SEED} draw different triplets.",
            "Expected the same ones.",
        )


def judge_rows(rows: np.ndarray, labels: np.ndarray) -> None:
    for place, (anchor, positive, negative, digit) in enumerate(rows.tolist()):
        index = place % len(labels)
        of_positive, of_negative = digit_at(labels, positive), digit_at(labels, negative)
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
        if of_negative < 0:
            raise Mismatch(f"Item {index} has image {negative} as negative.", "There is none.")


def alike_items(one: dict[str, Any], other: dict[str, Any], inputs: Inputs) -> bool:
    return traits(one, inputs["labels"]) == traits(other, inputs["labels"])


def traits(result: dict[str, Any], labels: np.ndarray) -> Any:
    """Return what does not depend on chance: in three rounds, what can happen does."""
    rows = result["rows"].tolist()
    return (
        result["length"],
        np.array_equal(*result["seeded"]),
        [(anchor, digit) for anchor, _, _, digit in rows],
        any(digit_at(labels, positive) != digit for _, positive, _, digit in rows),
        any(digit_at(labels, negative) == digit for _, _, negative, digit in rows),
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
        code: ModuleType,
        images: np.ndarray,
        labels: np.ndarray,
        index: int,
        before: dict[str, list[int]],
    ) -> Any:
        sample = getattr(make(code, images, labels), method)
        for other in before[method]:
            sample(other)  # a draw for one anchor must not change what is drawn for another
        return np.array([int(sample(index)) for _ in range(DRAWS)])

    return probe


def in_groups(draws: np.ndarray, inputs: Inputs) -> dict[str, Any]:
    """Return how often each image was drawn, in three groups: it depends on no order."""
    labels, index = inputs["labels"], inputs["index"]
    there = (draws >= 0) & (draws < len(labels))
    counts = np.bincount(draws[there], minlength=len(labels))
    same = labels == labels[index]
    own = counts[index]
    same[index] = False
    return {
        "anchor": int(own),
        "same digit": counts[same],
        "other digits": counts[labels != labels[index]],
        "no image": int((~there).sum()),
    }


def judge_positives(observed: Any, _: Any, inputs: Inputs) -> None:
    groups = in_groups(integers(observed, DRAWS), inputs)
    index, digit = inputs["index"], inputs["labels"][inputs["index"]]
    wanted = "Expected another image of the same digit."
    if groups["no image"]:
        raise Mismatch("A positive was an index outside the set.", wanted)
    if groups["anchor"]:
        raise Mismatch(
            f"The positive of image {index} was image {index} itself in "
            f"{groups['anchor'] / DRAWS:.0%} of the draws.",
            wanted,
        )
    if wrong := groups["other digits"].sum():
        raise Mismatch(
            f"{wrong / DRAWS:.0%} of the positives of a {digit} were of another digit.", wanted
        )
    others = np.flatnonzero(inputs["labels"] == digit).tolist()
    others.remove(index)
    judge_spread(groups["same digit"], others, f"The positive of image {index}")


def judge_negatives(observed: Any, _: Any, inputs: Inputs) -> None:
    groups = in_groups(integers(observed, DRAWS), inputs)
    index, digit = inputs["index"], inputs["labels"][inputs["index"]]
    if groups["no image"]:
        raise Mismatch("A negative was an index outside the set.", "Expected another digit.")
    if wrong := groups["anchor"] + groups["same digit"].sum():
        raise Mismatch(
            f"{wrong / DRAWS:.0%} of the negatives of a {digit} were a {digit} too.",
            "Expected another digit.",
        )
    others = np.flatnonzero(inputs["labels"] != digit).tolist()
    judge_spread(groups["other digits"], others, f"The negative of image {index}")


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


def alike_draws(one: np.ndarray, other: np.ndarray, inputs: Inputs) -> bool:
    """Compare the counts of each group, in rising order, up to chance.

    Which candidate an off-by-one leaves out depends on the order of the candidates.
    """
    groups, same_groups = in_groups(one, inputs), in_groups(other, inputs)
    return all(
        alike_counts(np.sort(groups[name], None), np.sort(same_groups[name], None))
        for name in groups
    )


def alike_counts(one: np.ndarray, other: np.ndarray) -> bool:
    """Ask for the same support, and for a chi-square that chance exceeds once in 10 million."""
    if not np.array_equal(one == 0, other == 0):
        return False
    chi_square = ((one - other) ** 2 / np.maximum(one + other, 1)).sum()
    return bool(chi_square < 30 + 2 * one.size)


# Digits left out


def with_exclusion(random: np.random.Generator) -> Inputs:
    """Draw a set, and leave out 0, which some code takes for no digit, and one in the middle."""
    inputs = small_set(random)
    middle = np.unique(inputs["labels"])[1:-1]
    return {**inputs, "excluded": as_list(random.permutation([0, random.choice(middle)]))}


def excluding(code: ModuleType, images: np.ndarray, labels: np.ndarray, excluded: list[int]) -> Any:
    """Return, for a tuple, a set and a tensor, what a data set without two digits serves."""
    results = {}
    for name, kind in KINDS.items():
        result: dict[str, Any] = {"error": "", "length": -1, "rows": None}
        try:
            dataset = make(code, images, labels, exclude_digits=kind(excluded))
            result["length"] = len(dataset)
            result["rows"] = rows_of(dataset, EXCLUSION_ROUNDS)
        except NotImplementedError:
            raise
        except Exception as error:
            result["error"] = f"{type(error).__name__}: {error}"
        results[name] = result
    return results


def judge_exclusion(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    excluded = inputs["excluded"]
    kept = [label for label in as_list(inputs["labels"]) if label not in excluded]
    for kind in KINDS:
        result = observed[kind]
        given = f"With exclude_digits={excluded} as a {kind}, "
        if result["error"] and result["length"] < 0:
            raise Mismatch(f"{given}{result['error']}.", "Expected a data set without them.")
        if result["length"] != len(kept):
            raise Mismatch(f"{given}len() is {result['length']}.", f"Expected {len(kept)}.")
        if result["error"]:
            raise Mismatch(f"{given}an item raises {result['error']}.", "Expected a triplet.")
        seen = seen_in(integers(result["rows"], EXCLUSION_ROUNDS * len(kept), 4), inputs)
        for role, digits in seen["served"].items():
            if digits:
                raise Mismatch(f"{given}{digits[0]} came up as {role}.", "Expected it nowhere.")
        if seen["no image"]:
            raise Mismatch(f"{given}a triplet holds an image of no set.", "Expected those given.")
        if seen["wrong positive"]:
            raise Mismatch(f"{given}a positive is of another digit.", "Expected the same digit.")
        if seen["wrong negative"]:
            raise Mismatch(f"{given}a negative is of the same digit.", "Expected another digit.")
        if missing := sorted(set(kept) - set(seen["anchors"])):
            raise Mismatch(f"{given}no item has the digits {missing}.", "Expected all others.")


def seen_in(rows: np.ndarray, inputs: Inputs) -> dict[str, Any]:
    """Return the anchors' digits, which excluded digits were served, and the worst that was."""
    triplets = [
        [digit_at(inputs["labels"], index) for index in row] for row in rows[:, :3].tolist()
    ]
    roles = zip(("anchor", "positive", "negative"), zip(*triplets, strict=True), strict=True)
    return {
        "anchors": sorted(set(rows[:, 3].tolist())),
        "served": {role: sorted(set(seen) & set(inputs["excluded"])) for role, seen in roles},
        "no image": any(-1 in triplet for triplet in triplets),
        "wrong positive": any(positive != anchor for anchor, positive, _ in triplets),
        "wrong negative": any(negative == anchor for anchor, _, negative in triplets),
    }


def alike_exclusion(one: dict[str, Any], other: dict[str, Any], inputs: Inputs) -> bool:
    return all(outline(one[kind], inputs) == outline(other[kind], inputs) for kind in KINDS)


def outline(result: dict[str, Any], inputs: Inputs) -> Any:
    """Return what depends neither on chance nor on which error a mistake happens to raise."""
    seen = {} if result["error"] else seen_in(result["rows"], inputs)
    served = {role: bool(digits) for role, digits in seen.get("served", {}).items()}
    return {**seen, "error": bool(result["error"]), "length": result["length"], "served": served}


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


def refusals(code: ModuleType, cases: dict[str, list[int]]) -> Any:
    """Return, for each case, the kind of error and its message."""
    results = {}
    for name, labels in cases.items():
        array = np.array(labels, dtype=np.int64)
        results[name] = ["no error", ""]
        try:
            make(code, np.zeros((len(labels), 1, 1, 1), np.float32), array)
        except NotImplementedError:
            raise
        except Exception as error:
            results[name] = [type(error).__name__, str(error)]
    return results


def judge_refusals(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    cases = inputs["cases"]
    situations = {
        "single": "a single image of a digit",
        "only": "images of one digit only",
        "empty": "no images at all",
    }
    for name, situation in situations.items():
        kind, message = observed[name]
        digit = digit_to_name(name, cases[name])
        which = f" that names the digit {digit}" if digit is not None else ""
        if kind != "ValueError" or not names(message, digit):
            said = f"{kind}: {message}" if message else kind
            raise Mismatch(f"With {situation}: {said}.", f"Expected a ValueError{which}.")
    kind, message = observed["two"]
    if kind != "no error":
        raise Mismatch(f"With two images of each digit: {kind}: {message}.", "Expected no error.")


def names(message: str, digit: int | None) -> bool:
    return digit is None or str(digit) in re.findall(r"\d+", message)


def alike_refusals(one: dict[str, Any], other: dict[str, Any], inputs: Inputs) -> bool:
    """Compare what was refused, how and whether by name: not the words of the message."""
    return all(
        in_short(one[name], digit_to_name(name, labels))
        == in_short(other[name], digit_to_name(name, labels))
        for name, labels in inputs["cases"].items()
    )


def in_short(said: list[str], digit: int | None) -> tuple[str, bool]:
    kind, message = said
    return kind if kind in ("no error", "ValueError") else "another error", names(message, digit)


# Constant work

BATCH = 50  # items in a turn: long against what it takes to pass it on, short against a time slice
ROUNDS = 6
FEWEST_ROUNDS = 3
LONGEST_TURN, LONGEST = 0.03, 1.0  # seconds, after which slow items have shown that they are
SIZES = {"small": 1_000, "large": 100_000}


def two_sizes(random: np.random.Generator) -> Inputs:
    """Draw the labels of both sets, and for each turn the set and the indices to serve.

    The two take turns, since the speed of a busy machine changes from moment to moment.
    """
    return {
        "labels": {name: 3 + 4 * random.integers(0, 2, size) for name, size in SIZES.items()},
        TURNS: [
            [name, random.integers(0, size, BATCH)]
            for _ in range(ROUNDS)
            for name, size in SIZES.items()
        ],
    }


def serving(
    code: ModuleType, labels: dict[str, np.ndarray]
) -> Generator[Any, tuple[str, np.ndarray] | None, None]:
    """Make both sets, then serve a row for each index that a turn asks for.

    To turn these clocks gains nothing: whoever asks takes the time, and divides it by the rows.
    """
    sets = {
        name: make(code, np.arange(len(own), dtype=np.float32).reshape(-1, 1, 1, 1), own)
        for name, own in labels.items()
    }
    turn = yield None
    beginning, count = time.perf_counter(), 0
    while turn is not None:
        name, indices = turn
        turn = yield served(sets[name], indices.tolist())
        count += 1
        if count >= FEWEST_ROUNDS * len(SIZES) and time.perf_counter() - beginning > LONGEST:
            break


def served(dataset: Any, indices: list[int]) -> np.ndarray:
    """Return a row for each index, or for the first few where the items are slow."""
    rows = []
    beginning = time.perf_counter()
    for index in indices:
        rows.append(row_of(*dataset[index]))
        if time.perf_counter() - beginning > LONGEST_TURN:
            break
    return np.array(rows, np.int64)


def judge_times(observed: list[Any], _: Any, inputs: Inputs) -> None:
    seconds: dict[str, list[float]] = {name: [] for name in SIZES}
    for (name, indices), (rows, taken) in zip(inputs[TURNS], observed[1:], strict=False):
        rows = integers(rows, max(1, len(rows)), 4)
        judge_served(rows, indices[: len(rows)], inputs["labels"][name])
        seconds[name].append(taken / len(rows))
    if min(map(len, seconds.values())) < FEWEST_ROUNDS:
        raise Mismatch("Too few items were served.", f"Expected {FEWEST_ROUNDS * BATCH} of each.")
    small, large = fastest_items(observed, inputs)
    if not is_constant(small, large):
        raise Mismatch(
            f"An item takes {1e6 * small:,.0f} microseconds with {SIZES['small']:,} images, "
            f"and {1e6 * large:,.0f} with {SIZES['large']:,}.",
            "Expected about the same time: no work that grows with the set.",
        )


def judge_served(rows: np.ndarray, indices: np.ndarray, labels: np.ndarray) -> None:
    """Ask for triplets of the right anchors; whether they are drawn evenly is asked elsewhere."""
    anchors, positives, negatives, digits = rows.T
    if not np.array_equal(anchors, indices) or not np.array_equal(digits, labels[indices]):
        raise Mismatch("An item has another image as anchor.", "Expected the one at its index.")
    inside = (rows[:, :3] >= 0) & (rows[:, :3] < len(labels))
    if not inside.all():
        raise Mismatch("An item holds an image of no set.", "Expected those that were given.")
    if (labels[positives] != digits).any() or (positives == anchors).mean() > 0.5:
        raise Mismatch("A positive is not of its anchor's digit.", "Expected the same digit.")
    if (labels[negatives] == digits).any():
        raise Mismatch("A negative is of its anchor's digit.", "Expected another digit.")


def fastest_items(observed: list[Any], inputs: Inputs) -> list[float]:
    """Return the seconds of an item of each set, in the turn that was disturbed least.

    What disturbs a measurement only adds to it.
    """
    turns = list(zip(inputs[TURNS], observed[1:], strict=False))
    return [
        float(np.min([taken / len(rows) for (asked, _), (rows, taken) in turns if asked == name]))
        for name in SIZES
    ]


def is_constant(small: float, large: float) -> bool:
    """Return whether a large set takes no longer, or by less than to read its labels once.

    An item of a large set is a little slower in any case, since less of the set is in the cache:
    by about a tenth of that. The factor guards against a slow item that is measured badly.
    """
    return large <= small + seconds_of_reading() or large <= 2 * small


@functools.cache
def seconds_of_reading() -> float:
    """Return how long it takes here to look at every label of the large set."""
    labels = np.arange(SIZES["large"])
    return min(seconds_of(lambda: labels == 3) for _ in range(100))


def seconds_of(work: Callable[[], Any]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def alike_times(one: list[Any], other: list[Any], inputs: Inputs) -> bool:
    constant = [is_constant(*fastest_items(result, inputs)) for result in (one, other)]
    return constant[0] == constant[1]


ITEMS = "every item is a triplet"

CHECKS = [
    Check(
        "TripletMNIST",
        "the six points: every pair, and no other",
        2,
        six_points,
        pairs,
        SAMPLING,
        judge=judge_pairs,
        alike=alike_pairs,
        companion=ITEMS,
    ),
    Check(
        "TripletMNIST",
        ITEMS,
        2,
        small_set,
        items,
        TRIPLET,
        judge=judge_items,
        alike=alike_items,
    ),
    Check(
        "TripletMNIST",
        "positives: the same digit, never the anchor, all equally likely",
        3,
        one_anchor,
        draws_of("sample_positive"),
        SAMPLING,
        judge=judge_positives,
        alike=alike_draws,
    ),
    Check(
        "TripletMNIST",
        "negatives: another digit, all equally likely",
        2,
        one_anchor,
        draws_of("sample_negative"),
        SAMPLING,
        judge=judge_negatives,
        alike=alike_draws,
    ),
    Check(
        "TripletMNIST",
        "digits left out, given as a tuple, a set or a tensor",
        2,
        with_exclusion,
        excluding,
        LEAVING_OUT,
        judge=judge_exclusion,
        alike=alike_exclusion,
    ),
    Check(
        "TripletMNIST",
        "sets without a triplet are refused",
        2,
        impossible_sets,
        refusals,
        LEAVING_OUT,
        judge=judge_refusals,
        alike=alike_refusals,
        companion=ITEMS,
    ),
    Check(
        "TripletMNIST",
        "constant work for each item",
        2,
        two_sizes,
        serving,
        SAMPLING,
        judge=judge_times,
        alike=alike_times,
        companion=ITEMS,
    ),
]
