"""What it costs to watch a training: with the monitor against without, by turns in one training."""

import statistics
import time
from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from autograder.experiments.chosen_parts import reference_parts
from exercises.given.data import load_images
from exercises.given.measuring.by_query import recall_at_1
from exercises.given.training.beside_training import BesideTraining
from exercises.given.training.held_out import held_out_rows
from exercises.given.training.loop import train
from exercises.given.training.monitor import Batches, LossOfBatch, Monitor
from exercises.given.training.settings import Settings
from exercises.given.training.step_sizes import StepSizes

STEPS = 20_000
STRETCH = 500  # steps
BAR = 1.05


class ByTurns(Monitor):
    """Watch every other STRETCH of steps, and note when each of them begins."""

    starts: list[tuple[float, float]]
    taken: int
    network: nn.Module
    optimizer: Optimizer

    @property
    def is_on(self) -> bool:
        return self.taken // STRETCH % 2 == 0

    def note_time(self) -> None:
        self.starts.append((time.perf_counter(), time.process_time()))

    def begin(self, network: nn.Module, optimizer: Optimizer) -> None:
        self.starts, self.taken, self.network, self.optimizer = [], 0, network, optimizer

    def fed(self, batches: Batches, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
        if self.taken % STRETCH == 0:
            self.end()
            if self.is_on:
                self._sizes = StepSizes(self.network, self.optimizer)
                self._beside = BesideTraining(self._recall)
            self.note_time()
        return super().fed(batches, steps) if self.is_on else iter(batches)

    def heard(self, loss_fn: LossOfBatch) -> LossOfBatch:
        return super().heard(loss_fn) if self.is_on else loss_fn

    def look(self, network: nn.Module, loss: float, mining: str, rate: float, last: bool) -> None:
        if self.is_on:
            super().look(network, loss, mining, rate, last=False)
        self.taken = (self.taken // 50 + 1) * 50


def main() -> None:
    """Train once, and print the median ratio of neighbouring stretches."""
    digits, parts = load_images(), reference_parts().parts
    torch.manual_seed(0)
    network = parts.SimpleMetricEmbedding()
    rows = held_out_rows(digits.train_labels, seed=0)
    images, labels = digits.train_images, digits.train_labels
    monitor = ByTurns(images[rows], labels[rows], recall_at_1)
    settings = Settings(steps=STEPS, device="cpu")
    train(network, images, labels, parts, settings, lambda _: None, monitor=monitor)
    monitor.note_time()
    for which, clock in enumerate(("wall clock", "processor time")):
        seconds = [later[which] - earlier[which] for earlier, later in pairwise(monitor.starts)]
        # The first pair warms up, and has the change of the loss in it.
        pairs = list(zip(seconds[::2], seconds[1::2], strict=True))[1:]
        ratio = statistics.median(watched / alone for watched, alone in pairs)
        # The watched images are embedded by a second core: where there is none, the processor time
        # is what a training takes.
        verdict = "ok" if ratio <= BAR else "ABOVE THE BAR"
        print(
            f"training, watched against not, {clock}, median of {len(pairs)} pairs of "
            f"{STRETCH} steps: {1e3 * statistics.median(one for one, _ in pairs):.0f} ms / "
            f"{1e3 * statistics.median(other for _, other in pairs):.0f} ms = {ratio:.3f} "
            f"(bar {BAR:g})  {verdict}",
            flush=True,
        )
