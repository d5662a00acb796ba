"""What a training may be asked for: the course's own by default, and nothing that makes no sense."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from torch import nn

from autograder.command_line.cli import cli
from autograder.experiments.chosen_parts import reference_parts
from autograder.experiments.run_rotation import rotate
from exercises.given.errors import CourseError
from exercises.given.studies.kept import kept_network
from exercises.given.studies.run_record import RunRecord, read_record
from exercises.given.studies.training_run import run_training
from exercises.given.training.chosen_recipe import chosen_recipe
from exercises.given.training.embedding import embed
from exercises.given.training.held_out import held_out_rows
from exercises.given.training.loop import make_optimizer
from exercises.given.training.settings import LONG, Settings, choose, settings_from
from tests.few_digits import few_digits, write_few_digits

PARTS = reference_parts().parts
FEW = Settings(steps=20, device="cpu")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_few_digits(tmp_path_factory.mktemp("data") / "digits", 300, 100)


# What is asked for


def test_nothing_asked_for_is_the_course_s_own():
    asked = dict.fromkeys(("loss", "margin", "warm_up", "optimizer", "rate", "shift"))
    assert choose(Settings(), soft=False, **asked) == Settings()
    assert choose(Settings(), soft=True) == Settings()
    losses = [chosen_recipe(PARTS, Settings()).loss_at(done)[0] for done in (0, 0.0599, 0.06, 1)]
    assert losses == ["batch-all", "batch-all", "batch-hard", "batch-hard"]


@pytest.mark.parametrize(
    ("asked", "margin", "warm_up", "rate"),
    [
        ({"loss": "semi-hard"}, 1.0, 0.0, 0.006),
        ({"loss": "batch-all", "margin": 0.2, "warm_up": 0.5}, 0.2, 0.5, 0.006),
        ({"loss": "batch-hard", "margin": 0.2}, 0.2, 0.06, 0.006),
        ({"loss": "mine:loss"}, None, 0.0, 0.006),
        ({"optimizer": "sgd"}, None, 0.06, 0.05),
        ({"optimizer": "muon", "rate": 0.01}, None, 0.06, 0.01),
    ],
)
def test_what_hangs_on_a_choice_follows_it(asked, margin, warm_up, rate):
    settings = choose(Settings(), **asked)
    assert (settings.margin, settings.warm_up, settings.peak_rate) == (margin, warm_up, rate)


def test_another_optimizer_for_the_long_training_has_its_own_rate():
    assert choose(LONG, optimizer="adam").peak_rate == 0.006
    assert LONG.peak_rate == 0.05


NO_SENSE = {
    "--images-per-class 1": "no image has a positive",
    "--classes-per-batch 1": "no image has a negative",
    "--classes-per-batch 10": "there are 9 classes to train on",
    "--soft --margin 0.2": "exclude each other",
    "--soft --loss semi-hard": "has no soft margin",
    "--soft --loss tests.test_knobs:plain": "--soft is of batch-hard",
    "--loss hinge": "There is no --loss hinge. There are: random, batch-all",
    "--loss nowhere_at_all:loss": "cannot be imported",
    "--loss tests.test_knobs:nothing": "has no function nothing",
    "--loss :loss": "name a module and a function",
    "--optimizer adagrad": "There is no --optimizer adagrad",
    "--schedule steps": "There is no --schedule steps",
    "--margin -1": "is no margin",
    "--margin nan": "is no margin",
    "--rate 0": "is no rate",
    "--rate inf": "is no rate",
    "--warm-up 1": "is no share",
    "--shift 14": "choose from 0 to 13",
    "--steps 3": "too few",
    "--widths 0,3": "channels of two blocks",
}


@pytest.mark.parametrize("words", NO_SENSE)
@pytest.mark.parametrize("command", [("train",), ("experiment",), ("experiment", "--rotate")])
def test_what_makes_no_sense_is_one_line_before_anything_runs(command, words, data, tmp_path):
    out = tmp_path / "out"
    line = [*command, "--data", str(data), "--out", str(out), *words.split()]
    result = CliRunner().invoke(cli, line)
    assert isinstance(result.exception, CourseError)
    assert NO_SENSE[words] in str(result.exception)
    assert "\n" not in str(result.exception)
    assert "Chapters:" not in result.output
    assert not out.exists()


def test_widths_that_are_no_two_numbers_are_one_line(tmp_path):
    result = CliRunner().invoke(cli, ["train", "--widths", "16", "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "such as 16,32" in result.output


# What is done


def plain(embeddings: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Pull everything to the origin: a loss of one's own."""
    return embeddings.square().mean()


