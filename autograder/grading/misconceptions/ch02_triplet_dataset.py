"""Misconceptions of chapter 2: sampling triplets, and leaving digits out."""

import random
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from ..misconception import Catalogue

MISCONCEPTIONS = Catalogue()
TRIPLET, SAMPLING, LEAVING_OUT = (
    "What a triplet is",
    "Sampling in constant time",
    "Leaving digits out",
)


class Triplets(Dataset):
    """A data set without a mistake, in parts; each misconception replaces one of the parts."""

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        *,
        exclude_digits: Iterable[int] = (),
        seed: int | None = None,
    ) -> None:
        self.random = random.Random(seed)
        self.all_images, self.all_labels = images, labels
        kept = self.kept(labels, exclude_digits)  # (n,)
        self.images = images[kept]
        self.digits = labels[kept].tolist()
        self.make_tables(labels[kept])
        for digit, own in self.own.items():
            self.refuse(digit, len(own))
        self.refuse_empty()

    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        return ~torch.isin(labels, torch.tensor([int(digit) for digit in exclude_digits]))

    def make_tables(self, labels: Tensor) -> None:
        """List the images of each digit, and those of the other digits."""
        digits = labels.numpy()
        kinds = np.unique(digits).tolist()
        self.own = {kind: np.flatnonzero(digits == kind).tolist() for kind in kinds}
        self.others = {kind: np.flatnonzero(digits != kind).tolist() for kind in kinds}
        place = np.zeros_like(digits)
        for own in self.own.values():
            place[own] = np.arange(len(own))
        self.place = place.tolist()  # where each image stands among those of its digit

    def refuse(self, digit: int, count: int) -> None:
        if count == 1:
            raise ValueError(f"digit {digit} has a single image")
        if len(self.own) == 1:
            raise ValueError(f"digit {digit} is the only digit")

    def refuse_empty(self) -> None:
        if not self.digits:
            raise ValueError("no images")

    def __len__(self) -> int:
        return len(self.digits)

    def sample_positive(self, index: int) -> int:
        own = self.own[self.digits[index]]
        return own[self.step_over(index, self.random.randrange(len(own) - 1))]

    def step_over(self, index: int, draw: int) -> int:
        return draw + 1 if draw >= self.place[index] else draw

    def sample_negative(self, index: int) -> int:
        return self.random.choice(self.others[self.digits[index]])

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, int]:
        positive = self.images[self.sample_positive(index)]
        negative = self.images[self.sample_negative(index)]
        return self.images[index], positive, negative, self.digits[index]


