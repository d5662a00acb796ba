"""Misconceptions of chapter 6: classification by neighbours, and the measures of retrieval."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ..misconception import Exercise, FunctionFamily, stumble

VOTE, MEAN, RECALL, MAP = "The vote", "Nearest mean", "Recall@K", "MAP@R"
ROWS = 500  # of a block of queries
MANY = 5_000  # queries, of which only the first block is ever asked for: it is a small one
EXACT = "donot_use_mm_for_euclid_dist"  # what lies at distance zero is at distance zero


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


def euclidean(x: Tensor, y: Tensor) -> Tensor:
    return torch.cdist(x, y, compute_mode=EXACT)  # (n, m)


def city_block(x: Tensor, y: Tensor) -> Tensor:
    return torch.cdist(x, y, p=1.0)  # (n, m)


def product_once(x: Tensor, y: Tensor) -> Tensor:
    """Return |y|^2 - x y, (n, m), where |y|^2 - 2 x y would rank as the distance does."""
    return y.square().sum(dim=1) - x @ y.T


def same_label(labels: Tensor) -> Tensor:
    """Return which columns of each row (n, k) have the same label, bool (n, k, k)."""
    return labels[:, :, None] == labels[:, None, :]


# knn_classify


@KNN_CLASSIFY.family
class Vote(FunctionFamily):
    """The vote of the nearest, in fifteen decisions."""

    default_k = 5

    def __call__(
        self, gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int | None = None
    ) -> Any:
        ranks = self.ranks(self.default_k if k is None else k)
        searched, asking = (self.point(each) for each in self.roles(gallery, queries))
        answers = [
            self.answers(searched, gallery_labels, block, ranks) for block in self.blocks(asking)
        ]
        self.leave(gallery)
        return self.kind(self.shape(torch.cat(answers)))

    def answers(
        self, gallery: Tensor, gallery_labels: Tensor, queries: Tensor, ranks: slice
    ) -> Tensor:
        distances = self.distance(queries, gallery)  # (b, m)
        farness = self.farness(distances)  # (b, m)
        nearest = farness.topk(min(ranks.stop, len(gallery)), dim=1, largest=False).indices
        near = nearest[:, ranks]  # (b, k)
        return self.answer(near, distances.gather(1, near), gallery_labels)

    def ranks(self, k: int) -> slice:
        return slice(0, k)

    def roles(self, gallery: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
        """Return where neighbours are looked for, and whose neighbours."""
        return gallery, queries

    def point(self, embeddings: Tensor) -> Tensor:
        return embeddings

    def blocks(self, queries: Tensor) -> Sequence[Tensor]:
        return queries.split(ROWS if len(queries) < MANY else ROWS // 10)

    def distance(self, queries: Tensor, gallery: Tensor) -> Tensor:
        return euclidean(queries, gallery)

    def farness(self, distances: Tensor) -> Tensor:
        """Return what is small for those who vote."""
        return distances

    def answer(self, near: Tensor, radii: Tensor, gallery_labels: Tensor) -> Tensor:
        labels = gallery_labels[near]  # (b, k)
        winner = self.winner(self.votes(labels, radii), self.preference(labels, radii))  # (b,)
        return self.looked_up(winner[:, None], near, gallery_labels)[:, 0]

    def votes(self, labels: Tensor, radii: Tensor) -> Tensor:
        """Return how many votes the label in each column has, (b, k)."""
        return same_label(labels).sum(dim=2)

    def preference(self, labels: Tensor, radii: Tensor) -> Tensor:
        """Return what is smallest where a tie goes to, (b, k)."""
        return torch.arange(labels.shape[1]).expand_as(labels)

    def winner(self, votes: Tensor, preference: Tensor) -> Tensor:
        tied = votes == votes.amax(dim=1, keepdim=True)  # (b, k)
        return preference.double().masked_fill(~tied, torch.inf).argmin(dim=1)

    def looked_up(self, columns: Tensor, near: Tensor, gallery_labels: Tensor) -> Tensor:
        return gallery_labels[near.gather(1, columns)]

    def shape(self, answers: Tensor) -> Tensor:
        return answers

    def kind(self, answers: Tensor) -> Any:
        return answers

    def leave(self, gallery: Tensor) -> None:
        """Do what is left to do with an argument: nothing."""


@KNN_CLASSIFY.mistake(
    "Try q = (0, 1.6) with k = 2 among the six points: one vote each. Is your answer b?",
    "Which digit is the smaller number has nothing to do with which is nearer.",
    "Count the votes for each neighbour, in order of distance, and take the first maximum.",
)
class KnnTieSmallestLabel(Vote):
    """Giving a tie to the smallest label, as torch.mode and bincount().argmax() do, gives the same
    labels.
    """

    def preference(self, labels: Tensor, radii: Tensor) -> Tensor:
        return labels


@KNN_CLASSIFY.mistake(
    "Try q = (0, 1.8) with k = 2 among the six points: a2 is nearer than b1. Is it a?",
    "Which digit is the larger number has nothing to do with which is nearer.",
    "Count the votes for each neighbour, in order of distance, and take the first maximum.",
)
class KnnTieLargestLabel(Vote):
    """Giving a tie to the largest label gives the same labels."""

    def preference(self, labels: Tensor, radii: Tensor) -> Tensor:
        return -labels


@KNN_CLASSIFY.mistake(
    "Try q = (0, 1.6) with k = 2 among the six points. Is b1 or a2 the nearest?",
    "The last of equals is the farthest if your neighbours go from near to far.",
    "Take the first maximum, not the last: in a loop from near to far, `>` instead of `>=`.",
)
class KnnTieFarthest(Vote):
    """Giving a tie to the class of the farthest neighbour gives the same labels."""

    def preference(self, labels: Tensor, radii: Tensor) -> Tensor:
        return -torch.arange(labels.shape[1]).expand_as(labels)


@KNN_CLASSIFY.mistake(
    "Let the labels from near to far be 7, 3, 3, 7. Both have two votes. Who wins with you?",
    "A tie goes to the class with the nearest example: 7, which comes first.",
    "Count all votes before you look for the winner, then take the first maximum.",
)
class KnnTieFirstComplete(Vote):
    """Giving a tie to the class that has its votes together first, or voting again with fewer
    neighbours, gives the same labels.
    """

    def preference(self, labels: Tensor, radii: Tensor) -> Tensor:
        return (same_label(labels) * torch.arange(labels.shape[1])).amax(dim=2)


@KNN_CLASSIFY.mistake(
    "Let the labels 7, 3, 3, 7 be at the distances 1, 2, 3 and 9. Who wins with you?",
    "A tie goes to the class of the one nearest example: 7, at distance 1.",
    "Compare the tied classes by their nearest example, not by a sum or mean of distances.",
)
class KnnTieSmallestSum(Vote):
    """Giving a tie to the class whose neighbours are nearer on the whole gives the same labels."""

    def preference(self, labels: Tensor, radii: Tensor) -> Tensor:
        return (same_label(labels) * radii[:, None]).sum(dim=2)


@KNN_CLASSIFY.also(KnnTieSmallestSum)
class KnnTieLargestWeight(Vote):
    def preference(self, labels: Tensor, radii: Tensor) -> Tensor:
        return -(same_label(labels) / radii[:, None]).sum(dim=2)


@KNN_CLASSIFY.mistake(
    "Try q = (0, 1.6) with k = 3: b1 at 0.1, a2 at 0.4, a1 at 1.4. Is your answer a?",
    "This is a known variant, but here every neighbour has one vote.",
    "Count votes; look at distances only where the counts are equal.",
)
class KnnWeightedVotes(Vote):
    """Weighting each vote by one over the distance gives the same labels."""

    preference = Vote.preference  # so many weights are never equal

    def votes(self, labels: Tensor, radii: Tensor) -> Tensor:
        return (same_label(labels) / radii[:, None]).sum(dim=2)


@KNN_CLASSIFY.mistake(
    "Of three neighbours two are of a and one is of b. Is your answer b?",
    "The class that comes most often wins the vote.",
    "Use argmax over the counts, or max() where you have min().",
)
class KnnFewestVotes(Vote):
    """Answering with the class that has the fewest votes gives the same labels."""

    def winner(self, votes: Tensor, preference: Tensor) -> Tensor:
        return super().winner(-votes, preference)


@KNN_CLASSIFY.mistake(
    "Which points are in your topk for q = (0, 1.6)? The nearest is b1 at 0.1.",
    "topk returns the largest values unless you say otherwise.",
    "Pass largest=False to topk, or sort in ascending order.",
)
class KnnFarthest(Vote):
    """Asking the k farthest examples gives the same labels."""

    def farness(self, distances: Tensor) -> Tensor:
        return -distances


class WithoutCount(Vote):
    """Where nothing is counted, how it is counted decides nothing."""

    votes, preference, winner = Vote.votes, Vote.preference, Vote.winner
    answer = Vote.answer


@KNN_CLASSIFY.mistake(
    "Try q = (0, 1.6) with k = 3 among the six points: two of three votes are for a.",
    "The nearest example decides a tie, not the vote.",
    "Take the k nearest and count, for each label, how many of them have it.",
)
class KnnOnlyTheNearest(WithoutCount):
    """Asking only the nearest example, whatever k is, gives the same labels."""

    default_k = 5

    def ranks(self, k: int) -> slice:
        return slice(0, 1)


@KNN_CLASSIFY.mistake(
    "For q = (0, 1.6) with k = 2 the neighbours are b1 and a2. Whose label do you return?",
    "The k-th neighbour is one of the k that vote, and the farthest of them.",
    "Take the first k columns of the ranking, not column k, and let them vote.",
)
class KnnKthOnly(WithoutCount):
    """Asking the k-th neighbour only gives the same labels."""

    def ranks(self, k: int) -> slice:
        return slice(k - 1, k)


@KNN_CLASSIFY.mistake(
    "Call your function with k=1 and with k=5. Does anything change?",
    "The number 5 in the first line is a default, not a constant.",
    "Use the argument k where you now have a number.",
)
class knn_k_fixed(Vote):  # noqa: N801  a capital K would hide in the next word
    """Using five neighbours whatever k was asked for gives the same labels."""

    default_k = 5

    def ranks(self, k: int) -> slice:
        return slice(0, 5)


@KNN_CLASSIFY.mistake(
    "Call your function without k. How many neighbours vote?",
    "The first line of the stub promises five neighbours to whoever leaves k out.",
    "Write k: int = 5 in the first line of the function, as the stub has it.",
)
class KnnOtherDefault(Vote):
    """Giving k another default than 5 gives the same labels."""

    default_k = 1


@KNN_CLASSIFY.also(KnnOtherDefault)
class KnnDefaultThree(Vote):
    default_k = 3


@KNN_CLASSIFY.also(KnnOtherDefault)
class KnnDefaultTen(Vote):
    default_k = 10


@KNN_CLASSIFY.mistake(
    "Which points vote for q = (0, 1.6) with k = 3? b1 at 0.1 is the first of them.",
    "Here queries and gallery are two sets: no query is in its own gallery.",
    "Take the first k neighbours; keep the leaving out for Recall@K.",
)
class KnnDropsTheNearest(Vote):
    """Leaving out the nearest example, as if it were the query itself, gives the same labels."""

    def ranks(self, k: int) -> slice:
        return slice(1, k + 1)


@KNN_CLASSIFY.also(KnnDropsTheNearest)
class KnnDropsTheNearestOfK(Vote):
    def ranks(self, k: int) -> slice:
        return slice(1, k)


@KNN_CLASSIFY.mistake(
    "How many labels vote for q = (0, 1.6) with k = 2: two or three?",
    "Room for the query is needed only where the query is in the gallery; here it is not.",
    "Take k neighbours, not k + 1.",
)
class KnnOneTooMany(Vote):
    """Asking k + 1 neighbours gives the same labels."""

    def ranks(self, k: int) -> slice:
        return slice(0, k + 1)


@KNN_CLASSIFY.mistake(
    "How many labels vote for q = (0, 1.6) with k = 3: three or two?",
    "A slice [:k] has k entries: its ranks 0 to k - 1 are k neighbours.",
    "Take the first k neighbours: topk(k), or [:k] after sorting.",
)
class KnnOneTooFew(Vote):
    """Asking k - 1 neighbours gives the same labels."""

    def ranks(self, k: int) -> slice:
        return slice(0, k - 1)


@KNN_CLASSIFY.mistake(
    "Print the shape of your distances. Do the rows belong to the queries?",
    "You need a ranking of the gallery for each query, not the other way round.",
    "Compute distances(queries, gallery), shape (n, m), and use topk with dim=1.",
)
class KnnAxesExchanged(Vote):
    """Looking for the nearest queries of each gallery example gives the same result."""

    def roles(self, gallery: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
        return queries, gallery


@KNN_CLASSIFY.mistake(
    "Which of two examples has the larger dot product with q: the nearer or the longer one?",
    "A dot product grows with the length of the example. |x|^2 - 2 q x does not.",
    "Rank by the distance: |x|^2 - 2 q x is enough, but without |x|^2 it is not.",
)
class KnnDotProduct(Vote):
    """Ranking the gallery by its dot product with the query gives the same labels."""

    farness = Vote.farness  # the smallest products are a mistake of their own

    def distance(self, queries: Tensor, gallery: Tensor) -> Tensor:
        return -queries @ gallery.T


@KNN_CLASSIFY.mistake(
    "Is the dot product of two near examples small or large?",
    "A dot product is a similarity: large for what is alike. A distance is small.",
    "Rank by the distance, the length of the difference.",
)
class KnnSimilarityAsDistance(Vote):
    """Taking the k smallest dot products, as if they were distances, gives the same labels."""

    farness = Vote.farness

    def distance(self, queries: Tensor, gallery: Tensor) -> Tensor:
        return queries @ gallery.T


@KNN_CLASSIFY.mistake(
    "Are (0, 1) and (0, 100) the same point for you? Their angle is zero.",
    "The cosine sees directions only; this course measures the Euclidean distance.",
    "Leave out the division by the lengths, and rank by the length of the difference.",
)
class KnnCosine(Vote):
    """Ranking the gallery by the cosine similarity with the query gives the same labels."""

    distance = Vote.distance  # of points on a sphere, it ranks as the cosine does

    def point(self, embeddings: Tensor) -> Tensor:
        return F.normalize(embeddings, dim=1)


@KNN_CLASSIFY.mistake(
    "Is b2 = (2, 0.5) at the distance 3.1 from q = (0, 1.6), or at 2.28?",
    "The Euclidean distance squares the differences, adds them up and takes the root.",
    "Square the differences before you add them up, or call cdist without p=1.",
)
class KnnCityBlock(Vote):
    """Ranking by the sum of absolute differences (the city-block distance) gives the same
    labels.
    """

    def distance(self, queries: Tensor, gallery: Tensor) -> Tensor:
        return city_block(queries, gallery)


@KNN_CLASSIFY.mistake(
    "Expand |q - x|^2 on paper. How many times does q x come up?",
    "|q - x|^2 = |q|^2 + |x|^2 - 2 q x: the two mixed terms are equal, and both count.",
    "Multiply the matrix product by 2: |x|^2 - 2 q x ranks as the distance does.",
)
class KnnProductOnce(Vote):
    """Taking away the dot product once instead of twice gives the same labels."""

    def distance(self, queries: Tensor, gallery: Tensor) -> Tensor:
        return product_once(queries, gallery)


@KNN_CLASSIFY.mistake(
    "Expand |q - x|^2 on paper. Which sign has the mixed term?",
    "|q - x|^2 = |q|^2 + |x|^2 - 2 q x; with a plus it is the distance of q to -x.",
    "Change the sign of the matrix product: |x|^2 - 2 q x.",
)
class KnnProductAdded(Vote):
    """Adding the dot product instead of taking it away gives the same labels."""

    def distance(self, queries: Tensor, gallery: Tensor) -> Tensor:
        return euclidean(queries, -gallery)


@KNN_CLASSIFY.mistake(
    "Let three neighbours have the labels 1, 1 and 7. Is your answer 1 or 3?",
    "Digits are names here: between 1 and 7 there is no 3.",
    "Count how many neighbours have each label, and take the most frequent.",
)
class KnnMeanOfLabels(WithoutCount):
    """Averaging the labels of the neighbours and rounding gives the same labels."""

    looked_up = Vote.looked_up

    def answer(self, near: Tensor, radii: Tensor, gallery_labels: Tensor) -> Tensor:
        return gallery_labels[near].double().mean(dim=1).round().long()


@KNN_CLASSIFY.also(KnnMeanOfLabels)
class KnnMeanOfLabelsCutOff(KnnMeanOfLabels):
    def answer(self, near: Tensor, radii: Tensor, gallery_labels: Tensor) -> Tensor:
        return gallery_labels[near].double().mean(dim=1).long()


@KNN_CLASSIFY.mistake(
    "Is every number that you return a label of the gallery?",
    "topk and argmax return places. A place is not yet a label.",
    "Look the label up: gallery_labels[index].",
)
class KnnIndexOfTheWinner(Vote):
    """Returning the index of a gallery example instead of its label gives the same numbers."""

    def looked_up(self, columns: Tensor, near: Tensor, gallery_labels: Tensor) -> Tensor:
        return near.gather(1, columns)


@KNN_CLASSIFY.mistake(
    "Is every number that you return smaller than k?",
    "argmax over the columns (n, k) returns a column, that is, a rank.",
    "Look the label up: labels.gather(1, column).",
)
class KnnRankOfTheWinner(Vote):
    """Returning the winner's rank among the neighbours instead of its label gives the
    same numbers.
    """

    def looked_up(self, columns: Tensor, near: Tensor, gallery_labels: Tensor) -> Tensor:
        return columns


@KNN_CLASSIFY.mistake(
    "Let the gallery hold the labels 3 and 7 only. Do you ever answer 7?",
    "After unique() the class 7 is the second of two, and argmax says 1.",
    "Look the class up among those that unique() found: classes[place].",
)
class KnnClassesRenumbered(Vote):
    """Returning the place of a class among those that occur gives the same labels."""

    def looked_up(self, columns: Tensor, near: Tensor, gallery_labels: Tensor) -> Tensor:
        _, places = torch.unique(gallery_labels, return_inverse=True)  # (m,)
        return places[near.gather(1, columns)]


@KNN_CLASSIFY.mistake(
    "Print the shape of what you return. There should be one label for each query.",
    "The k labels of a query are its votes; the answer is who has most of them.",
    "Reduce each row of k labels to the most frequent one.",
)
class KnnNoVote(WithoutCount):
    """Returning the labels of all k neighbours, without a vote, gives the same result."""

    def answer(self, near: Tensor, radii: Tensor, gallery_labels: Tensor) -> Tensor:
        columns = torch.arange(near.shape[1]).expand_as(near)  # (b, k)
        return self.looked_up(columns, near, gallery_labels)


@KNN_CLASSIFY.mistake(
    "Call your function with two queries that are far apart. Do they get one label together?",
    "Each query has k neighbours of its own, and a vote of its own.",
    "Count the votes of each row, along dim=1, and return one label for each query.",
)
class KnnOneLabelForTheBatch(WithoutCount):
    """Letting the neighbours of all queries vote together gives the same result."""

    looked_up = Vote.looked_up

    def answer(self, near: Tensor, radii: Tensor, gallery_labels: Tensor) -> Tensor:
        return torch.bincount(gallery_labels[near].flatten()).argmax()[None]  # (1,)

    def shape(self, answers: Tensor) -> Tensor:
        return answers[0]


@KNN_CLASSIFY.also(KnnOneLabelForTheBatch)
class KnnOneLabelForEveryQuery(KnnOneLabelForTheBatch):
    def answer(self, near: Tensor, radii: Tensor, gallery_labels: Tensor) -> Tensor:
        return super().answer(near, radii, gallery_labels).expand(len(near))

    def shape(self, answers: Tensor) -> Tensor:
        return answers


@KNN_CLASSIFY.mistake(
    "Call your function with three queries. How many labels come back?",
    "A return inside the loop ends the function at the first query.",
    "Collect a label for each query, and return them all after the loop.",
)
def knn_first_query_only(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Any:
    """Returning from within the loop, after the first query, gives the same result."""
    return Vote()(gallery, gallery_labels, queries[:1], k)


@KNN_CLASSIFY.also(knn_first_query_only)
def knn_label_of_the_first_query(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5
) -> Any:
    return Vote()(gallery, gallery_labels, queries[:1], k)[0]


@KNN_CLASSIFY.mistake(
    "Print the shape of what you return: (n,) or (n, 1)?",
    "keepdim=True and gather keep an axis of length one.",
    "Take the only column with [:, 0], or squeeze(1).",
)
class KnnOneColumn(Vote):
    """Returning a column, with an axis of length one too many, gives the same result."""

    def shape(self, answers: Tensor) -> Tensor:
        return answers[:, None]


@KNN_CLASSIFY.mistake(
    "Print the dtype of what you return. Is it torch.int64, as that of the labels?",
    "A label is a whole number; float(), mean() and torch.zeros(n) make others of it.",
    "Return what gallery_labels[index] gives, or put .long() at the end.",
)
class KnnFloats(Vote):
    """Returning the labels as floating point numbers gives the same numbers."""

    def kind(self, answers: Tensor) -> Any:
        return answers.float()


@KNN_CLASSIFY.mistake(
    "Print the type of what you return. Is it a torch.Tensor?",
    "Whoever calls you goes on with a tensor: predicted == labels, and its mean.",
    "Make a tensor of the labels at the end: torch.tensor(answers).",
)
class KnnNoTensor(Vote):
    """Returning a list or an array instead of a tensor gives the same labels."""

    def kind(self, answers: Tensor) -> Any:
        return answers.tolist()


@KNN_CLASSIFY.also(KnnNoTensor)
class KnnArray(Vote):
    def kind(self, answers: Tensor) -> Any:
        return answers.numpy()


@KNN_CLASSIFY.mistake(
    "Print gallery.sum() and queries.sum() before and after a call. Are they the same?",
    "The arguments are the caller's own tensors: -=, /=, div_() and x[...] = ... change them.",
    "Make new tensors: x = x / length instead of x /= length, or begin with x.clone().",
)
class KnnChangesItsArguments(Vote):
    """Changing the gallery, its labels or the queries in place gives the same labels, and leaves
    the caller with other ones.
    """

    def leave(self, gallery: Tensor) -> None:
        gallery.zero_()


@KNN_CLASSIFY.mistake(
    "How many bytes are 60,000 x 10,000 distances in float32?",
    "No query needs the distances of another, so a few hundred can go first.",
    "Loop over queries.split(500), do all that you do now for each block, and join with cat.",
)
class KnnAllPairsAtOnce(Vote):
    """Holding the distances of all queries to the whole gallery at once gives the same result."""

    def blocks(self, queries: Tensor) -> Sequence[Tensor]:
        return [queries]


# nearest_mean_classify


@NEAREST_MEAN_CLASSIFY.family
class NearestMean(FunctionFamily):
    """The class of the nearest prototype, in thirteen decisions."""

    def __call__(self, gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Any:
        prototypes, classes = self.prototypes(self.example(gallery), gallery_labels)
        prototypes, queries = self.points(prototypes, queries)
        distances = self.by_class(self.distance(queries, prototypes), classes)  # (n, classes)
        answers = self.answer(distances, self.numbered(classes.unique_consecutive()))
        self.leave(gallery)
        return self.kind(self.shape(answers))

    def prototypes(self, gallery: Tensor, gallery_labels: Tensor) -> tuple[Tensor, Tensor]:
        """Return the prototypes (p, dim) and the class of each (p,)."""
        found = []
        for digit in range(self.number_of_classes(gallery_labels)):
            examples = gallery[gallery_labels == digit]  # (count, dim)
            if not len(examples):
                found.append((digit, self.of_none(digit, gallery[:1])))
            else:
                found.append((digit, self.prototype(examples, len(gallery))))
        classes = [torch.full((len(points),), digit) for digit, points in found]
        return torch.cat([points for _, points in found]), torch.cat(classes)

    def number_of_classes(self, gallery_labels: Tensor) -> int:
        return int(gallery_labels.max()) + 1

    def of_none(self, digit: int, any_row: Tensor) -> Tensor:
        raise ValueError(f"no examples of class {digit}")

    def example(self, gallery: Tensor) -> Tensor:
        return gallery

    def prototype(self, examples: Tensor, gallery_size: int) -> Tensor:
        """Return what stands for a class, (1, dim)."""
        return examples.mean(dim=0, keepdim=True)

    def points(self, prototypes: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
        return prototypes, queries

    def distance(self, queries: Tensor, prototypes: Tensor) -> Tensor:
        return euclidean(queries, prototypes)

    def by_class(self, distances: Tensor, classes: Tensor) -> Tensor:
        """Return the distance to each class, the nearest of what stands for it, (n, classes)."""
        columns = [distances[:, classes == each].amin(dim=1) for each in classes.unique()]
        return torch.stack(columns, dim=1)

    def numbered(self, classes: Tensor) -> Tensor:
        return classes

    def answer(self, distances: Tensor, classes: Tensor) -> Tensor:
        return classes[self.farness(distances).argmin(dim=1)]

    def farness(self, distances: Tensor) -> Tensor:
        """Return what is small for the class that is the answer."""
        return distances

    def shape(self, answers: Tensor) -> Tensor:
        return answers

    def kind(self, answers: Tensor) -> Any:
        return answers

    def leave(self, gallery: Tensor) -> None:
        """Do what is left to do with an argument: nothing."""


@NEAREST_MEAN_CLASSIFY.mistake(
    "Print your prototype of the class that has no example. Is it (0, 0)?",
    "Zero is a real point: it catches queries, and all of them are wrong.",
    "Count the examples of each class first, and raise ValueError where there are none.",
)
class MeanZeroPrototype(NearestMean):
    """Giving a class without examples the prototype zero gives the same labels."""

    def of_none(self, digit: int, any_row: Tensor) -> Tensor:
        return torch.zeros_like(any_row)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Print your prototype of the class that has no example. Is it NaN?",
    "argmin takes NaN for the smallest: every query gets the class without examples.",
    "Count the examples of each class first, and raise ValueError where there are none.",
)
class MeanNanPrototype(NearestMean):
    """Dividing by a count of zero, which makes the prototype NaN, gives the same labels."""

    def of_none(self, digit: int, any_row: Tensor) -> Tensor:
        return torch.full_like(any_row, torch.nan)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Call your function with gallery labels 0 and 2 only. Do you hear of class 1?",
    "Whoever calls you should know that class 1 can never be the answer.",
    "Raise ValueError, with the class in the message, if one from 0 to the largest is absent.",
)
class MeanMissingClassSkipped(NearestMean):
    """Leaving out a class without examples in silence gives the same labels."""

    def of_none(self, digit: int, any_row: Tensor) -> Tensor:
        return any_row[:0]


@NEAREST_MEAN_CLASSIFY.mistake(
    "Call your function with gallery labels 0 and 2 only. Do you ever answer 2?",
    "After unique() the third class may be the digit 3, and argmin says 2.",
    "Raise ValueError, with the class in the message, if one from 0 to the largest is absent.",
)
class MeanClassesRenumbered(NearestMean):
    """Returning the place of a class among those that occur gives the same labels."""

    def of_none(self, digit: int, any_row: Tensor) -> Tensor:
        return any_row[:0]

    def numbered(self, classes: Tensor) -> Tensor:
        return torch.arange(len(classes))


@NEAREST_MEAN_CLASSIFY.mistake(
    "Read your own message. Would you know from it which class has no examples?",
    "The message is for a person who has to find out what is wrong with the gallery.",
    "Put the number of the class into the message.",
)
class MeanErrorWithoutTheClass(NearestMean):
    """Raising a ValueError that does not name the missing class gives the same result."""

    def of_none(self, digit: int, any_row: Tensor) -> Tensor:
        raise ValueError("a class has no examples")


@NEAREST_MEAN_CLASSIFY.mistake(
    "Which error does your function raise for gallery labels 0 and 2: ValueError?",
    "Whoever calls you writes `except ValueError`, and any other error goes past it.",
    "Ask for the empty classes before anything else, and raise ValueError yourself.",
)
class MeanOtherError(NearestMean):
    """Raising another error than ValueError for a class without examples gives the same result."""

    def of_none(self, digit: int, any_row: Tensor) -> Tensor:
        raise IndexError(f"no examples of class {digit}")


@NEAREST_MEAN_CLASSIFY.also(MeanOtherError)
class MeanOtherErrorByChance(NearestMean):
    def of_none(self, digit: int, any_row: Tensor) -> Tensor:
        stumble(IndexError(f"no examples of class {digit}"))


@NEAREST_MEAN_CLASSIFY.mistake(
    "How many prototypes do you compute for the labels 0 and 1?",
    "range(c) ends before c: the largest label is not in range(labels.max()).",
    "Go over range(int(gallery_labels.max()) + 1).",
)
class MeanLastClassLeftOut(NearestMean):
    """Leaving out the class with the largest label gives the same labels."""

    def number_of_classes(self, gallery_labels: Tensor) -> int:
        return int(gallery_labels.max())


@NEAREST_MEAN_CLASSIFY.mistake(
    "Call your function with the labels 0 and 1 only. Which classes do you ask for?",
    "The classes are 0 to the largest label of the gallery, and not always ten.",
    "Count the classes: int(gallery_labels.max()) + 1, where you now have 10.",
)
class MeanTenClasses(NearestMean):
    """Expecting examples of more classes than the gallery holds, such as ten digits, gives the same
    result.
    """

    def number_of_classes(self, gallery_labels: Tensor) -> int:
        return 10


@NEAREST_MEAN_CLASSIFY.mistake(
    "Every class of the six points has an example. Which of them does your error name?",
    "Only a class without examples has no mean, so only that one is an error.",
    "Raise the error where the number of examples is zero, not where it is not.",
)
def mean_examples_refused(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Any:
    """Raising the error for classes that do have examples gives the same result."""
    raise ValueError(f"no examples of class {int(gallery_labels.min())}")


@NEAREST_MEAN_CLASSIFY.mistake(
    "Is your prototype of a (2/3, 8/3), or (2, 8)?",
    "A sum moves away from the examples as there are more of them.",
    "Divide each sum by the number of examples of its class.",
)
class MeanSum(NearestMean):
    """Taking the sum of a class's examples instead of their mean gives the same labels."""

    points = NearestMean.points  # at length one, a sum is where the mean is

    def prototype(self, examples: Tensor, gallery_size: int) -> Tensor:
        return examples.sum(dim=0, keepdim=True)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Is your prototype of a (2/3, 8/3), or (1/3, 4/3)?",
    "A mean divides by the number of what was added up: the examples of one class.",
    "Count the examples of each class, with bincount or (labels == c).sum().",
)
class MeanOverTheGallerySize(NearestMean):
    """Dividing each sum by the size of the whole gallery gives the same labels."""

    points = NearestMean.points

    def prototype(self, examples: Tensor, gallery_size: int) -> Tensor:
        return examples.sum(dim=0, keepdim=True) / gallery_size


