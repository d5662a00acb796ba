"""Say in one line what the code of a part raised in the middle of a training, and where."""

import traceback
from pathlib import Path

GIVEN = Path(__file__).resolve().parents[1]


def in_one_line(error: Exception, step: int) -> str:
    """Return what was raised, in which file and line of the parts, after how many steps."""
    said = " ".join(str(error).split()) or "no more is said"
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "site-packages" not in Path(frame.filename).parts
        and GIVEN not in Path(frame.filename).parents
    ]
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"The training stopped after step {step}: {type(error).__name__}{where}: {said}"
