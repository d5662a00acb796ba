"""The book's text: the order of a chapter, its length, its figures, its numbers, its symbols."""

import re

import pytest

from autograder.chapters import CHAPTERS, EXERCISE_CHAPTERS
from autograder.grading.checks import names_of
from exercises.given import toy
from tests.book_text import (
    WORD,
    code_cells,
    markdown,
    notebook,
    prose,
    source_files,
    visible_code,
    visible_code_lines,
    without_quizzes,
    word_count,
)

STEMS = [chapter.stem for chapter in CHAPTERS]
EXERCISES = {chapter.stem: chapter for chapter in EXERCISE_CHAPTERS}
PAGES = [path.stem for path in source_files()]
each_chapter = pytest.mark.parametrize("stem", STEMS)
each_exercise = pytest.mark.parametrize("stem", EXERCISES)
each_page = pytest.mark.parametrize("page", PAGES)

ORDER = (
    "A puzzle",
    "A worked example",
    "Move it and see",
    "Exercise",
    "On real digits",
    "Common mistakes",
    "Quiz",
    "Key points",
)
FEWEST_WORDS, MOST_WORDS, CODE_LINES, CODE_COLUMNS = 1_500, 2_800, 80, 80


def headings(stem):
    return re.findall(r"^## (.+)$", markdown(stem), re.M)


@each_chapter
def test_a_chapter_keeps_the_order_of_its_parts(stem):
    # Chapter 10 is a row of uses, each with its own result; there is nothing to move before 4.
    left_out = {"ch10_beyond_digits": "On real digits"} | dict.fromkeys(
        STEMS[:3], "Move it and see"
    )
    wanted = [part for part in ORDER if part != left_out.get(stem)]
    assert [heading for heading in headings(stem) if heading in wanted] == wanted


@each_chapter
def test_a_chapter_begins_with_why(stem):
    title, why = prose(stem).split("## A puzzle")[0].strip().split("\n", 1)
    assert title.startswith("# ")
    assert 60 <= len(WORD.findall(why)) <= 130


@each_chapter
def test_the_key_points_have_a_picture_that_sums_the_chapter_up(stem):
    cells = notebook(stem).cells
    begin = next(place for place, one in enumerate(cells) if "## Key points" in one.source)
    shown = [one.metadata.get("mystnb", {}).get("figure") for one in cells[begin:]]
    assert any(shown)


@each_chapter
def test_a_chapter_says_what_it_asks_and_what_it_takes(stem):
    puzzle = markdown(stem).split("## A puzzle")[1].split("\n## ")[0]
    begin = puzzle.split(":::{admonition} Questions and objectives\n")[1].split("\n:::")[0]
    asked = re.search(r"\*\*Questions\*\*\n\n((?:- .+\n(?:  .+\n)*){2,})", begin)
    assert asked, "no list of questions"
    assert asked[1].count("?") >= 2
    assert "**After this chapter you can**" in begin
    assert "**Before it**" in begin
    assert re.search(r"\*\*Time\*\*\s+about\s+\d+\s+minutes", begin), "no minutes"


@each_chapter
def test_a_chapter_ends_with_reading_and_with_a_word_to_instructors(stem):
    end = markdown(stem).split("## Key points")[1]
    assert re.search(r"^- ", end, re.M)
    assert re.search(r"\*\*Further reading\*\* .*\{cite\}", end)
    assert "**For instructors** " in end


@each_chapter
def test_a_chapter_is_neither_short_nor_long(stem):
    assert FEWEST_WORDS <= word_count(stem) <= MOST_WORDS
    assert visible_code_lines(stem) <= CODE_LINES


@each_page
def test_visible_code_is_narrow_enough_to_be_read_without_scrolling(page):
    assert [line for line in visible_code(page) if len(line) > CODE_COLUMNS] == []


@each_chapter
def test_a_puzzle_is_a_figure_and_a_question(stem):
    puzzle = markdown(stem).split("## A puzzle")[1].split("\n## ")[0]
    figure = re.search(r"\{numref\}`(fig-[\w-]+)`", puzzle)
    assert figure, "the puzzle does not speak of its figure"
    assert "?" in puzzle


@each_chapter
def test_every_figure_has_a_name_a_caption_and_a_text_for_those_who_cannot_see_it(stem):
    for cell in code_cells(stem):
        if "pages.picture(" not in cell.source:
            continue
        shown = cell.metadata.get("mystnb", {})
        figure, image = shown.get("figure", {}), shown.get("image", {})
        assert figure.get("name", "").startswith(f"fig-{stem[:4]}-"), cell.source
        assert figure.get("caption", "").rstrip().endswith((".", "?")), cell.source
        assert len(image.get("alt", "")) > 40, cell.source


