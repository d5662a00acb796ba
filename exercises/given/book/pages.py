"""What a page of the book needs: the run that built it, and its numbers glued into the text."""

import json
import os
from base64 import b64encode
from pathlib import Path
from typing import Any

import numpy as np
import torch
from IPython.display import Image, Markdown, display
from matplotlib.figure import Figure
from myst_nb import glue

from ..data import ImageSet, load_images
from ..drawing.themes import light_and_dark
from ..studies.kept import kept_network
from ..studies.report import ARRAYS, read_results

CSS_PIXELS_PER_INCH = 96
DARK = "dark"
KILL_MATRIX = "kill_matrix.json"
BOOK = Path(__file__).resolve().parents[3] / "book"
DEFAULT_RESULTS = BOOK / "_results"
MEASURED = BOOK / "measured"


def results_folder() -> Path:
    """Return the folder of the experiment that this book is built from."""
    return Path(os.environ.get("COURSE_RESULTS") or DEFAULT_RESULTS)


def results() -> dict[str, Any]:
    """Return results.json of that experiment."""
    return read_results(results_folder())


def arrays() -> dict[str, np.ndarray]:
    """Return its arrays: train_embeddings, test_embeddings, map_rows, pca_pixels and so on."""
    with np.load(results_folder() / ARRAYS) as stored:
        return {name: stored[name] for name in stored.files}


def kill_matrix() -> list[dict[str, Any]]:
    """Return what the autograder said of each mistake that it knows, when this book was built."""
    rows: list[dict[str, Any]] = json.loads(
        (results_folder() / KILL_MATRIX).read_text(encoding="utf-8")
    )
    return rows


def measured(name: str) -> dict[str, Any]:
    """Return what takes too long to measure for each book, and is kept with it.

    "rotation", "recipes", "four" and "long" come from `triplet experiment --rotate`, "benchmarks"
    from `make bench`, "sick" from `make sick`, "breaks" from `make breaks`, "one_shot" from
    `python -m autograder.experiments.one_shot_table`, "network_to_draw_for" from the file of that
    name beside it. Each holds the conditions or the machine that it was made under.
    """
    found: dict[str, Any] = json.loads((MEASURED / f"{name}.json").read_text(encoding="utf-8"))
    return found


def trained() -> torch.nn.Module:
    """Return the network that the experiment trained, whoever wrote it."""
    return kept_network(results_folder(), results()["settings"], is_trained=True)


def untrained() -> torch.nn.Module:
    """Return that network as it was before the first step."""
    return kept_network(results_folder(), results()["settings"], is_trained=False)


def digits() -> ImageSet:
    """Return the images that the experiment ran on."""
    return load_images(results()["data"]["chosen"])


def numbers(**values: object) -> None:
    """Glue each value under its name, for {glue:text}`name` in the text of the page."""
    for name, value in values.items():
        glue(name, value, display=False)


def best_breaks(*names: str) -> None:
    """Show how many mistakes of each exercise the best known examples of `triplet break` catch."""
    found = measured("breaks")["exercises"]
    lines = [
        "| exercise | mistakes that an example can show | caught by 1 | by 2 | by 3 |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name in names:
        one = found[name]
        count = len(one["mistakes"]) - len(one["cannot_be_seen"])
        caught = " | ".join(str(len(ids)) for ids in one["caught"])
        lines.append(f"| `{name}` | {count} | {caught} |")
    display(Markdown("\n".join(lines)))


def percent(share: float) -> str:
    """Return a share of one as a person reads it."""
    return f"{100 * share:.2f} %"


def picture(figure: Figure) -> None:
    """Show a figure as the output of a cell. The book finds the dark one beside it."""
    light, dark = light_and_dark(figure)
    width = int(figure.get_figwidth() * CSS_PIXELS_PER_INCH)
    beside = {DARK: b64encode(dark).decode("ascii")}
    display(Image(light, width=width, metadata=beside))


def claim(holds: bool, sentence: str) -> None:
    """Fail the build if a sentence of the page does not hold for this run."""
    if not holds:
        raise AssertionError(f"The run does not bear this out: {sentence}")
