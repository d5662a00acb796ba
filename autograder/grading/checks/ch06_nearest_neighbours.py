"""Checks of chapter 6: classification by neighbours, and the measures of retrieval."""

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..bounded import Enough, NotTooLong, stays_bounded
from ..check import Check, Inputs
from ..comparison import VALUE, Mismatch, compare, describe, equal

VOTE, MEAN, RECALL, MAP = "The vote", "Nearest mean", "Recall@K", "MAP@R"
KNN, MEAN_NAME, RECALL_NAME, MAP_NAME = (
    "knn_classify",
    "nearest_mean_classify",
    "recall_at_k",
    "mean_average_precision_at_r",
)
SECONDS = 1.0  # of processor time, of a thousand queries
UNCHANGED = "unchanged"
AMONG_COPIES, AMONG_MANY = "among_copies", "among_many"
FROM_ITS_COPY, FROM_TWO_COPIES = "from_its_copy", "from_two_copies"


# Inputs: wherever the order of neighbours matters, no two are so near that rounding decides it.

# The six points, moved a little: of their distances, angles and products, no two are the same.
SIX_POINTS = toy.POINTS + np.array(
    [[0, 2], [-3, -4], [2, 3], [4, -1], [-2, 1], [-1, -2]], np.float32
) / np.float32(100)  # (6, 2)


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
    queries = np.array([[0.0, 1.6], [1.2, 2.2], [0.3, 1.7]], np.float32)
    ks = [1, 3]  # odd: of two classes, none is tied
    return {"gallery": SIX_POINTS.copy(), "labels": toy.LABELS.copy(), "queries": queries, "ks": ks}


def random_gallery(random: np.random.Generator) -> Inputs:
    """Draw a gallery and queries without a k, the default is 5, where any other vote is wrong."""
    offset = away_from_the_origin(random, 3)

    def draw() -> dict[str, np.ndarray]:
        gallery, labels = clusters(random, [8, 12, 18, 22])
        queries = random.standard_normal((40, 3)).astype(np.float32)
        return {"gallery": gallery + offset, "labels": labels, "queries": queries + offset}

    def is_clear(gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray) -> bool:
        to_gallery = distances(queries, gallery)  # (n, m)
        order = np.argsort(to_gallery, axis=1)[:, :6]  # (n, 6)
        near, radii = labels[order].tolist(), np.take_along_axis(to_gallery, order, axis=1).tolist()
        right = [vote_of(row[:5]) for row in near]
        others = zip(*map(other_votes, near, radii), strict=True)
        is_any_vote_wrong = all(right != list(other) for other in others)
        together = vote_of([label for row in near for label in row[:5]])
        return is_clear_ranking(to_gallery, 6) and is_any_vote_wrong and right[0] != together

    return drawn_until(draw, is_clear)


def vote_of(near: list[int]) -> int:
    """Return the label that comes most often; of equals the one that is met first."""
    return Counter(near).most_common(1)[0][0]


def other_votes(near: list[int], radii: list[float]) -> list[float]:
    """Return what other ways of voting make of the six nearest labels: ties, weights, a mean."""
    five, counts = near[:5], Counter(near[:5])
    tied = [label for label in counts if counts[label] == max(counts.values())]
    last = {label: place for place, label in enumerate(five)}  # place of each one's last vote
    weights: dict[int, float] = dict.fromkeys(five, 0.0)
    sums = dict(weights)
    for label, radius in zip(five, radii, strict=False):
        weights[label] += 1 / radius
        sums[label] += radius
    of_ties = [
        min(tied),
        max(tied),
        max(tied, key=last.__getitem__),
        min(tied, key=last.__getitem__),
        min(tied, key=sums.__getitem__),
    ]
    others = [vote_of(near[:4]), vote_of(near), max(weights, key=weights.__getitem__)]
    return [*of_ties, *others, round(float(np.mean(five)))]


