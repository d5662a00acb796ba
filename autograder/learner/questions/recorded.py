"""What is kept of questions and answers, as plain values for JSON."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ...chapters import Chapter
from .asking import NO_DETECTOR, Answered


def recorded(
    chapter: Chapter, folder: Path, seed: int, answered: Sequence[Answered]
) -> dict[str, object]:
    """Return the questions with their answers, and all that it takes to ask them again."""
    text = (folder / f"{chapter.stem}.py").read_bytes()
    return {
        "chapter": chapter.stem,
        "seed": seed,
        "sha256": hashlib.sha256(text).hexdigest(),
        "right": sum(one.is_right for one in answered),
        "answered": sum(bool(one.key) for one in answered),
        "of": len(answered),
        "questions": [one.as_dict() for one in answered],
        "note": NO_DETECTOR,
    }
