"""`triplet reset`: begin a chapter again, and keep what was written."""

import shutil
import time
from pathlib import Path

from ..chapters import EXERCISES, ROOT, Chapter
from ..stubs import is_untouched, write_stub

KEPT = ROOT / ".triplet" / "kept"


def reset_chapter(chapter: Chapter, folder: Path = EXERCISES, kept: Path = KEPT) -> Path | None:
    """Write the chapter's fresh stub; return where the edited file now is, None if none was."""
    path = folder / f"{chapter.stem}.py"
    copy = None
    if path.exists() and not is_untouched(path.read_text(encoding="utf-8", errors="replace")):
        kept.mkdir(parents=True, exist_ok=True)
        copy = _unused(kept / f"{chapter.stem}-{time.strftime('%Y%m%d-%H%M%S')}.py")
        shutil.copy2(path, copy)
    write_stub(chapter, folder, overwrite=True)
    return copy


def _unused(path: Path) -> Path:
    number = 2
    candidate = path
    while candidate.exists():
        candidate = path.with_stem(f"{path.stem}-{number}")
        number += 1
    return candidate
