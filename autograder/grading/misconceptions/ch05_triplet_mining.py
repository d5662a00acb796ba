"""Misconceptions of chapter 5: which triplets are chosen, and their loss."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ..misconception import Exercise, FunctionFamily, Hints, stumble

MASK, ALL, SEMI, HARD, EMPTY, COMMON = (
    "The mask of valid triplets",
    "Batch-all",
    "Semi-hard",
    "Batch-hard",
    "When a batch has no triplet",
    "Common mistakes",
)


VALID_TRIPLETS = Exercise(
    "valid_triplets",
    MASK,
    "List the triplets of the six points that have the anchor a1. There are six of them.",
    "Two arrays (n, n), who may be a positive of whom and who a negative, make one (n, n, n).",
    "Compare labels[:, None] with labels[None], take out the diagonal, and combine "
    "positives[:, :, None] with negatives[:, None, :] by &.",
)
BATCH_ALL_TRIPLET_LOSS = Exercise(
    "batch_all_triplet_loss",
    ALL,
    "Work out the loss of (a1, a3, b1), d(a, p) = 2, d(a, n) = 1.5, and of (a1, a2, b2).",
    "distances[:, :, None] - distances[:, None, :] + margin has the losses of all triplets.",
    "Select the losses that are valid and above zero. Return their mean, and their number "
    "divided by that of the valid ones; mind the case that there are none.",
)
SEMI_HARD_TRIPLET_LOSS = Exercise(
    "semi_hard_triplet_loss",
    SEMI,
    "Which of (a1, a2, b1), (a1, a3, b1) and (a1, a2, b2) is semi-hard at the margin 1?",
    "It is batch-all with another choice: two bounds on d(a, n), and the mask of the valid.",
    "Select where d(a, p) < d(a, n) < d(a, p) + margin and the triplet is valid. Return the "
    "mean of d(a, p) - d(a, n) + margin there; mind the case that there are none.",
)
BATCH_HARD_TRIPLET_LOSS = Exercise(
    "batch_hard_triplet_loss",
    HARD,
    "Look at the figure with the frames: in each row, which distance is the solid frame?",
    "Each anchor has one triplet: the largest distance to a positive and the smallest to a "
    "negative, both from its own row.",
    "Fill what is no positive with minus infinity before amax, what is no negative with plus "
    "infinity before amin. Keep the anchors that have both; then relu or softplus, and mean.",
)


# valid_triplets


def same_class(labels: Tensor) -> Tensor:
    return labels[:, None] == labels[None]  # (n, n)


def itself(labels: Tensor) -> Tensor:
    return torch.eye(len(labels), dtype=torch.bool)  # (n, n)


@VALID_TRIPLETS.family
class Mask(FunctionFamily):
    """Which (anchor, positive, negative) are triplets, in nine decisions."""

    def __call__(self, labels: Tensor) -> Any:
        labels = self.given(labels)
        positives = self.paired(self.others(self.of_one_label(labels)))  # (n, n)
        negatives = self.set_against(self.negatives(labels))  # (n, n)
        triplets = self.combined(positives, negatives)  # (n, n, n)
        return self.result(self.in_order(triplets))

    def given(self, labels: Tensor) -> Tensor:
        return labels

    def of_one_label(self, labels: Tensor) -> Tensor:
        return same_class(labels)

    def others(self, positives: Tensor) -> Tensor:
        """Return who else may be a positive: not the anchor itself."""
        return positives & ~torch.eye(len(positives), dtype=torch.bool)

    def paired(self, positives: Tensor) -> Tensor:
        """Return which pairs of anchor and positive are kept: both orders."""
        return positives

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels)

    def set_against(self, negatives: Tensor) -> Tensor:
        """Return which pairs of anchor and negative are kept: both orders."""
        return negatives

    def combined(self, positives: Tensor, negatives: Tensor) -> Tensor:
        return positives[:, :, None] & negatives[:, None, :]

    def in_order(self, triplets: Tensor) -> Tensor:
        return triplets

    def result(self, triplets: Tensor) -> Any:
        return triplets


@VALID_TRIPLETS.mistake(
    "Print mask[0, 0]: is (a1, a1, b1) a triplet? The six points have 36, not 54.",
    "labels[:, None] == labels[None] is true on the diagonal as well.",
    "Take the diagonal, torch.eye(n, dtype=torch.bool), out of the positives.",
)
class MaskDiagonal(Mask):
    """Counting an example as a positive of itself gives the same mask."""

    def others(self, positives: Tensor) -> Tensor:
        return positives


@VALID_TRIPLETS.mistake(
    "Print mask[0, 1, 3] for the six points: anchor a1, positive a2, negative b1.",
    "The axes stand for anchor, positive and negative, in this order.",
    "Write positives[:, :, None] & negatives[:, None, :], not the other way round.",
)
class MaskNegativeBeforePositive(Mask):
    """Putting the negative on the second axis and the positive on the third gives the same mask."""

    def in_order(self, triplets: Tensor) -> Tensor:
        return triplets.transpose(1, 2)


@VALID_TRIPLETS.mistake(
    "Print mask[0, 1, 3] for the six points: anchor a1, positive a2, negative b1.",
    "The axes stand for anchor, positive and negative, in this order.",
    "Let the first axis of both (n, n) arrays be the anchor, and keep it in front.",
)
class MaskAnchorLast(Mask):
    """Putting the negative on the first axis gives the same mask."""

    def in_order(self, triplets: Tensor) -> Tensor:
        return triplets.permute(2, 0, 1)


@VALID_TRIPLETS.also(MaskAnchorLast)
class MaskAxesReversed(Mask):
    def in_order(self, triplets: Tensor) -> Tensor:
        return triplets.permute(2, 1, 0)


@VALID_TRIPLETS.mistake(
    "Print the shape of what you return. A triplet has three indices.",
    "Two arrays of pairs, (n, n), become one array of triplets, (n, n, n), by broadcasting.",
    "Give the positives a third axis with [:, :, None], and the negatives one in the middle.",
)
class MaskOfPairs(Mask):
    """Returning the pairs of anchor and positive instead of the triplets gives the same shape."""

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels)  # whatever they are: nobody asks for them

    def set_against(self, negatives: Tensor) -> Tensor:
        return negatives

    def combined(self, positives: Tensor, negatives: Tensor) -> Tensor:
        return positives

    def in_order(self, triplets: Tensor) -> Tensor:
        return triplets


@VALID_TRIPLETS.mistake(
    "Print the shape of what you return. A triplet has three indices.",
    "(n, n) & (n, n) is (n, n) again, and nobody is both a positive and a negative of one anchor.",
    "Set the two at right angles: positives[:, :, None] & negatives[:, None, :].",
)
def mask_without_third_axis(labels: Tensor) -> Tensor:
    """Combining positives and negatives as they are, without a third axis, gives the same
    result.
    """
    return same_class(labels) & ~same_class(labels)


@VALID_TRIPLETS.mistake(
    "Print the shape of what you return for the six points: (36, 3) or (6, 6, 6)?",
    "A mask has an entry for every possible triplet and says yes or no.",
    "Start from a bool array (n, n, n) and set it to True at your indices.",
)
class MaskListOfIndices(Mask):
    """Returning a list of the triplets' indices instead of a mask gives the same shape."""

    def result(self, triplets: Tensor) -> Any:
        return triplets.nonzero()


@VALID_TRIPLETS.also(MaskListOfIndices)
class MaskListOfTuples(Mask):
    def result(self, triplets: Tensor) -> Any:
        return triplets.nonzero().tolist()


@VALID_TRIPLETS.also(MaskListOfIndices)
class MaskThreeLists(Mask):
    def result(self, triplets: Tensor) -> Any:
        return triplets.nonzero(as_tuple=True)


@VALID_TRIPLETS.mistake(
    "Print the dtype of what you return. It should be torch.bool.",
    "An array of integers selects by index, not by yes or no; and ~1 is -2, which is true.",
    "Combine the conditions with &, or end with .bool().",
)
class MaskNotBoolean(Mask):
    """Returning numbers 0 and 1 instead of booleans gives the same mask."""

    def result(self, triplets: Tensor) -> Any:
        return triplets.int()


@VALID_TRIPLETS.mistake(
    "Both (a1, a2, b1) and (a2, a1, b1) are triplets. Are both in your mask?",
    "A triplet is more than a pair: who is the anchor matters, so both orders count.",
    "Ask for i != j instead of i < j.",
)
class MaskHalfOfThePairs(Mask):
    """Keeping only the pairs whose positive comes after the anchor gives the same mask."""

    def others(self, positives: Tensor) -> Tensor:
        return positives  # the diagonal goes with the other half

    def paired(self, positives: Tensor) -> Tensor:
        return positives.triu(1)


@VALID_TRIPLETS.also(MaskHalfOfThePairs)
class MaskOtherHalfOfThePairs(Mask):
    def others(self, positives: Tensor) -> Tensor:
        return positives

    def paired(self, positives: Tensor) -> Tensor:
        return positives.tril(-1)


@VALID_TRIPLETS.mistake(
    "(a1, a2, b1) and (b1, b2, a1) are triplets of the six points. Are both in your mask?",
    "Where an example stands in the batch says nothing: a negative may come before its anchor.",
    "Let the loop over the negatives run over the whole batch.",
)
class MaskHalfOfTheNegatives(Mask):
    """Keeping only the negatives that come after the anchor gives the same mask."""

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels)  # the anchor itself would go with the other half

    def set_against(self, negatives: Tensor) -> Tensor:
        return negatives.triu(1)


@VALID_TRIPLETS.also(MaskHalfOfTheNegatives)
class MaskNegativesAfterThePositive(Mask):
    def combined(self, positives: Tensor, negatives: Tensor) -> Tensor:
        later = torch.ones_like(positives).triu(1)  # (n, n)
        return positives[:, :, None] & negatives[:, None, :] & later[None, :, :]


@VALID_TRIPLETS.mistake(
    "Print mask[0, 1, 2] for the six points: a3 has the digit of a1. Is it a negative?",
    "Three different indices are not enough: the negative needs another label.",
    "Add the condition that anchor and negative have different labels.",
)
class MaskNegativeAnyOther(Mask):
    """Taking any other example as a negative, also one of the same digit, gives the same mask."""

    def negatives(self, labels: Tensor) -> Tensor:
        return ~itself(labels)

    def combined(self, positives: Tensor, negatives: Tensor) -> Tensor:
        other = ~torch.eye(len(positives), dtype=torch.bool)
        return positives[:, :, None] & negatives[:, None, :] & other[None, :, :]


@VALID_TRIPLETS.mistake(
    "Print mask[0, 1, 1] for the six points: can a2 be the positive and the negative of a1?",
    "That anchor and negative are not the same example is not enough: they need two labels.",
    "Add the condition that anchor and negative have different labels.",
)
class MaskPositiveAsNegative(Mask):
    """Taking every example but the anchor as a negative, the positive too, gives the same mask."""

    def negatives(self, labels: Tensor) -> Tensor:
        return ~itself(labels)


@VALID_TRIPLETS.mistake(
    "Print mask[0, 1, 0] for the six points: is a1 a negative of itself?",
    "Whoever is no positive need not be a negative: the anchor is neither.",
    "Take the negatives from the labels, labels[:, None] != labels[None], not from ~positives.",
)
class MaskAnchorAsNegative(Mask):
    """Letting the anchor in as its own negative, as ~positives does, gives the same mask."""

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels) | itself(labels)


@VALID_TRIPLETS.mistake(
    "Print mask[0, 1] for the six points. Are b1, b2 and b3 in it?",
    "A negative is of another digit than the anchor.",
    "Turn the second condition round: labels[:, None] != labels[None].",
)
class MaskNegativeSameLabel(Mask):
    """Asking that the negative has the anchor's label gives the same mask."""

    def of_one_label(self, labels: Tensor) -> Tensor:
        return same_class(labels)  # if anyone were a positive, the two would have changed places

    def negatives(self, labels: Tensor) -> Tensor:
        return same_class(labels)


