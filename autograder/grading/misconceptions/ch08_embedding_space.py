"""Misconceptions of chapter 8: principal components."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ..misconception import Exercise, FunctionFamily

COMPONENTS, BY_HAND = "Principal components", "A worked example"


PCA = Exercise(
    "pca",
    COMPONENTS,
    "Begin with the six points: their mean is (1, 5/3), and the first share is 0.727.",
    "The decomposition of the centred rows gives all three results: U S is the projection, the "
    "rows of Vh are the components, the squares of S go into the shares.",
    "Centre with x.mean(dim=0), call torch.linalg.svd(centred, full_matrices=False), keep the "
    "first rows of Vh, multiply, and divide the squares by the sum of all squares.",
)


@PCA.family
class PrincipalComponents(FunctionFamily):
    """Principal components, with a method for each decision.

    U, S, Vh are left, singular and directions. places says which components are kept, by their
    number in the falling order, and in which order they are returned.
    """

    def __call__(self, x: Tensor, num_components: int) -> Any:
        rows = self.own(x)  # (n, dim)
        uncentred = self.laid_out(rows.clone())
        rows -= self.middle(rows)
        rows /= self.scale(rows)
        n, rows = len(rows), self.laid_out(rows)
        left, singular, directions = self.decomposed(rows)
        every = len(singular)

        places = self.kept(self.number_of_coordinates(num_components, every), every)
        places = self.order_of_directions(places, every)
        axes = self.projecting_axes(directions, places)  # (k, dim)
        projected = self.projected(uncentred, rows)
        projection = self.projection(projected, axes, left, singular, places)

        places = self.kept(self.number_of_components(num_components, every), every)
        places = self.order_of_directions(places, every)
        components = self.returned_axes(directions, places)  # (k, dim)

        energies = self.energies(singular)
        kept = energies[self.order_of_shares(self.kept(num_components, every), every)]
        places = self.kept(self.number_of_shares(num_components, every), every)
        energy = energies[self.order_of_shares(places, every)]
        shares = self.accumulated(energy / self.whole(energies, kept, n))  # (k,)

        results = self.laid_down(projection), self.lying(components), self.unit(shares)
        return tuple(self.result(each) for each in self.in_order(*results))

    def own(self, x: Tensor) -> Tensor:
        """Return the rows to work on: a copy, since they are going to be changed."""
        return x.clone()

    def middle(self, rows: Tensor) -> Tensor | float:
        return rows.mean(dim=0)

    def scale(self, rows: Tensor) -> Tensor | float:
        return 1.0

    def laid_out(self, rows: Tensor) -> Tensor:
        return rows

    def decomposed(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        left, singular, directions = torch.linalg.svd(rows, full_matrices=False)
        return left, singular, directions

    def projected(self, uncentred: Tensor, centred: Tensor) -> Tensor:
        return centred

    def number_of_coordinates(self, wanted: int, every: int) -> int:
        return wanted

    def number_of_components(self, wanted: int, every: int) -> int:
        return wanted

    def number_of_shares(self, wanted: int, every: int) -> int:
        return wanted

    def kept(self, count: int, every: int) -> list[int]:
        return list(range(count))

    def order_of_directions(self, places: list[int], every: int) -> list[int]:
        return places

    def order_of_shares(self, places: list[int], every: int) -> list[int]:
        return places

    def projecting_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        return directions[places]

    def returned_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        return directions[places]

    def projection(
        self, rows: Tensor, axes: Tensor, left: Tensor, singular: Tensor, places: list[int]
    ) -> Tensor:
        return rows @ axes.T

    def energies(self, singular: Tensor) -> Tensor:
        return singular.square()

    def whole(self, energies: Tensor, kept: Tensor, n: int) -> Tensor | float:
        return energies.sum()

    def accumulated(self, shares: Tensor) -> Tensor:
        return shares

    def unit(self, shares: Tensor) -> Tensor:
        return shares

    def laid_down(self, projection: Tensor) -> Tensor:
        return projection

    def lying(self, components: Tensor) -> Tensor:
        """Return the components as rows, which they are."""
        return components

    def in_order(
        self, projection: Tensor, components: Tensor, shares: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        return projection, components, shares

    def result(self, part: Tensor) -> Any:
        return part


# The centring


@PCA.mistake(
    "What is the mean of each column of your projection? For the six points it is 0.",
    "Without centring, the first component points at the mean, not along the spread.",
    "Subtract x.mean(dim=0) from every row first, and use only that from then on.",
)
class PcaNotCentred(PrincipalComponents):
    """Leaving out the centring gives the same result."""

    def middle(self, rows: Tensor) -> Tensor | float:
        return 0.0

    def projected(self, uncentred: Tensor, centred: Tensor) -> Tensor:
        # Both are the same.
        return centred


@PCA.mistake(
    "How many numbers do you subtract for the six points? Their mean is (1, 5/3).",
    "The mean has one entry for each column, shape (dim,).",
    "Take the mean over dim=0.",
)
class PcaCentredByRow(PrincipalComponents):
    """Subtracting from each row its own mean gives the same result."""

    def middle(self, rows: Tensor) -> Tensor | float:
        return rows.mean(dim=1, keepdim=True)


@PCA.mistake(
    "How many numbers do you subtract for the six points? Their mean is (1, 5/3).",
    "The mean has one entry for each column, shape (dim,).",
    "Take the mean over dim=0.",
)
class PcaOneMean(PrincipalComponents):
    """Subtracting one mean of all entries gives the same result."""

    def middle(self, rows: Tensor) -> Tensor | float:
        return rows.mean()


@PCA.mistake(
    "Print x before and after you call pca(x, 2). Is it still the same?",
    "x -= ... and x.sub_(...) write into the rows of the caller, who still needs them.",
    "Make a new tensor for the centred rows: centred = x - x.mean(dim=0).",
)
class PcaChangesX(PrincipalComponents):
    """Centring the rows of the caller in place, as x -= x.mean(dim=0) does, gives the same
    result.
    """

    def own(self, x: Tensor) -> Tensor:
        return x

    def projected(self, uncentred: Tensor, centred: Tensor) -> Tensor:
        # There are no other rows any more.
        return centred


@PCA.mistake(
    "In the six points, the sums of squares of the columns are 6 and 7.833. Are yours equal?",
    "PCA looks for the largest spread; dividing by the spread takes it away.",
    "Subtract the mean and leave the scale of the columns alone.",
)
class PcaStandardised(PrincipalComponents):
    """Dividing each column by its standard deviation, as torch.std counts it, gives the same
    result.
    """

    def scale(self, rows: Tensor) -> Tensor | float:
        return rows.std(dim=0)


@PCA.mistake(
    "In the six points, the sums of squares of the columns are 6 and 7.833. Are yours equal?",
    "PCA looks for the largest spread; dividing by the spread takes it away.",
    "Subtract the mean and leave the scale of the columns alone.",
)
class PcaStandardisedByCount(PrincipalComponents):
    """Dividing each column by its standard deviation (that of NumPy) gives the same result."""

    def scale(self, rows: Tensor) -> Tensor | float:
        return rows.std(dim=0, correction=0)


@PCA.mistake(
    "Is your projection of the six points as wide as they are, or narrower by a root of 5?",
    "The factor 1 / (n - 1) turns sums of squares into variances. A projection keeps lengths.",
    "Leave the centred rows as they are; the shares do not need the factor.",
)
class PcaScaledByRoot(PrincipalComponents):
    """Dividing the centred rows by the square root of n - 1 gives the same result."""

    def scale(self, rows: Tensor) -> Tensor | float:
        return math.sqrt(len(rows) - 1)

    def projection(
        self, rows: Tensor, axes: Tensor, left: Tensor, singular: Tensor, places: list[int]
    ) -> Tensor:
        # In U the factor would not be seen.
        return rows @ axes.T


@PCA.mistake(
    "How far is the first of the six points from their mean? Is it as far in your projection?",
    "PCA shows the points where they are: bringing rows to length one moves them to a sphere.",
    "Leave out normalize: subtract the mean and do nothing else to the rows.",
)
class PcaRowsNormalised(PrincipalComponents):
    """Bringing each row to length one before the centring gives the same result."""

    def own(self, x: Tensor) -> Tensor:
        return F.normalize(x, dim=1)


@PCA.mistake(
    "Print the shape of what you give to svd: is it (n, dim) or (dim, n)?",
    "Each row is a point. Of the transposed array the columns of U are the components.",
    "Give the centred rows to svd as they are, of shape (n, dim).",
)
class PcaTransposed(PrincipalComponents):
    """Decomposing the transposed rows, and using the result as if they were not, gives the same
    result.
    """

    def laid_out(self, rows: Tensor) -> Tensor:
        return rows.T

    def projecting_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        # Columns have another length here, and nothing could be multiplied by them.
        return directions[places]


# The projection


@PCA.mistake(
    "Work out the length of the columns of your projection. Is each exactly 1?",
    "The columns of U are unit vectors: a map of U makes every direction equally wide.",
    "Multiply U by the singular values, or the centred rows by the components.",
)
class PcaU(PrincipalComponents):
    """Returning the left singular vectors U as the projection gives the same result."""

    def projecting_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        # Nothing is projected onto them.
        return directions[places]

    def projection(
        self, rows: Tensor, axes: Tensor, left: Tensor, singular: Tensor, places: list[int]
    ) -> Tensor:
        return left[:, places]


@PCA.mistake(
    "For 40 rows, 5 columns and 3 components, is your first result of shape (40, 3) or (3, 5)?",
    "A row of U belongs to a point, a column of it to a component.",
    "Cut columns, U[:, :num_components], and multiply each by its singular value.",
)
class PcaRowsOfU(PrincipalComponents):
    """Cutting rows from U, not columns, for the projection gives the same result."""

    def projecting_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        # Nothing is projected onto them.
        return directions[places]

    def projection(
        self, rows: Tensor, axes: Tensor, left: Tensor, singular: Tensor, places: list[int]
    ) -> Tensor:
        return left[: len(places)]


@PCA.mistake(
    "Work out the variance of each column of your projection. Are they all 1?",
    "Whitening makes every direction equally wide, and a map loses which one is wide.",
    "Do not divide the coordinates by their standard deviation.",
)
class PcaWhitened(PrincipalComponents):
    """Dividing each coordinate by its standard deviation (whitening) gives the same result."""

    def projecting_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        # Whatever the axes, the coordinates along them would become equally wide.
        return directions[places]

    def projection(
        self, rows: Tensor, axes: Tensor, left: Tensor, singular: Tensor, places: list[int]
    ) -> Tensor:
        return left[:, places] * math.sqrt(len(left) - 1)


@PCA.also(PcaWhitened)
class PcaWhitenedByCount(PcaWhitened):
    def projection(
        self, rows: Tensor, axes: Tensor, left: Tensor, singular: Tensor, places: list[int]
    ) -> Tensor:
        return left[:, places] * math.sqrt(len(left))


@PCA.mistake(
    "Is the largest coordinate in your projection larger than any distance from the mean?",
    "The centred rows times the components are U S already. S is in it.",
    "Multiply by S only where you begin with U: U * S, or centred @ components.T.",
)
class PcaScaledByS(PrincipalComponents):
    """Multiplying the projection by the singular values once more gives the same result."""

    def projection(
        self, rows: Tensor, axes: Tensor, left: Tensor, singular: Tensor, places: list[int]
    ) -> Tensor:
        return rows @ axes.T * singular[places]


@PCA.mistake(
    "How many rows has your projection: one for each point, or one for each column of x?",
    "U of the covariance matrix holds the components; there are no points in that matrix.",
    "Multiply the centred rows by the components.",
)
class PcaCoordinatesOfCovariance(PrincipalComponents):
    """Returning U S of the covariance matrix as the projection gives the same result."""

    def projecting_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        return directions[places]

    def projection(
        self, rows: Tensor, axes: Tensor, left: Tensor, singular: Tensor, places: list[int]
    ) -> Tensor:
        return axes.T * singular[places].square() / (len(rows) - 1)


@PCA.mistake(
    "For 40 rows, 5 columns and 3 components, has your projection 3 columns or 5?",
    "The product with the components gives the coordinates; another product leads back to x.",
    "Stop at centred @ components.T, of shape (n, k).",
)
class PcaReconstruction(PrincipalComponents):
    """Returning the points rebuilt from their coordinates, not the coordinates, gives the same
    result.
    """

    def projection(
        self, rows: Tensor, axes: Tensor, left: Tensor, singular: Tensor, places: list[int]
    ) -> Tensor:
        return rows @ axes.T @ axes


@PCA.mistake(
    "What is the mean of each column of your projection? For the six points it is 0.",
    "The components belong to the centred rows, and so does the projection.",
    "Multiply the centred rows by the components, not x.",
)
class PcaProjectsUncentred(PrincipalComponents):
    """Projecting the rows without centring them gives the same result."""

    def laid_out(self, rows: Tensor) -> Tensor:
        # Transposed, the mean would be at right angles to what it is projected onto.
        return rows

    def projected(self, uncentred: Tensor, centred: Tensor) -> Tensor:
        return uncentred

    def projection(
        self, rows: Tensor, axes: Tensor, left: Tensor, singular: Tensor, places: list[int]
    ) -> Tensor:
        # U comes from the centred rows, whatever is projected.
        return rows @ axes.T


@PCA.mistake(
    "For 40 rows and 3 components, is your first result of shape (40, 3) or (3, 40)?",
    "Each point keeps its row: a row of the projection holds the coordinates of one point.",
    "Return centred @ components.T, not components @ centred.T.",
)
class PcaProjectionTransposed(PrincipalComponents):
    """Returning the projection with one column for each point gives the same result."""

    def laid_down(self, projection: Tensor) -> Tensor:
        return projection.T


# The components


@PCA.mistake(
    "For 5 columns and 3 components, is the shape of your second result (3, 5) or (5, 3)?",
    "svd returns V transposed, so a component is a row already.",
    "Return the first num_components rows of the third result of svd.",
)
class PcaComponentsAsColumns(PrincipalComponents):
    """Returning the components as columns gives the same result."""

    def lying(self, components: Tensor) -> Tensor:
        return components.T


def columns_of(directions: Tensor, places: list[int]) -> Tensor:
    return directions[:, places].T  # (k, dim)


@PCA.mistake(
    "Which axis of the third result of svd do you cut? Look up what svd returns.",
    "torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    "Cut rows, not columns: directions[:num_components]. eigh returns V itself; there it is "
    "vectors[:, :num_components].T.",
)
class PcaColumnsOfVh(PrincipalComponents):
    """Taking the columns of what svd returns as components, not its rows (or the rows of what eigh
    returns, not its columns), gives the same result.
    """

    def projecting_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        return columns_of(directions, places)

    def returned_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        return columns_of(directions, places)


@PCA.also(PcaColumnsOfVh)
class PcaRowsOfEigenvectors(PcaColumnsOfVh):
    def decomposed(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        left, singular, _ = torch.linalg.svd(rows, full_matrices=False)
        _, vectors = torch.linalg.eigh(rows.T @ rows)
        return left, singular, vectors.T  # in rising order

    def order_of_shares(self, places: list[int], every: int) -> list[int]:
        return turned(places, every)


@PCA.mistake(
    "Multiply the centred rows by the components that you return. Is it your projection?",
    "torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    "Project with centred @ components.T, where components are the rows that you return.",
)
class PcaProjectsOntoColumns(PrincipalComponents):
    """Projecting onto the columns of what svd returns, not onto its rows, gives the same
    projection.
    """

    def projecting_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        return columns_of(directions, places)

    def returned_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        # With the columns here as well, it would be the mistake above.
        return directions[places]


@PCA.mistake(
    "Multiply the centred rows by the components that you return. Is it your projection?",
    "torch.linalg.svd returns V transposed (Vh): its rows are the components.",
    "Return the rows: directions[:num_components].",
)
class PcaReturnsColumns(PrincipalComponents):
    """Returning the columns of what svd returns as components, beside the right projection, gives
    the same result.
    """

    def returned_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        return columns_of(directions, places)


# The shares


@PCA.mistake(
    "The first share of the six points is 0.727. Is yours 0.620?",
    "A variance is a square: that of component j goes with the square of s_j.",
    "Square the singular values before you divide by their sum.",
    section=BY_HAND,
)
class PcaRatioNotSquared(PrincipalComponents):
    """Leaving the singular values unsquared in the shares gives the same result."""

    def energies(self, singular: Tensor) -> Tensor:
        return singular


@PCA.mistake(
    "The first share of the six points is 0.727. Is yours 0.876?",
    "The singular values of the covariance matrix are variances: squares of s_j already.",
    "Square the singular values of the centred rows, or take the eigenvalues as they are.",
    section=BY_HAND,
)
class PcaRatioSquaredTwice(PrincipalComponents):
    """Squaring the eigenvalues of the covariance matrix, which are squares already, gives the same
    result.
    """

    def energies(self, singular: Tensor) -> Tensor:
        return singular**4


@PCA.mistake(
    "Ask for 3 components of 5. Do your shares sum to exactly 1?",
    "The shares say how much of the whole a map shows, so the whole is below the line.",
    "Divide by the sum over all components; cut to num_components after that.",
)
class PcaRatioOfKept(PrincipalComponents):
    """Dividing by the variance of the kept components only gives the same result."""

    def whole(self, energies: Tensor, kept: Tensor, n: int) -> Tensor | float:
        return kept.sum()


@PCA.mistake(
    "Ask for 2 components of the six points. Do the shares sum to 1, or to 5/6?",
    "torch.var divides by n - 1 and NumPy's var by n: a share needs the same count twice.",
    "Divide variances by variances of the same kind, or squares by the sum of all squares.",
    section=BY_HAND,
)
class PcaTwoCounts(PrincipalComponents):
    """Dividing variances that count n by a total that counts n - 1 gives the same result."""

    def whole(self, energies: Tensor, kept: Tensor, n: int) -> Tensor | float:
        return energies.sum() * n / (n - 1)


@PCA.also(PcaTwoCounts)
class PcaTwoCountsTheOtherWay(PrincipalComponents):
    def whole(self, energies: Tensor, kept: Tensor, n: int) -> Tensor | float:
        return energies.sum() * (n - 1) / n


@PCA.mistake(
    "The first share of the six points is 0.727. Is yours 2.011?",
    "A share is a part of the whole: it lies between 0 and 1.",
    "Divide by the sum over all components.",
    section=BY_HAND,
)
class PcaVariances(PrincipalComponents):
    """Returning the variances (squares divided by n - 1, or by n) instead of shares gives the same
    result.
    """

    def whole(self, energies: Tensor, kept: Tensor, n: int) -> Tensor | float:
        return n - 1


@PCA.also(PcaVariances)
class PcaVariancesByCount(PrincipalComponents):
    def whole(self, energies: Tensor, kept: Tensor, n: int) -> Tensor | float:
        return n


@PCA.mistake(
    "The first share of the six points is 0.727. Is yours 10.054?",
    "A share is a part of the whole: it lies between 0 and 1.",
    "Divide by the sum over all components.",
    section=BY_HAND,
)
class PcaSquares(PrincipalComponents):
    """Returning the squared singular values instead of shares gives the same result."""

    def energies(self, singular: Tensor) -> Tensor:
        # Unsquared, they would be the singular values below.
        return singular.square()

    def whole(self, energies: Tensor, kept: Tensor, n: int) -> Tensor | float:
        return 1.0


@PCA.mistake(
    "The first share of the six points is 0.727. Is yours 3.171?",
    "A share is a part of the whole: it lies between 0 and 1.",
    "Square the singular values, and divide by the sum of all squares.",
    section=BY_HAND,
)
class PcaSingularValues(PrincipalComponents):
    """Returning the singular values instead of shares gives the same result."""

    def energies(self, singular: Tensor) -> Tensor:
        return singular

    def whole(self, energies: Tensor, kept: Tensor, n: int) -> Tensor | float:
        return 1.0


@PCA.mistake(
    "The first share of the six points is 0.727. Is yours 1.418?",
    "A share is a part of the variance, and a standard deviation is the root of one.",
    "Square the standard deviations, and divide by the sum over all components.",
    section=BY_HAND,
)
class PcaStandardDeviations(PrincipalComponents):
    """Returning the standard deviations along the components instead of shares gives the same
    result.
    """

    def energies(self, singular: Tensor) -> Tensor:
        return singular

    def whole(self, energies: Tensor, kept: Tensor, n: int) -> Tensor | float:
        return math.sqrt(n - 1)


@PCA.mistake(
    "The first share of the six points is 0.727. Is yours 72.7?",
    "Shares add up to one, percentages to a hundred.",
    "Drop the factor 100.",
    section=BY_HAND,
)
class PcaPercentage(PrincipalComponents):
    """Returning the shares in percent gives the same result."""

    def unit(self, shares: Tensor) -> Tensor:
        return 100 * shares


@PCA.mistake(
    "Do your shares rise? The second share of the six points is 0.273.",
    "Each component has a share of its own, and the shares fall.",
    "Drop the cumulative sum.",
)
class PcaCumulative(PrincipalComponents):
    """Adding the shares up from the first component on gives the same result."""

    def accumulated(self, shares: Tensor) -> Tensor:
        return shares.cumsum(dim=0)


@PCA.mistake(
    "Ask for 3 components of 5. Is your third result one number, or are there 3?",
    "What the map keeps as a whole is the sum of the shares; asked for is each of them.",
    "Leave out the sum over the kept components; keep the one below the line.",
)
class PcaOneShare(PrincipalComponents):
    """Returning one share for all kept components together gives the same result."""

    def number_of_shares(self, wanted: int, every: int) -> int:
        # All shares together are 1, and so are those of the kept among themselves.
        return wanted

    def accumulated(self, shares: Tensor) -> Tensor:
        return shares.sum()


# How many, and in which order


@PCA.mistake(
    "Ask for 3 components of 5. How many shares come back?",
    "The whole is needed below the line; what is returned is one share for each kept one.",
    "Cut the shares to num_components at the end.",
)
class PcaSharesOfAll(PrincipalComponents):
    """Returning the shares of all components, not only of the kept ones, gives the same result."""

    def number_of_shares(self, wanted: int, every: int) -> int:
        return every


@PCA.mistake(
    "Ask for 3 components of 5. How many rows has your second result, and how many shares?",
    "The second result holds the directions of the map, and the map has num_components of them.",
    "Return components[:num_components], the same rows that you project onto.",
)
class PcaAllComponentsOnly(PrincipalComponents):
    """Returning all directions as components, not only the kept ones, gives the same result."""

    def number_of_components(self, wanted: int, every: int) -> int:
        return every

    def returned_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        # All columns are the components as columns, and that is another mistake.
        return directions[places]


@PCA.mistake(
    "Ask for 3 components of 5. Has your first result 3 columns or 5?",
    "U and S come for all components; a map has only as many coordinates as were asked for.",
    "Cut the columns of the projection to num_components.",
)
class PcaAllCoordinates(PrincipalComponents):
    """Returning the coordinates along all components, not only along the kept ones, gives the same
    result.
    """

    def number_of_coordinates(self, wanted: int, every: int) -> int:
        return every

    def number_of_shares(self, wanted: int, every: int) -> int:
        # Uncut as well, it would soon be the next mistake.
        return wanted


@PCA.mistake(
    "Ask for 3 components of 5. How many columns has your projection?",
    "A map in two dimensions needs two coordinates for each point.",
    "Keep the first num_components components, and cut projection and shares alike.",
)
class PcaAllComponents(PrincipalComponents):
    """Returning all components, with all shares and coordinates, whatever num_components was asked
    for gives the same result.
    """

    def number_of_coordinates(self, wanted: int, every: int) -> int:
        return every

    def number_of_components(self, wanted: int, every: int) -> int:
        return every

    def returned_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        # All columns are the components as columns, and that is another mistake.
        return directions[places]

    def number_of_shares(self, wanted: int, every: int) -> int:
        return every

    def kept(self, count: int, every: int) -> list[int]:
        # Of all, the first are the last.
        return list(range(count))


@PCA.mistake(
    "Is your first share of the six points 0.727 or 0.273?",
    "eigh returns eigenvalues in rising order: the largest comes last.",
    "Turn values and vectors round with flip before you take the first ones.",
    section=BY_HAND,
)
class PcaSmallestFirst(PrincipalComponents):
    """Taking the components of the smallest variance gives the same result."""

    def kept(self, count: int, every: int) -> list[int]:
        return list(range(every - count, every))

    def order_of_directions(self, places: list[int], every: int) -> list[int]:
        return places[::-1]

    def order_of_shares(self, places: list[int], every: int) -> list[int]:
        return places[::-1]


@PCA.mistake(
    "Ask for 1 component of the six points. Is its share 0.727 or 0.273?",
    "svd returns singular values in falling order: the first ones belong to the widest directions.",
    "Take the first num_components rows, [:num_components], not the last, [-num_components:].",
)
class PcaLastOfSvd(PrincipalComponents):
    """Keeping the last components that svd returns, not the first, gives the same result."""

    def kept(self, count: int, every: int) -> list[int]:
        return list(range(every - count, every))

    # In rising order they would be those above.

    def order_of_directions(self, places: list[int], every: int) -> list[int]:
        return places

    def order_of_shares(self, places: list[int], every: int) -> list[int]:
        return places


@PCA.mistake(
    "Is your first share of the six points 0.727 or 0.273?",
    "The first component is the one with the largest variance.",
    "Turn components, projection and shares round with flip.",
    section=BY_HAND,
)
class PcaRisingOrder(PrincipalComponents):
    """Giving the right components in rising order gives the same result."""

    def order_of_directions(self, places: list[int], every: int) -> list[int]:
        return places[::-1]

    def order_of_shares(self, places: list[int], every: int) -> list[int]:
        return places[::-1]


@PCA.mistake(
    "Is your first share of the six points 0.727 or 0.273? Along which axis is the spread largest?",
    "eigh returns values and vectors in rising order. Whoever turns one round must turn the other.",
    "Turn the eigenvalues round as well, with flip(0), before you cut them.",
    section=BY_HAND,
)
class PcaSharesInRisingOrder(PrincipalComponents):
    """Leaving the shares in rising order, beside components in falling order, gives the same
    result.
    """

    def order_of_directions(self, places: list[int], every: int) -> list[int]:
        return places

    def order_of_shares(self, places: list[int], every: int) -> list[int]:
        return turned(places, every)


@PCA.also(PcaSharesInRisingOrder)
class PcaSharesOfKeptInRisingOrder(PcaSharesInRisingOrder):
    def order_of_shares(self, places: list[int], every: int) -> list[int]:
        return places[::-1]


@PCA.mistake(
    "Work out the variance of each column of your projection. Does it fall, as your shares do?",
    "eigh returns values and vectors in rising order. Whoever turns one round must turn the other.",
    "Turn the eigenvectors round as well, with flip(1), before you take the first columns.",
)
class PcaComponentsInRisingOrder(PrincipalComponents):
    """Leaving the components in rising order, beside shares in falling order, gives the same
    result.
    """

    def order_of_directions(self, places: list[int], every: int) -> list[int]:
        return turned(places, every)

    def order_of_shares(self, places: list[int], every: int) -> list[int]:
        return places


@PCA.also(PcaComponentsInRisingOrder)
class PcaKeptComponentsInRisingOrder(PcaComponentsInRisingOrder):
    def order_of_directions(self, places: list[int], every: int) -> list[int]:
        return places[::-1]


@PCA.mistake(
    "Multiply the covariance matrix by your first component. Is it a multiple of the component?",
    "Each column is an eigenvector. Along axis 0 it is its coordinates that change places.",
    "Turn the eigenvectors round along axis 1: vectors.flip(1).",
)
class PcaCoordinatesTurnedRound(PrincipalComponents):
    """Turning what eigh returns round along axis 0, so that the coordinates change places and not
    the eigenvectors, gives the same result.
    """

    def order_of_directions(self, places: list[int], every: int) -> list[int]:
        return turned(places, every)

    def order_of_shares(self, places: list[int], every: int) -> list[int]:
        return places

    def projecting_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        return directions[places].flip(1)

    def returned_axes(self, directions: Tensor, places: list[int]) -> Tensor:
        return directions[places].flip(1)


def turned(places: list[int], every: int) -> list[int]:
    """Return the places that are taken from an array in rising order instead."""
    return [every - 1 - place for place in places]


# What is returned


@PCA.mistake(
    "For 40 rows, 5 columns and 3 components, is your first result of shape (40, 3)?",
    "The three results are told apart by their places alone.",
    "Return the projection, then the components, then the shares.",
)
class PcaResultsInOtherOrder(PrincipalComponents):
    """Returning the components before the projection gives the same result."""

    def in_order(
        self, projection: Tensor, components: Tensor, shares: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        return components, projection, shares


@PCA.mistake(
    "For 5 columns and 3 components, is your second result of shape (3, 5) or (3,)?",
    "The three results are told apart by their places alone.",
    "Return the projection, then the components, then the shares.",
)
class PcaSharesBeforeComponents(PrincipalComponents):
    """Returning the shares before the components gives the same result."""

    def in_order(
        self, projection: Tensor, components: Tensor, shares: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        return projection, shares, components


@PCA.mistake(
    "Print type() of each of your three results.",
    "x comes as a tensor, and whoever called goes on with tensors.",
    "Wrap each result with torch.from_numpy, or use torch.linalg from the beginning.",
)
class PcaNumpyArrays(PrincipalComponents):
    """Returning arrays of NumPy instead of tensors gives the same result."""

    def result(self, part: Tensor) -> Any:
        return part.numpy()


@PCA.mistake(
    "How many results come back from pca(x, 2)? The first line says three.",
    "A map without its share of the variance does not say how much it hides.",
    "Return the shares as the third result.",
)
def pca_without_shares(x: Tensor, num_components: int) -> Any:
    """Returning the projection and the components without the shares gives the same result."""
    return PrincipalComponents()(x, num_components)[:2]


@PCA.mistake(
    "How many results come back from pca(x, 2)? The first line says three.",
    "Whoever wants to project other points, or to judge the map, needs the other two results.",
    "Return the projection, the components and the shares.",
)
def pca_projection_alone(x: Tensor, num_components: int) -> Any:
    """Returning the projection alone gives the same result."""
    return PrincipalComponents()(x, num_components)[0]
