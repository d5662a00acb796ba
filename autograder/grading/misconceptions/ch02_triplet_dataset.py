"""Misconceptions of chapter 2: sampling triplets, and leaving digits out."""

import functools
import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..misconception import Exercise, stumble

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


class Tables:
    """All indices, digit after digit; where each digit begins; where each image stands."""

    def __init__(self, labels: Tensor, digits: list[int]) -> None:
        rows = [np.flatnonzero(labels.numpy() == digit) for digit in digits]
        counts = [len(own) for own in rows]
        starts = np.cumsum([0, *counts]).tolist()
        by_digit = np.concatenate([np.zeros(0, np.int64), *rows])
        place = np.zeros(len(labels), np.int64)
        place[by_digit] = np.arange(len(by_digit))
        self.by_digit = by_digit.tolist()
        self.place = place.tolist()
        self.count = dict(zip(digits, counts, strict=True))
        self.start = dict(zip(digits, starts, strict=False))

    def own(self, digit: int) -> list[int]:
        """Return the indices of the images of a digit."""
        start = self.start[digit]
        return self.by_digit[start : start + self.count[digit]]


@TRIPLET_MNIST.family
class Triplets:
    """A data set without a mistake, with a method for each decision."""

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        *,
        exclude_digits: Iterable[int] = (),
        seed: int | None = None,
    ) -> None:
        self.seed = seed
        self.random = self.generator(seed)
        self.excluded = self.read(exclude_digits)
        images, labels = self.arranged(*self.prepared(images, labels))
        self.all_images, self.all_labels = images, labels
        kept = self.kept(labels, self.excluded)  # (n,)
        self.images = self.images_left(images, kept)
        left = self.labels_left(labels, kept)
        self.digits = left.tolist()
        self.refuse(Counter(self.labels_in_question(left).tolist()))
        self.make_tables(left)

    def make_tables(self, labels: Tensor) -> None:
        of_positives, of_negatives = (
            self.labels_of_positives(labels),
            self.labels_of_negatives(labels),
        )
        self.own = Tables(of_positives, self.digits_in(of_positives))
        self.others = self.own
        if of_negatives is not of_positives:
            self.others = Tables(of_negatives, self.digits_in(of_negatives))

    def __len__(self) -> int:
        return len(self.digits)

    def sample_positive(self, index: int) -> int:
        self.look_up(index)
        return self.positive(index)

    def sample_negative(self, index: int) -> int:
        self.look_up(index)
        return self.negative(index)

    def __getitem__(self, index: int) -> Any:
        self.before_item(index)
        positive, negative = self.sample_positive(index), self.sample_negative(index)
        anchor_image = self.image(self.images, index)
        positive_image = self.image(self.images, positive)
        negative_image = self.image(self.images_of_negatives(), negative)
        digit = self.digit_of(self.digits[index])
        return self.item(anchor_image, positive_image, negative_image, digit)

    # What is given

    def generator(self, seed: int | None) -> random.Random:
        return random.Random(seed)

    def stream(self) -> random.Random:
        """Return the generator from which one number is drawn."""
        return self.random

    def below(self, count: int) -> int:
        """Draw a number from 0 to count - 1."""
        if count < 1:
            stumble(ValueError("there is nothing to draw from"))
        return int(self.stream().random() * count)

    def one_of(self, candidates: list[int]) -> int:
        return candidates[self.below(len(candidates))]

    def one_of_digit(self, digit: int) -> int:
        """Draw a negative among the images of one digit, with no work that grows."""
        place = self.below(self.others.count[digit])
        return self.others.by_digit[self.others.start[digit] + place]

    def read(self, exclude_digits: Iterable[int]) -> list[int]:
        return [int(digit) for digit in exclude_digits]

    def prepared(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        return images, labels

    def arranged(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        return images, labels

    # What is left

    def kept(self, labels: Tensor, excluded: list[int]) -> Tensor:
        return ~torch.isin(labels, torch.tensor(excluded, dtype=labels.dtype))

    def images_left(self, images: Tensor, kept: Tensor) -> Tensor:
        return images[kept]

    def labels_left(self, labels: Tensor, kept: Tensor) -> Tensor:
        return labels[kept]

    def labels_of_positives(self, labels: Tensor) -> Tensor:
        return labels

    def labels_of_negatives(self, labels: Tensor) -> Tensor:
        return labels

    def digits_in(self, labels: Tensor) -> list[int]:
        return labels.unique().tolist()

    # What is refused

    def labels_in_question(self, labels: Tensor) -> Tensor:
        return labels

    def refuse(self, counts: Counter[int]) -> None:
        if not counts:
            self.refuse_empty()
        for digit, count in counts.items():
            if self.is_too_few(count):
                raise self.error(self.message_on_single(digit))
        if len(counts) == 1:
            self.refuse_only(min(counts))

    def refuse_empty(self) -> None:
        raise self.error("no images")

    def is_too_few(self, count: int) -> bool:
        return count < 2

    def refuse_only(self, digit: int) -> None:
        raise self.error(self.message_on_only(digit))

    def message_on_single(self, digit: int) -> str:
        return f"{self.name_of(digit)} has a single image"

    def message_on_only(self, digit: int) -> str:
        return f"{self.name_of(digit)} is the only digit"

    def name_of(self, digit: int) -> str:
        return f"digit {digit}"

    def error(self, message: str) -> Exception:
        return ValueError(message)

    # Draws

    def look_up(self, index: int) -> None:
        """Do what is done before each draw, besides the draw: nothing."""

    def positive(self, index: int) -> int:
        digit = self.digits[index]
        draw = self.positive_draw(self.positive_count(digit))
        return self.positive_at(digit, self.step_over_anchor(draw, index))

    def positive_count(self, digit: int) -> int:
        return self.own.count[digit] - 1

    def positive_draw(self, count: int) -> int:
        return self.below(count)

    def step_over_anchor(self, draw: int, index: int) -> int:
        return draw + 1 if draw >= self.place_within_digit(index) else draw

    def place_within_digit(self, index: int) -> int:
        return self.own.place[index] - self.own.start[self.digits[index]]

    def positive_at(self, digit: int, place: int) -> int:
        return self.own.by_digit[self.own.start[digit] + place]

    def negative(self, index: int) -> int:
        digit = self.digits[index]
        draw = self.negative_draw(self.negative_count(digit))
        return self.negative_at(self.step_over_digit(draw, digit))

    def negative_count(self, digit: int) -> int:
        return len(self.others.by_digit) - self.others.count[digit]

    def negative_draw(self, count: int) -> int:
        return self.below(count)

    def step_over_digit(self, draw: int, digit: int) -> int:
        return draw + self.others.count[digit] if draw >= self.others.start[digit] else draw

    def negative_at(self, place: int) -> int:
        return self.others.by_digit[place]

    # Items

    def before_item(self, index: int) -> None:
        """Do what is done before an item is drawn: nothing."""

    def image(self, images: Tensor, index: int) -> Any:
        return images[index]

    def images_of_negatives(self) -> Tensor:
        return self.images

    def digit_of(self, label: int) -> int:
        return label

    def item(self, anchor: Any, positive: Any, negative: Any, digit: int) -> Any:
        return anchor, positive, negative, digit


class OtherPositive(Triplets):
    """What draws positives in another way takes none of the smaller decisions."""

    positive_count = Triplets.positive_count
    positive_draw = Triplets.positive_draw
    step_over_anchor = Triplets.step_over_anchor
    place_within_digit = Triplets.place_within_digit
    positive_at = Triplets.positive_at


class OtherNegative(Triplets):
    """What draws negatives in another way takes none of the smaller decisions."""

    negative_count = Triplets.negative_count
    negative_draw = Triplets.negative_draw
    step_over_digit = Triplets.step_over_digit
    negative_at = Triplets.negative_at


# Positives


@TRIPLET_MNIST.mistake(
    "Which positives has a2 of the six points: a1 and a3, or a2 as well?",
    "An image is at distance zero from itself: such a triplet teaches nothing.",
    "Draw from one candidate less, and step over the anchor's place within its digit.",
    section=TRIPLET,
)
class TripletsAnchorAsPositive(Triplets):
    """Letting the anchor be its own positive gives the same result."""

    positive_draw = Triplets.positive_draw
    place_within_digit = Triplets.place_within_digit

    def positive_count(self, digit: int) -> int:
        return self.own.count[digit]

    def step_over_anchor(self, draw: int, index: int) -> int:
        return draw


@TRIPLET_MNIST.mistake(
    "Can b1 of the six points come up as the positive of a1 in your version?",
    "The positive is another image of the same digit.",
    "Draw the positive from the table of the anchor's digit.",
    section=TRIPLET,
)
class TripletsPositiveAnyOther(OtherPositive):
    """Drawing the positive from all other images, not only those of the anchor's digit, gives the
    same result.
    """

    def positive(self, index: int) -> int:
        draw = self.below(len(self.digits) - 1)
        return draw + 1 if draw >= index else draw


@TRIPLET_MNIST.mistake(
    "Draw 100 positives of a1 of the six points. Which of the six points come up?",
    "A positive is another image, and it is of the same digit: both halves count.",
    "Draw from the images of the anchor's digit only, and step over the anchor among them.",
    section=TRIPLET,
)
class TripletsPositiveAnyImage(OtherPositive):
    """Drawing the positive from all images, the anchor among them, gives the same result."""

    def positive(self, index: int) -> int:
        return self.below(len(self.digits))


@TRIPLET_MNIST.mistake(
    "Where you leave out the anchor: is what you compare with it an index, like the anchor's?",
    "The digit 3 and the image number 3 are two things; the anchor is an image.",
    "Leave out the candidate that equals index, not the one that equals the digit.",
    section=TRIPLET,
)
class TripletsPositiveComparedWithDigit(OtherPositive):
    """Comparing the candidates with the anchor's digit, not with its index, gives the same
    result.
    """

    def positive(self, index: int) -> int:
        digit = self.digits[index]
        start, count = self.own.start[digit], self.own.count[digit]
        is_own = digit < len(self.digits) and self.digits[digit] == digit
        draw = self.below(count - is_own)
        if is_own and draw >= self.own.place[digit] - start:
            draw += 1
        return self.own.by_digit[start + draw]


@TRIPLET_MNIST.mistake(
    "For b1 of the six points, does sample_positive return 4 and 5, or numbers below 3?",
    "The table of a digit turns a place into an index of the set.",
    "Return the entry of the table at the place that you drew.",
    section=SAMPLING,
)
class TripletsPositivePlace(Triplets):
    """Returning the place of the positive among its digit, not its index, gives the same result."""

    def positive_at(self, digit: int, place: int) -> int:
        return place


@TRIPLET_MNIST.mistake(
    "The six points are sorted already. Which index do you return where the digits are mixed?",
    "start[c] + draw is a place; by_digit says which image stands there.",
    "Return by_digit[place], not the place itself.",
    section=SAMPLING,
)
class TripletsPositiveByDigitForgotten(Triplets):
    """Returning the place of the positive in by_digit, not the index that stands there, gives the
    same result.
    """

    def positive_at(self, digit: int, place: int) -> int:
        return self.own.start[digit] + place


@TRIPLET_MNIST.mistake(
    "Draw the positives of b1 of the six points. Are they b2 and b3, or a1 to a3?",
    "The images of digit c begin at start[c] in by_digit; before it stand other digits.",
    "Add start[c] to the draw before you look it up in by_digit.",
    section=SAMPLING,
)
class TripletsPositiveStartForgotten(Triplets):
    """Looking the draw up in by_digit without adding the start of the digit gives the same
    result.
    """

    def positive_at(self, digit: int, place: int) -> int:
        return self.own.by_digit[place]


@TRIPLET_MNIST.mistake(
    "b2 stands at place 4 of by_digit. How many images of its class stand before it?",
    "The draw counts within the digit, from 0; the place counts from the first digit on.",
    "Take start[c] away from the place before you compare the draw with it.",
    section=SAMPLING,
)
class TripletsPositivePlaceWithoutStart(Triplets):
    """Comparing the draw with the anchor's place among all images, not within its digit, gives the
    same result.
    """

    def place_within_digit(self, index: int) -> int:
        return self.own.place[index]


@TRIPLET_MNIST.mistake(
    "Let image 5 be the second of its digit. Which number has the draw to step over?",
    "An index counts all images in the order that was given; the draw counts those of one digit.",
    "Compare the draw with place[index] - start[c].",
    section=SAMPLING,
)
class TripletsPositiveIndexForPlace(Triplets):
    """Comparing the draw with the anchor's index, not its place within its digit, gives the same
    result.
    """

    def place_within_digit(self, index: int) -> int:
        return index


@TRIPLET_MNIST.also(TripletsPositiveIndexForPlace)
class TripletsPositiveIndexMinusStart(Triplets):
    def place_within_digit(self, index: int) -> int:
        return index - self.own.start[self.digits[index]]


@TRIPLET_MNIST.mistake(
    "Write down which image each draw gives for a2. Does a2 come up? Does a3?",
    "A draw that equals the anchor's place is the anchor: from there on, step over it.",
    "Write >= where you compare the draw with the anchor's place.",
    section=SAMPLING,
)
class TripletsPositiveStepTooLate(Triplets):
    """Stepping over the anchor one draw too late, with > in place of >=, gives the same result."""

    def step_over_anchor(self, draw: int, index: int) -> int:
        return draw + 1 if draw > self.place_within_digit(index) else draw


@TRIPLET_MNIST.mistake(
    "Write down which image each of the two draws gives for a1. Does a3 come up?",
    "One candidate less is half of it: the anchor then has to be stepped over.",
    "Add 1 to the draw where it is at the anchor's place within its digit, or beyond it.",
    section=SAMPLING,
)
class TripletsPositiveNoStep(Triplets):
    """Drawing from one candidate less, but without a step over the anchor, gives the same
    result.
    """

    positive_count = Triplets.positive_count
    positive_draw = Triplets.positive_draw
    place_within_digit = Triplets.place_within_digit

    def step_over_anchor(self, draw: int, index: int) -> int:
        return draw


@TRIPLET_MNIST.also(TripletsPositiveNoStep)
class TripletsPositiveFromSecond(TripletsPositiveNoStep):
    def step_over_anchor(self, draw: int, index: int) -> int:
        return draw + 1


@TRIPLET_MNIST.mistake(
    "Let a digit have four images. For the first, count how often each of the others comes up.",
    "If the neighbour takes the anchor's turn, it has two turns of its own.",
    "Draw from one candidate less, so that no draw is the anchor.",
    section=SAMPLING,
)
class TripletsPositiveNeighbourTwice(Triplets):
    """Taking the next image of the digit where the anchor itself was drawn gives the same
    result.
    """

    positive_draw = Triplets.positive_draw
    place_within_digit = Triplets.place_within_digit

    def positive_count(self, digit: int) -> int:
        return self.own.count[digit]

    def step_over_anchor(self, draw: int, index: int) -> int:
        if draw != self.place_within_digit(index):
            return draw
        return (draw + 1) % self.own.count[self.digits[index]]


@TRIPLET_MNIST.mistake(
    "a2 of the six points has two positives, a1 and a3. Draw 100 times: do both come up?",
    "Some functions include the upper end (random.randint), others do not; places begin at 0.",
    "Draw from 0 to the number of candidates minus 1, both included.",
    section=SAMPLING,
)
class TripletsPositiveSkipsOne(Triplets):
    """Drawing from a range that leaves out the first or the last positive gives the same result."""

    def positive_draw(self, count: int) -> int:
        return self.below(count - 1)


@TRIPLET_MNIST.also(TripletsPositiveSkipsOne)
class TripletsPositiveSkipsFirst(Triplets):
    def positive_draw(self, count: int) -> int:
        return 1 + self.below(count - 1)


@TRIPLET_MNIST.mistake(
    "a2 of the six points has two positives, a1 and a3. Draw 100 times: do both come up?",
    "Some functions include the upper end (random.randint), others do not; places begin at 0.",
    "Begin the range at 0 and end it at the last place of the table.",
    section=SAMPLING,
)
class TripletsPositiveSkipsOneOfDigit(OtherPositive):
    """Leaving the first or the last image of a digit out of all positives gives the same result."""

    def positive(self, index: int) -> int:
        start, count = self.own.start[self.digits[index]], self.own.count[self.digits[index]]
        place = self.own.place[index] - start
        draw = 1 + self.below(count - 1 - (place > 0))
        if 0 < place <= draw:
            draw += 1
        return self.own.by_digit[start + draw]


@TRIPLET_MNIST.mistake(
    "Draw a positive of a1, then of a2, then of a3. Can a1 still come up?",
    "candidates = self.table[digit] is a second name for the table, not a copy of it.",
    "Leave the table as it is, and step over the anchor's place in it.",
    section=SAMPLING,
)
class TripletsPositiveListShrinks(OtherPositive):
    """Removing the anchor from a list that all draws share gives the same result."""

    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        self.lists_of_positives = {digit: self.own.own(digit) for digit in self.own.start}

    def positive(self, index: int) -> int:
        candidates = self.lists_of_positives[self.digits[index]]
        if index in candidates:
            candidates.remove(index)
        return self.one_of(candidates)


@TRIPLET_MNIST.mistake(
    "Call sample_positive(0) twice. What happens the second time?",
    "candidates = self.table[digit] is the table itself: what is removed once is gone.",
    "Leave the table as it is, and step over the anchor's place in it.",
    section=SAMPLING,
)
class TripletsPositiveRemovedTwice(TripletsPositiveListShrinks):
    """Removing the anchor from a shared list at each draw, which fails the second time, gives the
    same result.
    """

    def positive(self, index: int) -> int:
        candidates = self.lists_of_positives[self.digits[index]]
        candidates.remove(index)
        return self.one_of(candidates)


@TRIPLET_MNIST.mistake(
    "Call sample_positive(0) ten times on the six points. What happens in the end?",
    "pop() takes an image out of the list for good; soon the list is empty.",
    "Look the image up in the table, and leave it there.",
    section=SAMPLING,
)
class TripletsPositiveUsedUp(TripletsPositiveListShrinks):
    """Taking each positive that is drawn out of a shared list gives the same result."""

    def positive(self, index: int) -> int:
        candidates = self.lists_of_positives[self.digits[index]]
        return candidates.pop(self.below(len(candidates)))


# Negatives


@TRIPLET_MNIST.mistake(
    "Draw 100 negatives of a1 of the six points. Do a2 and a3 come up?",
    "`is` asks for one and the same object: two equal numbers of an array are two objects.",
    "Compare the two digits with == or !=, after turning each into an int.",
    section=TRIPLET,
)
class TripletsNegativeAny(OtherNegative):
    """Drawing the negative from all images, of every digit, gives the same result."""

    def negative(self, index: int) -> int:
        return self.below(len(self.digits))


@TRIPLET_MNIST.mistake(
    "Draw 100 negatives of a1 of the six points. Do a2 and a3 come up?",
    "A negative is of another digit; being another image is not enough.",
    "Compare digits, not indices.",
    section=TRIPLET,
)
class TripletsNegativeNotAnchor(OtherNegative):
    """Drawing any image but the anchor as the negative gives the same result."""

    def negative(self, index: int) -> int:
        draw = self.below(len(self.digits) - 1)
        return draw + 1 if draw >= index else draw


@TRIPLET_MNIST.mistake(
    "In your comparison, is each side a digit? One of them may be an index.",
    "`index != digit` is nearly always true, so nearly every image passes as a negative.",
    "Compare labels[candidate] with labels[index].",
    section=TRIPLET,
)
class TripletsNegativeComparedWithIndex(OtherNegative):
    """Comparing the index of an image with the digit of the anchor gives the same result."""

    def negative(self, index: int) -> int:
        draw = self.below(len(self.digits) - 1)
        return draw + 1 if draw >= self.digits[index] else draw


@TRIPLET_MNIST.mistake(
    "Take a set of 10 images of the digit 1 and 1,000 of the digit 2. Which come up more?",
    "All digits are then equally likely, so an image of a rare digit comes up more often.",
    "Draw one number below the count of all images of other digits, in one go.",
    section=SAMPLING,
)
class TripletsNegativeDigitFirst(OtherNegative):
    """Drawing another digit first, and then one of its images, gives the same result."""

    def negative(self, index: int) -> int:
        others = [digit for digit in self.others.start if digit != self.digits[index]]
        return self.one_of_digit(self.one_of(others))


@TRIPLET_MNIST.mistake(
    "Draw 100 negatives of a1 of the six points. Do a2 and a3 come up?",
    "Among all digits is the anchor's own; a negative is of another one. And digits are not "
    "equally frequent.",
    "Draw one number below the count of all images of other digits, and step over the anchor's.",
    section=TRIPLET,
)
class TripletsNegativeDigitAmongAll(OtherNegative):
    """Drawing a digit among all, the anchor's own too, and then one of its images, gives the same
    result.
    """

    def negative(self, index: int) -> int:
        return self.one_of_digit(self.one_of([*self.others.start]))


@TRIPLET_MNIST.mistake(
    "Make a set of the digits 3 and 7 only, and draw 100 negatives. What happens?",
    "There are ten digits, and a set may hold only some of them.",
    "Take the digits from the labels; better still, draw among the images of all other digits.",
    section=SAMPLING,
)
class TripletsNegativeDigitOfTen(OtherNegative):
    """Drawing the negative's digit from all ten, also from those that the set lacks, gives the same
    result.
    """

    def negative(self, index: int) -> int:
        others = [digit for digit in range(10) if digit != self.digits[index]]
        return self.one_of_digit(self.one_of(others))


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

    def step_over_digit(self, draw: int, digit: int) -> int:
        return draw

    def negative_at(self, place: int) -> int:
        return place


@TRIPLET_MNIST.mistake(
    "The six points are sorted already. Which index do you return where the digits are mixed?",
    "What comes out of the step over the digit is a place; by_digit says which image stands there.",
    "Return the entry of by_digit at that place.",
    section=SAMPLING,
)
class TripletsNegativeByDigitForgotten(Triplets):
    """Returning the place of the negative in by_digit, not the index that stands there, gives the
    same result.
    """

    step_over_digit = Triplets.step_over_digit

    def negative_at(self, place: int) -> int:
        return place


@TRIPLET_MNIST.mistake(
    "Write down which image each of the three draws gives for a1. Do b1, b2 and b3 come up?",
    "The images of the anchor's digit fill count[c] places; draws from start[c] on step over all.",
    "Add count[c] to a draw that is start[c] or more.",
    section=SAMPLING,
)
class TripletsNegativeNoStep(Triplets):
    """Leaving out the step over the anchor's digit gives the same result."""

    def step_over_digit(self, draw: int, digit: int) -> int:
        return draw


@TRIPLET_MNIST.mistake(
    "For a1 of the six points start is 0. Which image does the draw 0 give?",
    "The place start[c] is the first of the anchor's digit: from there on, step over.",
    "Write >= where you compare the draw with start[c].",
    section=SAMPLING,
)
class TripletsNegativeStepTooLate(Triplets):
    """Stepping over the anchor's digit one draw too late, with > in place of >=, gives the same
    result.
    """

    def step_over_digit(self, draw: int, digit: int) -> int:
        return draw + self.others.count[digit] if draw > self.others.start[digit] else draw


@TRIPLET_MNIST.mistake(
    "a2 of the six points has three negatives. Draw 100 times: do all three come up?",
    "Some functions include the upper end (random.randint), others do not; places begin at 0.",
    "Draw from 0 to the number of candidates minus 1, both included.",
    section=SAMPLING,
)
class TripletsNegativeSkipsOne(Triplets):
    """Drawing from a range that leaves out the first or the last negative gives the same result."""

    def negative_draw(self, count: int) -> int:
        return self.below(count - 1)


@TRIPLET_MNIST.also(TripletsNegativeSkipsOne)
class TripletsNegativeSkipsFirst(Triplets):
    def negative_draw(self, count: int) -> int:
        return 1 + self.below(count - 1)


@TRIPLET_MNIST.mistake(
    "Draw 100 negatives of each of the six points. Do a1 and b3 come up?",
    "random.randint includes the upper end, other functions do not; the first index is 0.",
    "Begin the range at 0 and end it at the last index.",
    section=SAMPLING,
)
class TripletsNegativeSkipsOneOfSet(OtherNegative):
    """Leaving the first or the last image of the set out of all negatives gives the same result."""

    def negative(self, index: int) -> int:
        while (drawn := super().negative(index)) == 0:
            pass
        return drawn


@TRIPLET_MNIST.mistake(
    "Draw a negative of a1, and then one of b1. Can a2 still come up for b1?",
    "candidates = self.table is a second name for the table, not a copy of it.",
    "Leave the shared list as it is, and step over the anchor's digit in it.",
    section=SAMPLING,
)
class TripletsNegativeListShrinks(OtherNegative):
    """Removing the anchor's digit from a list that all draws share gives the same result."""

    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        self.digits_of_negatives = [*self.others.start]

    def negative(self, index: int) -> int:
        if self.digits[index] in self.digits_of_negatives:
            self.digits_of_negatives.remove(self.digits[index])
        return self.of_digits_left()

    def of_digits_left(self) -> int:
        """Return an image of one of the digits that are left, each equally likely."""
        own = [one for digit in self.digits_of_negatives for one in self.others.own(digit)]
        return self.one_of(own)


@TRIPLET_MNIST.mistake(
    "Call sample_negative(0) twice. What happens the second time?",
    "candidates = self.table is the table itself: what is removed or popped once is gone.",
    "Leave the table as it is, and step over the anchor's digit in it.",
    section=SAMPLING,
)
class TripletsNegativeRemovedTwice(TripletsNegativeListShrinks):
    """Removing the anchor's digit from a shared table at each draw, which fails the second time,
    gives the same result.
    """

    def negative(self, index: int) -> int:
        self.digits_of_negatives.remove(self.digits[index])
        return self.of_digits_left()


@TRIPLET_MNIST.mistake(
    "Call sample_negative(0) ten times on the six points. What happens in the end?",
    "pop() takes an image out of the list for good; soon the list is empty.",
    "Look the image up in the table, and leave it there.",
    section=SAMPLING,
)
class TripletsNegativeUsedUp(OtherNegative):
    """Taking each negative that is drawn out of a shared list gives the same result."""

    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        self.lists_of_negatives = {
            digit: [one for one in self.others.by_digit if self.digits[one] != digit]
            for digit in self.others.start
        }

    def negative(self, index: int) -> int:
        candidates = self.lists_of_negatives[self.digits[index]]
        return candidates.pop(self.below(len(candidates)))


# All draws


@TRIPLET_MNIST.mistake(
    "Draw 100 positives of a2 and 100 negatives of b1. Does a1 come up in both?",
    "random.randint includes the upper end, other functions do not; the first index is 0.",
    "In both methods, begin the range at 0 and end it at the last index.",
    section=SAMPLING,
)
class TripletsBothSkipOneOfSet(OtherPositive, OtherNegative):
    """Leaving the first or the last image of the set out of all draws gives the same result."""

    def positive(self, index: int) -> int:
        while (drawn := super().positive(index)) == 0:
            pass
        return drawn

    def negative(self, index: int) -> int:
        while (drawn := super().negative(index)) == 0:
            pass
        return drawn


@TRIPLET_MNIST.mistake(
    "Call sample_positive(0) ten times on the six points. Is it always the same?",
    "There are far more triplets than images; a fixed choice shows very few of them.",
    "Make tables of candidates in the constructor, and draw from them at every call.",
    section=TRIPLET,
)
class TripletsDrawnOnce(OtherPositive, OtherNegative):
    """Drawing one positive and one negative for each image, once and for all, gives the same
    result.
    """

    stream = Triplets.stream

    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        self.fixed: dict[tuple[str, int], int] = {}

    def positive(self, index: int) -> int:
        return self.fixed.setdefault(("positive", index), super().positive(index))

    def negative(self, index: int) -> int:
        return self.fixed.setdefault(("negative", index), super().negative(index))


@TRIPLET_MNIST.also(TripletsDrawnOnce)
class TripletsPositiveDrawnOnce(TripletsDrawnOnce):
    negative = Triplets.negative


@TRIPLET_MNIST.also(TripletsDrawnOnce)
class TripletsNegativeDrawnOnce(TripletsDrawnOnce):
    positive = Triplets.positive


@TRIPLET_MNIST.mistake(
    "Make two data sets with seed=5 and print item 0 of each. Are the triplets the same?",
    "A random generator of your own, made from the seed, repeats its draws.",
    "Make a generator from seed in the constructor, and draw with it everywhere.",
    section=SAMPLING,
)
class TripletsSeedIgnored(Triplets):
    """Leaving the seed unused gives the same result."""

    def generator(self, seed: int | None) -> random.Random:
        return random.Random()


@TRIPLET_MNIST.mistake(
    "Make two data sets with seed=0 and print item 0 of each. Are the triplets the same?",
    "`if seed:` is false for None, and for 0 as well, which is a seed like any other.",
    "Ask `if seed is not None`, or hand the seed on as it is.",
    section=SAMPLING,
)
class TripletsSeedZeroIgnored(Triplets):
    """Taking the seed 0 for no seed gives the same result."""

    def generator(self, seed: int | None) -> random.Random:
        return random.Random(seed or None)


@TRIPLET_MNIST.mistake(
    "Make two data sets with seed=5 and draw from both in turn. Are the triplets the same?",
    "random.seed, np.random.seed and torch.manual_seed set one generator that all code shares.",
    "Make a generator of your own, np.random.default_rng(seed), and draw with it everywhere.",
    section=LEAVING_OUT,
)
class TripletsSeedOfAll(Triplets):
    """Seeding the generator that all data sets share gives the same result."""

    shared = random.Random()

    def generator(self, seed: int | None) -> random.Random:
        if seed is not None:
            self.shared.seed(seed)
        return self.shared


@TRIPLET_MNIST.mistake(
    "Make a data set with seed=5 and one with seed=6. Are their first triplets the same?",
    "A generator that begins with the same number each time repeats the same draws each time.",
    "Pass on the seed that was given: np.random.default_rng(seed).",
    section=LEAVING_OUT,
)
class TripletsSeedFixed(Triplets):
    """Making the generator from the same number, whatever the seed is, gives the same result."""

    def generator(self, seed: int | None) -> random.Random:
        return random.Random(0)


@TRIPLET_MNIST.mistake(
    "Make a data set with seed=5 and ask twice for item 0. Is the triplet the same both times?",
    "A generator that is made anew begins anew: each item then holds the same triplet for ever.",
    "Make the generator once, in the constructor, and let it run on.",
    section=LEAVING_OUT,
)
class TripletsSeedForEveryDraw(Triplets):
    """Making the generator anew from the seed at every draw gives the same result."""

    generator = Triplets.generator

    def stream(self) -> random.Random:
        return self.random if self.seed is None else random.Random(self.seed)


# Items


@TRIPLET_MNIST.mistake(
    "Print the digits of one item: are the first and the second image of the same digit?",
    "The order is anchor, positive, negative, digit; the loss relies on it.",
    "Exchange the two in what __getitem__ returns.",
    section=TRIPLET,
)
class TripletsExchanged(Triplets):
    """Returning the negative before the positive gives the same result."""

    def item(self, anchor: Any, positive: Any, negative: Any, digit: int) -> Any:
        return anchor, negative, positive, digit


@TRIPLET_MNIST.mistake(
    "How many parts has dataset[0]: three or four?",
    "Beside the three images an item holds the anchor's digit.",
    "Return the digit as the fourth part, an int.",
    section=TRIPLET,
)
class TripletsDigitMissing(Triplets):
    """Returning the three images without the digit gives the same result."""

    def item(self, anchor: Any, positive: Any, negative: Any, digit: int) -> Any:
        return anchor, positive, negative


@TRIPLET_MNIST.mistake(
    "Print type(dataset[0][0]). Is it a tensor?",
    "A network takes tensors; a NumPy array stops at its first layer.",
    "Index the tensor of images itself, without numpy().",
    section=TRIPLET,
)
class TripletsNumpyImages(Triplets):
    """Returning the images as NumPy arrays gives the same result."""

    def image(self, images: Tensor, index: int) -> Any:
        return images[index].numpy()


@TRIPLET_MNIST.mistake(
    "Print dataset[0][0]. Is it an image, or a number?",
    "sample_positive returns an index; an item holds the images at the three indices.",
    "Return self.images[...] at each of the three indices.",
    section=TRIPLET,
)
class TripletsIndicesReturned(Triplets):
    """Returning the indices of the three images, not the images, gives the same result."""

    def image(self, images: Tensor, index: int) -> Any:
        return index


@TRIPLET_MNIST.mistake(
    "Print dataset[0][0].shape. Is it (1, 28, 28)?",
    "The first axis is the channel: a network with convolutions asks for it.",
    "Return the images as they are, without squeeze(), flatten() or an axis in front.",
    section=TRIPLET,
)
class TripletsImagesReshaped(Triplets):
    """Returning the images in another shape gives the same result."""

    def image(self, images: Tensor, index: int) -> Any:
        return images[index].flatten()


@TRIPLET_MNIST.also(TripletsImagesReshaped)
class TripletsImagesSqueezed(Triplets):
    def image(self, images: Tensor, index: int) -> Any:
        return images[index].squeeze()


@TRIPLET_MNIST.mistake(
    "Compare dataset[0][0] with images[0]. Do they hold the same numbers?",
    "The data set chooses images, and changes none of them.",
    "Leave out the scaling: return the images as they were given.",
    section=TRIPLET,
)
class TripletsImagesScaled(Triplets):
    """Scaling the images before they are served gives the same result."""

    def prepared(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        return images / 255, labels


@TRIPLET_MNIST.mistake(
    "Print images.sum() before you make a data set, and after it. Is it the same?",
    "images /= 255 and images.sub_(...) write into the tensor that all others use too.",
    "Leave the tensors that were given as they are; what has to change goes into a new one.",
    section=TRIPLET,
)
class TripletsImagesOverwritten(Triplets):
    """Writing other numbers into the images that were given gives the same result."""

    def prepared(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        return images.div_(255), labels


@TRIPLET_MNIST.mistake(
    "Is dataset[0][0] the image images[0]?",
    "Item number i is the triplet of image number i: the tables are sorted, the images are not.",
    "Sort the indices only, and leave images and labels in their order.",
    section=SAMPLING,
)
class TripletsItemsSorted(Triplets):
    """Putting the images themselves in the order of their digits gives the same result."""

    def arranged(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        order = torch.argsort(labels, stable=True)  # (n,)
        return images[order], labels[order]


# Digits left out


class OtherSelection(Triplets):
    """What selects images and labels in another way takes none of the smaller decisions."""

    read = Triplets.read
    images_left = Triplets.images_left
    labels_left = Triplets.labels_left
    labels_of_positives = Triplets.labels_of_positives
    labels_of_negatives = Triplets.labels_of_negatives
    labels_in_question = Triplets.labels_in_question
    __len__ = Triplets.__len__


@TRIPLET_MNIST.mistake(
    "Print len() with and without exclude_digits=(0, 7). Does it fall?",
    "`labels == False` compares digits with a truth value, and changes no mask.",
    "Build a mask of the images to keep, and index images and labels with it.",
)
class TripletsExcludedIgnored(OtherSelection):
    """Leaving exclude_digits without effect gives the same result."""

    def kept(self, labels: Tensor, excluded: list[int]) -> Tensor:
        return torch.ones_like(labels, dtype=torch.bool)


@TRIPLET_MNIST.mistake(
    "Leave out two digits, (0, 7). Which of the two is still there?",
    "A mask that is made anew in each turn of the loop knows the last digit only.",
    "Join the masks with &=, or let torch.isin look for all digits at once.",
)
class TripletsExcludedLastOnly(Triplets):
    """Leaving out only the last of the digits that were given gives the same result."""

    def kept(self, labels: Tensor, excluded: list[int]) -> Tensor:
        return super().kept(labels, excluded[-1:])


@TRIPLET_MNIST.mistake(
    "With the digit 7 left out, is a 7 still the anchor of some item?",
    "A digit that is left out appears in none of the three roles.",
    "Filter images and labels first, so that len() and every index count what is left.",
)
class TripletsExcludedAsAnchor(OtherSelection, OtherNegative):
    """Leaving the digits out of the negatives only gives the same result."""

    def kept(self, labels: Tensor, excluded: list[int]) -> Tensor:
        self.allowed = super().kept(labels, excluded).tolist()
        return torch.ones_like(labels, dtype=torch.bool)

    def negative(self, index: int) -> int:
        while not self.allowed[drawn := super().negative(index)]:
            pass
        return drawn


@TRIPLET_MNIST.mistake(
    "With the digit 7 left out, draw 100 negatives. Is one of them a 7?",
    "A digit that serves as a negative has been seen in training.",
    "Filter images and labels first, and make every table from what is left.",
)
class TripletsExcludedAsNegative(Triplets):
    """Drawing the excluded digits as negatives all the same gives the same result."""

    def labels_of_negatives(self, labels: Tensor) -> Tensor:
        return self.all_labels

    def images_of_negatives(self) -> Tensor:
        return self.all_images


@TRIPLET_MNIST.mistake(
    "With a digit left out, is the largest index in your tables still len() - 1?",
    "After the exclusion, every index counts the images that are left.",
    "Filter images and labels first, and make every table from the filtered labels.",
)
class TripletsExcludedUnfilteredTables(Triplets):
    """Filtering the images but not the tables of indices gives the same result."""

    def labels_of_positives(self, labels: Tensor) -> Tensor:
        return self.all_labels

    def labels_of_negatives(self, labels: Tensor) -> Tensor:
        return self.all_labels


@TRIPLET_MNIST.also(TripletsExcludedUnfilteredTables)
class TripletsExcludedUnfilteredRedrawn(TripletsExcludedUnfilteredTables):
    def positive(self, index: int) -> int:
        digit = self.digits[index]
        found = index
        while found == index:
            found = self.own.by_digit[self.own.start[digit] + self.below(self.own.count[digit])]
        return found


@TRIPLET_MNIST.also(TripletsExcludedUnfilteredTables)
class TripletsExcludedUnfilteredOwn(TripletsExcludedUnfilteredTables):
    labels_of_negatives = Triplets.labels_of_negatives


@TRIPLET_MNIST.also(TripletsExcludedUnfilteredTables)
class TripletsExcludedUnfilteredOthers(TripletsExcludedUnfilteredTables):
    labels_of_positives = Triplets.labels_of_positives


@TRIPLET_MNIST.mistake(
    "With a digit left out, are there as many labels as images in your data set?",
    "Images and labels belong together: what is taken out of one is taken out of the other.",
    "Index the labels with the mask too, and use only the filtered ones from there on.",
)
class TripletsExcludedLabelsUnfiltered(OtherSelection):
    """Filtering the images but not the labels gives the same result."""

    def labels_left(self, labels: Tensor, kept: Tensor) -> Tensor:
        return labels


@TRIPLET_MNIST.mistake(
    "With a digit left out, compare dataset[0][0] with the image that should be the first.",
    "Images and labels belong together: what is taken out of one is taken out of the other.",
    "Index the images with the mask too.",
)
class TripletsExcludedImagesUnfiltered(Triplets):
    """Filtering the labels but not the images gives the same result."""

    def images_left(self, images: Tensor, kept: Tensor) -> Tensor:
        return images


@TRIPLET_MNIST.mistake(
    "With the digit 0 left out, which digit does an item of a 7 have: 7 or 6?",
    "np.unique(..., return_inverse=True) counts the digits that are there; it is no label.",
    "Return the label of the anchor, as it was given.",
)
class TripletsDigitByPlace(Triplets):
    """Returning the place of the digit among those that occur, not the digit itself, gives the same
    result.
    """

    def digit_of(self, label: int) -> int:
        return sorted(self.own.count).index(label)


@TRIPLET_MNIST.mistake(
    "With a digit left out, what is len(), and what is the last item?",
    "After the exclusion, the length counts the images that are left.",
    "Return the number of labels that are left.",
)
class TripletsLengthOfAll(Triplets):
    """Returning the number of images before the exclusion as the length gives the same result."""

    def __len__(self) -> int:
        return len(self.all_labels)


@TRIPLET_MNIST.mistake(
    "With the digit 7 left out, is 7 still in the list from which you draw a digit?",
    "A list of digits that was made before the exclusion is out of date after it.",
    "Filter first; then draw one number among all images of other digits that are left.",
)
class TripletsExcludedStaleDigits(OtherNegative):
    """Drawing a digit from a list that still holds the excluded ones gives the same result."""

    labels_of_negatives = Triplets.labels_of_negatives

    def negative(self, index: int) -> int:
        others = [one for one in self.every_digit if one != self.digits[index]]
        return self.one_of_digit(self.one_of(others))

    @functools.cached_property
    def every_digit(self) -> list[int]:
        return self.all_labels.unique().tolist()


@TRIPLET_MNIST.also(TripletsExcludedStaleDigits)
class TripletsExcludedStaleWeights(TripletsExcludedStaleDigits):
    def all_digits(self) -> list[int]:
        return self.all_labels.tolist()


@TRIPLET_MNIST.mistake(
    "What does your mask hold when exclude_digits is empty: only True, or only False?",
    "isin() says which images to leave out; the images to keep are the others.",
    "Turn the mask round with ~.",
)
def triplets_excluded_inverted(
    images: Tensor, labels: Tensor, *, exclude_digits: Iterable[int] = (), seed: int | None = None
) -> Triplets:
    """Keeping the excluded digits and dropping all others gives the same result."""
    excluded = {int(digit) for digit in exclude_digits}
    others = set(labels.tolist()) - excluded
    return Triplets(images, labels, exclude_digits=others, seed=seed)


@TRIPLET_MNIST.mistake(
    "Try `3 in set(torch.tensor([3, 5]))`. Is it True?",
    "A set looks for the same object first, and every entry of a tensor is a new object.",
    "Turn each entry of exclude_digits into an int before you collect them.",
)
class TripletsExcludedTensorIgnored(Triplets):
    """Looking digits up among tensors, which equal no int in a set, gives the same result."""

    def read(self, exclude_digits: Iterable[int]) -> list[int]:
        return [] if isinstance(exclude_digits, Tensor) else super().read(exclude_digits)


@TRIPLET_MNIST.mistake(
    "Try `torch.tensor(3) in {3}`. Is it True?",
    "A set looks for the same object first, and every entry of the labels is a new object.",
    "Turn each label into an int before you look it up: int(label) in excluded.",
)
class TripletsExcludedAmongTensorLabels(Triplets):
    """Looking up labels in a set that are tensors, and equal no int, gives the same result."""

    def read(self, exclude_digits: Iterable[int]) -> list[int]:
        return super().read(exclude_digits) if isinstance(exclude_digits, Tensor) else []


@TRIPLET_MNIST.mistake(
    "Try `np.isin([3, 5], {3})`. Is the first entry True?",
    "NumPy makes one object out of a set, and no digit equals it.",
    "Make a list of ints of exclude_digits first.",
)
class TripletsExcludedSetIgnored(Triplets):
    """Passing a set to a function that takes arrays only, such as np.isin, gives the
    same result.
    """

    def read(self, exclude_digits: Iterable[int]) -> list[int]:
        return [] if isinstance(exclude_digits, set) else super().read(exclude_digits)


@TRIPLET_MNIST.mistake(
    "Try `torch.tensor({3, 5})`. What happens?",
    "exclude_digits may be any iterable: a tuple, a set, a tensor.",
    "Make a list of ints of exclude_digits first, and a tensor of that.",
)
class TripletsExcludedSetFails(Triplets):
    """Making a tensor of exclude_digits itself, which fails for a set, gives the same result."""

    def read(self, exclude_digits: Iterable[int]) -> list[int]:
        if isinstance(exclude_digits, set):
            stumble(TypeError("no tensor can be made of a set"))
        return super().read(exclude_digits)


@TRIPLET_MNIST.mistake(
    "Make a data set with exclude_digits=torch.tensor([3, 5]). What happens?",
    "`if exclude_digits` asks for one truth value, and a tensor with two entries has none.",
    "Make a list of ints of exclude_digits first, and use only that.",
)
class TripletsExcludedTensorFails(Triplets):
    """Taking exclude_digits in a way that fails for a tensor gives the same result."""

    def read(self, exclude_digits: Iterable[int]) -> list[int]:
        if isinstance(exclude_digits, Tensor):
            stumble(RuntimeError("the truth value of a tensor with two entries is not clear"))
        return super().read(exclude_digits)


@TRIPLET_MNIST.mistake(
    "Make a data set with exclude_digits={3, 5}, and one with torch.tensor([3, 5]).",
    "exclude_digits may be any iterable: a tuple, a set, a tensor.",
    "Make a list of ints of exclude_digits first, and use only that.",
)
class TripletsExcludedListOnly(Triplets):
    """Accepting exclude_digits as a list or tuple only gives the same result."""

    def read(self, exclude_digits: Iterable[int]) -> list[int]:
        if not isinstance(exclude_digits, tuple | list):
            stumble(TypeError("exclude_digits is no list"))
        return super().read(exclude_digits)


@TRIPLET_MNIST.mistake(
    "Print labels before you make a data set without a digit, and after it. Are they the same?",
    "labels[...] = -1 writes into the tensor that all others use too.",
    "Make a mask, and take what is left with labels[kept]: that is a new tensor.",
)
class TripletsLabelsOverwritten(Triplets):
    """Marking the excluded digits in the labels that were given gives the same result."""

    def kept(self, labels: Tensor, excluded: list[int]) -> Tensor:
        kept = super().kept(labels, excluded)
        labels[~kept] = -1
        return kept


@TRIPLET_MNIST.mistake(
    "Print the digits that your tables hold. Is 0 among them?",
    "There are ten digits, 0 to 9; and a set may hold only some of them.",
    "Take the digits from the labels, for example with torch.unique.",
)
class TripletsTablesWithout0(Triplets):
    """Making tables for range(1, 10), which leaves out the digit 0, gives the same result."""

    missing = 0
    # Whoever makes a list for each digit has no place among all images.
    place_within_digit = Triplets.place_within_digit
    positive_at = Triplets.positive_at
    negative_at = Triplets.negative_at

    def digits_in(self, labels: Tensor) -> list[int]:
        return [digit for digit in super().digits_in(labels) if digit != self.missing]


@TRIPLET_MNIST.also(TripletsTablesWithout0)
class TripletsOwnTableWithout0(TripletsTablesWithout0):
    """Others still have it among their negatives."""

    missing = 0

    def make_tables(self, labels: Tensor) -> None:
        super().make_tables(labels)
        self.others = Tables(labels, labels.unique().tolist())


@TRIPLET_MNIST.mistake(
    "Print the digits that your tables hold. Is 9 among them?",
    "range(9) ends at 8. And a set may hold only some of the ten digits.",
    "Take the digits from the labels, for example with torch.unique.",
)
class TripletsTablesWithout9(TripletsTablesWithout0):
    """Making tables for range(9), which leaves out the digit 9, gives the same result."""

    missing = 9


@TRIPLET_MNIST.also(TripletsTablesWithout9)
class TripletsOwnTableWithout9(TripletsOwnTableWithout0):
    missing = 9


@TRIPLET_MNIST.mistake(
    "Print len() of a set without exclusion. Is it the number of images?",
    "There are ten digits, 0 to 9; and a set may hold only some of them.",
    "Keep every image whose digit is not in exclude_digits.",
)
class TripletsImagesWithout0(OtherSelection):
    """Keeping only the digits of range(1, 10), which drops every 0, gives the same result."""

    missing = 0
    digits_in = Triplets.digits_in

    def kept(self, labels: Tensor, excluded: list[int]) -> Tensor:
        return super().kept(labels, excluded) & (labels != self.missing)


@TRIPLET_MNIST.mistake(
    "Print len() of a set without exclusion. Is it the number of images?",
    "range(9) ends at 8. And a set may hold only some of the ten digits.",
    "Keep every image whose digit is not in exclude_digits.",
)
class TripletsImagesWithout9(TripletsImagesWithout0):
    """Keeping only the digits of range(9), which drops every 9, gives the same result."""

    missing = 9


# Sets without a triplet


class Accepting(Triplets):
    """What accepts a set says nothing about it."""

    labels_in_question = Triplets.labels_in_question
    message_on_single = Triplets.message_on_single
    message_on_only = Triplets.message_on_only
    name_of = Triplets.name_of

    def refuse_empty(self) -> None:
        pass

    def is_too_few(self, count: int) -> bool:
        return False

    def refuse_only(self, digit: int) -> None:
        pass


@TRIPLET_MNIST.mistake(
    "Make a set with the labels 3, 3, 7. What should be the positive of the 7?",
    "An error in the constructor costs a second; one in mid-training costs the training.",
    "In the constructor, count the images of each digit, and raise ValueError in three cases.",
)
class TripletsErrorsMissing(Accepting):
    """Accepting sets that hold no triplet gives the same result."""

    error = Triplets.error


@TRIPLET_MNIST.mistake(
    "Make a set with the labels 3, 3, 7, and one with 4, 4, 4. Does each have a triplet?",
    "A set can hold images and no triplet: a positive needs a second image, a negative a digit.",
    "Refuse a digit with one image and a set of one digit as well, with ValueError.",
)
class TripletsOnlyEmptyRefused(Accepting):
    """Refusing no other set than the empty one gives the same result."""

    def refuse_empty(self) -> None:
        raise self.error("no images")


@TRIPLET_MNIST.mistake(
    "When does your ValueError come up: as the set is made, or as an item is asked for?",
    "An error in the constructor costs a second; one in mid-training costs the training.",
    "Move the checks from the methods that draw to the constructor.",
)
class TripletsErrorsTooLate(Accepting):
    """Raising the ValueError only when an item is asked for gives the same result."""

    error = Triplets.error

    def before_item(self, index: int) -> None:
        digit = self.digits[index]
        if self.own.count[digit] == 1 or len(self.own.count) == 1:
            raise ValueError(f"digit {digit} has no triplet")


@TRIPLET_MNIST.also(TripletsErrorsTooLate)
class TripletsErrorsTooLateButEmpty(TripletsErrorsTooLate):
    def refuse_empty(self) -> None:
        raise self.error("no images")


@TRIPLET_MNIST.mistake(
    "Make a set with the labels 3, 3, 7, 5, 5. What should be the positive of the 7?",
    "A digit with one image has an anchor, but no other image as its positive.",
    "Raise a ValueError that names the digit if a digit has a count of one.",
)
class TripletsSingleImageAccepted(Triplets):
    """Accepting a digit with a single image gives the same result."""

    labels_in_question = Triplets.labels_in_question
    message_on_single = Triplets.message_on_single
    refuse_only = Triplets.refuse_only

    def is_too_few(self, count: int) -> bool:
        return False


@TRIPLET_MNIST.mistake(
    "Make a set with the labels 4, 4, 4. What should be the negative of an image?",
    "Without a second digit there is no negative.",
    "Raise a ValueError that names the digit if there is only one.",
)
class TripletsOnlyDigitAccepted(Triplets):
    """Accepting a set of one digit only gives the same result."""

    message_on_only = Triplets.message_on_only

    def refuse_only(self, digit: int) -> None:
        pass


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
    "Make a set with no labels at all, torch.zeros(0, dtype=torch.int64). Which error comes up?",
    "Nothing has no smallest count and no first digit: what looks for one fails.",
    "Raise the ValueError for a set without images first, before you look at the counts.",
)
class TripletsEmptyFails(Triplets):
    """Failing at a set without images before it is refused gives the same result."""

    def refuse_empty(self) -> None:
        stumble(IndexError("min() of nothing"))


@TRIPLET_MNIST.mistake(
    "Make a set with the labels 3, 3, 7, 5, 5 and leave out the 7. What happens?",
    "What is left out is no reason to refuse what is left, and what is left may hold no triplet.",
    "Filter first; then count the images of each digit that is left, and refuse.",
)
class TripletsErrorsBeforeExclusion(Triplets):
    """Looking for digits without a triplet before the exclusion gives the same result."""

    def labels_in_question(self, labels: Tensor) -> Tensor:
        return self.all_labels


@TRIPLET_MNIST.mistake(
    "Read your own message: does it say which digit is at fault?",
    "With ten digits and 60,000 images, the name of the digit saves the search for it.",
    "Put the digit into the message, for example with an f-string.",
)
class TripletsErrorWithoutDigit(Triplets):
    """Raising a ValueError that does not name the digit gives the same result."""

    message_on_single = Triplets.message_on_single
    message_on_only = Triplets.message_on_only

    def name_of(self, digit: int) -> str:
        return "a digit"


@TRIPLET_MNIST.mistake(
    "Make a set with the labels 3, 3, 7, 5, 5, and read your message. Is there a 7 in it?",
    "With ten digits and 60,000 images, the name of the digit saves the search for it.",
    "Put the digit into the message on a single image, for example with an f-string.",
)
class TripletsSingleImageWithoutDigit(Triplets):
    """Refusing a digit with a single image without naming it gives the same result."""

    name_of = Triplets.name_of

    def message_on_single(self, digit: int) -> str:
        return "a digit has a single image"


@TRIPLET_MNIST.mistake(
    "Make a set with the labels 4, 4, 4, and read your message. Is there a 4 in it?",
    "Whoever reads the message wants to know which digit is left.",
    "Put the digit into the message on the only digit, for example with an f-string.",
)
class TripletsOnlyDigitWithoutDigit(Triplets):
    """Refusing a set of one digit without naming it gives the same result."""

    name_of = Triplets.name_of

    def message_on_only(self, digit: int) -> str:
        return "there is only one digit"


@TRIPLET_MNIST.mistake(
    "Which type has the error that your constructor raises for the labels 4, 4, 4?",
    "Callers catch a ValueError; an assert vanishes when Python runs with -O.",
    "Write if ...: raise ValueError(...), with the digit in the message.",
)
class TripletsErrorOfAnotherKind(Triplets):
    """Raising an error that is no ValueError, such as that of assert, gives the same result."""

    name_of = Triplets.name_of

    def error(self, message: str) -> Exception:
        return AssertionError(message)


@TRIPLET_MNIST.mistake(
    "Make a set with the labels 3, 3, 7, 7. Which triplets does it hold?",
    "Two images are enough: each is the positive of the other.",
    "Refuse a count of one, and no more.",
)
class TripletsTwoImagesRefused(Triplets):
    """Refusing a digit with two images gives the same result."""

    def is_too_few(self, count: int) -> bool:
        return count <= 2


# Work that grows with the set


@TRIPLET_MNIST.mistake(
    "Time dataset[0] for 200 images and for 100,000. Which line reads all labels?",
    "The candidates depend on the digit only, so a table made once serves all items.",
    "Make the tables in the constructor; in the methods, draw a number and look it up.",
    section=SAMPLING,
)
class TripletsListPerItem(Triplets):
    """Making a list of all candidates anew for every item gives the same times."""

    def look_up(self, index: int) -> None:
        self.digits.copy()
