"""`triplet experiment --data omniglot`: what is trained on, what is asked, and what is written."""

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from autograder.command_line.study_commands import experiment
from autograder.experiments.run_unseen_alphabets import RESULTS, backgrounds
from exercises.given.data.affine import moved_a_little
from exercises.given.data.alphabet_batches import AlphabetBatches
from exercises.given.data.characters import Characters


def characters(sizes: dict[str, int], people: int = 4) -> Characters:
    """Return alphabets of so many characters; each image has its character's place in a corner."""
    alphabets = tuple(name for name, size in sizes.items() for _ in range(size))
    images = torch.zeros(len(alphabets), people, 1, 28, 28)
    images[:, :, 0, 0, 0] = torch.arange(len(alphabets), dtype=torch.float)[:, None]
    return Characters(images, alphabets)


def test_the_alphabets_that_are_measured_are_in_no_background() -> None:
    for name in ("small1", "small2"):
        learned, held_out = backgrounds(name, validation=False)
        assert len(learned.by_alphabet()) == 5
        assert len(held_out.by_alphabet()) == 3
        assert not set(learned.alphabets) & set(held_out.alphabets)


def test_a_choice_is_made_on_an_alphabet_of_the_background_alone() -> None:
    whole, _ = backgrounds("small1", validation=False)
    learned, held_out = backgrounds("small1", validation=True)
    assert set(learned.by_alphabet()) | set(held_out.by_alphabet()) == set(whole.by_alphabet())
    assert len(held_out.by_alphabet()) == 1


def test_a_turned_character_is_another_one() -> None:
    drawn = characters({"A": 3, "B": 2})
    turned = drawn.turned()
    images, labels = turned.as_classes()
    assert len(turned.alphabets) == 4 * 5
    assert len(turned.by_alphabet()) == 4 * 2
    assert labels.unique().tolist() == list(range(20))
    # The mark in the corner goes round: after two turns it is in the corner opposite.
    assert images[labels == 10 + 2][0, 0, 27, 27] == 2


def test_half_of_the_batches_are_of_one_alphabet() -> None:
    drawn = characters({"A": 6, "B": 6, "C": 6, "D": 3})
    batches = AlphabetBatches(
        drawn, steps=400, classes_per_batch=4, images_per_class=2, shift=0, seed=0
    )
    alone = []
    for _, labels in batches:
        assert len(labels) == 8
        assert len(labels.unique()) == 4
        alone.append(len({drawn.alphabets[label] for label in labels.tolist()}) == 1)
    assert 0.4 < sum(alone) / len(alone) < 0.6


def test_a_move_of_nothing_changes_nothing_and_each_image_moves_by_itself() -> None:
    image = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    images = image.expand(3, -1, -1, -1)
    still = moved_a_little(images, torch.Generator().manual_seed(0), amount=0)
    assert torch.allclose(still, images, atol=1e-5)
    moved = moved_a_little(images, torch.Generator().manual_seed(0))
    assert not torch.allclose(moved[0], moved[1])


@pytest.mark.slow
def test_the_experiment_writes_what_it_found(tmp_path: Path) -> None:
    out = tmp_path / "one-shot"
    words = ["--data", "omniglot", "--background", "small2", "--steps", "60"]
    done = CliRunner().invoke(experiment, [*words, "--out", str(out)])
    assert done.exit_code == 0, done.output
    found = json.loads((out / RESULTS).read_text())
    spaces = found["spaces"]
    assert set(spaces) == {"pixels", "modified Hausdorff distance", "untrained", "embedding"}
    assert len(spaces["embedding"]["questions"]["by_run"]) == 20
    assert [(row["ways"], row["shots"]) for row in spaces["embedding"]["episodes"]] == [
        (5, 1), (5, 5), (20, 1), (20, 5)
    ]  # fmt: skip
    # The pixels do not hang on the training: this is what they give.
    assert 100 * spaces["pixels"]["questions"]["error"] == pytest.approx(79.0)
    assert spaces["embedding"]["questions"]["error"] < spaces["untrained"]["questions"]["error"]
    assert "400 published questions" in done.output
    assert max(map(len, done.output.splitlines()[:-2])) <= 80
    assert (out / "network.pt").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--data", "omniglot", "--digit", "3"], "--digit is not of --data omniglot"),
        (["--data", "omniglot", "--unseen", "a"], "--unseen is not of --data omniglot"),
        (["--background", "small1"], "--background is of --data omniglot"),
        (["--data", "omniglot", "--background", "small3"], "'small3' is not one of"),
        (["--data", "omniglot", "--steps", "3"], "3 steps are too few"),
        (["--data", "omniglot", "--steps", "0"], "0 steps are too few"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_runs(words: list[str], said: str) -> None:
    done = CliRunner().invoke(experiment, words)
    assert done.exit_code != 0
    assert said in done.output + str(done.exception)