@VALID_TRIPLETS.mistake(
    "Print mask[0, 1] for the six points. Which of the six may be the negative of a1?",
    "The formula has three factors; the last one is about anchor and negative.",
    "Combine with labels[:, None] != labels[None], placed on the first and the third axis.",
)
class MaskNegativeAnyone(Mask):
    """Leaving out the condition on the negative gives the same mask."""

    def negatives(self, labels: Tensor) -> Tensor:
        return torch.ones_like(same_class(labels))


@VALID_TRIPLETS.mistake(
    "Print mask[0, 3, 4] for the six points: b1 is no positive of a1.",
    "The formula has three factors; the first one is about anchor and positive.",
    "Combine with labels[:, None] == labels[None], placed on the first and the second axis.",
)
class MaskPositiveAnyone(Mask):
    """Leaving out that anchor and positive have one label gives the same mask."""

    def of_one_label(self, labels: Tensor) -> Tensor:
        return torch.ones_like(same_class(labels))


@VALID_TRIPLETS.also(MaskPositiveAnyone)
class MaskPositiveAnyOther(Mask):
    def of_one_label(self, labels: Tensor) -> Tensor:
        return torch.ones_like(same_class(labels))

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels)

    def combined(self, positives: Tensor, negatives: Tensor) -> Tensor:
        other = ~torch.eye(len(positives), dtype=torch.bool)
        return positives[:, :, None] & negatives[:, None, :] & other[None, :, :]


@VALID_TRIPLETS.mistake(
    "The six points have 36 triplets. How many does your mask have?",
    "Both have to hold: the positive is one, and the negative is one.",
    "Join the two arrays by & instead of |.",
)
class MaskEitherCondition(Mask):
    """Asking for a right positive or a right negative, where both are needed, gives the same
    mask.
    """

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels)  # one condition that always holds would make all of them hold

    def combined(self, positives: Tensor, negatives: Tensor) -> Tensor:
        return positives[:, :, None] | negatives[:, None, :]


@VALID_TRIPLETS.mistake(
    "Is `torch.tensor(3) is torch.tensor(3)` true?",
    "`is` asks for one and the same object, and each labels[i] is a new one.",
    "Compare with ==, or take labels.tolist() before the loops.",
)
def mask_by_identity(labels: Tensor) -> Tensor:
    """Comparing two labels with `is`, which never holds for tensors, gives the same mask."""
    return torch.zeros(3 * (len(labels),), dtype=torch.bool)


ARGUMENTS_CHANGED: Hints = (
    "Print labels before and after a call of your function.",
    "+=, *= and methods whose name ends in _ write into the tensor that the caller goes on to use.",
    "Work on a tensor of your own: labels = labels + 1 instead of labels += 1.",
)


@VALID_TRIPLETS.mistake(*ARGUMENTS_CHANGED)
class MaskLabelsChanged(Mask):
    """Writing into the labels that came in, as += does, gives the same changed labels."""

    def given(self, labels: Tensor) -> Tensor:
        labels += 1
        return labels


# What the three losses have in common


def squared_distances(x: Tensor) -> Tensor:
    return (x[:, None] - x[None]).square().sum(dim=2)  # (n, n)


class Normalised:
    def points(self, embeddings: Tensor) -> Tensor:
        return F.normalize(embeddings, dim=1)


class CityBlock:
    def squares(self, points: Tensor) -> Tensor:
        return (points[:, None] - points[None]).abs().sum(dim=2)

    def root(self, squares: Tensor) -> Tensor:
        return squares


class CosineDistance:
    def points(self, embeddings: Tensor) -> Tensor:
        return embeddings  # their length makes no difference

    def squares(self, points: Tensor) -> Tensor:
        return 1 - F.normalize(points, dim=1) @ F.normalize(points, dim=1).T

    def root(self, squares: Tensor) -> Tensor:
        return squares


class Squared:
    def root(self, squares: Tensor) -> Tensor:
        return squares


class BareRoot:
    def root(self, squares: Tensor) -> Tensor:
        return squares.sqrt()

    def carried(self, loss: Tensor) -> Any:
        return loss  # only what hangs on the embeddings has a gradient that can be NaN


class BareRootAlways(BareRoot):
    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return distances.sum() * 0.0


class WrittenOver:
    def root(self, squares: Tensor) -> Tensor:
        distances = squares.clamp(min=1e-12).sqrt()
        distances *= 1.0  # the slope of the root is computed from its result
        return distances

    def carried(self, loss: Tensor) -> Any:
        return loss


class WrittenOverAlways(WrittenOver):
    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return distances.sum() * 0.0


class Detached:
    def carried(self, loss: Tensor) -> Any:
        return loss.detach()

    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return torch.zeros(())


class DetachedOfTriplets:
    def carried(self, loss: Tensor) -> Any:
        return loss.detach()


class AsNumber:
    def carried(self, loss: Tensor) -> Any:
        return loss.tolist()

    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return 0.0


class AsNumberOfTriplets:
    def carried(self, loss: Tensor) -> Any:
        return loss.tolist()


class Written:
    def given(self, embeddings: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        labels += 1
        return embeddings, labels


class NewZero:
    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return torch.zeros(())


class NewZeroWithoutValid:
    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return embeddings.sum() * 0.0 if valid.any() else torch.zeros(())


class Crash:
    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return torch.stack([])


class CrashWithoutValid:
    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return embeddings.sum() * 0.0 if valid.any() else torch.stack([])


SQUARED: Hints = (
    "Print your distance of a1 and a3: is it 2 or 4?",
    "The chapter uses the distance itself; a margin of 1 means another thing for squares.",
    "Use pairwise_distances of chapter 4, which ends with the square root.",
)
NORMALISED: Hints = (
    "What is your distance of a1 (0, 3) and a2 (0, 2): 1, or 0 because they have one direction?",
    "Whether embeddings lie on a sphere is the network's decision, not the loss's.",
    "Leave out F.normalize: take the distances of the embeddings as they come.",
)
CITY_BLOCK: Hints = (
    "Work out the distance of a2 (0, 2) and a3 (2, 3) by hand: is it 3 or 2.2361?",
    "The Euclidean distance squares the differences, adds them up and takes the root.",
    "Use pairwise_distances of chapter 4 instead of adding up absolute values.",
)
COSINE_DISTANCE: Hints = (
    "What is your distance of a1 (0, 3) and a2 (0, 2): 1, or 0 because of the angle?",
    "The angle forgets the lengths; this course measures the straight line between points.",
    "Use pairwise_distances of chapter 4.",
)
NAN_GRADIENT: Hints = (
    "Print the diagonal of your distances, and the gradient of the loss.",
    "The slope of the square root is infinite at zero, and zero times infinity is NaN: no mask "
    "helps, nor clamp(min=0), nor a small number that is added after the root.",
    "Use pairwise_distances of chapter 4, or keep what goes into the root above zero.",
)
WRITTEN_OVER: Hints = (
    "Call backward() on your loss, and read the error. Which line changes a tensor in place?",
    "The slope of a square root is computed from its result, and *=, or a method whose name ends "
    "in _, has written over it.",
    "Make a new tensor: distances = distances * mask, or masked_fill without the _.",
)
DETACHED: Hints = (
    "Print requires_grad of the loss that you return.",
    "item(), numpy() and torch.tensor(...) copy the number and forget how it came about.",
    "Work with the tensors themselves all the way to the mean.",
)
NEW_ZERO: Hints = (
    "Call backward() on your loss of a batch with equal labels, and look at the gradient.",
    "A new tensor knows nothing of the embeddings, so nothing flows back to them.",
    "Return embeddings.sum() * 0.0.",
)
CRASH: Hints = (
    "Call your function with labels that are all different. No digit has two examples.",
    "torch.stack, max and min of nothing raise an error.",
    "Before you join the losses, return embeddings.sum() * 0.0 if there are none.",
)
DIAGONAL: Hints = (
    "Is (a2, a2, b1), with the distances 0 and 0.5, among your triplets?",
    "The distance of an example to itself is zero, and nothing can be learnt from it.",
    "Use your valid_triplets, which leaves out the diagonal.",
)
EVERY_TRIPLET: Hints = (
    "The six points have 216 triplets of indices, and 36 are valid. How many are in your mean?",
    "A row of indices such as (a1, b1, a2) is no triplet: its positive is of another digit.",
    "Combine with your valid_triplets(labels) by &.",
)
HALF_OF_THE_PAIRS: Hints = (
    "Both (a1, a2, b1) and (a2, a1, b1) are triplets. Are both in your mean?",
    "A triplet is more than a pair: who is the anchor matters, so both orders count.",
    "Ask for i != j instead of i < j, or use your valid_triplets.",
)
AXIS_MISSING: Hints = (
    "Print your d(a, p) at [0, 2, 3], for the triplet (a1, a3, b1): is it d(a1, a3) = 2?",
    "An array (n, n) meets (n, n, n) as (1, n, n): rows become positives, columns negatives.",
    "Write distances[:, :, None] for the positive and distances[:, None, :] for the negative.",
)
MARGIN_FIXED_NUDGE = "Call your function with margin=0.3 and with margin=1. Does anything change?"
MARGIN_IS_AN_ARGUMENT = (
    "The margin is an argument. Figures of the chapter use 1, other callers need not."
)


def with_diagonal(labels: Tensor) -> Tensor:
    same = same_class(labels)
    return same[:, :, None] & ~same[:, None, :]  # (n, n, n) the anchor counts as a positive


def valid_triplets(labels: Tensor) -> Tensor:
    return with_diagonal(labels) & ~itself(labels)[:, :, None]  # (n, n, n)


def every_triplet(labels: Tensor) -> Tensor:
    return torch.ones(3 * (len(labels),), dtype=torch.bool)  # (n, n, n)


def in_pairs_once(triplets: Tensor) -> Tensor:
    return triplets & torch.ones(triplets.shape[:2]).triu(1).bool()[:, :, None]  # (n, n, n)


def mean_of_means(losses: Tensor, chosen: Tensor) -> Tensor:
    """Return the mean over the anchors of the mean loss of each."""
    each = zip(losses, chosen, strict=True)
    of_anchor = [row[triplets].mean() for row, triplets in each if triplets.any()]
    return torch.stack(of_anchor).mean() if of_anchor else losses[chosen].mean()


# batch_all_triplet_loss


@BATCH_ALL_TRIPLET_LOSS.family
class BatchAll(FunctionFamily):
    """The mean over the active triplets and their share, in sixteen decisions."""

    def __call__(self, embeddings: Tensor, labels: Tensor, margin: float) -> Any:
        embeddings, labels = self.given(embeddings, labels)
        distances = self.root(self.squares(self.points(embeddings)))  # (n, n)
        gaps = self.gaps(distances)  # (n, n, n)
        losses = gaps + self.margin(margin)  # (n, n, n)
        valid = self.valid(labels)  # (n, n, n)
        active = self.among_valid(self.are_active(losses, gaps), valid)  # (n, n, n)
        counted = self.counted(active, valid)  # (n, n, n)
        if self.has_some(counted, valid):
            loss = self.carried(self.reduced(self.cut_off(losses), counted, valid))
        else:
            loss = self.zero(embeddings, distances, valid)
        return self.result(loss, self.share(losses, active, valid))

    def given(self, embeddings: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        return embeddings, labels

    def points(self, embeddings: Tensor) -> Tensor:
        return embeddings

    def squares(self, points: Tensor) -> Tensor:
        return squared_distances(points)

    def root(self, squares: Tensor) -> Tensor:
        return squares.clamp(min=1e-12).sqrt()

    def gaps(self, distances: Tensor) -> Tensor:
        return distances[:, :, None] - distances[:, None, :]

    def margin(self, margin: float) -> float:
        return margin

    def valid(self, labels: Tensor) -> Tensor:
        return valid_triplets(labels)

    def are_active(self, losses: Tensor, gaps: Tensor) -> Tensor:
        return losses > 0

    def among_valid(self, active: Tensor, valid: Tensor) -> Tensor:
        return valid & active

    def counted(self, active: Tensor, valid: Tensor) -> Tensor:
        """Return the triplets over which the mean goes."""
        return active

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(counted.any())

    def cut_off(self, losses: Tensor) -> Tensor:
        return F.relu(losses)

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted].mean()

    def carried(self, loss: Tensor) -> Any:
        """Return the loss of some triplets as it is handed on."""
        return loss

    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        """Return the loss of no triplets."""
        return embeddings.sum() * 0.0

    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return active.sum() / valid.sum().clamp(min=1)

    def result(self, loss: Any, share: Tensor) -> Any:
        return loss, share


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "The six points have 36 valid and 22 active triplets. By which number do you divide?",
    "Easy triplets add zeros: the more the network learns, the more they shrink the mean.",
    "Divide the sum of the losses by the number of losses above zero.",
)
class AllMeanOverValid(BatchAll):
    """Taking the mean over all valid triplets instead of the active ones gives the same value."""

    def cut_off(self, losses: Tensor) -> Tensor:
        return F.relu(losses)  # without it, the mean over the valid ones is another mistake

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return (losses * counted)[valid].mean()

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(valid.any())  # the mean of nothing but zeros is one too