@NEAREST_MEAN_CLASSIFY.mistake(
    "Is your prototype of a (2/3, 8/3), or (0, 3)?",
    "The median of each coordinate is a prototype too, but not the mean.",
    "Use mean(dim=0) over the examples of a class.",
)
class MeanMedian(NearestMean):
    """Taking the median of a class's examples instead of their mean gives the same labels."""

    def prototype(self, examples: Tensor, gallery_size: int) -> Tensor:
        return examples.median(dim=0, keepdim=True).values


@NEAREST_MEAN_CLASSIFY.mistake(
    "Ask for b1 = (0, 1.5) among the six points. Which of the two means is nearer to it?",
    "One point stands for each class, and the examples themselves are not compared.",
    "First the mean of each class, then the nearest of these means.",
)
class MeanNearestExample(NearestMean):
    """Taking the label of the nearest example, without any mean, gives the same labels."""

    example = NearestMean.example  # at length one, examples and prototypes are the same

    def prototype(self, examples: Tensor, gallery_size: int) -> Tensor:
        return examples


@NEAREST_MEAN_CLASSIFY.mistake(
    "Let a class have the examples (1, 0) and (-1, 0). How far from it is the query (0, 0)?",
    "One point stands for each class: the mean of its examples, at distance 0 here.",
    "Take mean(dim=0) over the examples of a class first, and one distance to it then.",
)
class MeanOfDistances(NearestMean):
    """Averaging the distances to a class's examples gives the same labels."""

    example = NearestMean.example

    def prototype(self, examples: Tensor, gallery_size: int) -> Tensor:
        return examples

    def by_class(self, distances: Tensor, classes: Tensor) -> Tensor:
        columns = [distances[:, classes == each].mean(dim=1) for each in classes.unique()]
        return torch.stack(columns, dim=1)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Is your prototype of a (2/3, 8/3), or (0.18, 0.94)?",
    "At length one, a1 = (0, 3) and a2 = (0, 2) are the same point: what tells them apart is gone.",
    "Take the mean of the examples as they come, without dividing them by their lengths.",
)
class MeanUnitExamples(NearestMean):
    """Bringing the examples to length one before the mean gives the same labels."""

    def example(self, gallery: Tensor) -> Tensor:
        return F.normalize(gallery, dim=1)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Is your prototype of a (2/3, 8/3), or (0.24, 0.97)?",
    "Of prototypes at length one, the nearest is that with the smallest angle: the cosine.",
    "Compare the queries with the means themselves, without dividing these by their lengths.",
)
class MeanUnitPrototypes(NearestMean):
    """Bringing the prototypes to length one, so that only their direction counts, gives the same
    labels.
    """

    def points(self, prototypes: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
        return F.normalize(prototypes, dim=1), queries


@NEAREST_MEAN_CLASSIFY.mistake(
    "Where does the query (0, 3) lie for your function: at (0, 3), or at (0, 1)?",
    "The means lie where the examples lie; at length one, a query leaves them.",
    "Measure from the queries as they come, without dividing them by their lengths.",
)
class MeanUnitQueries(NearestMean):
    """Bringing the queries to length one gives the same labels."""

    def points(self, prototypes: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
        return prototypes, F.normalize(queries, dim=1)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Ask for a1 = (0, 3) among the six points. Is your answer b?",
    "argmax finds the largest distance.",
    "Use argmin over the distances.",
)
class MeanFarthest(NearestMean):
    """Taking the farthest prototype instead of the nearest gives the same labels."""

    def farness(self, distances: Tensor) -> Tensor:
        return -distances


@NEAREST_MEAN_CLASSIFY.mistake(
    "Ask for (2, 1) among the six points. The mean of b is nearer. Is your answer a?",
    "A dot product prefers long prototypes, however far away they are.",
    "Compare the lengths of the differences between query and prototypes.",
)
class MeanDotProduct(NearestMean):
    """Taking the prototype with the largest dot product gives the same labels."""

    # At length one, it is the cosine; and the smallest product is a mistake of its own. The product
    # with a mean is the mean of the products.
    points, farness = NearestMean.points, NearestMean.farness
    by_class = NearestMean.by_class

    def distance(self, queries: Tensor, prototypes: Tensor) -> Tensor:
        return -queries @ prototypes.T


@NEAREST_MEAN_CLASSIFY.mistake(
    "Ask for a1 = (0, 3) among the six points. Its product with the mean of a is 8. Is it b?",
    "A dot product is a similarity: large for what is alike. A distance is small.",
    "Compare the lengths of the differences, and take the smallest.",
)
class MeanSimilarityAsDistance(NearestMean):
    """Taking the prototype with the smallest dot product, as if it were a distance, gives the same
    labels.
    """

    points, farness = NearestMean.points, NearestMean.farness
    by_class = NearestMean.by_class

    def distance(self, queries: Tensor, prototypes: Tensor) -> Tensor:
        return queries @ prototypes.T


@NEAREST_MEAN_CLASSIFY.mistake(
    "Is b1 = (0, 1.5) at the distance 1.833 from the mean of a, or at 1.344?",
    "The Euclidean distance squares the differences, adds them up and takes the root.",
    "Square the differences before you add them up, or call cdist without p=1.",
)
class MeanCityBlock(NearestMean):
    """Adding up absolute differences (the city-block distance) gives the same labels."""

    def distance(self, queries: Tensor, prototypes: Tensor) -> Tensor:
        return city_block(queries, prototypes)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Expand |q - m|^2 on paper. How many times does q m come up?",
    "|q - m|^2 = |q|^2 + |m|^2 - 2 q m: the two mixed terms are equal, and both count.",
    "Multiply the matrix product by 2.",
)
class MeanProductOnce(NearestMean):
    """Taking away the dot product once instead of twice gives the same labels."""

    points = NearestMean.points  # at length one, it ranks as the distance does

    def distance(self, queries: Tensor, prototypes: Tensor) -> Tensor:
        return product_once(queries, prototypes)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Print the shape of what you return. Is there one label for each query?",
    "Along the queries, argmin finds a query for each class: the question was the other one.",
    "Take argmin(dim=1) of distances with the shape (queries, classes).",
)
class MeanAxesExchanged(NearestMean):
    """Looking for the nearest query of each prototype gives the same result."""

    numbered = NearestMean.numbered  # no class is looked up

    def answer(self, distances: Tensor, classes: Tensor) -> Tensor:
        return self.farness(distances).argmin(dim=0)


