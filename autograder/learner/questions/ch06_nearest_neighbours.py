"""Small batches for chapter 6: a handful of points in the plane, none two as near as another."""

from typing import Any

import numpy as np

from ...grading.check import Inputs
from .small_batch import SmallBatch, call_lines, entry, grid

MOST = 9  # a coordinate


def without_ties(random: np.random.Generator, count: int, others: int = 0) -> np.ndarray:
    """Draw points of which no two are as near to a third one as each other."""
    while True:
        points = grid(random, count + others, MOST)
        squares = np.square(points[:, None] - points[None]).sum(axis=2)  # (n, n)
        if all(len(set(row)) == len(row) for row in squares.tolist()):
            return points


def four_and_two(random: np.random.Generator) -> Inputs:
    """Draw four examples of three digits and two queries; of each four, one has two votes."""
    gallery, queries = np.split(without_ties(random, 4, 2), [4])
    labels = random.permutation([2, 5, 5, 8])
    return {"gallery": gallery, "labels": labels, "queries": queries, "k": 3}


def four_and_three(random: np.random.Generator) -> Inputs:
    gallery, queries = np.split(without_ties(random, 4, 3), [4])
    return {"gallery": gallery, "labels": random.permutation([0, 0, 0, 1]), "queries": queries}


def examples(random: np.random.Generator) -> Inputs:
    labels = random.permutation([[1, 1, 1, 4], [1, 1, 4, 4]][random.integers(2)])
    return {"embeddings": without_ties(random, 4), "labels": labels}


def examples_and_k(random: np.random.Generator) -> Inputs:
    return {**examples(random), "ks": [2]}


def examples_in_sets(random: np.random.Generator) -> Inputs:
    return {"sets": [examples(random)]}


def of_knn(inputs: Inputs) -> list[str]:
    gallery, labels, queries, k = (inputs[name] for name in ("gallery", "labels", "queries", "k"))
    return call_lines("knn_classify", gallery=gallery, gallery_labels=labels, queries=queries, k=k)


def of_mean(inputs: Inputs) -> list[str]:
    gallery, labels, queries = (inputs[name] for name in ("gallery", "labels", "queries"))
    return call_lines(
        "nearest_mean_classify", gallery=gallery, gallery_labels=labels, queries=queries
    )


def of_recall(inputs: Inputs) -> list[str]:
    given = {"embeddings": inputs["embeddings"], "labels": inputs["labels"], "k": inputs["ks"][0]}
    return call_lines("recall_at_k", **given)


def of_map(inputs: Inputs) -> list[str]:
    return call_lines("mean_average_precision_at_r", **inputs["sets"][0])


def labels_of(value: Any) -> Any:
    return value


BATCHES = (
    SmallBatch(
        "knn_classify",
        "random queries",
        four_and_two,
        of_knn,
        labels_of,
        (
            "knn-only-the-nearest",
            "knn-farthest",
            "knn-tie-smallest-label",
            "knn-kth-only",
            "knn-dot-product",
            "knn-index-of-the-winner",
            "knn-mean-of-labels",
        ),
    ),
    SmallBatch(
        "nearest_mean_classify",
        "random queries",
        four_and_three,
        of_mean,
        labels_of,
        (
            "mean-nearest-example",
            "mean-sum",
            "mean-farthest",
            "mean-dot-product",
            "mean-over-the-gallery-size",
            "mean-median",
            "mean-product-once",
        ),
    ),
    SmallBatch(
        "recall_at_k",
        "random examples, K from 1 to 8",
        examples_and_k,
        of_recall,
        entry("K = 2"),
        (
            "recall-all-must-be-right",
            "recall-every-right-neighbour",
            "recall-query-finds-itself",
            "recall-one-too-few",
            "recall-share-of-the-neighbours",
            "recall-mean-over-classes",
            "recall-count",
        ),
    ),
    SmallBatch(
        "mean_average_precision_at_r",
        "classes of different sizes",
        examples_in_sets,
        of_map,
        entry("set 1"),
        (
            "map-precision-at-every-rank",
            "map-whole-ranking",
            "map-r-precision",
            "map-query-finds-itself",
            "map-lone-queries-as-zero",
            "map-divided-by-the-hits",
            "map-reciprocal-rank",
            "map-over-all-examples",
        ),
    ),
)
