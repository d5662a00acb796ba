"""Misconceptions of chapter 4: the distance, the loss, and its gradient by hand."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from solutions.ch04_triplet_loss import triplet_loss_gradient

from ..misconception import Exercise

DEFINITION, EXAMPLE, GRADIENT = "Definition", "A worked example", "The gradient by hand"


PAIRWISE_DISTANCES = Exercise(
    "pairwise_distances",
    DEFINITION,
    "Work out three distances of the six points by hand: d(a1, a2) = 1, d(a1, a3) = 2, and "
    "d(a1, b1) = 1.5.",
    "|x - y|^2 = |x|^2 + |y|^2 - 2 xy, for all pairs at once: a column, a row and a matrix.",
    "Add x's squares as (n, 1) and y's as (1, m), take away 2 * x @ y.T, keep the result above "
    "zero with clamp(min=1e-12), and take the square root.",
)
TRIPLET_LOSS = Exercise(
    "triplet_loss",
    DEFINITION,
    "Work out the loss of the first worked triplet: d(a, p) = 2, d(a, n) = 1.5, margin 1.",
    "Four moves: two distances for each row, their difference plus the margin, the cut-off at "
    "zero, the mean.",
    "torch.linalg.vector_norm(..., dim=1) gives the distances; torch.relu cuts off, before "
    "mean() joins the batch.",
)
TRIPLET_LOSS_GRADIENT = Exercise(
    "triplet_loss_gradient",
    GRADIENT,
    "Work out the gradient of one hard triplet by hand. How long is it by the positive: 1/n?",
    "The gradient of a distance is a vector of length one along it; easy triplets have none.",
    "With u = (a - p) / d(a, p), v = (a - n) / d(a, n) and the share 1/n where a triplet is "
    "active, the three are u - v, -u and v, each times the share.",
)


def squared_distances(x: Tensor, y: Tensor) -> Tensor:
    return (x[:, None] - y[None]).square().sum(dim=2)  # (n, m)


def distances_of(anchor: Tensor, positive: Tensor, negative: Tensor) -> tuple[Tensor, Tensor]:
    to_positive = torch.linalg.vector_norm(anchor - positive, dim=1)  # (n,)
    to_negative = torch.linalg.vector_norm(anchor - negative, dim=1)  # (n,)
    return to_positive, to_negative


# pairwise_distances


@PAIRWISE_DISTANCES.mistake(
    "Work out d(a1, a3) by hand: a1 is at (0, 3), a3 at (2, 3). Is it 2 or 4?",
    "The formula with the three terms gives the distance squared.",
    "Take the square root of what you return, guarded at zero.",
)
def distances_squared(x: Tensor, y: Tensor) -> Tensor:
    """Leaving out the square root gives the same values."""
    return squared_distances(x, y).clamp(min=1e-12)


@PAIRWISE_DISTANCES.mistake(
    "Ask for the gradient of the distance between two equal rows.",
    "The slope of the square root is infinite at zero, and infinity times zero is NaN.",
    "Keep what goes into the square root above zero, for example with clamp(min=1e-12).",
    section=GRADIENT,
)
def distances_nan_gradient(x: Tensor, y: Tensor) -> Tensor:
    """Letting zero into the square root gives the same NaN. A guard that comes too late
    (clamp(min=0), or a small number added after the root) does so as well.
    """
    return squared_distances(x, y).sqrt()


@PAIRWISE_DISTANCES.mistake(
    "How many distances are there between 5 rows and 3 rows?",
    "Every row of x meets every row of y, so the result has two axes, (n, m).",
    "Put x on an axis of its own with x[:, None] and y with y[None], or use x @ y.T.",
)
def distances_row_by_row(x: Tensor, y: Tensor) -> Tensor:
    """Pairing row i of x with row i of y only gives the same result."""
    return torch.linalg.vector_norm(x - y, dim=1)


@PAIRWISE_DISTANCES.mistake(
    "Which of the two arguments do the rows of your result belong to?",
    "Entry [i, j] belongs to row i of x and row j of y.",
    "Exchange the two axes of the result.",
)
def distances_transposed(x: Tensor, y: Tensor) -> Tensor:
    """Returning one row for each row of y instead of x gives the same values."""
    return squared_distances(y, x).clamp(min=1e-12).sqrt()


@PAIRWISE_DISTANCES.mistake(
    "Print the shape of what you return. Is it (n, m)?",
    "norm() without dim adds up over every axis, also over the pairs.",
    "Say over which axis the norm runs: the last one, which holds the coordinates.",
)
def distances_norm_over_everything(x: Tensor, y: Tensor) -> Tensor:
    """Taking one norm over the whole array instead of one for each pair gives the same result."""
    return torch.linalg.vector_norm(x[:, None] - y[None])


@PAIRWISE_DISTANCES.mistake(
    "Work out the distance of a2 (0, 2) and a3 (2, 3) by hand: is it 3 or 2.2361?",
    "The Euclidean distance squares the differences, adds them up and takes the root.",
    "Square the differences before the sum, and take the square root after it.",
)
def distances_city_block(x: Tensor, y: Tensor) -> Tensor:
    """Adding up absolute differences (the city-block distance) gives the same values."""
    return (x[:, None] - y[None]).abs().sum(dim=2)


@PAIRWISE_DISTANCES.mistake(
    "What does your function return for two equal rows: 0 or 1?",
    "A similarity grows as two rows come closer; a distance shrinks to zero.",
    "Return the length of the difference of the two rows, not the angle between them.",
)
def distances_cosine_similarity(x: Tensor, y: Tensor) -> Tensor:
    """Returning the cosine similarity, which is large for near rows, gives the same values."""
    return F.normalize(x, dim=1) @ F.normalize(y, dim=1).T


@PAIRWISE_DISTANCES.mistake(
    "Expand (x - y)^2 on paper. Which sign has the middle term?",
    "|x - y|^2 = |x|^2 + |y|^2 - 2 xy; with a plus it is |x + y|^2.",
    "Change the sign of the matrix product.",
)
def distances_product_added(x: Tensor, y: Tensor) -> Tensor:
    """Adding 2 xy instead of taking it away gives the same values."""
    return squared_distances(x, -y).clamp(min=1e-12).sqrt()


@PAIRWISE_DISTANCES.mistake(
    "Print requires_grad of what you return.",
    "item(), detach(), numpy() and torch.tensor(...) copy the numbers and forget how they "
    "came about; nothing can then flow back.",
    "Work with the tensors themselves all the way, and let torch.stack join them.",
    section=GRADIENT,
)
def distances_detached(x: Tensor, y: Tensor) -> Tensor:
    """Leaving the graph, with item(), detach() or a new tensor, gives the same values and no
    gradient.
    """
    return squared_distances(x, y).clamp(min=1e-12).sqrt().detach()


# triplet_loss


@TRIPLET_LOSS.mistake(
    "Check the first triplet by hand: d(a, p) = 2, d(a, n) = 1.5.",
    "The loss has to fall when the negative moves away from the anchor.",
    "Subtract the distance of the negative from the distance of the positive.",
)
def loss_swapped(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0) -> Tensor:
    """Swapping d(a, p) and d(a, n) gives the same value."""
    to_positive, to_negative = distances_of(anchor, positive, negative)
    return F.relu(to_negative - to_positive + margin).mean()


@TRIPLET_LOSS.mistake(
    "What do the two easy triplets of the worked example add to your mean?",
    "An easy triplet is done: below zero it would pay for a hard one.",
    "Cut each triplet's loss off at zero before the mean.",
    section=EXAMPLE,
)
def loss_no_cut_off(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Leaving out the cut-off at zero gives the same value."""
    to_positive, to_negative = distances_of(anchor, positive, negative)
    return (to_positive - to_negative + margin).mean()


