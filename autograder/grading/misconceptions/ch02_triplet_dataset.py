"""Misconceptions of chapter 2: sampling triplets, and leaving digits out."""

import random
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from ..misconception import Exercise

TRIPLET, SAMPLING, LEAVING_OUT = (
    "What a triplet is",
    "Sampling in constant time",
    "Leaving digits out",
)


TRIPLET_MNIST = Exercise(
    "TripletMNIST",
    LEAVING_OUT,
    "Begin with the six points. Write down for a2 which positives and which negatives it has.",
    "Filter first. Then sort the indices by digit once, and note where each digit begins and "
    "how many images it has.",
    "A draw is one random number below the number of candidates, and one step over a gap: the "
    "anchor's place within its digit for a positive, the whole digit for a negative.",
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


@TRIPLET_MNIST.mistake(
    "Which positives has a2 of the six points: a1 and a3, or a2 as well?",
    "An image is at distance zero from itself: such a triplet teaches nothing.",
    "Draw from one candidate less, and step over the anchor's place within its digit.",
    section=TRIPLET,
)
class TripletsAnchorAsPositive(Triplets):
    """Letting the anchor be its own positive gives the same result."""

    def sample_positive(self, index: int) -> int:
        return self.random.choice(self.own[self.digits[index]])


@TRIPLET_MNIST.mistake(
    "Can b1 of the six points come up as the positive of a1 in your version?",
    "The positive is another image of the same digit.",
    "Draw the positive from the table of the anchor's digit.",
    section=TRIPLET,
)
class TripletsPositiveAnyOther(Triplets):
    """Drawing the positive from all other images, not only those of the anchor's digit, gives the
    same result.
    """

    def sample_positive(self, index: int) -> int:
        draw = self.random.randrange(len(self) - 1)
        return draw + 1 if draw >= index else draw


@TRIPLET_MNIST.mistake(
    "For b1 of the six points, does sample_positive return 4 and 5, or numbers below 3?",
    "The table of a digit turns a place into an index of the set.",
    "Return the entry of the table at the place that you drew.",
    section=SAMPLING,
)
class TripletsPositivePlace(Triplets):
    """Returning the place of the positive among its digit, not its index, gives the same result."""

    def sample_positive(self, index: int) -> int:
        return self.place[super().sample_positive(index)]


@TRIPLET_MNIST.mistake(
    "a2 of the six points has two positives, a1 and a3. Draw 100 times: do both come up?",
    "Some functions include the upper end (random.randint), others do not; places begin at 0.",
    "Draw from 0 to the number of candidates minus 1, both included.",
    section=SAMPLING,
)
class TripletsPositiveSkipsOne(Triplets):
    """Drawing from a range that leaves out the first or the last positive gives the same result."""

    def sample_positive(self, index: int) -> int:
        own = self.own[self.digits[index]]
        return own[self.step_over(index, self.random.randrange(1, len(own) - 1))]


@TRIPLET_MNIST.mistake(
    "a2 of the six points has two positives, a1 and a3. Draw 100 times: do both come up?",
    "Some functions include the upper end (random.randint), others do not; places begin at 0.",
    "Begin the range at 0 and end it at the last place of the table.",
    section=SAMPLING,
)
class TripletsPositiveSkipsOneOfDigit(Triplets):
    """Leaving the first or the last image of a digit out of all positives gives the same result."""

    def sample_positive(self, index: int) -> int:
        own = self.own[self.digits[index]]
        if self.place[index] == 0:
            return own[self.random.randrange(1, len(own))]
        return own[self.step_over(index, self.random.randrange(1, len(own) - 1))]


@TRIPLET_MNIST.mistake(
    "Draw a positive of a1, then of a2, then of a3. Can a1 still come up?",
    "candidates = self.table[digit] is a second name for the table, not a copy of it.",
    "Leave the table as it is, and step over the anchor's place in it.",
    section=SAMPLING,
)
class TripletsPositiveListShrinks(Triplets):
    """Removing the anchor from a list that all draws share gives the same result."""

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


@TRIPLET_MNIST.mistake(
    "Draw 100 negatives of a1 of the six points. Do a2 and a3 come up?",
    "`is` asks for one and the same object: two equal numbers of an array are two objects.",
    "Compare the two digits with == or !=, after turning each into an int.",
    section=TRIPLET,
)
class TripletsNegativeAny(Triplets):
    """Drawing the negative from all images, of every digit, gives the same result."""

    def sample_negative(self, index: int) -> int:
        return self.random.randrange(len(self))


@TRIPLET_MNIST.mistake(
    "Draw 100 negatives of a1 of the six points. Do a2 and a3 come up?",
    "A negative is of another digit; being another image is not enough.",
    "Compare digits, not indices.",
    section=TRIPLET,
)
class TripletsNegativeNotAnchor(Triplets):
    """Drawing any image but the anchor as the negative gives the same result."""

    def sample_negative(self, index: int) -> int:
        draw = self.random.randrange(len(self) - 1)
        return draw + 1 if draw >= index else draw


@TRIPLET_MNIST.mistake(
    "In your comparison, is each side a digit? One of them may be an index.",
    "`index != digit` is nearly always true, so nearly every image passes as a negative.",
    "Compare labels[candidate] with labels[index].",
    section=TRIPLET,
)
class TripletsNegativeComparedWithIndex(Triplets):
    """Comparing the index of an image with the digit of the anchor gives the same result."""

    def sample_negative(self, index: int) -> int:
        draw = self.random.randrange(len(self) - 1)
        return draw + 1 if draw >= self.digits[index] else draw


@TRIPLET_MNIST.mistake(
    "Take a set of 10 images of the digit 1 and 1,000 of the digit 2. Which come up more?",
    "All digits are then equally likely, so an image of a rare digit comes up more often.",
    "Draw one number below the count of all images of other digits, in one go.",
    section=SAMPLING,
)
class TripletsNegativeDigitFirst(Triplets):
    """Drawing another digit first, and then one of its images, gives the same result."""

    def sample_negative(self, index: int) -> int:
        digit = self.random.choice([one for one in self.own if one != self.digits[index]])
        return self.random.choice(self.own[digit])


@TRIPLET_MNIST.mistake(
    "For a1 of the six points, does sample_negative return 3, 4 and 5, or 0, 1 and 2?",
    "The list of candidates turns a place into an index of the set.",
    "Return the entry of the list at the place that you drew.",
    section=SAMPLING,
)
class TripletsNegativePlace(Triplets):
    """Returning the place of the negative in a list of candidates, not its index, gives the same
    result.
    """

    def sample_negative(self, index: int) -> int:
        return self.random.randrange(len(self.others[self.digits[index]]))


@TRIPLET_MNIST.mistake(
    "a2 of the six points has three negatives. Draw 100 times: do all three come up?",
    "Some functions include the upper end (random.randint), others do not; places begin at 0.",
    "Draw from 0 to the number of candidates minus 1, both included.",
    section=SAMPLING,
)
class TripletsNegativeSkipsOne(Triplets):
    """Drawing from a range that leaves out the first or the last negative gives the same result."""

    def sample_negative(self, index: int) -> int:
        others = self.others[self.digits[index]]
        return others[self.random.randrange(1, len(others))]


@TRIPLET_MNIST.mistake(
    "Draw 100 negatives of each of the six points. Do a1 and b3 come up?",
    "random.randint includes the upper end, other functions do not; the first index is 0.",
    "Begin the range at 0 and end it at the last index.",
    section=SAMPLING,
)
class TripletsNegativeSkipsOneOfSet(Triplets):
    """Leaving the first or the last image of the set out of all negatives gives the same result."""

    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        for others in self.others.values():
            if others and others[0] == 0:
                del others[0]


@TRIPLET_MNIST.mistake(
    "Draw a negative of a1, and then one of b1. Can a2 still come up for b1?",
    "candidates = self.table is a second name for the table, not a copy of it.",
    "Leave the shared list as it is, and step over the anchor's digit in it.",
    section=SAMPLING,
)
class TripletsNegativeListShrinks(Triplets):
    """Removing the anchor's digit from a list that all draws share gives the same result."""

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


@TRIPLET_MNIST.mistake(
    "For b1 of the six points, does sample_positive return 4 and 5, or numbers below 3?",
    "A table of candidates turns a place into an index of the set.",
    "In both methods, return the entry of the table at the place that you drew.",
    section=SAMPLING,
)
class TripletsBothPlaces(TripletsPositivePlace, TripletsNegativePlace):
    """Returning places in a list of candidates, not indices of the set, gives the same result."""


@TRIPLET_MNIST.mistake(
    "a2 of the six points has two positives and three negatives. Do all of them come up?",
    "Some functions include the upper end (random.randint), others do not; places begin at 0.",
    "In both methods, draw from 0 to the number of candidates minus 1, both included.",
    section=SAMPLING,
)
class TripletsBothSkipOne(TripletsPositiveSkipsOne, TripletsNegativeSkipsOne):
    """Drawing from ranges that leave out the first or the last candidate gives the same result."""


@TRIPLET_MNIST.mistake(
    "Draw 100 positives of a2 and 100 negatives of b1. Does a1 come up in both?",
    "random.randint includes the upper end, other functions do not; the first index is 0.",
    "In both methods, begin the range at 0 and end it at the last index.",
    section=SAMPLING,
)
class TripletsBothSkipOneOfSet(TripletsNegativeSkipsOneOfSet):
    """Leaving the first or the last image of the set out of all draws gives the same result."""

    def sample_positive(self, index: int) -> int:
        positive = super().sample_positive(index)
        while positive == 0:  # every digit of these sets has three images or more
            positive = super().sample_positive(index)
        return positive


@TRIPLET_MNIST.mistake(
    "Call sample_positive(0) ten times on the six points. Is it always the same?",
    "There are far more triplets than images; a fixed choice shows very few of them.",
    "Make tables of candidates in the constructor, and draw from them at every call.",
    section=TRIPLET,
)
class TripletsDrawnOnce(Triplets):
    """Drawing one positive and one negative for each image, once and for all, gives the same
    result.
    """

    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        self.fixed: dict[tuple[str, int], int] = {}

    def sample_positive(self, index: int) -> int:
        return self.fixed.setdefault(("positive", index), super().sample_positive(index))

    def sample_negative(self, index: int) -> int:
        return self.fixed.setdefault(("negative", index), super().sample_negative(index))


@TRIPLET_MNIST.mistake(
    "Print the digits of one item: are the first and the second image of the same digit?",
    "The order is anchor, positive, negative, digit; the loss relies on it.",
    "Exchange the two in what __getitem__ returns.",
    section=TRIPLET,
)
class TripletsExchanged(Triplets):
    """Returning the negative before the positive gives the same result."""

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, int]:
        anchor, positive, negative, digit = super().__getitem__(index)
        return anchor, negative, positive, digit


