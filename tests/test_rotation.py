"""The rotation of held-out digits: slow obvious measures, honest runs, and a stop that loses little."""

import csv
import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from autograder.chapters import ROOT
from autograder.experiments.chosen_parts import reference_parts
from autograder.experiments.run_rotation import SUMMARY, TABLE, rotate
from autograder.experiments.run_unseen_class import choose_size
from exercises.given.errors import CourseError
from exercises.given.measuring.few_examples import measure_unseen
from exercises.given.measuring.honest import (
    require_alone_as_in_company,
    require_not_trained_on,
    require_own_norms,
    require_prototypes,
)
from exercises.given.measuring.novelty import auroc, false_alarms
from exercises.given.studies.rotation import (
    Task,
    each_class,
    run_task,
    splits_of_four,
    tasks,
    validation_split,
)
from exercises.given.studies.spaces import SPACES
from exercises.given.studies.summary import interval, spread
from exercises.given.training.settings import LONG, Settings
from tests.few_digits import few_digits, write_few_digits
from tests.warm_start import run_module

PARTS = reference_parts().parts
FEW_STEPS = 20


@pytest.fixture
def small():
    """A gallery and queries of four digits in three dimensions, in which the digit 2 is new."""
    generator = torch.Generator().manual_seed(0)
    middles = 2 * torch.randn(4, 3, generator=generator)
    gallery_labels = torch.arange(4).repeat(25)  # (100,)
    labels = torch.arange(4).repeat(10)  # (40,)
    gallery = middles[gallery_labels] + torch.randn(100, 3, generator=generator)
    queries = middles[labels] + torch.randn(40, 3, generator=generator)
    return gallery, gallery_labels, queries, labels


def value(rows, measure, group="unseen", examples="all"):
    [found] = [
        one["value"]
        for one in rows
        if (one["measure"], one["group"], one["examples"]) == (measure, group, examples)
    ]
    return found


def slow_ranking(points, query):
    distances = [
        (torch.dist(points[query], points[other]).item(), other)
        for other in range(len(points))
        if other != query
    ]
    return [other for _, other in sorted(distances)]


# Measures against slow oracles


def test_retrieval_is_what_a_loop_over_queries_finds(small):
    _, _, queries, labels = small
    rows = measure_unseen(*small, unseen=[2], names="0123", seed=0)
    recalls, precisions, averages = [], [], []
    for query in range(len(queries)):
        if labels[query] != 2:
            continue
        right = [labels[other] == 2 for other in slow_ranking(queries, query)]
        to_find = sum(map(bool, right))
        recalls.append(bool(right[0]))
        precisions.append(sum(map(bool, right[:to_find])) / to_find)
        hits = [sum(map(bool, right[: rank + 1])) / (rank + 1) for rank in range(to_find)]
        averages.append(sum(hit for hit, is_right in zip(hits, right, strict=False) if is_right))
        averages[-1] /= to_find
    for measure, each in (("Recall@1", recalls), ("R-precision", precisions), ("MAP@R", averages)):
        assert value(rows, measure) == pytest.approx(sum(each) / len(each))


def test_a_full_gallery_votes_as_the_chapter_s_own_function_does(small):
    gallery, gallery_labels, queries, labels = small
    rows = measure_unseen(*small, unseen=[2], names="0123", seed=0)
    for measure, predicted in (
        ("5-NN", PARTS.knn_classify(gallery, gallery_labels, queries, k=5)),
        ("nearest mean", PARTS.nearest_mean_classify(gallery, gallery_labels, queries)),
    ):
        right = predicted == labels
        for group, which in (("all", labels >= 0), ("unseen", labels == 2), ("seen", labels != 2)):
            expected = right[which].float().mean().item()
            assert value(rows, f"{measure} accuracy", group) == pytest.approx(expected)
        said = predicted == 2
        precision = (right & said).sum().item() / max(1, said.sum().item())
        assert value(rows, f"{measure} precision") == pytest.approx(precision)
    row = [value(rows, f"taken for {digit}") for digit in range(4)]
    predicted = PARTS.knn_classify(gallery, gallery_labels, queries, k=5)[labels == 2]
    assert row == torch.bincount(predicted, minlength=4).tolist()


def test_more_examples_of_the_new_digit_are_found_more_often(small):
    rows = measure_unseen(*small, unseen=[2], names="0123", seed=0)
    shares = [value(rows, "5-NN accuracy", "unseen", few) for few in (1, 5, 20)]
    # One example alone can hardly win a vote of five.
    assert shares[0] < shares[1] <= shares[2] + 0.1


