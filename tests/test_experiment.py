"""The experiment on the first digits of MNIST: it learns, it leaves the digit out, it writes whole."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from rich.console import Console

from autograder.chapters import ROOT
from autograder.experiments.chosen_parts import reference_parts
from autograder.experiments.result_tables import show_findings
from exercises.given.errors import CourseError
from exercises.given.files import replacing_folder
from exercises.given.measuring.by_group import confusion_row, groups, mean_by_group
from exercises.given.measuring.space import disagreement, measure
from exercises.given.studies.report import write_report
from exercises.given.studies.unseen_class import ExperimentResult, run_experiment
from exercises.given.training.settings import LONG, Settings
from tests.few_digits import few_digits, write_few_digits
from tests.warm_start import run_module

PARTS = reference_parts().parts


@pytest.fixture(scope="module")
def outcome() -> ExperimentResult:
    settings = Settings(unseen=(0,), seed=0, steps=300, device="cpu")
    return run_experiment(few_digits(), PARTS, settings)


def test_the_embedding_retrieves_better_than_the_pixels(outcome: ExperimentResult):
    assert outcome.embedding.map_at_r > outcome.pixels.map_at_r
    assert outcome.embedding.recall_at_1["all"] > 0.95
    assert outcome.embedding.recall_at_1["unseen"] > 0.9


def test_every_group_and_digit_is_reported(outcome: ExperimentResult):
    groups = {"all", "seen", "unseen", *map(str, range(10))}
    for space in (outcome.pixels, outcome.untrained, outcome.embedding):
        for shares in (
            space.recall_at_1,
            space.knn_accuracy,
            space.nearest_mean_accuracy,
            space.map_at_r_by_class,
        ):
            assert set(shares) == groups
            assert shares["unseen"] == shares["0"]
        row = space.knn_confusion_of_unseen
        assert sum(row.values()) == outcome.data["test_images_of_unseen"]
        assert row["0"] / sum(row.values()) == pytest.approx(space.knn_accuracy["unseen"])


def test_the_digit_left_out_never_reaches_the_training_step():
    seen: set[int] = set()

    def spying(network, batches, loss_fn, optimizer):
        def look():
            for images, labels in batches:
                seen.update(labels.tolist())
                yield images, labels

        return PARTS.train_epoch(network, look(), loss_fn, optimizer)

    settings = Settings(unseen=(3,), steps=20, device="cpu")
    run_experiment(few_digits(), replace(PARTS, train_epoch=spying), settings)
    assert seen == set(range(10)) - {3}


def test_the_same_seed_gives_the_same_numbers():
    settings = Settings(unseen=(5,), seed=4, steps=20, device="cpu")
    first, second = (run_experiment(few_digits(), PARTS, settings) for _ in range(2))
    assert first.embedding == second.embedding
    assert torch.equal(first.arrays["test_embeddings"], second.arrays["test_embeddings"])


def test_a_recall_that_counts_the_query_itself_is_reported_beside_the_results(tmp_path, capsys):
    parts = replace(PARTS, recall_at_k=lambda *_, **__: 1.0)
    found = run_experiment(few_digits(), parts, Settings(steps=20, device="cpu"))
    assert found.embedding.recall_at_1_by_part == 1.0
    assert found.embedding.recall_at_1["all"] < 1.0
    show_findings(Console(width=80), found)
    assert "recall_at_k returned 1.0000 where a count by index gives" in " ".join(
        capsys.readouterr().out.split()
    )


def test_right_code_is_not_accused_on_embeddings_that_are_nearly_one_point():
    random = torch.Generator().manual_seed(0)
    labels = few_digits().test_labels
    far = torch.full((64,), 6.0)  # a norm of 48
    queries = far + 0.01 / 8 * torch.randn(len(labels), 64, generator=random)
    assert PARTS.recall_at_k(queries, labels) != counted_by_index(queries.double(), labels)
    space = measure(queries, queries, replace(few_digits(), train_labels=labels), PARTS, (0,))
    assert space.recall_at_1["all"] == counted_by_index(queries.double(), labels)
    assert not disagreement(space, len(labels))


def counted_by_index(points: torch.Tensor, labels: torch.Tensor) -> float:
    """Return Recall@1 by a slow obvious count, in the precision of the points."""
    right = 0
    for row, point in enumerate(points):
        distances = (points - point).norm(dim=1)
        distances[row] = torch.inf
        right += int(labels[distances.argmin()] == labels[row])
    return pytest.approx(right / len(points), abs=1e-9)


def test_a_training_uses_one_thread_and_gives_the_others_back():
    used: set[int] = set()

    def spying(network, batches, loss_fn, optimizer):
        used.add(torch.get_num_threads())
        return PARTS.train_epoch(network, batches, loss_fn, optimizer)

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        settings = Settings(steps=20, device="cpu")
        run_experiment(few_digits(200, 100), replace(PARTS, train_epoch=spying), settings)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert used == {1}


def test_the_report_holds_what_it_promises(outcome: ExperimentResult, tmp_path: Path):
    write_report(outcome, few_digits(), PARTS, tmp_path / "out", {"own_chapters": []})
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        "results.json", "arrays.npz", "network.pt", "chapters",
        "pca.png", "tsne.png", "training_curve.png", "recall_by_class.png",
        "record.csv", "layers.csv", "run.json",
    }  # fmt: skip
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert results["embedding"]["recall_at_1"] == outcome.embedding.recall_at_1
    assert results["versions"]["torch"]


def test_a_failing_report_keeps_the_earlier_one(tmp_path: Path):
    out = tmp_path / "out"
    with replacing_folder(out, "results.json") as fresh:
        (fresh / "results.json").write_text("first")
    with (
        pytest.raises(OSError, match="full"),
        replacing_folder(out, "results.json") as fresh,
    ):
        (fresh / "results.json").write_text("second")
        raise OSError("the disk is full")
    assert (out / "results.json").read_text(encoding="utf-8") == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_with_other_files_is_not_replaced(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CourseError), replacing_folder(tmp_path, "results.json"):
        pass
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_shares_and_confusion_count_by_hand():
    labels = torch.tensor([0, 0, 1, 1, 1])
    predicted = torch.tensor([0, 1, 1, 1, 0])
    which = groups(labels, labels == 0, ("0", "1"))
    shares = mean_by_group(predicted == labels, which)
    assert shares == pytest.approx({"all": 0.6, "seen": 2 / 3, "unseen": 0.5, "0": 0.5, "1": 2 / 3})
    assert confusion_row(predicted, labels == 0, ("0", "1")) == {"0": 1, "1": 1}


@pytest.mark.slow
def test_a_long_run_leaves_the_network_of_the_book_alone(tmp_path: Path):
    """`triplet experiment --long`, with fewer steps."""
    digits = write_few_digits(tmp_path / "digits", train=400, test=150)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COURSE_DATA": str(digits)}
    command = ("experiment", "--long", "--steps", "20")
    done = run_module("autograder", *command, cwd=tmp_path, env=environment, timeout=240)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "long" / "results.json").read_text(encoding="utf-8"))
    assert results["settings"]["widths"] == list(LONG.widths)
    stored = torch.load(tmp_path / "long" / "network.pt", weights_only=True)
    assert stored["block2.conv.weight"].shape == (LONG.widths[1], LONG.widths[0], 3, 3)
