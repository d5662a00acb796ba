"""Misconceptions of chapter 8: principal components."""

import torch
from torch import Tensor

from solutions.ch08_embedding_space import pca

from ..misconception import Catalogue

MISCONCEPTIONS = Catalogue()
COMPONENTS, BY_HAND = "Principal components", "A worked example"

Result = tuple[Tensor, Tensor, Tensor]


def pca_of(centred: Tensor, num_components: int) -> Result:
    """Do all of PCA but the centring."""
    _, singular_values, directions = torch.linalg.svd(centred, full_matrices=False)
    components = directions[:num_components]
    variance = singular_values.square()
    return centred @ components.T, components, variance[:num_components] / variance.sum()


def singular_values_of(x: Tensor) -> Tensor:
    return torch.linalg.svdvals(x - x.mean(dim=0))  # (min(n, dim),)


@MISCONCEPTIONS.add(
    "pca",
    "pca-u",
    says="Returning the left singular vectors U as the projection gives the same result.",
    section=COMPONENTS,
    nudge="Work out the length of the columns of your projection. Is each exactly 1?",
    idea="The columns of U are unit vectors: a map of U makes every direction equally wide.",
    step="Multiply U by the singular values, or the centred rows by the components.",
)
def pca_u(x: Tensor, num_components: int) -> Result:
    _, components, ratio = pca(x, num_components)
    left, _, _ = torch.linalg.svd(x - x.mean(dim=0), full_matrices=False)
    return left[:, :num_components], components, ratio


@MISCONCEPTIONS.add(
    "pca",
    "pca-not-centred",
    says="Leaving out the centring gives the same result.",
    section=COMPONENTS,
    nudge="What is the mean of each column of your projection? For the six points it is 0.",
    idea="Without centring, the first component points at the mean, not along the spread.",
    step="Subtract x.mean(dim=0) from every row first, and use only that from then on.",
)
def pca_not_centred(x: Tensor, num_components: int) -> Result:
    return pca_of(x, num_components)


@MISCONCEPTIONS.add(
    "pca",
    "pca-centred-by-row",
    says="Subtracting from each row its own mean gives the same result.",
    section=COMPONENTS,
    nudge="How many numbers do you subtract for the six points? Their mean is (1, 5/3).",
    idea="The mean has one entry for each column, shape (dim,).",
    step="Take the mean over dim=0.",
)
def pca_centred_by_row(x: Tensor, num_components: int) -> Result:
    return pca_of(x - x.mean(dim=1, keepdim=True), num_components)


@MISCONCEPTIONS.add(
    "pca",
    "pca-one-mean",
    says="Subtracting one mean of all entries gives the same result.",
    section=COMPONENTS,
    nudge="How many numbers do you subtract for the six points? Their mean is (1, 5/3).",
    idea="The mean has one entry for each column, shape (dim,).",
    step="Take the mean over dim=0.",
)
def pca_one_mean(x: Tensor, num_components: int) -> Result:
    return pca_of(x - x.mean(), num_components)


@MISCONCEPTIONS.add(
    "pca",
    "pca-standardised",
    says="Dividing each column by its standard deviation gives the same result.",
    section=COMPONENTS,
    nudge="In the six points, the sums of squares of the columns are 6 and 7.833. Are yours equal?",
    idea="PCA looks for the largest spread; dividing by the spread takes it away.",
    step="Subtract the mean and leave the scale of the columns alone.",
)
def pca_standardised(x: Tensor, num_components: int) -> Result:
    return pca_of((x - x.mean(dim=0)) / x.std(dim=0), num_components)


@MISCONCEPTIONS.add(
    "pca",
    "pca-standardised-by-count",
    says="Dividing each column by its standard deviation (that of NumPy) gives the same result.",
    section=COMPONENTS,
    nudge="In the six points, the sums of squares of the columns are 6 and 7.833. Are yours equal?",
    idea="PCA looks for the largest spread; dividing by the spread takes it away.",
    step="Subtract the mean and leave the scale of the columns alone.",
)
def pca_standardised_by_count(x: Tensor, num_components: int) -> Result:
    return pca_of((x - x.mean(dim=0)) / x.std(dim=0, correction=0), num_components)


