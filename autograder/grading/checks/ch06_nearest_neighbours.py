"""Checks of chapter 6: classification by neighbours, and the measures of retrieval."""

import re
from collections import Counter
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..bounded import stays_bounded
from ..check import Check, Inputs
from ..comparison import Mismatch, Tolerance, equal

VOTE, MEAN, RECALL, MAP = "The vote", "Nearest mean", "Recall@K", "MAP@R"
KNN, MEAN_NAME, RECALL_NAME, MAP_NAME = (
    "knn_classify",
    "nearest_mean_classify",
    "recall_at_k",
    "mean_average_precision_at_r",
)


# Inputs: wherever the order of neighbours matters, no two are so near that rounding decides it.


def drawn_until(
    draw: Callable[[], dict[str, np.ndarray]], is_clear: Callable[..., bool]
) -> dict[str, np.ndarray]:
    while True:
        arrays = draw()
        if is_clear(**arrays):
            return arrays


def distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.linalg.norm(x[:, None].astype(np.float64) - y[None], axis=2)  # (n, m)


def is_clear_ranking(to_gallery: np.ndarray, count: int) -> bool:
    """Return whether the first `count` neighbours of each row, and the next, keep apart."""
    nearest = np.sort(to_gallery, axis=1)[:, : count + 1]  # (n, count + 1)
    return bool(np.diff(nearest, axis=1).min() > 1e-4)


