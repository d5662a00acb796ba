"""Misconceptions of chapter 5: which triplets are chosen, and their loss."""

import torch
from torch import Tensor
from torch.nn import functional as F

from solutions.ch04_triplet_loss import pairwise_distances
from solutions.ch05_triplet_mining import (
    batch_all_triplet_loss,
    batch_hard_triplet_loss,
    semi_hard_triplet_loss,
    valid_triplets,
)

from ..misconception import Exercise

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


def same_class(labels: Tensor) -> Tensor:
    return labels[:, None] == labels[None]  # (n, n)


def itself(labels: Tensor) -> Tensor:
    return torch.eye(len(labels), dtype=torch.bool)  # (n, n)


def with_diagonal(labels: Tensor) -> Tensor:
    same = same_class(labels)
    return same[:, :, None] & ~same[:, None, :]  # (n, n, n) the anchor counts as a positive


def bare_distances(embeddings: Tensor) -> Tensor:
    """Return the distances (n, n) whose gradient is NaN on the diagonal."""
    return (embeddings[:, None] - embeddings[None]).square().sum(dim=2).sqrt()


def mean_or_zero(losses: Tensor, embeddings: Tensor) -> Tensor:
    return losses.mean() if len(losses) else embeddings.sum() * 0.0


# valid_triplets


@VALID_TRIPLETS.mistake(
    "Print mask[0, 0]: is (a1, a1, b1) a triplet? The six points have 36, not 54.",
    "labels[:, None] == labels[None] is true on the diagonal as well.",
    "Take the diagonal, torch.eye(n, dtype=torch.bool), out of the positives.",
)
def mask_diagonal(labels: Tensor) -> Tensor:
    """Counting an example as a positive of itself gives the same mask."""
    return with_diagonal(labels)


@VALID_TRIPLETS.mistake(
    "Print mask[0, 1, 3] for the six points: anchor a1, positive a2, negative b1.",
    "The axes stand for anchor, positive and negative, in this order.",
    "Write positives[:, :, None] & negatives[:, None, :], not the other way round.",
)
def mask_negative_before_positive(labels: Tensor) -> Tensor:
    """Putting the negative on the second axis and the positive on the third gives the same mask."""
    return valid_triplets(labels).transpose(1, 2)


@VALID_TRIPLETS.mistake(
    "Print mask[0, 1, 3] for the six points: anchor a1, positive a2, negative b1.",
    "The axes stand for anchor, positive and negative, in this order.",
    "Let the first axis of both (n, n) arrays be the anchor, and keep it in front.",
)
def mask_anchor_last(labels: Tensor) -> Tensor:
    """Putting the negative on the first axis gives the same mask."""
    return valid_triplets(labels).permute(2, 0, 1)


@VALID_TRIPLETS.mistake(
    "Print the shape of what you return. A triplet has three indices.",
    "Two arrays of pairs, (n, n), become one array of triplets, (n, n, n), by broadcasting.",
    "Give the positives a third axis with [:, :, None], and the negatives one in the middle.",
)
def mask_of_pairs(labels: Tensor) -> Tensor:
    """Returning the pairs of anchor and positive instead of the triplets gives the same shape."""
    return same_class(labels) & ~itself(labels)


@VALID_TRIPLETS.mistake(
    "Print the shape of what you return for the six points: (36, 3) or (6, 6, 6)?",
    "A mask has an entry for every possible triplet and says yes or no.",
    "Start from a bool array (n, n, n) and set it to True at your indices.",
)
def mask_list_of_indices(labels: Tensor) -> Tensor:
    """Returning a list of the triplets' indices instead of a mask gives the same shape."""
    return valid_triplets(labels).nonzero()


@VALID_TRIPLETS.mistake(
    "Print the dtype of what you return. It should be torch.bool.",
    "An array of integers selects by index, not by yes or no; and ~1 is -2, which is true.",
    "Combine the conditions with &, or end with .bool().",
)
def mask_not_boolean(labels: Tensor) -> Tensor:
    """Returning numbers 0 and 1 instead of booleans gives the same mask."""
    return valid_triplets(labels).int()


@VALID_TRIPLETS.mistake(
    "Both (a1, a2, b1) and (a2, a1, b1) are triplets. Are both in your mask?",
    "A triplet is more than a pair: who is the anchor matters, so both orders count.",
    "Ask for i != j instead of i < j.",
)
def mask_half_of_the_pairs(labels: Tensor) -> Tensor:
    """Keeping only the pairs whose positive comes after the anchor gives the same mask."""
    return valid_triplets(labels) & torch.ones(len(labels), len(labels)).triu(1).bool()[:, :, None]


@VALID_TRIPLETS.mistake(
    "Print mask[0, 1, 2] for the six points: a3 has the digit of a1. Is it a negative?",
    "Three different indices are not enough: the negative needs another label.",
    "Add the condition that anchor and negative have different labels.",
)
def mask_negative_any_other(labels: Tensor) -> Tensor:
    """Taking any other example as a negative, also one of the same digit, gives the same mask."""
    other = ~itself(labels)
    positives = same_class(labels) & other
    return positives[:, :, None] & other[:, None, :] & other[None, :, :]


@VALID_TRIPLETS.mistake(
    "Print mask[0, 1] for the six points. Which of the six may be the negative of a1?",
    "The formula has three factors; the last one is about anchor and negative.",
    "Combine with labels[:, None] != labels[None], placed on the first and the third axis.",
)
def mask_negative_anyone(labels: Tensor) -> Tensor:
    """Leaving out the condition on the negative gives the same mask."""
    positives = same_class(labels) & ~itself(labels)
    return positives[:, :, None].expand(-1, -1, len(labels))


