"""Make a link of every chapter that a sentence names by its number: "chapter 9", "chapters 2 to 8".

Code, headings, links, answers of a quiz and a chapter's own page keep the bare number. A list of
numbers in brackets, such as (a1, a2, b1), is kept in one line by the same walk over the text.
"""

import re
from collections.abc import Iterator

from docutils import nodes
from quiz import quiz_answer
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

ONE = r"\b[Cc]hapter\s+(?P<one>\d+)\b"
SEVERAL = r"\b[Cc]hapters\s+(?P<more>\d+(?:,?\s+(?:(?:and|or|to)\s+)?\d+)*)"
NAMED = re.compile(f"{ONE}|{SEVERAL}")
NUMBER = re.compile(r"\d+")
TUPLE = re.compile(r"\((?:[\w.-]{1,5}, ){1,3}[\w.-]{1,5}\)")
UNTOUCHED = (
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.title,
    nodes.reference,
    nodes.term,
    quiz_answer,
)
IN_ONE_LINE = "in-one-line"  # what is code may be copied: it keeps its spaces
WITHOUT_BREAK = "\N{NO-BREAK SPACE}"


class ChapterLinks(SphinxPostTransform):
    """Walk over the text of a page when everything else in it is settled."""

    default_priority = 900

    def run(self, **_: object) -> None:
        pages = {int(page[2:4]): page for page in self.env.found_docs if re.match(r"ch\d\d_", page)}
        for code in self.document.findall(nodes.literal):
            if TUPLE.fullmatch(code.astext()):
                code["classes"].append(IN_ONE_LINE)
        for parent in list(self.document.findall(nodes.TextElement)):
            if not is_untouched(parent):
                join_texts(parent)
                for text in [one for one in parent.children if isinstance(one, nodes.Text)]:
                    parent.replace(text, list(self.linked(text.astext(), pages)))

    def linked(self, text: str, pages: dict[int, str]) -> Iterator[nodes.Node]:
        """Yield the text in pieces, and links between them."""
        text = TUPLE.sub(lambda found: found[0].replace(" ", WITHOUT_BREAK), text)
        done = 0
        for start, end, number in chapters_in(text):
            page = pages.get(number)
            if page is None or page == self.env.docname:
                continue
            if start > done:
                yield nodes.Text(text[done:start])
            address = self.app.builder.get_relative_uri(self.env.docname, page)
            yield nodes.reference("", text[start:end], internal=True, refuri=address)
            done = end
        if done < len(text):
            yield nodes.Text(text[done:])


def chapters_in(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and number of what is to be a link: "chapter 9", and each of several."""
    for found in NAMED.finditer(text):
        if found["one"]:
            yield found.start(), found.end(), int(found["one"])
        else:
            for number in NUMBER.finditer(text, found.start("more"), found.end("more")):
                yield number.start(), number.end(), int(number[0])


def is_untouched(node: nodes.Node | None) -> bool:
    while node is not None:
        if isinstance(node, UNTOUCHED):
            return True
        node = node.parent
    return False


def join_texts(parent: nodes.TextElement) -> None:
    """Make one text of those that follow each other: a line break in the source parts them."""
    joined: list[nodes.Node] = []
    for child in parent.children:
        if isinstance(child, nodes.Text) and joined and isinstance(joined[-1], nodes.Text):
            joined[-1] = nodes.Text(joined[-1].astext() + child.astext())
        else:
            joined.append(child)
    parent.children = []
    parent.extend(joined)


def setup(app: Sphinx) -> dict[str, bool]:
    """Ask Sphinx for each page before it is written."""
    app.add_post_transform(ChapterLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
