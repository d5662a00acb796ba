"""The directive `assemble`: an exercise to put together, and what the grader says of it.

    ```{assemble} triplet_loss
    ```

The lines and the ways to fill them lie in book/assemblies/, what the grader says of each
combination in book/measured/assemblies/: nothing is graded, and nothing made up, while a page is
written or read. A reader without JavaScript gets the table of the mistakes that one can choose.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from docutils import nodes
from explorable import FOLDER, SHARED, begin_stage, end_explorable, end_stage
from highlighted import highlighted, with_holes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from autograder.publishing.assemblies.assembly import Assembly, Slot, all_assemblies
from autograder.publishing.assemblies.kept_words import KeptWords, file_for, read_words
from exercises.given.errors import CourseError

SCRIPT = "assembly.js"
BEFORE = (
    "Choose how to write each part, and ask the grader. Every combination was graded before this "
    "page was written: what you read is what ``triplet check`` prints."
)
AFTER = "The real exercise stays the stub, where you write all of it yourself. Left out here: "


class assembly(nodes.General, nodes.Element):  # noqa: N801  docutils finds a visitor by this name
    """The frame around what is put together, its title and its text."""


class assembly_stage(nodes.General, nodes.Element):  # noqa: N801  as above
    """Where it is put together; without JavaScript, the table of mistakes."""


class AssembleDirective(SphinxDirective):
    """Turn the name of an exercise into the place where it is put together."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        known = {one.name: one for one in all_assemblies()}
        if name not in known:
            raise self.error(f"There is no assembly of {name}. There are {', '.join(known)}.")
        try:
            kept = read_words(known[name])
        except CourseError as error:
            raise self.error(str(error)) from error
        self.env.note_dependency(str(file_for(known[name])))
        stage = assembly_stage("")
        stage += table_of(known[name], kept)
        whole = assembly("", name=name)
        whole += [self.paragraph(BEFORE), stage, self.paragraph(AFTER + known[name].left_out)]
        return [whole]

    def paragraph(self, text: str) -> nodes.paragraph:
        """Return a paragraph; ``words`` between two backticks are code."""
        parts = text.split("``")
        words = [
            nodes.literal("", one) if at % 2 else nodes.Text(one) for at, one in enumerate(parts)
        ]
        return nodes.paragraph("", "", *words)


def table_of(built: Assembly, kept: KeptWords) -> nodes.table:
    """Return the mistakes that there are to choose: the code, the sentence, the first hint."""
    rows = [("Written like this", "What the grader says", "Its first hint")]
    for option in (one for slot in built.slots for one in slot.options if one.mistake):
        sentence, first_hint, *_ = kept.mistakes[option.mistake]
        rows.append((option.text or "nothing", sentence, first_hint))
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in rows[0]), cols=len(rows[0]))
    head, *body = [row_of(row, is_code=at > 0) for at, row in enumerate(rows)]
    group += [nodes.thead("", head), nodes.tbody("", *body)]
    return nodes.table("", group)


def row_of(texts: tuple[str, ...], *, is_code: bool) -> nodes.row:
    """Return a row, whose first text is code or not."""
    first, *others = texts
    entry = nodes.literal("", first) if is_code else nodes.Text(first)
    cells = [nodes.paragraph("", "", one) for one in (entry, *map(nodes.Text, others))]
    return nodes.row("", *(nodes.entry("", cell) for cell in cells))


def data_of(built: Assembly, kept: KeptWords) -> dict[str, Any]:
    """Return what the page needs of one exercise: its lines, its options, and all the words."""
    data = json.loads(file_for(built).read_text(encoding="utf-8"))
    return {
        "name": built.name,
        "chapter": built.chapter.number,
        "firstLine": built.first_line,
        "lines": with_holes(built.code, [slot.name for slot in built.slots]),
        "slots": [{"asks": slot.asks, "options": options_of(slot)} for slot in built.slots],
        "mistakes": kept.mistakes,
        "printed": data["lines"],
        "texts": data["texts"],
        "combinations": data["combinations"],
    }


def options_of(slot: Slot) -> list[dict[str, Any]]:
    """Return the options in an order that does not tell which of them is right."""
    options = [
        {"number": number, "html": highlighted(option.text)}
        for number, option in enumerate(slot.options)
    ]
    return sorted(options, key=lambda one: hashlib.sha256(repr(one["html"]).encode()).hexdigest())


def begin_assembly(writer: Any, node: assembly) -> None:
    title = f"assembly-{node['name']}"
    writer.body.append(
        f'<section class="explorable" data-explorable="assembly" data-needs="{script_of(node)}" '
        f'aria-labelledby="{title}"><p class="explorable-title" id="{title}">'
        f"Put together <code>{node['name']}</code></p>"
    )


def script_of(node: assembly) -> str:
    return f"assembly_{node['name']}"


def add_scripts(
    app: Sphinx, _page: str, _template: str, _context: dict[str, Any], tree: Any
) -> None:
    """Give a page with something to put together its scripts."""
    if tree is not None and any(tree.findall(assembly)):
        for script in (*SHARED, SCRIPT):
            app.add_js_file(f"explorables/{script}", loading_method="defer")


def write_data(app: Sphinx, fault: Exception | None) -> None:
    """Write the words of each assembly as a script, beside those of the explorables."""
    if fault is not None or app.builder.format != "html":
        return
    place = Path(app.outdir) / FOLDER / "data"
    place.mkdir(parents=True, exist_ok=True)
    for built in all_assemblies():
        name = f"assembly_{built.name}"
        data = json.dumps(data_of(built, read_words(built)), separators=(",", ":"))
        text = f'explorableData("{name}", {data});\n'
        (place / f"{name}.js").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the directive, of its HTML, and of the scripts."""
    app.add_directive("assemble", AssembleDirective)
    app.add_node(assembly, html=(begin_assembly, end_explorable))
    app.add_node(assembly_stage, html=(begin_stage, end_stage))
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", write_data)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