# Positives


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-anchor-as-positive",
    says="Letting the anchor be its own positive gives the same result.",
    section=TRIPLET,
    nudge="Which positives has a2 of the six points: a1 and a3, or a2 as well?",
    idea="An image is at distance zero from itself: such a triplet teaches nothing.",
    step="Draw from one candidate less, and step over the anchor's place within its digit.",
)
class AnchorAsPositive(Triplets):
    def sample_positive(self, index: int) -> int:
        return self.random.choice(self.own[self.digits[index]])


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-positive-any-other",
    says="Drawing the positive from all digits, not only the anchor's, gives the same result.",
    section=TRIPLET,
    nudge="Can b1 of the six points come up as the positive of a1 in your version?",
    idea="The positive is another image of the same digit.",
    step="Draw the positive from the table of the anchor's digit.",
)
class PositiveAnyOther(Triplets):
    def sample_positive(self, index: int) -> int:
        draw = self.random.randrange(len(self) - 1)
        return draw + 1 if draw >= index else draw


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-positive-place",
    says="Returning the place of the positive among its digit, not its index, gives the same "
    "result.",
    section=SAMPLING,
    nudge="For b1 of the six points, does sample_positive return 4 and 5, or numbers below 3?",
    idea="The table of a digit turns a place into an index of the set.",
    step="Return the entry of the table at the place that you drew.",
)
class PositivePlace(Triplets):
    def sample_positive(self, index: int) -> int:
        return self.place[super().sample_positive(index)]


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-positive-skips-one",
    says="Drawing from a range that leaves out the first or the last positive gives the same "
    "result.",
    section=SAMPLING,
    nudge="a2 of the six points has two positives, a1 and a3. Draw 100 times: do both come up?",
    idea="Some functions include the upper end (random.randint), others do not; places begin at 0.",
    step="Draw from 0 to the number of candidates minus 1, both included.",
)
class PositiveSkipsOne(Triplets):
    def sample_positive(self, index: int) -> int:
        own = self.own[self.digits[index]]
        return own[self.step_over(index, self.random.randrange(1, len(own) - 1))]


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-positive-skips-one-of-digit",
    says="Leaving the first or the last image of a digit out of all positives gives the same "
    "result.",
    section=SAMPLING,
    nudge="a2 of the six points has two positives, a1 and a3. Draw 100 times: do both come up?",
    idea="Some functions include the upper end (random.randint), others do not; places begin at 0.",
    step="Begin the range at 0 and end it at the last place of the table.",
)
class PositiveSkipsOneOfDigit(Triplets):
    def sample_positive(self, index: int) -> int:
        own = self.own[self.digits[index]]
        if self.place[index] == 0:
            return own[self.random.randrange(1, len(own))]
        return own[self.step_over(index, self.random.randrange(1, len(own) - 1))]


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-positive-list-shrinks",
    says="Removing the anchor from a list that all draws share gives the same result.",
    section=SAMPLING,
    nudge="Draw a positive of a1, then of a2, then of a3. Can a1 still come up?",
    idea="candidates = self.table[digit] is a second name for the table, not a copy of it.",
    step="Leave the table as it is, and step over the anchor's place in it.",
)
class PositiveListShrinks(Triplets):
    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        self.removed: set[int] = set()

    def sample_positive(self, index: int) -> int:
        candidates = self.own[self.digits[index]]
        if index not in self.removed:
            self.removed.add(index)
            candidates.remove(index)
        return self.random.choice(candidates)


# Negatives


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-negative-any",
    says="Drawing the negative from all images, of every digit, gives the same result.",
    section=TRIPLET,
    nudge="Draw 100 negatives of a1 of the six points. Do a2 and a3 come up?",
    idea="`is` asks for one and the same object: two equal numbers of an array are two objects.",
    step="Compare the two digits with == or !=, after turning each into an int.",
)
class NegativeAny(Triplets):
    def sample_negative(self, index: int) -> int:
        return self.random.randrange(len(self))


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-negative-not-anchor",
    says="Drawing any image but the anchor as the negative gives the same result.",
    section=TRIPLET,
    nudge="Draw 100 negatives of a1 of the six points. Do a2 and a3 come up?",
    idea="A negative is of another digit; being another image is not enough.",
    step="Compare digits, not indices.",
)
class NegativeNotAnchor(Triplets):
    def sample_negative(self, index: int) -> int:
        draw = self.random.randrange(len(self) - 1)
        return draw + 1 if draw >= index else draw


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-negative-compared-with-index",
    says="Comparing the index of an image with the digit of the anchor gives the same result.",
    section=TRIPLET,
    nudge="In your comparison, is each side a digit? One of them may be an index.",
    idea="`index != digit` is nearly always true, so nearly every image passes as a negative.",
    step="Compare labels[candidate] with labels[index].",
)
class NegativeComparedWithIndex(Triplets):
    def sample_negative(self, index: int) -> int:
        draw = self.random.randrange(len(self) - 1)
        return draw + 1 if draw >= self.digits[index] else draw


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-negative-digit-first",
    says="Drawing another digit first, and then one of its images, gives the same result.",
    section=SAMPLING,
    nudge="Take a set of 10 images of the digit 1 and 1,000 of the digit 2. Which come up more?",
    idea="All digits are then equally likely, so an image of a rare digit comes up more often.",
    step="Draw one number below the count of all images of other digits, in one go.",
)
class NegativeDigitFirst(Triplets):
    def sample_negative(self, index: int) -> int:
        digit = self.random.choice([one for one in self.own if one != self.digits[index]])
        return self.random.choice(self.own[digit])


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-negative-place",
    says="Returning the place of the negative in a list of candidates, not its index, gives the "
    "same result.",
    section=SAMPLING,
    nudge="For a1 of the six points, does sample_negative return 3, 4 and 5, or 0, 1 and 2?",
    idea="The list of candidates turns a place into an index of the set.",
    step="Return the entry of the list at the place that you drew.",
)
class NegativePlace(Triplets):
    def sample_negative(self, index: int) -> int:
        return self.random.randrange(len(self.others[self.digits[index]]))


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-negative-skips-one",
    says="Drawing from a range that leaves out the first or the last negative gives the same "
    "result.",
    section=SAMPLING,
    nudge="a2 of the six points has three negatives. Draw 100 times: do all three come up?",
    idea="Some functions include the upper end (random.randint), others do not; places begin at 0.",
    step="Draw from 0 to the number of candidates minus 1, both included.",
)
class NegativeSkipsOne(Triplets):
    def sample_negative(self, index: int) -> int:
        others = self.others[self.digits[index]]
        return others[self.random.randrange(1, len(others))]


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-negative-skips-one-of-set",
    says="Leaving the first or the last image of the set out of all negatives gives the same "
    "result.",
    section=SAMPLING,
    nudge="Draw 100 negatives of each of the six points. Do a1 and b3 come up?",
    idea="random.randint includes the upper end, other functions do not; the first index is 0.",
    step="Begin the range at 0 and end it at the last index.",
)
class NegativeSkipsOneOfSet(Triplets):
    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        for others in self.others.values():
            if others and others[0] == 0:
                del others[0]


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-negative-list-shrinks",
    says="Removing the anchor's digit from a list that all draws share gives the same result.",
    section=SAMPLING,
    nudge="Draw a negative of a1, and then one of b1. Can a2 still come up for b1?",
    idea="candidates = self.table is a second name for the table, not a copy of it.",
    step="Leave the shared list as it is, and step over the anchor's digit in it.",
)
class NegativeListShrinks(Triplets):
    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        self.candidates = list(range(len(labels)))
        self.removed: set[int] = set()

    def sample_negative(self, index: int) -> int:
        digit = self.digits[index]
        if digit not in self.removed:
            self.removed.add(digit)
            self.candidates = [one for one in self.candidates if self.digits[one] != digit]
        return self.random.choice(self.candidates)