@TRIPLET_MNIST.mistake(
    "Make two data sets with seed=5 and print item 0 of each. Are the triplets the same?",
    "A random generator of your own, made from the seed, repeats its draws.",
    "Make a generator from seed in the constructor, and draw with it everywhere.",
    section=SAMPLING,
)
class TripletsSeedIgnored(Triplets):
    """Leaving the seed unused gives the same result."""

    def __init__(self, images: Tensor, labels: Tensor, *, seed: int | None = None, **options: Any):
        super().__init__(images, labels, seed=None, **options)


# Digits left out


@TRIPLET_MNIST.mistake(
    "Print len() with and without exclude_digits=(0, 7). Does it fall?",
    "`labels == False` compares digits with a truth value, and changes no mask.",
    "Build a mask of the images to keep, and index images and labels with it.",
)
class TripletsExcludedIgnored(Triplets):
    """Leaving exclude_digits without effect gives the same result."""

    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        return torch.ones_like(labels, dtype=torch.bool)


@TRIPLET_MNIST.mistake(
    "With the digit 7 left out, draw 100 negatives. Is one of them a 7?",
    "A digit that serves as a negative has been seen in training.",
    "Filter images and labels first, and make every table from what is left.",
)
class TripletsExcludedAsNegative(Triplets):
    """Drawing the excluded digits as negatives all the same gives the same result."""

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, int]:
        anchor, positive, _, digit = super().__getitem__(index)
        if len(self) == len(self.all_labels):
            return anchor, positive, self.images[self.sample_negative(index)], digit
        candidates = (self.all_labels != digit).nonzero().flatten().tolist()
        return anchor, positive, self.all_images[self.random.choice(candidates)], digit


