"""What a learner types: check, watch, hint, reset, doctor.

What a command needs it imports when it runs: --help should not wait a second for torch.
"""

import click

from ..chapters import BREAKS, EXERCISE_CHAPTERS, EXERCISES, SOLUTIONS, Chapter, find_chapter
from ..isolation.one_thread import think_with_one_thread
from .options import seconds_option, seed_option

TRAINING = "ch07_training"


@click.command(short_help="Check your stubs, all or one chapter.")
@click.argument("chapter", required=False)
@click.option("--all", "everything", is_flag=True, help="Check every chapter (the default).")
@click.option("--solutions", is_flag=True, help="Check the reference solutions instead.")
@click.option(
    "--runs",
    "cures",
    is_flag=True,
    help="Look at your runs in the folder runs/ instead: how far are chapter 7's sick ones cured?",
)
@seed_option
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
@click.option(
    "--in-process",
    is_flag=True,
    help="Run your code in the command's own process, so that breakpoint() works. Nothing then "
    "stops a loop that never ends.",
)
@seconds_option
def check(
    chapter: str | None,
    everything: bool,
    solutions: bool,
    cures: bool,
    seed: int | None,
    as_json: bool,
    in_process: bool,
    seconds: float,
) -> None:
    """Check your stubs in exercises/, all of them or one CHAPTER ("4" or "ch04").

    Says of every check what came back, what was expected, and, where the mistake is a known one,
    which mistake gives the same values. Every run draws fresh inputs; the seed that it prints
    draws the same ones again. Exit code 0 means that every check passed, 1 that some did not.
    """
    if chapter and everything:
        raise click.UsageError("Name one chapter, or --all, not both.")
    think_with_one_thread()
    if cures:
        if chapter and find_chapter(chapter).stem != TRAINING:
            raise click.UsageError("--runs is about chapter 7: triplet check 7 --runs")
        check_runs(as_json)
        return
    import json

    from rich.console import Console

    from ..grading.grade import grade_chapters
    from ..grading.record import Record
    from ..isolation.callers import caller_for
    from ..learner.book_links import built_pages
    from ..learner.journal import Journal
    from ..learner.terminal import (
        known_aloud,
        show_chapter,
        show_progress,
        show_success,
        total,
    )

    chapters = [find_chapter(chapter)] if chapter else list(EXERCISE_CHAPTERS)
    seed = fresh_seed() if seed is None else seed
    console, pages = Console(), built_pages()
    folder = SOLUTIONS if solutions else EXERCISES
    training = any(one.stem == TRAINING for one in chapters)

    def show(one: Chapter, own: list[Record]) -> None:
        if not as_json:
            show_chapter(console, one, own, pages)

    with caller_for(
        folder, in_process=in_process, forking=True, training=training, seconds=seconds
    ) as caller:
        records = grade_chapters(caller, seed, chapters, show, known_aloud())
    earned, points = total(records)
    if as_json:
        click.echo(json.dumps([record.as_dict() for record in records], indent=2))
    else:
        click.echo(f"\n{earned} of {points} points")
        if chapter and earned == points and not solutions:
            show_success(console, chapters[0])
        again = f"triplet check {chapter or ''}".strip() + (" --solutions" if solutions else "")
        click.echo(f"The same inputs again: {again} --seed {seed}")
    if not solutions:
        journal = Journal.read()
        fallen = journal.note(records)
        journal.write()
        if not as_json:
            show_progress(console, journal, fallen, pages)
    if earned < points:
        raise SystemExit(1)


def check_runs(as_json: bool) -> None:
    """Say of each sick run of chapter 7 how far it is cured; no points hang on it."""
    import json
    from pathlib import Path

    from rich.console import Console

    from ..learner.cures import RUNS, Cure, look_at_all
    from ..learner.show_cures import show_cures

    found = look_at_all(Path(RUNS))
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in found], indent=2))
    else:
        show_cures(Console(), found)
    if any(one.cure is not Cure.CURED for one in found):
        raise SystemExit(1)