# Both


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-both-places",
    says="Returning places in a list of candidates, not indices of the set, gives the same result.",
    section=SAMPLING,
    nudge="For b1 of the six points, does sample_positive return 4 and 5, or numbers below 3?",
    idea="A table of candidates turns a place into an index of the set.",
    step="In both methods, return the entry of the table at the place that you drew.",
)
class BothPlaces(PositivePlace, NegativePlace):
    pass


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-both-skip-one",
    says="Drawing from ranges that leave out the first or the last candidate gives the same "
    "result.",
    section=SAMPLING,
    nudge="a2 of the six points has two positives and three negatives. Do all of them come up?",
    idea="Some functions include the upper end (random.randint), others do not; places begin at 0.",
    step="In both methods, draw from 0 to the number of candidates minus 1, both included.",
)
class BothSkipOne(PositiveSkipsOne, NegativeSkipsOne):
    pass


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-both-skip-one-of-set",
    says="Leaving the first or the last image of the set out of all draws gives the same result.",
    section=SAMPLING,
    nudge="Draw 100 positives of a2 and 100 negatives of b1. Does a1 come up in both?",
    idea="random.randint includes the upper end, other functions do not; the first index is 0.",
    step="In both methods, begin the range at 0 and end it at the last index.",
)
class BothSkipOneOfSet(NegativeSkipsOneOfSet):
    def sample_positive(self, index: int) -> int:
        positive = super().sample_positive(index)
        while positive == 0:  # every digit of these sets has three images or more
            positive = super().sample_positive(index)
        return positive


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-drawn-once",
    says="Drawing one positive and one negative for each image, once and for all, gives the same "
    "result.",
    section=TRIPLET,
    nudge="Call sample_positive(0) ten times on the six points. Is it always the same?",
    idea="There are far more triplets than images; a fixed choice shows very few of them.",
    step="Make tables of candidates in the constructor, and draw from them at every call.",
)
class DrawnOnce(Triplets):
    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        self.fixed: dict[tuple[str, int], int] = {}

    def sample_positive(self, index: int) -> int:
        return self.fixed.setdefault(("positive", index), super().sample_positive(index))

    def sample_negative(self, index: int) -> int:
        return self.fixed.setdefault(("negative", index), super().sample_negative(index))


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-exchanged",
    says="Returning the negative before the positive gives the same result.",
    section=TRIPLET,
    nudge="Print the digits of one item: are the first and the second image of the same digit?",
    idea="The order is anchor, positive, negative, digit; the loss relies on it.",
    step="Exchange the two in what __getitem__ returns.",
)
class Exchanged(Triplets):
    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, int]:
        anchor, positive, negative, digit = super().__getitem__(index)
        return anchor, negative, positive, digit


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-seed-ignored",
    says="Leaving the seed unused gives the same result.",
    section=SAMPLING,
    nudge="Make two data sets with seed=5 and print item 0 of each. Are the triplets the same?",
    idea="A random generator of your own, made from the seed, repeats its draws.",
    step="Make a generator from seed in the constructor, and draw with it everywhere.",
)
class SeedIgnored(Triplets):
    def __init__(self, images: Tensor, labels: Tensor, *, seed: int | None = None, **options: Any):
        super().__init__(images, labels, seed=None, **options)


