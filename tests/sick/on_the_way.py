"""What the verdict says while a training goes on, and how soon it says that one has collapsed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from exercises.given.health.collapse import COLLAPSE
from exercises.given.health.verdict import RunVerdict, verdict
from exercises.given.studies.run_record import RunRecord
from tests.sick.cases import Case
from tests.sick.runs import all_makers, kept_record

SOON = 100
COLLAPSING = ("rate-too-high", "batch-hard-first", "collapse-to-a-point", "no-margin")
CASES = (
    Case(20, 4, "MNIST, images 20,000 to 23,999", steps=400),
    Case(21, 7, "MNIST, images 24,000 to 27,999", {"widths": (8, 16)}, steps=400),
    Case(22, 2, "scikit-learn's digits", steps=400),
    Case(23, 8, "a folder of 14 Greek letters", steps=400),
    # These two were added when the rules for the others were made.
    Case(24, 5, "MNIST, images 28,000 to 31,999", {"images_per_class": 6}, steps=400),
    Case(25, 3, "a folder of 12 capitals", {"widths": (12, 24)}, steps=400),
)


def so_far(record: RunRecord, step: int) -> RunRecord:
    """Return what was recorded of a run when it had taken so many steps, and went on.

    Of the last of them Recall@1 was still being measured.
    """
    *rows, last = [row for row in record.rows if row["step"] <= step]
    layers = [row for row in record.layers if row["step"] <= step]
    return RunRecord(
        record.about, {"how": "running"}, [*rows, {**last, "recall_at_1": None}], layers
    )


def on_the_way(record: RunRecord) -> Iterator[tuple[int, RunVerdict]]:
    """Yield (step, what the verdict says then) of every row, and at last that of the whole run."""
    *steps, last = [row["step"] for row in record.rows if row["step"] > 0]
    for step in steps:
        yield step, verdict(so_far(record, step))
    end = so_far(record, last)
    end.rows[-1] = record.rows[-1]
    yield last, verdict(replace(end, ended=record.ended))


def lost_at(record: RunRecord) -> int | None:
    """Return from which step on Recall@1 stays below the untrained network's; None: never.

    Half of the best would be later: on embeddings that are nearly one point, neighbours are still
    found by the small distances that are left.
    """
    (_, untrained), *course = [
        (row["step"], row["recall_at_1"]) for row in record.rows if row["recall_at_1"] is not None
    ]
    found = None
    for step, recall in course:
        if recall >= untrained:
            found = None
        elif found is None:
            found = step
    return found


def measure_collapses(folder: Path | None = None) -> dict[str, Any]:
    """Return of each run that lost its Recall@1 when that was, and when the verdict said what."""
    rows = []
    for case in CASES:
        for sickness, how, make in all_makers(COLLAPSING):
            record = kept_record(make, case, folder, f"{sickness} {how}")
            rows.append(
                {**case.described(), "sickness": sickness, "made by": how, **told(record, sickness)}
            )
            print(rows[-1], flush=True)
    return {"summary": delays(rows), "runs": rows}


def told(record: RunRecord, sickness: str) -> dict[str, Any]:
    """Return when Recall@1 was lost, when that or its cause was said, and other names before."""
    right = {sickness, COLLAPSE.id}
    others: list[str] = []
    said_at = None
    for step, said in on_the_way(record):
        if right & set(said.names):
            said_at = step
            break
        others += [name for name in said.names if name not in others]
    return {"lost at": lost_at(record), "said at": said_at, "named before": others}


def delays(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how many steps after the loss the verdict spoke; below zero, before it."""
    lost = [row for row in rows if row["lost at"] is not None]
    late = [row["said at"] - row["lost at"] for row in lost if row["said at"] is not None]
    return {
        "runs": len(rows),
        "lost Recall@1": len(lost),
        "of these said": len(late),
        "within 100 steps": sum(delay <= SOON for delay in late),
        "latest, in steps": max(late, default=None),
    }
