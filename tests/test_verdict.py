"""The verdict: sick trainings are named by their record, healthy ones are not accused."""

import json
import re

import pytest

from autograder.chapters import BOOK
from exercises.given.health import collapse, rates, signs, step_faults
from exercises.given.health.catalogue import CATALOGUE
from exercises.given.health.verdict import verdict
from exercises.given.health.wording import in_words
from exercises.given.studies.run_record import RunRecord, read_record, write_record
from tests.sick.cases import FAST, GROUPS, MADE_ON
from tests.sick.runs import HEALTHY, all_makers, record_of
from tests.sick.table import MEASURED, counts

IDS = [sickness.id for sickness in CATALOGUE]
MAKERS = {how: (sickness, make) for sickness, how, make in all_makers(()) if sickness}
each_sickness = pytest.mark.parametrize("sickness", CATALOGUE, ids=IDS)


# The catalogue


@each_sickness
def test_the_section_that_treats_a_sickness_is_in_the_book(sickness):
    page = (BOOK / f"{sickness.chapter}.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(sickness.section)}$", page, re.MULTILINE)


@each_sickness
def test_a_sickness_says_what_it_is_and_has_three_hints(sickness):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", sickness.id)
    for sentence in (sickness.says, sickness.shows, *sickness.hints):
        assert sentence.endswith((".", "?"))
    assert len(sickness.hints) == 3
    assert sickness.makers


def test_no_two_sicknesses_have_one_name():
    assert len(set(IDS)) == len(IDS)


@each_sickness
def test_a_sickness_covers_only_what_is_looked_for_after_it(sickness):
    assert set(sickness.covers) <= set(IDS[IDS.index(sickness.id) + 1 :])


# Records written by hand: what the rules say, at their thresholds


ROW = {
    "loss": 0.7,
    "mining": "batch-hard",
    "rate": 0.006,
    "active_share": 0.2,
    "norm": 6.0,
    "positive_distance": 2.0,
    "negative_distance": 4.0,
    "norm_spread": 0.5,
    "effective_rank": 20.0,
    "batch_recall_at_1": 0.9,
    "gradient_norm": 1.0,
    "relative_update": 0.01,
    "dead_share": 0.1,
    "recall_at_1": None,
}
SETTINGS = {
    "margin": None,
    "optimizer": "adamw",
    "rate": 0.006,
    "steps": 200,
    "loss": "batch-hard",
    "classes_per_batch": None,
    "images_per_class": 4,
}
DATA = {
    "class_names": list("0123456789"),
    "unseen": ["0"],
    "train_images": 3_000,
    "watched": {"images": 600, "trained on": False},
}


def written(*changes, how="finished", recall=(0.8, 0.95), **settings) -> RunRecord:
    """Return a record with a row for each of the changes to a healthy one."""
    start = dict.fromkeys(ROW) | {"step": 0, "recall_at_1": recall[0]}
    rows = [{"step": 50 * (i + 1), **ROW, **change} for i, change in enumerate(changes)]
    rows[-1]["recall_at_1"] = recall[1]
    about = {"settings": SETTINGS | settings, "data": DATA}
    return RunRecord(about, {"how": how}, [start, *rows], [])


def names_of(*changes, **others):
    return verdict(written(*changes, **others)).names


def test_a_healthy_record_is_healthy():
    said = verdict(written({"mining": "batch-all"}, {}, {}))
    assert said.is_healthy
    assert in_words(said)[0].startswith("Verdict: healthy.")


def of_characters(inside: float, of_each: int, **settings) -> RunRecord:
    """Return a run on 100 classes, whose Recall@1 of the watched images rose by a fifth alone."""
    record = written({}, {"batch_recall_at_1": inside}, recall=(0.15, 0.32), **settings)
    names = [f"Greek/{number}" for number in range(101)]
    watched = {"images": 100 * of_each, "trained on": False}
    record.about["data"] = DATA | {"class_names": names, "unseen": names[:1], "watched": watched}
    return record


def test_where_a_watched_image_has_one_other_to_find_the_batches_tell_what_was_learnt():
    assert verdict(of_characters(0.9, of_each=2)).is_healthy
    assert "within a batch" in verdict(of_characters(0.1, of_each=2)).unwell
    assert "from 15.0 % to 32.0 %" in verdict(of_characters(0.9, of_each=3)).unwell


@pytest.mark.parametrize(
    ("inside", "of_each", "is_named"), [(0.9, 2, False), (0.1, 2, True), (0.9, 3, True)]
)
def test_of_large_steps_that_is_the_harm_as_well(inside, of_each, is_named):
    said = verdict(of_characters(inside, of_each, rate=6.0))
    assert said.names == (("rate-too-high",) if is_named else ())


