"""Look at the runs with which a learner has cured the sick ones of chapter 7: at their records."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from exercises.given.errors import CourseError
from exercises.given.health.catalogue import CATALOGUE
from exercises.given.health.sick_runs import IMAGES, SICK_RUNS, SickRun
from exercises.given.health.verdict import RunVerdict, verdict
from exercises.given.studies.run_record import RUN, STOPPED, RunRecord, read_record
from exercises.given.training.settings import settings_from

RUNS = "runs"  # the folder, as the chapter names it


class Cure(StrEnum):
    """How far a sick run is cured."""

    CURED = "cured"
    SICK = "still sick"
    NO_CURE = "not this task"
    NOT_MADE = "not made yet"
    NOT_READ = "not to be read"


@dataclass(frozen=True)
class LookedAt:
    """A sick run, how far it is cured, and in sentences why, and what to do next."""

    run: SickRun
    cure: Cure
    says: str

    def as_dict(self) -> dict[str, str]:
        """Return it as plain values for JSON."""
        return {"run": self.run.name, "cure": self.cure.value, "says": self.says}


def look_at_all(folder: Path) -> list[LookedAt]:
    """Look at the records in the folders a, b and c of a folder, whatever these hold."""
    return [look_at(run, folder) for run in SICK_RUNS]


def look_at(run: SickRun, folder: Path) -> LookedAt:
    """Look at the record of one run, whatever lies in its place."""
    place, make = folder / run.name, run.command(folder.as_posix())
    if not place.exists():
        return LookedAt(run, Cure.NOT_MADE, _not_made(place, make))
    if not (place / RUN).is_file():
        says = f"{place} holds no {RUN}. Name it otherwise, or empty it, and run: {make}"
        return LookedAt(run, Cure.NOT_READ, says)
    try:
        return _judged(run, read_record(place))
    except CourseError as error:
        return LookedAt(run, Cure.NOT_READ, f"{error} It began with: {make}")
    except (LookupError, TypeError, ValueError, AttributeError):
        says = f"{place / RUN} is damaged: what a training writes is missing. Begin again: {make}"
        return LookedAt(run, Cure.NOT_READ, says)


def _not_made(place: Path, make: str) -> str:
    stopped = place.with_name(f"{place.name}{STOPPED}")
    if (stopped / RUN).is_file():
        return f"The last try did not come to its end; its record is in {stopped}. Run it again."
    return f"Make the sick run, then cure it: {make}"


def _judged(run: SickRun, record: RunRecord) -> LookedAt:
    if record.ended["how"] != "finished":
        step = record.ended["step"]
        says = f"The run was broken off at step {step:,}. Let it come to its end."
        return LookedAt(run, Cure.SICK, says)
    if other := _other_task(run, record):
        return LookedAt(run, Cure.NO_CURE, f"{'; '.join(other)}. {run.task}")
    said, recall = verdict(record), record.rows[-1]["recall_at_1"]
    if not said.is_healthy:
        return LookedAt(run, Cure.SICK, _why_sick(said))
    before, found = f"{100 * record.rows[0]['recall_at_1']:.1f} %", f"{100 * recall:.1f} %"
    if recall < run.recall:
        says = (
            f"The verdict is healthy, but Recall@1 is {found}, {before} untrained; a cure here "
            f"reaches {100 * run.recall:g} %."
        )
        return LookedAt(run, Cure.SICK, says)
    by = ", ".join(run.cured_by(settings_from(record.about["settings"]))) or "another seed"
    return LookedAt(run, Cure.CURED, f"Recall@1 is {found}, {before} untrained. Cured by {by}.")


def _other_task(run: SickRun, record: RunRecord) -> Sequence[str]:
    """Return what makes the run another one than the task asks for."""
    if record.about["what"] != "train":
        return ["The run is one of triplet experiment, which holds no image out: use triplet train"]
    found = run.changed_against(settings_from(record.about["settings"]))
    images = record.about["data"]["chosen"]
    return found if images == IMAGES else [*found, f"--data is {images} and has to stay {IMAGES}"]


def _why_sick(said: RunVerdict) -> str:
    if not said.findings:
        return f"None of the {len(CATALOGUE)} known sicknesses fits, and yet {said.unwell}."
    first = said.findings[0]
    return f"{first.sickness.id}: {first.evidence}. {first.sickness.hints[1]}"
