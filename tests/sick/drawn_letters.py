"""Draw letters as image files, one folder for each: another set than digits, in any number."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONT_FOLDER = Path(mpl.get_data_path()) / "fonts" / "ttf"
FONTS = (
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSansMono", "DejaVuSerif"),
    *("DejaVuSerif-Bold", "DejaVuSerif-Italic", "STIXGeneral", "STIXGeneralBol"),
    *("STIXGeneralItalic", "STIXGeneralBolIta"),
)
WIDTHS, HEIGHTS = (60, 100), (50, 80)  # of an image, in pixels
LETTER = (26, 46)
TURN = 25.0  # degrees to either side
PAPER, INK = 240, (0, 110)
GRAIN = 12.0  # standard deviation of the noise, in levels of grey


def draw_letters(folder: Path, letters: str, each: int, seed: int) -> Path:
    """Write `each` PNG files of every letter, dark on light, and return the folder."""
    random = np.random.default_rng(seed)
    for letter in letters:
        place = folder / f"U+{ord(letter):04X}"  # some file systems do not tell "a" from "A"
        place.mkdir(parents=True, exist_ok=True)
        for number in range(each):
            draw_letter(letter, random).save(place / f"{number}.png")
    return folder


def draw_letter(letter: str, random: np.random.Generator) -> Image.Image:
    """Return a letter in any of the fonts, of any size, turned a little, not quite in the middle."""
    size = int(random.integers(*WIDTHS)), int(random.integers(*HEIGHTS))
    font = ImageFont.truetype(
        str(FONT_FOLDER / f"{random.choice(FONTS)}.ttf"), int(random.integers(*LETTER))
    )
    paper = Image.new("L", size, PAPER)
    middle = tuple(side / 2 + random.uniform(-5, 5) for side in size)
    draw = ImageDraw.Draw(paper)
    draw.text(middle, letter, fill=int(random.integers(*INK)), font=font, anchor="mm")
    turned = paper.rotate(random.uniform(-TURN, TURN), fillcolor=PAPER)
    grain = random.normal(0, GRAIN, (size[1], size[0]))
    return Image.fromarray((np.asarray(turned) + grain).clip(0, 255).astype(np.uint8))