@pytest.mark.parametrize("column", ["norm", "margin"])
def test_a_collapse_is_said_from_its_threshold_on(column):
    edge = signs.OF_NORM * 600 if column == "norm" else signs.OF_MARGIN
    norm = 600.0 if column == "norm" else 1.0
    below = {"mining": "batch-all", "negative_distance": 0.99 * edge, "norm": norm}
    above = below | {"negative_distance": 1.01 * edge}
    for row in (below, above):
        row["positive_distance"] = row["negative_distance"] / 2
    lost = (0.8, 0.5)
    assert "collapse-to-a-point" in names_of(above, below, below, recall=lost)
    assert "collapse-to-a-point" not in names_of(above, above, above, recall=lost)
    # What has spread again is no collapse.
    assert "collapse-to-a-point" not in names_of(below, below, above, recall=lost)


@pytest.mark.parametrize(
    ("how", "recall", "is_named"),
    [("running", 0.79, True), ("running", 0.81, False), ("finished", 0.79, False)],
)
def test_before_the_end_images_that_lost_their_class_make_a_collapse_of_larger_distances(
    how, recall, is_named
):
    near = {"mining": "batch-all", "negative_distance": 0.15, "positive_distance": 0.1, "norm": 1.0}
    names = names_of(near, near, how=how, recall=(0.8, recall))
    assert ("collapse-to-a-point" in names) == is_named


def test_small_distances_that_still_tell_neighbours_are_no_collapse():
    point = {"mining": "batch-all", "positive_distance": 0.02, "negative_distance": 0.03}
    assert names_of(point, point, recall=(0.8, 0.95)) == ()
    # While a training goes on, Recall@1 within the batch is all that there is.
    running = {"how": "running", "recall": (0.8, None)}
    assert names_of(point, point, **running) == ()
    lost = point | {"batch_recall_at_1": 0.9 * signs.LOST}
    assert names_of(lost, lost, lost, **running) == ("collapse-to-a-point",)


def test_the_evidence_has_the_step_at_which_it_began():
    point = {"mining": "batch-all", "positive_distance": 0.02, "negative_distance": 0.03}
    (finding,) = verdict(
        written({"mining": "batch-all"}, {}, point, point, recall=(0.8, 0.5))
    ).findings
    assert finding.evidence.startswith("the mean distance is 0.5 % of the mean norm at step 150")


def test_a_large_step_is_named_only_where_it_does_harm():
    large = {"mining": "batch-all", "relative_update": 1.1 * rates.LARGE_STEP}
    assert names_of(large, {}, recall=(0.8, 0.95)) == ()
    assert names_of(large, {}, recall=(0.8, 0.5)) == ("rate-too-high",)


def test_a_sum_is_named_when_the_loss_stays_too_large():
    large = {"mining": "batch-all", "loss": 36 * 0.7, "positive_distance": 2.0}
    assert names_of(large, how="running", recall=(0.8, None)) == ()
    assert names_of(large, large, large, how="running", recall=(0.8, None)) == (
        "sum-instead-of-mean",
    )
    assert names_of(large) == ("sum-instead-of-mean",)


def test_small_steps_are_named_only_at_the_end():
    small = {"mining": "batch-all", "relative_update": 0.9 * rates.SMALL_STEP}
    assert names_of(small, small, recall=(0.8, 0.81)) == ("rate-too-low",)
    assert names_of(small, small, recall=(0.8, 0.81), how="running") == ()


def test_gradients_that_fall_with_the_loss_are_not_kept_ones():
    large = {"mining": "batch-all", "gradient_norm": 3 * step_faults.KEPT_GRADIENT}
    larger = large | {"gradient_norm": 3.3 * step_faults.KEPT_GRADIENT}
    assert names_of(large, larger) == ("no-zero-grad",)
    assert names_of(larger, large) == ()


def test_few_directions_of_few_images_are_no_sickness():
    line = {"mining": "batch-all", "effective_rank": 0.9 * collapse.FEW_DIRECTIONS}
    assert names_of(line, line) == ("few-directions",)
    assert names_of(line, line, classes_per_batch=2, images_per_class=2) == ()


def test_labels_of_other_images_show_before_the_first_step():
    chance = {"mining": "batch-all", "positive_distance": 4.0, "batch_recall_at_1": 0.1}
    nearer_once = chance | {"positive_distance": 3.7}
    lost = {"negative_distance": 4.0, "batch_recall_at_1": 0.1}
    rows = (nearer_once | lost, chance | lost, chance | lost)
    assert names_of(*rows, recall=(0.15, 0.12)) == ("labels-of-other-images",)
    # Where the untrained network finds neighbours, the labels are right: something was lost later.
    assert "labels-of-other-images" not in names_of(*rows, recall=(0.8, 0.12))


def test_where_nothing_was_held_out_a_network_that_hardly_moved_says_nothing_of_the_labels():
    chance = {"mining": "batch-all", "positive_distance": 4.0, "batch_recall_at_1": 0.1}
    still = chance | {"relative_update": 0.9 * rates.SMALL_STEP}
    unknown = (None, None)
    assert names_of(chance, chance, recall=unknown) == ("labels-of-other-images",)
    assert names_of(still, still, recall=unknown) == ("rate-too-low",)


