"""Records of runs, written by hand, for tests of what is made of them."""

from pathlib import Path
from typing import Any

from exercises.given.studies.run_record import RunRecord, write_record
from tests.test_verdict import written

LAYERS = ("block1.conv", "block2.conv")
ABOUT = {
    "what": "train",
    "command": "triplet train --steps 200 --out run",
    "own_chapters": [],
    "reference_chapters": ["ch07_training"],
    "network": {"parameters": dict.fromkeys(LAYERS, 100), "device": "cpu"},
    "versions": {"python": "3.11", "torch": "2.13.0"},
}
COLLAPSED = {
    "positive_distance": 1e-4,
    "negative_distance": 2e-4,
    "batch_recall_at_1": 0.1,
    "loss": 0.693,
}


def made_run(*changes: dict[str, Any], **others: Any) -> RunRecord:
    """Return a record with a row for each of the changes to a healthy one, and its layers."""
    record = written(*(changes or ({"mining": "batch-all"}, {}, {}, {})), **others)
    record.about = {**ABOUT, **record.about, "data": {**record.about["data"], "source": "MNIST"}}
    record.ended |= {"step": record.rows[-1]["step"], "seconds": 12.3, "message": ""}
    record.layers = [
        {"step": row["step"], "layer": layer, "gradient_norm": 0.5, "relative_update": 0.01}
        for row in record.rows[1:]
        for layer in LAYERS
    ]
    return record


def write_made_run(folder: Path, record: RunRecord) -> Path:
    folder.mkdir(parents=True)
    write_record(record, folder)
    return folder