@TRIPLET_MNIST.mistake(
    "With a digit left out, is the largest index in your tables still len() - 1?",
    "After the exclusion, every index counts the images that are left.",
    "Filter images and labels first, and make every table from the filtered labels.",
)
class TripletsExcludedUnfilteredTables(Triplets):
    """Filtering the images but not the tables of indices gives the same result."""

    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(self.all_labels)


@TRIPLET_MNIST.mistake(
    "With the digit 7 left out, is 7 still in the list from which you draw a digit?",
    "A list of digits that was made before the exclusion is out of date after it.",
    "Filter first; then draw one number among all images of other digits that are left.",
)
class TripletsExcludedStaleDigits(Triplets):
    """Drawing a digit from a list that still holds the excluded ones gives the same result."""

    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        self.all_digits = self.all_labels.unique().tolist()

    def sample_negative(self, index: int) -> int:
        digits = [digit for digit in self.all_digits if digit != self.digits[index]]
        return self.random.choice(self.own[self.random.choice(digits)])


@TRIPLET_MNIST.mistake(
    "What does your mask hold when exclude_digits is empty: only True, or only False?",
    "isin() says which images to leave out; the images to keep are the others.",
    "Turn the mask round with ~.",
)
class TripletsExcludedInverted(Triplets):
    """Keeping the excluded digits and dropping all others gives the same result."""

    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        return ~super().kept(labels, exclude_digits)


