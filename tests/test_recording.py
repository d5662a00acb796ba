"""What is recorded for the explorables: numbers survive the packing, networks are taken apart."""

import base64
import itertools
import json

import numpy as np
import pytest
import torch
from torch import nn

from autograder.publishing.recording.blocks import blocks_of, forward
from autograder.publishing.recording.digits import nearest_others, whole_numbers
from autograder.publishing.recording.networks import gallery_rows, quantile
from autograder.publishing.recording.scripts import floats, pictures, signed_bytes, write_script
from exercises.given.errors import CourseError
from exercises.given.training.embedding import embed
from solutions.ch03_embedding_network import SimpleMetricEmbedding


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def bytes_of(packed: str, dtype: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed), dtype)


def test_a_script_is_one_call_around_json(tmp_path):
    write_script(tmp_path / "new", "digits", {"labels": [1, 2]})
    text = (tmp_path / "new" / "digits.js").read_text(encoding="utf-8")
    assert text.startswith('explorableData("digits", {')
    assert json.loads(text[text.index("{") : text.rindex("}") + 1]) == {"labels": [1, 2]}


def test_what_is_not_a_number_is_never_written(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        write_script(tmp_path, "replay", {"loss": [float("nan")]})
    assert list(tmp_path.iterdir()) == []


def test_packed_numbers_come_back():
    values = torch.randn(3, 4)
    assert np.array_equal(bytes_of(floats(values), "<f4").reshape(3, 4), values.numpy())
    packed, unit = signed_bytes(values)
    back = bytes_of(packed, "i1").reshape(3, 4) * unit
    assert np.abs(back - values.numpy()).max() <= unit / 2 + 1e-6


def test_two_pixels_share_a_byte(images):
    packed = bytes_of(pictures(images), "u1").reshape(5, 392)
    back = np.stack([packed >> 4, packed & 15], axis=2).reshape(5, 784) / 15
    assert np.abs(back - images.flatten(1).numpy()).max() <= 0.5 / 15 + 1e-6


def test_a_network_is_taken_apart_and_gives_the_same_embeddings(images):
    network = SimpleMetricEmbedding()
    for parameter in network.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)
    blocks = blocks_of(network, images)
    assert len(blocks) == 3
    assert torch.allclose(forward(blocks, images), embed(network, images), atol=1e-5)


def test_a_network_with_other_names_is_taken_apart_as_well(images):
    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            widths = (1, 16, 32, 64)
            self.layers = nn.ModuleList()
            for before, after in itertools.pairwise(widths):
                self.layers += [nn.GroupNorm(1, before), nn.ReLU(), nn.Conv2d(before, after, 3)]
                self.layers.append(nn.MaxPool2d(3, 2) if after < 64 else nn.AdaptiveAvgPool2d(1))

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x.flatten(1)

    network = Own()
    assert torch.allclose(forward(blocks_of(network, images), images), embed(network, images))


def test_a_network_of_another_kind_is_refused(images):
    with pytest.raises(CourseError, match="other parts"):
        blocks_of(nn.Sequential(nn.Flatten(), nn.Linear(784, 64)), images)

    class Doubled(SimpleMetricEmbedding):
        def forward(self, images):
            return 2 * super().forward(images)

    with pytest.raises(CourseError, match="do not give its embeddings"):
        blocks_of(Doubled(), images)


def test_the_gallery_holds_as_many_of_each_digit_as_there_are():
    labels = torch.tensor([digit for digit in range(10) for _ in range(10 + 30 * digit)])
    rows = gallery_rows(labels)
    assert torch.bincount(labels[rows]).tolist() == [min(100, 10 + 30 * d) for d in range(10)]


def test_nobody_is_its_own_neighbour_and_places_fit_the_map():
    points = torch.randn(30, 3)
    near = nearest_others(points)
    assert not (near == torch.arange(30)[:, None]).any()
    places = np.array(whole_numbers(points[:, :2].numpy()))
    assert places.min() == 0
    assert places.max() == 1000
    assert quantile(torch.arange(101.0), 0.95) == 95