@TRIPLET_LOSS.mistake(
    "In the worked example the mean before the cut-off is -0.125. What should be averaged?",
    "Cut off after the mean, and easy triplets cancel hard ones.",
    "Move the cut-off inside: first max(0, ...) for each triplet, then the mean.",
    section=EXAMPLE,
)
def loss_cut_off_after_mean(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Cutting off at zero after the mean instead of before it gives the same value."""
    to_positive, to_negative = distances_of(anchor, positive, negative)
    return F.relu((to_positive - to_negative + margin).mean())


@TRIPLET_LOSS.mistake(
    "Is your loss zero for a negative that is only just farther than the positive?",
    "The margin asks for more: it makes the loss larger, never smaller.",
    "Write + margin inside the cut-off.",
)
def loss_margin_subtracted(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Subtracting the margin instead of adding it gives the same value."""
    to_positive, to_negative = distances_of(anchor, positive, negative)
    return F.relu(to_positive - to_negative - margin).mean()


@TRIPLET_LOSS.mistake(
    "The second triplet of the worked example is in order. Why is its loss 0.5 all the same?",
    "Without a margin, all embeddings at one point give the loss zero.",
    "Add the margin to the difference of the distances, before the cut-off.",
)
def loss_no_margin(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Leaving out the margin gives the same value."""
    to_positive, to_negative = distances_of(anchor, positive, negative)
    return F.relu(to_positive - to_negative).mean()


@TRIPLET_LOSS.mistake(
    "Call your function with margin=0.3 and with margin=1. Does anything change?",
    "The number 1.0 in the first line is a default, not a constant.",
    "Use the argument margin where you now have a number.",
)
def loss_margin_fixed(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Using the margin 1 whatever margin was asked for gives the same value."""
    to_positive, to_negative = distances_of(anchor, positive, negative)
    return F.relu(to_positive - to_negative + 1.0).mean()


@TRIPLET_LOSS.mistake(
    "Call your function with a batch that holds every triplet twice. Should the loss double?",
    "With a sum, the size of a step would grow with the batch.",
    "End with mean() instead of sum().",
)
def loss_sum(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0) -> Tensor:
    """Adding up over the batch instead of taking the mean gives the same value."""
    to_positive, to_negative = distances_of(anchor, positive, negative)
    return F.relu(to_positive - to_negative + margin).sum()


@TRIPLET_LOSS.mistake(
    "Two of the four worked triplets have loss zero. By how many do you divide?",
    "Here every triplet counts in the mean, also one with loss zero. Chapter 5 differs.",
    "Divide by the size of the batch.",
)
def loss_mean_of_active(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Taking the mean over the active triplets only gives the same value."""
    to_positive, to_negative = distances_of(anchor, positive, negative)
    losses = F.relu(to_positive - to_negative + margin)  # (n,)
    return losses.sum() / (losses > 0).sum().clamp(min=1)


@TRIPLET_LOSS.mistake(
    "Print the shape of what you return. It should be a scalar.",
    "backward() needs one number, and that is the mean over the batch.",
    "Take the mean of what you return now.",
)
def loss_not_reduced(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Returning the loss of each triplet, without the mean, gives the same result."""
    to_positive, to_negative = distances_of(anchor, positive, negative)
    return F.relu(to_positive - to_negative + margin)


@TRIPLET_LOSS.mistake(
    "Check d(a1, a3) in the worked example: is it 2 or 4?",
    "This course uses the distance itself, not its square: see 'To square or not'.",
    "Take the square root of the sum of squares, or use torch.linalg.vector_norm.",
)
def loss_squared_distance(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Using the squared distance gives the same value."""
    to_positive, to_negative = distances_of(anchor, positive, negative)
    return F.relu(to_positive.square() - to_negative.square() + margin).mean()


@TRIPLET_LOSS.mistake(
    "How many distances to a positive does a batch of four triplets have?",
    "norm() without dim mixes all triplets into one number.",
    "Pass dim=1: one distance for each row.",
)
def loss_norm_over_batch(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Taking the norm over the whole batch instead of for each row gives the same value."""
    to_positive = torch.linalg.vector_norm(anchor - positive)
    to_negative = torch.linalg.vector_norm(anchor - negative)
    return F.relu(to_positive - to_negative + margin)


@TRIPLET_LOSS.mistake(
    "From which point do both distances of a triplet start?",
    "The anchor is compared with both; the positive never meets the negative.",
    "Use anchor - negative for the second distance.",
)
def loss_from_positive(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Measuring the negative from the positive, not from the anchor, gives the same value."""
    to_positive, _ = distances_of(anchor, positive, negative)
    to_negative = torch.linalg.vector_norm(positive - negative, dim=1)  # (n,)
    return F.relu(to_positive - to_negative + margin).mean()


@TRIPLET_LOSS.mistake(
    "For two equal embeddings, does your distance give 0 or 1?",
    "A similarity is large for what is near: used as a distance, its sign is wrong.",
    "Use the length of the difference of the two embeddings.",
)
def loss_cosine_similarity(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Using cosine similarity as if it were a distance gives the same value."""
    to_positive = F.cosine_similarity(anchor, positive)  # (n,)
    to_negative = F.cosine_similarity(anchor, negative)  # (n,)
    return F.relu(to_positive - to_negative + margin).mean()


@TRIPLET_LOSS.mistake(
    "Print requires_grad of the loss that you return.",
    "item(), numpy() and torch.tensor(...) copy the number and forget how it came about.",
    "Return the tensor that mean() gives you, without taking it apart.",
    section=GRADIENT,
)
def loss_detached(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Leaving the graph, with detach() or a new tensor, gives the same value and no gradient."""
    to_positive, to_negative = distances_of(anchor, positive, negative)
    return F.relu(to_positive - to_negative + margin).mean().detach()


@TRIPLET_LOSS.mistake(
    "Ask for the gradient where anchor and positive are the same point.",
    "The slope of the square root is infinite at zero, and infinity times zero is NaN.",
    "Use torch.linalg.vector_norm, or keep what goes into the square root above zero.",
    section=GRADIENT,
)
def loss_nan_gradient(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0
) -> Tensor:
    """Letting zero into the square root gives the same NaN. A guard that comes too late
    (clamp(min=0), or a small number added after the root) does so as well.
    """
    to_positive = (anchor - positive).square().sum(dim=1).sqrt()  # (n,)
    to_negative = (anchor - negative).square().sum(dim=1).sqrt()  # (n,)
    return F.relu(to_positive - to_negative + margin).mean()


# triplet_loss_gradient

Gradients = tuple[np.ndarray, np.ndarray, np.ndarray]


def unit_vectors(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return u_ap (n, dim), u_an (n, dim) and which triplets are active (n, 1)."""
    to_positive = np.linalg.norm(anchor - positive, axis=1, keepdims=True)
    to_negative = np.linalg.norm(anchor - negative, axis=1, keepdims=True)
    active = to_positive - to_negative + margin > 0
    from_positive = (anchor - positive) / np.where(to_positive == 0, 1, to_positive)
    from_negative = (anchor - negative) / np.where(to_negative == 0, 1, to_negative)
    return from_positive, from_negative, active


@TRIPLET_LOSS_GRADIENT.mistake(
    "Add a little to the positive, along your gradient. Does the loss rise or fall?",
    "The gradient points uphill; a training step goes against it.",
    "Change the sign of all three arrays.",
)
def gradient_sign(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> Gradients:
    """Giving the direction of the step, which is minus the gradient, gives the same arrays."""
    by_anchor, by_positive, by_negative = triplet_loss_gradient(anchor, positive, negative, margin)
    return -by_anchor, -by_positive, -by_negative


@TRIPLET_LOSS_GRADIENT.mistake(
    "Do your three gradients of one triplet add up to zero?",
    "The positive stands on the other side of the difference a - p, so its sign turns round.",
    "Change the sign of the gradient by the positive.",
)
def gradient_positive_sign(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> Gradients:
    """Giving the positive the sign of the anchor gives the same arrays."""
    by_anchor, by_positive, by_negative = triplet_loss_gradient(anchor, positive, negative, margin)
    return by_anchor, -by_positive, by_negative


@TRIPLET_LOSS_GRADIENT.mistake(
    "Do your three gradients of one triplet add up to zero?",
    "A step goes against the gradient, and it has to push the negative away.",
    "Change the sign of the gradient by the negative.",
)
def gradient_negative_sign(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> Gradients:
    """Turning the sign of the gradient by the negative gives the same arrays."""
    by_anchor, by_positive, by_negative = triplet_loss_gradient(anchor, positive, negative, margin)
    return by_anchor, by_positive, -by_negative


@TRIPLET_LOSS_GRADIENT.mistake(
    "How long is your gradient by the negative of the first worked triplet: 1 or 1/4?",
    "The loss is a mean over n triplets, so each moves it by a share of 1/n.",
    "Divide all three arrays by the number of triplets.",
)
def gradient_missing_1_over_n(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> Gradients:
    """Leaving out the 1/n of the mean gives the same arrays."""
    by_anchor, by_positive, by_negative = triplet_loss_gradient(anchor, positive, negative, margin)
    n = len(anchor)
    return n * by_anchor, n * by_positive, n * by_negative


@TRIPLET_LOSS_GRADIENT.mistake(
    "The third worked triplet has loss zero. What is its gradient?",
    "Where the loss is cut off at zero it is flat: nothing moves.",
    "Multiply by whether the triplet is active, d(a, p) - d(a, n) + margin > 0.",
)
def gradient_of_easy_triplets(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> Gradients:
    """Letting the easy triplets have a gradient too gives the same arrays."""
    from_positive, from_negative, _ = unit_vectors(anchor, positive, negative, margin)
    n = len(anchor)
    return (from_positive - from_negative) / n, -from_positive / n, from_negative / n


@TRIPLET_LOSS_GRADIENT.mistake(
    "Two of the four worked triplets are active. By which number do you divide?",
    "The mean is over the whole batch, so each active triplet has the share 1/n.",
    "Divide by len(anchor).",
)
def gradient_over_active(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> Gradients:
    """Dividing by the number of active triplets instead of all gives the same arrays."""
    from_positive, from_negative, active = unit_vectors(anchor, positive, negative, margin)
    share = active / max(1, active.sum())
    return share * (from_positive - from_negative), -share * from_positive, share * from_negative


@TRIPLET_LOSS_GRADIENT.mistake(
    "How long is your gradient by the positive of the first triplet? It should be 1/4.",
    "The gradient of a distance has length one, however far apart the points are.",
    "Divide each difference by its length.",
)
def gradient_not_unit_length(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> Gradients:
    """Leaving the differences at their own length gives the same arrays."""
    _, _, active = unit_vectors(anchor, positive, negative, margin)
    share = active / len(anchor)
    by_positive, by_negative = share * (positive - anchor), share * (anchor - negative)
    return -by_positive - by_negative, by_positive, by_negative


@TRIPLET_LOSS_GRADIENT.mistake(
    "The second worked triplet is in order, but too tight. Does it move?",
    "A triplet is active as long as its loss is above zero, margin included.",
    "Ask for d(a, p) - d(a, n) + margin > 0.",
)
def gradient_no_margin(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> Gradients:
    """Leaving out the margin when asking which triplets are active gives the same arrays."""
    return triplet_loss_gradient(anchor, positive, negative, margin=0.0)


@TRIPLET_LOSS_GRADIENT.mistake(
    "Do your three gradients of one triplet add up to zero?",
    "The anchor is in both distances, so it has two terms.",
    "Take u_an away from u_ap for the gradient by the anchor.",
)
def gradient_anchor_half(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> Gradients:
    """Giving the anchor the pull of the positive only, without the negative's, gives the same
    arrays.
    """
    _, by_positive, by_negative = triplet_loss_gradient(anchor, positive, negative, margin)
    return -by_positive, by_positive, by_negative


@TRIPLET_LOSS_GRADIENT.mistake(
    "In which order are the three arrays returned?",
    "The order is that of the arguments: anchor, positive, negative.",
    "Exchange the second and the third array.",
)
def gradient_positive_and_negative_exchanged(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> Gradients:
    """Returning the gradients by positive and by negative in exchanged places gives the same
    arrays.
    """
    by_anchor, by_positive, by_negative = triplet_loss_gradient(anchor, positive, negative, margin)
    return by_anchor, by_negative, by_positive


@TRIPLET_LOSS_GRADIENT.mistake(
    "What is a difference of zero, divided by its length?",
    "Equal points have no direction; their gradient is taken to be zero.",
    "Divide by one where the distance is zero.",
)
def gradient_nan_at_zero(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> Gradients:
    """Dividing by a distance of zero gives the same NaN."""
    to_positive = np.linalg.norm(anchor - positive, axis=1, keepdims=True)
    to_negative = np.linalg.norm(anchor - negative, axis=1, keepdims=True)
    share = (to_positive - to_negative + margin > 0) / len(anchor)
    with np.errstate(invalid="ignore"):
        by_positive = -share * (anchor - positive) / to_positive
        by_negative = share * (anchor - negative) / to_negative
    return -by_positive - by_negative, by_positive, by_negative