def away_from_the_origin(random: np.random.Generator, length: float) -> np.ndarray:
    """Draw an offset of this length: the origin is no special place."""
    direction = random.standard_normal(3)
    offset: np.ndarray = length * direction / np.linalg.norm(direction)
    return offset.astype(np.float32)


def skewed_gallery(random: np.random.Generator) -> Inputs:
    """Draw ten classes of different sizes with long tails, so that a mean is no median.

    Each class is the nearest of some query. There are ten, so that code which expects ten digits
    shows here what else is wrong with it.
    """
    offset = away_from_the_origin(random, 1.5)

    def draw() -> dict[str, np.ndarray]:
        sizes = [3, 3, 3, 5, 5, 9, 9, 13, 17, 31]
        labels = random.permutation(np.repeat(np.arange(10), sizes))  # (98,)
        centres, tails = random.standard_normal((2, 10, 3))
        gallery = centres[labels] + random.exponential(2.0, size=(98, 3)) * np.sign(tails)[labels]
        queries = 2 * random.standard_normal((120, 3))
        return {
            "gallery": gallery.astype(np.float32) + offset,
            "labels": labels,
            "queries": queries.astype(np.float32) + offset,
        }

    def is_clear(gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray) -> bool:
        means = np.stack([gallery[labels == digit].mean(axis=0) for digit in range(10)])
        to_means = distances(queries, means)  # (n, 10)
        return is_clear_ranking(to_means, 1) and len(set(to_means.argmin(axis=1).tolist())) == 10

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
    """Place two examples of each of two classes around each query: two and four votes are tied."""
    while True:
        tied = place_ties(random)
        # One of two labels for each query: another ranking can be right by luck.
        if not is_ranked_otherwise(**tied):
            return {**tied, "ks": [2, 4]}


def place_ties(random: np.random.Generator) -> dict[str, np.ndarray]:
    # Neither is its place among the two.
    small, large = np.sort(random.choice(np.arange(2, 10), size=2, replace=False))
    grid = np.mgrid[-1:2, -1:3].reshape(2, -1).T
    queries = 20.0 + 40.0 * random.permutation(grid)  # (12, 2), none where all angles are the same
    gallery, labels = [], []
    for query, (owners, radii) in zip(queries, 2 * TIES, strict=True):
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
        "gallery": SIX_POINTS.copy(),
        "labels": toy.LABELS.copy(),
        "queries": SIX_POINTS.copy(),
    }


def missing_class(random: np.random.Generator) -> Inputs:
    """Draw six classes on a ring beside the origin, one of the first without an example.

    The last queries are near the origin, where a prototype of zeros would be the nearest. It would
    be the farthest, and have the smallest product, for those that are across the ring. Class 0
    comes last: where its examples stand is then not the number of the missing class by chance.
    """
    missing = int(random.integers(1, 3))
    labels = np.roll(np.delete(np.arange(6), missing), -1).repeat(2)  # (10,)
    angles = 2 * np.pi * labels / 6
    centres = 1.5 * np.stack([np.cos(angles), np.sin(angles)], axis=1) + [2.5, 0]  # (10, 2)
    gallery = (centres + random.uniform(-0.2, 0.2, size=(10, 2))).astype(np.float32)
    around = random.uniform([-2, -3], [5, 3], size=(12, 2))
    near_origin = random.uniform([-0.8, -0.3], [-0.2, 0.3], size=(8, 2))
    queries = np.concatenate([gallery, around, near_origin]).astype(np.float32)  # (30, 2)
    return {"gallery": gallery, "labels": labels, "queries": queries, "missing": missing}


def six_points(_: np.random.Generator) -> Inputs:
    return {"embeddings": SIX_POINTS.copy(), "labels": toy.LABELS.copy(), "ks": [1, 2]}