@MISCONCEPTIONS.add(
    "pca",
    "pca-projects-uncentred",
    says="Projecting the rows without centring them gives the same result.",
    section=COMPONENTS,
    nudge="What is the mean of each column of your projection? For the six points it is 0.",
    idea="The components belong to the centred rows, and so does the projection.",
    step="Multiply the centred rows by the components, not x.",
)
def pca_projects_uncentred(x: Tensor, num_components: int) -> Result:
    _, components, ratio = pca(x, num_components)
    return x @ components.T, components, ratio


@MISCONCEPTIONS.add(
    "pca",
    "pca-components-as-columns",
    says="Returning the components as columns gives the same result.",
    section=COMPONENTS,
    nudge="For 5 columns and 3 components, is the shape of your second result (3, 5) or (5, 3)?",
    idea="svd returns V transposed, so a component is a row already.",
    step="Return the first num_components rows of the third result of svd.",
)
def pca_components_as_columns(x: Tensor, num_components: int) -> Result:
    projection, components, ratio = pca(x, num_components)
    return projection, components.T, ratio


@MISCONCEPTIONS.add(
    "pca",
    "pca-columns-of-vh",
    says="Taking the columns of what svd returns as components, not its rows, gives the same "
    "result.",
    section=COMPONENTS,
    nudge="Which axis of the third result of svd do you cut? Look up what svd returns.",
    idea="torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    step="Cut rows, not columns: directions[:num_components].",
)
def pca_columns_of_vh(x: Tensor, num_components: int) -> Result:
    projection, columns, ratio = pca_columns_of_vh_as_columns(x, num_components)
    return projection, columns.T, ratio


@MISCONCEPTIONS.add(
    "pca",
    "pca-columns-of-vh-as-columns",
    says="Cutting columns from what svd returns, not rows, gives the same result.",
    section=COMPONENTS,
    nudge="Which axis of the third result of svd do you cut? Look up what svd returns.",
    idea="torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    step="Cut rows, not columns, and return them as rows: directions[:num_components].",
)
def pca_columns_of_vh_as_columns(x: Tensor, num_components: int) -> Result:
    centred = x - x.mean(dim=0)
    _, singular_values, directions = torch.linalg.svd(centred, full_matrices=False)
    columns = directions[:, :num_components]  # (dim, k)
    variance = singular_values.square()
    return centred @ columns, columns, variance[:num_components] / variance.sum()


@MISCONCEPTIONS.add(
    "pca",
    "pca-projects-onto-columns",
    says="Projecting onto the columns of what svd returns, not onto its rows, gives the same "
    "projection.",
    section=COMPONENTS,
    nudge="Multiply the centred rows by the components that you return. Is it your projection?",
    idea="torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    step="Project with centred @ components.T, where components are the rows that you return.",
)
def pca_projects_onto_columns(x: Tensor, num_components: int) -> Result:
    _, components, ratio = pca(x, num_components)
    projection, _, _ = pca_columns_of_vh_as_columns(x, num_components)
    return projection, components, ratio


@MISCONCEPTIONS.add(
    "pca",
    "pca-returns-columns",
    says="Returning the columns of what svd returns as components, beside the right projection, "
    "gives the same result.",
    section=COMPONENTS,
    nudge="Multiply the centred rows by the components that you return. Is it your projection?",
    idea="torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    step="Return the rows: directions[:num_components].",
)
def pca_returns_columns(x: Tensor, num_components: int) -> Result:
    projection, _, ratio = pca(x, num_components)
    _, columns, _ = pca_columns_of_vh_as_columns(x, num_components)
    return projection, columns.T, ratio


