"""`triplet experiment`: choose the parts, run, print the table, write the report."""

import tempfile
from dataclasses import replace
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from exercises.given.data import load_digits
from exercises.given.experiment import LONG, Outcome, Settings, run_experiment
from exercises.given.files import require_ours
from exercises.given.report import RESULTS, write_report

from .chapters import EXERCISES, find_chapter
from .parts import ChosenParts, own_parts, reference_parts

MEASURES = (
    ("Recall@1", "recall_at_1"),
    ("5-NN accuracy", "knn_accuracy"),
    ("nearest mean", "nearest_mean_accuracy"),
)


def run(
    *,
    digit: int = 0,
    seed: int = 0,
    steps: int | None = None,
    long: bool = False,
    out: Path,
    data: Path | None,
    device: str,
    mine: bool,
) -> Outcome:
    """Run the experiment, print its table, and write its report into `out`."""
    settings = replace(choose_size(steps, long), digit=digit, seed=seed, device=device)
    # Training takes a minute: learn before it, not after, that the folder cannot be written.
    _require_place(out)
    console = Console()
    chosen = own_parts(EXERCISES, seed) if mine else reference_parts()
    say_whose(console, chosen, mine)
    digits = load_digits(data)
    console.print(f"Digits: {digits.source}", highlight=False)
    outcome = run_experiment(digits, chosen.parts, settings)
    show_outcome(console, outcome)
    notes = {"own_chapters": chosen.own, "reference_chapters": chosen.from_reference}
    write_report(outcome, digits, chosen.parts, out, notes)
    console.print(f"Written: {out / 'results.json'} and its figures", highlight=False)
    return outcome


def choose_size(steps: int | None, long: bool) -> Settings:
    """Return the settings of the usual or of the long training, with as many steps as asked for."""
    size = LONG if long else Settings()
    return size if steps is None else replace(size, steps=steps)


def say_whose(console: Console, chosen: ChosenParts, mine: bool) -> None:
    """Say which chapters are the learner's own."""
    if not mine:
        console.print("Chapters: the reference solutions")
        return
    names = [find_chapter(stem).title for stem in chosen.own]
    console.print(f"Your own chapters: {', '.join(names) or 'none yet'}", highlight=False)
    for stem in chosen.from_reference:
        console.print(
            f"Chapter {find_chapter(stem).number} does not pass its checks yet: the reference "
            f"stands in. See why: triplet check {find_chapter(stem).number}",
            highlight=False,
        )


def show_outcome(console: Console, outcome: Outcome) -> None:
    """Print the table of the measures, and what the unseen digit was taken for."""
    unseen = outcome.settings.digit
    title = f"Trained without the digit {unseen}; shares in %"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    table.add_column("space", no_wrap=True)
    groups = ["all", "seen", "unseen", *(str(digit) for digit in range(10))]
    for group in groups:
        table.add_column(group, justify="right", no_wrap=True)
    for title, field in MEASURES:
        for space in ("pixels", "embedding"):
            shares: dict[str, float] = getattr(getattr(outcome, space), field)
            cells = [f"{100 * shares[group]:.2f}" if group in shares else "" for group in groups]
            table.add_row(title if space == "pixels" else "", space, *cells)
    # A table that wraps is no table: a pipe or a narrow terminal gets it in its full width.
    Console(width=max(console.width, 140), file=console.file).print(table)
    row = outcome.embedding.knn_confusion_of_unseen
    answers = ", ".join(f"{count} as {digit}" for digit, count in row.items() if count)
    test_images = outcome.data["test_images_of_the_digit"]
    console.print(
        f"The {test_images} unseen {unseen}s by 5-NN in the embedding: {answers}. "
        f"One image is {100 / test_images:.2f} %.",
        highlight=False,
    )
    console.print(
        f"MAP@R: {outcome.pixels.map_at_r:.4f} in pixels, {outcome.embedding.map_at_r:.4f} "
        f"in the embedding. Training took {outcome.training['seconds']:.0f} s.",
        highlight=False,
    )


def _require_place(out: Path) -> None:
    """Raise CourseError or OSError if the report could not be written there."""
    require_ours(out, RESULTS)
    out.parent.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryDirectory(prefix=".partial-", dir=out.parent).cleanup()
