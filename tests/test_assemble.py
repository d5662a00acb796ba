"""The directive `assemble`: the lines and options as HTML, the table of mistakes, what is refused."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from autograder.chapters import BOOK
from autograder.publishing.assemblies.assembly import Assembly
from autograder.publishing.assemblies.kept_words import read_words
from tests.assembled import ASSEMBLIES, small_site

each_assembly = pytest.mark.parametrize("assembly", ASSEMBLIES, ids=lambda one: one.name)
TAG = re.compile(r"<[^>]+>")


@pytest.fixture(autouse=True)
def the_books_extensions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BOOK / "_extensions"))


def text_of(piece: str) -> str:
    return html.unescape(TAG.sub("", piece))


@each_assembly
def test_the_lines_and_options_of_a_page_are_those_of_the_source(assembly: Assembly) -> None:
    import assemble

    data = assemble.data_of(assembly, read_words(assembly))
    names = [slot.name for slot in assembly.slots]
    lines = [
        "".join(text_of(one) if isinstance(one, str) else f"<<{names[one]}>>" for one in line)
        for line in data["lines"]
    ]
    assert lines == assembly.code.splitlines()
    for slot, shown in zip(assembly.slots, data["slots"], strict=True):
        texts = {one["number"]: "\n".join(map(text_of, one["html"])) for one in shown["options"]}
        assert texts == {number: option.text for number, option in enumerate(slot.options)}


def test_the_order_of_the_options_does_not_tell_which_is_right() -> None:
    import assemble

    places = [
        [one["number"] for one in assemble.options_of(slot)].index(0)
        for assembly in ASSEMBLIES
        for slot in assembly.slots
    ]
    assert {0, 1, 2} <= set(places)
    assert places.count(0) < len(places) / 2


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BOOK / "_extensions"))
        return small_site(tmp_path_factory.mktemp("site"), "triplet_loss", "pca")


def test_a_page_has_its_scripts_once_and_a_place_for_each_assembly(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for script in ("explorable.js", "controls.js", "assembly.js"):
        assert len(re.findall(rf'<script[^>]*src="[^"]*/{re.escape(script)}[?"]', text)) == 1
    needed = re.findall(r'data-explorable="assembly" data-needs="(\w+)"', text)
    assert needed == ["assembly_triplet_loss", "assembly_pca"]
    for name in needed:
        written = page.parent / "_static" / "explorables" / "data" / f"{name}.js"
        call, data = written.read_text(encoding="utf-8").split(", ", 1)
        assert call == f'explorableData("{name}"'
        assert json.loads(data.removesuffix(");\n"))["name"] == name.removeprefix("assembly_")


def test_without_javascript_a_page_has_the_mistakes_and_says_that_the_stub_is_the_exercise(
    page: Path,
) -> None:
    text = page.read_text(encoding="utf-8")
    [assembly] = [one for one in ASSEMBLIES if one.name == "triplet_loss"]
    section = text.split('data-needs="assembly_triplet_loss"')[1].split("</section>")[0]
    table = text_of(section.split("<noscript>")[1].split("</noscript>")[0])
    for says, hint, *_ in read_words(assembly).mistakes.values():
        assert says in table
        assert hint in table
    assert "The real exercise stays the stub" in section
    assert html.escape(assembly.left_out) in section


def test_an_exercise_that_cannot_be_put_together_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no assembly of nobody"):
        small_site(tmp_path, "nobody")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        (
            "a < b",
            ['<span class="n">a</span> <span class="o">&lt;</span> <span class="n">b</span>'],
        ),
        ("\n", ["", ""]),
    ],
)
def test_python_is_highlighted_line_by_line(text: str, lines: Any) -> None:
    from highlighted import highlighted

    assert highlighted(text) == lines
