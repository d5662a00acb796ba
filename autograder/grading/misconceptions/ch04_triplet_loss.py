"""Misconceptions of chapter 4: the distance, the loss, and its gradient by hand."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..misconception import Exercise, FunctionFamily

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


# pairwise_distances


@PAIRWISE_DISTANCES.family
class Distances(FunctionFamily):
    """All distances from x to y, in six decisions."""

    def __call__(self, x: Tensor, y: Tensor) -> Tensor:
        squares = self.squared(*self.in_order(x, y))  # (n, m)
        return self.result(self.on_diagonal(self.root(self.guarded(squares))))

    def in_order(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return x, y

    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        return squared_distances(x, y)

    def guarded(self, squares: Tensor) -> Tensor:
        return squares.clamp(min=1e-12)

    def root(self, squares: Tensor) -> Tensor:
        return squares.sqrt()

    def on_diagonal(self, distances: Tensor) -> Tensor:
        return distances

    def result(self, distances: Tensor) -> Any:
        return distances


@PAIRWISE_DISTANCES.mistake(
    "Work out d(a1, a3) by hand: a1 is at (0, 3), a3 at (2, 3). Is it 2 or 4?",
    "The formula with the three terms gives the distance squared.",
    "Take the square root of what you return, guarded at zero.",
)
class DistancesSquared(Distances):
    """Leaving out the square root gives the same values."""

    def root(self, squares: Tensor) -> Tensor:
        return squares


@PAIRWISE_DISTANCES.mistake(
    "Ask for the gradient of the distance between two equal rows.",
    "The slope of the square root is infinite at zero, and infinity times zero is NaN.",
    "Keep what goes into the square root above zero, for example with clamp(min=1e-12).",
    section=GRADIENT,
)
class DistancesNanGradient(Distances):
    """Letting zero into the square root gives the same NaN. A guard that comes too late
    (clamp(min=0), or a small number added after the root) does so as well.
    """

    def guarded(self, squares: Tensor) -> Tensor:
        return squares.clamp(min=0)  # too late: zero is still there

    def root(self, squares: Tensor) -> Tensor:
        return squares.sqrt()  # without a root nothing is NaN

    def result(self, distances: Tensor) -> Any:
        return distances  # without the graph nothing that is NaN is seen


@PAIRWISE_DISTANCES.mistake(
    "How many distances are there between 5 rows and 3 rows?",
    "Every row of x meets every row of y, so the result has two axes, (n, m).",
    "Put x on an axis of its own with x[:, None] and y with y[None], or use x @ y.T.",
)
class DistancesRowByRow(Distances):
    """Pairing row i of x with row i of y only gives the same result."""

    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        return (x - y).square().sum(dim=1)

    def in_order(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return x, y


@PAIRWISE_DISTANCES.mistake(
    "Is the distance from the first row of x to the first row of y always zero?",
    "Only where x and y are the same rows is the diagonal zero; a gallery and queries are not.",
    "Leave the diagonal as it is computed, and write nothing over it.",
)
class DistancesDiagonalZero(Distances):
    """Setting the diagonal to zero, whatever the rows of x and y are, gives the same values."""

    def on_diagonal(self, distances: Tensor) -> Tensor:
        return distances * (1 - torch.eye(*distances.shape))


@PAIRWISE_DISTANCES.also(DistancesRowByRow)
class DistancesZipped(Distances):
    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        shorter = min(len(x), len(y))
        return (x[:shorter] - y[:shorter]).square().sum(dim=1)

    def in_order(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return x, y


@PAIRWISE_DISTANCES.mistake(
    "Which of the two arguments do the rows of your result belong to?",
    "Entry [i, j] belongs to row i of x and row j of y.",
    "Exchange the two axes of the result.",
)
class DistancesTransposed(Distances):
    """Returning one row for each row of y instead of x gives the same values."""

    def in_order(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return y, x


@PAIRWISE_DISTANCES.mistake(
    "Print the shape of what you return. Is it (n, m)?",
    "norm() without dim adds up over every axis, also over the pairs.",
    "Say over which axis the norm runs: the last one, which holds the coordinates.",
)
class DistancesNormOverEverything(Distances):
    """Taking one norm over the whole array instead of one for each pair gives the same result."""

    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        return squared_distances(x, y).sum()

    def in_order(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return x, y

    def guarded(self, squares: Tensor) -> Tensor:
        return squares


@PAIRWISE_DISTANCES.mistake(
    "What is on the diagonal of x @ y.T if y are other rows than x?",
    "The diagonal of x @ x.T holds the squared norms of x; that of x @ y.T holds no norms.",
    "Take the squared norms of x and of y apart: x.square().sum(dim=1), and the same of y.",
)
class DistancesNormsOfTheProduct(Distances):
    """Taking the squared norms from the diagonal of x @ y.T, which fits only where x and y are
    the same rows, gives the same values, or the same error.
    """

    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        products = x @ y.T  # (n, m)
        norms = products.diagonal()
        return norms[:, None] - 2 * products + norms[None]


@PAIRWISE_DISTANCES.mistake(
    "a1 = (0, 3) and a2 = (0, 2) lie in one direction. Is their distance 0 or 1?",
    "At length one only the directions are compared; this course measures where points lie.",
    "Leave out F.normalize: take the distances of the rows as they come.",
)
class DistancesUnitLength(Distances):
    """Bringing the rows to length one before the distances gives the same values."""

    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        return squared_distances(F.normalize(x, dim=1), F.normalize(y, dim=1))


@PAIRWISE_DISTANCES.mistake(
    "Work out the distance of a2 (0, 2) and a3 (2, 3) by hand: is it 3 or 2.2361?",
    "The Euclidean distance squares the differences, adds them up and takes the root.",
    "Square the differences before the sum, and take the square root after it.",
)
class DistancesCityBlock(Distances):
    """Adding up absolute differences (the city-block distance) gives the same values."""

    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        return (x[:, None] - y[None]).abs().sum(dim=2)

    def guarded(self, squares: Tensor) -> Tensor:
        return squares

    def root(self, squares: Tensor) -> Tensor:
        return squares


@PAIRWISE_DISTANCES.mistake(
    "What does your function return for two equal rows: 0 or 1?",
    "A similarity grows as two rows come closer; a distance shrinks to zero.",
    "Return the length of the difference of the two rows, not the angle between them.",
)
class DistancesCosineSimilarity(Distances):
    """Returning the cosine similarity, which is large for near rows, gives the same values."""

    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        return F.normalize(x, dim=1) @ F.normalize(y, dim=1).T

    def guarded(self, squares: Tensor) -> Tensor:
        return squares

    def root(self, squares: Tensor) -> Tensor:
        return squares


@PAIRWISE_DISTANCES.mistake(
    "Expand (x - y)^2 on paper. Which sign has the middle term?",
    "|x - y|^2 = |x|^2 + |y|^2 - 2 xy; with a plus it is |x + y|^2.",
    "Change the sign of the matrix product.",
)
class DistancesProductAdded(Distances):
    """Adding 2 xy instead of taking it away gives the same values."""

    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        return squared_distances(x, -y)

    def guarded(self, squares: Tensor) -> Tensor:
        return squares


@PAIRWISE_DISTANCES.mistake(
    "Expand (x - y)^2 on paper. How many times does xy come up?",
    "|x - y|^2 = |x|^2 + |y|^2 - 2 xy: the two mixed terms are equal, and both count.",
    "Multiply the matrix product by 2.",
)
class DistancesProductOnce(Distances):
    """Taking away xy once instead of twice gives the same values."""

    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        lengths = x.square().sum(dim=1)[:, None] + y.square().sum(dim=1)[None]  # (n, m)
        return lengths - x @ y.T

    def guarded(self, squares: Tensor) -> Tensor:
        return squares


@PAIRWISE_DISTANCES.mistake(
    "Call your function with 5 rows and 3 rows. Which term has the wrong number of columns?",
    "|x - y|^2 = |x|^2 + |y|^2 - 2 xy: the columns belong to y, so their squares are those of y.",
    "Take y.square().sum(dim=1) for the row (1, m).",
)
class DistancesSquaresOfX(Distances):
    """Taking the squares of x for the columns too, where those of y belong, gives the same
    result.
    """

    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        squares = x.square().sum(dim=1)  # (n,)
        return squares[:, None] + squares[None] - 2 * x @ y.T


@PAIRWISE_DISTANCES.mistake(
    "Call your function with 5 rows and 3 rows. Which term has the wrong shape?",
    "Each column belongs to one row of y, so the squares of y lie in a row, (1, m).",
    "Put the squares of y in a row: y.square().sum(dim=1)[None].",
)
class DistancesSquaresInColumns(Distances):
    """Putting the squares of y in a column like those of x gives the same result."""

    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        lengths = x.square().sum(dim=1, keepdim=True) + y.square().sum(dim=1, keepdim=True)
        return lengths - 2 * x @ y.T


@PAIRWISE_DISTANCES.mistake(
    "Work out d(a1, a3) by hand: a1 is at (0, 3), a3 at (2, 3). Is it 2 or 1.4142?",
    "The squares of the coordinates are added up; their mean makes the distance too short.",
    "Use sum() over the coordinates, not mean().",
)
class DistancesMeanOfSquares(Distances):
    """Taking the mean of the squared differences instead of their sum gives the same values."""

    def squared(self, x: Tensor, y: Tensor) -> Tensor:
        return (x[:, None] - y[None]).square().mean(dim=2)


@PAIRWISE_DISTANCES.mistake(
    "Print requires_grad of what you return.",
    "item(), detach(), numpy() and torch.tensor(...) copy the numbers and forget how they "
    "came about; nothing can then flow back.",
    "Work with the tensors themselves all the way, and let torch.stack join them.",
    section=GRADIENT,
)
class DistancesDetached(Distances):
    """Leaving the graph, with item(), detach() or a new tensor, gives the same values and no
    gradient.
    """

    def result(self, distances: Tensor) -> Any:
        return distances.detach()


@PAIRWISE_DISTANCES.also(DistancesDetached)
class DistancesInNumpy(Distances):
    def result(self, distances: Tensor) -> Any:
        return distances.detach().numpy()


# triplet_loss


@TRIPLET_LOSS.family
class Loss(FunctionFamily):
    """The triplet loss of a batch, each decision in a method of its own."""

    default_margin = 1.0

    def __call__(
        self, anchor: Tensor, positive: Tensor, negative: Tensor, margin: float | None = None
    ) -> Any:
        anchor, positive, negative = (self.point(each) for each in (anchor, positive, negative))
        to_positive = self.distance(anchor, positive)  # (n,)
        to_negative = self.to_negative(anchor, positive, negative)  # (n,)
        gaps = self.gap(to_positive, to_negative)  # (n,)
        wanted = self.margin(self.default_margin if margin is None else margin)
        losses = self.cut_off(gaps, wanted)  # (n,)
        return self.result(self.cut_off_at_last(self.reduced(losses)))

    def point(self, embedding: Tensor) -> Tensor:
        return embedding

    def distance(self, x: Tensor, y: Tensor) -> Tensor:
        squares = self.squared(self.difference(x, y))  # (n, dim)
        return self.root(self.guarded(self.added_up(squares)))

    def difference(self, x: Tensor, y: Tensor) -> Tensor:
        return x - y

    def squared(self, difference: Tensor) -> Tensor:
        return difference.square()

    def added_up(self, squares: Tensor) -> Tensor:
        return squares.sum(dim=-1)

    def guarded(self, squares: Tensor) -> Tensor:
        return squares.clamp(min=1e-12)

    def root(self, squares: Tensor) -> Tensor:
        return squares.sqrt()

    def to_negative(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return self.distance(self.start(anchor, positive), negative)

    def start(self, anchor: Tensor, positive: Tensor) -> Tensor:
        """Return the point from which the negative is measured."""
        return anchor

    def gap(self, to_positive: Tensor, to_negative: Tensor) -> Tensor:
        return to_positive - to_negative

    def margin(self, margin: float) -> float:
        return margin

    def cut_off(self, gaps: Tensor, margin: float) -> Tensor:
        return F.relu(gaps + margin)

    def reduced(self, losses: Tensor) -> Tensor:
        return losses.mean()

    def cut_off_at_last(self, loss: Tensor) -> Tensor:
        return loss

    def result(self, loss: Tensor) -> Any:
        return loss


@TRIPLET_LOSS.mistake(
    "Check the first triplet by hand: d(a, p) = 2, d(a, n) = 1.5.",
    "The loss has to fall when the negative moves away from the anchor.",
    "Subtract the distance of the negative from the distance of the positive.",
)
class LossSwapped(Loss):
    """Swapping d(a, p) and d(a, n) gives the same value."""

    def gap(self, to_positive: Tensor, to_negative: Tensor) -> Tensor:
        return to_negative - to_positive


@TRIPLET_LOSS.mistake(
    "Which distances does the formula of the chapter compare? Is d(p, n) one of them?",
    "Some libraries can swap anchor and positive where that is harder; this loss does not.",
    "Measure the negative from the anchor only, and leave out the minimum of two distances.",
)
class LossNearerOfTwo(Loss):
    """Taking the smaller of d(a, n) and d(p, n) gives the same value."""

    start = Loss.start

    def to_negative(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return torch.minimum(self.distance(anchor, negative), self.distance(positive, negative))


@TRIPLET_LOSS.mistake(
    "Check the first triplet by hand: is 2 + 1.5 what it should be?",
    "The loss compares two distances: far from the negative is good, and makes it smaller.",
    "Take d(a, n) away from d(a, p).",
)
class LossDistancesAdded(Loss):
    """Adding d(a, n) instead of taking it away gives the same value."""

    def gap(self, to_positive: Tensor, to_negative: Tensor) -> Tensor:
        return to_positive + to_negative

    def cut_off(self, gaps: Tensor, margin: float) -> Tensor:
        return F.relu(gaps + margin)


@TRIPLET_LOSS.mistake(
    "What do the two easy triplets of the worked example add to your mean?",
    "An easy triplet is done: below zero it would pay for a hard one.",
    "Cut each triplet's loss off at zero before the mean.",
    section=EXAMPLE,
)
class LossNoCutOff(Loss):
    """Leaving out the cut-off at zero gives the same value."""

    def cut_off(self, gaps: Tensor, margin: float) -> Tensor:
        return gaps + margin


@TRIPLET_LOSS.mistake(
    "In the worked example the mean before the cut-off is -0.125. What should be averaged?",
    "Cut off after the mean, and easy triplets cancel hard ones.",
    "Move the cut-off inside: first max(0, ...) for each triplet, then the mean.",
    section=EXAMPLE,
)
class LossCutOffAfterMean(Loss):
    """Cutting off at zero after the mean instead of before it gives the same value."""

    def cut_off(self, gaps: Tensor, margin: float) -> Tensor:
        return gaps + margin

    def cut_off_at_last(self, loss: Tensor) -> Tensor:
        return F.relu(loss)


@TRIPLET_LOSS.mistake(
    "Print what torch.max(x, 0) returns for a batch x. Is it as long as x?",
    "The second argument of torch.max is an axis here, not the number zero.",
    "Use torch.relu(x), or x.clamp(min=0).",
)
class LossLargestOfBatch(Loss):
    """Taking the largest loss of the batch, as torch.max(x, 0) does, gives the same value."""

    def cut_off(self, gaps: Tensor, margin: float) -> Tensor:
        return (gaps + margin).max(dim=0).values

    def reduced(self, losses: Tensor) -> Tensor:
        return losses  # a single number by now


@TRIPLET_LOSS.mistake(
    "What does the third worked triplet add to your mean? It is easy, so it should be 0.",
    "Below zero an easy triplet has no loss; its size there says nothing.",
    "Use torch.relu instead of abs().",
    section=EXAMPLE,
)
class LossAbsolute(Loss):
    """Taking the absolute value instead of cutting off at zero gives the same value."""

    def cut_off(self, gaps: Tensor, margin: float) -> Tensor:
        return (gaps + margin).abs()

    def gap(self, to_positive: Tensor, to_negative: Tensor) -> Tensor:
        return to_positive - to_negative  # without its sign, a swap is a margin subtracted


@TRIPLET_LOSS.mistake(
    "What does the third worked triplet add to your mean? It is easy, so it should be 0.",
    "softplus is a rounded corner: it is above zero everywhere. This loss has a sharp one.",
    "Use torch.relu where you now have softplus.",
    section=EXAMPLE,
)
class LossSoftplus(Loss):
    """Taking softplus instead of the cut-off at zero gives the same value."""

    def cut_off(self, gaps: Tensor, margin: float) -> Tensor:
        return F.softplus(gaps + margin)


@TRIPLET_LOSS.mistake(
    "Is your loss zero for a negative that is only just farther than the positive?",
    "The margin asks for more: it makes the loss larger, never smaller.",
    "Write + margin inside the cut-off.",
)
class LossMarginSubtracted(Loss):
    """Subtracting the margin instead of adding it gives the same value."""

    def margin(self, margin: float) -> float:
        return -margin


@TRIPLET_LOSS.mistake(
    "The second triplet of the worked example is in order. Why is its loss 0.5 all the same?",
    "Without a margin, all embeddings at one point give the loss zero.",
    "Add the margin to the difference of the distances, before the cut-off.",
)
class LossNoMargin(Loss):
    """Leaving out the margin gives the same value."""

    def margin(self, margin: float) -> float:
        return 0.0

    default_margin = 1.0


@TRIPLET_LOSS.mistake(
    "Call your function with margin=0.3 and with margin=1. Does anything change?",
    "The number 1.0 in the first line is a default, not a constant.",
    "Use the argument margin where you now have a number.",
)
class LossMarginFixed(Loss):
    """Using the margin 1 whatever margin was asked for gives the same value."""

    def margin(self, margin: float) -> float:
        return 1.0

    default_margin = 1.0


@TRIPLET_LOSS.mistake(
    "Which margin does your first line give to callers who name none?",
    "The chapter's figures and the other chapters rely on the default 1.0.",
    "Write margin: float = 1.0 in the first line.",
)
class LossOtherDefaultMargin(Loss):
    """Giving the margin another default than 1.0, such as 0.2, gives the same value."""

    default_margin = 0.2


@TRIPLET_LOSS.also(LossOtherDefaultMargin)
class LossDefaultMarginTenth(Loss):
    default_margin = 0.1


@TRIPLET_LOSS.also(LossOtherDefaultMargin)
class LossDefaultMarginThreeTenths(Loss):
    default_margin = 0.3


@TRIPLET_LOSS.also(LossOtherDefaultMargin)
class LossDefaultMarginHalf(Loss):
    default_margin = 0.5


@TRIPLET_LOSS.also(LossOtherDefaultMargin)
class LossDefaultMarginTwo(Loss):
    default_margin = 2.0


@TRIPLET_LOSS.mistake(
    "Call your function with a batch that holds every triplet twice. Should the loss double?",
    "With a sum, the size of a step would grow with the batch.",
    "End with mean() instead of sum().",
)
class LossSum(Loss):
    """Adding up over the batch instead of taking the mean gives the same value."""

    def reduced(self, losses: Tensor) -> Tensor:
        return losses.sum()


@TRIPLET_LOSS.mistake(
    "Two of the four worked triplets have loss zero. By how many do you divide?",
    "Here every triplet counts in the mean, also one with loss zero. Chapter 5 differs.",
    "Divide by the size of the batch.",
)
class LossMeanOfActive(Loss):
    """Taking the mean over the active triplets only gives the same value."""

    def reduced(self, losses: Tensor) -> Tensor:
        return losses[losses > 0].sum() / (losses > 0).sum().clamp(min=1)

    def cut_off(self, gaps: Tensor, margin: float) -> Tensor:
        return F.relu(gaps + margin)


@TRIPLET_LOSS.also(LossMeanOfActive)
class LossMeanOfActiveUnguarded(Loss):
    def reduced(self, losses: Tensor) -> Tensor:
        return losses[losses > 0].mean()

    def cut_off(self, gaps: Tensor, margin: float) -> Tensor:
        return F.relu(gaps + margin)


@TRIPLET_LOSS.mistake(
    "Print the shape of what you return. It should be a scalar.",
    "backward() needs one number, and that is the mean over the batch.",
    "Take the mean of what you return now.",
)
class LossNotReduced(Loss):
    """Returning the loss of each triplet, without the mean, gives the same result."""

    def reduced(self, losses: Tensor) -> Tensor:
        return losses

    def cut_off_at_last(self, loss: Tensor) -> Tensor:
        return loss


@TRIPLET_LOSS.mistake(
    "Check d(a1, a3) in the worked example: is it 2 or 4?",
    "This course uses the distance itself, not its square: see 'To square or not'.",
    "Take the square root of the sum of squares, or use torch.linalg.vector_norm.",
)
class LossSquaredDistance(Loss):
    """Using the squared distance gives the same value."""

    def guarded(self, squares: Tensor) -> Tensor:
        return squares

    def root(self, squares: Tensor) -> Tensor:
        return squares


@TRIPLET_LOSS.mistake(
    "Work out d(a1, a3) by hand: a1 is at (0, 3), a3 at (2, 3). Is it 2 or 1.4142?",
    "The squares of the coordinates are added up; their mean makes the distance too short.",
    "Use sum(dim=1) over the coordinates, or torch.linalg.vector_norm, not mean(dim=1).",
)
class LossMeanOfSquares(Loss):
    """Taking the mean of the squared differences instead of their sum gives the same value."""

    def added_up(self, squares: Tensor) -> Tensor:
        return squares.mean(dim=-1)


@TRIPLET_LOSS.mistake(
    "Work out the distance of a2 (0, 2) and a3 (2, 3) by hand: is it 3 or 2.2361?",
    "The Euclidean distance squares the differences, adds them up and takes the root.",
    "Use torch.linalg.vector_norm(..., dim=1) instead of adding up absolute values.",
)
class LossCityBlock(Loss):
    """Adding up absolute differences (the city-block distance) gives the same value."""

    def squared(self, difference: Tensor) -> Tensor:
        return difference.abs()

    def guarded(self, squares: Tensor) -> Tensor:
        return squares

    def root(self, squares: Tensor) -> Tensor:
        return squares


@TRIPLET_LOSS.mistake(
    "How many distances to a positive does a batch of four triplets have?",
    "norm() without dim mixes all triplets into one number.",
    "Pass dim=1: one distance for each row.",
)
class LossNormOverBatch(Loss):
    """Taking the norm over the whole batch instead of for each row gives the same value."""

    def added_up(self, squares: Tensor) -> Tensor:
        return squares.sum()

    def reduced(self, losses: Tensor) -> Tensor:
        return losses  # a single number by now

    def cut_off_at_last(self, loss: Tensor) -> Tensor:
        return loss


@TRIPLET_LOSS.mistake(
    "A batch of 12 triplets with 5 dimensions has how many distances to a positive: 12 or 5?",
    "Axis 0 is the batch. A distance runs over the coordinates of one embedding.",
    "Pass dim=1: one distance for each row.",
)
class LossNormOfColumns(Loss):
    """Taking the norm along the batch, one for each dimension, gives the same value."""

    def added_up(self, squares: Tensor) -> Tensor:
        return squares.sum(dim=0)


@TRIPLET_LOSS.mistake(
    "For two equal embeddings, does your distance give 0 or 1?",
    "A similarity is large for what is near: used as a distance, its sign is wrong.",
    "Use the length of the difference of the two embeddings.",
)
class LossCosineSimilarity(Loss):
    """Using cosine similarity as if it were a distance gives the same value."""

    def difference(self, x: Tensor, y: Tensor) -> Tensor:
        return F.normalize(x, dim=-1) * F.normalize(y, dim=-1)

    def squared(self, difference: Tensor) -> Tensor:
        return difference

    def guarded(self, squares: Tensor) -> Tensor:
        return squares

    def root(self, squares: Tensor) -> Tensor:
        return squares

    def gap(self, to_positive: Tensor, to_negative: Tensor) -> Tensor:
        return to_positive - to_negative  # swapped, a similarity is right

    def point(self, embedding: Tensor) -> Tensor:
        return embedding  # the angle is the same at any length


@TRIPLET_LOSS.mistake(
    "For two embeddings in the same direction, one twice as long: is your distance 0 or 1?",
    "The angle forgets the lengths; this chapter measures the straight line between points.",
    "Use the length of the difference of the two embeddings.",
)
class LossCosineDistance(Loss):
    """Using one minus the cosine similarity as the distance gives the same value."""

    def difference(self, x: Tensor, y: Tensor) -> Tensor:
        return F.normalize(x, dim=-1) * F.normalize(y, dim=-1)

    def squared(self, difference: Tensor) -> Tensor:
        return difference

    def guarded(self, squares: Tensor) -> Tensor:
        return squares

    def root(self, squares: Tensor) -> Tensor:
        return 1 - squares

    def gap(self, to_positive: Tensor, to_negative: Tensor) -> Tensor:
        return to_positive - to_negative  # swapped, a similarity is right

    def point(self, embedding: Tensor) -> Tensor:
        return embedding  # the angle is the same at any length


@TRIPLET_LOSS.mistake(
    "Ask for the gradient where anchor and positive are the same point.",
    "The slope of the square root is infinite at zero, and infinity times zero is NaN.",
    "Use torch.linalg.vector_norm, or keep what goes into the square root above zero.",
    section=GRADIENT,
)
class LossNanGradient(Loss):
    """Letting zero into the square root gives the same NaN. A guard that comes too late
    (clamp(min=0), or a small number added after the root) does so as well.
    """

    def guarded(self, squares: Tensor) -> Tensor:
        return squares

    def result(self, loss: Tensor) -> Any:
        return loss  # what is NaN would not be seen without the graph


@TRIPLET_LOSS.mistake(
    "From which point do both distances of a triplet start?",
    "The anchor is compared with both; the positive never meets the negative.",
    "Use anchor - negative for the second distance.",
)
class LossFromPositive(Loss):
    """Measuring the negative from the positive, not from the anchor, gives the same value."""

    def start(self, anchor: Tensor, positive: Tensor) -> Tensor:
        return positive


@TRIPLET_LOSS.mistake(
    "Are the embeddings of the worked example of length one? Should the loss make them so?",
    "Whether embeddings lie on a sphere is the network's decision, not the loss's.",
    "Leave out F.normalize: take the distances of the embeddings as they come.",
)
class LossNormalised(Loss):
    """Bringing the embeddings to length one inside the loss gives the same value."""

    def point(self, embedding: Tensor) -> Tensor:
        return F.normalize(embedding, dim=1)


@TRIPLET_LOSS.mistake(
    "Print requires_grad of the loss that you return.",
    "item(), numpy() and torch.tensor(...) copy the number and forget how it came about.",
    "Return the tensor that mean() gives you, without taking it apart.",
    section=GRADIENT,
)
class LossDetached(Loss):
    """Leaving the graph, with item(), detach() or a new tensor, gives the same value and no
    gradient.
    """

    def result(self, loss: Tensor) -> Any:
        return loss.detach()


@TRIPLET_LOSS.also(LossDetached)
class LossAsNumber(Loss):
    def result(self, loss: Tensor) -> Any:
        return loss.item()


@TRIPLET_LOSS.mistake(
    "What does the third worked triplet add to your mean? It is easy, so it should be 0.",
    "The margin belongs to the question whether a triplet is in order, not to its price.",
    "Add the margin before the cut-off: relu(d(a, p) - d(a, n) + margin).",
    section=EXAMPLE,
)
class LossMarginOutside(Loss):
    """Adding the margin after the cut-off at zero gives the same value."""

    def cut_off(self, gaps: Tensor, margin: float) -> Tensor:
        return F.relu(gaps) + margin


@TRIPLET_LOSS.mistake(
    "A batch of four triplets has how many distances to a positive: 4, or 4 x 4?",
    "Anchor i belongs to positive i and negative i; the rest of the table is no triplet.",
    "Take the distance row by row: torch.linalg.vector_norm(anchor - positive, dim=1).",
)
class LossAllPairs(Loss):
    """Measuring every anchor against the positives and negatives of all rows gives the same
    value.
    """

    def difference(self, x: Tensor, y: Tensor) -> Tensor:
        return x[:, None] - y[None]  # (n, n, dim)


@TRIPLET_LOSS.mistake(
    "Print the shapes of both distances. Is one (n, 1) and the other (n,)?",
    "(n, 1) minus (n,) is (n, n): every positive's distance meets every negative's.",
    "Leave out keepdim=True, so that both distances have the shape (n,).",
)
class LossEveryGap(Loss):
    """Comparing the distances of every row with those of every other row gives the same value."""

    def gap(self, to_positive: Tensor, to_negative: Tensor) -> Tensor:
        return to_positive[..., None] - to_negative

    def added_up(self, squares: Tensor) -> Tensor:
        return squares.sum(dim=-1)  # of one number for the batch there is no table of gaps


@TRIPLET_LOSS.mistake(
    "Move the negative of the first worked triplet far away. Does your loss change?",
    "Two distances are compared: without the second, everything may collapse to one point.",
    "Take d(a, n) away from d(a, p) before the margin is added.",
)
class LossNegativeLeftOut(Loss):
    """Leaving d(a, n) out of the loss gives the same value."""

    def gap(self, to_positive: Tensor, to_negative: Tensor) -> Tensor:
        return to_positive

    def start(self, anchor: Tensor, positive: Tensor) -> Tensor:
        return anchor

    def cut_off(self, gaps: Tensor, margin: float) -> Tensor:
        return F.relu(gaps + margin)


# triplet_loss_gradient

Gradients = tuple[np.ndarray, np.ndarray, np.ndarray]


@TRIPLET_LOSS_GRADIENT.family
class Gradient(FunctionFamily):
    """The gradient of the triplet loss by hand, in NumPy, in nine decisions."""

    default_margin = 1.0

    def __call__(
        self,
        anchor: np.ndarray,
        positive: np.ndarray,
        negative: np.ndarray,
        margin: float | None = None,
    ) -> Gradients:
        margin = self.default_margin if margin is None else margin
        to_positive = np.linalg.norm(anchor - positive, axis=1, keepdims=True)  # (n, 1)
        to_negative = np.linalg.norm(anchor - negative, axis=1, keepdims=True)  # (n, 1)
        active = self.active(to_positive - to_negative, margin)  # (n, 1)
        active = active * self.defined(to_positive, to_negative)
        share = active / self.divisor(active)  # (n, 1)
        u = self.along(anchor - positive, to_positive)  # (n, dim)
        v = self.along(anchor - negative, to_negative)  # (n, dim)
        gradients = self.by_anchor(u, v), self.by_positive(u), self.by_negative(v)
        by_anchor, by_positive, by_negative = (self.sign(share * each) for each in gradients)
        return self.in_order(by_anchor, by_positive, by_negative)

    def active(self, gaps: np.ndarray, margin: float) -> np.ndarray:
        return gaps + margin > 0

    def defined(self, to_positive: np.ndarray, to_negative: np.ndarray) -> np.ndarray:
        return np.ones_like(to_positive)

    def divisor(self, active: np.ndarray) -> float:
        return len(active)

    def along(self, difference: np.ndarray, length: np.ndarray) -> np.ndarray:
        return difference / np.where(length == 0, 1, length)

    def by_anchor(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        return u - v

    def by_positive(self, u: np.ndarray) -> np.ndarray:
        return -u

    def by_negative(self, v: np.ndarray) -> np.ndarray:
        return v

    def sign(self, gradient: np.ndarray) -> np.ndarray:
        return gradient

    def in_order(
        self, by_anchor: np.ndarray, by_positive: np.ndarray, by_negative: np.ndarray
    ) -> Gradients:
        return by_anchor, by_positive, by_negative


@TRIPLET_LOSS_GRADIENT.mistake(
    "Add a little to the positive, along your gradient. Does the loss rise or fall?",
    "The gradient points uphill; a training step goes against it.",
    "Change the sign of all three arrays.",
)
class GradientSign(Gradient):
    """Giving the direction of the step, which is minus the gradient, gives the same arrays."""

    def sign(self, gradient: np.ndarray) -> np.ndarray:
        return -gradient


@TRIPLET_LOSS_GRADIENT.mistake(
    "Do your three gradients of one triplet add up to zero?",
    "The positive stands on the other side of the difference a - p, so its sign turns round.",
    "Change the sign of the gradient by the positive.",
)
class GradientPositiveSign(Gradient):
    """Giving the positive the sign of the anchor gives the same arrays."""

    def by_positive(self, u: np.ndarray) -> np.ndarray:
        return u


@TRIPLET_LOSS_GRADIENT.mistake(
    "Do your three gradients of one triplet add up to zero?",
    "A step goes against the gradient, and it has to push the negative away.",
    "Change the sign of the gradient by the negative.",
)
class GradientNegativeSign(Gradient):
    """Turning the sign of the gradient by the negative gives the same arrays."""

    def by_negative(self, v: np.ndarray) -> np.ndarray:
        return -v


@TRIPLET_LOSS_GRADIENT.mistake(
    "How long is your gradient by the negative of the first worked triplet: 1 or 1/4?",
    "The loss is a mean over n triplets, so each moves it by a share of 1/n.",
    "Divide all three arrays by the number of triplets.",
)
class GradientMissing1OverN(Gradient):
    """Leaving out the 1/n of the mean gives the same arrays."""

    def divisor(self, active: np.ndarray) -> float:
        return 1.0


@TRIPLET_LOSS_GRADIENT.mistake(
    "Two of the four worked triplets are active. By which number do you divide?",
    "The mean is over the whole batch, so each active triplet has the share 1/n.",
    "Divide by len(anchor).",
)
class GradientOverActive(Gradient):
    """Dividing by the number of active triplets instead of all gives the same arrays."""

    def divisor(self, active: np.ndarray) -> float:
        return max(1, active.sum())


@TRIPLET_LOSS_GRADIENT.mistake(
    "The third worked triplet has loss zero. What is its gradient?",
    "Where the loss is cut off at zero it is flat: nothing moves.",
    "Multiply by whether the triplet is active, d(a, p) - d(a, n) + margin > 0.",
)
class GradientOfEasyTriplets(Gradient):
    """Letting the easy triplets have a gradient too gives the same arrays."""

    def active(self, gaps: np.ndarray, margin: float) -> np.ndarray:
        return np.ones_like(gaps)

    default_margin = 1.0


@TRIPLET_LOSS_GRADIENT.mistake(
    "The second worked triplet is in order, but too tight. Does it move?",
    "A triplet is active as long as its loss is above zero, margin included.",
    "Ask for d(a, p) - d(a, n) + margin > 0.",
)
class GradientNoMargin(Gradient):
    """Leaving out the margin when asking which triplets are active gives the same arrays."""

    def active(self, gaps: np.ndarray, margin: float) -> np.ndarray:
        return gaps > 0

    default_margin = 1.0


@TRIPLET_LOSS_GRADIENT.mistake(
    "Call your function with margin=0.3 and with margin=3. Does anything change?",
    "The number 1.0 in the first line is a default, not a constant.",
    "Use the argument margin where you now have a number.",
)
class GradientMarginFixed(Gradient):
    """Using the margin 1 whatever margin was asked for gives the same arrays."""

    def active(self, gaps: np.ndarray, margin: float) -> np.ndarray:
        return gaps + 1.0 > 0

    default_margin = 1.0


@TRIPLET_LOSS_GRADIENT.mistake(
    "The second worked triplet is in order, but too tight. Does it move?",
    "The margin makes more triplets active, never fewer.",
    "Add the margin: d(a, p) - d(a, n) + margin > 0.",
)
class GradientMarginSubtracted(Gradient):
    """Subtracting the margin when asking which triplets are active gives the same arrays."""

    def active(self, gaps: np.ndarray, margin: float) -> np.ndarray:
        return gaps - margin > 0


@TRIPLET_LOSS_GRADIENT.mistake(
    "Look at the first worked triplet, which is hard. Does it move in your version?",
    "A triplet whose loss is zero rests; one whose loss is above zero moves.",
    "Turn the comparison round: d(a, p) - d(a, n) + margin > 0.",
)
class GradientOfEasyTripletsOnly(Gradient):
    """Giving a gradient to the triplets whose loss is zero, and none to the others, gives the same
    arrays.
    """

    def active(self, gaps: np.ndarray, margin: float) -> np.ndarray:
        return gaps + margin < 0


@TRIPLET_LOSS_GRADIENT.mistake(
    "How long is your gradient by the positive of the first triplet? It should be 1/4.",
    "The gradient of a distance has length one, however far apart the points are.",
    "Divide each difference by its length.",
)
class GradientNotUnitLength(Gradient):
    """Leaving the differences at their own length gives the same arrays."""

    def along(self, difference: np.ndarray, length: np.ndarray) -> np.ndarray:
        return difference


@TRIPLET_LOSS_GRADIENT.mistake(
    "How long is your gradient by the positive of the first triplet? It should be 1/4.",
    "2 (a - p) is the slope of the squared distance. The loss has the distance itself.",
    "Divide each difference by its length, instead of doubling it.",
)
class GradientOfSquaredDistance(Gradient):
    """Taking the gradient of the squared distance, twice the difference, gives the same arrays."""

    def along(self, difference: np.ndarray, length: np.ndarray) -> np.ndarray:
        return 2 * difference


@TRIPLET_LOSS_GRADIENT.mistake(
    "What is a difference of zero, divided by its length?",
    "Equal points have no direction; their gradient is taken to be zero.",
    "Divide by one where the distance is zero.",
)
class GradientNanAtZero(Gradient):
    """Dividing by a distance of zero gives the same NaN."""

    def along(self, difference: np.ndarray, length: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore"):
            return difference / length


@TRIPLET_LOSS_GRADIENT.mistake(
    "Do your three gradients of one triplet add up to zero?",
    "The anchor is in both distances, so it has two terms.",
    "Take u_an away from u_ap for the gradient by the anchor.",
)
class GradientAnchorHalf(Gradient):
    """Giving the anchor the pull of the positive only, without the negative's, gives the same
    arrays.
    """

    def by_anchor(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        return u


@TRIPLET_LOSS_GRADIENT.mistake(
    "Do your three gradients of one triplet add up to zero?",
    "The distance to the negative is subtracted in the loss, and so is its gradient.",
    "Take u_an away from u_ap; do not add it.",
)
class GradientAnchorSum(Gradient):
    """Adding the negative's part of the gradient by the anchor gives the same arrays."""

    def by_anchor(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        return u + v


@TRIPLET_LOSS_GRADIENT.mistake(
    "In which order are the three arrays returned?",
    "The order is that of the arguments: anchor, positive, negative.",
    "Exchange the second and the third array.",
)
class GradientPositiveAndNegativeExchanged(Gradient):
    """Returning the gradients by positive and by negative in exchanged places gives the same
    arrays.
    """

    def in_order(
        self, by_anchor: np.ndarray, by_positive: np.ndarray, by_negative: np.ndarray
    ) -> Gradients:
        return by_anchor, by_negative, by_positive


@TRIPLET_LOSS_GRADIENT.mistake(
    "Take a triplet with anchor = positive. Does its negative still move in your version?",
    "Only the distance of zero has no direction; the other one has, and goes on pushing.",
    "Guard each of the two distances by itself.",
)
class GradientNoneWhereEitherIsZero(Gradient):
    """Giving no gradient at all to a triplet with one distance of zero gives the same arrays."""

    def defined(self, to_positive: np.ndarray, to_negative: np.ndarray) -> np.ndarray:
        return (to_positive > 0) & (to_negative > 0)

    def along(self, difference: np.ndarray, length: np.ndarray) -> np.ndarray:
        return difference / np.where(length == 0, 1, length)


@TRIPLET_LOSS_GRADIENT.mistake(
    "The second worked triplet is in order, but too tight. Does it move if no margin is named?",
    "The gradient belongs to the loss above it, and that has the default 1.0.",
    "Write margin: float = 1.0 in the first line.",
)
class GradientOtherDefaultMargin(Gradient):
    """Giving the margin another default than 1.0, such as 0.2, gives the same arrays."""

    default_margin = 0.2


@TRIPLET_LOSS_GRADIENT.also(GradientOtherDefaultMargin)
class GradientDefaultMarginTwo(Gradient):
    default_margin = 2.0
