"""Nearest neighbours in tiles that stay in the processor's cache: what chapter 6 finds, sooner.

The textbook form sorts out the k nearest of a whole row of distances. Here a row is first thinned
out: of each group of gallery examples only the smallest distance is kept.
"""

import torch
from torch import Tensor

QUERIES, TILE, GROUP = 512, 2_048, 32


def nearest(gallery: Tensor, queries: Tensor, k: int) -> Tensor:
    """Return the indices (n, k) of the k nearest gallery examples of each query, nearest first.

    gallery (m, dim), queries (n, dim); k is at most m. The k nearest lie within the k groups with
    the smallest minima: any other group's minimum has k examples before it, one in each of those.
    """
    missing = -len(gallery) % TILE
    padded = torch.cat([gallery, gallery.new_zeros(missing, gallery.shape[1])])
    squared = padded.square().sum(dim=1)  # (tiles * TILE,)
    squared[len(gallery) :] = torch.inf  # what only fills the last tile is never near
    tiles = list(zip(padded.split(TILE), squared.split(TILE), strict=True))
    width = TILE // GROUP  # groups in a tile; a group's examples lie `width` apart
    steps = torch.arange(GROUP) * width
    found = []
    for block in queries.split(QUERIES):
        minima = torch.cat(
            [
                # (rows, TILE) distances up to |query|^2, then (rows, GROUP, width)
                torch.addmm(own, block, tile.T, alpha=-2).view(-1, GROUP, width).amin(dim=1)
                for tile, own in tiles
            ],
            dim=1,
        )  # (rows, groups)
        groups = minima.topk(min(k, minima.shape[1]), dim=1, largest=False).indices
        first = groups // width * TILE + groups % width  # (rows, k) of each group its first example
        candidates = (first[:, :, None] + steps).flatten(1)  # (rows, k * GROUP)
        products = torch.bmm(padded[candidates], block[:, :, None])[:, :, 0]
        distances = squared[candidates] - 2 * products  # (rows, k * GROUP)
        order = distances.topk(k, dim=1, largest=False).indices
        found.append(candidates.gather(1, order))
    return torch.cat(found) if found else torch.zeros(0, k, dtype=torch.long)
