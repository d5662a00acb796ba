"""Train as a maker of a sickness has it, or as a healthy recipe, and keep the record."""

import contextlib
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from exercises.given.errors import CourseError
from exercises.given.health.catalogue import CATALOGUE
from exercises.given.health.sickness import Make
from exercises.given.health.training import Training
from exercises.given.measuring.by_query import recall_at_1
from exercises.given.studies.run_record import RUN, RunRecord, read_record, write_record
from exercises.given.studies.training_run import run_training
from exercises.given.training.moved import embedding_by
from tests.sick.cases import Case

ON_TEST = "recall_at_1 of the test images"


def asking(**changed: object) -> Make:
    return lambda training: training.with_settings(**changed)


THE_COURSES = "the course's"
HEALTHY: dict[str, Make] = {
    THE_COURSES: asking(),
    "batch-all": asking(loss="batch-all", margin=1.0, warm_up=0.0),
    "semi-hard": asking(loss="semi-hard", margin=1.0, warm_up=0.0),
    "random": asking(loss="random", margin=1.0, warm_up=0.0),
    "hinge": asking(margin=1.0),
    "normalised, margin 0.2": asking(margin=0.2, normalise=True),
    "rate 0.002": asking(rate=2e-3),
    "rate 0.012": asking(rate=1.2e-2),
    "cosine": asking(schedule="cosine"),
    "SGD": asking(optimizer="sgd"),
    "Muon": asking(optimizer="muon"),
    "8 images of a class": asking(images_per_class=8),
}


def all_makers(only: Sequence[str] = ()) -> Iterator[tuple[str, str, Make]]:
    """Yield (the sickness, how it is made, the maker), "" for a healthy run."""
    for sickness in CATALOGUE:
        if not only or sickness.id in only:
            yield from ((sickness.id, how, make) for how, make in sickness.makers.items())
    if not only or "healthy" in only:
        yield from (("", how, make) for how, make in HEALTHY.items())


def record_of(make: Make, case: Case) -> RunRecord:
    """Train, and return what was recorded, however the training ended.

    `ended` has one thing more than a person's run: Recall@1 of the test images of the classes that
    are trained on, which the verdict does not see. It is not there if there is no network.
    """
    training, record = make(case.training()), RunRecord()
    with contextlib.suppress(CourseError), contextlib.redirect_stderr(io.StringIO()):
        network = run_training(training.images, training.parts, training.settings, record)
        record.ended[ON_TEST] = recall_on_test(network, training)
    return record


def recall_on_test(network: torch.nn.Module, training: Training) -> float:
    images, settings = training.images, training.settings
    rows = ~torch.isin(images.test_labels, torch.tensor(settings.unseen))  # (m,)
    embeddings = embedding_by(settings)(network, images.test_images[rows])
    return float(recall_at_1(embeddings, images.test_labels[rows]))


def kept_record(make: Make, case: Case, folder: Path | None, name: str) -> RunRecord:
    """Return the record in a folder of that name, or train and put it there."""
    if folder is None:
        return record_of(make, case)
    place = folder / re.sub(r"\W+", "-", f"{name} {case.seed}")
    if (place / RUN).is_file():
        return read_record(place)
    record = record_of(make, case)
    place.mkdir(parents=True, exist_ok=True)
    write_record(record, place)
    return record