def random_embeddings(random: np.random.Generator) -> Inputs:
    """Draw classes of different sizes, one with a single example that has nothing to find.

    The nearest by the city-block distance give another recall.
    """
    ks = [1, 2, 3, 4, 6, 8]

    def draw() -> dict[str, np.ndarray]:
        embeddings, labels = clusters(random, [6, 9, 13, 17, 1])
        return {"embeddings": embeddings, "labels": labels}

    def is_clear(embeddings: np.ndarray, labels: np.ndarray) -> bool:
        to_others = distances(embeddings, embeddings)  # (n, n)
        city_blocks = np.abs(embeddings[:, None] - embeddings[None]).sum(axis=2)  # (n, n)
        recall, other = (recalls(one, labels, ks) for one in (to_others, city_blocks))
        return is_clear_ranking(to_others, 9) and recall != other

    return {**drawn_until(draw, is_clear), "ks": ks}


def recalls(to_others: np.ndarray, labels: np.ndarray, ks: list[int]) -> list[int]:
    """Return how many queries find their class among the k nearest, for each k."""
    order = np.argsort(to_others + np.diag(np.full(len(labels), np.inf)), axis=1)  # (n, n)
    found = labels[order] == labels[:, None]  # (n, n)
    return [int(found[:, :k].any(axis=1).sum()) for k in ks]


def copies(random: np.random.Generator) -> Inputs:
    """Draw examples four times each, in four classes; others twice each; and far more others.

    Of the first, all that is near is wrong. Each of the second is alone in its class with its copy.
    Of the many, which are more than a block may hold, the other of a class is never near.
    """
    others = np.concatenate([random.permutation(4) for _ in range(5)])  # (20,)
    return {
        AMONG_COPIES: shuffled(random, repeated(random, 5, times=4), others),
        FROM_ITS_COPY: shuffled(random, repeated(random, 6, times=2), np.arange(6).repeat(2)),
        AMONG_MANY: shuffled(random, *many_far_apart(random)),
    }


def repeated(random: np.random.Generator, count: int, times: int) -> np.ndarray:
    return (4 * random.standard_normal((count, 3))).repeat(times, axis=0)  # (count * times, 3)


