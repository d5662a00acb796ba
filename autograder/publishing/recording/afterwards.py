"""Record all that the explorables need, beside the results of the run."""

import json
import shutil
from pathlib import Path

import numpy as np

from exercises.given.data import ImageSet
from exercises.given.data.omniglot_trials import read_trials
from exercises.given.studies.report import ARRAYS
from exercises.given.studies.unseen_class import ExperimentResult

from ...experiments.chosen_parts import reference_parts
from ...experiments.network_to_draw_for import never_met, read_kept
from ...experiments.one_shot_table import PLACE
from .ahead import complete_network
from .digits import digits_of
from .networks import networks_of
from .own_character import own_character_of
from .questions_to_try import one_shot_of
from .scripts import FOLDER, write_script


def record(outcome: ExperimentResult, results: Path, digits: ImageSet, ahead: Path) -> None:
    """Add to the results of a run what was recorded ahead of it, and its own data scripts."""
    shutil.copytree(ahead, results, dirs_exist_ok=True)
    with np.load(results / ARRAYS) as stored:
        arrays = {name: stored[name] for name in stored.files}
    place = results / FOLDER
    table = json.loads(PLACE.read_text(encoding="utf-8"))
    write_script(place, "one_shot", one_shot_of(read_trials(), table))
    kept = read_kept()
    write_script(place, "own_character", own_character_of(kept, never_met(kept)))
    write_script(place, "digits", digits_of(digits, arrays, outcome.settings.unseen))
    complete = complete_network(results)
    write_script(place, "networks", networks_of(outcome, digits, reference_parts().parts, complete))
