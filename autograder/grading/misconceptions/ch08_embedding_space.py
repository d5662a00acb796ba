"""Misconceptions of chapter 8: principal components."""

import torch
from torch import Tensor

from solutions.ch08_embedding_space import pca

from ..misconception import Exercise

COMPONENTS, BY_HAND = "Principal components", "A worked example"

Result = tuple[Tensor, Tensor, Tensor]


PCA = Exercise(
    "pca",
    COMPONENTS,
    "Begin with the six points: their mean is (1, 5/3), and the first share is 0.727.",
    "The decomposition of the centred rows gives all three results: U S is the projection, the "
    "rows of Vh are the components, the squares of S go into the shares.",
    "Centre with x.mean(dim=0), call torch.linalg.svd(centred, full_matrices=False), keep the "
    "first rows of Vh, multiply, and divide the squares by the sum of all squares.",
)


def pca_of(centred: Tensor, num_components: int) -> Result:
    """Do all of PCA but the centring."""
    _, singular_values, directions = torch.linalg.svd(centred, full_matrices=False)
    components = directions[:num_components]
    variance = singular_values.square()
    return centred @ components.T, components, variance[:num_components] / variance.sum()


def singular_values_of(x: Tensor) -> Tensor:
    return torch.linalg.svdvals(x - x.mean(dim=0))  # (min(n, dim),)


@PCA.mistake(
    "Work out the length of the columns of your projection. Is each exactly 1?",
    "The columns of U are unit vectors: a map of U makes every direction equally wide.",
    "Multiply U by the singular values, or the centred rows by the components.",
)
def pca_u(x: Tensor, num_components: int) -> Result:
    """Returning the left singular vectors U as the projection gives the same result."""
    _, components, ratio = pca(x, num_components)
    left, _, _ = torch.linalg.svd(x - x.mean(dim=0), full_matrices=False)
    return left[:, :num_components], components, ratio


@PCA.mistake(
    "What is the mean of each column of your projection? For the six points it is 0.",
    "Without centring, the first component points at the mean, not along the spread.",
    "Subtract x.mean(dim=0) from every row first, and use only that from then on.",
)
def pca_not_centred(x: Tensor, num_components: int) -> Result:
    """Leaving out the centring gives the same result."""
    return pca_of(x, num_components)


@PCA.mistake(
    "How many numbers do you subtract for the six points? Their mean is (1, 5/3).",
    "The mean has one entry for each column, shape (dim,).",
    "Take the mean over dim=0.",
)
def pca_centred_by_row(x: Tensor, num_components: int) -> Result:
    """Subtracting from each row its own mean gives the same result."""
    return pca_of(x - x.mean(dim=1, keepdim=True), num_components)


@PCA.mistake(
    "How many numbers do you subtract for the six points? Their mean is (1, 5/3).",
    "The mean has one entry for each column, shape (dim,).",
    "Take the mean over dim=0.",
)
def pca_one_mean(x: Tensor, num_components: int) -> Result:
    """Subtracting one mean of all entries gives the same result."""
    return pca_of(x - x.mean(), num_components)


@PCA.mistake(
    "In the six points, the sums of squares of the columns are 6 and 7.833. Are yours equal?",
    "PCA looks for the largest spread; dividing by the spread takes it away.",
    "Subtract the mean and leave the scale of the columns alone.",
)
def pca_standardised(x: Tensor, num_components: int) -> Result:
    """Dividing each column by its standard deviation, as torch.std counts it, gives the same
    result.
    """
    return pca_of((x - x.mean(dim=0)) / x.std(dim=0), num_components)


@PCA.mistake(
    "In the six points, the sums of squares of the columns are 6 and 7.833. Are yours equal?",
    "PCA looks for the largest spread; dividing by the spread takes it away.",
    "Subtract the mean and leave the scale of the columns alone.",
)
def pca_standardised_by_count(x: Tensor, num_components: int) -> Result:
    """Dividing each column by its standard deviation (that of NumPy) gives the same result."""
    return pca_of((x - x.mean(dim=0)) / x.std(dim=0, correction=0), num_components)


@PCA.mistake(
    "What is the mean of each column of your projection? For the six points it is 0.",
    "The components belong to the centred rows, and so does the projection.",
    "Multiply the centred rows by the components, not x.",
)
def pca_projects_uncentred(x: Tensor, num_components: int) -> Result:
    """Projecting the rows without centring them gives the same result."""
    _, components, ratio = pca(x, num_components)
    return x @ components.T, components, ratio