def test_novelty_is_what_a_loop_over_pairs_finds():
    generator = torch.Generator().manual_seed(1)
    of_new = torch.randint(0, 12, (30,), generator=generator).float() + 2
    of_known = torch.randint(0, 12, (50,), generator=generator).float()
    pairs = [(new > known) + (new == known) / 2 for new in of_new for known in of_known]
    assert auroc(of_new, of_known) == pytest.approx(float(sum(pairs)) / len(pairs))
    shares = [
        (of_known >= threshold).double().mean().item()
        for threshold in of_new
        if (of_new >= threshold).double().mean() >= 0.95
    ]
    assert false_alarms(of_new, of_known) == pytest.approx(min(shares))


def test_novelty_of_what_lies_apart_is_perfect():
    assert auroc(torch.tensor([5.0, 6]), torch.tensor([1.0, 2])) == 1
    assert false_alarms(torch.tensor([5.0, 6]), torch.tensor([1.0, 2])) == 0
    assert auroc(torch.ones(3), torch.ones(4)) == 0.5


# The summary


def test_the_interval_is_over_seeds_and_the_spread_over_classes():
    by_class = {"0": {0: 0.9, 1: 0.92}, "8": {0: 0.5, 1: 0.52}}
    found = spread(by_class)
    assert found["mean"] == pytest.approx(0.71)
    assert found["by_class"] == {"0": pytest.approx(0.91), "8": pytest.approx(0.51)}
    assert found["spread_over_classes"] == pytest.approx(0.2)
    # The means of the two seeds are 0.70 and 0.72, however far apart the digits are.
    assert found["low"] == pytest.approx(0.70)
    assert found["high"] == pytest.approx(0.72)


def test_a_single_seed_has_no_interval():
    assert interval([0.9]) == (None, None)


# Runs


def test_every_digit_is_held_out_alone_and_twice_among_four():
    assert each_class(range(10)) == [(digit,) for digit in range(10)]
    splits = splits_of_four(range(10))
    assert [len(set(split)) for split in splits] == [4] * 5
    assert Counter(digit for split in splits for digit in split) == dict.fromkeys(range(10), 2)


def test_a_space_without_chance_is_run_once():
    found = tasks(["pixels", "untrained"], [(0,), (1,)], seeds=3)
    assert Counter(task.space for task in found) == {"pixels": 2, "untrained": 6}
    assert len({task.name for task in found}) == len(found)


def test_the_validation_split_has_nothing_of_the_test_set():
    digits = few_digits()
    split = validation_split(digits)
    together = len(split.train_labels) + len(split.test_labels)
    assert together == len(digits.train_labels)
    test_images = {image.numpy().tobytes() for image in digits.test_images}
    assert not any(image.numpy().tobytes() in test_images for image in split.test_images)
    again = validation_split(digits)
    assert torch.equal(split.test_labels, again.test_labels)


@pytest.mark.parametrize("space", SPACES)
def test_every_space_is_measured_and_never_sees_what_is_held_out(space, monkeypatch):
    digits = few_digits()
    seen = set()
    make = SPACES[space].make

    def spying(images, labels, *others):
        seen.update(labels.tolist())
        return make(images, labels, *others)

    spied = type(SPACES[space])(spying, SPACES[space].is_random, SPACES[space].sees_all)
    monkeypatch.setitem(SPACES, space, spied)
    run = run_task(Task(space, (3, 7), 0), digits, PARTS, Settings(steps=FEW_STEPS, device="cpu"))
    assert seen == set(range(10)) - (set() if space == "oracle" else {3, 7})
    rows = run["rows"]
    assert 0 < value(rows, "Recall@1") <= 1
    assert sum(value(rows, f"taken for {digit}") for digit in range(10)) == sum(
        int((digits.test_labels == digit).sum()) for digit in (3, 7)
    )


def test_the_same_seed_gives_the_same_rows():
    settings = Settings(steps=FEW_STEPS, device="cpu")
    runs = [
        run_task(Task("random triplets", (5,), 3), few_digits(), PARTS, settings) for _ in range(2)
    ]
    assert runs[0]["rows"] == runs[1]["rows"]


# Assertions


def test_a_digit_in_training_that_was_to_be_left_out_stops_the_run():
    with pytest.raises(CourseError, match="class 'four' was to be left out"):
        require_not_trained_on(
            torch.tensor([1, 4, 4]), (4, 6), ["zero", "one", "two", "three", "four", "five", "six"]
        )


def test_a_prototype_of_zeros_or_of_nothing_stops_the_run():
    labels = torch.arange(10).repeat(2)
    points = torch.ones(20, 3)
    classes, names = range(10), "0123456789"
    require_prototypes(points, labels, classes, names)
    with pytest.raises(CourseError, match="class '9' has no prototype"):
        require_prototypes(points[labels != 9], labels[labels != 9], classes, names)
    points[labels == 4] = 0
    with pytest.raises(CourseError, match="class '4' has no prototype"):
        require_prototypes(points, labels, classes, names)


