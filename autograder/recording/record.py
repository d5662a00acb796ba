"""Record all that the explorables need, beside the results of the run."""

from pathlib import Path

import numpy as np

from exercises.given.data import ImageSet
from exercises.given.experiment import Outcome
from exercises.given.report import ARRAYS

from ..parts import reference_parts
from .digits import digits_of
from .networks import networks_of
from .replay import replay_of
from .scripts import write_script

FOLDER = "explorables"


def record(outcome: Outcome, results: Path, digits: ImageSet) -> None:
    """Write the data scripts into the folder FOLDER of the results of a run."""
    with np.load(results / ARRAYS) as stored:
        arrays = {name: stored[name] for name in stored.files}
    place = results / FOLDER
    write_script(place, "digits", digits_of(digits, arrays, outcome.settings.unseen))
    write_script(place, "replay", replay_of(digits))
    write_script(place, "networks", networks_of(outcome, digits, reference_parts().parts))
