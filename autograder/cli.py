"""The command line: `triplet` and its commands, each a few lines around what does the work.

What a command needs it imports when it runs: --help should not wait a second for torch.
"""

import contextlib
import os
import sys
from pathlib import Path

import click

from exercises.given.device import CHOICES as DEVICES
from exercises.given.errors import CourseError

from .chapters import BOOK, EXERCISE_CHAPTERS, EXERCISES, SOLUTIONS, find_chapter
from .classroom.commands import adjust, grade, rubric_command
from .classroom.export.commands import export, gradescope
from .interruption import Interruption, end_in_order
from .isolation.one_thread import think_with_one_thread, wait_asleep

DEFAULT_ROTATION = Path("rotation")
DEFAULT_OUT = BOOK / "_results"
# Not where the book looks: its pages hold the network of the default size.
DEFAULT_LONG = Path("long")
HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 88}

data_option = click.option(
    "--data",
    metavar="NAME_OR_FOLDER",
    envvar="COURSE_DATA",
    show_envvar=True,
    help="Which images: mnist, which is part of the course; fashion-mnist or kmnist, which are "
    "downloaded; a folder with four IDX files; or a folder of your own images, with a folder for "
    "each class.  [default: mnist]",
)
device_option = click.option(
    "--device",
    type=click.Choice(DEVICES),
    default="auto",
    show_default=True,
    help="Where to train and embed; auto takes CUDA, then MPS, then the CPU.",
)
mine_option = click.option(
    "--mine",
    is_flag=True,
    help="Use your own chapters from exercises/; the reference stands in, and is named, for a "
    "chapter that does not pass its checks yet.",
)


seed_option = click.option(
    "--seed", type=click.IntRange(min=0), help="Draw the same inputs as before."
)
seconds_option = click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="How long a single check may take.",
)


@click.group(context_settings=HELP)
def cli() -> None:
    """A course on metric learning: read a chapter, fill in its stub, see what is right.

    \b
    First steps
      triplet watch         check the chapter you are at whenever you save it
      triplet check 4       check your chapter 4 once
      triplet hint 4        where to look, what to think of, what to do
      triplet experiment    train without a digit, then look for that digit
      triplet book          build the book with the numbers of a fresh run
    """


@cli.command(short_help="Check your stubs, all or one chapter.")
@click.argument("chapter", required=False)
@click.option("--all", "everything", is_flag=True, help="Check every chapter (the default).")
@click.option("--solutions", is_flag=True, help="Check the reference solutions instead.")
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
    import json

    from rich.console import Console

    from .checking import caller_for
    from .grade import grade_chapters
    from .journal import Journal
    from .reading import built_pages
    from .terminal import show_chapter, show_progress, show_success, total

    chapters = [find_chapter(chapter)] if chapter else list(EXERCISE_CHAPTERS)
    seed = _fresh_seed() if seed is None else seed
    console, pages = Console(), built_pages()
    records = []
    folder = SOLUTIONS if solutions else EXERCISES
    training = any(one.stem == "ch07_training" for one in chapters)
    with caller_for(
        folder, in_process=in_process, forking=True, training=training, seconds=seconds
    ) as caller:
        for one in chapters:
            own = grade_chapters(caller, seed, [one])
            records += own
            if not as_json:
                show_chapter(console, one, own, pages)
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


@cli.command("watch", short_help="Check again on every save.")
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

    from .isolation.launchers import best_launcher
    from .isolation.workers import Workers
    from .journal import Journal
    from .watch import Watch

    journal = Journal.read()
    current = find_chapter(chapter or journal.next_chapter() or EXERCISE_CHAPTERS[-1].stem)
    seed = _fresh_seed() if seed is None else seed
    with (
        best_launcher(forking=True) as launcher,
        Workers(launcher, EXERCISES, seconds) as workers,
    ):
        Watch(Console(), EXERCISES, workers, journal, seed).run(current)


@cli.command(short_help="Give the next hint for a chapter.")
@click.argument("chapter", required=False)
@seconds_option
def hint(chapter: str | None, seconds: float) -> None:
    """Check the chapter you are at, or CHAPTER, and give one hint for its first open exercise.

    There are three for every mistake: where to look, what to think of, what to do. Asking again
    gives the next.
    """
    think_with_one_thread()
    from rich.console import Console

    from .checking import caller_for
    from .grade import grade_chapters
    from .hints import RUNGS, next_hint
    from .journal import Journal
    from .reading import built_pages, with_pages

    journal = Journal.read()
    current = find_chapter(chapter or journal.next_chapter() or EXERCISE_CHAPTERS[-1].stem)
    with caller_for(EXERCISES, forking=True, seconds=seconds) as caller:
        records = grade_chapters(caller, _fresh_seed(), [current])
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


@cli.command(short_help="Begin a chapter again.")
@click.argument("chapter")
def reset(chapter: str) -> None:
    """Put the fresh stub of CHAPTER in place. What you had written is kept, and it says where."""
    from .reset import reset_chapter

    found = find_chapter(chapter)
    kept = reset_chapter(found)
    if kept:
        click.echo(f"Your version is now {kept}")
    click.echo(f"{found.stub} is a fresh stub.")


