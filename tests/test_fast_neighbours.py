"""The tiled search finds what sorting all distances finds."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.given.measuring import fast_neighbours
from exercises.given.measuring.fast_neighbours import nearest


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 150), st.integers(0, 30), st.integers(1, 7))
def test_the_nearest_are_those_of_a_full_sort(seed, count, queries, k):
    generator = torch.Generator().manual_seed(seed)
    gallery = torch.randn(count, 3, generator=generator, dtype=torch.float64)
    points = torch.randn(queries, 3, generator=generator, dtype=torch.float64)
    k = min(k, count)
    with pytest.MonkeyPatch.context() as patch:
        # Small tiles, so that few examples fill many of them.
        patch.setattr(fast_neighbours, "TILE", 8)
        patch.setattr(fast_neighbours, "GROUP", 2)
        patch.setattr(fast_neighbours, "QUERIES", 7)
        found = nearest(gallery, points, k)
    expected = torch.cdist(points, gallery).sort(dim=1).indices[:, :k]
    assert torch.equal(found, expected)


def test_a_gallery_that_fills_no_tile_is_searched_too():
    gallery = torch.tensor([[0.0, 3], [0, 2], [2, 3], [0, 1.5], [2, 0.5], [2, 0]])
    assert nearest(gallery, torch.tensor([[0.0, 1.6]]), 3).tolist() == [[3, 1, 0]]


def test_far_more_examples_than_a_tile_holds():
    generator = torch.Generator().manual_seed(0)
    gallery = torch.randn(9_000, 8, generator=generator)
    points = torch.randn(1_100, 8, generator=generator)
    expected = torch.cdist(points.double(), gallery.double()).topk(5, dim=1, largest=False).indices
    assert (nearest(gallery, points, 5) == expected).float().mean() > 0.999  # near ties may swap