@click.command("watch", short_help="Check again on every save.")
@click.argument("chapter", required=False)
@seed_option
@seconds_option
def watch_command(chapter: str | None, seed: int | None, seconds: float) -> None:
    """Check a chapter now, and again whenever you save it: the one you are at, or CHAPTER.

    Only what changed is checked again, and what builds on it. Single keys: n the next chapter, h
    a hint, l the list of chapters, a check all, q quit.
    """
    think_with_one_thread()
    from rich.console import Console

    from ..isolation.launchers import best_launcher
    from ..isolation.workers import Workers
    from ..learner.journal import Journal
    from ..learner.watch import Watch

    journal = Journal.read()
    current = find_chapter(chapter or journal.next_chapter() or EXERCISE_CHAPTERS[-1].stem)
    seed = fresh_seed() if seed is None else seed
    with (
        best_launcher(forking=True) as launcher,
        Workers(launcher, EXERCISES, seconds) as workers,
    ):
        Watch(Console(), EXERCISES, workers, journal, seed).run(current)


@click.command(short_help="Give the next hint for a chapter.")
@click.argument("chapter", required=False)
@seconds_option
def hint(chapter: str | None, seconds: float) -> None:
    """Check the chapter you are at, or CHAPTER, and give one hint for its first open exercise.

    There are three for every mistake: where to look, what to think of, what to do. Asking again
    gives the next.
    """
    think_with_one_thread()
    from rich.console import Console

    from ..grading.grade import grade_chapters
    from ..isolation.callers import caller_for
    from ..learner.book_links import built_pages, with_pages
    from ..learner.hints import RUNGS, next_hint
    from ..learner.journal import Journal

    journal = Journal.read()
    current = find_chapter(chapter or journal.next_chapter() or EXERCISE_CHAPTERS[-1].stem)
    with caller_for(EXERCISES, forking=True, seconds=seconds) as caller:
        records = grade_chapters(caller, fresh_seed(), [current])
    journal.note(records)
    found = next_hint(current, records, journal)
    journal.write()
    if found is None:
        waiting = {record.waiting_for for record in records if record.waiting_for}
        click.echo(
            f"Chapter {current.number} waits for {', '.join(sorted(waiting))}."
            if waiting
            else f"Chapter {current.number} passes: it needs no hint."
        )
        return
    click.echo(f"{found.name}, hint {found.number} of {len(RUNGS)}, {RUNGS[found.number - 1]}:")
    click.echo(found.text)
    if found.is_last:
        read = f'That is the last one. Read "{found.section}" in {current.page}.'
        Console().print(with_pages(read, built_pages()), highlight=False, soft_wrap=True)
    else:
        click.echo(f"The next one: triplet hint {current.number}")


@click.command(short_help="Begin a chapter again.")
@click.argument("chapter")
def reset(chapter: str) -> None:
    """Put the fresh stub of CHAPTER in place. What you had written is kept, and it says where.

    "breaks" does the same for exercises/breaks.py, the examples of triplet break.
    """
    from ..learner.reset import reset_chapter

    found = BREAKS if chapter == BREAKS.stem else find_chapter(chapter)
    kept = reset_chapter(found)
    if kept:
        click.echo(f"Your version is now {kept}")
    click.echo(f"{found.stub} is a fresh stub.")


@click.command(short_help="Say what works on this machine.")
@click.option(
    "--isolation",
    is_flag=True,
    help="For whoever grades a class: try what the code of a stranger must not do, and say what "
    "stops it.",
)
def doctor(isolation: bool) -> None:
    """Look at the installation, the data, the stubs, and at what a chapter of yours can do wrong.

    Exit code 0 means that everything is in order, 1 that something is not.
    """
    think_with_one_thread()
    from rich.console import Console

    from ..learner.doctor import examine, examine_isolation
    from ..learner.terminal import show_attempts

    if isolation:
        show_attempts(Console(), *examine_isolation())
        return
    is_fine = True
    for finding in examine():
        click.echo(f"{'ok ' if finding.is_fine else 'NO '} {finding.what}")
        if not finding.is_fine:
            is_fine = False
            click.echo(f"    {finding.remedy}")
    click.echo(
        "A check of your own code protects you from accidents, not from malice: the code runs\n"
        "with your own rights."
    )
    if not is_fine:
        raise SystemExit(1)
    click.echo("\nEverything is in order. Next: triplet check")


def fresh_seed() -> int:
    import secrets

    return secrets.randbelow(10**6)