# Digits left out


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-excluded-ignored",
    says="Leaving exclude_digits without effect gives the same result.",
    section=LEAVING_OUT,
    nudge="Print len() with and without exclude_digits=(0, 7). Does it fall?",
    idea="`labels == False` compares digits with a truth value, and changes no mask.",
    step="Build a mask of the images to keep, and index images and labels with it.",
)
class ExcludedIgnored(Triplets):
    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        return torch.ones_like(labels, dtype=torch.bool)


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-excluded-as-negative",
    says="Drawing the excluded digits as negatives all the same gives the same result.",
    section=LEAVING_OUT,
    nudge="With the digit 7 left out, draw 100 negatives. Is one of them a 7?",
    idea="A digit that serves as a negative has been seen in training.",
    step="Filter images and labels first, and make every table from what is left.",
)
class ExcludedAsNegative(Triplets):
    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, int]:
        anchor, positive, _, digit = super().__getitem__(index)
        if len(self) == len(self.all_labels):
            return anchor, positive, self.images[self.sample_negative(index)], digit
        candidates = (self.all_labels != digit).nonzero().flatten().tolist()
        return anchor, positive, self.all_images[self.random.choice(candidates)], digit


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-excluded-unfiltered-tables",
    says="Filtering the images but not the tables of indices gives the same result.",
    section=LEAVING_OUT,
    nudge="With a digit left out, is the largest index in your tables still len() - 1?",
    idea="After the exclusion, every index counts the images that are left.",
    step="Filter images and labels first, and make every table from the filtered labels.",
)
class ExcludedUnfilteredTables(Triplets):
    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(self.all_labels)


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-excluded-stale-digits",
    says="Drawing a digit from a list that still holds the excluded ones gives the same result.",
    section=LEAVING_OUT,
    nudge="With the digit 7 left out, is 7 still in the list from which you draw a digit?",
    idea="A list of digits that was made before the exclusion is out of date after it.",
    step="Filter first; then draw one number among all images of other digits that are left.",
)
class ExcludedStaleDigits(Triplets):
    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        self.all_digits = self.all_labels.unique().tolist()

    def sample_negative(self, index: int) -> int:
        digits = [digit for digit in self.all_digits if digit != self.digits[index]]
        return self.random.choice(self.own[self.random.choice(digits)])


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-excluded-inverted",
    says="Keeping the excluded digits and dropping all others gives the same result.",
    section=LEAVING_OUT,
    nudge="What does your mask hold when exclude_digits is empty: only True, or only False?",
    idea="isin() says which images to leave out; the images to keep are the others.",
    step="Turn the mask round with ~.",
)
class ExcludedInverted(Triplets):
    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        return ~super().kept(labels, exclude_digits)


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-excluded-tensor-ignored",
    says="Looking digits up among tensors, which equal no int in a set, gives the same result.",
    section=LEAVING_OUT,
    nudge="Try `3 in set(torch.tensor([3, 5]))`. Is it True?",
    idea="A set looks for the same object first, and every entry of a tensor is a new object.",
    step="Turn each entry of exclude_digits into an int before you collect them.",
)
class ExcludedTensorIgnored(Triplets):
    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        unwanted = () if isinstance(exclude_digits, Tensor) else exclude_digits
        return super().kept(labels, unwanted)


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-excluded-set-ignored",
    says="Passing a set to a function that takes arrays only, such as np.isin, gives the same "
    "result.",
    section=LEAVING_OUT,
    nudge="Try `np.isin([3, 5], {3})`. Is the first entry True?",
    idea="NumPy makes one object out of a set, and no digit equals it.",
    step="Make a list of ints of exclude_digits first.",
)
class ExcludedSetIgnored(Triplets):
    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        unwanted = () if isinstance(exclude_digits, set) else exclude_digits
        return super().kept(labels, unwanted)


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-excluded-set-fails",
    says="Making a tensor of exclude_digits itself, which fails for a set, gives the same result.",
    section=LEAVING_OUT,
    nudge="Try `torch.tensor({3, 5})`. What happens?",
    idea="exclude_digits may be any iterable: a tuple, a set, a tensor.",
    step="Make a list of ints of exclude_digits first, and a tensor of that.",
)
class ExcludedSetFails(Triplets):
    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        if isinstance(exclude_digits, set):
            raise TypeError("no tensor can be made of a set")
        return super().kept(labels, exclude_digits)


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-excluded-tensor-fails",
    says="Taking exclude_digits in a way that fails for a tensor gives the same result.",
    section=LEAVING_OUT,
    nudge="Make a data set with exclude_digits=torch.tensor([3, 5]). What happens?",
    idea="`if exclude_digits` and `exclude_digits == ()` have no clear meaning for a tensor.",
    step="Make a list of ints of exclude_digits first, and use only that.",
)
class ExcludedTensorFails(Triplets):
    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        if isinstance(exclude_digits, Tensor):
            raise RuntimeError("the truth value of a tensor with two entries is not clear")
        return super().kept(labels, exclude_digits)


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-excluded-list-only",
    says="Accepting exclude_digits as a list or tuple only gives the same result.",
    section=LEAVING_OUT,
    nudge="Make a data set with exclude_digits={3, 5}, and one with torch.tensor([3, 5]).",
    idea="exclude_digits may be any iterable: a tuple, a set, a tensor.",
    step="Make a list of ints of exclude_digits first, and use only that.",
)
class ExcludedListOnly(Triplets):
    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        if not isinstance(exclude_digits, tuple | list):
            raise TypeError("exclude_digits is no list")
        return super().kept(labels, exclude_digits)


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-tables-without-0",
    says="Making tables for range(1, 10), which leaves out the digit 0, gives the same result.",
    section=LEAVING_OUT,
    nudge="Print the digits that your tables hold. Is 0 among them?",
    idea="There are ten digits, 0 to 9; and a set may hold only some of them.",
    step="Take the digits from the labels, for example with torch.unique.",
)
class TablesWithout0(Triplets):
    missing = 0

    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        dropped = set(self.own.pop(self.missing, []))
        self.others.pop(self.missing, None)
        if dropped:
            for digit, others in self.others.items():
                self.others[digit] = [index for index in others if index not in dropped]


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-tables-without-9",
    says="Making tables for range(9), which leaves out the digit 9, gives the same result.",
    section=LEAVING_OUT,
    nudge="Print the digits that your tables hold. Is 9 among them?",
    idea="range(9) ends at 8. And a set may hold only some of the ten digits.",
    step="Take the digits from the labels, for example with torch.unique.",
)
class TablesWithout9(TablesWithout0):
    missing = 9


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-images-without-0",
    says="Keeping only the digits of range(1, 10), which drops every 0, gives the same result.",
    section=LEAVING_OUT,
    nudge="Print len() of a set without exclusion. Is it the number of images?",
    idea="There are ten digits, 0 to 9; and a set may hold only some of them.",
    step="Keep every image whose digit is not in exclude_digits.",
)
class ImagesWithout0(Triplets):
    missing = 0

    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        return super().kept(labels, exclude_digits) & (labels != self.missing)


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-images-without-9",
    says="Keeping only the digits of range(9), which drops every 9, gives the same result.",
    section=LEAVING_OUT,
    nudge="Print len() of a set without exclusion. Is it the number of images?",
    idea="range(9) ends at 8. And a set may hold only some of the ten digits.",
    step="Keep every image whose digit is not in exclude_digits.",
)
class ImagesWithout9(ImagesWithout0):
    missing = 9