@BATCH_ALL_TRIPLET_LOSS.also(AllMeanOverValid)
class AllMeanOverValidIfActive(AllMeanOverValid):
    has_some = BatchAll.has_some


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "The array of the six points has 216 entries, of which 22 are active. Which is it?",
    "mean() of a masked array counts every zero that the mask has made.",
    "Select with the mask before the mean: losses[active].mean().",
)
class AllMeanOverEverything(BatchAll):
    """Dividing by n^3, the size of the whole array, gives the same value."""

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return (losses * counted).mean()

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(counted.any())  # if not, the array is full of zeros, and so is their mean


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Is your loss of the six points 1.0897, or 22 times as much?",
    "With a sum, a batch with more active triplets makes a larger step.",
    "Divide the sum by the number of active triplets.",
)
class AllSum(BatchAll):
    """Adding up the losses instead of taking their mean gives the same value."""

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted].sum()

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(counted.any())  # the sum of none is zero all the same


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Six points have 22 active triplets. By which of the two numbers do you divide?",
    "The loss is a mean over triplets; how many anchors they belong to does not matter.",
    "Divide the sum by the number of active triplets.",
)
class AllMeanOverAnchors(BatchAll):
    """Dividing the sum of the losses by the number of examples in the batch gives the same
    value.
    """

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted].sum() / len(losses)

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(counted.any())  # the sum of none is zero all the same


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Of the six triplets of the anchor a1 two are active. What does each of the two count?",
    "A mean of means counts a triplet more if its anchor has few; here all count the same.",
    "Collect the losses of all anchors first, and take one mean at the end.",
)
class AllMeanOfMeans(BatchAll):
    """Taking the mean for each anchor first, and then the mean of these, gives the same value."""

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return mean_of_means(losses, counted)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Print the shape of the loss that you return. It should be a scalar.",
    "backward() needs one number, and that is the mean over the active triplets.",
    "Take the mean of what you return now.",
)
class AllNotReduced(BatchAll):
    """Returning the loss of each triplet, without the mean, gives the same result."""

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted]

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return True  # a list may be empty

    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return embeddings.sum() * 0.0


@BATCH_ALL_TRIPLET_LOSS.also(AllNotReduced)
class AllNotReducedButGuarded(BatchAll):
    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted]

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(counted.any())


@BATCH_ALL_TRIPLET_LOSS.also(AllNotReduced)
class AllNotReducedOfValid(AllNotReduced):
    def counted(self, active: Tensor, valid: Tensor) -> Tensor:
        return valid


@BATCH_ALL_TRIPLET_LOSS.also(AllNotReduced)
class AllNotReducedCube(AllNotReduced):
    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses * counted


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "(a1, a2, b2) has the distances 1 and 3.20. What does it add to your mean?",
    "An easy triplet is done. Its difference is below zero, and it is not active.",
    "Keep only the valid triplets whose loss is above zero.",
)
class AllNoCutOff(BatchAll):
    """Letting the easy triplets enter with their negative losses gives the same value."""

    def cut_off(self, losses: Tensor) -> Tensor:
        return losses

    def counted(self, active: Tensor, valid: Tensor) -> Tensor:
        return valid


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "(a1, a2, b2) has the distances 1 and 3.20: it is easy. Is its loss exactly 0?",
    "softplus is a rounded corner: it is above zero everywhere, so that no triplet is easy.",
    "Use torch.relu where you now have softplus, or select the losses above zero.",
)
class AllSoftplus(BatchAll):
    """Taking softplus instead of the cut-off at zero, so that all are active, gives the same
    values.
    """

    def cut_off(self, losses: Tensor) -> Tensor:
        return F.softplus(losses)

    def are_active(self, losses: Tensor, gaps: Tensor) -> Tensor:
        return torch.ones_like(losses, dtype=torch.bool)

    def counted(self, active: Tensor, valid: Tensor) -> Tensor:
        return active


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Is your active share of the six points 1? It should be 22 of 36.",
    "After the cut-off every loss is at least zero, so >= 0 is always true.",
    "Ask for a loss above zero, > 0.",
)
class AllZeroCountsAsActive(BatchAll):
    """Counting triplets with the loss zero as active gives the same values."""

    def are_active(self, losses: Tensor, gaps: Tensor) -> Tensor:
        return torch.ones_like(losses, dtype=torch.bool)

    def cut_off(self, losses: Tensor) -> Tensor:
        return F.relu(losses)

    def counted(self, active: Tensor, valid: Tensor) -> Tensor:
        return active


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "(a1, a3, b1) has the distances 2 and 1.5. It is hard: is it in your mean?",
    "Batch-all takes every active triplet, the hard ones too.",
    "Leave out the condition that the negative is farther than the positive.",
)
class AllSemiHardOnly(BatchAll):
    """Keeping only the semi-hard triplets gives the same values."""

    def are_active(self, losses: Tensor, gaps: Tensor) -> Tensor:
        return (losses > 0) & (gaps < 0)

    def margin(self, margin: float) -> float:
        return margin  # without it, nothing is semi-hard


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "(a1, a2, b1) has the distances 1 and 1.5, and the loss 0.5. Is it in your mean?",
    "Active means that the loss is above zero, margin included: 22 of 36, and only 8 are hard.",
    "Ask for d(a, p) - d(a, n) + margin > 0.",
)
class AllHardOnly(BatchAll):
    """Keeping only the hard triplets, whose negative is nearer than the positive, gives the same
    values.
    """

    def are_active(self, losses: Tensor, gaps: Tensor) -> Tensor:
        return gaps > 0

    def margin(self, margin: float) -> float:
        return margin  # without it, all that are active are hard


@BATCH_ALL_TRIPLET_LOSS.mistake(*DIAGONAL, section=MASK)
class AllDiagonal(BatchAll):
    """Counting an example as a positive of itself gives the same values."""

    def valid(self, labels: Tensor) -> Tensor:
        return with_diagonal(labels)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Is (a1, a2, a1), with the distances 1 and 0, among your triplets?",
    "Whoever is no positive need not be a negative: the anchor is neither.",
    "Use your valid_triplets, or take the negatives from the labels, not from ~positives.",
    section=MASK,
)
class AllAnchorAsNegative(BatchAll):
    """Letting the anchor in as its own negative, as ~positives does, gives the same values."""

    def valid(self, labels: Tensor) -> Tensor:
        positives = same_class(labels) & ~itself(labels)  # (n, n)
        return positives[:, :, None] & ~positives[:, None, :]


@BATCH_ALL_TRIPLET_LOSS.mistake(*EVERY_TRIPLET, section=MASK)
class AllEveryTriplet(BatchAll):
    """Leaving out the mask of the valid triplets gives the same values."""

    def valid(self, labels: Tensor) -> Tensor:
        return every_triplet(labels)

    def cut_off(self, losses: Tensor) -> Tensor:
        return F.relu(losses)  # of all n^3, whether they are "valid" ones makes no difference

    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return embeddings.sum() * 0.0  # never needed: (i, i, i) is always active

    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return active.float().mean()


@BATCH_ALL_TRIPLET_LOSS.also(AllEveryTriplet)
class AllEveryTripletOverValid(BatchAll):
    def valid(self, labels: Tensor) -> Tensor:
        return valid_triplets(labels)

    def among_valid(self, active: Tensor, valid: Tensor) -> Tensor:
        return active

    def cut_off(self, losses: Tensor) -> Tensor:
        return F.relu(losses)

    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return embeddings.sum() * 0.0

    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return active.sum() / valid.sum().clamp(min=1)


@BATCH_ALL_TRIPLET_LOSS.mistake(*HALF_OF_THE_PAIRS, section=MASK)
class AllHalfOfThePairs(BatchAll):
    """Keeping only the pairs whose positive comes after the anchor gives the same values."""

    def valid(self, labels: Tensor) -> Tensor:
        return in_pairs_once(valid_triplets(labels))


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "(a1, a3, b1) has d(a, p) = 2 and d(a, n) = 1.5. Is its loss 1.5 or 0.5?",
    "d(a, p) belongs on the axis of the positive, the second one.",
    "Take distances[:, None, :] away from distances[:, :, None], not the other way round.",
)
class AllSwapped(BatchAll):
    """Swapping d(a, p) and d(a, n) gives the same values."""

    def gaps(self, distances: Tensor) -> Tensor:
        return distances[:, None, :] - distances[:, :, None]

    def valid(self, labels: Tensor) -> Tensor:
        return valid_triplets(labels)  # of all n^3, none is another one when it is swapped


@BATCH_ALL_TRIPLET_LOSS.mistake(*AXIS_MISSING)
class AllAxisMissing(BatchAll):
    """Leaving out the axes of d(a, p), so that it becomes d(p, n), gives the same values."""

    def gaps(self, distances: Tensor) -> Tensor:
        return distances - distances[:, None, :]

    def valid(self, labels: Tensor) -> Tensor:
        return valid_triplets(labels)  # where anchor and positive are one, the gap is zero


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "(a1, a2, b1) has the distances 1 and 1.5. Why is its loss 0.5 at the margin 1?",
    "A triplet is active until its negative is farther by the whole margin.",
    "Add the margin to the difference of the two distances, before anything else.",
)
class AllNoMargin(BatchAll):
    """Leaving out the margin gives the same values."""

    def margin(self, margin: float) -> float:
        return 0.0


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Does your loss grow or fall when you pass a larger margin?",
    "The margin asks for more: it makes the loss larger, never smaller.",
    "Write + margin.",
)
class AllMarginSubtracted(BatchAll):
    """Subtracting the margin instead of adding it gives the same values."""

    def margin(self, margin: float) -> float:
        return -margin


@BATCH_ALL_TRIPLET_LOSS.mistake(
    MARGIN_FIXED_NUDGE,
    MARGIN_IS_AN_ARGUMENT,
    "Use the argument margin where you now have a number.",
)
class AllMarginFixed(BatchAll):
    """Using the margin 1 whatever margin was asked for gives the same values."""

    def margin(self, margin: float) -> float:
        return 1.0


@BATCH_ALL_TRIPLET_LOSS.mistake(*SQUARED)
class AllSquaredDistances(Squared, BatchAll):
    """Leaving the distances squared gives the same values."""


@BATCH_ALL_TRIPLET_LOSS.mistake(*NORMALISED)
class AllNormalised(Normalised, BatchAll):
    """Bringing the embeddings to length one inside the loss gives the same values."""


@BATCH_ALL_TRIPLET_LOSS.mistake(*CITY_BLOCK)
class AllCityBlock(CityBlock, BatchAll):
    """Adding up absolute differences (the city-block distance) gives the same values."""


@BATCH_ALL_TRIPLET_LOSS.mistake(*COSINE_DISTANCE)
class AllCosineDistance(CosineDistance, BatchAll):
    """Using one minus the cosine similarity as the distance gives the same values."""


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Of the six points' 36 valid triplets 22 are active. Is your share 22/36 or 22/216?",
    "Most entries of the array are no triplets, and never can become active.",
    "Divide by the number of valid triplets.",
)
class AllShareOfEverything(BatchAll):
    """Dividing the number of active triplets by n^3 gives the same share."""

    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return active.float().mean()


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Of the six points' 36 valid triplets 22 are active. Is your share 22/36 or 22/6?",
    "A share of the triplets lies between 0 and 1. The anchors are not what is counted.",
    "Divide by the number of valid triplets.",
)
class AllShareOfAnchors(BatchAll):
    """Dividing by the number of anchors gives the same share."""

    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return active.sum() / len(active)