@VALID_TRIPLETS.mistake(
    "Print mask[0, 3, 4] for the six points: b1 is no positive of a1.",
    "The formula has three factors; the first one is about anchor and positive.",
    "Combine with labels[:, None] == labels[None], placed on the first and the second axis.",
)
def mask_positive_anyone(labels: Tensor) -> Tensor:
    """Leaving out that anchor and positive have one label gives the same mask."""
    return (~itself(labels))[:, :, None] & ~same_class(labels)[:, None, :]


# batch_all_triplet_loss

Pair = tuple[Tensor, Tensor]


def all_gaps(embeddings: Tensor) -> Tensor:
    """Return d(a, p) - d(a, n) of all triplets, (n, n, n)."""
    distances = pairwise_distances(embeddings, embeddings)
    return distances[:, :, None] - distances[:, None, :]


def over_active(losses: Tensor, valid: Tensor, embeddings: Tensor) -> Pair:
    """Return the right mean and share, of losses or of a mask that may be wrong."""
    active = valid & (losses > 0)
    return mean_or_zero(losses[active], embeddings), active.sum() / valid.sum().clamp(min=1)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "The six points have 36 valid and 22 active triplets. By which number do you divide?",
    "Easy triplets add zeros: the more the network learns, the more they shrink the mean.",
    "Divide the sum of the losses by the number of losses above zero.",
)
def all_mean_over_valid(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Taking the mean over all valid triplets instead of the active ones gives the same value."""
    _, share = batch_all_triplet_loss(embeddings, labels, margin)
    losses = F.relu(all_gaps(embeddings) + margin)[valid_triplets(labels)]
    return mean_or_zero(losses, embeddings), share


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "The array of the six points has 216 entries, of which 22 are active. Which is it?",
    "mean() of a masked array counts every zero that the mask has made.",
    "Select with the mask before the mean: losses[active].mean().",
)
def all_mean_over_everything(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Dividing by n^3, the size of the whole array, gives the same value."""
    _, share = batch_all_triplet_loss(embeddings, labels, margin)
    return (F.relu(all_gaps(embeddings) + margin) * valid_triplets(labels)).mean(), share


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Is your loss of the six points 1.0897, or 22 times as much?",
    "With a sum, a batch with more active triplets makes a larger step.",
    "Divide the sum by the number of active triplets.",
)
def all_sum(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Adding up the losses instead of taking their mean gives the same value."""
    _, share = batch_all_triplet_loss(embeddings, labels, margin)
    return (F.relu(all_gaps(embeddings) + margin) * valid_triplets(labels)).sum(), share


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "(a1, a2, b2) has the distances 1 and 3.20. What does it add to your mean?",
    "An easy triplet is done. Its difference is below zero, and it is not active.",
    "Keep only the valid triplets whose loss is above zero.",
)
def all_no_cut_off(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Letting the easy triplets enter with their negative losses gives the same value."""
    _, share = batch_all_triplet_loss(embeddings, labels, margin)
    losses = (all_gaps(embeddings) + margin)[valid_triplets(labels)]
    return mean_or_zero(losses, embeddings), share


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Is your active share of the six points 1? It should be 22 of 36.",
    "After the cut-off every loss is at least zero, so >= 0 is always true.",
    "Ask for a loss above zero, > 0.",
)
def all_zero_counts_as_active(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Counting triplets with the loss zero as active gives the same values."""
    valid = valid_triplets(labels)
    losses = F.relu(all_gaps(embeddings) + margin)[valid]
    share = torch.ones(()) if valid.any() else torch.zeros(())
    return mean_or_zero(losses, embeddings), share


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "(a1, a3, b1) has the distances 2 and 1.5. It is hard: is it in your mean?",
    "Batch-all takes every active triplet, the hard ones too.",
    "Leave out the condition that the negative is farther than the positive.",
)
def all_semi_hard_only(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Keeping only the semi-hard triplets gives the same values."""
    gaps = all_gaps(embeddings)
    return over_active((gaps + margin) * (gaps < 0), valid_triplets(labels), embeddings)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Is (a2, a2, b1), with the distances 0 and 0.5, among your triplets?",
    "The distance of an example to itself is zero, and nothing can be learnt from it.",
    "Use your valid_triplets, which leaves out the diagonal.",
    section=MASK,
)
def all_diagonal(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Counting an example as a positive of itself gives the same values."""
    return over_active(all_gaps(embeddings) + margin, with_diagonal(labels), embeddings)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "(a1, a3, b1) has d(a, p) = 2 and d(a, n) = 1.5. Is its loss 1.5 or 0.5?",
    "d(a, p) belongs on the axis of the positive, the second one.",
    "Take distances[:, None, :] away from distances[:, :, None], not the other way round.",
)
def all_swapped(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Swapping d(a, p) and d(a, n) gives the same values."""
    return over_active(-all_gaps(embeddings) + margin, valid_triplets(labels), embeddings)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "(a1, a2, b1) has the distances 1 and 1.5. Why is its loss 0.5 at the margin 1?",
    "A triplet is active until its negative is farther by the whole margin.",
    "Add the margin to the difference of the two distances, before anything else.",
)
def all_no_margin(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Leaving out the margin gives the same values."""
    return batch_all_triplet_loss(embeddings, labels, 0.0)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Does your loss grow or fall when you pass a larger margin?",
    "The margin asks for more: it makes the loss larger, never smaller.",
    "Write + margin.",
)
def all_margin_subtracted(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Subtracting the margin instead of adding it gives the same values."""
    return batch_all_triplet_loss(embeddings, labels, -margin)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Call your function with margin=0.3 and with margin=1. Does anything change?",
    "The margin is an argument. Figures of the chapter use 1, other callers need not.",
    "Use the argument margin where you now have a number.",
)
def all_margin_fixed(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Using the margin 1 whatever margin was asked for gives the same values."""
    return batch_all_triplet_loss(embeddings, labels, 1.0)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Print your distance of a1 and a3: is it 2 or 4?",
    "The chapter uses the distance itself; a margin of 1 means another thing for squares.",
    "Use pairwise_distances of chapter 4, which ends with the square root.",
)
def all_squared_distances(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Leaving the distances squared gives the same values."""
    squares = pairwise_distances(embeddings, embeddings).square()
    losses = squares[:, :, None] - squares[:, None, :] + margin
    return over_active(losses, valid_triplets(labels), embeddings)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Of the six points' 36 valid triplets 22 are active. Is your share 22/36 or 22/216?",
    "Most entries of the array are no triplets, and never can become active.",
    "Divide by the number of valid triplets.",
)
def all_share_of_everything(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Dividing the number of active triplets by n^3 gives the same share."""
    loss, _ = batch_all_triplet_loss(embeddings, labels, margin)
    active = valid_triplets(labels) & (all_gaps(embeddings) + margin > 0)
    return loss, active.float().mean()


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Is your share of the six points 14/36 or 22/36?",
    "The active share falls when training goes well; the easy share rises.",
    "Count the losses above zero.",
)
def all_share_of_easy(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Returning the share of the easy triplets, not of the active ones, gives the same share."""
    loss, _ = batch_all_triplet_loss(embeddings, labels, margin)
    valid = valid_triplets(labels)
    easy = valid & (all_gaps(embeddings) + margin <= 0)
    return loss, easy.sum() / valid.sum().clamp(min=1)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Is the second result for the six points 22, or 22/36 = 0.6111?",
    "A count grows with the batch; a share lies between 0 and 1.",
    "Divide the count by the number of valid triplets.",
)
def all_count_instead_of_share(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Returning how many triplets are active, not which share, gives the same number."""
    loss, _ = batch_all_triplet_loss(embeddings, labels, margin)
    return loss, (valid_triplets(labels) & (all_gaps(embeddings) + margin > 0)).sum()


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "How many results does the first line of the docstring promise?",
    "The loss can stay flat while training goes well; the active share shows it.",
    "Return two results: return loss, active_fraction.",
)
def all_share_missing(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Returning only the loss gives the same result."""
    loss, _ = batch_all_triplet_loss(embeddings, labels, margin)
    return loss


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Print requires_grad of the loss that you return.",
    "item(), numpy() and torch.tensor(...) copy the number and forget how it came about.",
    "Work with the tensors themselves all the way to the mean.",
)
def all_detached(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Leaving the graph, with detach() or a new tensor, gives the same values and no gradient."""
    return batch_all_triplet_loss(embeddings.detach(), labels, margin)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Print the diagonal of your distances, and the gradient of the loss.",
    "The slope of the square root is infinite at zero, and zero times infinity is NaN: the "
    "mask does not help.",
    "Use pairwise_distances of chapter 4, or keep what goes into the root above zero.",
    section=COMMON,
)
def all_nan_gradient(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Taking the square root of the bare zeros on the diagonal gives the same NaN in
    the gradient.
    """
    distances = bare_distances(embeddings)
    losses = distances[:, :, None] - distances[:, None, :] + margin
    return over_active(losses, valid_triplets(labels), embeddings)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Print the diagonal of your distances, and the gradient of the loss.",
    "The slope of the square root is infinite at zero, and zero times infinity is NaN: the "
    "mask does not help.",
    "Use pairwise_distances of chapter 4, or keep what goes into the root above zero.",
    section=COMMON,
)
def all_nan_gradient_always(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Taking the square root of the bare zeros on the diagonal gives the same NaN in the gradient,
    also where there is no triplet.
    """
    loss, share = all_nan_gradient(embeddings, labels, margin)
    return loss + 0 * bare_distances(embeddings).sum(), share


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Call your function with labels that are all equal. What is 0 / 0?",
    "One such batch turns all parameters into NaN.",
    "If no triplet is active, return embeddings.sum() * 0.0 as the loss.",
    section=EMPTY,
)
def all_nan_on_empty(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Taking the mean of no triplets gives the same NaN."""
    _, share = batch_all_triplet_loss(embeddings, labels, margin)
    losses = (all_gaps(embeddings) + margin)[valid_triplets(labels)]
    return losses[losses > 0].mean(), share


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Put the two digits far apart, so that every triplet is easy. What do you divide by?",
    "A batch can have valid triplets and no active one: late in training, most do.",
    "Let the zero depend on the number of active triplets, not of valid ones.",
    section=EMPTY,
)
def all_nan_when_all_are_easy(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Dividing by the number of active triplets where there are valid but no active ones gives the
    same NaN.
    """
    if not valid_triplets(labels).any():
        return batch_all_triplet_loss(embeddings, labels, margin)
    return all_nan_on_empty(embeddings, labels, margin)


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Call your function with labels that are all equal, and print the active share.",
    "Without a valid triplet the share is 0 / 0, which is NaN. It should be zero.",
    "Divide by at least 1: valid.sum().clamp(min=1).",
    section=EMPTY,
)
def all_share_nan(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Dividing by the number of valid triplets where there are none gives the same NaN."""
    loss, _ = batch_all_triplet_loss(embeddings, labels, margin)
    valid = valid_triplets(labels)
    return loss, (valid & (all_gaps(embeddings) + margin > 0)).sum() / valid.sum()


@BATCH_ALL_TRIPLET_LOSS.mistake(
    "Call backward() on your loss of a batch with equal labels, and look at the gradient.",
    "A new tensor knows nothing of the embeddings, so nothing flows back to them.",
    "Return embeddings.sum() * 0.0.",
    section=EMPTY,
)
def all_zero_off_the_graph(embeddings: Tensor, labels: Tensor, margin: float) -> Pair:
    """Returning a new zero, which does not hang on the embeddings, gives the same value and no
    gradient.
    """
    loss, share = batch_all_triplet_loss(embeddings, labels, margin)
    return (loss if share > 0 else torch.zeros(())), share


# semi_hard_triplet_loss


def semi_hard(gaps: Tensor, margin: float) -> Tensor:
    return (gaps < 0) & (gaps + margin > 0)


def semi_hard_mean(losses: Tensor, chosen: Tensor, labels: Tensor, embeddings: Tensor) -> Tensor:
    """Return the right mean, of losses or of a choice that may be wrong."""
    return mean_or_zero(losses[valid_triplets(labels) & chosen], embeddings)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "(a1, a3, b1) has the distances 2 and 1.5: it is hard. Is it in your mean?",
    "Semi-hard has two bounds: farther than the positive, but by less than the margin.",
    "Add the condition d(a, p) < d(a, n).",
)
def semi_hard_ones_included(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Keeping the hard triplets too, as batch-all does, gives the same value."""
    losses = all_gaps(embeddings) + margin
    return semi_hard_mean(losses, losses > 0, labels, embeddings)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "(a1, a2, b2) has the distances 1 and 3.20: it is easy. Is it in your mean?",
    "Semi-hard has two bounds: farther than the positive, but by less than the margin.",
    "Add the condition d(a, n) < d(a, p) + margin.",
)
def semi_easy_ones_included(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Counting the easy triplets as zeros in the mean gives the same value."""
    gaps = all_gaps(embeddings)
    return semi_hard_mean(F.relu(gaps + margin), gaps < 0, labels, embeddings)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "(a1, a2, b2) has the distances 1 and 3.20: it is easy. Is it in your mean?",
    "Without an upper bound, triplets that are long done pull the mean below zero.",
    "Add the condition d(a, n) < d(a, p) + margin.",
)
def semi_no_upper_bound(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Letting the easy triplets enter with their negative losses gives the same value."""
    gaps = all_gaps(embeddings)
    return semi_hard_mean(gaps + margin, gaps < 0, labels, embeddings)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Is (a1, a3, b1), with the distances 2 and 1.5, one of yours? It is hard.",
    "A semi-hard negative is already farther than the positive, only not far enough.",
    "Turn the first comparison round: d(a, p) < d(a, n).",
)
def semi_hard_ones_only(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Choosing the negatives that are nearer than the positive gives the same value."""
    gaps = all_gaps(embeddings)
    return semi_hard_mean(gaps + margin, gaps > 0, labels, embeddings)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Put in numbers: with d(a, p) = 1 and margin 1, which d(a, n) do you accept?",
    "The band begins at d(a, p) and ends at d(a, p) + margin.",
    "Write d(a, p) < d(a, n) and d(a, n) < d(a, p) + margin.",
)
def semi_band_below(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Choosing the negatives that are nearer than the positive by less than the margin gives the
    same value.
    """
    gaps = all_gaps(embeddings)
    return semi_hard_mean(gaps + margin, (gaps > 0) & (gaps < margin), labels, embeddings)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Print your two views of the distances at [0, 2, 3]: d(a1, a3) = 2, d(a1, b1) = 1.5.",
    "d(a, p) belongs on the axis of the positive, the second one.",
    "Take distances[:, :, None] for the positive and distances[:, None, :] for the negative.",
)
def semi_swapped(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Swapping d(a, p) and d(a, n) gives the same value."""
    gaps = -all_gaps(embeddings)
    return semi_hard_mean(gaps + margin, semi_hard(gaps, margin), labels, embeddings)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Is your loss below zero? (a1, a2, b1) has the loss 1 - 1.5 + 1 = 0.5.",
    "The margin stands in two places: in the bound and in the loss.",
    "Add the margin to d(a, p) - d(a, n) before the mean.",
)
def semi_loss_without_margin(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Leaving the margin out of the loss, but not out of the choice, gives the same value."""
    gaps = all_gaps(embeddings)
    return semi_hard_mean(gaps, semi_hard(gaps, margin), labels, embeddings)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Call your function with margin=0.3 and with margin=1. Does anything change?",
    "The margin is an argument. Figures of the chapter use 1, other callers need not.",
    "Use the argument margin in both places: in the bound and in the loss.",
)
def semi_margin_fixed(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Using the margin 1 whatever margin was asked for gives the same value."""
    return semi_hard_triplet_loss(embeddings, labels, 1.0)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "The six points have 36 valid and 14 semi-hard triplets. By which do you divide?",
    "Only the chosen triplets count in the mean; the others are not zeros but absent.",
    "Select with the mask before the mean: losses[chosen].mean().",
)
def semi_mean_over_valid(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Dividing by the number of all valid triplets gives the same value."""
    gaps, valid = all_gaps(embeddings), valid_triplets(labels)
    return mean_or_zero(((gaps + margin) * semi_hard(gaps, margin))[valid], embeddings)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "The array of the six points has 216 entries, of which 14 are semi-hard. Which is it?",
    "mean() of a masked array counts every zero that the mask has made.",
    "Select with the mask before the mean: losses[chosen].mean().",
)
def semi_mean_over_everything(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Dividing by n^3, the size of the whole array, gives the same value."""
    gaps, valid = all_gaps(embeddings), valid_triplets(labels)
    return ((gaps + margin) * (semi_hard(gaps, margin) & valid)).mean()


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "The six points have 14 semi-hard triplets. Is your loss 14 times too large?",
    "With a sum, a batch with more semi-hard triplets makes a larger step.",
    "Divide the sum by the number of the chosen triplets.",
)
def semi_sum(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Adding up the losses instead of taking their mean gives the same value."""
    gaps, valid = all_gaps(embeddings), valid_triplets(labels)
    return ((gaps + margin) * (semi_hard(gaps, margin) & valid)).sum()


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "How many triplets enter your mean for the six points? All 14 semi-hard ones should.",
    "This is a well-known variant, and no bad one. This chapter takes the whole band.",
    "Leave out the minimum over the negatives: take the mean over every chosen triplet.",
)
def semi_nearest_negative_only(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Taking only the nearest semi-hard negative of each pair, as FaceNet does, gives the same
    value.
    """
    gaps = all_gaps(embeddings)
    chosen = valid_triplets(labels) & semi_hard(gaps, margin)  # (n, n, n)
    largest = (gaps + margin).masked_fill(~chosen, -torch.inf).amax(dim=2)  # (n, n)
    return mean_or_zero(largest[chosen.any(dim=2)], embeddings)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Is (a2, a2, b1), with the distances 0 and 0.5, among your triplets?",
    "The distance of an example to itself is zero, and nothing can be learnt from it.",
    "Use your valid_triplets, which leaves out the diagonal.",
    section=MASK,
)
def semi_diagonal(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Counting an example as a positive of itself gives the same value."""
    gaps = all_gaps(embeddings)
    return mean_or_zero(
        (gaps + margin)[with_diagonal(labels) & semi_hard(gaps, margin)], embeddings
    )


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Print your distance of a1 and a3: is it 2 or 4?",
    "The chapter uses the distance itself; for squares the band is another one.",
    "Use pairwise_distances of chapter 4, which ends with the square root.",
)
def semi_squared_distances(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Leaving the distances squared gives the same value."""
    squares = pairwise_distances(embeddings, embeddings).square()
    gaps = squares[:, :, None] - squares[:, None, :]
    return semi_hard_mean(gaps + margin, semi_hard(gaps, margin), labels, embeddings)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Print requires_grad of the loss that you return.",
    "item(), numpy() and torch.tensor(...) copy the number and forget how it came about.",
    "Work with the tensors themselves all the way to the mean.",
)
def semi_detached(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Leaving the graph, with item(), detach() or a new tensor, gives the same value and no
    gradient.
    """
    return semi_hard_triplet_loss(embeddings.detach(), labels, margin)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Print the diagonal of your distances, and the gradient of the loss.",
    "The slope of the square root is infinite at zero, and zero times infinity is NaN: the "
    "mask does not help.",
    "Use pairwise_distances of chapter 4, or keep what goes into the root above zero.",
    section=COMMON,
)
def semi_nan_gradient(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Taking the square root of the bare zeros on the diagonal gives the same NaN in
    the gradient.
    """
    distances = bare_distances(embeddings)
    gaps = distances[:, :, None] - distances[:, None, :]
    return semi_hard_mean(gaps + margin, semi_hard(gaps, margin), labels, embeddings)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Print the diagonal of your distances, and the gradient of the loss.",
    "The slope of the square root is infinite at zero, and zero times infinity is NaN: the "
    "mask does not help.",
    "Use pairwise_distances of chapter 4, or keep what goes into the root above zero.",
    section=COMMON,
)
def semi_nan_gradient_always(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Taking the square root of the bare zeros on the diagonal gives the same NaN in the gradient,
    also where there is no triplet.
    """
    loss = semi_nan_gradient(embeddings, labels, margin)
    return loss + 0 * bare_distances(embeddings).sum()


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Call your function with labels that are all equal. What is 0 / 0?",
    "One such batch turns all parameters into NaN.",
    "If no triplet is semi-hard, return embeddings.sum() * 0.0.",
    section=EMPTY,
)
def semi_nan_on_empty(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Taking the mean of no triplets gives the same NaN."""
    gaps = all_gaps(embeddings)
    return (gaps + margin)[valid_triplets(labels) & semi_hard(gaps, margin)].mean()


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Put the two digits far apart, so that every triplet is easy. What do you divide by?",
    "A batch can have valid triplets and no semi-hard one: late in training, many do.",
    "Let the zero depend on the number of semi-hard triplets, not of valid ones.",
    section=EMPTY,
)
def semi_nan_without_a_semi_hard_one(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Dividing by the number of semi-hard triplets where there are valid but no semi-hard ones
    gives the same NaN.
    """
    if not valid_triplets(labels).any():
        return embeddings.sum() * 0.0
    return semi_nan_on_empty(embeddings, labels, margin)


@SEMI_HARD_TRIPLET_LOSS.mistake(
    "Call backward() on your loss of a batch with equal labels, and look at the gradient.",
    "A new tensor knows nothing of the embeddings, so nothing flows back to them.",
    "Return embeddings.sum() * 0.0.",
    section=EMPTY,
)
def semi_zero_off_the_graph(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Returning a new zero, which does not hang on the embeddings, gives the same value and no
    gradient.
    """
    chosen = valid_triplets(labels) & semi_hard(all_gaps(embeddings), margin)
    return semi_hard_triplet_loss(embeddings, labels, margin) if chosen.any() else torch.zeros(())


# batch_hard_triplet_loss

Margin = float | None


def hard_mean(
    distances: Tensor,
    positives: Tensor,
    negatives: Tensor,
    margin: Margin,
    embeddings: Tensor,
) -> Tensor:
    """Return the right loss, of distances or masks that may be wrong."""
    return mean_or_zero(hinge(hard_gaps(distances, positives, negatives), margin), embeddings)


def hard_gaps(distances: Tensor, positives: Tensor, negatives: Tensor) -> Tensor:
    """Return the gaps of the anchors that have both, (anchors,)."""
    both = positives.any(dim=1) & negatives.any(dim=1)
    farthest = distances.masked_fill(~positives, -torch.inf).amax(dim=1)
    nearest = distances.masked_fill(~negatives, torch.inf).amin(dim=1)
    return farthest[both] - nearest[both]


def hinge(gaps: Tensor, margin: Margin) -> Tensor:
    return F.softplus(gaps) if margin is None else F.relu(gaps + margin)


def parts(embeddings: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the distances, who is a positive of whom and who a negative, (n, n) each."""
    same = same_class(labels)
    return pairwise_distances(embeddings, embeddings), same & ~itself(labels), ~same


def right_gaps(embeddings: Tensor, labels: Tensor) -> Tensor:
    return hard_gaps(*parts(embeddings, labels))


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Which of b1 (1.5), b2 (3.20) and b3 (3.61) is the hardest negative of a1?",
    "A negative is hard when it is near: the loss asks for it to be far.",
    "Take the minimum over the negatives; fill all others with plus infinity before.",
)
def hard_negative_farthest(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Taking the farthest negative instead of the nearest gives the same value."""
    distances, positives, negatives = parts(embeddings, labels)
    both = positives.any(dim=1) & negatives.any(dim=1)
    positive = distances.masked_fill(~positives, -torch.inf).amax(dim=1)[both]
    negative = distances.masked_fill(~negatives, -torch.inf).amax(dim=1)[both]
    return mean_or_zero(hinge(positive - negative, margin), embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Which of a2 (1) and a3 (2) is the hardest positive of a1?",
    "A positive is hard when it is far: the loss asks for it to be near.",
    "Take the maximum over the positives; fill all others with minus infinity before.",
)
def hard_positive_nearest(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Taking the nearest positive instead of the farthest gives the same value."""
    distances, positives, negatives = parts(embeddings, labels)
    both = positives.any(dim=1) & negatives.any(dim=1)
    positive = distances.masked_fill(~positives, torch.inf).amin(dim=1)[both]
    negative = distances.masked_fill(~negatives, torch.inf).amin(dim=1)[both]
    return mean_or_zero(hinge(positive - negative, margin), embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "The farthest positive of a1 is a3. Do you look for the negative in the row of a3?",
    "Both distances of a triplet start at the anchor, so both come from the anchor's row.",
    "Index the distances to the negatives by the anchor.",
)
def hard_negative_of_the_positive(
    embeddings: Tensor, labels: Tensor, margin: Margin = None
) -> Tensor:
    """Taking the nearest negative of the positive, not of the anchor, gives the same value."""
    distances, positives, negatives = parts(embeddings, labels)
    both = positives.any(dim=1) & negatives.any(dim=1)
    farthest, index = distances.masked_fill(~positives, -torch.inf).max(dim=1)
    nearest = distances.masked_fill(~negatives, torch.inf).amin(dim=1)[index]
    return mean_or_zero(hinge(farthest[both] - nearest[both], margin), embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "For the anchor a1 the two distances are 2 and 1.5. Is its h 0.5 or -0.5?",
    "The loss has to fall when the negative moves away from the anchor.",
    "Take the distance of the nearest negative away from that of the farthest positive.",
)
def hard_swapped(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Subtracting the distance of the positive from that of the negative gives the same value."""
    return mean_or_zero(hinge(-right_gaps(embeddings, labels), margin), embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Print what you take the minimum of. Whose distance is the 0 in each row?",
    "On numbers, ~ turns every bit: in uint8, ~1 is 254, which counts as true. And the minimum "
    "finds the 0 of the diagonal.",
    "Keep the masks as torch.bool, and fill what is no negative with infinity.",
)
def hard_byte_mask(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Letting every example in as a negative, the anchor itself too, as `~` on a mask of numbers
    does, gives the same value.
    """
    distances, positives, negatives = parts(embeddings, labels)
    return hard_mean(distances, positives, torch.ones_like(negatives), margin, embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "The nearest other point of b2 is b3. Is that a negative?",
    "A negative is of another digit, not only another example.",
    "Fill every distance within a digit with infinity before the minimum.",
)
def hard_negative_any_other(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Taking the nearest other example of any digit as the negative gives the same value."""
    distances, positives, _ = parts(embeddings, labels)
    return hard_mean(distances, positives, ~itself(labels), margin, embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "a1 sees a2 and a3, but does a3 see a1? Each row of the distances needs all its entries.",
    "Each row belongs to one anchor, and half of a row hides half of the others from it.",
    "Leave out triu(), and loops over j > i.",
)
def hard_upper_triangle(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Looking only at the pairs above the diagonal gives the same value."""
    distances, positives, negatives = parts(embeddings, labels)
    return hard_mean(distances, positives.triu(1), negatives.triu(1), margin, embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "How many rows does the table of the six points have? Each anchor has its own triplet.",
    "max() and min() without dim look at all rows at once.",
    "Pass dim=1: one maximum and one minimum for each row.",
)
def hard_one_for_the_batch(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Taking one farthest positive and one nearest negative for the whole batch gives the same
    value.
    """
    distances, positives, negatives = parts(embeddings, labels)
    if not (positives.any() and negatives.any()):
        return embeddings.sum() * 0.0
    return hinge(distances[positives].max() - distances[negatives].min(), margin)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Print your distance of a1 and a3: is it 2 or 4?",
    "The chapter uses the distance itself; a margin of 1 means another thing for squares.",
    "Use pairwise_distances of chapter 4, which ends with the square root.",
)
def hard_squared_distances(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Leaving the distances squared gives the same value."""
    distances, positives, negatives = parts(embeddings, labels)
    return hard_mean(distances.square(), positives, negatives, margin, embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "The table of the six points sums to 9.38. Is that your loss? The mean is 1.5633.",
    "With a sum, a larger batch makes a larger step.",
    "End with mean() instead of sum().",
)
def hard_sum(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Adding up over the anchors instead of taking the mean gives the same value."""
    losses = hinge(right_gaps(embeddings, labels), margin)
    return losses.sum() if len(losses) else embeddings.sum() * 0.0


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Put one digit far away from all others. What do its anchors add to your mean?",
    "Below zero, an anchor that is done would pay for one that is not.",
    "Cut each anchor's loss off at zero before the mean.",
)
def hard_no_cut_off(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Leaving out the cut-off at zero gives the same value."""
    gaps = right_gaps(embeddings, labels)
    return mean_or_zero(F.softplus(gaps) if margin is None else gaps + margin, embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Put one digit far away from all others. By how many anchors do you divide?",
    "In batch-hard every anchor that has a triplet counts, also one with loss zero.",
    "Divide by the number of anchors that have a positive and a negative.",
)
def hard_mean_of_active(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Taking the mean over the anchors with a loss above zero only gives the same value."""
    losses = hinge(right_gaps(embeddings, labels), margin)
    return mean_or_zero(losses[losses > 0], embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "The anchor a1 has the distances 2 and 1.5. Is its loss at the margin 1 0.5 or 1.5?",
    "The margin asks that the negative is farther, not only as far.",
    "Add the margin to the difference before the cut-off.",
)
def hard_no_margin(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Leaving out the margin gives the same value."""
    return batch_hard_triplet_loss(embeddings, labels, margin if margin is None else 0.0)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Does your loss grow or fall when you pass a larger margin?",
    "The margin asks for more: it makes the loss larger, never smaller.",
    "Write + margin inside the cut-off.",
)
def hard_margin_subtracted(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Subtracting the margin instead of adding it gives the same value."""
    return batch_hard_triplet_loss(embeddings, labels, margin if margin is None else -margin)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Call your function with margin=0.3 and with margin=1. Does anything change?",
    "The margin is an argument. Figures of the chapter use 1, other callers need not.",
    "Use the argument margin where you now have a number.",
)
def hard_margin_fixed(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Using the margin 1 whatever margin was asked for gives the same value."""
    return batch_hard_triplet_loss(embeddings, labels, margin if margin is None else 1.0)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "With all points in one place and margin=None, is your loss 0 or log 2 = 0.693?",
    "None does not mean no margin. It asks for another function, the soft margin.",
    "For None, return the mean of softplus(h), which is log(1 + exp(h)).",
)
def hard_none_as_zero(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Treating margin=None as the margin 0 gives the same value."""
    return batch_hard_triplet_loss(embeddings, labels, margin or 0.0)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "With all points in one place and margin=None, is your loss 1 or log 2 = 0.693?",
    "None does not ask for a usual margin. It asks for another function, the soft margin.",
    "For None, return the mean of softplus(h), which is log(1 + exp(h)).",
)
def hard_none_as_one(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Treating margin=None as the margin 1 gives the same value."""
    return batch_hard_triplet_loss(embeddings, labels, 1.0 if margin is None else margin)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Call your function with margin=0.0. Is bool(0.0) true or false?",
    "`if margin` is false for None and for 0.0. Only None asks for the soft margin.",
    "Ask `if margin is None`.",
)
def hard_zero_as_none(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Treating the margin 0 as no margin gives the same value."""
    return batch_hard_triplet_loss(embeddings, labels, margin or None)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Call your function with margin=1 and with margin=5. Does anything change?",
    "A margin that is given asks for the cut-off at zero; only None asks for softplus.",
    "Tell the two cases apart with `if margin is None`.",
)
def hard_soft_margin_always(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Using the soft margin whatever margin was asked for gives the same value."""
    return batch_hard_triplet_loss(embeddings, labels, None)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "With margin=1 the anchor a1 has the loss 1.5. Is yours log(1 + exp(1.5)) = 1.70?",
    "A margin that is given goes with max(0, ...); softplus stands alone, for None.",
    "With a margin, cut off at zero: relu(h + margin).",
)
def hard_softplus_of_margin(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Taking softplus of the difference plus the margin gives the same value."""
    return mean_or_zero(F.softplus(right_gaps(embeddings, labels) + (margin or 0.0)), embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "What is torch.tensor(100.0).exp()? float32 ends at about 3.4e38.",
    "exp() overflows for a large h, although log(1 + exp(h)) is then simply h.",
    "Use torch.nn.functional.softplus(h), which takes care of large h.",
)
def hard_soft_margin_overflow(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Writing log(1 + exp(h)) as it stands gives the same infinity at large distances."""
    gaps = right_gaps(embeddings, labels)
    losses = (1 + gaps.exp()).log() if margin is None else F.relu(gaps + margin)
    return mean_or_zero(losses, embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Add a seventh point with a digit of its own. Do you divide by seven or by six?",
    "An anchor without a positive has no loss: it is absent, not zero.",
    "Take the mean over the anchors that have a positive and a negative.",
)
def hard_mean_over_everyone(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Counting anchors without a triplet as zeros in the mean gives the same value."""
    losses = hinge(right_gaps(embeddings, labels), margin)
    return losses.sum() / len(labels) if len(losses) else embeddings.sum() * 0.0


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Add a seventh point with a digit of its own. What is its farthest positive?",
    "An anchor that is alone in its digit then has a positive at distance zero: itself, or a 0 "
    "that was filled in.",
    "Take the diagonal out of the positives, fill the rest with -infinity, and leave out anchors "
    "that have none.",
    section=EMPTY,
)
def hard_diagonal(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Counting an example as a positive of itself, or filling the places of all that is no positive
    with 0, gives the same value.
    """
    distances, _, negatives = parts(embeddings, labels)
    return hard_mean(distances, same_class(labels), negatives, margin, embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Add a seventh point with a digit of its own. What is its farthest positive?",
    "A distance times zero is zero, and looks like a positive in the same place.",
    "Leave out the anchors whose row of positives, or of negatives, is empty.",
    section=EMPTY,
)
def hard_masked_by_multiplication(
    embeddings: Tensor, labels: Tensor, margin: Margin = None
) -> Tensor:
    """Giving anchors without a positive the distance zero, as distances * mask does, gives the same
    value.
    """
    distances, positives, negatives = parts(embeddings, labels)
    farthest = (distances * positives).amax(dim=1)
    beyond = distances.amax(dim=1, keepdim=True)
    nearest = (distances + beyond * ~negatives).amin(dim=1)
    return hinge(farthest - nearest, margin).mean()


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Print requires_grad of the loss that you return.",
    "item(), numpy() and torch.tensor(...) copy the number and forget how it came about.",
    "Work with the tensors themselves all the way to the mean.",
)
def hard_detached(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Leaving the graph, with item(), detach() or a new tensor, gives the same value and no
    gradient.
    """
    return batch_hard_triplet_loss(embeddings.detach(), labels, margin)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Print the diagonal of your distances, and the gradient of the loss.",
    "The slope of the square root is infinite at zero, and zero times infinity is NaN: the "
    "mask does not help.",
    "Use pairwise_distances of chapter 4, or keep what goes into the root above zero.",
    section=COMMON,
)
def hard_nan_gradient(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Taking the square root of the bare zeros on the diagonal gives the same NaN in
    the gradient.
    """
    _, positives, negatives = parts(embeddings, labels)
    return hard_mean(bare_distances(embeddings), positives, negatives, margin, embeddings)


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Print the diagonal of your distances, and the gradient of the loss.",
    "The slope of the square root is infinite at zero, and zero times infinity is NaN: the "
    "mask does not help.",
    "Use pairwise_distances of chapter 4, or keep what goes into the root above zero.",
    section=COMMON,
)
def hard_nan_gradient_always(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Taking the square root of the bare zeros on the diagonal gives the same NaN in the gradient,
    also where there is no triplet.
    """
    loss = hard_nan_gradient(embeddings, labels, margin)
    return loss + 0 * bare_distances(embeddings).sum()


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Call your function with labels that are all equal. What is 0 / 0?",
    "One such batch turns all parameters into NaN.",
    "If no anchor has a triplet, return embeddings.sum() * 0.0.",
    section=EMPTY,
)
def hard_nan_on_empty(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Taking the mean of no anchors gives the same NaN."""
    return hinge(right_gaps(embeddings, labels), margin).mean()


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Call backward() on your loss of a batch with equal labels, and look at the gradient.",
    "A new tensor knows nothing of the embeddings, so nothing flows back to them.",
    "Return embeddings.sum() * 0.0.",
    section=EMPTY,
)
def hard_zero_off_the_graph(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Returning a new zero, which does not hang on the embeddings, gives the same value and no
    gradient.
    """
    losses = hinge(right_gaps(embeddings, labels), margin)
    return losses.mean() if len(losses) else torch.zeros(())


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Call your function with labels that are all different. No digit has two examples.",
    "torch.stack, max and min of nothing raise an error.",
    "Before you join the losses, return embeddings.sum() * 0.0 if there are none.",
    section=EMPTY,
)
def hard_crash_on_empty(embeddings: Tensor, labels: Tensor, margin: Margin = None) -> Tensor:
    """Building on at least one anchor with a triplet gives the same crash where there is none."""
    return torch.stack(list(hinge(right_gaps(embeddings, labels), margin))).mean()


@BATCH_HARD_TRIPLET_LOSS.mistake(
    "Add a seventh point with a digit of its own, and call your function.",
    "An anchor that is alone in its digit has no positive; max() of nothing raises an error.",
    "Leave out the anchors without a positive or without a negative.",
    section=EMPTY,
)
def hard_crash_on_a_lone_anchor(
    embeddings: Tensor, labels: Tensor, margin: Margin = None
) -> Tensor:
    """Expecting a positive and a negative of every anchor gives the same crash where
    one has none.
    """
    rows = zip(*parts(embeddings, labels), strict=True)
    gaps = [row[positive].max() - row[negative].min() for row, positive, negative in rows]
    return hinge(torch.stack(gaps), margin).mean()
