"""Chapter 8: principal components against the eigenvectors of the covariance."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.chapters import find_chapter
from autograder.grading.checks.ch08_embedding_space import random_rows
from autograder.grading.grade import Grader, Known
from autograder.isolation.in_process import InProcess
from solutions.ch08_embedding_space import pca

SEEDS = range(5)


def pca_by_eigenvectors(x, k):
    centred = x - x.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / (len(x) - 1))
    order = np.argsort(values)[::-1][:k]
    components = vectors[:, order].T
    return centred @ components.T, components, values[order] / values.sum()


def draw(seed, n=20, dim=6):
    random = np.random.default_rng(seed)
    # Axes of clearly different spread, turned, far from the origin.
    spread = random.standard_normal((n, dim)) * 2.0 ** -np.arange(dim)
    turn, _ = np.linalg.qr(random.standard_normal((dim, dim)))
    return spread @ turn + 5


@pytest.mark.parametrize(("n", "dim", "k"), [(20, 6, 2), (20, 6, 6), (5, 9, 3)])
@pytest.mark.parametrize("seed", SEEDS)
def test_pca_equals_the_eigenvectors_up_to_sign(seed, n, dim, k):
    x = draw(seed, n, dim)
    projection, components, ratio = (part.numpy() for part in pca(torch.from_numpy(x), k))
    expected_projection, expected_components, expected_ratio = pca_by_eigenvectors(x, k)
    assert projection.shape == (n, k)
    assert components.shape == (k, dim)
    signs = np.sign((components * expected_components).sum(axis=1))  # (k,)
    np.testing.assert_allclose(components, signs[:, None] * expected_components, atol=1e-8)
    np.testing.assert_allclose(projection, signs * expected_projection, atol=1e-8)
    np.testing.assert_allclose(ratio, expected_ratio, atol=1e-10)


@settings(deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(2, 12), dim=st.integers(1, 8), data=st.data())
def test_components_are_unit_rows_and_the_shares_fall(seed, n, dim, data):
    k = data.draw(st.integers(1, min(n, dim)))
    x = torch.from_numpy(np.random.default_rng(seed).standard_normal((n, dim)))
    projection, components, ratio = pca(x, k)
    identity = torch.eye(k, dtype=x.dtype)
    torch.testing.assert_close(components @ components.T, identity, atol=1e-8, rtol=0)
    torch.testing.assert_close(projection, (x - x.mean(dim=0)) @ components.T)
    assert (ratio.diff() <= 1e-12).all()
    assert (ratio >= 0).all()
    assert ratio.sum() <= 1 + 1e-9


def test_all_components_together_lose_nothing():
    x = torch.from_numpy(draw(0))
    projection, components, ratio = pca(x, 6)
    torch.testing.assert_close(projection @ components + x.mean(dim=0), x)
    assert ratio.sum().item() == pytest.approx(1)


def test_the_projection_is_centred_and_as_wide_as_the_points():
    x = torch.tensor([[1.0, 7.0], [3.0, 7.0], [5.0, 7.0]])
    projection, components, ratio = pca(x, 1)
    torch.testing.assert_close(projection[:, 0].abs(), torch.tensor([2.0, 0.0, 2.0]))
    torch.testing.assert_close(components.abs(), torch.tensor([[1.0, 0.0]]))
    assert ratio.tolist() == pytest.approx([1.0])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equal_rows_have_no_variance_to_share_out(dtype):
    for part in pca(torch.ones(4, 3, dtype=dtype), 2):
        assert part.isfinite().all()
        assert part.dtype == dtype
    assert pca(torch.ones(4, 3, dtype=dtype), 2)[2].tolist() == [0, 0]


# What the checks see of code that is written in other ways

OTHER_CODE = """
import numpy as np
import torch

def pca(x, k):
    {centre}
    {decompose}
    return {projection}, {components}, {shares}