@BATCH_ALL_TRIPLET_LOSS.also(AllShareOfAnchors)
class AllShareOfActiveAnchors(BatchAll):
    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return active.any(dim=2).any(dim=1).float().mean()


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Is your share of the six points 14/36 or 22/36?",
    "The active share falls when training goes well; the easy share rises.",
    "Count the losses above zero.",
)
class AllShareOfEasy(BatchAll):
    """Returning the share of the easy triplets, not of the active ones, gives the same share."""

    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return (valid & ~active).sum() / valid.sum().clamp(min=1)


@BATCH_ALL_TRIPLET_LOSS.also(AllShareOfEasy)
class AllOneMinusShare(BatchAll):
    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return 1 - active.sum() / valid.sum().clamp(min=1)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Is your share of the six points above 22/36? A share is at most 1.",
    "What is no triplet can have a loss above zero as well: the mask belongs in both numbers.",
    "Count where the loss is above zero and the triplet is valid.",
)
class AllShareWithoutMask(BatchAll):
    """Counting the losses above zero also where there is no valid triplet gives the same share."""

    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return (losses > 0).sum() / valid.sum().clamp(min=1)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Is the second result for the six points 61.11, or 22/36 = 0.6111?",
    "A share lies between 0 and 1; percent are for the reader.",
    "Leave out the factor 100.",
)
class AllShareInPercent(BatchAll):
    """Returning the share in percent gives the same number."""

    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return 100 * active.sum() / valid.sum().clamp(min=1)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Is the second result for the six points 22, or 22/36 = 0.6111?",
    "A count grows with the batch; a share lies between 0 and 1.",
    "Divide the count by the number of valid triplets.",
)
class AllCountInsteadOfShare(BatchAll):
    """Returning how many triplets are active, not which share, gives the same number."""

    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return active.sum()


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "How many results does the first line of the docstring promise?",
    "The loss can stay flat while training goes well; the active share shows it.",
    "Return two results: return loss, active_fraction.",
)
class AllShareMissing(BatchAll):
    """Returning only the loss gives the same result."""

    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return active.sum() / valid.sum().clamp(min=1)  # whatever it is: nobody sees it

    def result(self, loss: Any, share: Tensor) -> Any:
        return loss


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Which of your two results for the six points is 1.0897: the first or the second?",
    "Whoever trains takes the first result as the loss, and a share has no gradient.",
    "Return the loss first: return loss, active_fraction.",
)
class AllResultsExchanged(BatchAll):
    """Returning the share first and the loss second gives the same results."""

    def carried(self, loss: Tensor) -> Any:
        return loss  # nobody asks the second result for its gradient

    def result(self, loss: Any, share: Tensor) -> Any:
        return share, loss


@BATCH_ALL_TRIPLET_LOSS.mistake(*DETACHED)
class AllDetached(Detached, BatchAll):
    """Leaving the graph, with detach() or a new tensor, gives the same values and no gradient."""


@BATCH_ALL_TRIPLET_LOSS.also(AllDetached)
class AllDetachedOfTriplets(DetachedOfTriplets, BatchAll): ...


@BATCH_ALL_TRIPLET_LOSS.also(AllDetached)
class AllAsNumber(AsNumber, BatchAll): ...


@BATCH_ALL_TRIPLET_LOSS.also(AllDetached)
class AllAsNumberOfTriplets(AsNumberOfTriplets, BatchAll): ...


@BATCH_ALL_TRIPLET_LOSS.mistake(*NAN_GRADIENT, section=COMMON)
class AllNanGradient(BareRoot, BatchAll):
    """Taking the square root of the bare zeros on the diagonal gives the same NaN in
    the gradient.
    """


@BATCH_ALL_TRIPLET_LOSS.mistake(*NAN_GRADIENT, section=COMMON)
class AllNanGradientAlways(BareRootAlways, BatchAll):
    """Taking the square root of the bare zeros on the diagonal gives the same NaN in the gradient,
    also where there is no triplet.
    """


@BATCH_ALL_TRIPLET_LOSS.mistake(*WRITTEN_OVER, section=COMMON)
class AllWrittenOver(WrittenOver, BatchAll):
    """Changing the distances in place, as *= does, gives the same error in backward()."""


@BATCH_ALL_TRIPLET_LOSS.also(AllWrittenOver)
class AllWrittenOverAlways(WrittenOverAlways, BatchAll): ...


@BATCH_ALL_TRIPLET_LOSS.mistake(*ARGUMENTS_CHANGED)
class AllArgumentsChanged(Written, BatchAll):
    """Writing into the labels or embeddings that came in, as += does, gives the same changed
    arguments.
    """


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Call your function with labels that are all equal. What is 0 / 0?",
    "One such batch turns all parameters into NaN.",
    "If no triplet is active, return embeddings.sum() * 0.0 as the loss.",
    section=EMPTY,
)
class AllNanOnEmpty(BatchAll):
    """Taking the mean of no triplets gives the same NaN."""

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return True

    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return embeddings.sum() * 0.0  # never asked for


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Put the two digits far apart, so that every triplet is easy. What do you divide by?",
    "A batch can have valid triplets and no active one: late in training, most do.",
    "Let the zero depend on the number of active triplets, not of valid ones.",
    section=EMPTY,
)
class AllNanWhenAllAreEasy(BatchAll):
    """Dividing by the number of active triplets where there are valid but no active ones gives the
    same NaN.
    """

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(valid.any())

    def counted(self, active: Tensor, valid: Tensor) -> Tensor:
        return active

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted].mean()  # a sum, or a mean over the valid ones, would be no NaN


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Call your function with labels that are all equal, and print the active share.",
    "Without a valid triplet the share is 0 / 0, which is NaN. It should be zero.",
    "Divide by at least 1: valid.sum().clamp(min=1).",
    section=EMPTY,
)
class AllShareNan(BatchAll):
    """Dividing by the number of valid triplets where there are none gives the same NaN."""

    def share(self, losses: Tensor, active: Tensor, valid: Tensor) -> Tensor:
        return active.sum() / valid.sum()


@BATCH_ALL_TRIPLET_LOSS.mistake(*NEW_ZERO, section=EMPTY)
class AllZeroOffTheGraph(NewZero, BatchAll):
    """Returning a new zero, which does not hang on the embeddings, gives the same value and no
    gradient.
    """


@BATCH_ALL_TRIPLET_LOSS.also(AllZeroOffTheGraph)
class AllZeroOffTheGraphWithoutValid(NewZeroWithoutValid, BatchAll): ...


@BATCH_ALL_TRIPLET_LOSS.mistake(*CRASH, section=EMPTY)
class AllCrashOnEmpty(Crash, BatchAll):
    """Building on at least one active triplet gives the same crash where there is none."""


@BATCH_ALL_TRIPLET_LOSS.also(AllCrashOnEmpty)
class AllCrashWithoutValid(CrashWithoutValid, BatchAll): ...


# semi_hard_triplet_loss


@SEMI_HARD_TRIPLET_LOSS.family
class SemiHard(FunctionFamily):
    """The mean over the semi-hard triplets, in sixteen decisions."""

    def __call__(self, embeddings: Tensor, labels: Tensor, margin: float) -> Any:
        embeddings, labels = self.given(embeddings, labels)
        distances = self.root(self.squares(self.points(embeddings)))  # (n, n)
        to_positive, to_negative = self.views(distances)  # (n, n, n) each
        valid = self.valid(labels)  # (n, n, n)
        bound = self.bound(margin)
        beyond = self.are_beyond(to_positive, to_negative, bound)  # (n, n, n)
        within = self.are_within(to_positive, to_negative, bound)  # (n, n, n)
        counted = self.picked(valid & beyond & within, valid, to_positive, to_negative)
        losses = to_positive - to_negative + self.margin(margin)  # (n, n, n)
        if not self.has_some(counted, valid):
            return self.zero(embeddings, distances, valid)
        return self.carried(self.reduced(self.cut_off(losses), counted, valid))

    def given(self, embeddings: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        return embeddings, labels

    def points(self, embeddings: Tensor) -> Tensor:
        return embeddings

    def squares(self, points: Tensor) -> Tensor:
        return squared_distances(points)

    def root(self, squares: Tensor) -> Tensor:
        return squares.clamp(min=1e-12).sqrt()

    def views(self, distances: Tensor) -> tuple[Tensor, Tensor]:
        to_positive, to_negative = torch.broadcast_tensors(
            distances[:, :, None], distances[:, None]
        )
        return to_positive, to_negative

    def valid(self, labels: Tensor) -> Tensor:
        return valid_triplets(labels)

    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        """Return where the negative is farther than the positive."""
        return to_positive < to_negative

    def are_within(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        """Return where it is so by less than the margin."""
        return to_negative < to_positive + margin

    def bound(self, margin: float) -> float:
        """Return the margin of the choice."""
        return margin

    def margin(self, margin: float) -> float:
        """Return the margin of the loss."""
        return margin

    def picked(
        self, chosen: Tensor, valid: Tensor, to_positive: Tensor, to_negative: Tensor
    ) -> Tensor:
        """Return the triplets that are taken of those that were chosen: all."""
        return chosen

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(counted.any())

    def cut_off(self, losses: Tensor) -> Tensor:
        return losses  # a semi-hard triplet has a loss above zero

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted].mean()

    def carried(self, loss: Tensor) -> Any:
        """Return the loss of some triplets as it is handed on."""
        return loss

    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        """Return the loss of no triplets."""
        return embeddings.sum() * 0.0


def nearest_negatives(chosen: Tensor, to_negative: Tensor) -> Tensor:
    """Return, of the chosen triplets, the one of each pair whose negative is nearest."""
    nearest = to_negative.masked_fill(~chosen, torch.inf).argmin(dim=2, keepdim=True)  # (n, n, 1)
    return chosen & torch.zeros_like(chosen).scatter(2, nearest, value=True)  # (n, n, n)


def of_farthest_positives(chosen: Tensor, valid: Tensor, to_positive: Tensor) -> Tensor:
    """Return, of the chosen triplets, those with the farthest positive of their anchor."""
    farthest = to_positive.masked_fill(~valid, -torch.inf).amax(dim=(1, 2), keepdim=True)
    return chosen & (to_positive == farthest)  # (n, n, n)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "(a1, a3, b1) has the distances 2 and 1.5: it is hard. Is it in your mean?",
    "Semi-hard has two bounds: farther than the positive, but by less than the margin.",
    "Add the condition d(a, p) < d(a, n).",
)
class SemiHardOnesIncluded(SemiHard):
    """Keeping the hard triplets too, as batch-all does, gives the same value."""

    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return torch.ones_like(to_positive, dtype=torch.bool)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "(a1, a2, b2) has the distances 1 and 3.20: it is easy. Is it in your mean?",
    "Semi-hard has two bounds: farther than the positive, but by less than the margin.",
    "Add the condition d(a, n) < d(a, p) + margin.",
)
class SemiEasyOnesIncluded(SemiHard):
    """Counting the easy triplets as zeros in the mean gives the same value."""

    def are_within(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return torch.ones_like(to_positive, dtype=torch.bool)

    def cut_off(self, losses: Tensor) -> Tensor:
        return F.relu(losses)

    def margin(self, margin: float) -> float:
        return margin  # without it, there would be zeros only


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "(a1, a2, b2) has the distances 1 and 3.20: it is easy. Is it in your mean?",
    "Without an upper bound, triplets that are long done pull the mean below zero.",
    "Add the condition d(a, n) < d(a, p) + margin.",
)
class SemiNoUpperBound(SemiHard):
    """Letting the easy triplets enter with their negative losses gives the same value."""

    def are_within(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return torch.ones_like(to_positive, dtype=torch.bool)

    def cut_off(self, losses: Tensor) -> Tensor:
        return losses


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "(a1, a2, b1) has the distances 1 and 1.5. Is 1.5 below the margin? It need not be.",
    "The margin is measured from the positive on: the band ends at d(a, p) + margin.",
    "Write d(a, n) < d(a, p) + margin.",
)
class SemiBoundIsMargin(SemiHard):
    """Comparing d(a, n) with the margin alone, without d(a, p), gives the same value."""

    def are_within(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return to_negative < margin


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Is (a1, a3, b1), with the distances 2 and 1.5, one of yours? It is hard.",
    "A semi-hard negative is already farther than the positive, only not far enough.",
    "Turn the first comparison round: d(a, p) < d(a, n).",
)
class SemiHardOnesOnly(SemiHard):
    """Choosing the negatives that are nearer than the positive gives the same value."""

    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return to_negative < to_positive

    def are_within(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return to_negative < to_positive + margin  # so it is, whatever the margin

    def valid(self, labels: Tensor) -> Tensor:
        return valid_triplets(labels)  # nothing is nearer to the anchor than itself


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Put in numbers: with d(a, p) = 1 and margin 1, which d(a, n) do you accept?",
    "The band begins at d(a, p) and ends at d(a, p) + margin.",
    "Write d(a, p) < d(a, n) and d(a, n) < d(a, p) + margin.",
)
class SemiBandBelow(SemiHard):
    """Choosing the negatives that are nearer than the positive by less than the margin gives the
    same value.
    """

    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return to_negative < to_positive

    def are_within(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return to_positive - margin < to_negative

    def valid(self, labels: Tensor) -> Tensor:
        return valid_triplets(labels)  # nothing is nearer to the anchor than itself


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Put in numbers: with d(a, p) = 1 and margin 1, do you accept d(a, n) = 0.5? It is hard.",
    "The margin widens the band on one side only: it begins at d(a, p).",
    "Write d(a, p) < d(a, n) instead of d(a, p) - margin < d(a, n).",
)
class SemiBandOnBothSides(SemiHard):
    """Choosing the negatives that are nearer or farther than the positive by less than the margin
    gives the same value.
    """

    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return to_positive - margin < to_negative


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Print your two views of the distances at [0, 2, 3]: d(a1, a3) = 2, d(a1, b1) = 1.5.",
    "d(a, p) belongs on the axis of the positive, the second one.",
    "Take distances[:, :, None] for the positive and distances[:, None, :] for the negative.",
)
class SemiSwapped(SemiHard):
    """Swapping d(a, p) and d(a, n) gives the same value."""

    def views(self, distances: Tensor) -> tuple[Tensor, Tensor]:
        to_negative, to_positive = torch.broadcast_tensors(
            distances[:, :, None], distances[:, None]
        )
        return to_positive, to_negative

    def valid(self, labels: Tensor) -> Tensor:
        return valid_triplets(labels)  # of all n^3, none is another one when it is swapped


