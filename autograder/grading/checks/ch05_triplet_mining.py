"""Checks of chapter 5: which triplets are chosen, and their loss."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..check import Check, Inputs
from ..comparison import GRADIENT, VALUE, Mismatch, compare, equal
from ..outcome import Ending, failure

MASK, ALL, SEMI, HARD, EMPTY = (
    "The mask of valid triplets",
    "Batch-all",
    "Semi-hard",
    "Batch-hard",
    "When a batch has no triplet",
)
MASK_NAME, ALL_NAME, SEMI_NAME, HARD_NAME = (
    "valid_triplets",
    "batch_all_triplet_loss",
    "semi_hard_triplet_loss",
    "batch_hard_triplet_loss",
)

# What a probe notes of one call, beside the value.
SHARE = "share of active triplets"
SLOPE = f"{GRADIENT}embeddings"
IN_PLACE = "error of backward()"  # "" if there is none
KEPT = "arguments as they were"
RAISED = "error"  # instead of all the rest

Part = dict[str, Any]  # what came back from one call
Parts = dict[str, Part]  # of each case that a check looks at; one that is alone has no name


# The mask


def toy_labels(_: np.random.Generator) -> Inputs:
    return {"labels": toy.LABELS.copy()}


def random_labels(random: np.random.Generator) -> Inputs:
    digits = random.choice(10, size=4, replace=False)
    return {"labels": random.permutation(np.repeat(digits, [1, 2, 3, 4]))}


def mask(code: ModuleType, labels: np.ndarray) -> Part:
    given = torch.tensor(labels)
    found = code.valid_triplets(given)
    return {VALUE: found, KEPT: torch.equal(given, torch.from_numpy(labels))}


def judge_mask(observed: Part, expected: Part, _: Inputs) -> None:
    compare({VALUE: observed[VALUE]}, {VALUE: expected[VALUE]})
    require_kept(observed)


def alike_masks(one: Part, other: Part, _: Inputs) -> bool:
    """Compare the entries as numbers; of the dtype only whether it is bool."""
    found, same = one[VALUE], other[VALUE]
    if isinstance(found, torch.Tensor) and isinstance(same, torch.Tensor):
        is_same_kind = (found.dtype == torch.bool) == (same.dtype == torch.bool)
        is_same = is_same_kind and equal(found.double(), same.double())
    else:
        is_same = equal(found, same)
    return is_same and one[KEPT] == other[KEPT]


# The batches


def six_points(_: np.random.Generator) -> Inputs:
    return {"cases": {"": batch(toy.POINTS.copy(), toy.LABELS.copy(), 1.0)}}


def six_points_without_margin(random: np.random.Generator) -> Inputs:
    """Return the six points and no margin: the default is the soft one."""
    inputs = six_points(random)
    del inputs["cases"][""]["margin"]
    return inputs


def batch(embeddings: np.ndarray, labels: np.ndarray, margin: float | None) -> Inputs:
    return {"embeddings": embeddings.astype(np.float32), "labels": labels, "margin": margin}


def random_batch(random: np.random.Generator) -> Inputs:
    while True:
        one = drawn(random, [1, 4, 2, 3])
        if is_telling(**one):
            return {"cases": {"": one}}


def random_batch_and_margin_zero(random: np.random.Generator) -> Inputs:
    """Draw a batch in which every anchor has a triplet: those without have a check of their own."""
    one = with_outlier(random, [0, 4, 2, 3])
    return {"cases": {"": one, "with margin 0.0": {**one, "margin": 0.0}}}


def random_batch_without_margin(random: np.random.Generator) -> Inputs:
    return {"cases": {"": {**with_outlier(random, [0, 4, 2, 3]), "margin": None}}}


def without_margin_far_apart(random: np.random.Generator) -> Inputs:
    """Draw distances of some hundreds: exp() of them is infinite in float32.

    No hardest triplet is near zero, so that the soft margin and a hard one at zero are the same;
    and some are above, so that a hard one at another margin is not. The nearest other example of
    any class is no stand-in for the nearest negative.
    """
    while True:
        one = with_outlier(random, [0, 4, 2, 3])
        embeddings = 512 * one["embeddings"]
        _, _, gaps = hardest(embeddings, one["labels"])
        loss = np.maximum(gaps, 0).mean()
        other = np.maximum(gaps_to_any(embeddings, one["labels"]), 0).mean()
        if np.abs(gaps).min() > 30 and other > 1.01 * loss:
            return {"cases": {"": {**one, "embeddings": embeddings, "margin": None}}}


def gaps_to_any(embeddings: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return h of each anchor (n,) with the nearest other example of any class as its negative."""
    distances = np.linalg.norm(embeddings[:, None] - embeddings[None], axis=2)  # (n, n)
    np.fill_diagonal(distances, np.inf)
    positives, _, _ = hardest(embeddings, labels)  # (n,)
    to_positive = np.linalg.norm(embeddings - embeddings[positives], axis=1)  # (n,)
    gaps: np.ndarray = to_positive - distances.min(axis=1)
    return gaps


