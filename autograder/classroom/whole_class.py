"""Grade a class from what was handed in to the reports: what `triplet grade` does."""

import contextlib
import gc
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from ..chapters import EXERCISE_CHAPTERS, Chapter
from ..isolation.launchers import Launcher
from .class_breaks import handed_in_breaks
from .class_progress import told
from .contained import require_contained
from .gradebook import Gradebook, open_gradebook
from .intake.students import Source
from .kept_breaks import KeptBreaks, kept_breaks
from .kept_lines import KeptLines, kept_lines
from .own_lines import FAILED, lines_for
from .reports import write_reports
from .rubric import default_rubric, read_rubric
from .run import Graded, Graders, Threads, drop_absent, grade_with, only_grader, seed_of_run
from .station import GradingSettings, prepared
from .terms import Terms, keep_terms


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
    cluster: str | None
    terms: Terms


def grade_whole_class(
    title: str, students: Sequence[Source], launcher: Launcher, wishes: Wishes
) -> None:
    """Grade the students and write the reports. Raises CourseError."""
    points = read_rubric(wishes.rubric) if wishes.rubric else default_rubric()
    with only_grader(wishes.out), open_gradebook(wishes.out) as gradebook:
        known = len(gradebook.damaged)
        _tell_damage(gradebook.damaged)
        seed = seed_of_run(gradebook, wishes.seed)
        with contextlib.closing(_graders(wishes, seed, launcher)) as graders:
            _grade(students, gradebook, graders)
        if wishes.chapters == EXERCISE_CHAPTERS:
            drop_absent(gradebook, {one.student for one in students})
        keep_terms(wishes.out, wishes.terms)
        told_of_import: list[str] = []
        reports = write_reports(gradebook, wishes.out, points, title, told_of_import)
        _tell_damage(gradebook.damaged[known:])
    strangers = [one.name for one in students if not one.is_enrolled]
    if strangers:
        click.echo(f"Not on the roster: {', '.join(strangers)}")
    for line in told_of_import:
        click.echo(line)
    page = next(one for one in reports if one.name == "index.html")
    click.echo(f"{len(students)} students. Open {page}")


def _graders(wishes: Wishes, seed: int, launcher: Launcher) -> Graders:
    settings = GradingSettings(seed, "", wishes.seconds, wishes.budget, wishes.chapters)
    if wishes.cluster:
        from .cluster import Cluster

        return Cluster(wishes.cluster, settings, wishes.accept)
    # First, while the process that starts the workers loads what they need.
    known = prepared(seed, wishes.chapters)
    settings = replace(settings, level=require_contained(launcher, wishes.accept))
    # One more than cores: while the grades of one go to the disk, another has the core.
    return Threads(settings, launcher, wishes.jobs or (os.cpu_count() or 1) + 1, known)


def _grade(students: Sequence[Source], gradebook: Gradebook, graders: Graders) -> None:
    done = 0
    sources = {one.student: one for one in students}
    gc.freeze()  # what is loaded by now stays, and no collection has to go through it again
    try:
        with (
            kept_lines(gradebook.folder, to_write=True) as lines,
            kept_breaks(gradebook.folder, to_write=True) as breaks,
        ):
            for graded in told(grade_with(graders, students, gradebook), len(students)):
                source = sources[graded.student]
                _keep_lines(lines, graded, source)
                _keep_breaks(breaks, source)
                done += 1
    except KeyboardInterrupt:
        click.echo(
            f"Stopped after {done} of {len(students)} students. Their grades are kept: run the "
            "same command again, and it goes on.",
            err=True,
        )
        raise SystemExit(130) from None


def _keep_lines(lines: KeptLines, graded: Graded, source: Source) -> None:
    """Keep the lines that the student's failed checks are about: the gradebook has no code."""
    if not source.handed_in or (not graded.ran and lines.has(source.student)):
        return
    failed = [one.record for one in graded.grades if one.record.status in FAILED]
    files: dict[str, bytes] = {}
    if failed:
        with contextlib.suppress(Exception):  # the grades are there, and say why it is unreadable
            files = source.read().files
    lines.put(source.student, lines_for(failed, files))


def _keep_breaks(breaks: KeptBreaks, source: Source) -> None:
    """Read the examples for triplet break: of who handed in, and now, since nothing runs them."""
    if source.handed_in:
        with contextlib.suppress(Exception):  # the grades are there, and say why it is unreadable
            breaks.keep(source.student, handed_in_breaks(source))


def _tell_damage(places: Sequence[str]) -> None:
    for place in places:
        click.echo(f"Damaged: {place}", err=True)