@SEMI_HARD_TRIPLET_LOSS.mistake(*AXIS_MISSING)
class SemiAxisMissing(SemiHard):
    """Leaving out the axes of d(a, p), so that it becomes d(p, n), gives the same value."""

    def views(self, distances: Tensor) -> tuple[Tensor, Tensor]:
        to_positive, to_negative = torch.broadcast_tensors(distances, distances[:, None])
        return to_positive, to_negative

    def valid(self, labels: Tensor) -> Tensor:
        return valid_triplets(labels)  # where anchor and positive are one, the two are equal


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Is your loss below zero? (a1, a2, b1) has the loss 1 - 1.5 + 1 = 0.5.",
    "The margin stands in two places: in the bound and in the loss.",
    "Add the margin to d(a, p) - d(a, n) before the mean.",
)
class SemiLossWithoutMargin(SemiHard):
    """Leaving the margin out of the loss, but not out of the choice, gives the same value."""

    def margin(self, margin: float) -> float:
        return 0.0


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Is your loss below zero? (a1, a2, b1) has the loss 1 - 1.5 + 1 = 0.5.",
    "The margin asks for more: it makes the loss larger, never smaller.",
    "Write + margin in the loss.",
)
class SemiMarginSubtracted(SemiHard):
    """Subtracting the margin in the loss instead of adding it gives the same value."""

    def margin(self, margin: float) -> float:
        return -margin


@SEMI_HARD_TRIPLET_LOSS.mistake(
    MARGIN_FIXED_NUDGE,
    MARGIN_IS_AN_ARGUMENT,
    "Use the argument margin in both places: in the bound and in the loss.",
)
class SemiMarginFixed(SemiHard):
    """Using the margin 1 whatever margin was asked for gives the same value."""

    def bound(self, margin: float) -> float:
        return 1.0

    def margin(self, margin: float) -> float:
        return 1.0


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "The six points have 36 valid and 14 semi-hard triplets. By which do you divide?",
    "Only the chosen triplets count in the mean; the others are not zeros but absent.",
    "Select with the mask before the mean: losses[chosen].mean().",
)
class SemiMeanOverValid(SemiHard):
    """Dividing by the number of all valid triplets gives the same value."""

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return (losses * counted)[valid].mean()

    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return to_positive < to_negative  # with the hard ones, it is the easy ones that count


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "The array of the six points has 216 entries, of which 14 are semi-hard. Which is it?",
    "mean() of a masked array counts every zero that the mask has made.",
    "Select with the mask before the mean: losses[chosen].mean().",
)
class SemiMeanOverEverything(SemiHard):
    """Dividing by n^3, the size of the whole array, gives the same value."""

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return (losses * counted).mean()

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(counted.any())  # if not, the array is full of zeros, and so is their mean


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "The six points have 14 semi-hard triplets. Is your loss 14 times too large?",
    "With a sum, a batch with more semi-hard triplets makes a larger step.",
    "Divide the sum by the number of the chosen triplets.",
)
class SemiSum(SemiHard):
    """Adding up the losses instead of taking their mean gives the same value."""

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted].sum()

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(counted.any())  # the sum of none is zero all the same


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Six points have 14 semi-hard triplets. By which of the two numbers do you divide?",
    "The loss is a mean over triplets; how many anchors they belong to does not matter.",
    "Divide the sum by the number of the chosen triplets.",
)
class SemiMeanOverAnchors(SemiHard):
    """Dividing the sum of the losses by the number of examples in the batch gives the same
    value.
    """

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted].sum() / len(losses)

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(counted.any())


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Of the six triplets of the anchor a1 one is semi-hard. What does it count in your mean?",
    "A mean of means counts a triplet more if its anchor has few; here all count the same.",
    "Collect the losses of all anchors first, and take one mean at the end.",
)
class SemiMeanOfMeans(SemiHard):
    """Taking the mean for each anchor first, and then the mean of these, gives the same value."""

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return mean_of_means(losses, counted)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Print the shape of the loss that you return. It should be a scalar.",
    "backward() needs one number, and that is the mean over the semi-hard triplets.",
    "Take the mean of what you return now.",
)
class SemiNotReduced(SemiHard):
    """Returning the loss of each triplet, without the mean, gives the same result."""

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted]

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return True  # a list may be empty

    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return embeddings.sum() * 0.0


@SEMI_HARD_TRIPLET_LOSS.also(SemiNotReduced)
class SemiNotReducedButGuarded(SemiHard):
    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted]

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(counted.any())


@SEMI_HARD_TRIPLET_LOSS.also(SemiNotReduced)
class SemiNotReducedCube(SemiNotReduced):
    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses * counted


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "How many triplets enter your mean for the six points? All 14 semi-hard ones should.",
    "This is a well-known variant, and no bad one. This chapter takes the whole band.",
    "Leave out the minimum over the negatives: take the mean over every chosen triplet.",
)
class SemiNearestNegativeOnly(SemiHard):
    """Taking only the nearest semi-hard negative of each pair, as FaceNet does, gives the same
    value.
    """

    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return to_positive < to_negative

    def picked(
        self, chosen: Tensor, valid: Tensor, to_positive: Tensor, to_negative: Tensor
    ) -> Tensor:
        return nearest_negatives(chosen, to_negative)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "The nearest negative of a1 is b1. Is (a1, a3, b1), with the distances 2 and 1.5, semi-hard?",
    "The nearest negative of all is the hardest one: it may be nearer than the positive.",
    "Ask for d(a, p) < d(a, n) first, and take every triplet in the band.",
)
class SemiHardestNegative(SemiHard):
    """Taking the hardest negative of each pair, also if it is nearer than the positive, gives the
    same value.
    """

    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return torch.ones_like(to_positive, dtype=torch.bool)

    def are_within(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return torch.ones_like(to_positive, dtype=torch.bool)

    def picked(
        self, chosen: Tensor, valid: Tensor, to_positive: Tensor, to_negative: Tensor
    ) -> Tensor:
        return nearest_negatives(chosen, to_negative)

    def cut_off(self, losses: Tensor) -> Tensor:
        return F.relu(losses)

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted].mean()  # of one for each pair


@SEMI_HARD_TRIPLET_LOSS.also(SemiHardestNegative)
class SemiHardestActiveNegative(SemiHard):
    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return torch.ones_like(to_positive, dtype=torch.bool)

    def picked(
        self, chosen: Tensor, valid: Tensor, to_positive: Tensor, to_negative: Tensor
    ) -> Tensor:
        return nearest_negatives(chosen, to_negative)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "(b1, b3, a3) has two equal distances, 2.5: no negative of b1 is beyond. Is it in your mean?",
    "TensorFlow's loss falls back on the farthest negative where none is beyond the positive, so "
    "that every pair has one. This chapter takes the band, and nothing else.",
    "Leave out minimum, maximum and fallback: take the mean over every semi-hard triplet.",
)
class SemiNearestBeyondElseFarthest(SemiHard):
    """Taking the nearest negative beyond each positive, and the farthest of all where none is
    beyond, gives the same value.
    """

    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return torch.ones_like(to_positive, dtype=torch.bool)

    def are_within(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return torch.ones_like(to_positive, dtype=torch.bool)

    def picked(
        self, chosen: Tensor, valid: Tensor, to_positive: Tensor, to_negative: Tensor
    ) -> Tensor:
        beyond = chosen & (to_positive < to_negative)  # (n, n, n)
        has_none = ~beyond.any(dim=2, keepdim=True)  # (n, n, 1)
        farthest = nearest_negatives(chosen, -to_negative)
        return nearest_negatives(beyond, to_negative) | (farthest & has_none)

    def cut_off(self, losses: Tensor) -> Tensor:
        return F.relu(losses)

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted].mean()


@SEMI_HARD_TRIPLET_LOSS.also(SemiNearestBeyondElseFarthest)
class SemiNearestBeyondElseFarthestActive(SemiNearestBeyondElseFarthest):
    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        active = counted & (losses > 0)  # (n, n, n)
        return losses[active].mean() if active.any() else losses.sum() * 0.0


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Of the six triplets of a1, (a1, a2, b1) is the semi-hard one. Is it in your mean?",
    "The farthest positive belongs to batch-hard. Semi-hard goes through all pairs.",
    "Compare each negative with each positive: distances[:, :, None] and distances[:, None, :].",
)
class SemiOneForEachAnchor(SemiHard):
    """Taking one triplet for each anchor, its farthest positive and the nearest negative beyond,
    gives the same value.
    """

    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return to_positive < to_negative

    def picked(
        self, chosen: Tensor, valid: Tensor, to_positive: Tensor, to_negative: Tensor
    ) -> Tensor:
        return nearest_negatives(of_farthest_positives(chosen, valid, to_positive), to_negative)


@SEMI_HARD_TRIPLET_LOSS.also(SemiOneForEachAnchor)
class SemiOneForEachAnchorEasyToo(SemiEasyOnesIncluded):
    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return to_positive < to_negative

    def picked(
        self, chosen: Tensor, valid: Tensor, to_positive: Tensor, to_negative: Tensor
    ) -> Tensor:
        return nearest_negatives(of_farthest_positives(chosen, valid, to_positive), to_negative)


@SEMI_HARD_TRIPLET_LOSS.also(SemiOneForEachAnchor)
class SemiOnePositiveForEachAnchor(SemiHard):
    def are_beyond(self, to_positive: Tensor, to_negative: Tensor, margin: float) -> Tensor:
        return to_positive < to_negative

    def picked(
        self, chosen: Tensor, valid: Tensor, to_positive: Tensor, to_negative: Tensor
    ) -> Tensor:
        return of_farthest_positives(chosen, valid, to_positive)


@SEMI_HARD_TRIPLET_LOSS.mistake(*DIAGONAL, section=MASK)
class SemiDiagonal(SemiHard):
    """Counting an example as a positive of itself gives the same value."""

    def valid(self, labels: Tensor) -> Tensor:
        return with_diagonal(labels)


