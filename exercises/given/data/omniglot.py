"""Characters of alphabets to learn from: Omniglot's two "minimal" background sets."""

from pathlib import PurePosixPath

import numpy as np
from PIL import Image

from ..progress import progress
from .image_folder import split
from .image_set import SIDE
from .omniglot_files import ink_of, opened

BACKGROUNDS = ("small1", "small2")  # five alphabets each; they share Greek and Latin
PEOPLE = 20  # each character was drawn once by each of so many people


def read_background(*names: str) -> dict[str, np.ndarray]:
    """Return each character's drawings, bool (20, 105, 105), True where there is ink.

    names: small1, small2, or both; a character of both comes once. The key is its alphabet and its
    number in it, such as "Greek/01". Raises DataError.
    """
    characters: dict[str, list[np.ndarray]] = {}
    archives = [opened(f"images_background_{name}.zip") for name in names]
    files = [(one, sorted(n for n in one.namelist() if n.endswith(".png"))) for one in archives]
    with progress("Reading Omniglot", sum(len(paths) for _, paths in files)) as advance:
        for archive, paths in files:
            for path in paths:
                drawings = characters.setdefault(_name_of(path), [])
                if len(drawings) < PEOPLE:
                    drawings.append(ink_of(archive, path))
                advance(1)
    return {name: np.stack(drawings) for name, drawings in characters.items()}


def _name_of(path: str) -> str:
    """Return "Greek/01" for "images_background_small1/Greek/character01/0394_01.png"."""
    _, alphabet, character, _ = PurePosixPath(path).parts
    return f"{alphabet.replace('_', ' ')}/{character.removeprefix('character')}"


def shrunk(ink: np.ndarray) -> np.ndarray:
    """Return drawings (n, 105, 105) as MNIST's images are: uint8 (n, 28, 28), light on dark.

    Each pixel has the share of ink of the area that it covers.
    """
    boxes = [
        Image.fromarray(one).resize((SIDE, SIDE), Image.Resampling.BOX)
        for one in ink.astype(np.uint8) * 255
    ]
    return np.stack([np.asarray(one) for one in boxes])


def read_omniglot() -> tuple[list[np.ndarray], tuple[str, ...]]:
    """Return train images (n, 28, 28), their labels, test images, their labels; and the names.

    A character is a class. Of each, five drawings of the twenty are for the test set.
    """
    characters = read_background(*BACKGROUNDS)
    return split([list(shrunk(ink)) for ink in characters.values()]), tuple(characters)
