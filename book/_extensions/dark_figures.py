"""Put the dark picture of a figure beside the light one: the style sheet shows one of them.

`pages.picture` leaves the dark one in the metadata of a cell's output. Both stand in a box in which
a wide picture scrolls where it would shrink until nobody can read it.
"""

import struct
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from executed import executed_notebook, folder_of_pages
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from exercises.given.book.pages import DARK

PNG = "image/png"
# "dark-light" tells the theme that this picture needs no plate to be seen on a dark page.
IN_LIGHT, IN_DARK = ["in-light"], ["in-dark", "dark-light"]
WIDE = "is-wide"
READABLE_ON_A_PHONE = 500  # pixels: as wide a figure may be and shrink
SHRINKS = "shrinks"  # a figure says of itself that it may be as small as one likes


class pictures(nodes.General, nodes.Element):  # noqa: N801  docutils finds a visitor by this name
    """A light and a dark picture; shape: width / height, so that the page keeps room for them."""


class DarkFigures(SphinxTransform):
    """Add the dark pictures to a page that has just been read."""

    default_priority = 400

    def apply(self) -> None:
        notebook = executed_notebook(self.app, self.env.docname)
        if notebook is None:
            return
        dark = dict(dark_pictures(notebook))
        for light in list(self.document.findall(nodes.image)):
            place = Path(light["uri"])
            if place.stem in dark:
                picture = dark[place.stem]
                twin = light.deepcopy()
                twin["uri"] = place.with_stem(sha256(picture).hexdigest()).as_posix()
                (folder_of_pages(self.app) / Path(twin["uri"]).name).write_bytes(picture)
                twin["loading"] = "lazy"
                box = pictures("", shape=shape_of(picture))
                if int(light["width"]) > READABLE_ON_A_PHONE and SHRINKS not in light["classes"]:
                    box["classes"].append(WIDE)
                light["classes"] += IN_LIGHT
                twin["classes"] += IN_DARK
                # Not replace_self(): it would give the box the classes of the picture.
                light.parent[light.parent.index(light)] = box
                box += [light, twin]


def dark_pictures(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, bytes]]:
    """Yield the hash of each light picture, which is its name in the build, and the dark one."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            about = output.get("metadata", {}).get(PNG, {})
            if DARK in about:
                light = b64decode(output["data"][PNG])
                yield sha256(light).hexdigest(), b64decode(about[DARK])


def shape_of(png: bytes) -> str:
    """Return the width and the height of a picture as a style sheet writes their ratio."""
    width, height = struct.unpack(">II", png[16:24])
    return f"{width} / {height}"


def begin_pictures(writer: Any, node: pictures) -> None:
    classes = " ".join(["pictures", *node["classes"]])
    writer.body.append(f'<div class="{classes}" style="--shape: {node["shape"]}">')


def end_pictures(writer: Any, _: pictures) -> None:
    writer.body.append("</div>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Ask Sphinx for each page after its cells have run."""
    app.add_node(pictures, html=(begin_pictures, end_pictures))
    app.add_transform(DarkFigures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
