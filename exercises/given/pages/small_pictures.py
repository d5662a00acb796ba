"""Pictures that a page holds in itself: maps in two colours of a page, and single images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image
from torch import Tensor

from ..data import ImageSet
from ..drawing.class_plots import draw_map, shortened
from ..drawing.plots import new_figure
from ..drawing.themes import light_and_dark
from ..measuring.worst_neighbours import WrongNeighbours
from .page_templates import as_data

MAP_SIDE = 6.0  # inches
MAPS = {"tsne_embedding": "the embedding", "tsne_pixels": "pixels"}


@dataclass(frozen=True)
class PageMap:
    """A map of the test images in one space, for a light page and for a dark one."""

    space: str
    light: str
    dark: str


@dataclass(frozen=True)
class SmallImage:
    """One image of a strip: the class that it is of, and whether that is the query's."""

    name: str
    is_right: bool
    picture: str


def page_maps(
    arrays: Mapping[str, np.ndarray], images: ImageSet, unseen: Sequence[int]
) -> list[PageMap]:
    """Return the t-SNE maps that a run has drawn, from its arrays."""
    labels = images.test_labels[arrays["map_rows"]].numpy()
    maps = []
    for name, space in MAPS.items():
        figure, axes = new_figure(width=MAP_SIDE, height=MAP_SIDE)
        draw_map(axes, arrays[name], labels, unseen, images.class_names, "")
        axes.axis("off")
        light, dark = light_and_dark(figure)
        maps.append(PageMap(space, as_data(light), as_data(dark)))
    return maps


def strips_of(
    found: WrongNeighbours, images: Tensor, labels: Tensor, names: Sequence[str]
) -> list[list[SmallImage]]:
    """Return a strip for each of the worst queries: the query, then its nearest neighbours.

    images (n, 1, h, w) and labels (n,) are the points that were searched.
    """

    def small(row: int, query: int) -> SmallImage:
        name = shortened(names[int(labels[row])])
        return SmallImage(name, bool(labels[row] == labels[query]), _picture(images[row, 0]))

    return [
        [small(row, query) for row in (query, *nearest)]
        for query, nearest in zip(found.rows.tolist(), found.nearest.tolist(), strict=True)
    ]


def _picture(image: Tensor) -> str:
    greys = (image.clamp(0, 1) * 255).round().numpy().astype(np.uint8)  # (h, w)
    written = BytesIO()
    Image.fromarray(greys).save(written, format="PNG")
    return as_data(written.getvalue())
