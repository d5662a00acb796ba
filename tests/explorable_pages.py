"""A page with one explorable of the book and nothing else, and a tab that shows it."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.chapters import BOOK
from autograder.publishing.recording.scripts import write_script

HTML = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="explorables.css">
</head><body><main><h1>Explorable</h1>
<section class="explorable" data-explorable="{name}" data-needs="{name}" aria-labelledby="t">
<p id="t">Try it</p><h3>Try it</h3><div class="explorable-stage"></div></section></main>{scripts}</body></html>
"""


def write_page(folder: Path, name: str, scripts: Sequence[str], data: Any) -> Path:
    """Write a page that holds an explorable, its scripts in their order and its data."""
    for script in scripts:
        shutil.copy(BOOK / "explorables" / script, folder)
    shutil.copy(BOOK / "_static" / "explorables.css", folder)
    write_script(folder / "data", name, data)
    tags = "".join(f'<script defer src="{script}"></script>' for script in scripts)
    page = folder / "index.html"
    page.write_text(HTML.format(name=name, scripts=tags), encoding="utf-8")
    return page


@contextmanager
def tab_with(browser: Any, page: Path, size: dict[str, int]) -> Iterator[Any]:
    """Open such a page, and wait until it has started; its errors fail the test."""
    context = browser.new_context(viewport=size)
    tab = context.new_page()
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(page.as_uri())
    tab.locator("[data-state=ready]").wait_for()
    yield tab
    assert faults == []
    context.close()