@TRIPLET_MNIST.mistake(
    "Try `3 in set(torch.tensor([3, 5]))`. Is it True?",
    "A set looks for the same object first, and every entry of a tensor is a new object.",
    "Turn each entry of exclude_digits into an int before you collect them.",
)
class TripletsExcludedTensorIgnored(Triplets):
    """Looking digits up among tensors, which equal no int in a set, gives the same result."""

    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        unwanted = () if isinstance(exclude_digits, Tensor) else exclude_digits
        return super().kept(labels, unwanted)


@TRIPLET_MNIST.mistake(
    "Try `np.isin([3, 5], {3})`. Is the first entry True?",
    "NumPy makes one object out of a set, and no digit equals it.",
    "Make a list of ints of exclude_digits first.",
)
class TripletsExcludedSetIgnored(Triplets):
    """Passing a set to a function that takes arrays only, such as np.isin, gives the
    same result.
    """

    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        unwanted = () if isinstance(exclude_digits, set) else exclude_digits
        return super().kept(labels, unwanted)


@TRIPLET_MNIST.mistake(
    "Try `torch.tensor({3, 5})`. What happens?",
    "exclude_digits may be any iterable: a tuple, a set, a tensor.",
    "Make a list of ints of exclude_digits first, and a tensor of that.",
)
class TripletsExcludedSetFails(Triplets):
    """Making a tensor of exclude_digits itself, which fails for a set, gives the same result."""

    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        if isinstance(exclude_digits, set):
            raise TypeError("no tensor can be made of a set")
        return super().kept(labels, exclude_digits)


@TRIPLET_MNIST.mistake(
    "Make a data set with exclude_digits=torch.tensor([3, 5]). What happens?",
    "`if exclude_digits` asks for one truth value, and a tensor with two entries has none.",
    "Make a list of ints of exclude_digits first, and use only that.",
)
class TripletsExcludedTensorFails(Triplets):
    """Taking exclude_digits in a way that fails for a tensor gives the same result."""

    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        if isinstance(exclude_digits, Tensor):
            raise RuntimeError("the truth value of a tensor with two entries is not clear")
        return super().kept(labels, exclude_digits)


@TRIPLET_MNIST.mistake(
    "Make a data set with exclude_digits={3, 5}, and one with torch.tensor([3, 5]).",
    "exclude_digits may be any iterable: a tuple, a set, a tensor.",
    "Make a list of ints of exclude_digits first, and use only that.",
)
class TripletsExcludedListOnly(Triplets):
    """Accepting exclude_digits as a list or tuple only gives the same result."""

    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        if not isinstance(exclude_digits, tuple | list):
            raise TypeError("exclude_digits is no list")
        return super().kept(labels, exclude_digits)