@MISCONCEPTIONS.add(
    "pca",
    "pca-returns-columns-as-columns",
    says="Cutting columns for the components, beside the right projection, gives the same result.",
    section=COMPONENTS,
    nudge="Print the shape of your components: it should be (k, dim).",
    idea="torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    step="Cut rows, not columns: directions[:num_components].",
)
def pca_returns_columns_as_columns(x: Tensor, num_components: int) -> Result:
    projection, _, ratio = pca(x, num_components)
    _, columns, _ = pca_columns_of_vh_as_columns(x, num_components)
    return projection, columns, ratio


@MISCONCEPTIONS.add(
    "pca",
    "pca-ratio-not-squared",
    says="Leaving the singular values unsquared in the shares gives the same result.",
    section=BY_HAND,
    nudge="The first share of the six points is 0.727. Is yours 0.620?",
    idea="A variance is a square: that of component j goes with the square of s_j.",
    step="Square the singular values before you divide by their sum.",
)
def pca_ratio_not_squared(x: Tensor, num_components: int) -> Result:
    projection, components, _ = pca(x, num_components)
    values = singular_values_of(x)
    return projection, components, values[:num_components] / values.sum()


@MISCONCEPTIONS.add(
    "pca",
    "pca-ratio-of-kept",
    says="Dividing by the variance of the kept components only gives the same result.",
    section=COMPONENTS,
    nudge="Ask for 3 components of 5. Do your shares sum to exactly 1?",
    idea="The shares say how much of the whole a map shows, so the whole is below the line.",
    step="Divide by the sum over all components; cut to num_components after that.",
)
def pca_ratio_of_kept(x: Tensor, num_components: int) -> Result:
    projection, components, ratio = pca(x, num_components)
    return projection, components, ratio / ratio.sum()


@MISCONCEPTIONS.add(
    "pca",
    "pca-ratio-not-squared-of-kept",
    says="Dividing the unsquared values by the sum of the kept ones gives the same result.",
    section=COMPONENTS,
    nudge="Ask for 3 components of 5. Do your shares sum to exactly 1?",
    idea="A variance is a square, and a share is part of the whole, not of what is kept.",
    step="Square all singular values, divide by the sum of all squares, and cut after that.",
)
def pca_ratio_not_squared_of_kept(x: Tensor, num_components: int) -> Result:
    projection, components, _ = pca(x, num_components)
    values = singular_values_of(x)[:num_components]
    return projection, components, values / values.sum()


@MISCONCEPTIONS.add(
    "pca",
    "pca-variances",
    says="Returning the variances (squares divided by n - 1) instead of shares gives the same "
    "result.",
    section=BY_HAND,
    nudge="The first share of the six points is 0.727. Is yours 2.011?",
    idea="A share is a part of the whole: it lies between 0 and 1.",
    step="Divide by the sum over all components.",
)
def pca_variances(x: Tensor, num_components: int) -> Result:
    projection, components, _ = pca(x, num_components)
    return projection, components, singular_values_of(x)[:num_components].square() / (len(x) - 1)


@MISCONCEPTIONS.add(
    "pca",
    "pca-squares",
    says="Returning the squared singular values instead of shares gives the same result.",
    section=BY_HAND,
    nudge="The first share of the six points is 0.727. Is yours 10.054?",
    idea="A share is a part of the whole: it lies between 0 and 1.",
    step="Divide by the sum over all components.",
)
def pca_squares(x: Tensor, num_components: int) -> Result:
    projection, components, _ = pca(x, num_components)
    return projection, components, singular_values_of(x)[:num_components].square()


@MISCONCEPTIONS.add(
    "pca",
    "pca-singular-values",
    says="Returning the singular values instead of shares gives the same result.",
    section=BY_HAND,
    nudge="The first share of the six points is 0.727. Is yours 3.171?",
    idea="A share is a part of the whole: it lies between 0 and 1.",
    step="Square the singular values, and divide by the sum of all squares.",
)
def pca_singular_values(x: Tensor, num_components: int) -> Result:
    projection, components, _ = pca(x, num_components)
    return projection, components, singular_values_of(x)[:num_components]