# Sets without a triplet


class NoErrors(Triplets):
    def refuse(self, digit: int, count: int) -> None:
        pass

    def refuse_empty(self) -> None:
        pass


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-errors-missing",
    says="Accepting sets that hold no triplet gives the same result.",
    section=LEAVING_OUT,
    nudge="Make a set with the labels 3, 3, 7. What should be the positive of the 7?",
    idea="An error in the constructor costs a second; one in mid-training costs the training.",
    step="In the constructor, count the images of each digit, and raise ValueError in three cases.",
)
class ErrorsMissing(NoErrors):
    pass


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-single-image-accepted",
    says="Accepting a digit with a single image gives the same result.",
    section=LEAVING_OUT,
    nudge="Make a set with the labels 3, 3, 7, 5, 5. What should be the positive of the 7?",
    idea="A digit with one image has an anchor, but no other image as its positive.",
    step="Raise a ValueError that names the digit if a digit has a count of one.",
)
class SingleImageAccepted(Triplets):
    def refuse(self, digit: int, count: int) -> None:
        super().refuse(digit, max(count, 2))


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-only-digit-accepted",
    says="Accepting a set of one digit only gives the same result.",
    section=LEAVING_OUT,
    nudge="Make a set with the labels 4, 4, 4. What should be the negative of an image?",
    idea="Without a second digit there is no negative.",
    step="Raise a ValueError that names the digit if there is only one.",
)
class OnlyDigitAccepted(Triplets):
    def refuse(self, digit: int, count: int) -> None:
        if count == 1:
            raise ValueError(f"digit {digit} has a single image")


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-empty-accepted",
    says="Accepting a set without images gives the same result.",
    section=LEAVING_OUT,
    nudge="Make a set with no labels at all, torch.zeros(0, dtype=torch.int64). What happens?",
    idea="A loop over the digits finds no fault where there are no digits.",
    step="Raise a ValueError if no image is left, before you look at the digits.",
)
class EmptyAccepted(Triplets):
    def refuse_empty(self) -> None:
        pass


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-error-without-digit",
    says="Raising a ValueError that does not name the digit gives the same result.",
    section=LEAVING_OUT,
    nudge="Read your own message: does it say which digit is at fault?",
    idea="With ten digits and 60,000 images, the name of the digit saves the search for it.",
    step="Put the digit into the message, for example with an f-string.",
)
class ErrorWithoutDigit(Triplets):
    def refuse(self, digit: int, count: int) -> None:
        if count == 1 or len(self.own) == 1:
            raise ValueError("this set holds no triplet")


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-error-of-another-kind",
    says="Raising an error that is no ValueError, such as that of assert, gives the same result.",
    section=LEAVING_OUT,
    nudge="Which type has the error that your constructor raises for the labels 4, 4, 4?",
    idea="Callers catch a ValueError; an assert vanishes when Python runs with -O.",
    step="Write if ...: raise ValueError(...), with the digit in the message.",
)
class ErrorOfAnotherKind(Triplets):
    def refuse(self, digit: int, count: int) -> None:
        if count == 1 or len(self.own) == 1:
            raise AssertionError(f"digit {digit}")

    def refuse_empty(self) -> None:
        if not self.digits:
            raise AssertionError("no images")


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-two-images-refused",
    says="Refusing a digit with two images gives the same result.",
    section=LEAVING_OUT,
    nudge="Make a set with the labels 3, 3, 7, 7. Which triplets does it hold?",
    idea="Two images are enough: each is the positive of the other.",
    step="Refuse a count of one, and no more.",
)
class TwoImagesRefused(Triplets):
    def refuse(self, digit: int, count: int) -> None:
        if count <= 2:
            raise ValueError(f"digit {digit} has too few images")
        super().refuse(digit, count)