def test_what_no_rule_explains_is_said_to_fit_none():
    said = verdict(written({"mining": "batch-all"}, {}, recall=(0.8, 0.7)))
    assert said.names == ()
    assert not said.is_healthy
    assert "none of the" in in_words(said)[0]
    assert "80.0 % to 70.0 %" in in_words(said)[0]


def test_without_images_held_out_no_run_is_called_healthy_in_words():
    well = verdict(written({"mining": "batch-all"}, {}, recall=(None, None)))
    assert well.unwatched
    assert well.names == ()
    assert "healthy" not in " ".join(in_words(well))
    lost = {"mining": "batch-all", "batch_recall_at_1": 0.14}
    assert "is 14 % at the end" in verdict(written(lost, lost, recall=(None, None))).unwell
    still = lost | {"relative_update": 0.9 * rates.SMALL_STEP}
    assert names_of(still, still, recall=(None, None)) == ("rate-too-low",)


def test_at_most_two_are_named():
    everything = {
        "loss": 30.0,
        "mining": "batch-hard",
        "negative_distance": 0.001,
        "positive_distance": 0.0005,
        "relative_update": 0.2,
        "dead_share": 0.9,
    }
    said = verdict(written({}, everything, everything, rate=1.0, recall=(0.8, 0.1)))
    assert said.names == ("rate-too-high", "batch-hard-first")


def test_a_run_without_a_row_has_no_verdict_yet():
    record = RunRecord({}, {"how": "running"}, [{"step": 0, "recall_at_1": 0.8}])
    assert verdict(record).too_early


# Runs that are made sick


QUICK = [
    *("no zero_grad", "the last layer is zero", "blank", "shuffled"),
    *("rate 0.1, constant", "the root of zero"),
]


@pytest.mark.parametrize("how", QUICK)
def test_a_sick_training_is_named(how):
    sickness, make = MAKERS[how]
    assert sickness in verdict(record_of(make, FAST)).names


@pytest.mark.parametrize("how", ["the course's", "batch-all"])
def test_a_healthy_training_is_not_accused(how):
    assert verdict(record_of(HEALTHY[how], FAST)).is_healthy


@pytest.mark.slow
@pytest.mark.parametrize("how", MAKERS)
def test_every_sick_training_is_named(how):
    sickness, make = MAKERS[how]
    assert sickness in verdict(record_of(make, MADE_ON[0])).names


@pytest.mark.slow
@pytest.mark.parametrize("how", HEALTHY)
def test_no_healthy_training_is_accused(how):
    assert verdict(record_of(HEALTHY[how], MADE_ON[0])).is_healthy


def test_a_record_that_was_kept_has_the_same_verdict(tmp_path):
    record = record_of(next(make for _, how, make in all_makers(()) if how == "no zero_grad"), FAST)
    write_record(record, tmp_path)
    assert verdict(read_record(tmp_path)) == verdict(record)


# The measured table


def table():
    return json.loads(MEASURED.read_text(encoding="utf-8"))


def test_the_table_has_every_maker_in_every_case():
    makers = [[sickness or "healthy", how] for sickness, how, _ in all_makers(())]
    for name, cases in GROUPS.items():
        rows = table()[name]["rows"]
        assert [[row["sickness"], row["made by"]] for row in rows] == makers
        assert {len(row["named"]) for row in rows} == {len(cases)}
        assert counts(rows) == table()[name]["counts"]


def test_of_unseen_sick_runs_most_are_named_and_hardly_any_wrongly():
    found = table()["unseen"]["counts"]
    for some in (found, found["harmed"]):
        assert some["first"] + some["second"] >= 0.95 * some["sick"]
        assert some["wrong"] <= 0.02 * some["sick"]


def test_hardly_any_healthy_run_is_accused():
    found = table()["healthy runs"]
    groups = [table()[name]["counts"] for name in GROUPS]
    runs = found["runs"] + sum(group["healthy runs"] for group in groups)
    assert runs >= 200
    assert found["accused"] + sum(group["accused"] for group in groups) <= 0.01 * runs


def test_nearly_every_collapse_is_said_soon():
    found = table()["collapses"]["summary"]
    assert found["of these said"] == found["lost Recall@1"]
    assert found["within 100 steps"] >= 0.95 * found["lost Recall@1"]


@pytest.mark.parametrize("group", [name for name in GROUPS if name != "unseen"])
def test_the_thresholds_lie_beyond_the_healthy_runs_that_the_rules_have_seen(group):
    worst = table()[group]["worst of the healthy"]
    assert worst["largest relative update"] < rates.LARGE_STEP
    assert worst["first gradient"] < step_faults.KEPT_GRADIENT
    assert worst["least distance / norm"] > signs.OF_NORM
    assert worst["least distance / margin"] > signs.OF_MARGIN
    assert worst["least effective rank"] > collapse.FEW_DIRECTIONS
    assert worst["largest dead share"] < rates.MANY_DEAD
    assert worst["norm at the end"] < rates.LARGE_NORM
    assert worst["norm at the end / at first"] < collapse.GROWN
    if group != "mended on, characters":  # of those too few are watched, and the batches tell
        assert worst["share of the way to Recall@1 = 1"] > signs.LEARNT