def drawn(random: np.random.Generator, sizes: list[int], outlier: float = 0.0) -> Inputs:
    """Draw four classes of the given sizes, the third of them far away from all others.

    So the third has a hardest triplet that is easy. Of the classes 1 and 3 (and 0, if there is
    one) one example each is nearer to another class than the margin. outlier is how far one example
    of class 1 lies on the other side.
    """
    labels = random.permutation(np.repeat([0, 1, 2, 3], sizes))
    margin = float(random.uniform(0.4, 0.9))
    ones = np.flatnonzero(labels == 1)
    while True:
        embeddings = 0.5 * random.standard_normal((len(labels), 4))
        embeddings[labels == 0] = embeddings[ones[0]] + 0.3 * unit(random)
        embeddings[labels.tolist().index(3)] = embeddings[ones[0]] + 0.3 * unit(random)
        direction = unit(random)
        embeddings[labels == 2] = 6 * direction + 0.3 * embeddings[labels == 2]
        embeddings[ones[-1]] -= outlier * direction
        embeddings = on_grid(embeddings, 64)
        if not has_close_calls(embeddings, margin):
            return batch(embeddings, labels, margin)


def with_outlier(random: np.random.Generator, sizes: list[int]) -> Inputs:
    """Draw a class with a positive that is farther than the farthest negative, margin and all.

    Some anchor has another nearest negative than its farthest positive has.
    """
    while True:
        one = drawn(random, sizes, outlier=8.0)
        positives, negatives, _ = hardest(one["embeddings"], one["labels"])
        if (negatives != negatives[positives]).any():
            return one


def unit(random: np.random.Generator) -> np.ndarray:
    direction = random.standard_normal(4)
    return direction / np.linalg.norm(direction)


def on_grid(embeddings: np.ndarray, steps: int) -> np.ndarray:
    """Round to 1 / steps, so that |x|^2 + |y|^2 - 2 xy has no rounding error in float32.

    Otherwise an example is at a small distance from itself, or at none, by the way it is written.
    """
    return np.round(embeddings * steps) / steps


def is_telling(embeddings: np.ndarray, labels: np.ndarray, margin: float) -> bool:
    """Return whether it shows which triplets are chosen, and by which number is divided.

    Some pair has two semi-hard negatives, also of those that are nearer than the margin alone,
    and the numbers of triplets of each kind, and that of the examples, differ.
    """
    to_positive, to_negative, valid = triplets_of(embeddings, labels)  # (n, n, n)
    gaps = to_positive - to_negative
    active, hard = valid & (gaps > -margin), valid & (gaps > 0)
    semi_hard = active & (gaps < 0)
    close = semi_hard & (to_negative < margin)
    counts = [len(labels), *(int(kind.sum()) for kind in (valid, active, semi_hard, hard))]
    return bool(
        close.sum(axis=2).max() > 1
        and close.any(axis=(1, 2)).sum() > 1
        and len(set(counts)) == len(counts)
        and abs(counts[2] / counts[1] - 0.5) > 0.02
        and min(counts) > 2
    )