@pytest.mark.parametrize("bad", [0.0, float("nan"), float("inf")])
def test_an_embedding_that_is_none_stops_the_run(bad):
    points = torch.ones(4, 2)
    points[2] = bad
    with pytest.raises(CourseError, match="zero, or is not a number"):
        require_own_norms(points)


def test_an_embedding_that_depends_on_its_batch_stops_the_run():
    class LeaksBetweenImages(nn.Module):
        def forward(self, images):
            flat = images.flatten(1)
            return flat - flat.mean(dim=0)

    images = torch.rand(8, 1, 28, 28)
    require_alone_as_in_company(PARTS.SimpleMetricEmbedding(), images)
    with pytest.raises(CourseError, match="another embedding"):
        require_alone_as_in_company(LeaksBetweenImages(), images)


# The command


def rotated(out: Path, **changes):
    options = {
        "spaces": ("course", "pixels"),
        "seeds": 2,
        "four_at_once": True,
        "validation": False,
        "steps": FEW_STEPS,
        "long": False,
        "out": out,
        "device": "cpu",
        "mine": False,
    }
    rotate(few_digits(), **{**options, **changes})


@pytest.mark.slow
def test_a_rotation_writes_a_tidy_table_and_goes_on_where_it_was(tmp_path, capsys):
    rotated(tmp_path)
    with (tmp_path / TABLE).open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    runs = {(line["space"], line["held_out"], line["seed"]) for line in table}
    assert len(runs) == 2 * 5 + 5
    assert all(line["value"] and float(line["value"]) >= 0 for line in table)
    summary = json.loads((tmp_path / SUMMARY).read_text(encoding="utf-8"))
    assert summary["conditions"]["steps"] == FEW_STEPS
    assert {"torch", "python", "processor", "threads"} <= summary["conditions"].keys()
    assert "15 runs, 0 of them done" in capsys.readouterr().out
    rotated(tmp_path, seeds=3)
    assert "20 runs, 15 of them done" in capsys.readouterr().out


def test_runs_of_other_conditions_are_never_mixed(tmp_path):
    rotated(tmp_path, seeds=1)
    with pytest.raises(CourseError, match="under other conditions \\(steps\\)"):
        rotated(tmp_path, seeds=1, steps=FEW_STEPS + 1)


def test_runs_of_a_long_training_are_apart_from_the_others(tmp_path):
    rotated(tmp_path, seeds=1, spaces=("untrained",))
    with pytest.raises(
        CourseError, match="under other conditions \\(widths, candidates, muon, moved\\)"
    ):
        rotated(tmp_path, seeds=1, spaces=("untrained",), long=True)


def test_a_long_training_has_its_own_steps_unless_they_are_named():
    assert choose_size(None, True) == LONG
    assert choose_size(FEW_STEPS, True) == replace(LONG, steps=FEW_STEPS)
    assert choose_size(None, False) == Settings()


@pytest.mark.parametrize("space", ["untrained", "course"])
def test_the_network_of_a_space_has_the_widths_of_the_settings(space):
    asked = []

    def network(**wishes):
        asked.append(wishes)
        return PARTS.SimpleMetricEmbedding(**wishes)

    parts = replace(PARTS, SimpleMetricEmbedding=network)
    settings = Settings(steps=FEW_STEPS, device="cpu", widths=(4, 8))
    run_task(Task(space, (3,), 0), few_digits(), parts, settings)
    assert asked == [{"widths": (4, 8)}]


def test_a_space_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"no space faces.*course, pixels"):
        rotated(tmp_path, spaces=("faces",))


@pytest.mark.slow
def test_kill_9_loses_one_run_at_most(tmp_path):
    command = ["experiment", "--rotate", "--steps", "20", "--seeds", "1", "--space", "course"]
    command += ["--out", str(tmp_path), "--device", "cpu"]
    digits = write_few_digits(tmp_path / "digits", train=400, test=150)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COURSE_DATA": str(digits)}
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder", *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = iter(process.stdout.readline, "")
    said = next(line for line in lines if line.startswith("3 of 10"))
    process.kill()
    process.wait(timeout=30)
    process.stdout.close()
    assert said
    there = sorted((tmp_path / "runs").glob("*.json"))
    assert len(there) >= 3
    for path in there:
        json.loads(path.read_text(encoding="utf-8"))
    before = time.monotonic()
    done = run_module("autograder", *command, cwd=ROOT, env=environment, timeout=240)
    assert done.returncode == 0, done.stderr
    print(f"the rest took {time.monotonic() - before:.0f} s")
    assert f"10 runs, {len(there)} of them done" in done.stdout
