"""Batches of hard images: what is remembered, and who is drawn."""

import pytest
import torch
from hypothesis import given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from autograder.experiments.chosen_parts import reference_parts
from exercises.given.data.hard_batches import HardBatches, hardness_of
from exercises.given.training.loop import make_batches, remembering, train
from exercises.given.training.settings import IMAGES_PER_CLASS, Settings
from tests.few_digits import few_digits

PARTS = reference_parts().parts


def draw_batches(count=60, *, candidates=3, per_digit=2, seed=0, steps=1):
    """Return batches of blank images, `count` of them, of the digits 0 to 4."""
    images, labels = torch.zeros(count, 1, 28, 28), torch.arange(count) % 5
    return HardBatches(
        images,
        labels,
        candidates=candidates,
        steps=steps,
        images_per_class=per_digit,
        seed=seed,
    )


def slow_hardness(embeddings, labels):
    """Return the hardness image by image."""
    result = []
    for i in range(len(labels)):
        to = [float((embeddings[i] - other).norm()) for other in embeddings]
        others = [j for j in range(len(labels)) if j != i]
        farthest = max((to[j] for j in others if labels[j] == labels[i]), default=-torch.inf)
        nearest = min((to[j] for j in others if labels[j] != labels[i]), default=torch.inf)
        result.append(farthest - nearest)
    return torch.tensor(result)


@bounds(deadline=None, max_examples=60)
@given(labels=st.lists(st.integers(0, 3), min_size=1, max_size=12), seed=st.integers(0, 2**32))
def test_hardness_is_the_farthest_positive_less_the_nearest_negative(labels, seed):
    generator = torch.Generator().manual_seed(seed)
    embeddings, digits = torch.randn(len(labels), 3, generator=generator), torch.tensor(labels)
    found = hardness_of(embeddings, digits)
    torch.testing.assert_close(found, slow_hardness(embeddings, digits), atol=1e-5, rtol=1e-5)


@bounds(deadline=None, max_examples=40)
@given(
    candidates=st.integers(1, 9),
    per_digit=st.integers(1, 14),
    digits=st.integers(1, 5),
    seed=st.integers(0, 2**32),
)
def test_a_batch_has_k_images_of_each_of_p_digits_however_many_there_are(
    candidates, per_digit, digits, seed
):
    images, labels = torch.zeros(50, 1, 28, 28), torch.arange(50) % 5  # ten images of each digit
    batches = HardBatches(
        images,
        labels,
        candidates=candidates,
        steps=2,
        classes_per_batch=digits,
        images_per_class=per_digit,
        seed=seed,
    )
    for _, batch_labels in batches:
        found, counts = torch.unique(batch_labels, return_counts=True)
        assert len(found) == digits
        assert counts.tolist() == [per_digit] * digits
        if per_digit <= 10:
            assert len(set(batches.rows.tolist())) == len(batch_labels)


def test_the_hardest_of_the_candidates_are_taken():
    batches = draw_batches(count=50, candidates=5, per_digit=2)  # all ten of a digit are candidates
    batches.hardness[:] = torch.arange(50).numpy()
    next(iter(batches))
    assert sorted(batches.rows.tolist()) == list(range(40, 50))


def test_an_image_that_was_never_met_goes_before_all_others():
    batches = draw_batches(count=50, candidates=5, per_digit=2, steps=5)
    met = []
    for _, labels in batches:
        met += batches.rows.tolist()
        batches.remember(torch.randn(len(labels), 3))
    assert sorted(met) == list(range(50))


def test_one_candidate_for_each_place_draws_without_regard_to_hardness():
    batches = draw_batches(count=500, candidates=1, per_digit=2, steps=200)
    batches.hardness[:250] = -1.0
    batches.hardness[250:] = 1.0
    drawn = torch.cat([batches.rows.clone() for _ in batches])
    assert 0.45 < (drawn < 250).double().mean() < 0.55


def test_the_hardness_is_kept_for_the_images_of_the_batch_and_for_no_other():
    batches = draw_batches()
    _, labels = next(iter(batches))
    embeddings = torch.randn(len(labels), 3, generator=torch.Generator().manual_seed(1))
    batches.remember(embeddings.requires_grad_())
    kept = torch.from_numpy(batches.hardness)
    torch.testing.assert_close(
        kept[batches.rows], slow_hardness(embeddings.detach(), labels).double()
    )
    assert torch.isinf(kept).sum() == len(kept) - len(labels)


def test_the_same_seed_gives_the_same_batches():
    one, other = draw_batches(seed=3), draw_batches(seed=3)
    next(iter(one)), next(iter(other))
    assert torch.equal(one.rows, other.rows)


def test_the_loss_stays_what_it_was_while_it_is_remembered():
    batches = draw_batches()
    _, labels = next(iter(batches))
    embeddings = torch.randn(len(labels), 3, generator=torch.Generator().manual_seed(2))
    loss = remembering(batches, PARTS.batch_hard_triplet_loss)(embeddings, labels)
    assert torch.equal(loss, PARTS.batch_hard_triplet_loss(embeddings, labels))


@pytest.mark.parametrize(("candidates", "kind"), [(1, False), (2, True)])
def test_the_settings_choose_the_batches(candidates, kind):
    images, labels = torch.zeros(50, 1, 28, 28), torch.arange(50) % 10
    batches = make_batches(images, labels, Settings(candidates=candidates))
    assert isinstance(batches, HardBatches) == kind


@pytest.mark.slow
def test_training_meets_some_images_far_more_often_than_chance_would():
    digits = few_digits()
    met = torch.zeros(len(digits.train_labels))  # (n,)

    class Counting(HardBatches):
        def remember(self, embeddings):
            super().remember(embeddings)
            met[self.rows] += 1

    settings = Settings(steps=300, candidates=4, device="cpu")
    torch.manual_seed(0)
    network = PARTS.SimpleMetricEmbedding()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("exercises.given.training.loop.HardBatches", Counting)
        train(network, digits.train_images, digits.train_labels, PARTS, settings, lambda _: None)
    assert met.sum() == settings.steps * 10 * IMAGES_PER_CLASS
    # A draw without regard to hardness has about the variance of a Poisson count: its mean.
    assert met.var() > 2 * met.mean()