def triplets_of(
    embeddings: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return d(a, p), d(a, n) and the mask of the valid triplets, (n, n, n) each."""
    distances = np.linalg.norm(embeddings[:, None] - embeddings[None], axis=2)  # (n, n)
    same = labels[:, None] == labels[None]  # (n, n)
    valid = (same & ~np.eye(len(labels), dtype=bool))[:, :, None] & ~same[:, None, :]
    to_positive, to_negative = np.broadcast_arrays(distances[:, :, None], distances[:, None, :])
    return to_positive, to_negative, valid


def has_close_calls(embeddings: np.ndarray, margin: float) -> bool:
    """Return whether rounding could decide which triplet is active, semi-hard or hardest."""
    distances = np.linalg.norm(embeddings[:, None] - embeddings[None], axis=2)  # (n, n)
    gaps = distances[:, :, None] - distances[:, None, :]  # (n, n, n)
    n = len(embeddings)
    i, j, k = np.ogrid[:n, :n, :n]
    gaps = gaps[(i != j) & (i != k) & (j != k)]
    closest = [np.abs(gaps + bound).min() for bound in (0, margin, -margin)]
    return bool(min(closest) < 2e-4)


def hardest(
    embeddings: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each anchor's farthest positive, which may be itself, its nearest negative, and h."""
    distances = np.linalg.norm(embeddings[:, None] - embeddings[None], axis=2)  # (n, n)
    same = labels[:, None] == labels[None]  # (n, n)
    to_positive = np.where(same, distances, -np.inf)
    to_negative = np.where(same, np.inf, distances)
    gaps = to_positive.max(axis=1) - to_negative.min(axis=1)
    return to_positive.argmax(axis=1), to_negative.argmin(axis=1), gaps


# Batches, and anchors, without a triplet


def without_triplets(random: np.random.Generator) -> dict[str, Inputs]:
    """Draw four examples so near to each other that whatever counts as a triplet is active."""
    embeddings = on_grid(0.1 * random.standard_normal((4, 3)), 1024)
    cases = {"all labels equal": [2] * 4, "all labels different": [0, 1, 2, 3]}
    return {case: batch(embeddings, np.array(labels), 1.0) for case, labels in cases.items()}


def without_an_active_triplet(random: np.random.Generator) -> Inputs:
    return {"cases": {**without_triplets(random), "easy triplets only": easy_only(random)}}


def without_a_semi_hard_triplet(random: np.random.Generator) -> Inputs:
    inputs = without_an_active_triplet(random)
    inputs["cases"]["hard triplets only"] = hard_only(random)
    return inputs


def without_a_hardest_triplet(random: np.random.Generator) -> Inputs:
    """Draw the batches without a triplet, and one in which a single anchor has none."""
    cases = without_triplets(random)
    cases["one digit with a single example"] = with_outlier(random, [1, 4, 2, 3])
    soft = {f"{case}, soft margin": {**one, "margin": None} for case, one in cases.items()}
    return {"cases": {**cases, **soft}}


def easy_only(random: np.random.Generator) -> Inputs:
    """Draw two classes on opposite sides, so that every valid triplet is easy."""
    places = np.array([[20, 0, 0], [20, 0, 0], [-20, 0, 0], [-20, 0, 0]])
    return around(random, places)


def hard_only(random: np.random.Generator) -> Inputs:
    """Draw two classes at the ends of the two diagonals of a rhombus: every valid one is hard."""
    places = np.array([[20, 0, 0], [-20, 0, 0], [0, 14, 0], [0, -14, 0]])
    return around(random, places)


def around(random: np.random.Generator, places: np.ndarray) -> Inputs:
    embeddings = on_grid(places + 0.2 * random.standard_normal(places.shape), 64)
    return batch(embeddings, np.array([0, 0, 1, 1]), 1.0)


# Probes


def values_of(name: str) -> Callable[..., Parts]:
    """Return a probe of the loss only: where distances are equal, the gradient is not unique."""

    def probe(code: ModuleType, cases: dict[str, Inputs]) -> Parts:
        return {case: called(getattr(code, name), given, False) for case, given in cases.items()}

    return probe


def losses_of(name: str) -> Callable[..., Parts]:
    """Return a probe of the loss and its gradient."""

    def probe(code: ModuleType, cases: dict[str, Inputs]) -> Parts:
        return {case: called(getattr(code, name), given) for case, given in cases.items()}

    return probe


def shares(code: ModuleType, cases: dict[str, Inputs]) -> Parts:
    """Probe the loss and the share of batch-all."""
    parts = {}
    for case, given in cases.items():
        result, kept = result_of(code.batch_all_triplet_loss, given, leaf_of(given, False))
        if not isinstance(result, tuple | list) or len(result) != 2:
            count = len(result) if isinstance(result, tuple | list) else 1
            raise Mismatch(
                f"Returned {count} result{'s' * (count != 1)}.",
                "Expected the pair (loss, active_fraction).",
            )
        parts[case] = {VALUE: result[0], SHARE: number(result[1], SHARE), KEPT: kept}
    return parts


def empty_batches(name: str) -> Callable[..., Parts]:
    """Return a probe of the loss, its gradient and, if there is one, the share of each case.

    An error in one case does not hide what comes back in the others.
    """

    def probe(code: ModuleType, cases: dict[str, Inputs]) -> Parts:
        parts: Parts = {}
        errors = []
        for case, given in cases.items():
            try:
                parts[case] = called(getattr(code, name), given, with_share=name == ALL_NAME)
            except Exception as error:
                ended = failure(error)
                if ended.ending is not Ending.RAISED or ended.error == "NotImplementedError":
                    raise
                place = f" in {ended.stem}.py, line {ended.line}" if ended.line else ""
                line = f"\n  {ended.text}" if ended.text else ""
                parts[case] = {RAISED: f"{ended.error}{place}: {ended.message}{line}"}
                errors.append(error)
        if len(errors) == len(cases):
            raise errors[0]
        return parts

    return probe


def called(
    function: Callable[..., Any],
    given: Inputs,
    with_gradient: bool = True,
    with_share: bool = False,
) -> Part:
    """Return what a loss gives: its value and gradient, and whether it leaves its arguments be."""
    leaf = leaf_of(given, with_gradient)
    result, kept = result_of(function, given, leaf)
    loss = first(result)
    is_tensor = isinstance(loss, torch.Tensor)
    part: Part = {VALUE: loss.detach() if is_tensor else loss}
    if with_share:
        is_pair = isinstance(result, tuple | list) and len(result) == 2
        part[SHARE] = number(result[1], SHARE) if is_pair else None
    if with_gradient:
        hangs_on = is_tensor and loss.requires_grad
        part[IN_PLACE] = error_of_backward(loss) if hangs_on else ""
        part[SLOPE] = leaf.grad
    part[KEPT] = kept
    return part


def leaf_of(given: Inputs, with_gradient: bool) -> torch.Tensor:
    return torch.tensor(given["embeddings"], requires_grad=with_gradient)


def result_of(function: Callable[..., Any], given: Inputs, leaf: torch.Tensor) -> tuple[Any, bool]:
    """Call a loss; return its result, and whether its arguments are what they were.

    Embeddings come out of a network, and may be changed in place: those that are given here too.
    """
    embeddings, labels = leaf.clone(), torch.tensor(given["labels"])
    margin = [given["margin"]] if "margin" in given else []
    result = function(embeddings, labels, *margin)
    unchanged = torch.equal(embeddings.detach(), leaf.detach())
    return result, unchanged and torch.equal(labels, torch.from_numpy(given["labels"]))


def error_of_backward(loss: torch.Tensor) -> str:
    """Differentiate the sum of a loss; return the error that comes of changing in place."""
    try:
        loss.sum().backward()
    except RuntimeError as error:
        if "modified by an inplace operation" not in str(error):
            raise
        return "a tensor that backward() needs was changed in place, as *= does"
    return ""


def first(result: Any) -> Any:
    return result[0] if isinstance(result, tuple | list) and result else result


def number(value: Any, what: str) -> float:
    """Return one number as a float, whether it comes as a tensor, an array or a plain number."""
    found = number_or_none(value)
    if found is None:
        shape = f"shape {tuple(value.shape)}" if hasattr(value, "shape") else type(value).__name__
        raise Mismatch(f"{what}: Returned {shape}.", "Expected one number.")
    return found


def number_or_none(value: Any) -> float | None:
    try:
        return float(value.detach() if isinstance(value, torch.Tensor) else value)
    except (TypeError, ValueError, RuntimeError):
        return None


# Judges


def judge_losses(observed: Parts, expected: Parts, _: Inputs) -> None:
    for case, part in expected.items():
        judge_part(observed[case], part, case)


def judge_part(observed: Part, expected: Part, case: str = "") -> None:
    prefix = f"{case}: " if case else ""
    if RAISED in observed:
        raise Mismatch(f"{prefix}{observed[RAISED]}", "Expected a loss.")
    for key in expected:
        if key == IN_PLACE and observed[key]:
            raise Mismatch(f"{prefix}{observed[key]}.", "Expected a gradient.")
        if key == SLOPE and case and observed[key] is None:
            raise Mismatch(
                f"{prefix}the loss does not hang on the embeddings.",
                "Expected one that backpropagates.",
            )
        if key not in (IN_PLACE, KEPT):
            compare({titled(key, case): observed[key]}, {titled(key, case): expected[key]})
    require_kept(observed, prefix)


def titled(key: str, case: str) -> str:
    """Return the name of a number in a message."""
    if not case:
        return key
    return f"{key}, {case}" if key == SLOPE else f"{case}: {'loss' if key == VALUE else key}"


def require_kept(observed: Part, prefix: str = "") -> None:
    if observed[KEPT] is not True:
        raise Mismatch(
            f"{prefix}An argument has other values after the call.", "Expected it as it was."
        )


def judge_six_points_of_all(observed: Parts, expected: Parts, _: Inputs) -> None:
    """Accept the triplet (a3, a1, b3), whose loss is exactly 0, as active too.

    With distances that are off in the last digit, as a guard in the square root makes them, its
    loss may be just above zero.
    """
    (right,) = expected.values()
    active = round(36 * right[SHARE])
    scale = active / (active + 1)
    with_one_more = {**right, VALUE: right[VALUE] * scale, SHARE: (active + 1) / 36}
    judge_one_of(observed, [right, with_one_more])


def judge_six_points_of_semi_hard(observed: Parts, expected: Parts, _: Inputs) -> None:
    """Accept (a3, a1, b3), with loss exactly 0, and (b1, b3, a3), with equal distances, as well.

    The second has the loss 1. Of all 36 triplets these two lie on a border, and 14 between.
    """
    (right,) = expected.values()
    loss = right[VALUE]
    others = [14 * loss / 15, (14 * loss + 1) / 15, (14 * loss + 1) / 16]
    judge_one_of(observed, [right, *({**right, VALUE: value} for value in others)])


def judge_one_of(observed: Parts, accepted: list[Part]) -> None:
    """Accept any of these; the first is the one that a message speaks of."""
    (part,) = observed.values()
    for each in accepted[1:]:
        if all(equal(part[key], each[key]) for key in (VALUE, SHARE) if key in each):
            return require_kept(part)
    return judge_part(part, accepted[0])


# Likeness


def alike_losses(one: Parts, other: Parts, _: Inputs) -> bool:
    return one.keys() == other.keys() and all(alike_parts(one[key], other[key]) for key in one)


def alike_parts(one: Part, other: Part) -> bool:
    """Compare as usual, but of errors and of a gradient that is not finite only that it is so.

    Which of its entries are NaN depends on how the distances were written. Where the loss is NaN,
    the gradient follows from how it came about.
    """
    if RAISED in one or RAISED in other:
        return RAISED in one and RAISED in other
    is_same = alike_numbers if SLOPE in one else equal
    return (
        one.keys() == other.keys()
        and is_same(one[VALUE], other[VALUE])
        and (is_nan(one[VALUE]) or alike_gradients(one.get(SLOPE), other.get(SLOPE)))
        and bool(one.get(IN_PLACE)) == bool(other.get(IN_PLACE))
        and equal(one.get(SHARE), other.get(SHARE))
        and one[KEPT] == other[KEPT]
    )


def alike_numbers(one: Any, other: Any) -> bool:
    """Compare losses of which the gradient is compared as well: a number has none, like a tensor
    that is detached. Which of the two it is does not matter.
    """
    if np.ndim(one) == np.ndim(other) == 0:
        number, same = number_or_none(one), number_or_none(other)
        if number is not None and same is not None:
            return equal(number, same)
    return equal(one, other)


def is_nan(loss: Any) -> bool:
    found = number_or_none(loss)
    return found is not None and bool(np.isnan(found))


def alike_gradients(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    finite = [bool(torch.isfinite(gradient).all()) for gradient in (one, other)]
    return equal(one, other) if all(finite) else not any(finite)


# The checks with inputs that nobody knows beforehand, for which those with known answers wait.
RANDOM_LABELS = "random labels"
RANDOM_SHARE = "a random batch: loss and active share"
RANDOM_GRADIENTS = "a random batch: gradients"
RANDOM_BATCH = "a random batch, and gradients"
RANDOM_SOFT = "a random batch with the soft margin"


def check_of_mask(
    title: str, points: int, draw: Callable[[np.random.Generator], Inputs], companion: str = ""
) -> Check:
    return Check(
        MASK_NAME,
        title,
        points,
        draw,
        mask,
        MASK,
        judge=judge_mask,
        alike=alike_masks,
        companion=companion,
        worked=bool(companion),
    )


def check_of_loss(
    name: str,
    title: str,
    points: int,
    draw: Callable[[np.random.Generator], Inputs],
    probe: Callable[..., Parts],
    section: str,
    judge: Callable[[Parts, Parts, Inputs], None] = judge_losses,
    companion: str = "",
    worked: bool = False,
) -> Check:
    return Check(
        name,
        title,
        points,
        draw,
        probe,
        section,
        judge=judge,
        alike=alike_losses,
        companion=companion,
        worked=worked,
    )


def check_of_empty(
    name: str, points: int, draw: Callable[[np.random.Generator], Inputs], companion: str
) -> Check:
    return check_of_loss(
        name,
        "batches without a triplet",
        points,
        draw,
        empty_batches(name),
        EMPTY,
        companion=companion,
    )


CHECKS = [
    check_of_mask("the six points", 1, toy_labels, companion=RANDOM_LABELS),
    check_of_mask(RANDOM_LABELS, 3, random_labels),
    check_of_loss(
        ALL_NAME,
        "the six points: loss and active share",
        1,
        six_points,
        shares,
        ALL,
        judge=judge_six_points_of_all,
        companion=RANDOM_SHARE,
        worked=True,
    ),
    check_of_loss(ALL_NAME, RANDOM_SHARE, 2, random_batch, shares, ALL),
    check_of_loss(ALL_NAME, RANDOM_GRADIENTS, 1, random_batch, losses_of(ALL_NAME), ALL),
    check_of_empty(ALL_NAME, 1, without_an_active_triplet, companion=RANDOM_GRADIENTS),
    check_of_loss(
        SEMI_NAME,
        "the six points",
        1,
        six_points,
        values_of(SEMI_NAME),
        SEMI,
        judge=judge_six_points_of_semi_hard,
        companion=RANDOM_BATCH,
        worked=True,
    ),
    check_of_loss(SEMI_NAME, RANDOM_BATCH, 2, random_batch, losses_of(SEMI_NAME), SEMI),
    check_of_empty(SEMI_NAME, 1, without_a_semi_hard_triplet, companion=RANDOM_BATCH),
    check_of_loss(
        HARD_NAME,
        "the six points",
        1,
        six_points,
        values_of(HARD_NAME),
        HARD,
        companion=RANDOM_BATCH,
        worked=True,
    ),
    check_of_loss(
        HARD_NAME, RANDOM_BATCH, 1, random_batch_and_margin_zero, losses_of(HARD_NAME), HARD
    ),
    check_of_loss(
        HARD_NAME,
        "the six points with the soft margin",
        1,
        six_points_without_margin,
        values_of(HARD_NAME),
        HARD,
        companion=RANDOM_SOFT,
        worked=True,
    ),
    check_of_loss(
        HARD_NAME, RANDOM_SOFT, 1, random_batch_without_margin, losses_of(HARD_NAME), HARD
    ),
    check_of_loss(
        HARD_NAME,
        "large distances with the soft margin",
        1,
        without_margin_far_apart,
        losses_of(HARD_NAME),
        HARD,
    ),
    check_of_empty(HARD_NAME, 2, without_a_hardest_triplet, companion=RANDOM_BATCH),
]
