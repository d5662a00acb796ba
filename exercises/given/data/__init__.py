"""The images to train and measure on: MNIST, which is here, another published set, or one's own."""

from .image_set import ImageSet
from .load import load_images

__all__ = ["ImageSet", "load_images"]