def trained_by(settings: Settings, parts=PARTS) -> tuple[nn.Module, RunRecord]:
    record = RunRecord()
    return run_training(few_digits(600, 100), parts, settings, record), record


def test_an_own_loss_trains_and_is_named_in_the_record():
    _, record = trained_by(choose(FEW, loss="tests.test_knobs:plain", steps=100))
    losses = [row["loss"] for row in record.rows[1:]]
    assert losses[1] < losses[0] / 2
    assert record.rows[-1]["mining"] == "tests.test_knobs:plain"


def test_an_own_loss_is_given_the_margin_that_is_asked_for(tmp_path, monkeypatch):
    text = "def loss(embeddings, labels, margin):\n    return embeddings.sum() * 0 + margin\n"
    (tmp_path / "own_margin_loss.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    _, record = trained_by(choose(FEW, loss="own_margin_loss:loss", margin=0.25))
    assert record.rows[-1]["loss"] == 0.25


@pytest.mark.parametrize("loss", ["random", "batch-all", "semi-hard", "batch-hard"])
def test_every_loss_takes_the_margin_that_is_asked_for(loss):
    margins = []

    def spy(function):
        def called(*args):
            margins.append(args[-1])
            return function(*args)

        return called

    names = ("triplet_loss", "batch_all_triplet_loss", "semi_hard_triplet_loss")
    names = (*names, "batch_hard_triplet_loss")
    parts = replace(PARTS, **{name: spy(getattr(PARTS, name)) for name in names})
    trained_by(choose(FEW, loss=loss, margin=0.3), parts)
    assert set(margins) == {0.3}


def test_batches_and_widths_are_as_asked_for():
    sizes = set()

    def spy(network, batches, loss_fn, optimizer):
        def look():
            for images, labels in batches:
                sizes.add((len(torch.unique(labels)), len(labels)))
                yield images, labels

        return PARTS.train_epoch(network, look(), loss_fn, optimizer)

    settings = choose(FEW, classes_per_batch=3, images_per_class=5, widths=(4, 6))
    network, record = trained_by(settings, replace(PARTS, train_epoch=spy))
    assert sizes == {(3, 15)}
    assert {len(one) for one in network.parameters()} >= {4, 6}
    assert record.about["settings"]["classes_per_batch"] == 3


@pytest.mark.parametrize(
    ("optimizer", "kind"),
    [("adamw", torch.optim.AdamW), ("adam", torch.optim.Adam), ("sgd", torch.optim.SGD)],
)
def test_the_optimizer_is_the_one_that_is_asked_for(optimizer, kind):
    made, _ = make_optimizer(list(nn.Linear(2, 2).parameters()), choose(FEW, optimizer=optimizer))
    assert type(made) is kind


@pytest.mark.parametrize(
    ("schedule", "first", "middle", "last"),
    [("constant", 1, 1, 1), ("cosine", 1, 0.5, 0), ("one-cycle", 0.04, 0.8, 0)],
)
def test_the_rate_goes_as_the_schedule_says(schedule, first, middle, last):
    settings = choose(FEW, schedule=schedule, rate=0.5, steps=100)
    optimizer, scheduler = make_optimizer(list(nn.Linear(2, 2).parameters()), settings)
    rates = []
    for _ in range(100):
        rates.append(optimizer.param_groups[0]["lr"] / 0.5)
        optimizer.step()
        scheduler.step()
    found = (rates[0], rates[50], rates[-1])
    assert found == pytest.approx((first, middle, last), abs=0.02)


def test_normalised_embeddings_have_length_one_also_when_they_are_kept(
    data, tmp_path, without_page
):
    out = tmp_path / "run"
    line = ["train", "--data", str(data), "--out", str(out), "--normalise", "--steps", "20"]
    assert CliRunner().invoke(cli, line, catch_exceptions=False).exit_code == 0
    record = read_record(out)
    assert record.rows[-1]["norm"] == pytest.approx(1)
    settings = record.about["settings"]
    for is_trained in (False, True):
        network = kept_network(out, settings, is_trained=is_trained)
        norms = embed(network, few_digits(300, 100).test_images).norm(dim=1)
        assert torch.allclose(norms, torch.ones(100), atol=1e-5)


def test_what_is_held_out_is_never_trained_on():
    digits = few_digits(600, 100)
    met = []

    def spy(network, batches, loss_fn, optimizer):
        def look():
            for images, labels in batches:
                met.append(images.flatten(1))
                yield images, labels

        return PARTS.train_epoch(network, look(), loss_fn, optimizer)

    settings = choose(FEW, shift=0, steps=150)
    _, record = trained_by(settings, replace(PARTS, train_epoch=spy))
    seen = (digits.train_labels != 0).nonzero()[:, 0]
    watched = seen[held_out_rows(digits.train_labels[seen], settings.seed)]
    assert record.about["data"]["watched"] == {"images": len(watched), "trained on": False}
    assert record.about["data"]["train_images"] == len(seen) - len(watched)
    trained_on = {one.numpy().tobytes() for one in torch.cat(met)}
    images = digits.train_images.flatten(1)
    assert not {images[row].numpy().tobytes() for row in watched} & trained_on
    assert trained_on <= {image.numpy().tobytes() for image in images}  # nothing is moved


def test_a_run_can_be_run_again_from_its_record(data, tmp_path, without_page):
    out = tmp_path / "run"
    line = ["train", "--data", str(data), "--out", str(out), "--steps", "60", "--seed", "3"]
    line += ["--loss", "semi-hard", "--optimizer", "sgd", "--widths", "4,5", "--unseen", "7"]
    result = CliRunner().invoke(cli, line, catch_exceptions=False)
    assert "Recall@1 of" in result.output
    assert {path.name for path in out.iterdir()} == {
        "record.csv", "layers.csv", "run.json", "network.pt", "chapters",
    }  # fmt: skip
    kept = json.loads((out / "run.json").read_text(encoding="utf-8"))
    again = settings_from(kept["settings"])
    assert again.unseen == (7,)
    record = RunRecord()
    run_training(few_digits(300, 100), PARTS, again, record)
    assert record.rows == read_record(out).rows


def test_settings_of_another_version_are_one_line():
    with pytest.raises(CourseError, match="another version of the course: colour"):
        settings_from({"colour": "red"})


def test_a_folder_of_one_s_own_is_not_replaced(data, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    line = ["train", "--data", str(data), "--out", str(tmp_path), "--steps", "20"]
    assert isinstance(CliRunner().invoke(cli, line).exception, CourseError)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_a_rotation_takes_the_same_words_and_keeps_other_runs_apart(tmp_path):
    def rotated(**recipe):
        rotate(
            few_digits(300, 200), spaces=("course",), seeds=1, four_at_once=True,
            validation=False, steps=20, long=False, out=tmp_path, device="cpu", mine=False,
            recipe=recipe,
        )  # fmt: skip

    rotated(loss="semi-hard", margin=0.2)
    made = json.loads((tmp_path / "rotation.json").read_text(encoding="utf-8"))["conditions"]
    assert (made["loss"], made["margin"], made["warm_up"]) == ("semi-hard", 0.2, 0.0)
    assert "shift" not in made
    with pytest.raises(CourseError, match=r"other conditions \(loss, margin, warm_up\)"):
        rotated()
