"""Misconceptions of chapter 6: classification by neighbours, and the measures of retrieval."""

from collections import Counter
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from solutions.ch06_nearest_neighbours import (
    knn_classify,
    mean_average_precision_at_r,
    nearest_mean_classify,
    recall_at_k,
)

from ..misconception import Exercise

VOTE, MEAN, RECALL, MAP = "The vote", "Nearest mean", "Recall@K", "MAP@R"


# knn_classify


KNN_CLASSIFY = Exercise(
    "knn_classify",
    VOTE,
    "Go through the example of the chapter: q = (0, 1.6) with k = 1, 2 and 3.",
    "topk(k, largest=False) gives the neighbours from near to far; their labels are the votes.",
    "For each of the k columns, count how many columns have the same label. argmax over these "
    "counts finds the first of equals, the nearest. Do it block by block of queries.",
)
NEAREST_MEAN_CLASSIFY = Exercise(
    "nearest_mean_classify",
    MEAN,
    "Work out the means of a and b by hand: (2/3, 8/3) and (4/3, 2/3). Which is nearer to b1?",
    "Two steps: one prototype for each class from 0 to the largest label, then the nearest.",
    "Count the examples of each class, and raise ValueError that names the empty ones. Divide "
    "the sums by the counts; argmin over the distances to the means.",
)
RECALL_AT_K = Exercise(
    "recall_at_k",
    RECALL,
    "Look at the table of the chapter: which of the six points has a wrong first neighbour?",
    "Every example is a query, and its gallery is all others. One right neighbour is enough.",
    "Write infinity at each query's own index, take the k nearest, compare their labels with "
    "the query's, any() over the k, and the mean over all queries.",
)
MEAN_AVERAGE_PRECISION_AT_R = Exercise(
    "mean_average_precision_at_r",
    MAP,
    "Follow the row of a2 in the table: wrong at rank 1, right at rank 2, hence 1/2 of 1/2.",
    "cumsum of the right ranks, divided by 1, 2, 3 and so on, is the precision at each rank.",
    "Sum the precision at the right ranks up to R, divide by R, and take the mean over the "
    "queries with R > 0. Leave each query out of its ranking by its index.",
)


def nearest(gallery: Tensor, queries: Tensor, k: int) -> Tensor:
    """Return the indices of the k nearest of each query, from near to far, (n, k)."""
    return torch.cdist(queries, gallery).topk(k, dim=1, largest=False).indices


def vote(labels: Tensor) -> Tensor:
    """Return the winner of each row (n, k) by the rule of the chapter."""
    return vote_with(labels, lambda tied, row: tied[0])


def vote_with(labels: Tensor, decide: Callable[[list[int], list[int]], int]) -> Tensor:
    """Return the winner of each row; decide(tied labels in order of distance, the row)."""
    winners = []
    for row in labels.tolist():
        counts = Counter(row)  # in order of distance
        tied = [label for label, count in counts.items() if count == max(counts.values())]
        winners.append(decide(tied, row))
    return torch.tensor(winners)


