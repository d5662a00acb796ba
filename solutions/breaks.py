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
    ### BEGIN SOLUTION
    {
        "x": [(3, 0)],
        "y": [(2, 4), (0, 4)],
        "gives": [[4.1231, 5]],
    },
    ### END SOLUTION
]

# anchor, positive, negative: a point of each for every triplet. margin: 1 where it is left out.
TRIPLET_LOSS = [
    {
        "anchor": [(0, 3)],
        "positive": [(2, 3)],
        "negative": [(0, 1.5)],
        "gives": 1.5,
    },
    ### BEGIN SOLUTION
    {
        "anchor": [(4, 5), (0, 2)],
        "positive": [(5, 0), (0, 1)],
        "negative": [(0, 1), (4, 3)],
        "margin": 2,
        "gives": 0.7211,
    },
    {
        "anchor": [(4, 5), (0, 2)],
        "positive": [(5, 0), (0, 1)],
        "negative": [(0, 1), (4, 3)],
        "gives": 0.2211,
    },
    ### END SOLUTION
]

# The same inputs. gives: the gradients (by anchor, by positive, by negative), lists of vectors.
TRIPLET_LOSS_GRADIENT = [
    # Your examples.
    ### BEGIN SOLUTION
    {
        "anchor": [(0, 5), (0, 0)],
        "positive": [(0, 3), (0, 0)],
        "negative": [(1, 0), (1, -1)],
        "margin": 3,
        "gives": ([(0, 0), (0.3536, -0.3536)], [(0, 0), (0, 0)], [(0, 0), (-0.3536, 0.3536)]),
    },
    {
        "anchor": [(4, 3), (5, -3)],
        "positive": [(1, 4), (5, -3)],
        "negative": [(0, 2), (3, 2)],
        "gives": (
            [(-0.0107, -0.2794), (0, 0)],
            [(-0.4743, 0.1581), (0, 0)],
            [(0.4851, 0.1213), (0, 0)],
        ),
    },
    ### END SOLUTION
]

# Chapter 5: mining

# labels: one for each example. gives: the triplets, as indices (anchor, positive, negative) from 0.
VALID_TRIPLETS = [
    # Your examples.
    ### BEGIN SOLUTION
    {
        "labels": [0, 3, 3, 3],
        "gives": [(1, 2, 0), (1, 3, 0), (2, 1, 0), (2, 3, 0), (3, 1, 0), (3, 2, 0)],
    },
    ### END SOLUTION
]

# embeddings: points. labels: one for each. margin. gives: (loss, active fraction).
BATCH_ALL_TRIPLET_LOSS = [
    # Your examples.
    ### BEGIN SOLUTION
    {
        "embeddings": [(2, 0), (2, -2), (2, 2), (4, 1)],
        "labels": [3, 3, 1, 3],
        "margin": 2,
        "gives": (2.2422, 0.8333),
    },
    {
        "embeddings": [(2, 1), (-1, 1), (0, 3), (0, 3)],
        "labels": [1, 0, 0, 0],
        "margin": 0.5,
        "gives": (0, 0),
    },
    {
        "embeddings": [(0, 3), (0, 3)],
        "labels": [0, 0],
        "margin": 1,
        "gives": (0, 0),
    },
    ### END SOLUTION
]

# The same inputs. gives: the loss.
SEMI_HARD_TRIPLET_LOSS = [
    # Your examples.
    ### BEGIN SOLUTION
    {
        "embeddings": [(3, 0), (-1, 4), (-3, 4), (-3, 2)],
        "labels": [3, 3, 2, 2],
        "margin": 2,
        "gives": 0.9832,
    },
    {
        "embeddings": [(-2, -3), (0, 2), (-2, -3), (3, 0), (-2, -3), (-1, 3)],
        "labels": [2, 7, 2, 1, 2, 2],
        "margin": 3,
        "gives": 0,
    },
    ### END SOLUTION
]

# The same inputs. margin: the soft one where it is left out. gives: the loss.
BATCH_HARD_TRIPLET_LOSS = [
    # Your examples.
    ### BEGIN SOLUTION
    {
        "embeddings": [(2, 0), (0, 3), (1, 2), (80, -60), (3, 3), (0, 4)],
        "labels": [2, 1, 1, 1, 0, 0],
        "gives": 41.2001,
    },
    {
        "embeddings": [(0, 1), (0, 1), (0, 1), (-2, 0), (3, 5)],
        "labels": [7, 7, 7, 7, 3],
        "margin": 3,
        "gives": 0.1771,
    },
    {
        "embeddings": [(0, 0), (0, 5)],
        "labels": [1, 1],
        "gives": 0,
    },
    ### END SOLUTION
]

# Chapter 6: nearest neighbours and retrieval

# gallery: points. gallery_labels: one for each. queries: points. k: 5 where it is left out.
# gives: a label for each query.
KNN_CLASSIFY = [
    # Your examples.
    ### BEGIN SOLUTION
    {
        "gallery": [(-3, 1), (-1, 1), (2, 3), (5, 3)],
        "gallery_labels": [0, 2, 0, 3],
        "queries": [(0, 0), (3, -3)],
        "k": 3,
        "gives": [0, 2],
    },
    {
        "gallery": [(4, 2), (3, 0), (4, 2), (5, 1), (2, 2)],
        "gallery_labels": [7, 7, 3, 3, 1],
        "queries": [(2, 4)],
        "gives": [3],
    },
    ### END SOLUTION
]

# The same inputs, without k. gives: a label for each query, or "ValueError".
NEAREST_MEAN_CLASSIFY = [
    # Your examples.
    ### BEGIN SOLUTION
    {
        "gallery": [(5, 2), (-1, -3), (4, -2)],
        "gallery_labels": [1, 0, 1],
        "queries": [(2, -3), (-1, 3), (-1, 4)],
        "gives": [0, 0, 1],
    },
    {
        "gallery": [(4, 0)],
        "gallery_labels": [1],
        "queries": [(3, 2)],
        "gives": "ValueError",
    },
    ### END SOLUTION
]

# embeddings: points. labels: one for each. k: 1 where it is left out. gives: the share.
RECALL_AT_K = [
    # Your examples.
    ### BEGIN SOLUTION
    {
        "embeddings": [(1, 1), (0, -2), (1, 1), (3, -2), (5, -1), (0, -1)],
        "labels": [7, 3, 1, 7, 1, 7],
        "k": 4,
        "gives": 0.6667,
    },
    {
        "embeddings": [(0, 4), (0, 2), (-2, 0), (0, -2), (3, 5), (-2, 0)],
        "labels": [2, 3, 7, 2, 2, 2],
        "gives": 0.3333,
    },
    ### END SOLUTION
]

# embeddings: points. labels: one for each. gives: the measure.
MEAN_AVERAGE_PRECISION_AT_R = [
    # Your examples.
    ### BEGIN SOLUTION
    {
        "embeddings": [(0, 60), (0, 5), (100, 100), (3, 4), (20, 100), (100, 100)],
        "labels": [7, 7, 7, 2, 1, 1],
        "gives": 0.1,
    },
    {
        "embeddings": [(0, 60), (20, 80), (100, 100), (3, 4), (20, 100), (100, 100)],
        "labels": [7, 7, 7, 2, 1, 1],
        "gives": 0.15,
    },
    {
        "embeddings": [(0, 0), (4, 2)],
        "labels": [0, 7],
        "gives": 0,
    },
    ### END SOLUTION
]
