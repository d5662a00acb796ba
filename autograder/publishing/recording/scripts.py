"""Write data as scripts: a page that is opened as a file may load these, and nothing else."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from exercises.given.files import replacing

FOLDER = "explorables"  # inside the results of a run
GREYS = 15


def write_script(folder: Path, name: str, value: dict[str, Any]) -> None:
    """Write `value` as the script that gives it to the explorables which need `name`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    with replacing(folder / f"{name}.js") as temporary:
        temporary.write_text(f'explorableData("{name}", {text});\n', encoding="utf-8")


def floats(tensor: Tensor) -> str:
    """Return the numbers as float32, little-endian, in base64."""
    return _base64(tensor.detach().cpu().numpy().astype("<f4"))


def signed_bytes(tensor: Tensor) -> tuple[str, float]:
    """Return the numbers as one byte each, in base64, and what the byte 1 is worth."""
    unit = float(tensor.abs().max()) / 127
    return _base64((tensor / unit).round().numpy().astype(np.int8)), unit


def pictures(images: Tensor) -> str:
    """Return images (n, 1, 28, 28) in 16 greys, two pixels to a byte, in base64."""
    greys = (images.flatten(1) * GREYS).round().numpy().astype(np.uint8)  # (n, 784)
    return _base64(greys[:, 0::2] << 4 | greys[:, 1::2])


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
