"""Checks of chapter 6: classification by neighbours, and the measures of retrieval."""

from types import ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..check import Check, Inputs
from ..comparison import Mismatch

VOTE, MEAN, RECALL, MAP = "The vote", "Nearest mean", "Recall@K", "MAP@R"
KNN, RECALL_NAME, MAP_NAME = "knn_classify", "recall_at_k", "mean_average_precision_at_r"


def clusters(random: np.random.Generator, n: int, classes: int = 4) -> tuple[np.ndarray, ...]:
    """Draw overlapping clusters, so that neighbours are often of another class."""
    labels = random.permutation(np.arange(n) % classes)  # (n,) every class occurs
    centres = random.standard_normal((classes, 3))
    points = centres[labels] + 0.8 * random.standard_normal((n, 3))
    return points.astype(np.float32), labels


def six_points_as_gallery(_: np.random.Generator) -> Inputs:
    queries = np.array([[0.0, 1.6], [1.9, 2.6], [1.5, 0.2]], np.float32)
    return {"gallery": toy.POINTS.copy(), "labels": toy.LABELS.copy(), "queries": queries, "k": 3}


def random_gallery(random: np.random.Generator) -> Inputs:
    gallery, labels = clusters(random, 60)
    queries = random.standard_normal((25, 3)).astype(np.float32)
    return {"gallery": gallery, "labels": labels, "queries": queries, "k": 5}


def tied_votes(random: np.random.Generator) -> Inputs:
    """Place two examples of each of two classes so that the vote of four is a tie."""
    near, far = random.permutation(10)[:2]
    gallery = np.array([[3.0, 0], [1.0, 0], [2.0, 0], [4.0, 0], [90.0, 0]], np.float32)
    labels = np.array([far, near, far, near, far])  # from near to far: near, far, far, near
    return {"gallery": gallery, "labels": labels, "queries": np.zeros((1, 2), np.float32), "k": 4}


def knn(
    chapter: ModuleType, gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray, k: int
) -> Any:
    return chapter.knn_classify(
        torch.from_numpy(gallery), torch.from_numpy(labels), torch.from_numpy(queries), k=k
    )


def nearest_mean(
    chapter: ModuleType, gallery: np.ndarray, labels: np.ndarray, queries: np.ndarray, k: int
) -> Any:
    return chapter.nearest_mean_classify(
        torch.from_numpy(gallery), torch.from_numpy(labels), torch.from_numpy(queries)
    )


def missing_class(random: np.random.Generator) -> Inputs:
    gallery = random.standard_normal((4, 2)).astype(np.float32)
    return {"gallery": gallery, "labels": np.array([0, 2, 2, 3])}


def error_of_missing_class(chapter: ModuleType, gallery: np.ndarray, labels: np.ndarray) -> str:
    rows = torch.from_numpy(gallery)
    try:
        answer = chapter.nearest_mean_classify(rows, torch.from_numpy(labels), rows)
    except ValueError as error:
        return f"ValueError: {error}"
    return f"the answer {answer.tolist()}"


def judge_missing_class(observed: str, _: Any, __: Inputs) -> None:
    if not (observed.startswith("ValueError") and "1" in observed):
        raise Mismatch(
            f"With no example of class 1: {observed}.",
            "Expected a ValueError that names class 1, since a mean of nothing is no prototype.",
        )


def six_points(_: np.random.Generator) -> Inputs:
    return {"embeddings": toy.POINTS.copy(), "labels": toy.LABELS.copy()}


def random_embeddings(random: np.random.Generator) -> Inputs:
    embeddings, labels = clusters(random, 50)
    return {"embeddings": embeddings, "labels": labels}


def copies(random: np.random.Generator) -> Inputs:
    """Draw every example twice, with other labels: the copy is as near as the query itself."""
    points = random.standard_normal((6, 3)).astype(np.float32)
    labels = random.permutation(np.repeat([0, 1, 2, 3], 3))
    return {"embeddings": np.concatenate([points, points]), "labels": labels}


def uneven(random: np.random.Generator) -> Inputs:
    """Draw classes of 1, 2, 5 and 8 examples: R differs, and is zero for one."""
    labels = random.permutation(np.repeat([0, 1, 2, 3], [1, 2, 5, 8]))
    return {"embeddings": random.standard_normal((16, 2)).astype(np.float32), "labels": labels}


def recall(chapter: ModuleType, embeddings: np.ndarray, labels: np.ndarray) -> Any:
    rows, digits = torch.from_numpy(embeddings), torch.from_numpy(labels)
    return {f"K = {k}": float(chapter.recall_at_k(rows, digits, k=k)) for k in (1, 2, 4)}


def recall_of_copies(chapter: ModuleType, embeddings: np.ndarray, labels: np.ndarray) -> float:
    return float(chapter.recall_at_k(torch.from_numpy(embeddings), torch.from_numpy(labels)))


def map_at_r(chapter: ModuleType, embeddings: np.ndarray, labels: np.ndarray) -> float:
    rows, digits = torch.from_numpy(embeddings), torch.from_numpy(labels)
    return float(chapter.mean_average_precision_at_r(rows, digits))


CHECKS = [
    Check(KNN, "three queries among the six points", 1, six_points_as_gallery, knn, VOTE),
    Check(KNN, "random queries", 2, random_gallery, knn, VOTE),
    Check(KNN, "a tie goes to the class of the nearest", 2, tied_votes, knn, VOTE),
    Check("nearest_mean_classify", "random queries", 2, random_gallery, nearest_mean, MEAN),
    Check(
        "nearest_mean_classify",
        "a class without examples",
        1,
        missing_class,
        error_of_missing_class,
        MEAN,
        judge_missing_class,
    ),
    Check(RECALL_NAME, "the six points", 1, six_points, recall, RECALL),
    Check(RECALL_NAME, "random examples, K = 1, 2 and 4", 2, random_embeddings, recall, RECALL),
    Check(RECALL_NAME, "copies: out by index, not by rank", 1, copies, recall_of_copies, RECALL),
    Check(MAP_NAME, "the six points", 1, six_points, map_at_r, MAP),
    Check(MAP_NAME, "classes of different sizes", 2, uneven, map_at_r, MAP),
]
