"""Chapter 8: principal components against the eigenvectors of the covariance."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

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