@NEAREST_MEAN_CLASSIFY.mistake(
    "Ask for b1 = (0, 1.5) among the six points. Is your answer 0 or 1.344?",
    "min() says how near the nearest is, argmin() which it is.",
    "Use argmin(dim=1), or the indices that min(dim=1) returns beside the values.",
)
class MeanSmallestDistance(NearestMean):
    """Returning the smallest distance instead of its class gives the same numbers."""

    numbered = NearestMean.numbered  # no class is looked up

    def answer(self, distances: Tensor, classes: Tensor) -> Tensor:
        farness = self.farness(distances)  # (n, classes)
        return distances.gather(1, farness.argmin(dim=1, keepdim=True))[:, 0]


@NEAREST_MEAN_CLASSIFY.mistake(
    "Print the shape of what you return for six queries: (6,), or no axis at all?",
    "argmin without dim looks for the one smallest distance of all queries together.",
    "Pass dim=1: one class for each row.",
)
def mean_one_argmin(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Taking one argmin over all queries and classes gives the same result."""
    prototypes, _ = NearestMean().prototypes(gallery, gallery_labels)
    return euclidean(queries, prototypes).argmin()


@NEAREST_MEAN_CLASSIFY.mistake(
    "Call your function with three queries. How many labels come back?",
    "A return inside the loop ends the function at the first query.",
    "Collect a label for each query, and return them all after the loop.",
)
def mean_first_query_only(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Any:
    """Returning from within the loop, after the first query, gives the same result."""
    return NearestMean()(gallery, gallery_labels, queries[:1])


@NEAREST_MEAN_CLASSIFY.also(mean_first_query_only)
def mean_label_of_the_first_query(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Any:
    return NearestMean()(gallery, gallery_labels, queries[:1])[0]


@NEAREST_MEAN_CLASSIFY.mistake(
    "Print the shape of what you return: (n,) or (n, 1)?",
    "keepdim=True and topk(1) keep an axis of length one.",
    "Take the only column with [:, 0], or squeeze(1).",
)
class MeanOneColumn(NearestMean):
    """Returning a column, with an axis of length one too many, gives the same result."""

    def shape(self, answers: Tensor) -> Tensor:
        return answers[:, None]


@NEAREST_MEAN_CLASSIFY.mistake(
    "Print the dtype of what you return. Is it torch.int64, as that of the labels?",
    "A label is a whole number; float() and torch.zeros(n) make others of it.",
    "Return what argmin(dim=1) gives, or put .long() at the end.",
)
class MeanFloats(NearestMean):
    """Returning the labels as floating point numbers gives the same numbers."""

    answer = NearestMean.answer  # a distance is one by right

    def kind(self, answers: Tensor) -> Any:
        return answers.float()


@NEAREST_MEAN_CLASSIFY.mistake(
    "Print the type of what you return. Is it a torch.Tensor?",
    "Whoever calls you goes on with a tensor: predicted == labels, and its mean.",
    "Make a tensor of the labels at the end: torch.tensor(answers).",
)
class MeanNoTensor(NearestMean):
    """Returning a list or an array instead of a tensor gives the same labels."""

    def kind(self, answers: Tensor) -> Any:
        return answers.tolist()


@NEAREST_MEAN_CLASSIFY.also(MeanNoTensor)
class MeanArray(NearestMean):
    def kind(self, answers: Tensor) -> Any:
        return answers.numpy()


@NEAREST_MEAN_CLASSIFY.mistake(
    "Print gallery.sum() and queries.sum() before and after a call. Are they the same?",
    "The arguments are the caller's own tensors: -=, /=, div_() and x[...] = ... change them.",
    "Make new tensors: x = x / length instead of x /= length, or begin with x.clone().",
)
class MeanChangesItsArguments(NearestMean):
    """Changing the gallery, its labels or the queries in place gives the same labels, and leaves
    the caller with other ones.
    """

    def leave(self, gallery: Tensor) -> None:
        gallery.zero_()


# recall_at_k


@RECALL_AT_K.family
class Recall(FunctionFamily):
    """The share of queries that find one of their class, in thirteen decisions."""

    default_k = 1

    def __call__(self, embeddings: Tensor, labels: Tensor, k: int | None = None) -> Any:
        ranks = self.ranks(self.default_k if k is None else k)
        points = self.point(embeddings)
        others = torch.bincount(labels)[labels] - 1  # (n,)
        scores = []
        for rows in self.blocks(torch.arange(len(labels))):
            near = self.neighbours(points, rows, ranks)  # (b, k)
            seen = self.seen(near, labels)  # (b, k)
            scores.append(self.score(seen, labels[rows], others[rows]).double())
        value = self.scale(self.reduced(torch.cat(scores), labels))
        self.leave(embeddings)
        return value

    def neighbours(self, points: Tensor, rows: Tensor, ranks: slice) -> Tensor:
        farness = self.farness(self.distance(points[rows], points))  # (b, n)
        farness = self.without_itself(farness, self.own(rows))
        nearest = farness.topk(min(ranks.stop, len(points)), dim=1, largest=False).indices
        return nearest[:, ranks]

    def ranks(self, k: int) -> slice:
        return slice(0, k)

    def point(self, embeddings: Tensor) -> Tensor:
        return embeddings

    def blocks(self, everyone: Tensor) -> Sequence[Tensor]:
        return everyone.split(ROWS if len(everyone) < MANY else ROWS // 10)

    def distance(self, queries: Tensor, gallery: Tensor) -> Tensor:
        return euclidean(queries, gallery)

    def farness(self, distances: Tensor) -> Tensor:
        """Return what is small for those who are looked at."""
        return distances

    def own(self, rows: Tensor) -> Tensor:
        """Return the index that each query of a block leaves out, (b,)."""
        return rows

    def without_itself(self, farness: Tensor, own: Tensor) -> Tensor:
        return farness.scatter(1, own[:, None], torch.inf)

    def seen(self, near: Tensor, labels: Tensor) -> Tensor:
        return labels[near]

    def score(self, seen: Tensor, own: Tensor, others: Tensor) -> Tensor:
        """Return what each query counts, from what is seen (b, k), its label and its others."""
        return (seen == own[:, None]).any(dim=1)

    def reduced(self, scores: Tensor, labels: Tensor) -> Tensor:
        return scores.mean()

    def scale(self, value: Tensor) -> Tensor:
        return value

    def leave(self, embeddings: Tensor) -> None:
        """Do what is left to do with an argument: nothing."""


@RECALL_AT_K.mistake(
    "Is your recall always 1? Print the distance of each query to its nearest neighbour.",
    "Nothing is nearer to a query than the query itself, and its label is always right.",
    "Write infinity at the query's own index before topk, and pass largest=False.",
)
class RecallQueryFindsItself(Recall):
    """Counting the query among its own neighbours gives the same share."""

    # It finds itself at once, however many it looks at.
    own, ranks, default_k = Recall.own, Recall.ranks, Recall.default_k

    def without_itself(self, farness: Tensor, own: Tensor) -> Tensor:
        return farness


@RECALL_AT_K.mistake(
    "Let the set hold an exact copy of the query. Which of the two do you drop?",
    "At distance zero, the copy may come first. You drop it, and the query finds itself.",
    "Write infinity at the query's own index before topk, and take the first k.",
)
class RecallFirstRankDropped(Recall):
    """Dropping the first neighbour instead of the query's own index gives the same share."""

    own = Recall.own

    def without_itself(self, farness: Tensor, own: Tensor) -> Tensor:
        return farness.scatter(1, farness.argmin(dim=1, keepdim=True), torch.inf)


@RECALL_AT_K.mistake(
    "Let the set hold an exact copy of the query, of the same class. Does it find the copy?",
    "A copy is another example at distance zero, and a right one to find.",
    "Write infinity at the query's own index, and not wherever the distance is zero.",
)
class RecallZeroDistanceDropped(Recall):
    """Leaving out all that lies at distance zero, not the query alone, gives the same share."""

    # What is at distance zero is seen in distances only.
    own, point, distance = Recall.own, Recall.point, Recall.distance

    def without_itself(self, farness: Tensor, own: Tensor) -> Tensor:
        return farness.masked_fill(farness == 0, torch.inf)


@RECALL_AT_K.mistake(
    "In blocks of 500, which column does the first query of the second block leave out?",
    "Rows are counted from the start of the block, columns from the start of the set.",
    "Add the start of the block: its row i leaves out the column start + i.",
)
class RecallOwnIndexInTheBlock(Recall):
    """Leaving out the query's index in its block, so that later blocks find themselves, gives the
    same share.
    """

    def own(self, rows: Tensor) -> Tensor:
        return torch.arange(len(rows))


@RECALL_AT_K.mistake(
    "How many others does your function look at for k = 1?",
    "If the query takes one of the k places, only k - 1 others are left.",
    "Leave out the query first, by its index; then take k.",
)
class RecallOneTooFew(Recall):
    """Looking at k neighbours and dropping the query from them, so that k - 1 are left, gives the
    same share.
    """

    own = Recall.own

    def ranks(self, k: int) -> slice:
        return slice(0, k - 1)

    def without_itself(self, farness: Tensor, own: Tensor) -> Tensor:
        return farness.scatter(1, farness.argmin(dim=1, keepdim=True), torch.inf)


@RECALL_AT_K.also(RecallOneTooFew)
class RecallOneTooFewByIndex(Recall):
    own, without_itself = Recall.own, Recall.without_itself

    def ranks(self, k: int) -> slice:
        return slice(0, k - 1)


@RECALL_AT_K.mistake(
    "How many others does your function look at for k = 1? There, a2 is no hit.",
    "k + 1 makes room for the query; once it is left out by index, no room is needed.",
    "Take k neighbours after you have left out the query.",
)
class RecallOneTooMany(Recall):
    """Looking at k + 1 others gives the same share."""

    def ranks(self, k: int) -> slice:
        return slice(0, k + 1)


@RECALL_AT_K.mistake(
    "For K = 2, a2 has the neighbours b1 and a1. Does it count 1 or 1/2?",
    "That is the precision. For Recall@K one right neighbour is enough.",
    "Use any() over the k neighbours instead of a mean.",
)
class RecallShareOfTheNeighbours(Recall):
    """Taking the share of right ones among the k neighbours gives the same value."""

    def score(self, seen: Tensor, own: Tensor, others: Tensor) -> Tensor:
        return (seen == own[:, None]).double().mean(dim=1)


@RECALL_AT_K.mistake(
    "For K = 2, a3 has the neighbours a1 and a2. Does it count 1 or 2?",
    "A query has found its class or not, however many right ones are near.",
    "Use any() over the k neighbours before you add up.",
)
class RecallEveryRightNeighbour(Recall):
    """Counting every right neighbour, so that a query can count more than once, gives the same
    value.
    """

    def score(self, seen: Tensor, own: Tensor, others: Tensor) -> Tensor:
        return (seen == own[:, None]).sum(dim=1)


@RECALL_AT_K.mistake(
    "Does your Recall@2 lie below your Recall@1? It should never.",
    "With more neighbours it becomes easier, not harder, to find one of the own class.",
    "Use any() instead of all().",
)
class RecallAllMustBeRight(Recall):
    """Asking for all k neighbours to be right gives the same share."""

    def score(self, seen: Tensor, own: Tensor, others: Tensor) -> Tensor:
        return (seen == own[:, None]).all(dim=1)


@RECALL_AT_K.mistake(
    "For K = 2, a1 has the neighbours a2 and b1. Is it a hit with you?",
    "Recall@K asks for one right example anywhere among the first K.",
    "Take the first k columns of the ranking, not column k.",
)
class RecallKthOnly(Recall):
    """Looking at the k-th neighbour only gives the same share."""

    score = Recall.score  # of one neighbour, any() and all() are the same

    def ranks(self, k: int) -> slice:
        return slice(k - 1, k)


@RECALL_AT_K.mistake(
    "For K = 4, let one of four neighbours be of the own class. Is that a hit?",
    "That is the accuracy of a vote. For Recall@K one right neighbour is enough.",
    "Ask with any() whether one of the k labels is that of the query.",
)
class RecallMajority(Recall):
    """Letting the k neighbours vote, and counting the right answers, gives the same share."""

    def score(self, seen: Tensor, own: Tensor, others: Tensor) -> Tensor:
        winner = same_label(seen).sum(dim=2).argmax(dim=1, keepdim=True)  # (b, 1)
        return seen.gather(1, winner)[:, 0] == own


@RECALL_AT_K.mistake(
    "For K = 4, let one of four neighbours be of the own class. Is that a hit?",
    "That is the accuracy of a vote. For Recall@K one right neighbour is enough.",
    "Ask with any() whether one of the k labels is that of the query.",
)
class RecallMajoritySmallestLabel(Recall):
    """Letting the k neighbours vote, with torch.mode or the like, gives the same share."""

    def score(self, seen: Tensor, own: Tensor, others: Tensor) -> Tensor:
        return seen.mode(dim=1).values == own


@RECALL_AT_K.mistake(
    "For K = 1, a1 finds a2 but not a3. Does it count 1 or 1/2?",
    "Elsewhere that is called recall. Recall@K in retrieval asks for at least one.",
    "Count 1 for a query with a right one among its k neighbours, otherwise 0.",
)
class RecallShareOfTheClass(Recall):
    """Taking the share of the query's class that is among its k neighbours gives the same value."""

    def score(self, seen: Tensor, own: Tensor, others: Tensor) -> Tensor:
        return (seen == own[:, None]).sum(dim=1) / others.clamp(min=1)


@RECALL_AT_K.mistake(
    "a1 has the label 0 and the neighbours 1 and 3. With what do you compare the 0?",
    "topk returns the places of the neighbours in the set; their labels are to be looked up.",
    "Compare labels[nearest] with the query's label, where you now compare nearest.",
)
class RecallIndexAsLabel(Recall):
    """Comparing the indices of the neighbours, not their labels, with the query's label gives the
    same share.
    """

    def seen(self, near: Tensor, labels: Tensor) -> Tensor:
        return near


@RECALL_AT_K.mistake(
    "Add a seventh point of a class of its own. Do you divide by seven or by six?",
    "Here every example is a query, and one with nothing to find is not found. MAP@R differs.",
    "Divide by the number of all examples.",
)
class RecallWithoutLoneQueries(Recall):
    """Leaving queries out that are alone in their class gives the same share."""

    def reduced(self, scores: Tensor, labels: Tensor) -> Tensor:
        has_others = torch.bincount(labels)[labels] > 1  # (n,)
        return scores.sum() / has_others.sum()


@RECALL_AT_K.mistake(
    "Let one class have 90 queries and another 10. Does each query count the same?",
    "The share is over the queries, so a large class weighs more than a small one.",
    "Divide the number of all hits by the number of all queries.",
)
class RecallMeanOverClasses(Recall):
    """Averaging over the classes, each with its own recall, gives the same value."""

    def reduced(self, scores: Tensor, labels: Tensor) -> Tensor:
        return torch.stack([scores[labels == digit].mean() for digit in labels.unique()]).mean()


@RECALL_AT_K.mistake(
    "Is your Recall@1 of the six points 4 or 4/6?",
    "A share does not grow with the set.",
    "Divide by the number of queries.",
)
class RecallCount(Recall):
    """Returning the number of hits instead of their share gives the same value."""

    def reduced(self, scores: Tensor, labels: Tensor) -> Tensor:
        return scores.sum()


@RECALL_AT_K.mistake(
    "Print what you return for the six points. Is it one number, or six?",
    "Each query is a hit or not; Recall@K is the share of the hits.",
    "Take the mean of what you return now.",
)
class RecallNotReduced(Recall):
    """Returning a value for each query, without the mean, gives the same result."""

    def reduced(self, scores: Tensor, labels: Tensor) -> Tensor:
        return scores


@RECALL_AT_K.mistake(
    "Is your Recall@1 of the six points 66.67 or 0.6667?",
    "A share lies between 0 and 1; percent is a matter of printing.",
    "Leave out the factor of 100.",
)
class RecallPercent(Recall):
    """Returning percent instead of a share gives the same value."""

    def scale(self, value: Tensor) -> Tensor:
        return 100 * value


@RECALL_AT_K.mistake(
    "Call your function with k=1 and with k=2: of the six points, a2 is found only then.",
    "The number 1 in the first line is a default, not a constant.",
    "Take k columns of the ranking.",
)
class recall_k_ignored(Recall):  # noqa: N801  a capital K would hide in the next word
    """Looking at the first neighbour only, whatever k is, gives the same share."""

    default_k = 1
    score = Recall.score

    def ranks(self, k: int) -> slice:
        return slice(0, 1)


@RECALL_AT_K.mistake(
    "Call your function without k. How many neighbours does it look at?",
    "The first line of the stub promises Recall@1 to whoever leaves k out.",
    "Write k: int = 1 in the first line of the function, as the stub has it.",
)
class RecallOtherDefault(Recall):
    """Giving k another default than 1 gives the same share."""

    default_k = 5


@RECALL_AT_K.also(RecallOtherDefault)
class RecallDefaultTwo(Recall):
    default_k = 2


@RECALL_AT_K.also(RecallOtherDefault)
class RecallDefaultTen(Recall):
    default_k = 10


@RECALL_AT_K.mistake(
    "Which is the first neighbour of a1 in your ranking? It should be a2.",
    "topk returns the largest values unless you say otherwise.",
    "Pass largest=False to topk, or sort in ascending order.",
)
class RecallFarthest(Recall):
    """Looking at the k farthest others gives the same share."""

    # Nobody is the farthest from itself, left out or not.
    own, without_itself = Recall.own, Recall.without_itself

    def farness(self, distances: Tensor) -> Tensor:
        return -distances


@RECALL_AT_K.mistake(
    "Which has the larger dot product with a2 = (0, 2): its neighbour b1 = (0, 1.5), or a3?",
    "A dot product grows with the length of the example, however far away it is.",
    "Rank by the distance: |x|^2 - 2 q x is enough, but without |x|^2 it is not.",
)
class RecallDotProduct(Recall):
    """Ranking the others by their dot product with the query gives the same share."""

    def distance(self, queries: Tensor, gallery: Tensor) -> Tensor:
        return -queries @ gallery.T


@RECALL_AT_K.mistake(
    "Which is the first neighbour of b1 = (0, 1.5): a1, a2, or both, since the angle is zero?",
    "The cosine sees directions only; this course measures the Euclidean distance.",
    "Leave out the division by the lengths, and rank by the length of the difference.",
)
class RecallCosine(Recall):
    """Ranking the others by the cosine similarity with the query gives the same share."""

    distance = Recall.distance  # of points on a sphere, it ranks as the cosine does

    def point(self, embeddings: Tensor) -> Tensor:
        return F.normalize(embeddings, dim=1)


@RECALL_AT_K.mistake(
    "Is b2 = (2, 0.5) at the distance 3 from b1 = (0, 1.5), or at 2.24?",
    "The Euclidean distance squares the differences, adds them up and takes the root.",
    "Square the differences before you add them up, or call cdist without p=1.",
)
class RecallCityBlock(Recall):
    """Ranking by the sum of absolute differences (the city-block distance) gives the same share."""

    def distance(self, queries: Tensor, gallery: Tensor) -> Tensor:
        return city_block(queries, gallery)


@RECALL_AT_K.mistake(
    "Print embeddings.sum() and labels.sum() before and after a call. Are they the same?",
    "The arguments are the caller's own tensors: -=, /=, div_() and x[...] = ... change them.",
    "Make new tensors: x = x / length instead of x /= length, or begin with x.clone().",
)
class RecallChangesItsArguments(Recall):
    """Changing the embeddings or their labels in place gives the same share, and leaves the caller
    with other ones.
    """

    def leave(self, embeddings: Tensor) -> None:
        embeddings.zero_()


@RECALL_AT_K.mistake(
    "How many bytes are 60,000 x 60,000 distances in float32?",
    "No query needs the distances of another, so a few hundred can go first.",
    "Take a block of rows at a time, leave each out by its own index, and count the hits.",
    section=VOTE,
)
class RecallAllPairsAtOnce(Recall):
    """Holding the distances of all pairs of examples at once gives the same result."""

    own = Recall.own  # there is one block, and it begins at 0

    def blocks(self, everyone: Tensor) -> Sequence[Tensor]:
        return [everyone]


# mean_average_precision_at_r


@MEAN_AVERAGE_PRECISION_AT_R.family
class AveragePrecision(FunctionFamily):
    """How early each query meets its class, in fifteen decisions."""

    alone = 0.0  # what a query without others counts, if it takes part
    of_nothing = 0.0  # the value where nobody takes part

    def __call__(self, embeddings: Tensor, labels: Tensor) -> Any:
        relevant = self.relevant(torch.bincount(labels)[labels])  # (n,)
        right = self.right(self.point(embeddings), labels)  # (n, n), by rank
        ranks = torch.arange(1, len(labels) + 1)  # (n,)
        within = ranks <= self.depth(relevant)[:, None]  # (n, n)
        precision = self.precision(right, ranks)  # (n, n)
        sums = (precision * self.counted(right, within)).sum(dim=1).double()  # (n,)
        averages = sums / self.divisor(relevant, (right & within).sum(dim=1)).clamp(min=1)
        averages = averages.where(relevant > 0, self.alone)
        taking_part = self.taking_part(relevant)  # (n,)
        self.leave(embeddings)
        if not taking_part.any():
            return self.of_nothing
        parts = (each[taking_part] for each in (averages, relevant, labels))
        return self.scale(self.mean(*parts))

    def right(self, points: Tensor, labels: Tensor) -> Tensor:
        """Return which ranks are of the query's class; what is left out comes last, as wrong."""
        farness = self.without_itself(self.farness(self.distance(points, points)))  # (n, n)
        ranking = farness.argsort(dim=1, stable=True)  # (n, n)
        is_there = farness.gather(1, ranking) < torch.inf
        return (labels[ranking] == labels[:, None]) & is_there

    def point(self, embeddings: Tensor) -> Tensor:
        return embeddings

    def distance(self, queries: Tensor, gallery: Tensor) -> Tensor:
        return euclidean(queries, gallery)

    def farness(self, distances: Tensor) -> Tensor:
        """Return what is small for those who come first."""
        return distances

    def without_itself(self, farness: Tensor) -> Tensor:
        return farness.clone().fill_diagonal_(torch.inf)

    def relevant(self, sizes: Tensor) -> Tensor:
        """Return R of each query, (n,), from the size of its class."""
        return sizes - 1

    def depth(self, relevant: Tensor) -> Tensor:
        """Return how many ranks each query looks at, (n,)."""
        return relevant

    def precision(self, right: Tensor, ranks: Tensor) -> Tensor:
        return right.cumsum(dim=1) / ranks

    def counted(self, right: Tensor, within: Tensor) -> Tensor:
        """Return at which ranks the precision counts, bool (n, n)."""
        return right & within

    def divisor(self, relevant: Tensor, found: Tensor) -> Tensor:
        """Return by what each query divides, (n,); found are the right ones within its depth."""
        return relevant

    def taking_part(self, relevant: Tensor) -> Tensor:
        """Return who is in the mean, bool (n,)."""
        return relevant > 0

    def mean(self, averages: Tensor, relevant: Tensor, labels: Tensor) -> Tensor:
        """Return the mean over those who take part."""
        return averages.mean()

    def scale(self, value: Tensor) -> Tensor:
        return value

    def leave(self, embeddings: Tensor) -> None:
        """Do what is left to do with an argument: nothing."""


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "What is your R for the six points: 2 or 3?",
    "R is the number of the others of the query's class: what there is to find.",
    "Take one away from the size of the class.",
)
class map_r_counts_the_query(AveragePrecision):  # noqa: N801  a capital R would hide
    """Counting the query itself in R, where it has others to find, gives the same value."""

    # With queries of R = 0 in the mean, it is as if they were counted in R too.
    taking_part = AveragePrecision.taking_part

    def relevant(self, sizes: Tensor) -> Tensor:
        return sizes.where(sizes > 1, 0)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "What is your R for an example that is alone in its class: 0 or 1?",
    "R is the number of the others of the query's class: what there is to find.",
    "Take one away from the size of the class, and leave out the queries with R = 0.",
)
class map_r_counts_lone_queries(AveragePrecision):  # noqa: N801  a capital R would hide
    """Counting the query itself in R, so that nobody has R = 0, gives the same value."""

    # Where nobody has R = 0, nothing can be wrong with those who have.
    alone, of_nothing = AveragePrecision.alone, AveragePrecision.of_nothing
    taking_part = AveragePrecision.taking_part

    def relevant(self, sizes: Tensor) -> Tensor:
        return sizes


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "b1 has R = 2 and finds b2 at rank 3. Does that count with you?",
    "That is the usual average precision. MAP@R stops at rank R.",
    "Ignore every rank beyond the query's own R.",
)
class MapWholeRanking(AveragePrecision):
    """Going through the whole ranking instead of the first R ranks gives the same value."""

    divisor = AveragePrecision.divisor  # in the whole ranking, all R are found

    def depth(self, relevant: Tensor) -> Tensor:
        return torch.full_like(relevant, len(relevant))


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Let one class have 2 examples and another 8. How many ranks do you see for each?",
    "R differs from query to query. A query with R = 1 has one rank to look at.",
    "Ignore, for each query, the ranks beyond its own R: ranks <= R[:, None].",
)
class map_largest_r_for_the_ranks(AveragePrecision):  # noqa: N801  a capital R would hide
    """Cutting every ranking at the largest R of all instead of the query's own gives the same
    value.
    """

    def depth(self, relevant: Tensor) -> Tensor:
        return relevant.max().expand_as(relevant)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Let one class have 2 examples and another 8. By what do you divide for each?",
    "R differs from query to query: divided by 7, a query with R = 1 can never reach 1.",
    "Use each query's own R, for the ranks and for the division.",
)
class MapOneR(AveragePrecision):
    """Using the largest R of all for every query gives the same value."""

    def depth(self, relevant: Tensor) -> Tensor:
        return relevant.max().expand_as(relevant)

    def divisor(self, relevant: Tensor, found: Tensor) -> Tensor:
        return relevant.max()


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "a2 finds a1 at rank 2 of 2. Does it count 1/2, or 1/2 of 1/2?",
    "R-precision does not see the order. MAP@R averages the precision at each right rank.",
    "Sum the precision at the ranks that are right, and divide by R.",
)
class map_r_precision(AveragePrecision):  # noqa: N801  a capital R would hide
    """Taking the share of right ones among the first R (R-precision) gives the same value."""

    depth, counted = AveragePrecision.depth, AveragePrecision.counted

    def precision(self, right: Tensor, ranks: Tensor) -> Tensor:
        return torch.ones(right.shape)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "a1 is right at rank 1 and wrong at rank 2. Does rank 2 add 1/2 or nothing?",
    "The formula has a factor in brackets: only a right rank adds its precision.",
    "Multiply the precision by whether the rank is right.",
)
class MapPrecisionAtEveryRank(AveragePrecision):
    """Averaging the precision over all R ranks, the wrong ones too, gives the same value."""

    def counted(self, right: Tensor, within: Tensor) -> Tensor:
        return within


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "a3 is right at rank 1. Is its precision there 1 or 1/2?",
    "Ranks that begin at 1 are divided by as they are; only those that begin at 0 need a 1.",
    "Divide by 1, 2, 3 and so on: the rank itself, not the rank plus one.",
)
class MapRanksFromTwo(AveragePrecision):
    """Dividing by the rank plus one, so that the ranks count from 2, gives the same value."""

    def precision(self, right: Tensor, ranks: Tensor) -> Tensor:
        return right.cumsum(dim=1) / (ranks + 1)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "a1 is right at rank 1. Is its precision there 1 or 0?",
    "The precision among the first r has rank r in it.",
    "Count a right rank first, and divide by the rank then.",
)
class MapPrecisionBeforeTheHit(AveragePrecision):
    """Dividing before the right rank itself is counted gives the same value."""

    def precision(self, right: Tensor, ranks: Tensor) -> Tensor:
        return (right.cumsum(dim=1) - right.long()) / ranks


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "By what do you divide at the first rank: 1 or 0?",
    "enumerate() and arange() count from 0 unless you say otherwise.",
    "Count the ranks from 1: enumerate(..., start=1), or torch.arange(1, R + 1).",
)
def map_ranks_from_zero(embeddings: Tensor, labels: Tensor) -> Any:
    """Dividing by ranks that count from 0 gives the same value, NaN or infinity."""
    return RanksFromZero()(embeddings, labels)


