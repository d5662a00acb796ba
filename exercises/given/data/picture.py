"""Turn one image file into what MNIST's images are: 28 x 28 greys, light ink on a dark ground."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from .image_set import SIDE

LIGHT = 128
WIDE_MODES = ("I", "F")  # whole numbers of 16 or 32 bits, as in a 16-bit PNG, and floats
SIXTEEN_BITS = 65_535


def read_picture(path: Path) -> np.ndarray:
    """Return an image file as uint8 (28, 28), grey, with its aspect kept.

    An image on a light ground is inverted. Raises OSError, or what else Pillow raises, if the
    file is broken or is no image.
    """
    with Image.open(path) as opened:
        # A large JPEG can be decoded at a fraction of its size; it stays several times too large.
        opened.draft("RGB", (8 * SIDE, 8 * SIDE))
        grey = grey_of(ImageOps.exif_transpose(opened))
    small = fitted(grey)
    return fill_up(255 - small if ground_of(small) >= LIGHT else small)


def grey_of(image: Image.Image) -> Image.Image:
    """Return an image of any kind as 8-bit greys; what is transparent becomes its ground."""
    if image.mode.startswith(WIDE_MODES):
        return narrowed(np.asarray(image, dtype=np.float64))
    if image.has_transparency_data:
        return on_a_ground(image.convert("RGBA"))
    return image.convert("RGB").convert("L")


def narrowed(values: np.ndarray) -> Image.Image:
    """Return values (h, w) of more than 8 bits as 8-bit greys.

    What fits into 16 bits is taken for 16 bits; other values are taken from their least to their
    largest.
    """
    low, high = float(values.min()), float(values.max())
    if low >= 0 and 1 < high <= SIXTEEN_BITS:
        low, high = 0.0, float(SIXTEEN_BITS)
    scaled = (values - low) / ((high - low) or 1.0) * 255
    return Image.fromarray(scaled.round().astype(np.uint8))


def on_a_ground(image: Image.Image) -> Image.Image:
    """Return an image with transparency on white, or on black where what is drawn is light."""
    grey, opacity = image.convert("L"), image.getchannel("A")
    weight = np.asarray(opacity, dtype=np.float64)  # (h, w)
    drawn = float((np.asarray(grey) * weight).sum() / max(weight.sum(), 1.0))
    ground = Image.new("L", image.size, 0 if drawn >= LIGHT else 255)
    ground.paste(grey, mask=opacity)
    return ground


def fitted(grey: Image.Image) -> np.ndarray:
    """Return greys whose longer side is 28 pixels, (h, w), the shorter one in proportion."""
    scale = SIDE / max(grey.size)
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
    return np.asarray(grey.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0))


def ground_of(greys: np.ndarray) -> float:
    """Return the median grey along the border of an image (h, w)."""
    border = np.concatenate([greys[0], greys[-1], greys[:, 0], greys[:, -1]])
    return float(np.median(border))


def fill_up(greys: np.ndarray) -> np.ndarray:
    """Return (28, 28): the image (h, w) in the middle, its own ground around it."""
    whole = np.full((SIDE, SIDE), round(ground_of(greys)), dtype=np.uint8)
    height, width = greys.shape
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    whole[top : top + height, left : left + width] = greys
    return whole