"""
BY_SVD = {
    "centre": "c = x - x.mean(dim=0)",
    "decompose": "_, s, v = torch.linalg.svd(c, full_matrices=False)",
    "projection": "c @ v[:k].T",
    "components": "v[:k]",
    "shares": "s[:k] ** 2 / (s ** 2).sum()",
}
BY_EIGH = BY_SVD | {
    "decompose": "w, v = torch.linalg.eigh(c.T @ c); w, v = w.flip(0), v.flip(1)",
    "projection": "c @ v[:, :k]",
    "components": "v[:, :k].T",
    "shares": "w[:k] / w.sum()",
}
KNOWN = Known()


def checked(folder, edits):
    """Return what the two checks say: a status, or the mistakes that they name."""
    (folder / "ch08_embedding_space.py").write_text(OTHER_CODE.format(**edits), encoding="utf-8")
    records = Grader(InProcess(folder), 0, KNOWN).grade_name(find_chapter("8"), "pca")
    return [record.misconception or str(record.status) for record in records]


@pytest.mark.parametrize(
    "edits",
    [
        BY_SVD,
        BY_SVD | {"decompose": "_, s, v = torch.linalg.svd(c)"},
        BY_SVD | {"centre": "c = x.double() - x.double().mean(dim=0)"},
        BY_EIGH,
        BY_EIGH | {"shares": "(c @ v[:, :k]).var(dim=0) / c.var(dim=0).sum()"},
    ],
    ids=range(5),
)
def test_these_ways_are_right_too(tmp_path, edits):
    assert checked(tmp_path, edits) == ["passed", "passed"]


IN_DOUBLE = {"centre": "c = x.double(); c = c - c.mean(dim=0)"}
OTHER_WAYS = [
    ("pca-changes-x", "passed", BY_SVD | {"centre": "x -= x.mean(dim=0); c = x"}),
    (
        "pca-columns-of-vh",
        "pca-columns-of-vh",
        BY_EIGH | IN_DOUBLE | {"projection": "c @ v[:k].T", "components": "v[:k]"},
    ),
    (
        "pca-columns-of-vh",
        "pca-columns-of-vh",
        BY_SVD | IN_DOUBLE | {"projection": "c @ v[:, :k]", "components": "v[:, :k].T"},
    ),
    (
        "pca-columns-of-vh",
        "pca-columns-of-vh",
        BY_EIGH
        | {"decompose": "w, v = torch.linalg.eigh(c.T @ c)"}
        | {"projection": "c @ v[:k].T", "components": "v[:k]"},
    ),
    ("held back", "pca-components-as-columns", BY_EIGH | {"components": "v[:, :k]"}),
    (
        "held back",
        "pca-components-as-columns + pca-returns-columns",
        BY_SVD | {"components": "v[:, :k]"},
    ),
    (
        "pca-coordinates-turned-round",
        "pca-coordinates-turned-round",
        BY_EIGH | {"decompose": "w, v = torch.linalg.eigh(c.T @ c); w, v = w.flip(0), v.flip(0)"},
    ),
    (
        "pca-ratio-not-squared",
        "pca-ratio-not-squared + pca-ratio-of-kept",
        BY_SVD | {"shares": "s[:k] / s[:k].sum()"},
    ),
    (
        "pca-two-counts",
        "pca-two-counts",
        BY_SVD | {"shares": "(c @ v[:k].T).var(0, correction=0) / c.var(0).sum()"},
    ),
    ("pca-variances", "pca-variances", BY_EIGH | {"shares": "w[:k] / len(x)"}),
]


@pytest.mark.parametrize(("points", "rows", "edits"), OTHER_WAYS, ids=range(len(OTHER_WAYS)))
def test_other_ways_to_make_a_mistake_are_named_as_well(tmp_path, points, rows, edits):
    assert checked(tmp_path, edits) == [points, rows]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_random_rows_have_the_same_spreads_under_every_seed(seed):
    inputs = random_rows(np.random.default_rng(seed))
    _, _, ratio = pca(torch.from_numpy(inputs["x"]), 5)
    spreads = np.square([5, 3.5, 2.4, 1.6, 1.1])
    np.testing.assert_allclose(ratio, spreads / spreads.sum(), rtol=1e-4)