@each_exercise
def test_an_exercise_has_a_box_with_file_command_output_hints_and_reference(stem):
    box = markdown(stem).split("## Exercise\n")[1].split("\n## ")[0]
    number = EXERCISES[stem].number
    assert f"**File** `{EXERCISES[stem].stub}`" in box
    assert f"```console\ntriplet check {number}\n```" in box
    assert re.search(r"```text\n(?:✓ .+\n)+\n\d+ of \d+ points\n(?:.+\n)+```", box)
    assert [int(rung) for rung in re.findall(r"\{dropdown\} Hint (\d):", box)] == [1, 2, 3]
    assert f":::{{literalinclude}} ../solutions/{stem}.py" in box
    assert box.index("Hint 3") < box.index("The reference, for after your own attempt")


@each_exercise
def test_every_name_of_an_exercise_is_in_its_chapter(stem):
    text = markdown(stem)
    assert [name for name in names_of(EXERCISES[stem]) if name not in text] == []


LICENCE = "CC BY 4.0"
DECIMAL = re.compile(r"(?<![\w.])\d+(?:,\d{3})*\.\d+|\b\d+(?:\.\d+)? ?%")
LITERAL = re.compile(r"(?<![\w.])\d+(?:_\d{3})*(?:\.\d+)?(?:e-?\d+)?")


def typed_numbers(stem):
    """Return the decimals and percentages of the prose that no cell of the page holds.

    A number that stands in a claim fails the build when the run does not bear it out. What a
    quiz supposes is no result.
    """
    held = {float(one) for one in toy.POINTS.flatten()}
    held |= {
        float(one.replace("_", ""))
        for cell in code_cells(stem)
        for one in LITERAL.findall(cell.source)
    }
    found = DECIMAL.findall(without_quizzes(prose(stem, formulas=True)).replace(LICENCE, ""))
    values = {one: float(one.rstrip(" %").replace(",", "")) for one in found}
    return {
        one
        for one, value in values.items()
        if value not in held and not (one.endswith("%") and value / 100 in held)
    }


@each_page
def test_no_result_is_typed_into_the_prose(page):
    assert typed_numbers(page) == set()


@each_page
def test_every_number_that_a_page_glues_is_used_and_every_one_used_is_glued(page):
    used = set(re.findall(r"\{glue:text\}`(\w+)`", markdown(page)))
    cells = "\n".join(cell.source for cell in code_cells(page))
    constant = {name for name in used if re.search(rf"\b{name}=", cells)}
    # Names that a loop makes: ch07_{name}_loss.
    patterns = [
        re.sub(r"\{\w+\}", r"\\w+", one) for one in re.findall(r'f"(ch\d\d_[^"]*\{[^"]+)"', cells)
    ]
    made = {name for name in used if any(re.fullmatch(pattern, name) for pattern in patterns)}
    assert used - constant - made == set()
    declared = set(re.findall(r"\b((?:ch\d\d|intro)_\w+)=", cells))
    assert declared - used == set()


def test_no_name_of_a_figure_is_used_twice_and_every_reference_has_its_figure():
    names = [
        cell.metadata["mystnb"]["figure"]["name"]
        for page in PAGES
        for cell in code_cells(page)
        if "figure" in cell.metadata.get("mystnb", {})
    ]
    assert len(set(names)) == len(names)
    referred = {
        name for page in PAGES for name in re.findall(r"\{numref\}`([\w-]+)`", markdown(page))
    }
    assert referred - set(names) == set()
    assert set(names) - referred == set(), "a figure that no sentence names"


SYMBOL = re.compile(
    r"\\(?:alpha|beta|gamma|delta|epsilon|eta|theta|kappa|mu|nu|pi|rho|sigma|tau|ell)(?![A-Za-z])|[A-Za-z]+"
)
NOT_SYMBOLS = re.compile(
    r"\\(?:text|mathrm|operatorname)\{[^}]*\}|\\begin\{\w+\}|\\end\{\w+\}"
    r"|\\(?!(?:alpha|beta|gamma|delta|epsilon|eta|theta|kappa|mu|nu|pi|rho|sigma|tau|ell)(?![A-Za-z]))[a-zA-Z]+"
)


def symbols(text):
    """Return the letters, Latin and Greek, that stand in the formulas of a text."""
    formulas = re.findall(r"\$\$(.+?)\$\$", text, re.S)
    formulas += re.findall(r"\$([^$]+)\$", re.sub(r"\$\$.+?\$\$", "", text, flags=re.S))
    found = set()
    for formula in formulas:
        for word in SYMBOL.findall(NOT_SYMBOLS.sub(" ", formula)):
            found |= {word} if word.startswith("\\") or word in {"dim"} else set(word)
    return found


@each_chapter
def test_every_symbol_is_on_the_notation_page(stem):
    # e is the number, and a and b name the classes of the six points.
    known = symbols(markdown("notation")) | {"e"}
    assert symbols(markdown(stem)) - known == set()


def test_every_term_of_the_glossary_is_used():
    terms = re.findall(r"^(\w[^\n]*)\n  \S", markdown("glossary"), re.M)
    text = " ".join(prose(page).lower() for page in PAGES if page != "glossary")
    missing = [
        term for term in terms if not all(word in text for word in re.findall(r"\w+", term.lower()))
    ]
    assert missing == []
