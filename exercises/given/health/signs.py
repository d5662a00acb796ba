"""What several rules look for: a collapse, how much was learnt, and whether a run is over."""

from statistics import mean

from .chart import Chart

# Each threshold stands apart from the healthy runs that the rules have seen: 12 recipes, 15 seeds,
# 200 to 400 steps. Their extremes are in book/measured/sick.json, under "worst of the healthy".

# Two sizes to hold distances against. The least mean distance of these runs was 2.3 % of the
# norm and 12 % of the margin.
OF_NORM = 0.01
OF_MARGIN = 0.1
# Before the end, if fewer of the watched images find their class than by the untrained network.
OF_MARGIN_ON_THE_WAY = 0.2
# How much of the way from an untrained network's Recall@1 to 1 a training is to go. The worst
# of these runs went 42 %, a narrow network of a low rate.
LEARNT = 1 / 3
# Of the images that are watched, how many of a class are too few for that: with a single other one
# to find among hundreds, a healthy run of 300 steps went 19 % of the way, of 1,500 steps 41 %.
FEW_OF_A_CLASS = 3
# Recall@1 within a batch, where no other tells: healthy runs had 70 % and more.
LOST = 0.6
LAST_ROWS = 3
LARGE_NORM = 50.0  # the largest of these runs was 29 at the end
SPREAD = 1e-3  # of the norm: below, which images are near and in which directions is by rounding


def margin_of(chart: Chart) -> float:
    """Return the margin; 1 for the soft margin, as in the monitor."""
    margin = chart.settings.get("margin")
    return 1.0 if margin is None else float(margin)


def collapsed_at(chart: Chart) -> tuple[int, str] | None:
    """Return since which step the embeddings are one point, to the end, and how one sees it.

    Small distances alone are none: neighbours may be told apart beside a large common part.
    """
    if is_over(chart):
        return nearly_one_point_at(chart) if little_was_learnt(chart) else None
    if _is_worse_than_untrained(chart):
        return nearly_one_point_at(chart, OF_MARGIN_ON_THE_WAY)
    return nearly_one_point_at(chart) if lost_in_batches(chart) else None


def nearly_one_point_at(chart: Chart, of_margin: float = OF_MARGIN) -> tuple[int, str] | None:
    """Return since which step all distances are small, to the end, and how one sees it."""
    norms = dict(chart.course("norm"))
    found: tuple[int, str] | None = None
    for step, distance in chart.course("negative_distance"):
        norm, margin = norms.get(step, 0.0), margin_of(chart)
        if distance < OF_NORM * norm:
            share, of = distance / norm, "of the mean norm"
        elif distance < of_margin * margin:
            share, of = distance / margin, "of the margin"
        else:
            found = None
            continue
        found = found or (step, f"the mean distance is {100 * share:.2g} % {of} at step {step}")
    return found


def _is_worse_than_untrained(chart: Chart) -> bool:
    course = chart.course("recall_at_1")
    return len(course) >= 2 and course[0][0] == 0 and course[-1][1] < course[0][1]


def little_was_learnt(chart: Chart) -> str:
    """Return, in words, that a training has left too many images without their class so far.

    Where the images that are watched cannot tell, those of the last batches do.
    """
    share = learnt(chart)
    if share is None or _hardly_any_to_find(chart):
        return lost_in_batches(chart)
    return recalls(chart) if share < LEARNT else ""


def _hardly_any_to_find(chart: Chart) -> bool:
    """Return whether most images that are watched have one other of their class among them."""
    watched = chart.data.get("watched", {}).get("images")
    return watched is not None and watched < FEW_OF_A_CLASS * chart.classes


def lost_in_batches(chart: Chart) -> str:
    """Return, in words, that too few images of the last batches find their class among them."""
    inside = last_mean(chart, "batch_recall_at_1")
    if inside is None or inside >= LOST:
        return ""
    return f"Recall@1 within a batch is {100 * inside:.0f} % at the end"


def learnt(chart: Chart) -> float | None:
    """Return which share of the way from the untrained Recall@1 to 1 was gone; None: not known."""
    course = chart.course("recall_at_1")
    if len(course) < 2 or course[0][0] != 0 or course[0][1] >= 1:
        return None
    before, after = course[0][1], course[-1][1]
    return (after - before) / (1 - before)


def recalls(chart: Chart) -> str:
    """Return the Recall@1 before and after, in words."""
    course = chart.course("recall_at_1")
    return f"Recall@1 went from {100 * course[0][1]:.1f} % to {100 * course[-1][1]:.1f} %"


def is_over(chart: Chart) -> bool:
    """Return whether the training came to its end: before, a rate may still be on its way up."""
    return bool(chart.ended.get("how") == "finished")


def last_mean(chart: Chart, name: str) -> float | None:
    """Return the mean of the last rows of a column."""
    values = chart.values(name)[-LAST_ROWS:]
    return mean(values) if values else None
