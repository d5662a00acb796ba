"""Chapter 2 in NumPy: positives by drawing again, negatives by first drawing another digit."""

from dataclasses import dataclass

import numpy as np
import torch
from torch.utils.data import Dataset


@dataclass(frozen=True)
class OneDigit:
    rows: np.ndarray  # of its images
    others: np.ndarray  # the other digits
    weights: np.ndarray  # their shares of the images of other digits


class TripletMNIST(Dataset):
    def __init__(self, images, labels, *, exclude_digits=(), seed=None):
        all_labels = np.asarray(labels)
        excluded = np.fromiter((int(digit) for digit in exclude_digits), dtype=np.int64)
        rows = np.flatnonzero(~np.isin(all_labels, excluded))
        self.images = images[torch.from_numpy(rows)]
        self.targets = all_labels[rows]
        self.random = np.random.RandomState(seed)

        digits, counts = np.unique(self.targets, return_counts=True)
        if digits.size == 0:
            raise ValueError("nothing is left: there are no images")
        if counts.min() == 1:
            raise ValueError(f"the digit {digits[counts.argmin()]} has one image only")
        if digits.size == 1:
            raise ValueError(f"{digits[0]} is the only digit: where should negatives come from?")
        self.tables = {}
        for digit in digits:
            other = digits != digit
            self.tables[int(digit)] = OneDigit(
                rows=np.flatnonzero(self.targets == digit),
                others=digits[other],
                weights=counts[other] / counts[other].sum(),
            )

    def __len__(self):
        return self.targets.size

    def sample_positive(self, index):
        rows = self.tables[int(self.targets[index])].rows
        # At least every second draw fits, since a digit has two images or more.
        while (drawn := int(self.random.choice(rows))) == index:
            pass
        return drawn

    def sample_negative(self, index):
        table = self.tables[int(self.targets[index])]
        digit = self.random.choice(table.others, p=table.weights)
        return int(self.random.choice(self.tables[int(digit)].rows))

    def __getitem__(self, index):
        index = int(index)
        positive, negative = self.sample_positive(index), self.sample_negative(index)
        digit = int(self.targets[index])
        return self.images[index], self.images[positive], self.images[negative], digit