def clusters(random: np.random.Generator, sizes: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Draw overlapping clusters, so that neighbours are often of another class."""
    labels = random.permutation(np.repeat(np.arange(len(sizes)), sizes))  # (n,)
    centres = random.standard_normal((len(sizes), 3))
    points = centres[labels] + 0.8 * random.standard_normal((len(labels), 3))
    return points.astype(np.float32), labels


def six_points_as_gallery(_: np.random.Generator) -> Inputs:
    queries = np.array([[0.0, 1.6], [1.9, 2.6], [1.5, 0.2]], np.float32)
    return {"gallery": toy.POINTS.copy(), "labels": toy.LABELS.copy(), "queries": queries, "k": 3}


def random_gallery(random: np.random.Generator) -> Inputs:
    """Draw a gallery and queries without a k, the default is 5, where any other vote is wrong."""
    offset = away_from_the_origin(random)

    def draw() -> dict[str, np.ndarray]:
        gallery, labels = clusters(random, [8, 12, 18, 22])
        queries = random.standard_normal((25, 3)).astype(np.float32)
        return {"gallery": gallery + offset, "labels": labels, "queries": queries + offset}

    def is_clear(gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray) -> bool:
        to_gallery = distances(queries, gallery)  # (n, m)
        order = np.argsort(to_gallery, axis=1)[:, :6]  # (n, 6)
        near, radii = labels[order].tolist(), np.take_along_axis(to_gallery, order, axis=1).tolist()
        right = [vote_of(row[:5]) for row in near]
        others = zip(*map(other_votes, near, radii), strict=True)
        return is_clear_ranking(to_gallery, 6) and all(right != list(other) for other in others)

    return drawn_until(draw, is_clear)


def vote_of(near: list[int]) -> int:
    """Return the label that comes most often; of equals the one that is met first."""
    return Counter(near).most_common(1)[0][0]


def other_votes(near: list[int], radii: list[float]) -> list[float]:
    """Return what other ways of voting make of the six nearest labels: ties, weights, a mean."""
    five, counts = near[:5], Counter(near[:5])
    tied = [label for label in counts if counts[label] == max(counts.values())]
    last = {label: place for place, label in enumerate(five)}  # place of each one's last vote
    weights: Counter[int] = Counter()
    for label, radius in zip(five, radii, strict=False):
        weights[label] += 1 / radius  # type: ignore[assignment]  # a counter may hold any number
    of_ties = [
        min(tied),
        max(tied),
        max(tied, key=last.__getitem__),
        min(tied, key=last.__getitem__),
    ]
    others = [vote_of(near[:4]), vote_of(near), max(weights, key=weights.__getitem__)]
    return [*of_ties, *others, round(float(np.mean(five)))]


def away_from_the_origin(random: np.random.Generator) -> np.ndarray:
    """Draw an offset: the origin is no special place, but lies outside of all examples."""
    direction = random.standard_normal(3)
    offset: np.ndarray = 3 * direction / np.linalg.norm(direction)
    return offset.astype(np.float32)


def skewed_gallery(random: np.random.Generator) -> Inputs:
    """Draw classes of different sizes with long tails, so that a mean is no median."""
    offset = away_from_the_origin(random)

    def draw() -> dict[str, np.ndarray]:
        labels = random.permutation(np.repeat(np.arange(4), [5, 9, 17, 31]))  # (62,)
        centres, tails = random.standard_normal((2, 4, 3))
        gallery = centres[labels] + random.exponential(2.0, size=(62, 3)) * np.sign(tails)[labels]
        queries = 2 * random.standard_normal((60, 3))
        return {
            "gallery": gallery.astype(np.float32) + offset,
            "labels": labels,
            "queries": queries.astype(np.float32) + offset,
        }

    def is_clear(gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray) -> bool:
        means = np.stack([gallery[labels == digit].mean(axis=0) for digit in range(4)])
        return is_clear_ranking(distances(queries, means), 1)

    return dict(drawn_until(draw, is_clear))


# Whose the four nearest are, from near to far, S of the smaller and L of the larger label, and
# how far away they are. Each other rule for ties gets at least one of them wrong.
TIES = (
    ("SLLS", (3.0, 3.5, 4.0, 7.0)),
    ("LSSL", (3.0, 3.5, 4.0, 7.0)),
    ("SLLS", (1.0, 5.0, 6.0, 7.0)),
    ("LSSL", (1.0, 5.0, 6.0, 7.0)),
    ("SLSL", (2.0, 3.0, 4.0, 5.0)),
    ("LSLS", (2.0, 3.0, 4.0, 5.0)),
)


def tied_votes(random: np.random.Generator) -> Inputs:
    """Place two examples of each of two classes around each query: the vote of four is a tie."""
    while True:
        tied = place_ties(random)
        # One of two labels for each of six queries: another ranking can be right by luck.
        if not is_ranked_otherwise(**tied):
            return {**tied, "k": 4}


def place_ties(random: np.random.Generator) -> dict[str, np.ndarray]:
    small, large = np.sort(random.choice(10, size=2, replace=False))
    grid = np.mgrid[-1:2, -1:1].reshape(2, -1).T
    queries = 20.0 + 40.0 * random.permutation(grid)  # (6, 2), none where all angles are the same
    gallery, labels = [], []
    for query, (owners, radii) in zip(queries, TIES, strict=True):
        angles = random.uniform(0, 2 * np.pi, size=4)
        directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)  # (4, 2)
        gallery.append(query + np.array(radii)[:, None] * directions)
        labels += [{"S": small, "L": large}[owner] for owner in owners]
    order = random.permutation(len(labels))
    return {
        "gallery": np.concatenate(gallery).astype(np.float32)[order],
        "labels": np.array(labels)[order],
        "queries": queries.astype(np.float32),
    }


def is_ranked_otherwise(gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray) -> bool:
    """Return whether the farthest, or the nearest by angle, have the labels of the nearest."""
    products = queries @ gallery.T  # (n, m)
    cosines = products / np.linalg.norm(gallery, axis=1)  # the query's length changes no order
    radii = distances(queries, gallery)  # (n, m)
    right, *others = (
        [vote_of(row) for row in labels[np.argsort(scores, axis=1)[:, :4]].tolist()]
        for scores in (radii, -radii, products, -products, cosines, -cosines)
    )
    return right in others


def six_points_as_queries(_: np.random.Generator) -> Inputs:
    return {
        "gallery": toy.POINTS.copy(),
        "labels": toy.LABELS.copy(),
        "queries": toy.POINTS.copy(),
    }


def missing_class(random: np.random.Generator) -> Inputs:
    """Draw six classes around the origin, one of them, not the last, without an example.

    Most queries are near the origin, where a prototype of zeros would be the nearest.
    """
    missing = int(random.integers(1, 5))
    labels = np.delete(np.arange(6), missing).repeat(2)  # (10,)
    angles = 2 * np.pi * labels / 6
    centres = 4 * np.stack([np.cos(angles), np.sin(angles)], axis=1)  # (10, 2)
    gallery = (centres + random.uniform(-0.5, 0.5, size=(10, 2))).astype(np.float32)
    middle = random.uniform(-0.9, 0.9, size=(8, 2)).astype(np.float32)
    queries = np.concatenate([middle, gallery])
    return {"gallery": gallery, "labels": labels, "queries": queries, "missing": missing}


def six_points(_: np.random.Generator) -> Inputs:
    return {"embeddings": toy.POINTS.copy(), "labels": toy.LABELS.copy(), "ks": [1, 2]}


def random_embeddings(random: np.random.Generator) -> Inputs:
    """Draw classes of different sizes, one with a single example that has nothing to find."""

    def draw() -> dict[str, np.ndarray]:
        embeddings, labels = clusters(random, [6, 9, 13, 17, 1])
        return {"embeddings": embeddings, "labels": labels}

    def is_clear(embeddings: np.ndarray, labels: np.ndarray) -> bool:
        return is_clear_ranking(distances(embeddings, embeddings), 9)

    return {**drawn_until(draw, is_clear), "ks": [1, 2, 3, 4, 6, 8]}


def copies(random: np.random.Generator) -> Inputs:
    """Draw each of five examples three times, with three labels: all that is near is wrong."""
    points = np.repeat(4 * random.standard_normal((5, 3)), 3, axis=0).astype(np.float32)  # (15, 3)
    labels = np.concatenate([random.permutation(3) for _ in range(5)])
    order = random.permutation(len(labels))
    return {"embeddings": points[order], "labels": labels[order], "k": 2}


def uneven(random: np.random.Generator) -> Inputs:
    """Draw three sets of classes of 1, 2, 5 and 8 examples: R differs, and is zero for one."""

    def draw() -> dict[str, np.ndarray]:
        embeddings, labels = clusters(random, [1, 2, 5, 8])
        return {"embeddings": embeddings, "labels": labels}

    def is_clear(embeddings: np.ndarray, labels: np.ndarray) -> bool:
        return is_clear_ranking(distances(embeddings, embeddings), 15)

    return {"sets": [drawn_until(draw, is_clear) for _ in range(3)]}


def many_rows(random: np.random.Generator) -> Inputs:
    """Draw a seed only: so many rows are made where they are needed."""
    return {"seed": int(random.integers(2**31))}


def one_of_each_class(random: np.random.Generator) -> Inputs:
    labels = random.permutation(7)
    return {"embeddings": random.standard_normal((7, 3)).astype(np.float32), "labels": labels}


def six_points_of_map(_: np.random.Generator) -> Inputs:
    return {"embeddings": toy.POINTS.copy(), "labels": toy.LABELS.copy()}


# Probes


def knn(
    code: ModuleType, gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray, **k: int
) -> Any:
    return code.knn_classify(
        torch.from_numpy(gallery), torch.from_numpy(labels), torch.from_numpy(queries), **k
    )


def nearest_mean(
    code: ModuleType, gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray
) -> Any:
    return code.nearest_mean_classify(
        torch.from_numpy(gallery), torch.from_numpy(labels), torch.from_numpy(queries)
    )


def error_of_missing_class(
    code: ModuleType,
    gallery: np.ndarray,
    labels: np.ndarray,
    queries: np.ndarray,
    missing: int,
) -> dict[str, Any]:
    """Return the error's message, or the answer."""
    try:
        answer = code.nearest_mean_classify(
            torch.from_numpy(gallery), torch.from_numpy(labels), torch.from_numpy(queries)
        )
    except ValueError as error:
        return {"error": str(error), "answer": None}
    return {"error": "", "answer": answer}


def judge_missing_class(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    missing = inputs["missing"]
    if observed["answer"] is not None:
        raise Mismatch(
            f"With no example of class {missing}: {labels_in_words(observed['answer'])}.",
            f"Expected a ValueError that names class {missing}, since a mean of nothing is no "
            "prototype.",
        )
    if not names_class(observed["error"], missing):
        raise Mismatch(
            f"With no example of class {missing}: ValueError: {observed['error']}",
            f"Expected the message to name class {missing}.",
        )


def labels_in_words(answer: Any) -> str:
    if isinstance(answer, torch.Tensor | np.ndarray):
        return f"the answer {answer.tolist()}"
    return f"the answer {answer!r}"


def names_class(message: str, missing: int) -> bool:
    return str(missing) in re.findall(r"\d+", message)


def alike_missing_class(one: dict[str, Any], other: dict[str, Any], _: Inputs) -> bool:
    """Compare the answers, if there are; an error is like any other, whatever it says.

    That a message names no class, and not the right one, is what a mistake can be.
    """
    if one["answer"] is None or other["answer"] is None:
        return one["answer"] is other["answer"]
    return equal(one["answer"], other["answer"])


def recall(
    code: ModuleType, embeddings: np.ndarray, labels: np.ndarray, ks: list[int]
) -> dict[str, float]:
    """Return the share for each K; the default is 1."""
    rows, digits = torch.from_numpy(embeddings), torch.from_numpy(labels)
    given = {k: {} if k == 1 else {"k": k} for k in ks}
    return {f"K = {k}": number(code.recall_at_k(rows, digits, **given[k])) for k in ks}


def recall_of_copies(code: ModuleType, embeddings: np.ndarray, labels: np.ndarray, k: int) -> float:
    rows, digits = torch.from_numpy(embeddings), torch.from_numpy(labels)
    return number(code.recall_at_k(rows, digits, k=k))


def alike_on_copies(one: float, other: float, _: Inputs) -> bool:
    """Compare only whether queries found something: which copy comes first is up to rounding."""
    return (one > 0) == (other > 0)


def map_at_r(code: ModuleType, embeddings: np.ndarray, labels: np.ndarray) -> float:
    rows, digits = torch.from_numpy(embeddings), torch.from_numpy(labels)
    return number(code.mean_average_precision_at_r(rows, digits))


def map_at_r_of_each(code: ModuleType, sets: list[dict[str, np.ndarray]]) -> dict[str, float]:
    return {f"set {i}": map_at_r(code, **one) for i, one in enumerate(sets, start=1)}


def alike_with_ties(one: float, other: float, _: Inputs) -> bool:
    """Compare up to what two neighbours at the same distance can make of a whole ranking."""
    return equal(one, other, Tolerance(absolute=0.01, equal_nan=True))


def map_of_nothing(code: ModuleType, embeddings: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Return the value, or what was raised instead."""
    try:
        return {"value": map_at_r(code, embeddings, labels), "error": ""}
    except NotImplementedError:
        raise
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        return {"value": None, "error": f"{type(error).__name__}: {error}"}


def judge_nothing(observed: dict[str, Any], _: Any, __: Inputs) -> None:
    if observed["value"] != 0:
        came = observed["error"] or f"the value {observed['value']}"
        raise Mismatch(
            f"Where no example has another of its class: {came}.", "Expected 0: nothing was found."
        )


def rows_and_labels(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    rows = torch.rand(count, 2, generator=torch.Generator().manual_seed(seed))  # (count, 2)
    return rows, torch.arange(count) % 10


def memory_of_knn(code: ModuleType, seed: int) -> bool:
    """Return whether the memory is bounded; 60,000 x 10,000 distances are 2.4 GB."""
    gallery, labels = rows_and_labels(60_000, seed)
    queries, _ = rows_and_labels(10_000, seed + 1)
    return stays_bounded(lambda: code.knn_classify(gallery, labels, queries, k=5))


def memory_of_recall(code: ModuleType, seed: int) -> bool:
    """Return whether the memory is bounded; 60,000 x 60,000 distances are 14.4 GB."""
    embeddings, labels = rows_and_labels(60_000, seed)
    return stays_bounded(lambda: code.recall_at_k(embeddings, labels, k=1))


def judge_memory(observed: bool, _: Any, __: Inputs) -> None:
    if observed is not True:
        raise Mismatch(
            "All pairs of 60,000 rows at once do not fit into 2 GB of memory.",
            "Expected one block of rows after the other.",
        )


def is_beside_the_point(_: Any, __: Any, ___: Inputs) -> bool:
    """Let this check say nothing about which mistake it was: it goes with any of them."""
    return True


def number(value: Any) -> float:
    """Return one number as a float, whether it comes as a tensor, an array or a plain number."""
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        kind = f"shape {tuple(value.shape)}" if hasattr(value, "shape") else type(value).__name__
        raise Mismatch(f"Returned {kind}.", "Expected one number.") from None


RANDOM_QUERIES = "random queries"
RANDOM_EXAMPLES = "random examples, K from 1 to 8"
UNEVEN = "classes of different sizes"
BOUNDED = "bounded memory"

CHECKS = [
    Check(
        KNN,
        "three queries among the six points",
        1,
        six_points_as_gallery,
        knn,
        VOTE,
        companion=RANDOM_QUERIES,
    ),
    Check(KNN, RANDOM_QUERIES, 2, random_gallery, knn, VOTE),
    Check(
        KNN,
        "a tie goes to the class of the nearest",
        1,
        tied_votes,
        knn,
        VOTE,
        # One of two classes for each of six queries: who guesses is right in one of 64 runs.
        companion=RANDOM_QUERIES,
    ),
    Check(
        KNN,
        BOUNDED,
        1,
        many_rows,
        memory_of_knn,
        VOTE,
        judge=judge_memory,
        alike=is_beside_the_point,
        companion=RANDOM_QUERIES,
    ),
    Check(
        MEAN_NAME,
        "the six points",
        1,
        six_points_as_queries,
        nearest_mean,
        MEAN,
        companion=RANDOM_QUERIES,
    ),
    Check(MEAN_NAME, RANDOM_QUERIES, 1, skewed_gallery, nearest_mean, MEAN),
    Check(
        MEAN_NAME,
        "a class without examples",
        1,
        missing_class,
        error_of_missing_class,
        MEAN,
        judge=judge_missing_class,
        alike=alike_missing_class,
        companion=RANDOM_QUERIES,
    ),
    Check(RECALL_NAME, "the six points", 1, six_points, recall, RECALL, companion=RANDOM_EXAMPLES),
    Check(RECALL_NAME, RANDOM_EXAMPLES, 1, random_embeddings, recall, RECALL),
    Check(
        RECALL_NAME,
        "copies: out by index, not by rank",
        1,
        copies,
        recall_of_copies,
        RECALL,
        alike=alike_on_copies,
        companion=RANDOM_EXAMPLES,
    ),
    Check(
        RECALL_NAME,
        BOUNDED,
        1,
        many_rows,
        memory_of_recall,
        VOTE,
        judge=judge_memory,
        alike=is_beside_the_point,
        companion=RANDOM_EXAMPLES,
    ),
    Check(
        MAP_NAME,
        "the six points",
        1,
        six_points_of_map,
        map_at_r,
        MAP,
        alike=alike_with_ties,
        companion=UNEVEN,
    ),
    Check(MAP_NAME, UNEVEN, 1, uneven, map_at_r_of_each, MAP),
    Check(
        MAP_NAME,
        "nothing to find",
        1,
        one_of_each_class,
        map_of_nothing,
        MAP,
        judge=judge_nothing,
        alike=is_beside_the_point,
        companion=UNEVEN,
    ),
]
