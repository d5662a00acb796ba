"""Print what an experiment found: the unseen classes first, then each class."""

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from exercises.given.drawing.class_plots import shortened
from exercises.given.measuring.space import SpaceMeasures, disagreement
from exercises.given.studies.unseen_class import ExperimentResult

SPACES = ("pixels", "untrained", "embedding")
MEASURES = (
    ("nearest mean", "nearest_mean_accuracy"),
    ("MAP@R", "map_at_r_by_class"),
    ("5-NN", "knn_accuracy"),
    ("Recall@1", "recall_at_1"),
)
SHORT_MEASURES = tuple(one for one in MEASURES if one[0] != "5-NN")
MOST_CLASSES = 20
MOST_ANSWERS = 10
WIDEST = 1_000
LEFT_OUT = " *"


def show_findings(console: Console, outcome: ExperimentResult, table: bool = False) -> None:
    """Print what was found of the unseen classes in a few lines; with `table` all tables too."""
    if table:
        show_tables(console, outcome)
    total = outcome.data["test_images_of_unseen"]
    console.print(
        f"What became of {unseen_of(outcome)}, never seen: {total:,} test images, in %",
        highlight=False,
    )
    show_table(console, short_table(outcome))
    console.print(in_images(outcome), highlight=False)
    for name in SPACES:
        if line := disagreement(space_of(outcome, name), outcome.data["test_images"]):
            console.print(f"Note ({name}): {line}", style="yellow", highlight=False)


def show_tables(console: Console, outcome: ExperimentResult) -> None:
    """Print the table of groups, the table of classes, and what the unseen ones were taken for."""
    show_table(console, groups_table(outcome))
    show_table(console, classes_table(outcome))
    total, named = outcome.data["test_images_of_unseen"], unseen_of(outcome)
    answers = taken_for(outcome.embedding.knn_confusion_of_unseen)
    console.print(
        f"The {total} unseen images of {named} by 5-NN in the embedding: {answers}. "
        f"One image is {100 / total:.2f} %.",
        highlight=False,
    )
    console.print(
        f"Active share of random triplets: {outcome.training['active_random_triplets_before']:.2f} "
        f"before the training, {outcome.training['active_random_triplets_after']:.2f} after it. "
        f"Training took {outcome.training['seconds']:.0f} s.",
        highlight=False,
    )


def short_table(outcome: ExperimentResult) -> Table:
    """Return what was found of the unseen classes, beside pixels and the untrained network."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for heading in ("pixels", "untrained", "trained"):
        table.add_column(heading, justify="right", no_wrap=True)
    for title, field in SHORT_MEASURES:
        shares = [getattr(space_of(outcome, space), field)["unseen"] for space in SPACES]
        table.add_row(title, *in_percent(shares))
    return table


def in_images(outcome: ExperimentResult) -> str:
    """Return how many images the means find, and what the network takes the others for."""
    total = outcome.data["test_images_of_unseen"]
    pixels, untrained, trained = (
        round(space_of(outcome, space).nearest_mean_accuracy["unseen"] * total) for space in SPACES
    )
    own = set(outcome.data["unseen"])
    taken = outcome.embedding.nearest_mean_confusion_of_unseen
    others = taken_for({name: count for name, count in taken.items() if name not in own})
    found = (
        f"The nearest mean finds {trained:,} of {total:,} in the embedding, {pixels:,} in pixels, "
        f"and {untrained:,} before the training."
    )
    return f"{found} The others: {others}." if others else found


def unseen_of(outcome: ExperimentResult) -> str:
    """Return the unseen classes as a sentence names them."""
    names = outcome.data["unseen"]
    return f"the {len(names)} unseen classes" if len(names) > 3 else " and ".join(names)


def show_table(console: Console, table: Table) -> None:
    # A table that wraps is no table: a narrow pipe gets it in the width that it needs.
    needed = Console(width=WIDEST).measure(table).maximum
    Console(width=max(console.width, needed), file=console.file).print(table)


def groups_table(outcome: ExperimentResult) -> Table:
    """Return the shares of the unseen classes, of the seen ones, and of all, in each space."""
    names = outcome.data["unseen"]
    left_out = ", ".join(map(shortened, names[:3])) + (", ..." if len(names) > 3 else "")
    table = Table(
        title=f"Trained without {left_out}; shares in %",
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    table.add_column("classes", no_wrap=True)
    table.add_column("measure", no_wrap=True)
    for space in SPACES:
        table.add_column(space, justify="right", no_wrap=True)
    for group in ("unseen", "seen", "all"):
        for title, field in MEASURES:
            shares = [getattr(space_of(outcome, space), field)[group] for space in SPACES]
            first = group if title == MEASURES[0][0] else ""
            table.add_row(first, title, *in_percent(shares), end_section=title == MEASURES[-1][0])
    return table


def classes_table(outcome: ExperimentResult) -> Table:
    """Return two measures of every class; of many classes, of the unseen and of the hardest."""
    counts: dict[str, int] = outcome.data["test_images_by_class"]
    unseen = outcome.data["unseen"]
    pixels, embedding = outcome.pixels, outcome.embedding
    names = list(counts)
    title = "Each class (*: left out of the training)"
    if len(names) > MOST_CLASSES:
        hardest = sorted(
            (name for name in names if name not in unseen),
            key=lambda name: embedding.nearest_mean_accuracy[name],
        )
        names = [*unseen[:MOST_ANSWERS], *hardest[:MOST_ANSWERS]]
        title = "The unseen classes (*), and the hardest of the others; all are in results.json"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("class", no_wrap=True)
    table.add_column("images", justify="right", no_wrap=True)
    for measure in ("nearest mean", "Recall@1"):
        for space in ("pixels", "embedding"):
            table.add_column(f"{measure}\n{space}", justify="right", no_wrap=True)
    for name in names:
        shares = [
            space.__dict__[field][name]
            for field in ("nearest_mean_accuracy", "recall_at_1")
            for space in (pixels, embedding)
        ]
        mark = LEFT_OUT if name in unseen else ""
        table.add_row(shortened(name) + mark, str(counts[name]), *in_percent(shares))
    return table


def taken_for(row: dict[str, int]) -> str:
    """Return what images were taken for, the most frequent answers first."""
    answers = sorted((name for name in row if row[name]), key=lambda name: -row[name])
    listed = ", ".join(f"{row[name]} as {shortened(name)}" for name in answers[:MOST_ANSWERS])
    others = sum(row[name] for name in answers[MOST_ANSWERS:])
    return listed + (f", {others} as others" if others else "")


def space_of(outcome: ExperimentResult, name: str) -> SpaceMeasures:
    space: SpaceMeasures = getattr(outcome, name)
    return space


def in_percent(shares: Iterable[float]) -> list[str]:
    return [f"{100 * share:.2f}" for share in shares]