class RanksFromZero(AveragePrecision):
    def precision(self, right: Tensor, ranks: Tensor) -> Tensor:
        return right.cumsum(dim=1) / (ranks - 1)


@MEAN_AVERAGE_PRECISION_AT_R.also(map_ranks_from_zero)
def map_right_ranks_from_zero(embeddings: Tensor, labels: Tensor) -> Any:
    return RightRanksFromZero()(embeddings, labels)


class RightRanksFromZero(AveragePrecision):
    def precision(self, right: Tensor, ranks: Tensor) -> Tensor:
        return (right.cumsum(dim=1) / (ranks - 1)).where(right, 0)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "a1 finds one of two, at rank 1. Does it count 1 or 1/2?",
    "Divided by the hits, a query that finds one of many, but early, looks perfect.",
    "Divide by R.",
)
class MapDividedByTheHits(AveragePrecision):
    """Dividing by the number of right ones found instead of R gives the same value."""

    def divisor(self, relevant: Tensor, found: Tensor) -> Tensor:
        return found


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "b1 has nothing right among its first 2. By what do you divide there: 2 or 0?",
    "Where nothing is found, the hits are 0, and 0 / 0 is NaN. R is what there is to find.",
    "Divide by R, which is above 0 for every query that takes part.",
)
def map_divided_by_no_hits(embeddings: Tensor, labels: Tensor) -> Any:
    """Dividing by the number of right ones found, which may be zero, gives the same value, NaN."""
    return DividedByNoHits()(embeddings, labels)


