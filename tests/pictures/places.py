"""Where the pictures go, and how a page becomes one."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from autograder.chapters import BOOK

STATIC = BOOK / "_static"
PICTURES = STATIC / "readme"
SHARPNESS = 2  # dots to a CSS pixel, for screens that have them
THEMES = ("light", "dark")


@contextmanager
def opened_browser(executable: str) -> Iterator[Any]:
    """Start Chromium and stop it at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


@contextmanager
def opened_tab(browser: Any, width: int, height: int, theme: str = "light") -> Iterator[Any]:
    """Open a tab of this size, in CSS pixels, that prefers the theme."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=SHARPNESS,
        color_scheme=theme,
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def few_colours(screenshot: bytes, palette: Sequence[tuple[int, int, int]]) -> Image.Image:
    """Return a screenshot with these colours alone, so that it takes few bytes."""
    colours = Image.new("P", (1, 1))
    colours.putpalette([value for colour in palette for value in colour])
    picture = Image.open(io.BytesIO(screenshot)).convert("RGB")
    return picture.quantize(palette=colours, dither=Image.Dither.NONE).convert("RGB")


def photographed(tab: Any, name: str, folder: Path = PICTURES, **options: Any) -> Path:
    """Write what a tab shows, or the part that `clip` names, as a picture of the README."""
    shot = Image.open(io.BytesIO(tab.screenshot(**options))).convert("RGB")
    return written(shot, name, folder)


def written(picture: Image.Image, name: str, folder: Path = PICTURES, **options: Any) -> Path:
    """Write a picture without loss as WebP, among the README's or elsewhere; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    picture.save(path, lossless=True, quality=100, method=4, **options)
    return path
