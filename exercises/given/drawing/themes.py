"""Draw one figure twice: for a light page, and for a dark one."""

from collections.abc import Iterator
from io import BytesIO

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_hex, to_rgba, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.text import Text
from PIL import Image

from .plots import GROUND, INK, STYLE, as_written

IN_THE_DARK = {INK: "#dadada", GROUND: "#121212"}
COLOURED = (
    "color",
    "edgecolor",
    "facecolor",
    "markeredgecolor",
    "markerfacecolor",
    "hatchcolor",
)


def light_and_dark(figure: Figure) -> tuple[bytes, bytes]:
    """Return the figure as two pictures in PNG. The figure itself is dark afterwards."""
    light = _png(figure)
    for artist in _artists(figure):
        _darken(artist)
    return light, _png(figure)


def _png(figure: Figure) -> bytes:
    drawn = BytesIO()
    with mpl.rc_context(STYLE):
        as_written(figure).savefig(drawn, format="png", facecolor=figure.get_facecolor())
    # 256 colours are enough for a plot, and take a third of the room.
    small = BytesIO()
    with Image.open(drawn) as picture:
        few = picture.convert("RGB").quantize(
            256, method=Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE
        )
        few.save(small, format="PNG", optimize=True)
    return small.getvalue()


def _artists(figure: Figure) -> Iterator[Artist]:
    for artist in figure.findobj():
        yield artist
        # A text does not count what it is framed by, and points with, among its parts.
        if isinstance(artist, Text):
            parts = (artist.get_bbox_patch(), getattr(artist, "arrow_patch", None))
            yield from (part for part in parts if part is not None)


def _darken(artist: Artist) -> None:
    """Change the colours of a page, and leave those that mean something as they are."""
    if isinstance(artist, AxesImage):
        _darken_image(artist)
        return
    for name in COLOURED:
        get, change = (getattr(artist, f"{way}_{name}", None) for way in ("get", "set"))
        if get is None or change is None:
            continue
        colours = [_darkened(colour) for colour in to_rgba_array(get())]
        if colours:
            change(colours if len(colours) > 1 else colours[0])


def _darken_image(image: AxesImage) -> None:
    pixels = np.asarray(image.get_array())
    if pixels.ndim == 3 and to_hex(tuple(pixels[0, 0])) == INK:
        dark = pixels.copy()
        dark[..., :3] = to_rgba(IN_THE_DARK[INK])[:3]
        image.set_data(dark)


def _darkened(colour: np.ndarray) -> tuple[float, ...]:
    dark = IN_THE_DARK.get(to_hex(tuple(colour)))
    return tuple(colour) if dark is None else (*to_rgba(dark)[:3], float(colour[3]))