@KNN_CLASSIFY.mistake(
    "Try q = (0, 1.6) with k = 2 among the six points: one vote each. Is your answer b?",
    "Which digit is the smaller number has nothing to do with which is nearer.",
    "Count the votes for each neighbour, in order of distance, and take the first maximum.",
)
def knn_tie_smallest_label(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Giving a tie to the smallest label, as torch.mode and bincount().argmax() do, gives the same
    labels.
    """
    return vote_with(gallery_labels[nearest(gallery, queries, k)], lambda tied, row: min(tied))


@KNN_CLASSIFY.mistake(
    "Try q = (0, 1.8) with k = 2 among the six points: a2 is nearer than b1. Is it a?",
    "Which digit is the larger number has nothing to do with which is nearer.",
    "Count the votes for each neighbour, in order of distance, and take the first maximum.",
)
def knn_tie_largest_label(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Giving a tie to the largest label gives the same labels."""
    return vote_with(gallery_labels[nearest(gallery, queries, k)], lambda tied, row: max(tied))


@KNN_CLASSIFY.mistake(
    "Try q = (0, 1.6) with k = 2 among the six points. Is b1 or a2 the nearest?",
    "The last of equals is the farthest if your neighbours go from near to far.",
    "Take the first maximum, not the last: in a loop from near to far, `>` instead of `>=`.",
)
def knn_tie_farthest(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Giving a tie to the class of the farthest neighbour gives the same labels."""

    def last_of(tied: list[int], row: list[int]) -> int:
        return next(label for label in reversed(row) if label in tied)

    return vote_with(gallery_labels[nearest(gallery, queries, k)], last_of)


@KNN_CLASSIFY.mistake(
    "Let the labels from near to far be 7, 3, 3, 7. Both have two votes. Who wins with you?",
    "A tie goes to the class with the nearest example: 7, which comes first.",
    "Count all votes before you look for the winner, then take the first maximum.",
)
def knn_tie_first_complete(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Giving a tie to the class that has its votes together first, or voting again with fewer
    neighbours, gives the same labels.
    """

    def first_complete(tied: list[int], row: list[int]) -> int:
        last = {label: place for place, label in enumerate(row)}  # place of each one's last vote
        return min(tied, key=lambda label: last[label])

    return vote_with(gallery_labels[nearest(gallery, queries, k)], first_complete)


@KNN_CLASSIFY.mistake(
    "Try q = (0, 1.6) with k = 3: b1 at 0.1, a2 at 0.4, a1 at 1.4. Is your answer a?",
    "This is a known variant, but here every neighbour has one vote.",
    "Count votes; look at distances only where the counts are equal.",
)
def knn_weighted_votes(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Weighting each vote by one over the distance gives the same labels."""
    found = torch.cdist(queries, gallery).topk(k, dim=1, largest=False)
    votes = F.one_hot(gallery_labels[found.indices]) / found.values[:, :, None]  # (n, k, classes)
    return votes.sum(dim=1).argmax(dim=1)


@KNN_CLASSIFY.mistake(
    "Which points are in your topk for q = (0, 1.6)? The nearest is b1 at 0.1.",
    "topk returns the largest values unless you say otherwise.",
    "Pass largest=False to topk, or sort in ascending order.",
)
def knn_farthest(gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5) -> Tensor:
    """Asking the k farthest examples gives the same labels."""
    return vote(gallery_labels[torch.cdist(queries, gallery).topk(k, dim=1).indices])


@KNN_CLASSIFY.mistake(
    "Try q = (0, 1.6) with k = 3 among the six points: two of three votes are for a.",
    "The nearest example decides a tie, not the vote.",
    "Take the k nearest and count, for each label, how many of them have it.",
)
def knn_only_the_nearest(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Asking only the nearest example, whatever k is, gives the same labels."""
    return knn_classify(gallery, gallery_labels, queries, k=1)


@KNN_CLASSIFY.mistake(
    "Call your function with k=1 and with k=5. Does anything change?",
    "The number 5 in the first line is a default, not a constant.",
    "Use the argument k where you now have a number.",
)
def knn_k_fixed(gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5) -> Tensor:
    """Using five neighbours whatever k was asked for gives the same labels."""
    return knn_classify(gallery, gallery_labels, queries, k=5)


@KNN_CLASSIFY.mistake(
    "Which points vote for q = (0, 1.6) with k = 3? b1 at 0.1 is the first of them.",
    "Here queries and gallery are two sets: no query is in its own gallery.",
    "Take the first k neighbours; keep the leaving out for Recall@K.",
)
def knn_drops_the_nearest(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Leaving out the nearest example, as if it were the query itself, gives the same labels."""
    return vote(gallery_labels[nearest(gallery, queries, k + 1)[:, 1:]])


@KNN_CLASSIFY.mistake(
    "Print the shape of your distances. Do the rows belong to the queries?",
    "You need a ranking of the gallery for each query, not the other way round.",
    "Compute distances(queries, gallery), shape (n, m), and use topk with dim=1.",
)
def knn_axes_exchanged(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Looking for the nearest queries of each gallery example gives the same result."""
    return vote(gallery_labels[nearest(queries, gallery, k)])


@KNN_CLASSIFY.mistake(
    "Which of two examples has the larger dot product with q: the nearer or the longer one?",
    "A dot product grows with the length of the example. |x|^2 - 2 q x does not.",
    "Rank by the distance: |x|^2 - 2 q x is enough, but without |x|^2 it is not.",
)
def knn_dot_product(gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5) -> Tensor:
    """Ranking the gallery by its dot product with the query gives the same labels."""
    return vote(gallery_labels[(queries @ gallery.T).topk(k, dim=1).indices])


@KNN_CLASSIFY.mistake(
    "Is the dot product of two near examples small or large?",
    "A dot product is a similarity: large for what is alike. A distance is small.",
    "Rank by the distance, the length of the difference.",
)
def knn_similarity_as_distance(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Taking the k smallest dot products, as if they were distances, gives the same labels."""
    return vote(gallery_labels[(queries @ gallery.T).topk(k, dim=1, largest=False).indices])


@KNN_CLASSIFY.mistake(
    "Are (0, 1) and (0, 100) the same point for you? Their angle is zero.",
    "The cosine sees directions only; this course measures the Euclidean distance.",
    "Leave out the division by the lengths, and rank by the length of the difference.",
)
def knn_cosine(gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5) -> Tensor:
    """Ranking the gallery by the cosine similarity with the query gives the same labels."""
    cosine = F.normalize(queries, dim=1) @ F.normalize(gallery, dim=1).T  # (n, m)
    return vote(gallery_labels[cosine.topk(k, dim=1).indices])


@KNN_CLASSIFY.mistake(
    "Let three neighbours have the labels 1, 1 and 7. Is your answer 1 or 3?",
    "Digits are names here: between 1 and 7 there is no 3.",
    "Count how many neighbours have each label, and take the most frequent.",
)
def knn_mean_of_labels(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Averaging the labels of the neighbours and rounding gives the same labels."""
    return gallery_labels[nearest(gallery, queries, k)].double().mean(dim=1).round().long()


@KNN_CLASSIFY.mistake(
    "Is every number that you return a label of the gallery?",
    "topk and argmax return places. A place is not yet a label.",
    "Look the label up: gallery_labels[index].",
)
def knn_index_of_the_winner(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Returning the index of a gallery example instead of its label gives the same numbers."""
    found = nearest(gallery, queries, k)
    labels = gallery_labels[found]
    column = (labels == vote(labels)[:, None]).int().argmax(dim=1, keepdim=True)
    return found.gather(1, column)[:, 0]


@KNN_CLASSIFY.mistake(
    "Is every number that you return smaller than k?",
    "argmax over the columns (n, k) returns a column, that is, a rank.",
    "Look the label up: labels.gather(1, column).",
)
def knn_rank_of_the_winner(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Returning the winner's rank among the neighbours instead of its label gives the
    same numbers.
    """
    labels = gallery_labels[nearest(gallery, queries, k)]
    return (labels == vote(labels)[:, None]).int().argmax(dim=1)


@KNN_CLASSIFY.mistake(
    "Print the shape of what you return. There should be one label for each query.",
    "The k labels of a query are its votes; the answer is who has most of them.",
    "Reduce each row of k labels to the most frequent one.",
)
def knn_no_vote(gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5) -> Tensor:
    """Returning the labels of all k neighbours, without a vote, gives the same result."""
    return gallery_labels[nearest(gallery, queries, k)]


@KNN_CLASSIFY.mistake(
    "Print the shape of what you return: (n,) or (n, 1)?",
    "keepdim=True and gather keep an axis of length one.",
    "Take the only column with [:, 0], or squeeze(1).",
)
def knn_one_column(gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5) -> Tensor:
    """Returning a column, with an axis of length one too many, gives the same result."""
    return knn_classify(gallery, gallery_labels, queries, k)[:, None]


@KNN_CLASSIFY.mistake(
    "How many bytes are 60,000 x 10,000 distances in float32?",
    "No query needs the distances of another, so a few hundred can go first.",
    "Loop over queries.split(500), do all that you do now for each block, and join with cat.",
)
def knn_all_pairs_at_once(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Tensor:
    """Holding the distances of all queries to the whole gallery at once gives the same result."""
    return vote(gallery_labels[nearest(gallery, queries, k)])


# nearest_mean_classify


def raise_for_missing(gallery_labels: Tensor) -> None:
    counts = torch.bincount(gallery_labels)
    if (counts == 0).any():
        raise ValueError(f"no example of class {(counts == 0).nonzero().flatten().tolist()}")


def sums_and_counts(gallery: Tensor, gallery_labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return the sum (classes, dim) and the number (classes, 1) of each class's examples."""
    members = F.one_hot(gallery_labels).to(gallery.dtype)  # (m, classes)
    return members.T @ gallery, members.sum(dim=0)[:, None]


def nearest_row(prototypes: Tensor, queries: Tensor) -> Tensor:
    return torch.cdist(queries, prototypes).argmin(dim=1)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Print your prototype of the class that has no example. Is it (0, 0)?",
    "Zero is a real point: it catches queries, and all of them are wrong.",
    "Count the examples of each class first, and raise ValueError where there are none.",
)
def mean_zero_prototype(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Giving a class without examples the prototype zero gives the same labels."""
    sums, counts = sums_and_counts(gallery, gallery_labels)
    return nearest_row(sums / counts.clamp(min=1), queries)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Print your prototype of the class that has no example. Is it NaN?",
    "argmin takes NaN for the smallest: every query gets the class without examples.",
    "Count the examples of each class first, and raise ValueError where there are none.",
)
def mean_nan_prototype(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Dividing by a count of zero, which makes the prototype NaN, gives the same labels."""
    sums, counts = sums_and_counts(gallery, gallery_labels)
    return nearest_row(sums / counts, queries)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Call your function with gallery labels 0 and 2 only. Do you hear of class 1?",
    "Whoever calls you should know that class 1 can never be the answer.",
    "Raise ValueError, with the class in the message, if one from 0 to the largest is absent.",
)
def mean_missing_class_skipped(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Leaving out a class without examples in silence gives the same labels."""
    classes, places = torch.unique(gallery_labels, return_inverse=True)
    sums, counts = sums_and_counts(gallery, places)
    return classes[nearest_row(sums / counts, queries)]


@NEAREST_MEAN_CLASSIFY.mistake(
    "Call your function with gallery labels 0 and 2 only. Do you ever answer 2?",
    "After unique() the third class may be the digit 3, and argmin says 2.",
    "Raise ValueError, with the class in the message, if one from 0 to the largest is absent.",
)
def mean_classes_renumbered(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Returning the place of a class among those that occur gives the same labels."""
    _, places = torch.unique(gallery_labels, return_inverse=True)
    sums, counts = sums_and_counts(gallery, places)
    return nearest_row(sums / counts, queries)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Read your own message. Would you know from it which class has no examples?",
    "The message is for a person who has to find out what is wrong with the gallery.",
    "Put the number of the class into the message.",
)
def mean_error_without_the_class(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor
) -> Tensor:
    """Raising a ValueError that does not name the missing class gives the same result."""
    if (torch.bincount(gallery_labels) == 0).any():
        raise ValueError("a class has no examples")
    return nearest_mean_classify(gallery, gallery_labels, queries)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Is your prototype of a (2/3, 8/3), or (2, 8)?",
    "A sum moves away from the examples as there are more of them.",
    "Divide each sum by the number of examples of its class.",
)
def mean_sum(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Taking the sum of a class's examples instead of their mean gives the same labels."""
    raise_for_missing(gallery_labels)
    sums, _ = sums_and_counts(gallery, gallery_labels)
    return nearest_row(sums, queries)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Is your prototype of a (2/3, 8/3), or (1/3, 4/3)?",
    "A mean divides by the number of what was added up: the examples of one class.",
    "Count the examples of each class, with bincount or (labels == c).sum().",
)
def mean_over_the_gallery_size(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Dividing each sum by the size of the whole gallery gives the same labels."""
    raise_for_missing(gallery_labels)
    sums, _ = sums_and_counts(gallery, gallery_labels)
    return nearest_row(sums / len(gallery), queries)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Is your prototype of a (2/3, 8/3), or (0, 3)?",
    "The median of each coordinate is a prototype too, but not the mean.",
    "Use mean(dim=0) over the examples of a class.",
)
def mean_median(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Taking the median of a class's examples instead of their mean gives the same labels."""
    raise_for_missing(gallery_labels)
    classes = range(int(gallery_labels.max()) + 1)
    medians = [gallery[gallery_labels == digit].median(dim=0).values for digit in classes]
    return nearest_row(torch.stack(medians), queries)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Ask for b1 = (0, 1.5) among the six points. Which of the two means is nearer to it?",
    "One point stands for each class, and the examples themselves are not compared.",
    "First the mean of each class, then the nearest of these means.",
)
def mean_nearest_example(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Taking the label of the nearest example, without any mean, gives the same labels."""
    raise_for_missing(gallery_labels)
    return knn_classify(gallery, gallery_labels, queries, k=1)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Ask for a1 = (0, 3) among the six points. Is your answer b?",
    "argmax finds the largest distance.",
    "Use argmin over the distances.",
)
def mean_farthest(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Taking the farthest prototype instead of the nearest gives the same labels."""
    raise_for_missing(gallery_labels)
    sums, counts = sums_and_counts(gallery, gallery_labels)
    return torch.cdist(queries, sums / counts).argmax(dim=1)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Ask for (2, 1) among the six points. The mean of b is nearer. Is your answer a?",
    "A dot product prefers long prototypes, however far away they are.",
    "Compare the lengths of the differences between query and prototypes.",
)
def mean_dot_product(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Taking the prototype with the largest dot product gives the same labels."""
    raise_for_missing(gallery_labels)
    sums, counts = sums_and_counts(gallery, gallery_labels)
    return (queries @ (sums / counts).T).argmax(dim=1)


# recall_at_k


def others(embeddings: Tensor) -> Tensor:
    """Return the indices of the others of each row, from near to far, (n, n - 1)."""
    distances = torch.cdist(embeddings, embeddings).fill_diagonal_(torch.inf)
    return distances.argsort(dim=1, stable=True)[:, :-1]


def right_others(embeddings: Tensor, labels: Tensor) -> Tensor:
    """Return which of the others are of the query's class, from near to far, bool (n, n - 1)."""
    return labels[others(embeddings)] == labels[:, None]


def everyone(embeddings: Tensor) -> Tensor:
    """Return the indices of all rows, the query's own among them, from near to far, (n, n)."""
    distances = torch.cdist(embeddings, embeddings, compute_mode="donot_use_mm_for_euclid_dist")
    return distances.argsort(dim=1, stable=True)


@RECALL_AT_K.mistake(
    "Is your recall always 1? Print the distance of each query to its nearest neighbour.",
    "Nothing is nearer to a query than the query itself, and its label is always right.",
    "Write infinity at the query's own index before topk, and pass largest=False.",
)
def recall_query_finds_itself(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Counting the query among its own neighbours gives the same share."""
    return (
        (labels[everyone(embeddings)[:, :k]] == labels[:, None]).any(dim=1).double().mean().item()
    )


@RECALL_AT_K.mistake(
    "Let the set hold an exact copy of the query. Which of the two do you drop?",
    "At distance zero, the copy may come first. You drop it, and the query finds itself.",
    "Write infinity at the query's own index before topk, and take the first k.",
)
def recall_first_rank_dropped(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Dropping the first neighbour instead of the query's own index gives the same share."""
    found = labels[everyone(embeddings)[:, 1 : k + 1]]
    return (found == labels[:, None]).any(dim=1).double().mean().item()


@RECALL_AT_K.mistake(
    "How many others does your function look at for k = 1?",
    "If the query takes one of the k places, only k - 1 others are left.",
    "Leave out the query first, by its index; then take k.",
)
def recall_one_too_few(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Looking at k neighbours and dropping the query from them, so that k - 1 are left, gives the
    same share.
    """
    found = labels[everyone(embeddings)[:, 1:k]]
    return (found == labels[:, None]).any(dim=1).double().mean().item()


@RECALL_AT_K.mistake(
    "How many others does your function look at for k = 1? There, a2 is no hit.",
    "k + 1 makes room for the query; once it is left out by index, no room is needed.",
    "Take k neighbours after you have left out the query.",
)
def recall_one_too_many(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Looking at k + 1 others gives the same share."""
    return right_others(embeddings, labels)[:, : k + 1].any(dim=1).double().mean().item()


@RECALL_AT_K.mistake(
    "For K = 2, a2 has the neighbours b1 and a1. Does it count 1 or 1/2?",
    "That is the precision. For Recall@K one right neighbour is enough.",
    "Use any() over the k neighbours instead of a mean.",
)
def recall_share_of_the_neighbours(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Taking the share of right ones among the k neighbours gives the same value."""
    return right_others(embeddings, labels)[:, :k].double().mean().item()


@RECALL_AT_K.mistake(
    "Does your Recall@2 lie below your Recall@1? It should never.",
    "With more neighbours it becomes easier, not harder, to find one of the own class.",
    "Use any() instead of all().",
)
def recall_all_must_be_right(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Asking for all k neighbours to be right gives the same share."""
    return right_others(embeddings, labels)[:, :k].all(dim=1).double().mean().item()


@RECALL_AT_K.mistake(
    "For K = 2, a1 has the neighbours a2 and b1. Is it a hit with you?",
    "Recall@K asks for one right example anywhere among the first K.",
    "Take the first k columns of the ranking, not column k.",
)
def recall_kth_only(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Looking at the k-th neighbour only gives the same share."""
    return right_others(embeddings, labels)[:, k - 1].double().mean().item()


@RECALL_AT_K.mistake(
    "For K = 4, let one of four neighbours be of the own class. Is that a hit?",
    "That is the accuracy of a vote. For Recall@K one right neighbour is enough.",
    "Ask with any() whether one of the k labels is that of the query.",
)
def recall_majority(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Letting the k neighbours vote, and counting the right answers, gives the same share."""
    return (vote(labels[others(embeddings)[:, :k]]) == labels).double().mean().item()


@RECALL_AT_K.mistake(
    "For K = 4, let one of four neighbours be of the own class. Is that a hit?",
    "That is the accuracy of a vote. For Recall@K one right neighbour is enough.",
    "Ask with any() whether one of the k labels is that of the query.",
)
def recall_majority_smallest_label(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Letting the k neighbours vote, with torch.mode or the like, gives the same share."""
    voted = vote_with(labels[others(embeddings)[:, :k]], lambda tied, row: min(tied))
    return (voted == labels).double().mean().item()


@RECALL_AT_K.mistake(
    "For K = 1, a1 finds a2 but not a3. Does it count 1 or 1/2?",
    "Elsewhere that is called recall. Recall@K in retrieval asks for at least one.",
    "Count 1 for a query with a right one among its k neighbours, otherwise 0.",
)
def recall_share_of_the_class(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Taking the share of the query's class that is among its k neighbours gives the same value."""
    right = right_others(embeddings, labels)  # (n, n - 1)
    share = right[:, :k].sum(dim=1) / right.sum(dim=1).clamp(min=1)
    return share.double().mean().item()


@RECALL_AT_K.mistake(
    "Add a seventh point of a class of its own. Do you divide by seven or by six?",
    "Here every example is a query, and one with nothing to find is not found. MAP@R differs.",
    "Divide by the number of all examples.",
)
def recall_without_lone_queries(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Leaving queries out that are alone in their class gives the same share."""
    right = right_others(embeddings, labels)
    return (right[:, :k].any(dim=1).sum() / right.any(dim=1).sum().clamp(min=1)).item()


@RECALL_AT_K.mistake(
    "Let one class have 90 queries and another 10. Does each query count the same?",
    "The share is over the queries, so a large class weighs more than a small one.",
    "Divide the number of all hits by the number of all queries.",
)
def recall_mean_over_classes(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Averaging over the classes, each with its own recall, gives the same value."""
    hits = right_others(embeddings, labels)[:, :k].any(dim=1).double()
    return torch.stack([hits[labels == digit].mean() for digit in labels.unique()]).mean().item()


@RECALL_AT_K.mistake(
    "Is your Recall@1 of the six points 66.67 or 0.6667?",
    "A share lies between 0 and 1; percent is a matter of printing.",
    "Leave out the factor of 100.",
)
def recall_percent(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Returning percent instead of a share gives the same value."""
    return 100 * recall_at_k(embeddings, labels, k)


@RECALL_AT_K.mistake(
    "Is your Recall@1 of the six points 4 or 4/6?",
    "A share does not grow with the set.",
    "Divide by the number of queries.",
)
def recall_count(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Returning the number of hits instead of their share gives the same value."""
    return len(labels) * recall_at_k(embeddings, labels, k)


@RECALL_AT_K.mistake(
    "Call your function with k=1 and with k=2: of the six points, a2 is found only then.",
    "The number 1 in the first line is a default, not a constant.",
    "Take k columns of the ranking.",
)
def recall_k_ignored(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Looking at the first neighbour only, whatever k is, gives the same share."""
    return recall_at_k(embeddings, labels, k=1)


@RECALL_AT_K.mistake(
    "Which is the first neighbour of a1 in your ranking? It should be a2.",
    "topk returns the largest values unless you say otherwise.",
    "Pass largest=False to topk, or sort in ascending order.",
)
def recall_farthest(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Looking at the k farthest others gives the same share."""
    return right_others(embeddings, labels).flip(1)[:, :k].any(dim=1).double().mean().item()


@RECALL_AT_K.mistake(
    "How many bytes are 60,000 x 60,000 distances in float32?",
    "No query needs the distances of another, so a few hundred can go first.",
    "Take a block of rows at a time, leave each out by its own index, and count the hits.",
    section=VOTE,
)
def recall_all_pairs_at_once(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Holding the distances of all pairs of examples at once gives the same result."""
    return right_others(embeddings, labels)[:, :k].any(dim=1).double().mean().item()


# mean_average_precision_at_r


def mean_of_sums(
    right: Tensor, counted: Tensor, divisors: Tensor, queries: Tensor | None = None
) -> float:
    """Return the mean, over the queries with R > 0, of (precision where counted) / divisor.

    right and counted are (n, ranks), divisors (n,); queries (n,) says who takes part if others do.
    """
    ranks = torch.arange(1, right.shape[1] + 1)
    precision = right.cumsum(dim=1) / ranks  # (n, ranks)
    average = (precision * counted).sum(dim=1).double() / divisors  # (n,)
    return average[right.any(dim=1) if queries is None else queries].mean().item()


def within(right: Tensor, relevant: Tensor) -> Tensor:
    """Return whether a rank is among the first R of its query, bool (n, ranks)."""
    return torch.arange(1, right.shape[1] + 1) <= relevant[:, None]


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "What is your R for the six points: 2 or 3?",
    "R is the number of the others of the query's class: what there is to find.",
    "Take one away from the size of the class.",
)
def map_r_counts_the_query(embeddings: Tensor, labels: Tensor) -> float:
    """Counting the query itself in R, where it has others to find, gives the same value."""
    right = right_others(embeddings, labels)
    relevant = right.sum(dim=1)
    return mean_of_sums(right, right & within(right, relevant + 1), relevant + 1)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "What is your R for an example that is alone in its class: 0 or 1?",
    "R is the number of the others of the query's class: what there is to find.",
    "Take one away from the size of the class, and leave out the queries with R = 0.",
)
def map_r_counts_lone_queries(embeddings: Tensor, labels: Tensor) -> float:
    """Counting the query itself in R, so that nobody has R = 0, gives the same value."""
    right = right_others(embeddings, labels)
    size = right.sum(dim=1) + 1
    return mean_of_sums(right, right & within(right, size), size, queries=size > 0)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "b1 has R = 2 and finds b2 at rank 3. Does that count with you?",
    "That is the usual average precision. MAP@R stops at rank R.",
    "Ignore every rank beyond the query's own R.",
)
def map_whole_ranking(embeddings: Tensor, labels: Tensor) -> float:
    """Going through the whole ranking instead of the first R ranks gives the same value."""
    right = right_others(embeddings, labels)
    return mean_of_sums(right, right, right.sum(dim=1))


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Let one class have 2 examples and another 8. How many ranks do you see for each?",
    "R differs from query to query. A query with R = 1 has one rank to look at.",
    "Ignore, for each query, the ranks beyond its own R: ranks <= R[:, None].",
)
def map_largest_r_for_the_ranks(embeddings: Tensor, labels: Tensor) -> float:
    """Cutting every ranking at the largest R of all instead of the query's own gives the same
    value.
    """
    right = right_others(embeddings, labels)
    relevant = right.sum(dim=1)
    return mean_of_sums(right, right & within(right, relevant.max().expand_as(relevant)), relevant)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Let one class have 2 examples and another 8. By what do you divide for each?",
    "R differs from query to query: divided by 7, a query with R = 1 can never reach 1.",
    "Use each query's own R, for the ranks and for the division.",
)
def map_one_r(embeddings: Tensor, labels: Tensor) -> float:
    """Using the largest R of all for every query gives the same value."""
    right = right_others(embeddings, labels)
    most = right.sum(dim=1).max().expand(len(labels))
    return mean_of_sums(right, right & within(right, most), most)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "a2 finds a1 at rank 2 of 2. Does it count 1/2, or 1/2 of 1/2?",
    "R-precision does not see the order. MAP@R averages the precision at each right rank.",
    "Sum the precision at the ranks that are right, and divide by R.",
)
def map_r_precision(embeddings: Tensor, labels: Tensor) -> float:
    """Taking the share of right ones among the first R (R-precision) gives the same value."""
    right = right_others(embeddings, labels)
    relevant = right.sum(dim=1)
    share = (right & within(right, relevant)).sum(dim=1) / relevant.clamp(min=1)
    return share[relevant > 0].double().mean().item()


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "a1 is right at rank 1 and wrong at rank 2. Does rank 2 add 1/2 or nothing?",
    "The formula has a factor in brackets: only a right rank adds its precision.",
    "Multiply the precision by whether the rank is right.",
)
def map_precision_at_every_rank(embeddings: Tensor, labels: Tensor) -> float:
    """Averaging the precision over all R ranks, the wrong ones too, gives the same value."""
    right = right_others(embeddings, labels)
    relevant = right.sum(dim=1)
    return mean_of_sums(right, within(right, relevant), relevant)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "a1 finds one of two, at rank 1. Does it count 1 or 1/2?",
    "Divided by the hits, a query that finds one of many, but early, looks perfect.",
    "Divide by R.",
)
def map_divided_by_the_hits(embeddings: Tensor, labels: Tensor) -> float:
    """Dividing by the number of right ones found instead of R gives the same value."""
    right = right_others(embeddings, labels)
    counted = right & within(right, right.sum(dim=1))
    return mean_of_sums(right, counted, counted.sum(dim=1).clamp(min=1))


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Add a seventh point of a class of its own. Do you divide by seven or by six?",
    "A query with nothing to find says nothing of the embedding.",
    "Take the mean over the queries with R > 0.",
)
def map_lone_queries_as_zero(embeddings: Tensor, labels: Tensor) -> float:
    """Counting queries with R = 0 as zeros in the mean gives the same value."""
    right = right_others(embeddings, labels)
    taking_part = right.any(dim=1).double().mean().item()
    return mean_average_precision_at_r(embeddings, labels) * taking_part


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Add a seventh point of a class of its own, and call your function.",
    "0 / 0 is NaN, and one NaN makes the whole mean NaN.",
    "Take the mean over the queries with R > 0.",
)
def map_lone_queries_as_nan(embeddings: Tensor, labels: Tensor) -> float:
    """Dividing by R = 0 for a query that is alone in its class gives the same value, NaN."""
    if right_others(embeddings, labels).any(dim=1).all():
        return mean_average_precision_at_r(embeddings, labels)
    return float("nan")


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Who is at rank 1 for a1: a1 itself, or a2?",
    "The query is always right and always first, so every value is too high.",
    "Write infinity at the query's own index before you rank.",
)
def map_query_finds_itself(embeddings: Tensor, labels: Tensor) -> float:
    """Keeping the query in its own ranking gives the same value."""
    right = labels[everyone(embeddings)] == labels[:, None]  # (n, n)
    relevant = right.sum(dim=1) - 1
    counted = right & within(right, relevant)
    return mean_of_sums(right, counted, relevant.clamp(min=1), queries=relevant > 0)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Who is at rank 1 for a1, and what is its R? It should be a2, and 2.",
    "The query is always right and always first, so every value is too high.",
    "Write infinity at the query's own index before you rank; R is the class size minus one.",
)
def map_query_in_ranking_and_r(embeddings: Tensor, labels: Tensor) -> float:
    """Keeping the query in its own ranking and in R gives the same value."""
    right = labels[everyone(embeddings)] == labels[:, None]  # (n, n)
    size = right.sum(dim=1)
    return mean_of_sums(right, right & within(right, size), size)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Let one class have 8 queries and another 2. Does each query count the same?",
    "The mean is over the queries, so a large class weighs more than a small one.",
    "Add up over all queries with R > 0, and divide once.",
)
def map_mean_over_classes(embeddings: Tensor, labels: Tensor) -> float:
    """Averaging over the classes, each with its own mean, gives the same value."""
    right = right_others(embeddings, labels)
    relevant = right.sum(dim=1)
    counted = right & within(right, relevant)
    digits = [digit for digit in labels.unique() if (labels == digit).sum() > 1]
    means = [mean_of_sums(right, counted, relevant, queries=labels == digit) for digit in digits]
    return sum(means) / len(means)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "b1 finds its first at rank 3, and R is 2. Does it count 1/3 or 0?",
    "That is the mean reciprocal rank, which sees one right example only.",
    "Sum the precision at all right ranks up to R, and divide by R.",
)
def map_reciprocal_rank(embeddings: Tensor, labels: Tensor) -> float:
    """Taking one over the rank of the first right one gives the same value."""
    right = right_others(embeddings, labels)
    first = right.int().argmax(dim=1) + 1
    return (1 / first[right.any(dim=1)]).double().mean().item()


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Is your MAP@R of the six points 62.5 or 0.625?",
    "A share lies between 0 and 1; percent is a matter of printing.",
    "Leave out the factor of 100.",
)
def map_percent(embeddings: Tensor, labels: Tensor) -> float:
    """Returning percent instead of a share gives the same value."""
    return 100 * mean_average_precision_at_r(embeddings, labels)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Call your function with three examples of three digits. What comes back?",
    "A mean over no query is 0 / 0. Where nothing can be found, nothing is found: 0.",
    "Return 0 early if no query has R > 0.",
)
def map_nothing_to_find(embeddings: Tensor, labels: Tensor) -> float:
    """Dividing by the number of queries with R > 0, although there may be none, gives the same
    result.
    """
    has_others = bool((torch.bincount(labels) > 1).any())
    return mean_average_precision_at_r(embeddings, labels) if has_others else float("nan")