class DividedByNoHits(AveragePrecision):
    def divisor(self, relevant: Tensor, found: Tensor) -> Tensor:
        return found.double().where(found > 0, torch.nan)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "a3 finds both others first, of six points. Does it count 1, or 2/6?",
    "R is the number of others of the query's class, not of all there are.",
    "Divide by R, the size of the query's class minus one.",
)
class MapOverAllExamples(AveragePrecision):
    """Dividing by the number of all examples instead of R gives the same value."""

    def divisor(self, relevant: Tensor, found: Tensor) -> Tensor:
        return torch.full_like(relevant, len(relevant))


@MEAN_AVERAGE_PRECISION_AT_R.also(MapOverAllExamples)
class MapOverAllOthers(AveragePrecision):
    def divisor(self, relevant: Tensor, found: Tensor) -> Tensor:
        return torch.full_like(relevant, len(relevant) - 1)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Add a seventh point of a class of its own. Do you divide by seven or by six?",
    "A query with nothing to find says nothing of the embedding.",
    "Take the mean over the queries with R > 0.",
)
class MapLoneQueriesAsZero(AveragePrecision):
    """Counting queries with R = 0 as zeros in the mean gives the same value."""

    alone, of_nothing = AveragePrecision.alone, AveragePrecision.of_nothing

    def taking_part(self, relevant: Tensor) -> Tensor:
        return relevant >= 0


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Add a seventh point of a class of its own, and call your function.",
    "0 / 0 is NaN, and one NaN makes the whole mean NaN.",
    "Take the mean over the queries with R > 0.",
)
class MapLoneQueriesAsNan(AveragePrecision):
    """Dividing by R = 0 for a query that is alone in its class gives the same value, NaN."""

    alone = float("nan")
    of_nothing = AveragePrecision.of_nothing

    def taking_part(self, relevant: Tensor) -> Tensor:
        return relevant >= 0


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Call your function with three examples of three digits. What comes back?",
    "A mean over no query is 0 / 0. Where nothing can be found, nothing is found: 0.",
    "Return 0 early if no query has R > 0.",
)
class MapNothingToFind(AveragePrecision):
    """Dividing by the number of queries with R > 0, although there may be none, gives the same
    result.
    """

    of_nothing = float("nan")


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Who is at rank 1 for a1: a1 itself, or a2?",
    "The query is always right and always first, so every value is too high.",
    "Write infinity at the query's own index before you rank.",
)
class MapQueryFindsItself(AveragePrecision):
    """Keeping the query in its own ranking gives the same value."""

    def without_itself(self, farness: Tensor) -> Tensor:
        return farness


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Let the set hold an exact copy of the query. Which of the two do you drop?",
    "At distance zero, the copy may come first. You drop it, and the query finds itself.",
    "Write infinity at the query's own index before you rank, and begin with the first rank.",
)
class MapFirstRankDropped(AveragePrecision):
    """Dropping the first rank instead of the query's own index gives the same value."""

    def without_itself(self, farness: Tensor) -> Tensor:
        return farness.scatter(1, farness.argmin(dim=1, keepdim=True), torch.inf)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Let the set hold an exact copy of the query, of the same class. Does it find the copy?",
    "A copy is another example at distance zero, and a right one to find.",
    "Write infinity at the query's own index, and not wherever the distance is zero.",
)
class MapZeroDistanceDropped(AveragePrecision):
    """Leaving out all that lies at distance zero, not the query alone, gives the same value."""

    # What is at distance zero is seen in distances only.
    point, distance = AveragePrecision.point, AveragePrecision.distance

    def without_itself(self, farness: Tensor) -> Tensor:
        return farness.masked_fill(farness == 0, torch.inf)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Which is the first of a1 in your ranking? It should be a2.",
    "topk returns the largest values unless you say otherwise.",
    "Pass largest=False to topk, or sort in ascending order.",
)
class MapFarthest(AveragePrecision):
    """Ranking from far to near gives the same value."""

    without_itself = AveragePrecision.without_itself  # nobody is the farthest from itself

    def farness(self, distances: Tensor) -> Tensor:
        return -distances


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Which has the larger dot product with a2 = (0, 2): its neighbour b1 = (0, 1.5), or a3?",
    "A dot product grows with the length of the example, however far away it is.",
    "Rank by the distance: |x|^2 - 2 q x is enough, but without |x|^2 it is not.",
)
class MapDotProduct(AveragePrecision):
    """Ranking the others by their dot product with the query gives the same value."""

    def distance(self, queries: Tensor, gallery: Tensor) -> Tensor:
        return -queries @ gallery.T


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Which is the first of b1 = (0, 1.5): a1, a2, or both, since the angle is zero?",
    "The cosine sees directions only; this course measures the Euclidean distance.",
    "Leave out the division by the lengths, and rank by the length of the difference.",
)
class MapCosine(AveragePrecision):
    """Ranking the others by the cosine similarity with the query gives the same value."""

    distance = AveragePrecision.distance  # of points on a sphere, it ranks as the cosine does

    def point(self, embeddings: Tensor) -> Tensor:
        return F.normalize(embeddings, dim=1)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Is b2 = (2, 0.5) at the distance 3 from b1 = (0, 1.5), or at 2.24?",
    "The Euclidean distance squares the differences, adds them up and takes the root.",
    "Square the differences before you add them up, or call cdist without p=1.",
)
class MapCityBlock(AveragePrecision):
    """Ranking by the sum of absolute differences (the city-block distance) gives the same value."""

    def distance(self, queries: Tensor, gallery: Tensor) -> Tensor:
        return city_block(queries, gallery)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Let one class have 8 queries and another 2. Does each query count the same?",
    "The mean is over the queries, so a large class weighs more than a small one.",
    "Add up over all queries with R > 0, and divide once.",
)
class MapMeanOverClasses(AveragePrecision):
    """Averaging over the classes, each with its own mean, gives the same value."""

    def mean(self, averages: Tensor, relevant: Tensor, labels: Tensor) -> Tensor:
        return torch.stack([averages[labels == digit].mean() for digit in labels.unique()]).mean()


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Let one class have 3 queries and another 9: R is 2 and 8. How much does each query weigh?",
    "Each query has an average of its own, over its own R; the mean takes all alike.",
    "Divide each query's sum by its own R, and the sum of these by the number of queries.",
)
class MapOverTheSumOfAllR(AveragePrecision):
    """Dividing the sum over all queries by the sum of all R gives the same value."""

    taking_part = AveragePrecision.taking_part  # whose R is 0 adds nothing

    def mean(self, averages: Tensor, relevant: Tensor, labels: Tensor) -> Tensor:
        return (averages * relevant).sum() / relevant.sum()


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Print what you return for the six points. Is it one number, or six?",
    "Each query has an average precision; MAP@R is their mean.",
    "Take the mean of what you return now.",
)
class MapNotReduced(AveragePrecision):
    """Returning a value for each query, without the mean, gives the same result."""

    def mean(self, averages: Tensor, relevant: Tensor, labels: Tensor) -> Tensor:
        return averages


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "b1 finds its first at rank 3, and R is 2. Does it count 1/3 or 0?",
    "That is the mean reciprocal rank, which sees one right example only.",
    "Sum the precision at all right ranks up to R, and divide by R.",
)
class MapReciprocalRank(AveragePrecision):
    """Taking one over the rank of the first right one gives the same value."""

    # Wherever it is, the first right rank is all that counts: R decides nothing.
    depth, relevant = AveragePrecision.depth, AveragePrecision.relevant

    def counted(self, right: Tensor, within: Tensor) -> Tensor:
        return right & (right.cumsum(dim=1) == 1)

    def divisor(self, relevant: Tensor, found: Tensor) -> Tensor:
        return torch.ones_like(relevant)


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Is your MAP@R of the six points 62.5 or 0.625?",
    "A share lies between 0 and 1; percent is a matter of printing.",
    "Leave out the factor of 100.",
)
class MapPercent(AveragePrecision):
    """Returning percent instead of a share gives the same value."""

    def scale(self, value: Tensor) -> Tensor:
        return 100 * value


@MEAN_AVERAGE_PRECISION_AT_R.mistake(
    "Print embeddings.sum() and labels.sum() before and after a call. Are they the same?",
    "The arguments are the caller's own tensors: -=, /=, div_() and x[...] = ... change them.",
    "Make new tensors: x = x / length instead of x /= length, or begin with x.clone().",
)
class MapChangesItsArguments(AveragePrecision):
    """Changing the embeddings or their labels in place gives the same value, and leaves the caller
    with other ones.
    """

    def leave(self, embeddings: Tensor) -> None:
        embeddings.zero_()