@SEMI_HARD_TRIPLET_LOSS.mistake(*EVERY_TRIPLET, section=MASK)
class SemiEveryTriplet(SemiHard):
    """Leaving out the mask of the valid triplets gives the same value."""

    def valid(self, labels: Tensor) -> Tensor:
        return every_triplet(labels)

    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return embeddings.sum() * 0.0  # never needed: (i, i, k) is semi-hard where k is near


@SEMI_HARD_TRIPLET_LOSS.mistake(*HALF_OF_THE_PAIRS, section=MASK)
class SemiHalfOfThePairs(SemiHard):
    """Keeping only the pairs whose positive comes after the anchor gives the same value."""

    def valid(self, labels: Tensor) -> Tensor:
        return in_pairs_once(valid_triplets(labels))


@SEMI_HARD_TRIPLET_LOSS.mistake(
    SQUARED[0],
    "The chapter uses the distance itself; for squares the band is another one.",
    SQUARED[2],
)
class SemiSquaredDistances(Squared, SemiHard):
    """Leaving the distances squared gives the same value."""


@SEMI_HARD_TRIPLET_LOSS.mistake(*NORMALISED)
class SemiNormalised(Normalised, SemiHard):
    """Bringing the embeddings to length one inside the loss gives the same value."""


@SEMI_HARD_TRIPLET_LOSS.mistake(*CITY_BLOCK)
class SemiCityBlock(CityBlock, SemiHard):
    """Adding up absolute differences (the city-block distance) gives the same value."""


@SEMI_HARD_TRIPLET_LOSS.mistake(*COSINE_DISTANCE)
class SemiCosineDistance(CosineDistance, SemiHard):
    """Using one minus the cosine similarity as the distance gives the same value."""


@SEMI_HARD_TRIPLET_LOSS.mistake(*DETACHED)
class SemiDetached(Detached, SemiHard):
    """Leaving the graph, with item(), detach() or a new tensor, gives the same value and no
    gradient.
    """


@SEMI_HARD_TRIPLET_LOSS.also(SemiDetached)
class SemiDetachedOfTriplets(DetachedOfTriplets, SemiHard): ...


@SEMI_HARD_TRIPLET_LOSS.also(SemiDetached)
class SemiAsNumber(AsNumber, SemiHard): ...


@SEMI_HARD_TRIPLET_LOSS.also(SemiDetached)
class SemiAsNumberOfTriplets(AsNumberOfTriplets, SemiHard): ...


@SEMI_HARD_TRIPLET_LOSS.mistake(*NAN_GRADIENT, section=COMMON)
class SemiNanGradient(BareRoot, SemiHard):
    """Taking the square root of the bare zeros on the diagonal gives the same NaN in
    the gradient.
    """


@SEMI_HARD_TRIPLET_LOSS.mistake(*NAN_GRADIENT, section=COMMON)
class SemiNanGradientAlways(BareRootAlways, SemiHard):
    """Taking the square root of the bare zeros on the diagonal gives the same NaN in the gradient,
    also where there is no triplet.
    """


@SEMI_HARD_TRIPLET_LOSS.mistake(*WRITTEN_OVER, section=COMMON)
class SemiWrittenOver(WrittenOver, SemiHard):
    """Changing the distances in place, as *= does, gives the same error in backward()."""


@SEMI_HARD_TRIPLET_LOSS.also(SemiWrittenOver)
class SemiWrittenOverAlways(WrittenOverAlways, SemiHard): ...


@SEMI_HARD_TRIPLET_LOSS.mistake(*ARGUMENTS_CHANGED)
class SemiArgumentsChanged(Written, SemiHard):
    """Writing into the labels or embeddings that came in, as += does, gives the same changed
    arguments.
    """


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Call your function with labels that are all equal. What is 0 / 0?",
    "One such batch turns all parameters into NaN.",
    "If no triplet is semi-hard, return embeddings.sum() * 0.0.",
    section=EMPTY,
)
class SemiNanOnEmpty(SemiHard):
    """Taking the mean of no triplets gives the same NaN."""

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return True

    def zero(self, embeddings: Tensor, distances: Tensor, valid: Tensor) -> Any:
        return embeddings.sum() * 0.0  # never asked for


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Put the two digits far apart, so that every triplet is easy. What do you divide by?",
    "A batch can have valid triplets and no semi-hard one: late in training, many do.",
    "Let the zero depend on the number of semi-hard triplets, not of valid ones.",
    section=EMPTY,
)
class SemiNanWithoutA_SemiHardOne(SemiHard):  # noqa: N801  two words: the id has a hyphen there
    """Dividing by the number of semi-hard triplets where there are valid but no semi-hard ones
    gives the same NaN.
    """

    def has_some(self, counted: Tensor, valid: Tensor) -> bool:
        return bool(valid.any())

    def reduced(self, losses: Tensor, counted: Tensor, valid: Tensor) -> Tensor:
        return losses[counted].mean()  # a sum, or a mean over the valid ones, would be no NaN


@SEMI_HARD_TRIPLET_LOSS.mistake(*NEW_ZERO, section=EMPTY)
class SemiZeroOffTheGraph(NewZero, SemiHard):
    """Returning a new zero, which does not hang on the embeddings, gives the same value and no
    gradient.
    """


@SEMI_HARD_TRIPLET_LOSS.also(SemiZeroOffTheGraph)
class SemiZeroOffTheGraphWithoutValid(NewZeroWithoutValid, SemiHard): ...


@SEMI_HARD_TRIPLET_LOSS.mistake(*CRASH, section=EMPTY)
class SemiCrashOnEmpty(Crash, SemiHard):
    """Building on at least one semi-hard triplet gives the same crash where there is none."""


@SEMI_HARD_TRIPLET_LOSS.also(SemiCrashOnEmpty)
class SemiCrashWithoutValid(CrashWithoutValid, SemiHard): ...


# batch_hard_triplet_loss

Margin = float | None


@BATCH_HARD_TRIPLET_LOSS.family
class BatchHard(FunctionFamily):
    """The mean over the anchors of the loss of their hardest triplet, in twenty decisions."""

    default_margin: Margin = None
    no_positive = -torch.inf  # the distance to the farthest of no positives

    def __call__(self, embeddings: Tensor, labels: Tensor, *given: Margin) -> Any:
        asked = given[0] if given else self.default_margin
        margin = self.none_means() if asked is None else self.number_means(asked)
        embeddings, labels = self.given(embeddings, labels)
        distances = self.root(self.squares(self.points(embeddings)))  # (n, n)
        positives, negatives = self.positives(labels), self.negatives(labels)  # (n, n) each
        positive = self.positive(distances, positives)  # (n,)
        negative = self.negative(distances, negatives, positive)  # (n,)
        to_positive = self.to_positive(distances, positives, positive)  # (n,)
        to_negative = self.to_negative(distances, negatives, negative, positive)  # (n,)
        anchors = self.anchors(positives, negatives, labels, margin)  # (n,)
        gaps = self.gap(to_positive[anchors], to_negative[anchors])
        losses = self.counted(self.soft(gaps) if margin is None else self.hard(gaps, margin))
        if not self.has_some(losses):
            return self.zero(embeddings, distances, anchors)
        return self.carried(self.reduced(losses))

    def none_means(self) -> Margin:
        """Return the margin that None asks for: the soft one."""
        return None

    def number_means(self, margin: float) -> Margin:
        return margin

    def given(self, embeddings: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        return embeddings, labels

    def points(self, embeddings: Tensor) -> Tensor:
        return embeddings

    def squares(self, points: Tensor) -> Tensor:
        return squared_distances(points)

    def root(self, squares: Tensor) -> Tensor:
        return squares.clamp(min=1e-12).sqrt()

    def positives(self, labels: Tensor) -> Tensor:
        return same_class(labels) & ~itself(labels)

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels)

    def positive(self, distances: Tensor, positives: Tensor) -> Tensor:
        """Return which positive each anchor has in its triplet."""
        return farthest(distances, positives)

    def negative(self, distances: Tensor, negatives: Tensor, positive: Tensor) -> Tensor:
        """Return which negative each anchor has in its triplet."""
        return nearest(distances, negatives)

    def to_positive(self, distances: Tensor, positives: Tensor, positive: Tensor) -> Tensor:
        return at(distances, positive).masked_fill(~positives.any(dim=1), self.no_positive)

    def to_negative(
        self, distances: Tensor, negatives: Tensor, negative: Tensor, positive: Tensor
    ) -> Tensor:
        found = at(distances, negative)
        return torch.where(negatives.any(dim=1), found, self.no_negative(distances))

    def no_negative(self, distances: Tensor) -> Tensor:
        """Return the distance of each anchor to the nearest of no negatives."""
        return torch.full_like(distances[0], torch.inf)

    def anchors(
        self, positives: Tensor, negatives: Tensor, labels: Tensor, margin: Margin
    ) -> Tensor:
        """Return which anchors have a triplet."""
        return positives.any(dim=1) & negatives.any(dim=1)

    def gap(self, to_positive: Tensor, to_negative: Tensor) -> Tensor:
        return to_positive - to_negative

    def soft(self, gaps: Tensor) -> Tensor:
        return F.softplus(gaps)

    def hard(self, gaps: Tensor, margin: float) -> Tensor:
        return F.relu(gaps + margin)

    def counted(self, losses: Tensor) -> Tensor:
        """Return the losses over which the mean goes."""
        return losses

    def has_some(self, losses: Tensor) -> bool:
        return len(losses) > 0

    def reduced(self, losses: Tensor) -> Tensor:
        return losses.mean()

    def carried(self, loss: Tensor) -> Any:
        """Return the loss of some anchors as it is handed on."""
        return loss

    def zero(self, embeddings: Tensor, distances: Tensor, anchors: Tensor) -> Any:
        """Return the loss of no anchors."""
        return embeddings.sum() * 0.0


def farthest(distances: Tensor, others: Tensor) -> Tensor:
    return distances.masked_fill(~others, -torch.inf).argmax(dim=1)  # (n,)


def nearest(distances: Tensor, others: Tensor) -> Tensor:
    return distances.masked_fill(~others, torch.inf).argmin(dim=1)  # (n,)


def complete(labels: Tensor) -> Tensor:
    """Return which anchors have a positive and a negative, whatever was taken for one."""
    same = same_class(labels)
    return (same & ~itself(labels)).any(dim=1) & (~same).any(dim=1)  # (n,)


