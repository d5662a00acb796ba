"""What measures the verdict: harm, the moment of a loss, what is said on the way, other images."""

import pytest
import torch

from exercises.given.data import load_images
from exercises.given.health.verdict import verdict
from exercises.given.studies.run_record import RunRecord
from tests.sick.cases import GROUPS, UNSEEN, Case
from tests.sick.drawn_letters import draw_letters
from tests.sick.healthy import healthy_cases
from tests.sick.images import IMAGE_SETS, OMNIGLOT
from tests.sick.on_the_way import delays, lost_at, so_far
from tests.sick.runs import HEALTHY, ON_TEST, all_makers, record_of
from tests.sick.table import HARM, NAMES, counts, how_named, lost


def ended(recall: float | None) -> RunRecord:
    return RunRecord(ended={"how": "finished"} | ({} if recall is None else {ON_TEST: recall}))


def test_a_run_without_a_network_has_lost_no_one_knows_how_much():
    assert lost(ended(0.9), ended(0.97)) == pytest.approx(0.07)
    assert lost(ended(None), ended(0.97)) is None


def test_both_counts_are_there_of_all_runs_and_of_those_with_harm():
    rows = [
        {
            "sickness": "rate-too-high",
            "named": ["first", "healthy", "wrong: no-margin", "second"],
            "lost": [HARM, HARM - 0.001, None, -0.01],
        },
        {
            "sickness": "healthy",
            "named": ["healthy", "wrong: no-margin", "wrong: no-margin"],
            "lost": [0.0, 0.0, HARM],
        },
    ]
    found = counts(rows)
    assert (found["sick"], found["first"], found["healthy"]) == (4, 1, 1)
    harmed = dict(zip(("sick", *NAMES), (2, 1, 0, 1, 0, 0), strict=True))
    assert found["harmed"] == harmed
    assert (found["healthy runs"], found["accused"]) == (3, 1)
    assert found["sick in fact, and named"] == 1


def recorded(*recalls: float | None) -> RunRecord:
    rows = [{"step": 50 * i, "recall_at_1": recall} for i, recall in enumerate(recalls)]
    return RunRecord(ended={"how": "finished"}, rows=rows)


@pytest.mark.parametrize(
    ("recalls", "step"),
    [
        ((0.8, 0.9, 0.7, 0.3), 100),
        ((0.8, 0.9, 0.7, 0.8), None),  # it came back
        ((0.8, 0.7, 0.9, 0.8, 0.7), 200),
        ((0.8, None, 0.1), 100),
        ((0.8, 0.9), None),
    ],
)
def test_recall_is_lost_where_it_stays_below_the_untrained_networks(recalls, step):
    assert lost_at(recorded(*recalls)) == step


def test_on_the_way_the_verdict_sees_no_more_than_it_would():
    record = recorded(*(0.8 for _ in range(12)))
    seen = so_far(record, 150)
    assert [row["step"] for row in seen.rows if row["recall_at_1"] is not None] == [0, 50, 100]
    assert seen.rows[-1]["step"] == 150
    assert seen.ended == {"how": "running"}
    assert record.rows[3]["recall_at_1"] == 0.8


def test_a_loss_that_is_never_said_is_counted_as_such():
    rows = [
        {"lost at": 100, "said at": 50},
        {"lost at": 100, "said at": 250},
        {"lost at": 100, "said at": None},
        {"lost at": None, "said at": 50},
    ]
    found = delays(rows)
    assert (found["runs"], found["lost Recall@1"], found["of these said"]) == (4, 3, 2)
    assert (found["within 100 steps"], found["latest, in steps"]) == (1, 150)


def test_drawn_letters_are_read_as_a_folder_of_images(tmp_path):
    images = load_images(draw_letters(tmp_path, "Aaλ", 8, seed=0))
    assert images.class_names == ("U+0041", "U+0061", "U+03BB")
    assert images.train_images.shape == (18, 1, 28, 28)
    assert images.train_images.median() < 0.2 < 0.5 < images.train_images.max()


def test_healthy_runs_are_of_every_recipe_and_no_case_that_the_rules_have_seen():
    drawn = healthy_cases(2 * len(HEALTHY))
    assert [how for how, _ in drawn] == 2 * list(HEALTHY)
    seeds = [case.seed for _, case in drawn]
    assert len(set(seeds)) == len(seeds)
    assert not set(seeds) & {case.seed for cases in GROUPS.values() for case in cases}
    assert healthy_cases(3) == drawn[:3]
    images = {case.images for _, case in healthy_cases(200)}
    assert not images & {case.images for case in UNSEEN}
    assert OMNIGLOT in images


# Omniglot: many classes of few images


def test_each_character_of_omniglot_is_a_class_of_twenty_images():
    images = IMAGE_SETS[OMNIGLOT]()
    assert len(images.classes) == 136
    assert set(torch.bincount(images.train_labels).tolist()) == {15}
    assert set(torch.bincount(images.test_labels).tolist()) == {5}


def test_a_training_on_characters_is_made_sick_and_named():
    makers = {(sickness, how): make for sickness, how, make in all_makers()}
    shuffled = makers["labels-of-other-images", "shuffled"]
    record = record_of(shuffled, Case(32, 5, OMNIGLOT, steps=100))
    assert record.about["data"]["watched"] == {"images": 270, "trained on": False}
    assert how_named(verdict(record), "labels-of-other-images") == "first"
    assert 0 <= record.ended[ON_TEST] < 0.3