@PCA.mistake(
    "For 5 columns and 3 components, is the shape of your second result (3, 5) or (5, 3)?",
    "svd returns V transposed, so a component is a row already.",
    "Return the first num_components rows of the third result of svd.",
)
def pca_components_as_columns(x: Tensor, num_components: int) -> Result:
    """Returning the components as columns gives the same result."""
    projection, components, ratio = pca(x, num_components)
    return projection, components.T, ratio


@PCA.mistake(
    "Which axis of the third result of svd do you cut? Look up what svd returns.",
    "torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    "Cut rows, not columns: directions[:num_components].",
)
def pca_columns_of_vh(x: Tensor, num_components: int) -> Result:
    """Taking the columns of what svd returns as components, not its rows, and returning them as
    rows gives the same result.
    """
    projection, columns, ratio = pca_columns_of_vh_as_columns(x, num_components)
    return projection, columns.T, ratio


@PCA.mistake(
    "Which axis of the third result of svd do you cut? Look up what svd returns.",
    "torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    "Cut rows, not columns, and return them as rows: directions[:num_components].",
)
def pca_columns_of_vh_as_columns(x: Tensor, num_components: int) -> Result:
    """Cutting columns from what svd returns, not rows, and returning them as columns gives the same
    result.
    """
    centred = x - x.mean(dim=0)
    _, singular_values, directions = torch.linalg.svd(centred, full_matrices=False)
    columns = directions[:, :num_components]  # (dim, k)
    variance = singular_values.square()
    return centred @ columns, columns, variance[:num_components] / variance.sum()


@PCA.mistake(
    "Multiply the centred rows by the components that you return. Is it your projection?",
    "torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    "Project with centred @ components.T, where components are the rows that you return.",
)
def pca_projects_onto_columns(x: Tensor, num_components: int) -> Result:
    """Projecting onto the columns of what svd returns, not onto its rows, gives the same
    projection.
    """
    _, components, ratio = pca(x, num_components)
    projection, _, _ = pca_columns_of_vh_as_columns(x, num_components)
    return projection, components, ratio


@PCA.mistake(
    "Multiply the centred rows by the components that you return. Is it your projection?",
    "torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    "Return the rows: directions[:num_components].",
)
def pca_returns_columns(x: Tensor, num_components: int) -> Result:
    """Returning the columns of what svd returns as components, beside the right projection, gives
    the same result.
    """
    projection, _, ratio = pca(x, num_components)
    _, columns, _ = pca_columns_of_vh_as_columns(x, num_components)
    return projection, columns.T, ratio


@PCA.mistake(
    "Print the shape of your components: it should be (k, dim).",
    "torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    "Cut rows, not columns: directions[:num_components].",
)
def pca_returns_columns_as_columns(x: Tensor, num_components: int) -> Result:
    """Cutting columns for the components, beside the right projection, gives the same result."""
    projection, _, ratio = pca(x, num_components)
    _, columns, _ = pca_columns_of_vh_as_columns(x, num_components)
    return projection, columns, ratio


@PCA.mistake(
    "The first share of the six points is 0.727. Is yours 0.620?",
    "A variance is a square: that of component j goes with the square of s_j.",
    "Square the singular values before you divide by their sum.",
    section=BY_HAND,
)
def pca_ratio_not_squared(x: Tensor, num_components: int) -> Result:
    """Leaving the singular values unsquared in the shares gives the same result."""
    projection, components, _ = pca(x, num_components)
    values = singular_values_of(x)
    return projection, components, values[:num_components] / values.sum()


@PCA.mistake(
    "Ask for 3 components of 5. Do your shares sum to exactly 1?",
    "The shares say how much of the whole a map shows, so the whole is below the line.",
    "Divide by the sum over all components; cut to num_components after that.",
)
def pca_ratio_of_kept(x: Tensor, num_components: int) -> Result:
    """Dividing by the variance of the kept components only gives the same result."""
    projection, components, ratio = pca(x, num_components)
    return projection, components, ratio / ratio.sum()


@PCA.mistake(
    "Ask for 3 components of 5. Do your shares sum to exactly 1?",
    "A variance is a square, and a share is part of the whole, not of what is kept.",
    "Square all singular values, divide by the sum of all squares, and cut after that.",
)
def pca_ratio_not_squared_of_kept(x: Tensor, num_components: int) -> Result:
    """Dividing the unsquared values by the sum of the kept ones gives the same result."""
    projection, components, _ = pca(x, num_components)
    values = singular_values_of(x)[:num_components]
    return projection, components, values / values.sum()