def at(distances: Tensor, other: Tensor) -> Tensor:
    """Return the distance of each anchor to one other example."""
    return distances[range(len(distances)), other]  # (n,)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Which of b1 (1.5), b2 (3.20) and b3 (3.61) is the hardest negative of a1?",
    "A negative is hard when it is near: the loss asks for it to be far.",
    "Take the minimum over the negatives; fill all others with plus infinity before.",
)
class HardNegativeFarthest(BatchHard):
    """Taking the farthest negative instead of the nearest gives the same value."""

    def negative(self, distances: Tensor, negatives: Tensor, positive: Tensor) -> Tensor:
        return farthest(distances, negatives)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Which of a2 (1) and a3 (2) is the hardest positive of a1?",
    "A positive is hard when it is far: the loss asks for it to be near.",
    "Take the maximum over the positives; fill all others with minus infinity before.",
)
class HardPositiveNearest(BatchHard):
    """Taking the nearest positive instead of the farthest gives the same value."""

    def positive(self, distances: Tensor, positives: Tensor) -> Tensor:
        return nearest(distances, positives)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "The farthest positive of a1 is a3. Do you look for the negative in the row of a3?",
    "Both distances of a triplet start at the anchor, so both come from the anchor's row.",
    "Index the distances to the negatives by the anchor.",
)
class HardNegativeOfThePositive(BatchHard):
    """Taking the nearest negative of the positive, not of the anchor, gives the same value."""

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels)  # else the positive would be among them

    def negative(self, distances: Tensor, negatives: Tensor, positive: Tensor) -> Tensor:
        return nearest(distances[positive], negatives)

    def to_negative(
        self, distances: Tensor, negatives: Tensor, negative: Tensor, positive: Tensor
    ) -> Tensor:
        return distances[positive, negative]


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "The farthest positive of a1 is a3. Whose nearest negative do you take: that of a1 or of a3?",
    "The hardest negative of a triplet is the one that is nearest to its anchor.",
    "Choose in the anchor's row of the distances, not in that of the positive.",
)
class HardNegativeChosenByThePositive(BatchHard):
    """Choosing the negative that is nearest to the positive, and then measuring it from the anchor,
    gives the same value.
    """

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels)  # else the positive would be among them

    def negative(self, distances: Tensor, negatives: Tensor, positive: Tensor) -> Tensor:
        return nearest(distances[positive], negatives)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "The anchor a1 has the positive a3 and the negative b1. Do you take d(a1, b1) or d(a3, b1)?",
    "The anchor is compared with both; the positive never meets the negative.",
    "Index the distance to the negative by the anchor, not by the positive.",
)
class HardFromPositive(BatchHard):
    """Measuring the anchor's nearest negative from the positive gives the same value."""

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels)  # else the positive would be among them

    def negative(self, distances: Tensor, negatives: Tensor, positive: Tensor) -> Tensor:
        return nearest(distances, negatives)

    def to_negative(
        self, distances: Tensor, negatives: Tensor, negative: Tensor, positive: Tensor
    ) -> Tensor:
        return distances[positive, negative]


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "For the anchor a1 the two distances are 2 and 1.5. Is its h 0.5 or -0.5?",
    "The loss has to fall when the negative moves away from the anchor.",
    "Take the distance of the nearest negative away from that of the farthest positive.",
)
class HardSwapped(BatchHard):
    """Subtracting the distance of the positive from that of the negative gives the same value."""

    def gap(self, to_positive: Tensor, to_negative: Tensor) -> Tensor:
        return to_negative - to_positive


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Print what you take the minimum of. Whose distance is the 0 in each row?",
    "On numbers, ~ turns every bit: in uint8, ~1 is 254, which counts as true. And the minimum "
    "finds the 0 of the diagonal.",
    "Keep the masks as torch.bool, and fill what is no negative with infinity.",
)
class HardByteMask(BatchHard):
    """Letting the anchor itself in as a negative, as ~positives, `~` on a mask of numbers or a 0
    that is filled in do, gives the same value.
    """

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels) | itself(labels)

    def counted(self, losses: Tensor) -> Tensor:
        return losses  # all are above zero


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Print what you take the minimum of. How many zeros does each row have?",
    "distances * mask, or a 0 that is filled in, puts all others at the distance 0, nearer than "
    "any negative.",
    "Fill what is no negative with torch.inf before the minimum.",
)
class HardNegativesFilledWithZero(BatchHard):
    """Filling what is no negative with 0 before the minimum gives the same value."""

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels)

    def negative(self, distances: Tensor, negatives: Tensor, positive: Tensor) -> Tensor:
        return nearest(distances, negatives)  # whichever it is: the 0 is nearer

    def to_negative(
        self, distances: Tensor, negatives: Tensor, negative: Tensor, positive: Tensor
    ) -> Tensor:
        return torch.zeros_like(distances[0])

    def counted(self, losses: Tensor) -> Tensor:
        return losses  # all are above zero


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "The nearest other point of b2 is b3. Is that a negative?",
    "A negative is of another digit, not only another example.",
    "Fill every distance within a digit with infinity before the minimum.",
)
class HardNegativeAnyOther(BatchHard):
    """Taking the nearest other example of any digit as the negative gives the same value."""

    def negatives(self, labels: Tensor) -> Tensor:
        return ~itself(labels)

    def counted(self, losses: Tensor) -> Tensor:
        return losses  # all are above zero


@BATCH_HARD_TRIPLET_LOSS.also(HardNegativeAnyOther)
class HardNegativeAnyOtherOfRightAnchors(HardNegativeAnyOther):
    def anchors(
        self, positives: Tensor, negatives: Tensor, labels: Tensor, margin: Margin
    ) -> Tensor:
        return complete(labels)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Your negative of b2 is b3. Of which digit is it?",
    "The maximum and the minimum go over two masks: same digit, and other digit.",
    "Take the minimum over the negatives: ~same.",
)
class HardNegativeAmongPositives(BatchHard):
    """Taking the nearest positive where the nearest negative belongs gives the same value."""

    def negatives(self, labels: Tensor) -> Tensor:
        return same_class(labels) & ~itself(labels)

    def positives(self, labels: Tensor) -> Tensor:
        return same_class(labels) & ~itself(labels)

    def positive(self, distances: Tensor, positives: Tensor) -> Tensor:
        return farthest(distances, positives)  # if both were nearest, they would be one

    def negative(self, distances: Tensor, negatives: Tensor, positive: Tensor) -> Tensor:
        return nearest(distances, negatives)

    def counted(self, losses: Tensor) -> Tensor:
        return losses  # all are above zero


@BATCH_HARD_TRIPLET_LOSS.also(HardNegativeAmongPositives)
class HardNegativeAmongPositivesOfRightAnchors(HardNegativeAmongPositives):
    def anchors(
        self, positives: Tensor, negatives: Tensor, labels: Tensor, margin: Margin
    ) -> Tensor:
        return complete(labels)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Which is your positive of a1: a3, or b3, which is farther?",
    "Without a mask the maximum finds the farthest example of all, and that is mostly a negative.",
    "Fill what is no positive with minus infinity before the maximum.",
)
class HardPositiveAnyone(BatchHard):
    """Taking the farthest example of any digit as the positive gives the same value."""

    def positives(self, labels: Tensor) -> Tensor:
        return torch.ones_like(same_class(labels))

    def positive(self, distances: Tensor, positives: Tensor) -> Tensor:
        return farthest(distances, positives)  # the nearest of all would be the anchor itself

    def counted(self, losses: Tensor) -> Tensor:
        return losses  # all are above zero


@BATCH_HARD_TRIPLET_LOSS.also(HardPositiveAnyone)
class HardPositiveAnyoneOfRightAnchors(HardPositiveAnyone):
    def anchors(
        self, positives: Tensor, negatives: Tensor, labels: Tensor, margin: Margin
    ) -> Tensor:
        return complete(labels)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "a1 sees a2 and a3, but does a3 see a1? Each row of the distances needs all its entries.",
    "Each row belongs to one anchor, and half of a row hides half of the others from it.",
    "Leave out triu(), and loops over j > i.",
)
class HardUpperTriangle(BatchHard):
    """Looking only at the pairs above the diagonal gives the same value."""

    no_positive = -torch.inf

    def positives(self, labels: Tensor) -> Tensor:
        return same_class(labels).triu(1)

    def negatives(self, labels: Tensor) -> Tensor:
        return (~same_class(labels)).triu(1)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "How many rows does the table of the six points have? Each anchor has its own triplet.",
    "max() and min() without dim look at all rows at once.",
    "Pass dim=1: one maximum and one minimum for each row.",
)
class HardOneForTheBatch(BatchHard):
    """Taking one farthest positive and one nearest negative for the whole batch gives the same
    value.
    """

    no_positive = -torch.inf  # half of a symmetric array has the same maximum

    def positive(self, distances: Tensor, positives: Tensor) -> Tensor:
        return farthest(distances, positives)

    def negative(self, distances: Tensor, negatives: Tensor, positive: Tensor) -> Tensor:
        return nearest(distances, negatives)

    def to_positive(self, distances: Tensor, positives: Tensor, positive: Tensor) -> Tensor:
        within = distances.masked_fill(~positives, self.no_positive)
        return within.amax().expand(len(distances))

    def to_negative(
        self, distances: Tensor, negatives: Tensor, negative: Tensor, positive: Tensor
    ) -> Tensor:
        return distances.masked_fill(~negatives, torch.inf).amin().expand(len(distances))

    def counted(self, losses: Tensor) -> Tensor:
        return losses[:1]

    def reduced(self, losses: Tensor) -> Tensor:
        return losses.mean()  # of one


@BATCH_HARD_TRIPLET_LOSS.mistake(*SQUARED)
class HardSquaredDistances(Squared, BatchHard):
    """Leaving the distances squared gives the same value."""


@BATCH_HARD_TRIPLET_LOSS.mistake(*NORMALISED)
class HardNormalised(Normalised, BatchHard):
    """Bringing the embeddings to length one inside the loss gives the same value."""


@BATCH_HARD_TRIPLET_LOSS.mistake(*CITY_BLOCK)
class HardCityBlock(CityBlock, BatchHard):
    """Adding up absolute differences (the city-block distance) gives the same value."""


@BATCH_HARD_TRIPLET_LOSS.mistake(*COSINE_DISTANCE)
class HardCosineDistance(CosineDistance, BatchHard):
    """Using one minus the cosine similarity as the distance gives the same value."""


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "The table of the six points sums to 9.38. Is that your loss? The mean is 1.5633.",
    "With a sum, a larger batch makes a larger step.",
    "End with mean() instead of sum().",
)
class HardSum(BatchHard):
    """Adding up over the anchors instead of taking the mean gives the same value."""

    def has_some(self, losses: Tensor) -> bool:
        return len(losses) > 0  # the sum of none is zero all the same

    def reduced(self, losses: Tensor) -> Tensor:
        return losses.sum()


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Print the shape of the loss that you return. It should be a scalar.",
    "backward() needs one number, and that is the mean over the anchors.",
    "Take the mean of what you return now.",
)
class HardNotReduced(BatchHard):
    """Returning the loss of each anchor, without the mean, gives the same result."""

    def has_some(self, losses: Tensor) -> bool:
        return True  # a list may be empty

    def reduced(self, losses: Tensor) -> Tensor:
        return losses

    def zero(self, embeddings: Tensor, distances: Tensor, anchors: Tensor) -> Any:
        return embeddings.sum() * 0.0


@BATCH_HARD_TRIPLET_LOSS.also(HardNotReduced)
class HardNotReducedButGuarded(BatchHard):
    def has_some(self, losses: Tensor) -> bool:
        return len(losses) > 0

    def reduced(self, losses: Tensor) -> Tensor:
        return losses


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Put one digit far away from all others. What do its anchors add to your mean?",
    "Below zero, an anchor that is done would pay for one that is not.",
    "Cut each anchor's loss off at zero before the mean.",
)
class HardNoCutOff(BatchHard):
    """Leaving out the cut-off at zero gives the same value."""

    def hard(self, gaps: Tensor, margin: float) -> Tensor:
        return gaps + margin

    def counted(self, losses: Tensor) -> Tensor:
        return losses  # to select those above zero would cut off again


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Put one digit far away from all others. By how many anchors do you divide?",
    "In batch-hard every anchor that has a triplet counts, also one with loss zero.",
    "Divide by the number of anchors that have a positive and a negative.",
)
class HardMeanOfActive(BatchHard):
    """Taking the mean over the anchors with a loss above zero only gives the same value."""

    def counted(self, losses: Tensor) -> Tensor:
        return losses[losses > 0]

    def reduced(self, losses: Tensor) -> Tensor:
        return losses.mean()  # a sum does not see the zeros


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "The anchor a1 has the distances 2 and 1.5. Is its loss at the margin 1 0.5 or 1.5?",
    "The margin asks that the negative is farther, not only as far.",
    "Add the margin to the difference before the cut-off.",
)
class HardNoMargin(BatchHard):
    """Leaving out the margin gives the same value."""

    def number_means(self, margin: float) -> Margin:
        return 0.0


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Does your loss grow or fall when you pass a larger margin?",
    "The margin asks for more: it makes the loss larger, never smaller.",
    "Write + margin inside the cut-off.",
)
class HardMarginSubtracted(BatchHard):
    """Subtracting the margin instead of adding it gives the same value."""

    def number_means(self, margin: float) -> Margin:
        return -margin


@BATCH_HARD_TRIPLET_LOSS.mistake(
    MARGIN_FIXED_NUDGE,
    MARGIN_IS_AN_ARGUMENT,
    "Use the argument margin where you now have a number.",
)
class HardMarginFixed(BatchHard):
    """Using the margin 1 whatever margin was asked for gives the same value."""

    def number_means(self, margin: float) -> Margin:
        return 1.0


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Call your function without a margin. Do you get the soft margin, 1.1136 for the six points?",
    "Who names no margin asks for the soft one: None is the default.",
    "Write margin: float | None = None in the first line.",
)
class HardOtherDefaultMargin(BatchHard):
    """Giving the margin another default than None, such as 1.0 or 0.2, gives the same value."""

    default_margin = 1.0


