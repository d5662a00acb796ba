"""python -m tests.pictures [NAME ...]   make the pictures of the README and the book anew, all or those named."""

import sys

from tests.browser import CHROMIUM, NO_CHROMIUM
from tests.pictures import class_page, first_page, watching
from tests.pictures.places import opened_browser

MAKERS = {
    "map": first_page.write_map,
    "draw": first_page.write_drawing,
    "watch": watching.write,
    "class": class_page.write,
    "pretended": class_page.write_pretended,
}


def main(wanted: list[str]) -> int:
    """Make the pictures and say how large each is."""
    if unknown := set(wanted) - set(MAKERS):
        sys.stderr.write(f"No picture is called {', '.join(sorted(unknown))}.\n")
        return 2
    if CHROMIUM is None:
        sys.stderr.write(f"{NO_CHROMIUM}, which draws the pictures.\n")
        return 1
    if not first_page.PAGE.is_file():
        sys.stderr.write("The map and the drawing come from the built book: make book\n")
        return 1
    with opened_browser(CHROMIUM) as browser:
        for name in wanted or MAKERS:
            for path in MAKERS[name](browser):
                sys.stdout.write(f"{path.stat().st_size / 1000:8.1f} kB  {path.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
