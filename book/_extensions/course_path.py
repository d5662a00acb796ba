"""The directive `course_path`: the chapters as numbered steps, with their minutes and points.

    ```{course_path}
    ch01_similarity: Why distance, and why pixels are not enough.
    ```

A line for each chapter says what it is about. Its title and minutes stand in the chapter itself,
its points in the checks.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from autograder.chapters import CHAPTERS
from autograder.classroom.rubric import default_rubric

TITLE = re.compile(r"^# (.+)$", re.M)
MINUTES = re.compile(r"\*\*Time\*\*\s+about\s+(\d+)\s+minutes")


class CoursePathDirective(SphinxDirective):
    """Turn a line for each chapter into a list of steps."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        said = dict(line.split(": ", 1) for line in self.content if line)
        stems = [chapter.stem for chapter in CHAPTERS]
        if list(said) != stems:
            raise self.error(f"The path has these steps, in this order: {', '.join(stems)}.")
        steps = nodes.enumerated_list("", enumtype="arabic", suffix=".", classes=["course-path"])
        for stem, about in said.items():
            steps += self.step(stem, about)
        return [steps]

    def step(self, stem: str, about: str) -> nodes.list_item:
        self.env.note_dependency(f"{stem}.md")
        text = (Path(self.env.srcdir) / f"{stem}.md").read_text(encoding="utf-8")
        title, minutes = TITLE.search(text), MINUTES.search(text)
        if title is None or minutes is None:
            raise self.error(f'{stem}.md has no title, or no "**Time** about ... minutes".')
        link = addnodes.pending_xref(
            "",
            nodes.inline("", title[1]),
            refdomain="std",
            reftype="doc",
            reftarget=stem,
            refdoc=self.env.docname,
            refexplicit=True,
            refwarn=True,
        )
        takes = f"{minutes[1]} minutes"
        points = points_of(stem)
        if points:
            takes += f", {points:g} points"
        words, _ = self.parse_inline(about)
        return nodes.list_item(
            "",
            nodes.paragraph("", "", link, classes=["course-step"]),
            nodes.paragraph("", "", *words),
            nodes.paragraph("", takes, classes=["course-takes"]),
        )


def points_of(stem: str) -> float:
    """Return what all checks of a chapter are worth together."""
    points = default_rubric().points
    return sum(worth for check, worth in points.items() if check.startswith(f"{stem}:"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the directive."""
    app.add_directive("course_path", CoursePathDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
