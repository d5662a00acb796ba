"""The experiment on the embedded digits: it learns, it leaves the digit out, it writes whole."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from autograder.parts import reference_parts
from exercises.given.data import load_embedded
from exercises.given.errors import CourseError
from exercises.given.experiment import LONG, Outcome, Settings, run_experiment
from exercises.given.files import replacing_folder
from exercises.given.measures import confusion_row, share_by_digit
from exercises.given.report import write_report

PARTS = reference_parts().parts


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    settings = Settings(digit=0, seed=0, steps=300, device="cpu")
    return run_experiment(load_embedded(), PARTS, settings)


def test_the_embedding_retrieves_better_than_the_pixels(outcome: Outcome):
    assert outcome.embedding.map_at_r > outcome.pixels.map_at_r
    assert outcome.embedding.recall_at_1["all"] > 0.95
    assert outcome.embedding.recall_at_1["unseen"] > 0.9


def test_every_group_and_digit_is_reported(outcome: Outcome):
    groups = {"all", "seen", "unseen", *map(str, range(10))}
    for space in (outcome.pixels, outcome.embedding):
        for shares in (space.recall_at_1, space.knn_accuracy, space.nearest_mean_accuracy):
            assert set(shares) == groups
            assert shares["unseen"] == shares["0"]
        row = space.knn_confusion_of_unseen
        assert sum(row.values()) == outcome.data["test_images_of_the_digit"]
        assert row["0"] / sum(row.values()) == pytest.approx(space.knn_accuracy["unseen"])


def test_the_digit_left_out_never_reaches_the_training_step():
    seen: set[int] = set()

    def spying(network, batches, loss_fn, optimizer):
        def look():
            for images, labels in batches:
                seen.update(labels.tolist())
                yield images, labels

        return PARTS.train_epoch(network, look(), loss_fn, optimizer)

    settings = Settings(digit=3, steps=20, device="cpu")
    run_experiment(load_embedded(), replace(PARTS, train_epoch=spying), settings)
    assert seen == set(range(10)) - {3}


def test_the_same_seed_gives_the_same_numbers():
    settings = Settings(digit=5, seed=4, steps=20, device="cpu")
    first, second = (run_experiment(load_embedded(), PARTS, settings) for _ in range(2))
    assert first.embedding == second.embedding
    assert torch.equal(first.arrays["test_embeddings"], second.arrays["test_embeddings"])


def test_a_recall_that_counts_the_query_itself_stops_the_run():
    parts = replace(PARTS, recall_at_k=lambda *_, **__: 1.0)
    with pytest.raises(CourseError, match="chapter 6"):
        run_experiment(load_embedded(), parts, Settings(steps=20, device="cpu"))


def test_the_report_holds_what_it_promises(outcome: Outcome, tmp_path: Path):
    write_report(outcome, load_embedded(), PARTS, tmp_path / "out", {"own_chapters": []})
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        "results.json", "arrays.npz", "network.pt",
        "pca.png", "tsne.png", "training_curve.png", "recall_by_digit.png",
    }  # fmt: skip
    results = json.loads((tmp_path / "out" / "results.json").read_text())
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
    assert (out / "results.json").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_with_other_files_is_not_replaced(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CourseError), replacing_folder(tmp_path, "results.json"):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_shares_and_confusion_count_by_hand():
    labels = torch.tensor([0, 0, 1, 1, 1])
    predicted = torch.tensor([0, 1, 1, 1, 0])
    shares = share_by_digit(predicted == labels, labels, unseen=0)
    assert shares == pytest.approx({"all": 0.6, "seen": 2 / 3, "unseen": 0.5, "0": 0.5, "1": 2 / 3})
    assert confusion_row(predicted, labels, digit=0)["1"] == 1


def test_a_long_run_leaves_the_network_of_the_book_alone(tmp_path: Path):
    """`triplet experiment --long`, with fewer steps."""
    command = [sys.executable, "-m", "autograder", "experiment", "--long", "--steps", "20"]
    environment = {name: one for name, one in os.environ.items() if name != "MNIST_DIR"}
    environment |= {"MNIST_MIRROR": "http://127.0.0.1:9/", "XDG_CACHE_HOME": str(tmp_path / "none")}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=240)
    results = json.loads((tmp_path / "long" / "results.json").read_text(encoding="utf-8"))
    assert results["settings"]["widths"] == list(LONG.widths)
    stored = torch.load(tmp_path / "long" / "network.pt", weights_only=True)
    assert stored["block2.conv.weight"].shape == (LONG.widths[1], LONG.widths[0], 3, 3)
