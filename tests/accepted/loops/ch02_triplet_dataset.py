"""Chapter 2 with Python lists and dictionaries, and the random module."""

import random

from torch.utils.data import Dataset


class TripletMNIST(Dataset):
    def __init__(self, images, labels, *, exclude_digits=(), seed=None):
        unwanted = []
        for digit in exclude_digits:
            unwanted.append(int(digit))

        self.pictures = []
        self.digits = []
        for image, digit in zip(images, labels.tolist(), strict=True):
            if digit not in unwanted:
                self.pictures.append(image)
                self.digits.append(digit)

        # For each digit: the indices of its images, and the indices of all others.
        self.own = {}
        for index, digit in enumerate(self.digits):
            self.own.setdefault(digit, []).append(index)
        self.others = {}
        for digit in self.own:
            self.others[digit] = [i for i, other in enumerate(self.digits) if other != digit]

        if len(self.digits) == 0:
            raise ValueError("The data set is empty.")
        for digit, indices in self.own.items():
            if len(indices) == 1:
                raise ValueError(f"Digit {digit} has a single image, so it has no positive.")
            if len(self.others[digit]) == 0:
                raise ValueError(f"Digit {digit} is the only digit, so there is no negative.")

        self.random = random.Random(seed)

    def __len__(self):
        return len(self.digits)

    def sample_positive(self, index):
        candidates = self.own[self.digits[index]]
        # Draw among all but the last one; the last one stands in where the anchor is drawn.
        chosen = candidates[self.random.randrange(len(candidates) - 1)]
        if chosen == index:
            chosen = candidates[-1]
        return chosen

    def sample_negative(self, index):
        return self.random.choice(self.others[self.digits[index]])

    def __getitem__(self, index):
        negative = self.sample_negative(index)
        positive = self.sample_positive(index)
        return (
            self.pictures[index],
            self.pictures[positive],
            self.pictures[negative],
            self.digits[index],
        )
