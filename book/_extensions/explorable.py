"""The directive `explorable`: a part of a page in which the reader moves something.

    ```{explorable} training_replay
    :title: Watch two trainings
    :needs: replay
    :figure: fig-ch07-gallery

    Move the slider. ...
    ```

With `:secret:` an explorable does not name the unseen digit, for readers who have yet to find it.
The text says what there is to do, and `figure` names the picture that shows the same standing
still, for readers without JavaScript and on paper. The scripts lie in book/explorables/, the data
that they need beside the results of the run. A page gets the scripts that it uses, and no other.
"""

import os
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SHARED = ("explorable.js", "controls.js")
# What each is made of, in the order in which the scripts are run.
MADE_OF = {
    "triplet_playground": ("metric.js", "plane.js"),
    "mining_board": ("metric.js", "plane.js"),
    "neighbours": ("metric.js", "pictures.js"),
    "training_replay": ("pictures.js", "scatter.js"),
    "embedding_map": ("pictures.js", "scatter.js"),
    "one_shot": ("pictures.js",),
    "draw_a_digit": (
        *("metric.js", "network.js", "ink.js", "pictures.js", "scatter.js", "sheet.js"),
    ),
    "own_character": ("metric.js", "network.js", "pictures.js", "sheet.js", "strokes.js"),
}
FOLDER = "_static/explorables"
DEFAULT_RESULTS = "_results"


class explorable(nodes.General, nodes.Element):  # noqa: N801  docutils finds a visitor by this name
    """The frame around an explorable, its title and its text."""


class explorable_stage(nodes.General, nodes.Element):  # noqa: N801  as above
    """Where it is played; without JavaScript, a line that names the picture."""


class ExplorableDirective(SphinxDirective):
    """Turn a name and a text into the place where the explorable starts."""

    required_arguments = 1
    has_content = True
    option_spec = {  # noqa: RUF012  docutils wants this as an attribute of the class
        "title": directives.unchanged_required,
        "figure": directives.unchanged_required,
        "needs": directives.unchanged,
        "secret": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        if name not in MADE_OF:
            raise self.error(f"There is no explorable {name}. There are {', '.join(MADE_OF)}.")
        if not {"title", "figure"} <= self.options.keys() or not self.content:
            raise self.error("An explorable has a title, a figure, and a text.")
        needs = self.options.get("needs", "")
        is_secret = "secret" in self.options
        title = self.options["title"]
        whole = explorable("", name=name, title=title, needs=needs, is_secret=is_secret)
        self.state.nested_parse(self.content, self.content_offset, whole)
        stage = explorable_stage("")
        written = (
            f"This part needs JavaScript. {{numref}}`{self.options['figure']}` shows it still."
        )
        words, messages = self.parse_inline(written)
        stage += nodes.paragraph("", "", *words)
        whole += stage
        return [whole, *messages]


def begin_explorable(writer: Any, node: explorable) -> None:
    title = f"explorable-{node['name']}"
    writer.body.append(
        f'<section class="explorable" data-explorable="{node["name"]}" '
        f'data-needs="{node["needs"]}"{" data-secret" if node["is_secret"] else ""} '
        f'aria-labelledby="{title}">'
        f'<p class="explorable-title" id="{title}">{writer.encode(node["title"])}</p>'
    )


def end_explorable(writer: Any, _: explorable) -> None:
    writer.body.append("</section>\n")


def begin_stage(writer: Any, _: explorable_stage) -> None:
    writer.body.append('<div class="explorable-stage"></div><noscript>')


def end_stage(writer: Any, _: explorable_stage) -> None:
    writer.body.append("</noscript>\n")


def add_scripts(
    app: Sphinx, _page: str, _template: str, _context: dict[str, Any], tree: Any
) -> None:
    """Give a page the scripts of its explorables, to be run once the page is there."""
    used = [node["name"] for node in tree.findall(explorable)] if tree is not None else []
    if used:
        parts = [part for name in used for part in (*MADE_OF[name], f"{name}.js")]
        for script in dict.fromkeys((*SHARED, *parts)):
            app.add_js_file(f"explorables/{script}", loading_method="defer")


def copy_scripts(app: Sphinx, fault: Exception | None) -> None:
    """Copy the scripts, and the data of the run, into the site."""
    if fault is not None or app.builder.format != "html":
        return
    source = Path(app.srcdir)
    results = Path(os.environ.get("COURSE_RESULTS") or source / DEFAULT_RESULTS)
    place = Path(app.outdir) / FOLDER
    shutil.copytree(source / "explorables", place, dirs_exist_ok=True)
    shutil.copytree(results / "explorables", place / "data", dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the directive, of its HTML, and of the scripts."""
    app.add_directive("explorable", ExplorableDirective)
    app.add_node(explorable, html=(begin_explorable, end_explorable))
    app.add_node(explorable_stage, html=(begin_stage, end_stage))
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", copy_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