@cli.command(short_help="Say what works on this machine.")
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

    from .doctor import examine, examine_isolation
    from .terminal import show_attempts

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


@cli.command(short_help="Train without a digit, then look for it.")
@click.option(
    "--unseen",
    multiple=True,
    metavar="NAME",
    help="The class to leave out, by its name; give it several times to leave out several.  "
    "[default: the first class, for MNIST the digit 0]",
)
@click.option("--digit", type=int, help="The same for digits: --digit 8 is --unseen 8.")
@click.option("--seed", default=0, show_default=True, help="Fixes every random number.")
@click.option("--steps", type=int, help="Training steps.  [default: 10000; with --long: 6000]")
@click.option(
    "--long",
    is_flag=True,
    help="Twice the channels, batches of hard images, the optimizer Muon, means over moved copies: "
    "a better embedding, after about a minute of training on two cores.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for what is written.  [default: book/_results; with --long: long; with --rotate: "
    "rotation]",
)
@click.option("--rotate", is_flag=True, help="Leave out every class in turn, with several seeds.")
@click.option(
    "--seeds", default=5, show_default=True, type=click.IntRange(min=1), help="With --rotate."
)
@click.option(
    "--space",
    "spaces",
    multiple=True,
    default=("course", "pixels", "untrained"),
    show_default=True,
    help="With --rotate: what to compare; give it several times. Also: PCA-32, softmax, "
    "'random triplets', semi-hard, batch-all, batch-hard, oracle (which has seen every class).",
)
@click.option(
    "--four", is_flag=True, help="With --rotate: leave out four classes at once, each class twice."
)
@click.option(
    "--validation",
    is_flag=True,
    help="With --rotate: measure on images split off the training set. Tune with this alone.",
)
@data_option
@device_option
@mine_option
def experiment(
    unseen: tuple[str, ...],
    digit: int | None,
    seed: int,
    steps: int | None,
    long: bool,
    out: Path | None,
    rotate: bool,
    seeds: int,
    spaces: tuple[str, ...],
    four: bool,
    validation: bool,
    data: str | None,
    device: str,
    mine: bool,
) -> None:
    """Train without one digit, then measure how well that digit is found.

    Prints and writes the nearest-mean and 5-nearest-neighbour accuracy, MAP@R and Recall@1 of the
    unseen digit, of the seen ones and of each digit: in the pixels, in the embedding of an
    untrained network, and in that of the trained one. With --data it does so for the classes of
    other images.

    With --rotate it leaves out each class in turn, and writes a table of every value
    (rotation.csv) and a summary with intervals (rotation.json). Stop it at any moment and run it
    again: it goes on, and loses one run at most.
    """
    if digit is not None:
        unseen = (*unseen, str(digit))
    if rotate and unseen:
        raise click.UsageError("--rotate leaves out every class in turn: name none.")
    from exercises.given.data import load_images

    images = load_images(data)
    if rotate:
        from .rotation import rotate as rotate_classes

        rotate_classes(
            images,
            spaces=spaces,
            seeds=seeds,
            four_at_once=four,
            validation=validation,
            steps=steps,
            long=long,
            out=out or DEFAULT_ROTATION,
            device=device,
            mine=mine,
        )
        return
    from .experiment import run

    out = out or (DEFAULT_LONG if long else DEFAULT_OUT)
    run(
        images,
        unseen=unseen,
        seed=seed,
        steps=steps,
        long=long,
        out=out,
        device=device,
        mine=mine,
    )


@cli.command(short_help="Build the book from a fresh run.")
@data_option
@device_option
@mine_option
def book(data: str | None, device: str, mine: bool) -> None:
    """Build the book: grade, train, run the experiment, write every page from that run.

    Prints the page to open. The build is strict: a warning or a failing cell is an error.
    """
    from .book import build

    build(data=data, device=device, mine=mine)


for command in (grade, adjust, rubric_command, export, gradescope):
    cli.add_command(command)


def main() -> None:
    """Run the command line; every expected failure is one line and an exit code."""
    end_in_order()
    wait_asleep()
    _make_output_printable()
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        _exit(error.exit_code)
    except CourseError as error:
        _exit(2, f"Error: {error}")
    except (click.Abort, KeyboardInterrupt):
        _exit(130, "Stopped. Nothing half-written was left behind.")
    except Interruption as interruption:
        _exit(interruption.exit_code, f"Stopped by {interruption}.")
    except BrokenPipeError:
        _exit(141)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _exit(1, f"Error: {where}{error.strerror or error}. Free or name another place, run again.")


def _fresh_seed() -> int:
    import secrets

    return secrets.randbelow(10**6)


def _make_output_printable() -> None:
    """Replace what an old console cannot show, instead of ending with an encoding error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _exit(code: int, line: str = "") -> None:
    # The terminal may be gone: then there is nobody to tell, and the exit code says it.
    with contextlib.suppress(OSError):
        if line:
            click.echo(line, err=True)
        sys.stdout.flush()
    if code in (129, 141):
        # Python would print a traceback when it flushes a closed terminal at its end.
        os._exit(code)
    sys.exit(code)
