"""Grade a class from what was handed in to the reports: what `triplet grade` does."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from ..chapters import EXERCISE_CHAPTERS, Chapter
from ..isolation.launchers import Launcher
from .contained import require_contained
from .gradebook import Gradebook, open_gradebook
from .intake.students import Source
from .progress import told
from .reports import write_reports
from .rubric import default_rubric, read_rubric
from .run import drop_absent, grade_class, only_grader, seed_of_run
from .station import Settings


@dataclass(frozen=True)
class Wishes:
    """What the command line says about a run; see triplet grade --help."""

    out: Path
    rubric: Path | None
    chapters: tuple[Chapter, ...]
    seed: int | None
    jobs: int | None
    seconds: float
    budget: float
    accept: str | None


def grade_whole_class(
    title: str, students: Sequence[Source], launcher: Launcher, wishes: Wishes
) -> None:
    """Grade the students and write the reports. Raises CourseError."""
    points = read_rubric(wishes.rubric) if wishes.rubric else default_rubric()
    with only_grader(wishes.out), open_gradebook(wishes.out) as gradebook:
        known = len(gradebook.damaged)
        _tell_damage(gradebook.damaged)
        level = require_contained(launcher, wishes.accept)
        seed = seed_of_run(gradebook, wishes.seed)
        settings = Settings(seed, level, wishes.seconds, wishes.budget, wishes.chapters)
        _grade(students, gradebook, settings, launcher, wishes)
        pages = write_reports(gradebook, wishes.out, points, title)
        _tell_damage(gradebook.damaged[known:])
    strangers = [one.name for one in students if not one.is_enrolled]
    if strangers:
        click.echo(f"Not on the roster: {', '.join(strangers)}")
    click.echo(f"{len(students)} students. Open {next(p for p in pages if p.name == 'index.html')}")


def _grade(
    students: Sequence[Source],
    gradebook: Gradebook,
    settings: Settings,
    launcher: Launcher,
    wishes: Wishes,
) -> None:
    # While one submission's workers end or its grades go to the disk, another has the core.
    jobs = wishes.jobs or (os.cpu_count() or 1) + 1
    done = 0
    try:
        for _ in told(grade_class(students, gradebook, settings, launcher, jobs), len(students)):
            done += 1
    except KeyboardInterrupt:
        click.echo(
            f"Stopped after {done} of {len(students)} students. Their grades are kept: run the "
            "same command again, and it goes on.",
            err=True,
        )
        raise SystemExit(130) from None
    if wishes.chapters == EXERCISE_CHAPTERS:
        drop_absent(gradebook, {one.student for one in students})


def _tell_damage(places: Sequence[str]) -> None:
    for place in places:
        click.echo(f"Damaged: {place}", err=True)