@TRIPLET_MNIST.mistake(
    "Print the digits that your tables hold. Is 0 among them?",
    "There are ten digits, 0 to 9; and a set may hold only some of them.",
    "Take the digits from the labels, for example with torch.unique.",
)
class TripletsTablesWithout0(Triplets):
    """Making tables for range(1, 10), which leaves out the digit 0, gives the same result."""

    missing = 0

    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        dropped = set(self.own.pop(self.missing, []))
        self.others.pop(self.missing, None)
        if dropped:
            for digit, others in self.others.items():
                self.others[digit] = [index for index in others if index not in dropped]


@TRIPLET_MNIST.mistake(
    "Print the digits that your tables hold. Is 9 among them?",
    "range(9) ends at 8. And a set may hold only some of the ten digits.",
    "Take the digits from the labels, for example with torch.unique.",
)
class TripletsTablesWithout9(TripletsTablesWithout0):
    """Making tables for range(9), which leaves out the digit 9, gives the same result."""

    missing = 9


@TRIPLET_MNIST.mistake(
    "Print len() of a set without exclusion. Is it the number of images?",
    "There are ten digits, 0 to 9; and a set may hold only some of them.",
    "Keep every image whose digit is not in exclude_digits.",
)
class TripletsImagesWithout0(Triplets):
    """Keeping only the digits of range(1, 10), which drops every 0, gives the same result."""

    missing = 0

    def kept(self, labels: Tensor, exclude_digits: Iterable[int]) -> Tensor:
        return super().kept(labels, exclude_digits) & (labels != self.missing)


@TRIPLET_MNIST.mistake(
    "Print len() of a set without exclusion. Is it the number of images?",
    "range(9) ends at 8. And a set may hold only some of the ten digits.",
    "Keep every image whose digit is not in exclude_digits.",
)
class TripletsImagesWithout9(TripletsImagesWithout0):
    """Keeping only the digits of range(9), which drops every 9, gives the same result."""

    missing = 9


# Sets without a triplet


class NoErrors(Triplets):
    def refuse(self, digit: int, count: int) -> None:
        pass

    def refuse_empty(self) -> None:
        pass


@TRIPLET_MNIST.mistake(
    "Make a set with the labels 3, 3, 7. What should be the positive of the 7?",
    "An error in the constructor costs a second; one in mid-training costs the training.",
    "In the constructor, count the images of each digit, and raise ValueError in three cases.",
)
class TripletsErrorsMissing(NoErrors):
    """Accepting sets that hold no triplet gives the same result."""


@TRIPLET_MNIST.mistake(
    "Make a set with the labels 3, 3, 7, 5, 5. What should be the positive of the 7?",
    "A digit with one image has an anchor, but no other image as its positive.",
    "Raise a ValueError that names the digit if a digit has a count of one.",
)
class TripletsSingleImageAccepted(Triplets):
    """Accepting a digit with a single image gives the same result."""

    def refuse(self, digit: int, count: int) -> None:
        super().refuse(digit, max(count, 2))


@TRIPLET_MNIST.mistake(
    "Make a set with the labels 4, 4, 4. What should be the negative of an image?",
    "Without a second digit there is no negative.",
    "Raise a ValueError that names the digit if there is only one.",
)
class TripletsOnlyDigitAccepted(Triplets):
    """Accepting a set of one digit only gives the same result."""

    def refuse(self, digit: int, count: int) -> None:
        if count == 1:
            raise ValueError(f"digit {digit} has a single image")


@TRIPLET_MNIST.mistake(
    "Make a set with no labels at all, torch.zeros(0, dtype=torch.int64). What happens?",
    "A loop over the digits finds no fault where there are no digits.",
    "Raise a ValueError if no image is left, before you look at the digits.",
)
class TripletsEmptyAccepted(Triplets):
    """Accepting a set without images gives the same result."""

    def refuse_empty(self) -> None:
        pass


@TRIPLET_MNIST.mistake(
    "Read your own message: does it say which digit is at fault?",
    "With ten digits and 60,000 images, the name of the digit saves the search for it.",
    "Put the digit into the message, for example with an f-string.",
)
class TripletsErrorWithoutDigit(Triplets):
    """Raising a ValueError that does not name the digit gives the same result."""

    def refuse(self, digit: int, count: int) -> None:
        if count == 1 or len(self.own) == 1:
            raise ValueError("this set holds no triplet")


