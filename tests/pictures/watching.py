"""`triplet watch 4` in a real terminal: three mistakes, each repaired, as a moving picture."""

import io
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.pictures.places import few_colours, opened_tab, written
from tests.terminals import Terminal, copy_of_course

GOLDEN = Path(__file__).parents[1] / "golden" / "three_mistakes_of_chapter_4"
STUB = "ch04_triplet_loss.py"
COLUMNS, ROWS = 100, 50
CLEARED = re.compile(r"\x1b\[2J(?:\x1b\[H)?|\x1b\[H\x1b\[2J")
END_OF_FOOTER = "q quit"
THEME = TerminalTheme(
    background=(24, 26, 31),
    foreground=(220, 223, 228),
    normal=[
        (63, 68, 81), (255, 107, 107), (120, 200, 120), (229, 192, 123),
        (97, 175, 239), (214, 130, 220), (86, 200, 216), (220, 223, 228),
    ],
    bright=[
        (120, 126, 140), (255, 130, 130), (150, 220, 150), (240, 210, 150),
        (130, 195, 250), (225, 155, 230), (120, 215, 228), (255, 255, 255),
    ],
)  # fmt: skip
# The square root as most write it first; the golden file's own fails by rounding, on some inputs.
NAIVE = ("squared.clamp(min=0).sqrt()", "(x[:, None] - y).square().sum(dim=2).sqrt()")
# What is repaired, one after the other: the wrong text and the right one.
GUARD = ("sum(dim=2).sqrt()", "sum(dim=2).clamp(min=1e-12).sqrt()")
MEAN = ("to_negative + margin).sum()", "to_negative + margin).mean()")
SIGN = ("by_positive = share * from_positive", "by_positive = -share * from_positive")
INK_LEVELS = 10  # how finely the edges of letters are drawn
BAR, BAR_INK = (42, 46, 55), (154, 162, 177)
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #181a1f; color: #dcdfe4; font: 13px/1.42 "DejaVu Sans Mono", monospace; }}
header {{ padding: 9px 14px; background: #2a2e37; color: #dcdfe4; font: 13.5px/1.4 "DejaVu Sans", sans-serif; }}
header span {{ color: #9aa2b1; margin-right: .7em; }}
pre {{ margin: 10px 14px; width: {columns}ch; height: calc({rows} * 1.42em); font: inherit;
  white-space: pre-wrap; word-break: break-all; overflow: hidden; }}
</style><header><span>{step}</span>{says}</header><pre>{screen}</pre>"""


@dataclass(frozen=True)
class Scene:
    """One screen of the terminal, what the reader should see in it, and for how long."""

    screen: str  # with its escape sequences
    says: str
    seconds: float


def scenes(course: Path) -> Iterator[Scene]:
    """Watch chapter 4 in a copy of the course, repair one mistake after the other, and look."""
    stub = course / "exercises" / STUB
    stub.write_bytes((GOLDEN / STUB).read_bytes())
    _replace(stub, *NAIVE)
    terminal = Terminal(course, "watch", "4")
    import termios  # Windows has none, and the tests of the rest run there

    termios.tcsetwinsize(terminal.screen, (ROWS, COLUMNS))
    try:
        first = _last_screen(terminal)
        yield Scene(
            first, "triplet watch 4: three mistakes, each named by what the function returned.", 8.0
        )
        _repair(stub, terminal, *GUARD)
        yield Scene(_last_screen(terminal), "You repair the square root, and save.", 5.0)
        _repair(stub, terminal, *MEAN)
        repaired = _last_screen(terminal)
        yield Scene(repaired, "You take the mean instead of the sum, and save.", 5.0)
        hints = repaired
        for says in ("Stuck on the third? You press h for a hint,", "and h again for another."):
            hints += _pressed(terminal, "h")
            yield Scene(hints, says, 5.0)
        _repair(stub, terminal, *SIGN)
        yield Scene(
            _last_screen(terminal), "You mend the sign, and save: the chapter is done.", 6.0
        )
        terminal.press("q")
    finally:
        terminal.end()


def write(browser: Any) -> list[Path]:
    """Write the moving picture, and the first report as a still one."""
    with tempfile.TemporaryDirectory() as place:
        all_scenes = list(scenes(copy_of_course(Path(place))))
    rows = max(len(_lines(scene.screen)) for scene in all_scenes)
    with opened_tab(browser, 900, 400) as tab:
        shots = [
            _photographed(tab, scene, rows, f"{number} / {len(all_scenes)}")
            for number, scene in enumerate(all_scenes, start=1)
        ]
    palette = _palette()
    frames = [few_colours(shot, palette) for shot in shots]
    moving = written(
        frames[0],
        "watch.webp",
        save_all=True,
        append_images=frames[1:],
        duration=[int(1000 * scene.seconds) for scene in all_scenes],
        loop=0,
    )
    return [moving, written(frames[0], "watch-still.webp")]


def _last_screen(terminal: Terminal) -> str:
    """Wait for the footer, and return what has been shown since the screen was cleared last."""
    terminal.wait_for(END_OF_FOOTER)
    return CLEARED.split(terminal.shown)[-1]


def _repair(stub: Path, terminal: Terminal, wrong: str, right: str) -> None:
    terminal.shown = ""
    _replace(stub, wrong, right)


def _replace(stub: Path, old: str, new: str) -> None:
    text = stub.read_text(encoding="utf-8")
    assert old in text, f"{stub} is written in another way now: {old}"
    stub.write_text(text.replace(old, new), encoding="utf-8")


def _pressed(terminal: Terminal, key: str) -> str:
    """Press a key, and return what the terminal adds to its screen."""
    terminal.press(key)
    terminal.wait_for(END_OF_FOOTER)
    return terminal.shown


def _photographed(tab: Any, scene: Scene, rows: int, step: str) -> bytes:
    page = PAGE.format(
        columns=COLUMNS, rows=rows, step=step, says=scene.says, screen=as_html(scene.screen)
    )
    tab.set_content(page)
    width = tab.evaluate("document.querySelector('pre').offsetWidth + 28")
    height = tab.evaluate("document.documentElement.offsetHeight + 10")
    tab.set_viewport_size({"width": width, "height": height})
    shot: bytes = tab.screenshot()
    return shot


def as_html(screen: str) -> str:
    """Return a terminal's text, escape sequences and all, as HTML with its colours."""
    console = Console(record=True, file=io.StringIO(), width=10 * COLUMNS, force_terminal=True)
    for line in _lines(screen):
        console.print(Text.from_ansi(line), soft_wrap=True)
    return console.export_html(theme=THEME, inline_styles=True, code_format="{code}")


def _lines(screen: str) -> list[str]:
    return screen.replace("\r", "").strip("\n").split("\n")


def _palette() -> list[tuple[int, int, int]]:
    """Return every colour of the theme, and its steps towards the ground, as letters' edges are."""
    ground = tuple(THEME.background_color)
    inks = [THEME.foreground_color, *(THEME.ansi_colors[one] for one in (1, 2, 3)), (120, 122, 126)]
    steps = [
        tuple(
            round(low + (high - low) * level / INK_LEVELS) for low, high in zip(*ends, strict=True)
        )
        for ends in [*((ground, tuple(ink)) for ink in inks), (BAR, tuple(inks[0])), (BAR, BAR_INK)]
        for level in range(INK_LEVELS + 1)
    ]
    return list(dict.fromkeys(steps))