def many_far_apart(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return 1,100 points near those of a grid, and labels that come back after half of them."""
    grid = np.mgrid[:44, :25].reshape(2, -1).T  # (1100, 2)
    return grid + random.uniform(-0.2, 0.2, size=grid.shape), np.arange(len(grid)) % 550


def shuffled(
    random: np.random.Generator, embeddings: np.ndarray, labels: np.ndarray
) -> dict[str, np.ndarray]:
    order = random.permutation(len(labels))
    return {"embeddings": embeddings.astype(np.float32)[order], "labels": labels[order]}


def uneven(random: np.random.Generator) -> Inputs:
    """Draw sets with classes of different sizes: R differs, and in two of them it is zero for one.

    Where it is zero for none, what is done with zeros hides nothing.
    """

    def draw(sizes: list[int]) -> dict[str, np.ndarray]:
        embeddings, labels = clusters(random, sizes)
        return {"embeddings": embeddings, "labels": labels}

    def is_clear(embeddings: np.ndarray, labels: np.ndarray) -> bool:
        return is_clear_ranking(distances(embeddings, embeddings), 15)

    sets = [1, 2, 5, 8], [1, 2, 5, 8], [2, 3, 5, 8]
    return {"sets": [drawn_until(partial(draw, sizes), is_clear) for sizes in sets]}


def many_rows(random: np.random.Generator) -> Inputs:
    """Draw a seed only: so many rows are made where they are needed."""
    return {"seed": int(random.integers(2**31))}


def one_of_each_class(random: np.random.Generator) -> Inputs:
    labels = random.permutation(7)
    return {"embeddings": random.standard_normal((7, 3)).astype(np.float32), "labels": labels}


# Around the origin, and each farthest from the one that is three places on.
AROUND = np.array([[10, 1], [6, 9], [-5, 8], [-11, 0], [-4, -9], [5, -10]], np.float32)


def six_points_of_map(_: np.random.Generator) -> Inputs:
    """Return the six points, and other six with copies: in two classes, in one, two in one.

    Where they are no copies, they are far apart. With two copies R is 2: so what goes wrong where
    R is 1 differs from what goes wrong at a copy.
    """
    twice, thrice = np.tile(AROUND, (2, 1)), np.tile(AROUND, (3, 1))  # (12, 2), (18, 2)
    first = np.arange(6)
    return {
        "six": {"embeddings": SIX_POINTS.copy(), "labels": toy.LABELS.copy()},
        AMONG_COPIES: {"embeddings": twice, "labels": np.append(first, (first + 3) % 6)},
        FROM_ITS_COPY: {"embeddings": twice, "labels": np.tile(first, 2)},
        FROM_TWO_COPIES: {"embeddings": thrice, "labels": np.tile(first, 3)},
    }


# Probes


def called(function: Callable[..., Any], *arrays: np.ndarray, **given: int) -> tuple[Any, bool]:
    """Return what a function gives for tensors, and whether these are afterwards as before."""
    tensors = [torch.from_numpy(array.copy()) for array in arrays]
    value = function(*tensors, **given)
    pairs = zip(tensors, arrays, strict=True)
    return value, all(np.array_equal(one.detach().numpy(), other) for one, other in pairs)


def knn(
    code: ModuleType, gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray, **k: int
) -> Any:
    return called(code.knn_classify, gallery, labels, queries, **k)[0]


def knn_of_six_points(
    code: ModuleType, gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray, ks: list[int]
) -> dict[str, Any]:
    found = {f"k = {k}": called(code.knn_classify, gallery, labels, queries, k=k) for k in ks}
    return with_unchanged(found)


def knn_of_ties(
    code: ModuleType, gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray, ks: list[int]
) -> dict[str, Any]:
    return {f"k = {k}": knn(code, gallery, labels, queries, k=k) for k in ks}


def nearest_mean(
    code: ModuleType, gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray
) -> Any:
    return called(code.nearest_mean_classify, gallery, labels, queries)[0]


def nearest_mean_of_six_points(
    code: ModuleType, gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray
) -> dict[str, Any]:
    return with_unchanged({VALUE: called(code.nearest_mean_classify, gallery, labels, queries)})


def with_unchanged(found: dict[str, tuple[Any, bool]]) -> dict[str, Any]:
    """Return the values by name, and whether all calls left their arguments as they were."""
    values = {name: value for name, (value, _) in found.items()}
    return {**values, UNCHANGED: all(unchanged for _, unchanged in found.values())}


def judge_six_points(observed: dict[str, Any], expected: dict[str, Any], _: Inputs) -> None:
    compare(observed, {name: value for name, value in expected.items() if name != UNCHANGED})
    judge_unchanged(observed)


def judge_unchanged(observed: dict[str, Any]) -> None:
    if observed[UNCHANGED] is not True:
        raise Mismatch(
            "The call changed one of its arguments in place.",
            "Expected the caller's tensors to be what they were before.",
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
        answer = nearest_mean(code, gallery, labels, queries)
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


def alike_missing_class(one: dict[str, Any], other: dict[str, Any], inputs: Inputs) -> bool:
    """Compare the answers, if there are; of two errors, whether both name the class or none."""
    if one["answer"] is None or other["answer"] is None:
        names = [names_class(each["error"], inputs["missing"]) for each in (one, other)]
        return one["answer"] is other["answer"] and names[0] is names[1]
    return equal(one["answer"], other["answer"])


def recall(
    code: ModuleType, embeddings: np.ndarray, labels: np.ndarray, ks: list[int]
) -> dict[str, Any]:
    """Return the share for each K; the default is 1."""

    def of(k: int) -> tuple[Any, bool]:
        given = {} if k == 1 else {"k": k}
        value, unchanged = called(code.recall_at_k, embeddings, labels, **given)
        return number(value), unchanged

    return with_unchanged({f"K = {k}": of(k) for k in ks})


def recall_of_random_examples(code: ModuleType, **inputs: Any) -> dict[str, Any]:
    return {name: value for name, value in recall(code, **inputs).items() if name != UNCHANGED}


def recall_among_copies(
    code: ModuleType,
    among_copies: dict[str, np.ndarray],
    from_its_copy: dict[str, np.ndarray],
    among_many: dict[str, np.ndarray],
) -> dict[str, bool]:
    """Return whether queries find what they should not, and whether all find their copies."""

    def value(embeddings: np.ndarray, labels: np.ndarray) -> Any:
        return number(called(code.recall_at_k, embeddings, labels, k=1)[0])

    # Which of two copies comes first is up to rounding, and so is more than this.
    return {
        AMONG_COPIES: bool(np.any(value(**among_copies) > 0)),
        FROM_ITS_COPY: bool(np.all(value(**from_its_copy) >= 1)),
        AMONG_MANY: bool(np.any(unless_slow(lambda: value(**among_many), 0.0) > 0)),
    }


def unless_slow(call: Callable[[], Any], otherwise: Any) -> Any:
    """Return what a call returns; something else if it goes pair by pair, and takes its time."""
    try:
        with NotTooLong(SECONDS):
            return call()
    except Enough:
        return otherwise


def judge_copies(observed: dict[str, bool], _: Any, __: Inputs) -> None:
    if observed[AMONG_COPIES] is not False:
        raise Mismatch(
            "Where the nearest others are copies, all of other classes: Recall@1 is above 0.",
            "Expected 0: no query is its own neighbour.",
        )
    if observed[FROM_ITS_COPY] is not True:
        raise Mismatch(
            "Where the nearest other is a copy, of the same class: Recall@1 is below 1.",
            "Expected 1: a copy is another example.",
        )
    if observed[AMONG_MANY] is not False:
        raise Mismatch(
            "Among 1,100 examples, with none of its class near any: Recall@1 is above 0.",
            "Expected 0: no query is its own neighbour, in whichever block it comes.",
        )


def judge_numbers(observed: dict[str, Any], expected: dict[str, Any], _: Inputs) -> None:
    for name in expected:
        if isinstance(observed[name], np.ndarray):
            prefix = "" if name == VALUE else f"{name}: "
            shape = observed[name].shape
            raise Mismatch(f"{prefix}Returned shape {shape}.", "Expected one number.")
    compare(observed, expected)


def judge_recall_of_six_points(
    observed: dict[str, Any], expected: dict[str, Any], inputs: Inputs
) -> None:
    values = {name: value for name, value in expected.items() if name != UNCHANGED}
    judge_numbers(observed, values, inputs)
    judge_unchanged(observed)


def map_at_r(code: ModuleType, embeddings: np.ndarray, labels: np.ndarray) -> Any:
    return number(called(code.mean_average_precision_at_r, embeddings, labels)[0])


def map_at_r_of_each(code: ModuleType, sets: list[dict[str, np.ndarray]]) -> dict[str, Any]:
    return {f"set {i}": map_at_r(code, **one) for i, one in enumerate(sets, start=1)}


def map_at_r_of_six_points(
    code: ModuleType,
    six: dict[str, np.ndarray],
    among_copies: dict[str, np.ndarray],
    from_its_copy: dict[str, np.ndarray],
    from_two_copies: dict[str, np.ndarray],
) -> dict[str, Any]:
    """Return the value, what six points with their copies give, and what became of arguments."""
    value, unchanged = called(code.mean_average_precision_at_r, six["embeddings"], six["labels"])
    return {
        VALUE: number(value),
        # Which of two copies comes first is up to rounding, and so is more than this.
        AMONG_COPIES: bool(np.any(map_at_r(code, **among_copies) > 0)),
        FROM_ITS_COPY: map_at_r(code, **from_its_copy),
        FROM_TWO_COPIES: map_at_r(code, **from_two_copies),
        UNCHANGED: unchanged,
    }


def judge_map_at_r_of_six_points(
    observed: dict[str, Any], expected: dict[str, Any], inputs: Inputs
) -> None:
    judge_numbers(observed, {VALUE: expected[VALUE]}, inputs)
    if observed[AMONG_COPIES] is not False:
        raise Mismatch(
            "Where R is 1 and the nearest other is a copy, of another class: MAP@R is above 0.",
            "Expected 0: no query is in its own ranking.",
        )
    if not equal(observed[FROM_ITS_COPY], expected[FROM_ITS_COPY]):
        raise Mismatch(
            f"Where R is 1 and the nearest other is a copy, of the same class: MAP@R is "
            f"{describe(observed[FROM_ITS_COPY])}.",
            "Expected 1: a copy is another example.",
        )
    if not equal(observed[FROM_TWO_COPIES], expected[FROM_TWO_COPIES]):
        raise Mismatch(
            f"Where R is 2 and the nearest others are copies, of the same class: MAP@R is "
            f"{describe(observed[FROM_TWO_COPIES])}.",
            "Expected 1: both copies are other examples.",
        )
    judge_unchanged(observed)


def map_of_nothing(code: ModuleType, embeddings: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Return the value, or what was raised instead."""
    try:
        value = map_at_r(code, embeddings, labels)
    except NotImplementedError:
        raise
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        return {"value": None, "error": f"{type(error).__name__}: {error}"}
    if isinstance(value, np.ndarray):
        return {"value": None, "error": f"shape {value.shape}"}
    return {"value": value, "error": ""}


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


def alike_of_nothing(one: dict[str, Any], other: dict[str, Any], _: Inputs) -> bool:
    """Compare only whether it is 0: what else comes of a division by zero has many forms."""
    return (one["value"] == 0) is (other["value"] == 0)


def number(value: Any) -> Any:
    """Return one number as a float, whether it comes as a tensor, an array or a plain number.

    Several numbers are returned as an array.
    """
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        if isinstance(value, torch.Tensor | np.ndarray) and value.shape:
            return torch.as_tensor(value).detach().double().numpy()
        kind = type(value).__name__
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
        knn_of_six_points,
        VOTE,
        judge=judge_six_points,
        companion=RANDOM_QUERIES,
        worked=True,
    ),
    Check(KNN, RANDOM_QUERIES, 2, random_gallery, knn, VOTE),
    Check(
        KNN,
        "a tie goes to the class of the nearest",
        1,
        tied_votes,
        knn_of_ties,
        VOTE,
        # One of two classes for each of twelve queries: a guess can be right.
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
        companion=RANDOM_QUERIES,
    ),
    Check(
        MEAN_NAME,
        "the six points",
        1,
        six_points_as_queries,
        nearest_mean_of_six_points,
        MEAN,
        judge=judge_six_points,
        companion=RANDOM_QUERIES,
        worked=True,
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
    Check(
        RECALL_NAME,
        "the six points",
        1,
        six_points,
        recall,
        RECALL,
        judge=judge_recall_of_six_points,
        companion=RANDOM_EXAMPLES,
        worked=True,
    ),
    Check(
        RECALL_NAME,
        RANDOM_EXAMPLES,
        1,
        random_embeddings,
        recall_of_random_examples,
        RECALL,
        judge=judge_numbers,
    ),
    Check(
        RECALL_NAME,
        "copies: out by index, not by rank",
        1,
        copies,
        recall_among_copies,
        RECALL,
        judge=judge_copies,
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
        companion=RANDOM_EXAMPLES,
    ),
    Check(
        MAP_NAME,
        "the six points",
        1,
        six_points_of_map,
        map_at_r_of_six_points,
        MAP,
        judge=judge_map_at_r_of_six_points,
        companion=UNEVEN,
        worked=True,
    ),
    Check(MAP_NAME, UNEVEN, 1, uneven, map_at_r_of_each, MAP, judge=judge_numbers),
    Check(
        MAP_NAME,
        "nothing to find",
        1,
        one_of_each_class,
        map_of_nothing,
        MAP,
        judge=judge_nothing,
        alike=alike_of_nothing,
        companion=UNEVEN,
    ),
]
