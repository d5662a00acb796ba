"""What is kept between two commands: the points of each chapter, and the hints that were given."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from exercises.given.files import replacing

from ..chapters import EXERCISE_CHAPTERS, ROOT
from ..grading.record import Record, Status

PLACE = ROOT / ".triplet" / "progress.json"


@dataclass
class Journal:
    """The learner's progress: the newest records of each chapter, and how far hints were taken."""

    place: Path = PLACE
    chapters: dict[str, list[Record]] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, place: Path = PLACE) -> "Journal":
        """Return the journal of an earlier run, or an empty one if there is none to read."""
        try:
            kept = json.loads(place.read_text(encoding="utf-8"))
            chapters = {
                stem: [_record(one) for one in own] for stem, own in kept["chapters"].items()
            }
            return cls(place, chapters, dict(kept["hints"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # Nothing that a new check would not find out again is lost with it.
            return cls(place)

    def write(self) -> None:
        """Write the journal, whole or not at all."""
        self.place.parent.mkdir(exist_ok=True)
        with replacing(self.place) as temporary:
            chapters = {
                stem: [asdict(record) for record in own] for stem, own in self.chapters.items()
            }
            kept = {"chapters": chapters, "hints": self.hints}
            temporary.write_text(json.dumps(kept, indent=1), encoding="utf-8")

    def note(self, records: Iterable[Record]) -> list[str]:
        """Take the records of whole chapters in; return the stems that had passed and fell back."""
        fresh: dict[str, list[Record]] = {}
        for record in records:
            fresh.setdefault(record.stem, []).append(record)
        fallen = [
            stem
            for stem, own in fresh.items()
            if self.is_done(stem) and not all(record.passed for record in own)
        ]
        self.chapters |= fresh
        return fallen

    def is_done(self, stem: str) -> bool:
        """Return whether all checks of a chapter passed when it was checked last."""
        records = self.chapters.get(stem, [])
        return bool(records) and all(record.passed for record in records)

    def earned(self) -> int:
        """Return the points of all chapters, each as it was checked last."""
        return sum(record.earned for own in self.chapters.values() for record in own)

    def points_of(self, stem: str) -> str:
        """Return "12 / 20", or "not checked" for a chapter that never was."""
        records = self.chapters.get(stem, [])
        if not records:
            return "not checked"
        earned = sum(record.earned for record in records)
        return f"{earned} / {sum(record.points for record in records)}"

    def next_chapter(self) -> str | None:
        """Return the stem of the first chapter that is not done, or None."""
        stems = [chapter.stem for chapter in EXERCISE_CHAPTERS]
        return next((stem for stem in stems if not self.is_done(stem)), None)


def _record(kept: dict[str, Any]) -> Record:
    return Record(**{**kept, "status": Status(kept["status"])})
