"""The mean over moved copies: which copies there are, and that it is their mean."""

import pytest
import torch
from hypothesis import given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from autograder.experiments.chosen_parts import reference_parts
from exercises.given.studies.spaces import SPACES
from exercises.given.studies.unseen_class import run_experiment
from exercises.given.training.embedding import embed
from exercises.given.training.loop import train
from exercises.given.training.moved import embed_moved, moved
from exercises.given.training.settings import Settings
from tests.few_digits import few_digits

PARTS = reference_parts().parts
PLACES = ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))


def slowly_moved(image, down, right):
    """Return the image (h, w) moved pixel by pixel; what leaves it is lost."""
    height, width = image.shape
    result = torch.zeros_like(image)
    for row in range(height):
        for column in range(width):
            if 0 <= row + down < height and 0 <= column + right < width:
                result[row + down, column + right] = image[row, column]
    return result


@bounds(deadline=None, max_examples=30)
@given(height=st.integers(1, 6), width=st.integers(1, 6), seed=st.integers(0, 2**32))
def test_copies_are_moved_by_one_pixel_in_each_direction(height, width, seed):
    images = torch.rand(3, 1, height, width, generator=torch.Generator().manual_seed(seed))
    for copies, place in zip(moved(images), PLACES, strict=True):
        expected = torch.stack([slowly_moved(image, *place) for image in images[:, 0]])
        assert torch.equal(copies[:, 0], expected)


def test_the_embedding_is_the_mean_over_the_copies():
    images = few_digits().test_images[:3]
    network = PARTS.SimpleMetricEmbedding()
    total = torch.zeros(3, 64)
    for place in PLACES:
        total += embed(
            network, torch.stack([slowly_moved(one, *place) for one in images[:, 0]])[:, None]
        )
    torch.testing.assert_close(embed_moved(network, images), total / len(PLACES))


def test_a_blank_image_is_embedded_as_it_was():
    network, blank = PARTS.SimpleMetricEmbedding(), torch.zeros(2, 1, 28, 28)
    torch.testing.assert_close(embed_moved(network, blank), embed(network, blank))


@pytest.mark.parametrize("name", ["untrained", "course"])
def test_a_space_embeds_by_moved_copies_where_the_settings_ask_for_it(name):
    digits = few_digits()

    def embedded(is_moved):
        settings = Settings(steps=20, device="cpu", moved=is_moved)
        make = SPACES[name].make
        return make(digits.train_images, digits.train_labels, PARTS, settings, train)

    images = digits.test_images[:5]
    mean = torch.stack([embedded(False)(copies) for copies in moved(images)]).mean(dim=0)
    torch.testing.assert_close(embedded(True)(images), mean)


def test_the_experiment_embeds_by_moved_copies_where_the_settings_ask_for_it():
    digits = few_digits()
    outcome = run_experiment(digits, PARTS, Settings(steps=20, device="cpu", moved=True))
    for name, images in (("train", digits.train_images), ("test", digits.test_images)):
        found = outcome.arrays[f"{name}_embeddings"]
        torch.testing.assert_close(found, embed_moved(outcome.network, images))
