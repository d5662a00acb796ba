"""A figure as a piece of a page: SVG that takes the colours of the page around it."""

import re
from io import StringIO

import matplotlib as mpl
from matplotlib.figure import Figure

from .plots import GROUND, INK, STYLE, as_written

# The page says what these two are, in the light and in the dark.
OF_THE_PAGE = {INK: "currentColor", GROUND: "var(--paper)"}
OUTSIDE = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>", re.DOTALL)
NAMED = re.compile(r' id="([^"]*)"')


def page_svg(figure: Figure, title: str, prefix: str) -> str:
    """Return the figure as SVG, with a text alternative, for a page that has a colour --paper.

    `prefix` is a word that no other figure of the page has: what is referred to is named by it.
    """
    drawn = StringIO()
    # Text stays text: it can be found, and read aloud. The salt keeps names apart.
    with mpl.rc_context({**STYLE, "svg.fonttype": "none", "svg.hashsalt": prefix}):
        as_written(figure).savefig(drawn, format="svg", facecolor="none", metadata={"Date": None})
    svg = OUTSIDE.sub("", drawn.getvalue()).strip()
    svg = NAMED.sub(lambda found: found[0] if f"#{found[1]}" in svg else "", svg)
    for colour, of_the_page in OF_THE_PAGE.items():
        svg = svg.replace(colour, of_the_page)
    width, height = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)[0]
    words = title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    begin = f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{words}" '
    begin += 'xmlns:xlink="http://www.w3.org/1999/xlink">'
    return re.sub(r"<svg[^>]*>", lambda _: begin, svg, count=1)
