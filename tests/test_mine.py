"""Your own book: parts are used by what they do, whatever the names inside them are."""

from dataclasses import fields
from pathlib import Path

import pytest
import torch

from autograder.experiments.chosen_parts import reference_parts
from autograder.grading.checks import chapters_by_name
from autograder.grading.loading import ChapterFolder
from autograder.publishing.recording.blocks import blocks_of, forward
from autograder.publishing.recording.networks import networks_of
from exercises.given.book import pages
from exercises.given.studies import report
from exercises.given.studies.kept import keep_network, kept_network
from exercises.given.studies.unseen_class import Parts, run_experiment
from exercises.given.training.embedding import embed
from exercises.given.training.settings import Settings
from tests.few_digits import few_digits

ACCEPTED = sorted(path for path in (Path(__file__).parent / "accepted").iterdir() if path.is_dir())
PARTS = fields(Parts)
SETTINGS = {"seed": 3, "widths": [16, 32]}
LONG = {"loops", "numpy_style"}
each_folder = pytest.mark.parametrize(
    "folder",
    # These two take longer than the others.
    [
        pytest.param(one, id=one.name, marks=[pytest.mark.slow] * (one.name in LONG))
        for one in ACCEPTED
    ],
)


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def moved(network: torch.nn.Module) -> torch.nn.Module:
    """Give every parameter another value, as a training does."""
    for parameter in network.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)
    return network


def maker(folder: Path):
    return ChapterFolder(folder).load("ch03_embedding_network").SimpleMetricEmbedding


def test_there_are_accepted_solutions():
    assert len(ACCEPTED) >= 5


@each_folder
def test_a_network_comes_back_as_it_was_kept(folder: Path, tmp_path: Path, images: torch.Tensor):
    torch.manual_seed(SETTINGS["seed"])
    network = maker(folder)()
    before = embed(network, images)
    moved(network)
    keep_network(network, maker(folder), tmp_path)
    back = kept_network(tmp_path, SETTINGS, is_trained=True)
    assert torch.equal(embed(back, images), embed(network, images))
    assert torch.equal(embed(kept_network(tmp_path, SETTINGS, is_trained=False), images), before)


@each_folder
def test_a_network_is_taken_apart_whatever_its_layers_are_called(
    folder: Path, images: torch.Tensor
):
    network = moved(maker(folder)())
    blocks = blocks_of(network, images)
    assert torch.allclose(forward(blocks, images), embed(network, images), atol=1e-4)


def test_a_network_with_layers_of_one_width_is_taken_apart(images: torch.Tensor):
    network = moved(maker(ACCEPTED[0])(widths=(8, 8), embedding_dim=8))
    blocks = blocks_of(network, images)
    assert torch.allclose(forward(blocks, images), embed(network, images), atol=1e-4)


@each_folder
def test_an_experiment_and_the_pages_work_with_own_code(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    chapters = ChapterFolder(folder)
    own = {
        one.name: getattr(chapters.load(chapters_by_name()[one.name].stem), one.name)
        for one in PARTS
    }
    parts = Parts(**own)
    digits = few_digits(600, 300)
    outcome = run_experiment(digits, parts, Settings(steps=20, device="cpu"))
    # Maps take longer than all the rest, and have nothing to do with names.
    monkeypatch.setattr(report, "draw_maps", lambda *_: {})
    report.write_report(outcome, digits, parts, tmp_path / "run", {})
    reference = reference_parts().parts
    data = networks_of(outcome, digits, reference, reference.SimpleMetricEmbedding())
    assert data["note"] == ""
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "run"))
    images = digits.test_images
    by_the_page = embed(pages.trained(), images)
    assert torch.allclose(by_the_page, outcome.arrays["test_embeddings"], atol=1e-4)
    assert not torch.allclose(embed(pages.untrained(), images), by_the_page, atol=1e-2)
