"""One example of each class: the published questions, and episodes."""

import numpy as np
import pytest
import torch
from scipy.spatial import KDTree

from exercises.given.data.omniglot_trials import read_trials
from exercises.given.measuring.hausdorff import ink_points, modified_hausdorff
from exercises.given.measuring.one_shot import episodes, run_errors
from exercises.given.studies.unseen_alphabets import by_hausdorff


def test_an_answer_is_the_nearest_example_and_of_equal_ones_the_first() -> None:
    distances = np.array([[[1.0, 2.0], [3.0, 3.0]], [[2.0, 1.0], [5.0, 4.0]]])  # (2, 2, 2)
    assert run_errors(distances, np.array([[0, 0], [0, 1]])).tolist() == [0.0, 0.5]


def test_the_modified_hausdorff_distance_is_the_longer_mean_way() -> None:
    one, other = KDTree([[0.0, 0.0], [0.0, 2.0]]), KDTree([[0.0, 0.0]])
    # Both points of one go to the same point: ways 0 and 2. Back it is way 0.
    assert modified_hausdorff(one, other) == modified_hausdorff(other, one) == 1.0


def test_ink_is_measured_from_its_middle() -> None:
    ink = np.zeros((9, 9), bool)
    ink[2, 3] = ink[4, 3] = True
    assert ink_points(ink).data.tolist() == [[-1.0, 0.0], [1.0, 0.0]]


@pytest.mark.slow
def test_the_published_baseline_comes_out() -> None:
    """38.8 % is what Omniglot's own demonstration gives, so the questions are counted as there."""
    assert 100 * by_hausdorff(read_trials())["error"] == pytest.approx(38.8, abs=0.1)


def spread_out(characters: int, people: int = 20) -> torch.Tensor:
    """Return drawings (characters, people, 2) that lie near their character's place on a line."""
    places = torch.arange(characters, dtype=torch.float)[:, None, None] * torch.ones(1, people, 2)
    generator = torch.Generator().manual_seed(0)
    return places + torch.empty_like(places).uniform_(-0.1, 0.1, generator=generator)


@pytest.mark.parametrize("shots", [1, 5])
def test_characters_that_lie_apart_are_always_told_apart(shots: int) -> None:
    right = list(episodes([spread_out(25)], ways=20, shots=shots, count=20, seed=0))
    assert right == [1.0] * 20


def test_drawings_without_an_order_are_told_apart_by_chance() -> None:
    random = torch.randn(25, 20, 3, generator=torch.Generator().manual_seed(0))
    right = np.array(list(episodes([random], ways=5, shots=1, count=2_000, seed=0)))
    assert right.mean() == pytest.approx(1 / 5, abs=0.03)


def test_a_question_is_no_example_of_its_own() -> None:
    """Were it one, the nearest example would always be the right one."""
    people = torch.arange(20.0)[None, :, None] * torch.ones(5, 1, 2)  # alike for all characters
    right = list(episodes([people], ways=5, shots=1, count=200, seed=0))
    assert np.mean(right) < 0.5


def test_an_alphabet_with_too_few_characters_is_passed_over() -> None:
    small, large = torch.zeros(4, 20, 2), spread_out(20)
    assert set(episodes([small, large], ways=20, shots=1, count=20, seed=0)) == {1.0}
    with pytest.raises(ValueError, match="no alphabet has 20 characters"):
        next(episodes([small], ways=20, shots=1, count=1, seed=0))
