"""Can you tell right from wrong? A few inputs, and what must come back, worked out by hand.

`triplet break 4` holds your examples of chapter 4 against right implementations, which all have to
agree with you, and against every wrong one that has a name: which of them do you catch?

Three examples for each exercise, each with six points in the plane at most, all inputs together.
This file is read and never run: numbers, lists, and sums such as 2 ** 0.5 or 1 / 3. A number is
right if it is within 0.001.
"""

# Chapter 4: the triplet loss

# x and y: points. gives: a row of distances for each point of x.
PAIRWISE_DISTANCES = [
    # Your examples.
]

# anchor, positive, negative: a point of each for every triplet. margin: 1 where it is left out.
TRIPLET_LOSS = [
    {
        "anchor": [(0, 3)],
        "positive": [(2, 3)],
        "negative": [(0, 1.5)],
        "gives": 1.5,
    },
]

# The same inputs. gives: the gradients (by anchor, by positive, by negative), lists of vectors.
TRIPLET_LOSS_GRADIENT = [
    # Your examples.
]

# Chapter 5: mining

# labels: one for each example. gives: the triplets, as indices (anchor, positive, negative) from 0.
VALID_TRIPLETS = [
    # Your examples.
]

# embeddings: points. labels: one for each. margin. gives: (loss, active fraction).
BATCH_ALL_TRIPLET_LOSS = [
    # Your examples.
]

# The same inputs. gives: the loss.
SEMI_HARD_TRIPLET_LOSS = [
    # Your examples.
]

# The same inputs. margin: the soft one where it is left out. gives: the loss.
BATCH_HARD_TRIPLET_LOSS = [
    # Your examples.
]

# Chapter 6: nearest neighbours and retrieval

# gallery: points. gallery_labels: one for each. queries: points. k: 5 where it is left out.
# gives: a label for each query.
KNN_CLASSIFY = [
    # Your examples.
]

# The same inputs, without k. gives: a label for each query, or "ValueError".
NEAREST_MEAN_CLASSIFY = [
    # Your examples.
]

# embeddings: points. labels: one for each. k: 1 where it is left out. gives: the share.
RECALL_AT_K = [
    # Your examples.
]

# embeddings: points. labels: one for each. gives: the measure.
MEAN_AVERAGE_PRECISION_AT_R = [
    # Your examples.
]


# Stub 890593216d3a: as long as this fits the text above, nobody has edited it.