@MISCONCEPTIONS.add(
    "pca",
    "pca-percentage",
    says="Returning the shares in percent gives the same result.",
    section=BY_HAND,
    nudge="The first share of the six points is 0.727. Is yours 72.7?",
    idea="Shares add up to one, percentages to a hundred.",
    step="Drop the factor 100.",
)
def pca_percentage(x: Tensor, num_components: int) -> Result:
    projection, components, ratio = pca(x, num_components)
    return projection, components, 100 * ratio


@MISCONCEPTIONS.add(
    "pca",
    "pca-cumulative",
    says="Adding the shares up from the first component on gives the same result.",
    section=COMPONENTS,
    nudge="Do your shares rise? The second share of the six points is 0.273.",
    idea="Each component has a share of its own, and the shares fall.",
    step="Drop the cumulative sum.",
)
def pca_cumulative(x: Tensor, num_components: int) -> Result:
    projection, components, ratio = pca(x, num_components)
    return projection, components, ratio.cumsum(dim=0)


@MISCONCEPTIONS.add(
    "pca",
    "pca-shares-of-all",
    says="Returning the shares of all components, not only of the kept ones, gives the same "
    "result.",
    section=COMPONENTS,
    nudge="Ask for 3 components of 5. How many shares come back?",
    idea="The whole is needed below the line; what is returned is one share for each kept one.",
    step="Cut the shares to num_components at the end.",
)
def pca_shares_of_all(x: Tensor, num_components: int) -> Result:
    projection, components, _ = pca(x, num_components)
    values = singular_values_of(x).square()
    return projection, components, values / values.sum()


@MISCONCEPTIONS.add(
    "pca",
    "pca-all-components",
    says="Returning all components whatever num_components was asked for gives the same result.",
    section=COMPONENTS,
    nudge="Ask for 3 components of 5. How many columns has your projection?",
    idea="A map in two dimensions needs two coordinates for each point.",
    step="Keep the first num_components components, and cut projection and shares alike.",
)
def pca_all_components(x: Tensor, num_components: int) -> Result:
    return pca(x, min(x.shape))


@MISCONCEPTIONS.add(
    "pca",
    "pca-smallest-first",
    says="Taking the components of the smallest variance gives the same result.",
    section=BY_HAND,
    nudge="Is your first share of the six points 0.727 or 0.273?",
    idea="eigh returns eigenvalues in rising order: the largest comes last.",
    step="Turn values and vectors round with flip before you take the first ones.",
)
def pca_smallest_first(x: Tensor, num_components: int) -> Result:
    projection, components, ratio = pca_rising_order(x, min(x.shape))
    return projection[:, :num_components], components[:num_components], ratio[:num_components]


@MISCONCEPTIONS.add(
    "pca",
    "pca-rising-order",
    says="Giving the right components in rising order gives the same result.",
    section=BY_HAND,
    nudge="Is your first share of the six points 0.727 or 0.273?",
    idea="The first component is the one with the largest variance.",
    step="Turn components, projection and shares round with flip.",
)
def pca_rising_order(x: Tensor, num_components: int) -> Result:
    projection, components, ratio = pca(x, num_components)
    return projection.flip(1), components.flip(0), ratio.flip(0)


@MISCONCEPTIONS.add(
    "pca",
    "pca-results-in-other-order",
    says="Returning the components before the projection gives the same result.",
    section=COMPONENTS,
    nudge="For 40 rows, 5 columns and 3 components, is your first result of shape (40, 3)?",
    idea="The three results are told apart by their places alone.",
    step="Return the projection, then the components, then the shares.",
)
def pca_results_in_other_order(x: Tensor, num_components: int) -> Result:
    projection, components, ratio = pca(x, num_components)
    return components, projection, ratio


HINTS: dict[str, tuple[str, str, str]] = {
    "pca": (
        "Begin with the six points: their mean is (1, 5/3), and the first share is 0.727.",
        "The decomposition of the centred rows gives all three results: U S is the projection, the "
        "rows of Vh are the components, the squares of S go into the shares.",
        "Centre with x.mean(dim=0), call torch.linalg.svd(centred, full_matrices=False), keep the "
        "first rows of Vh, multiply, and divide the squares by the sum of all squares.",
    ),
}