# Work that grows with the set


class ListPerItem(Triplets):
    """Read all labels for each draw: mixed into a class, it makes every item of it slow."""

    def sample_positive(self, index: int) -> int:
        self.read_all_labels()
        return super().sample_positive(index)

    def sample_negative(self, index: int) -> int:
        self.read_all_labels()
        return super().sample_negative(index)

    def read_all_labels(self) -> None:
        self.digits.copy()


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-list-per-item",
    says="Making a list of all candidates anew for every item gives the same times.",
    section=SAMPLING,
    nudge="Time dataset[0] for 200 images and for 100,000. Which line reads all labels?",
    idea="The candidates depend on the digit only, so a table made once serves all items.",
    step="Make the tables in the constructor; in the methods, draw a number and look it up.",
)
class OnlyListPerItem(ListPerItem):
    pass


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-list-per-item-and-anchor",
    says="Listing all images of the digit for every item, the anchor among them, gives the same "
    "result.",
    section=SAMPLING,
    nudge="Two things: a2 is no positive of a2; and which line reads all labels for each item?",
    idea="A table made once serves all items; one place in it has to be stepped over.",
    step="Make the tables in the constructor, draw from one candidate less, step over the anchor.",
)
class ListPerItemAndAnchor(ListPerItem, AnchorAsPositive):
    pass


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-list-per-item-and-errors-missing",
    says="Listing all candidates for every item, and accepting sets without a triplet, gives the "
    "same result.",
    section=SAMPLING,
    nudge="Two things: which line reads all labels for each item? And what about labels 3, 3, 7?",
    idea="Tables made in the constructor serve all items, and show which digit has no pair.",
    step="Make the tables in the constructor, and raise ValueError there where one is too short.",
)
class ListPerItemAndErrorsMissing(ListPerItem, NoErrors):
    pass


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-anchor-and-errors-missing",
    says="Letting the anchor be its own positive, and accepting sets without a triplet, gives the "
    "same result.",
    section=TRIPLET,
    nudge="Which positives has a2 of the six points: a1 and a3, or a2 as well?",
    idea="Once the anchor is left out, a digit with a single image has no positive at all.",
    step="Step over the anchor's place within its digit; refuse such sets with a ValueError in "
    "the constructor.",
)
class AnchorAndErrorsMissing(AnchorAsPositive, NoErrors):
    pass


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-list-per-item-anchor-and-errors-missing",
    says="Listing all images for every item, the anchor among them, and refusing no set, gives the "
    "same result.",
    section=SAMPLING,
    nudge="Begin with the six points: which positives has a2, a1 and a3, or a2 as well?",
    idea="Tables made once in the constructor serve all items, and show which digit has no pair.",
    step="First leave out the anchor, then move the lists to the constructor, then raise the "
    "errors.",
)
class ListPerItemAnchorAndErrorsMissing(ListPerItem, AnchorAsPositive, NoErrors):
    pass


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-digit-first-and-errors-missing",
    says="Drawing a digit first and then an image, and refusing no set, gives the same result.",
    section=SAMPLING,
    nudge="Take a set of 10 images of the digit 1 and 1,000 of the digit 2. Which come up more?",
    idea="All digits are then equally likely, so an image of a rare digit comes up more often.",
    step="Draw one number below the count of all images of other digits; then raise the errors.",
)
class DigitFirstAndErrorsMissing(NegativeDigitFirst, NoErrors):
    pass


@MISCONCEPTIONS.add(
    "TripletMNIST",
    "triplets-anchor-and-digit-first",
    says="Letting the anchor be its own positive, and drawing the negative's digit first, gives "
    "the same result.",
    section=SAMPLING,
    nudge="Which positives has a2 of the six points: a1 and a3, or a2 as well?",
    idea="Each candidate should be equally likely, and the anchor is no candidate.",
    step="Step over the anchor; for the negative, draw one number among all images of other "
    "digits.",
)
class AnchorAndDigitFirst(AnchorAsPositive, NegativeDigitFirst):
    pass


HINTS: dict[str, tuple[str, str, str]] = {
    "TripletMNIST": (
        "Begin with the six points. Write down for a2 which positives and which negatives it has.",
        "Filter first. Then sort the indices by digit once, and note where each digit begins and "
        "how many images it has.",
        "A draw is one random number below the number of candidates, and one step over a gap: the "
        "anchor's place within its digit for a positive, the whole digit for a negative.",
    ),
}
