"""Leave out of the site what no page asks for.

MathJax comes in a dozen combinations. A page loads one of them, and that one finds its fonts and
tools in the folders beside it; without the others the site is half as large. It reads formulas
aloud in a dozen languages, the book in one. The theme brings maps of its scripts, which only its
own developers read, and its words in other languages. The pictures of the README lie in `_static`
too.
"""

import shutil
from pathlib import Path

from sphinx.application import Sphinx

LOADED = "tex-chtml.js"
UNUSED = ("_static/readme", "_static/locales")
SPOKEN = ("base.json", "en.json", "nemeth.json", "euro.json")  # what all share, English, Braille
AFTER_ALL_OTHERS = 900


def leave_out(app: Sphinx, _fault: Exception | None) -> None:
    """Remove what no page asks for: parts of MathJax, maps of scripts, translations, pictures."""
    for source_map in Path(app.outdir).rglob("*.map"):
        source_map.unlink()
    for script in Path(app.outdir).glob("_static/mathjax/*.js"):
        if script.name != LOADED:
            script.unlink()
    for words in Path(app.outdir).glob("_static/mathjax/sre/mathmaps/*.json"):
        if words.name not in SPOKEN:
            words.unlink()
    for folder in UNUSED:
        shutil.rmtree(Path(app.outdir) / folder, ignore_errors=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Ask Sphinx once everything is copied."""
    app.connect("build-finished", leave_out, priority=AFTER_ALL_OTHERS)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
