"""Write a record for TensorBoard, where that is installed: the course does not need it."""

import importlib.util
from pathlib import Path

from ..errors import CourseError
from ..studies.run_record import RunRecord
from .run_words import data_in_words, settings_in_words

EVENTS = "tensorboard"
INSTALL = "python -m pip install tensorboard"


def require_tensorboard() -> None:
    """Raise CourseError, which says how to install it, if TensorBoard is not there."""
    if importlib.util.find_spec("tensorboard") is None:
        raise CourseError(f"--tensorboard takes a package that is not installed: {INSTALL}")


def write_events(record: RunRecord, folder: Path) -> Path:
    """Write event files below the folder of a run, and return where.

    Each column of the record is a scalar over the steps, each column of a layer "layer/column",
    and what the run was a text. Raises OSError if the disk is full.
    """
    # Loaded here: it is there only for those who ask for it.
    from torch.utils.tensorboard.writer import SummaryWriter

    place = folder / EVENTS
    writer = SummaryWriter(str(place))
    try:
        words = {**data_in_words(record.about), **settings_in_words(record.about)}
        lines = [f"- {name}: {value}" for name, value in words.items()]
        writer.add_text("what was run", "\n".join(lines))
        for row in record.rows:
            for name, value in row.items():
                if isinstance(value, int | float) and name != "step":
                    writer.add_scalar(name, value, row["step"])
        for row in record.layers:
            for name, value in row.items():
                if isinstance(value, int | float) and name != "step":
                    writer.add_scalar(f"{row['layer']}/{name}", value, row["step"])
    finally:
        writer.close()
    return place