@PCA.mistake(
    "The first share of the six points is 0.727. Is yours 2.011?",
    "A share is a part of the whole: it lies between 0 and 1.",
    "Divide by the sum over all components.",
    section=BY_HAND,
)
def pca_variances(x: Tensor, num_components: int) -> Result:
    """Returning the variances (squares divided by n - 1) instead of shares gives the
    same result.
    """
    projection, components, _ = pca(x, num_components)
    return projection, components, singular_values_of(x)[:num_components].square() / (len(x) - 1)


@PCA.mistake(
    "The first share of the six points is 0.727. Is yours 10.054?",
    "A share is a part of the whole: it lies between 0 and 1.",
    "Divide by the sum over all components.",
    section=BY_HAND,
)
def pca_squares(x: Tensor, num_components: int) -> Result:
    """Returning the squared singular values instead of shares gives the same result."""
    projection, components, _ = pca(x, num_components)
    return projection, components, singular_values_of(x)[:num_components].square()


@PCA.mistake(
    "The first share of the six points is 0.727. Is yours 3.171?",
    "A share is a part of the whole: it lies between 0 and 1.",
    "Square the singular values, and divide by the sum of all squares.",
    section=BY_HAND,
)
def pca_singular_values(x: Tensor, num_components: int) -> Result:
    """Returning the singular values instead of shares gives the same result."""
    projection, components, _ = pca(x, num_components)
    return projection, components, singular_values_of(x)[:num_components]


@PCA.mistake(
    "The first share of the six points is 0.727. Is yours 72.7?",
    "Shares add up to one, percentages to a hundred.",
    "Drop the factor 100.",
    section=BY_HAND,
)
def pca_percentage(x: Tensor, num_components: int) -> Result:
    """Returning the shares in percent gives the same result."""
    projection, components, ratio = pca(x, num_components)
    return projection, components, 100 * ratio


@PCA.mistake(
    "Do your shares rise? The second share of the six points is 0.273.",
    "Each component has a share of its own, and the shares fall.",
    "Drop the cumulative sum.",
)
def pca_cumulative(x: Tensor, num_components: int) -> Result:
    """Adding the shares up from the first component on gives the same result."""
    projection, components, ratio = pca(x, num_components)
    return projection, components, ratio.cumsum(dim=0)


@PCA.mistake(
    "Ask for 3 components of 5. How many shares come back?",
    "The whole is needed below the line; what is returned is one share for each kept one.",
    "Cut the shares to num_components at the end.",
)
def pca_shares_of_all(x: Tensor, num_components: int) -> Result:
    """Returning the shares of all components, not only of the kept ones, gives the same result."""
    projection, components, _ = pca(x, num_components)
    values = singular_values_of(x).square()
    return projection, components, values / values.sum()


@PCA.mistake(
    "Ask for 3 components of 5. How many columns has your projection?",
    "A map in two dimensions needs two coordinates for each point.",
    "Keep the first num_components components, and cut projection and shares alike.",
)
def pca_all_components(x: Tensor, num_components: int) -> Result:
    """Returning all components, with all shares and coordinates, whatever num_components was asked
    for gives the same result.
    """
    return pca(x, min(x.shape))


@PCA.mistake(
    "Is your first share of the six points 0.727 or 0.273?",
    "eigh returns eigenvalues in rising order: the largest comes last.",
    "Turn values and vectors round with flip before you take the first ones.",
    section=BY_HAND,
)
def pca_smallest_first(x: Tensor, num_components: int) -> Result:
    """Taking the components of the smallest variance gives the same result."""
    projection, components, ratio = pca_rising_order(x, min(x.shape))
    return projection[:, :num_components], components[:num_components], ratio[:num_components]


@PCA.mistake(
    "Is your first share of the six points 0.727 or 0.273?",
    "The first component is the one with the largest variance.",
    "Turn components, projection and shares round with flip.",
    section=BY_HAND,
)
def pca_rising_order(x: Tensor, num_components: int) -> Result:
    """Giving the right components in rising order gives the same result."""
    projection, components, ratio = pca(x, num_components)
    return projection.flip(1), components.flip(0), ratio.flip(0)


@PCA.mistake(
    "For 40 rows, 5 columns and 3 components, is your first result of shape (40, 3)?",
    "The three results are told apart by their places alone.",
    "Return the projection, then the components, then the shares.",
)
def pca_results_in_other_order(x: Tensor, num_components: int) -> Result:
    """Returning the components before the projection gives the same result."""
    projection, components, ratio = pca(x, num_components)
    return components, projection, ratio
