"""Chapter 2: what every drawn triplet must be, whatever the labels."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader

from solutions.ch02_triplet_dataset import TripletMNIST


@st.composite
def labels_with_triplets(draw, fewest_digits=2):
    """Draw labels in any order, with two images or more of each digit."""
    digits = draw(st.lists(st.integers(0, 9), min_size=fewest_digits, max_size=5, unique=True))
    labels = [digit for digit in digits for _ in range(draw(st.integers(2, 6)))]
    return torch.tensor(draw(st.permutations(labels)))


def numbered_images(n):
    """Return images of one pixel that holds the image's own index."""
    return torch.arange(n, dtype=torch.float32).reshape(n, 1, 1, 1)


seeds = st.integers(0, 2**32)


@settings(deadline=None)
@given(labels=labels_with_triplets(), seed=seeds)
def test_a_positive_has_the_anchors_digit_and_is_not_the_anchor(labels, seed):
    dataset = TripletMNIST(numbered_images(len(labels)), labels, seed=seed)
    for anchor in range(len(labels)):
        positive = dataset.sample_positive(anchor)
        assert isinstance(positive, int)
        assert positive != anchor
        assert labels[positive] == labels[anchor]


@settings(deadline=None)
@given(labels=labels_with_triplets(), seed=seeds)
def test_a_negative_has_another_digit(labels, seed):
    dataset = TripletMNIST(numbered_images(len(labels)), labels, seed=seed)
    for anchor in range(len(labels)):
        negative = dataset.sample_negative(anchor)
        assert isinstance(negative, int)
        assert 0 <= negative < len(labels)
        assert labels[negative] != labels[anchor]


@settings(deadline=None)
@given(labels=labels_with_triplets(fewest_digits=3), seed=seeds)
def test_excluded_digits_never_appear(labels, seed):
    excluded = int(labels[0])
    images = numbered_images(len(labels))
    dataset = TripletMNIST(images, labels, exclude_digits=[excluded], seed=seed)
    assert len(dataset) == int((labels != excluded).sum())
    for anchor, positive, negative, digit in dataset:
        assert digit != excluded
        digits = [int(labels[int(image)]) for image in (anchor, positive, negative)]
        assert excluded not in digits
        assert digits[0] == digits[1] == digit
        assert digits[2] != digit


def test_items_are_the_images_in_their_order():
    labels = torch.tensor([3, 5, 3, 5])
    images = torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    dataset = TripletMNIST(images, labels, seed=0)
    items = list(dataset)
    assert len(items) == len(dataset) == 4
    for row, (anchor, positive, negative, digit) in enumerate(items):
        assert torch.equal(anchor, images[row])
        assert torch.equal(positive, images[(row + 2) % 4])  # the only other one of its digit
        assert any(torch.equal(negative, images[other]) for other in ((row + 1) % 4, (row + 3) % 4))
        assert digit == int(labels[row])
        assert isinstance(digit, int)


@pytest.mark.parametrize("seed", range(3))
def test_all_candidates_are_drawn_equally_often(seed):
    labels = torch.tensor([1, 2, 1, 2, 7, 1, 2, 1, 7, 7, 7, 1])
    dataset = TripletMNIST(numbered_images(12), labels, seed=seed)
    draws = 4_000
    for sample, candidates in (
        (dataset.sample_positive, {0, 5, 7, 11}),
        (dataset.sample_negative, {1, 3, 4, 6, 8, 9, 10}),
    ):
        drawn = [sample(2) for _ in range(draws)]
        assert set(drawn) == candidates
        share = 1 / len(candidates)
        six_sigma = 6 * (draws * share * (1 - share)) ** 0.5
        for candidate in candidates:
            assert abs(drawn.count(candidate) - draws * share) < six_sigma


def test_the_same_seed_draws_the_same_triplets():
    labels = torch.arange(40) % 4
    one = TripletMNIST(numbered_images(40), labels, seed=3)
    other = TripletMNIST(numbered_images(40), labels, seed=3)
    another = TripletMNIST(numbered_images(40), labels, seed=4)
    rows = range(40)
    drawn = [one.sample_positive(row) for row in rows]
    assert drawn == [other.sample_positive(row) for row in rows]
    assert drawn != [another.sample_positive(row) for row in rows]


def test_a_data_loader_makes_batches_of_triplets():
    dataset = TripletMNIST(torch.rand(10, 1, 28, 28), torch.arange(10) % 2, seed=0)
    anchor, positive, negative, digit = next(iter(DataLoader(dataset, batch_size=5)))
    assert anchor.shape == positive.shape == negative.shape == (5, 1, 28, 28)
    assert digit.tolist() == [0, 1, 0, 1, 0]


def test_a_digit_with_a_single_image_is_named():
    with pytest.raises(ValueError, match=r"\b7\b"):
        TripletMNIST(numbered_images(5), torch.tensor([2, 2, 7, 4, 4]))


def test_a_digit_with_a_single_image_may_be_excluded():
    labels = torch.tensor([2, 2, 7, 4, 4])
    assert len(TripletMNIST(numbered_images(5), labels, exclude_digits=(7,))) == 4


def test_an_only_digit_is_named():
    with pytest.raises(ValueError, match=r"\b2\b"):
        TripletMNIST(numbered_images(4), torch.tensor([2, 2, 4, 4]), exclude_digits=(4,))


def test_an_empty_set_is_an_error():
    with pytest.raises(ValueError, match="no images"):
        TripletMNIST(numbered_images(0), torch.zeros(0, dtype=torch.int64))
    with pytest.raises(ValueError, match="no images"):
        TripletMNIST(numbered_images(2), torch.tensor([1, 1]), exclude_digits=[1])


def test_an_index_outside_the_set_is_an_index_error():
    dataset = TripletMNIST(numbered_images(4), torch.tensor([0, 0, 1, 1]))
    with pytest.raises(IndexError):
        dataset[4]