@TRIPLET_MNIST.mistake(
    "Which type has the error that your constructor raises for the labels 4, 4, 4?",
    "Callers catch a ValueError; an assert vanishes when Python runs with -O.",
    "Write if ...: raise ValueError(...), with the digit in the message.",
)
class TripletsErrorOfAnotherKind(Triplets):
    """Raising an error that is no ValueError, such as that of assert, gives the same result."""

    def refuse(self, digit: int, count: int) -> None:
        if count == 1 or len(self.own) == 1:
            raise AssertionError(f"digit {digit}")

    def refuse_empty(self) -> None:
        if not self.digits:
            raise AssertionError("no images")


@TRIPLET_MNIST.mistake(
    "Make a set with the labels 3, 3, 7, 7. Which triplets does it hold?",
    "Two images are enough: each is the positive of the other.",
    "Refuse a count of one, and no more.",
)
class TripletsTwoImagesRefused(Triplets):
    """Refusing a digit with two images gives the same result."""

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


@TRIPLET_MNIST.mistake(
    "Time dataset[0] for 200 images and for 100,000. Which line reads all labels?",
    "The candidates depend on the digit only, so a table made once serves all items.",
    "Make the tables in the constructor; in the methods, draw a number and look it up.",
    section=SAMPLING,
)
class TripletsListPerItem(ListPerItem):
    """Making a list of all candidates anew for every item gives the same times."""


@TRIPLET_MNIST.mistake(
    "Two things: a2 is no positive of a2; and which line reads all labels for each item?",
    "A table made once serves all items; one place in it has to be stepped over.",
    "Make the tables in the constructor, draw from one candidate less, step over the anchor.",
    section=SAMPLING,
)
class TripletsListPerItemAndAnchor(ListPerItem, TripletsAnchorAsPositive):
    """Listing all images of the digit for every item, the anchor among them, gives the
    same result.
    """


@TRIPLET_MNIST.mistake(
    "Two things: which line reads all labels for each item? And what about labels 3, 3, 7?",
    "Tables made in the constructor serve all items, and show which digit has no pair.",
    "Make the tables in the constructor, and raise ValueError there where one is too short.",
    section=SAMPLING,
)
class TripletsListPerItemAndErrorsMissing(ListPerItem, NoErrors):
    """Listing all candidates for every item, and accepting sets without a triplet, gives the same
    result.
    """


@TRIPLET_MNIST.mistake(
    "Which positives has a2 of the six points: a1 and a3, or a2 as well?",
    "Once the anchor is left out, a digit with a single image has no positive at all.",
    "Step over the anchor's place within its digit; refuse such sets with a ValueError in "
    "the constructor.",
    section=TRIPLET,
)
class TripletsAnchorAndErrorsMissing(TripletsAnchorAsPositive, NoErrors):
    """Letting the anchor be its own positive, and accepting sets without a triplet, gives the same
    result.
    """


@TRIPLET_MNIST.mistake(
    "Begin with the six points: which positives has a2, a1 and a3, or a2 as well?",
    "Tables made once in the constructor serve all items, and show which digit has no pair.",
    "First leave out the anchor, then move the lists to the constructor, then raise the errors.",
    section=SAMPLING,
)
class TripletsListPerItemAnchorAndErrorsMissing(ListPerItem, TripletsAnchorAsPositive, NoErrors):
    """Listing all images for every item, the anchor among them, and refusing no set, gives the same
    result.
    """


@TRIPLET_MNIST.mistake(
    "Take a set of 10 images of the digit 1 and 1,000 of the digit 2. Which come up more?",
    "All digits are then equally likely, so an image of a rare digit comes up more often.",
    "Draw one number below the count of all images of other digits; then raise the errors.",
    section=SAMPLING,
)
class TripletsDigitFirstAndErrorsMissing(TripletsNegativeDigitFirst, NoErrors):
    """Drawing a digit first and then an image, and refusing no set, gives the same result."""


@TRIPLET_MNIST.mistake(
    "Which positives has a2 of the six points: a1 and a3, or a2 as well?",
    "Each candidate should be equally likely, and the anchor is no candidate.",
    "Step over the anchor; for the negative, draw one number among all images of other digits.",
    section=SAMPLING,
)
class TripletsAnchorAndDigitFirst(TripletsAnchorAsPositive, TripletsNegativeDigitFirst):
    """Letting the anchor be its own positive, and drawing the negative's digit first, gives the
    same result.
    """
