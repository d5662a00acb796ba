"""Python with the colours of the theme, as HTML for each line, and with holes where slots are."""

import html
import re
from collections.abc import Iterable, Iterator

from pygments.lexers import PythonLexer
from pygments.token import STANDARD_TYPES, Token

Piece = str | int  # HTML, or the number of a slot
# No Python begins or goes on with such a character, so the lexer keeps it apart.
FIRST_MARK = 0xE000


def highlighted(text: str) -> list[str]:
    """Return the HTML of each line of a text; [] if it is empty."""
    return ["".join(map(str, line)) for line in with_holes(text, [])] if text else []


def with_holes(text: str, slots: Iterable[str]) -> list[list[Piece]]:
    """Return the pieces of each line: HTML, and the number of the slot where <<slot>> stands."""
    for number, slot in enumerate(slots):
        text = text.replace(f"<<{slot}>>", chr(FIRST_MARK + number))
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    lines: list[list[Piece]] = [[]]
    for kind, value in lexer.get_tokens(text):
        for place, part in enumerate(value.split("\n")):
            if place:
                lines.append([])
            lines[-1] += pieces(kind, part)
    return [joined(line) for line in lines]


def pieces(kind: object, text: str) -> Iterator[Piece]:
    """Yield the HTML of a part of a token, and the slots in it."""
    for part in re.split("([\ue000-\uf8ff])", text):
        if part and ord(part[0]) >= FIRST_MARK:
            yield ord(part[0]) - FIRST_MARK
        elif part:
            name = STANDARD_TYPES.get(kind, "")
            plain = kind in (Token.Text, Token.Text.Whitespace) or not name
            yield html.escape(part) if plain else f'<span class="{name}">{html.escape(part)}</span>'


def joined(line: Iterable[Piece]) -> list[Piece]:
    """Return the pieces with neighbours of HTML put together."""
    whole: list[Piece] = []
    for piece in line:
        if whole and isinstance(piece, str) and isinstance(whole[-1], str):
            whole[-1] += piece
        else:
            whole.append(piece)
    return whole