@BATCH_HARD_TRIPLET_LOSS.also(HardOtherDefaultMargin)
class HardDefaultMarginFifth(BatchHard):
    default_margin = 0.2


@BATCH_HARD_TRIPLET_LOSS.also(HardOtherDefaultMargin)
class HardDefaultMarginHalf(BatchHard):
    default_margin = 0.5


@BATCH_HARD_TRIPLET_LOSS.also(HardOtherDefaultMargin)
class HardDefaultMarginZero(BatchHard):
    default_margin = 0.0


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "With all points in one place and margin=None, is your loss 0 or log 2 = 0.693?",
    "None does not mean no margin. It asks for another function, the soft margin.",
    "For None, return the mean of softplus(h), which is log(1 + exp(h)).",
)
class HardNoneAsZero(BatchHard):
    """Treating margin=None as the margin 0 gives the same value."""

    default_margin = None

    def none_means(self) -> Margin:
        return 0.0

    def soft(self, gaps: Tensor) -> Tensor:
        return F.softplus(gaps)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "With all points in one place and margin=None, is your loss 1 or log 2 = 0.693?",
    "None does not ask for a usual margin. It asks for another function, the soft margin.",
    "For None, return the mean of softplus(h), which is log(1 + exp(h)).",
)
class HardNoneAsOne(BatchHard):
    """Treating margin=None as the margin 1 gives the same value."""

    default_margin = None

    def none_means(self) -> Margin:
        return 1.0

    def soft(self, gaps: Tensor) -> Tensor:
        return F.softplus(gaps)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Call your function with margin=None. What is a number plus None?",
    "None is no number: it asks for another function, the soft margin.",
    "Ask `if margin is None` before you add, and return the mean of softplus(h) then.",
)
class HardNoneCrashes(BatchHard):
    """Adding the margin without asking whether it is None gives the same crash."""

    def none_means(self) -> Margin:
        stumble(TypeError("a tensor and None cannot be added"))

    def soft(self, gaps: Tensor) -> Tensor:
        return F.softplus(gaps)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Call your function with margin=0.0. Is bool(0.0) true or false?",
    "`if margin` is false for None and for 0.0. Only None asks for the soft margin.",
    "Ask `if margin is None`.",
)
class HardZeroAsNone(BatchHard):
    """Treating the margin 0 as no margin gives the same value."""

    def number_means(self, margin: float) -> Margin:
        return margin or None


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Call your function with margin=1 and with margin=5. Does anything change?",
    "A margin that is given asks for the cut-off at zero; only None asks for softplus.",
    "Tell the two cases apart with `if margin is None`.",
)
class HardSoftMarginAlways(BatchHard):
    """Using the soft margin whatever margin was asked for gives the same value."""

    default_margin = None

    def number_means(self, margin: float) -> Margin:
        return None

    def hard(self, gaps: Tensor, margin: float) -> Tensor:
        return F.relu(gaps + margin)  # never asked for


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "With margin=1 the anchor a1 has the loss 1.5. Is yours log(1 + exp(1.5)) = 1.70?",
    "A margin that is given goes with max(0, ...); softplus stands alone, for None.",
    "With a margin, cut off at zero: relu(h + margin).",
)
class HardSoftplusOfMargin(BatchHard):
    """Taking softplus of the difference plus the margin gives the same value."""

    def none_means(self) -> Margin:
        return None  # softplus of the difference plus 0 is the soft margin as well

    def number_means(self, margin: float) -> Margin:
        return margin  # without it, this would be the soft margin

    def hard(self, gaps: Tensor, margin: float) -> Tensor:
        return F.softplus(gaps + margin)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Let a negative move far away from its anchor. Does your soft margin fall?",
    "The soft margin replaces max(0, h) for the same h: d(a, p) - d(a, n), in this order.",
    "Take softplus of the positive's distance minus the negative's.",
)
class HardSoftMarginSwapped(BatchHard):
    """Taking the soft margin of d(a, n) - d(a, p) gives the same value."""

    def soft(self, gaps: Tensor) -> Tensor:
        return F.softplus(-gaps)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "a1 and a2 share a digit. Is a1 among the positives of a2?",
    "Each row belongs to one anchor, and all other examples of its digit are positives.",
    "Look at all j of the digit but j = i, and not at j > i alone.",
)
class HardLaterPositives(BatchHard):
    """Looking for positives only among the examples behind the anchor gives the same value."""

    def positives(self, labels: Tensor) -> Tensor:
        return same_class(labels).triu(1)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "argmin of a shortened row counts from where? Use its answer on the six points by hand.",
    "A place among the negatives is no place in the whole row.",
    "Fill what is no negative with infinity, and take the minimum of the whole row.",
)
class HardNegativePlaceAmongNegatives(BatchHard):
    """Using the place of the nearest among the negatives as its place in the whole row gives the
    same value.
    """

    def negative(self, distances: Tensor, negatives: Tensor, positive: Tensor) -> Tensor:
        places = [
            int(row[own].argmin()) if own.any() else 0
            for row, own in zip(distances, negatives, strict=True)
        ]
        return torch.tensor(places, dtype=torch.int64)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "What is torch.tensor(100.0).exp()? float32 ends at about 3.4e38.",
    "exp() overflows for a large h, although log(1 + exp(h)) is then simply h.",
    "Use torch.nn.functional.softplus(h), which takes care of large h.",
)
class HardSoftMarginOverflow(BatchHard):
    """Writing log(1 + exp(h)) as it stands gives the same infinity at large distances."""

    def soft(self, gaps: Tensor) -> Tensor:
        return (1 + gaps.exp()).log()


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Add a seventh point with a digit of its own. Do you divide by seven or by six?",
    "An anchor without a positive has no loss: it is absent, not zero.",
    "Take the mean over the anchors that have a positive and a negative.",
)
class HardMeanOverEveryone(BatchHard):
    """Counting anchors without a triplet as zeros in the mean gives the same value."""

    counted = BatchHard.counted

    def anchors(
        self, positives: Tensor, negatives: Tensor, labels: Tensor, margin: Margin
    ) -> Tensor:
        self.everyone = len(labels)
        return super().anchors(positives, negatives, labels, margin)

    def reduced(self, losses: Tensor) -> Tensor:
        return losses.sum() / self.everyone


@BATCH_HARD_TRIPLET_LOSS.also(HardMeanOverEveryone)
class HardMeanOverEveryoneWithMargin(HardMeanOverEveryone):
    def anchors(
        self, positives: Tensor, negatives: Tensor, labels: Tensor, margin: Margin
    ) -> Tensor:
        found = super().anchors(positives, negatives, labels, margin)
        self.everyone = len(labels) if margin is not None else int(found.sum())
        return found


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Add a seventh point with a digit of its own. What is its farthest positive?",
    "An anchor that is alone in its digit then has a positive at distance zero: itself, or a 0 "
    "that was filled in.",
    "Take the diagonal out of the positives, fill the rest with -infinity, and leave out anchors "
    "that have none.",
    section=EMPTY,
)
class HardDiagonal(BatchHard):
    """Counting an example as a positive of itself, or filling the places of all that is no positive
    with 0, by a product with the mask too, gives the same value.
    """

    def positives(self, labels: Tensor) -> Tensor:
        return same_class(labels)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Add a seventh point with a digit of its own. What is its farthest positive?",
    "A distance times zero is zero, and looks like a positive in the same place.",
    "Leave out the anchors whose row of positives, or of negatives, is empty.",
    section=EMPTY,
)
class HardMaskedByMultiplication(BatchHard):
    """Giving anchors without a positive the distance zero, as distances * mask does, gives the same
    value.
    """

    no_positive = 0.0

    def positives(self, labels: Tensor) -> Tensor:
        return same_class(labels) & ~itself(labels)

    def negatives(self, labels: Tensor) -> Tensor:
        return ~same_class(labels)

    def no_negative(self, distances: Tensor) -> Tensor:
        return distances.amax(dim=1)

    def anchors(
        self, positives: Tensor, negatives: Tensor, labels: Tensor, margin: Margin
    ) -> Tensor:
        return torch.ones_like(labels, dtype=torch.bool)

    def zero(self, embeddings: Tensor, distances: Tensor, anchors: Tensor) -> Any:
        return embeddings.sum() * 0.0  # there always is an anchor


@BATCH_HARD_TRIPLET_LOSS.mistake(*DETACHED)
class HardDetached(Detached, BatchHard):
    """Leaving the graph, with item(), detach() or a new tensor, gives the same value and no
    gradient.
    """


@BATCH_HARD_TRIPLET_LOSS.also(HardDetached)
class HardDetachedOfAnchors(DetachedOfTriplets, BatchHard): ...


@BATCH_HARD_TRIPLET_LOSS.also(HardDetached)
class HardAsNumber(AsNumber, BatchHard): ...


@BATCH_HARD_TRIPLET_LOSS.also(HardDetached)
class HardAsNumberOfAnchors(AsNumberOfTriplets, BatchHard): ...


@BATCH_HARD_TRIPLET_LOSS.mistake(*NAN_GRADIENT, section=COMMON)
class HardNanGradient(BareRoot, BatchHard):
    """Taking the square root of the bare zeros on the diagonal gives the same NaN in
    the gradient.
    """


@BATCH_HARD_TRIPLET_LOSS.mistake(*NAN_GRADIENT, section=COMMON)
class HardNanGradientAlways(BareRootAlways, BatchHard):
    """Taking the square root of the bare zeros on the diagonal gives the same NaN in the gradient,
    also where there is no triplet.
    """


@BATCH_HARD_TRIPLET_LOSS.mistake(*WRITTEN_OVER, section=COMMON)
class HardWrittenOver(WrittenOver, BatchHard):
    """Changing the distances in place, as *= does, gives the same error in backward()."""


@BATCH_HARD_TRIPLET_LOSS.also(HardWrittenOver)
class HardWrittenOverAlways(WrittenOverAlways, BatchHard): ...


@BATCH_HARD_TRIPLET_LOSS.mistake(*ARGUMENTS_CHANGED)
class HardArgumentsChanged(Written, BatchHard):
    """Writing into the labels or embeddings that came in, as += does, gives the same changed
    arguments.
    """


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Call your function with labels that are all equal. What is 0 / 0?",
    "One such batch turns all parameters into NaN.",
    "If no anchor has a triplet, return embeddings.sum() * 0.0.",
    section=EMPTY,
)
class HardNanOnEmpty(BatchHard):
    """Taking the mean of no anchors gives the same NaN."""

    def has_some(self, losses: Tensor) -> bool:
        return True

    def zero(self, embeddings: Tensor, distances: Tensor, anchors: Tensor) -> Any:
        return embeddings.sum() * 0.0  # never asked for


@BATCH_HARD_TRIPLET_LOSS.mistake(*NEW_ZERO, section=EMPTY)
class HardZeroOffTheGraph(NewZero, BatchHard):
    """Returning a new zero, which does not hang on the embeddings, gives the same value and no
    gradient.
    """


@BATCH_HARD_TRIPLET_LOSS.mistake(*CRASH, section=EMPTY)
class HardCrashOnEmpty(Crash, BatchHard):
    """Building on at least one anchor with a triplet gives the same crash where there is none."""


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Add a seventh point with a digit of its own, and call your function.",
    "An anchor that is alone in its digit has no positive; max() of nothing raises an error.",
    "Leave out the anchors without a positive or without a negative.",
    section=EMPTY,
)
class HardCrashOnA_LoneAnchor(BatchHard):  # noqa: N801  two words: the id has a hyphen there
    """Expecting a positive and a negative of every anchor gives the same crash where
    one has none.
    """

    def positives(self, labels: Tensor) -> Tensor:
        return same_class(labels) & ~itself(labels)

    def anchors(
        self, positives: Tensor, negatives: Tensor, labels: Tensor, margin: Margin
    ) -> Tensor:
        has_triplet = positives.any(dim=1) & negatives.any(dim=1)
        if not has_triplet.all():
            stumble(ValueError("the maximum of nothing"))
        return has_triplet

    def zero(self, embeddings: Tensor, distances: Tensor, anchors: Tensor) -> Any:
        return embeddings.sum() * 0.0  # there always is an anchor
