"""Misconceptions of chapter 7: the training step, and the mean loss."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ..misconception import Exercise, FunctionFamily

STEP, MEAN = "The training step", "The mean loss per example"

Batches = Iterable[tuple[Tensor, Tensor]]
Loss = Callable[[Tensor, Tensor], Tensor]


TRAIN_EPOCH = Exercise(
    "train_epoch",
    STEP,
    "Read the list of four parts in the chapter. For each, which line of your code is it?",
    "Two things run side by side: the step for each batch, and a weighted sum of the losses.",
    "network.train(); in the loop zero_grad, loss_fn(network(images), labels), backward, step. "
    "Add up loss.item() * len(labels) and len(labels), and divide at the end.",
)


@TRAIN_EPOCH.family
class Epoch(FunctionFamily):
    """One epoch of training, with a method for each decision."""

    def __call__(
        self, network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
    ) -> Any:
        self.set_mode(network)
        optimizer = self.optimizer(network, optimizer)
        self.before_the_loop(optimizer)
        losses: list[Tensor] = []
        numbers: list[Any] = []
        sizes: list[int] = []
        for images, labels in self.turns(batches):
            self.begin_turn(optimizer)
            losses.append(self.loss(loss_fn, self.outputs(network, images), labels))
            self.forget(optimizer)
            self.before_backward(optimizer)
            self.go_back(self.root(losses, len(labels)))
            self.before_step(optimizer)
            self.step(optimizer)
            measured = self.measured(losses[-1], network, loss_fn, images, labels)
            numbers.append(self.number(measured))
            sizes.append(len(labels))
            self.end_turn(network)
        self.behind_the_loop(optimizer)
        self.set_mode_at_the_end(network)
        return self.mean(numbers, sizes, batches)

    def set_mode(self, network: nn.Module) -> None:
        network.train()

    def optimizer(self, network: nn.Module, optimizer: Optimizer) -> Optimizer:
        return optimizer

    def before_the_loop(self, optimizer: Optimizer) -> None:
        """Do nothing: each batch has a step of its own."""

    def turns(self, batches: Batches) -> Batches:
        return batches

    def begin_turn(self, optimizer: Optimizer) -> None:
        """Do nothing before the forward pass."""

    def outputs(self, network: nn.Module, images: Tensor) -> Tensor:
        return network(images)

    def loss(self, loss_fn: Loss, outputs: Tensor, labels: Tensor) -> Tensor:
        return loss_fn(outputs, labels)

    def forget(self, optimizer: Optimizer) -> None:
        optimizer.zero_grad()

    def before_backward(self, optimizer: Optimizer) -> None:
        """Do nothing between the forward pass and backward."""

    def root(self, losses: list[Tensor], size: int) -> Tensor:
        """Return what backward starts from."""
        return losses[-1]

    def go_back(self, root: Tensor) -> None:
        root.backward()

    def before_step(self, optimizer: Optimizer) -> None:
        """Do nothing between backward and the step."""

    def step(self, optimizer: Optimizer) -> None:
        optimizer.step()

    def measured(
        self, loss: Tensor, network: nn.Module, loss_fn: Loss, images: Tensor, labels: Tensor
    ) -> Tensor:
        """Return the loss that the mean is made of."""
        return loss

    def number(self, loss: Tensor) -> Any:
        return loss.item()

    def end_turn(self, network: nn.Module) -> None:
        """Do nothing: the next batch is trained on as this one was."""

    def behind_the_loop(self, optimizer: Optimizer) -> None:
        """Do nothing: each batch has had its step."""

    def set_mode_at_the_end(self, network: nn.Module) -> None:
        """Leave the network in training mode."""

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return weighted_sum(losses, sizes) / sum(sizes)


def weighted_sum(losses: list[Any], sizes: list[int]) -> Any:
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True))


class WhereItGoesBack(Epoch):
    """What makes no difference without backward, so that it cannot be told beside that mistake."""

    def go_back(self, root: Tensor) -> None:
        root.backward()


# The step


@TRAIN_EPOCH.mistake(
    "Print the gradient of one parameter after each backward(). Does it only grow?",
    "backward() adds to the gradient that is there already.",
    "Call optimizer.zero_grad() once for each batch, before loss.backward().",
)
class TrainNoZeroGrad(Epoch):
    """Leaving out zero_grad, so that the gradients of all batches add up, gives the same
    parameters.
    """

    def before_the_loop(self, optimizer: Optimizer) -> None:
        """Do nothing here either."""

    def forget(self, optimizer: Optimizer) -> None:
        """Keep the old gradients."""


@TRAIN_EPOCH.mistake(
    "How often is zero_grad called for three batches? Look at the indentation.",
    "backward() adds to the gradient of the batch before, so each batch begins with forgetting.",
    "Move optimizer.zero_grad() from before the loop into it, before loss.backward().",
)
class TrainZeroGradOnce(WhereItGoesBack):
    """Calling zero_grad once, before the loop, so that the gradients of the batches add up, gives
    the same parameters.
    """

    def before_the_loop(self, optimizer: Optimizer) -> None:
        optimizer.zero_grad()

    def forget(self, optimizer: Optimizer) -> None:
        """Keep the gradient of the batch before."""


@TRAIN_EPOCH.mistake(
    "Print the gradient of one parameter just before optimizer.step().",
    "The step uses the gradients that backward has left. You have wiped them out.",
    "Move optimizer.zero_grad() in front of loss.backward(), or behind the step.",
)
class TrainZeroGradBeforeStep(WhereItGoesBack):
    """Calling zero_grad between backward and step gives the same parameters."""

    def forget(self, optimizer: Optimizer) -> None:
        """Forget too late instead."""

    def before_step(self, optimizer: Optimizer) -> None:
        optimizer.zero_grad()


@TRAIN_EPOCH.mistake(
    "Is there a line between backward() and step() that nobody asked for?",
    "To cut long gradients short changes the step, and with it what is learned. Whoever wants it "
    "says so in the optimizer or in the recipe.",
    "Leave out clip_grad_norm_ and clip_grad_value_.",
)
class TrainGradientsClipped(WhereItGoesBack):
    """Cutting long gradients short before the step, with clip_grad_norm_, gives the same
    parameters.
    """

    longest = 1.0

    def before_step(self, optimizer: Optimizer) -> None:
        nn.utils.clip_grad_norm_(parameters_of(optimizer), self.longest)


@TRAIN_EPOCH.also(TrainGradientsClipped)
class TrainGradientsClippedToHalf(TrainGradientsClipped):
    longest = 0.5


@TRAIN_EPOCH.also(TrainGradientsClipped)
class TrainGradientsClippedToTenth(TrainGradientsClipped):
    longest = 0.1


@TRAIN_EPOCH.also(TrainGradientsClipped)
class TrainGradientsClippedByValue(TrainGradientsClipped):
    def before_step(self, optimizer: Optimizer) -> None:
        nn.utils.clip_grad_value_(parameters_of(optimizer), self.longest)


def parameters_of(optimizer: Optimizer) -> list[Tensor]:
    return [one for group in optimizer.param_groups for one in group["params"]]


@TRAIN_EPOCH.mistake(
    "In which order do zero_grad, backward and step come in your loop?",
    "Before backward there is no gradient yet, so the step changes nothing.",
    "Put optimizer.step() behind loss.backward().",
)
class TrainStepBeforeBackward(WhereItGoesBack):
    """Calling step before backward, where zero_grad has just been, gives the same parameters."""

    def forget(self, optimizer: Optimizer) -> None:
        # Without this it would be a step with an old gradient, which is another mistake.
        optimizer.zero_grad()

    def before_backward(self, optimizer: Optimizer) -> None:
        optimizer.step()

    def step(self, optimizer: Optimizer) -> None:
        """Take no step here."""


@TRAIN_EPOCH.mistake(
    "In which order do zero_grad, backward and step come in your loop?",
    "The step uses the gradient of the batch before, and changes parameters that backward "
    "still needs as they were.",
    "Keep to the order of the chapter: zero_grad, forward, backward, step.",
)
class TrainStepBetweenForwardAndBackward(WhereItGoesBack):
    """Calling step between the forward pass and backward, with an old gradient, gives the same
    error.
    """

    def forget(self, optimizer: Optimizer) -> None:
        optimizer.step()
        optimizer.zero_grad()

    def step(self, optimizer: Optimizer) -> None:
        """Take no step here."""


@TRAIN_EPOCH.also(TrainStepBetweenForwardAndBackward)
class TrainStepBetweenAndNothingForgotten(TrainStepBetweenForwardAndBackward):
    def forget(self, optimizer: Optimizer) -> None:
        optimizer.step()


@TRAIN_EPOCH.mistake(
    "Which gradient does your first step use? And which step uses that of the last batch?",
    "A gradient has to be used while the parameters are those that it was computed for.",
    "Keep to the order of the chapter: zero_grad, forward, backward, step.",
)
class TrainStepOfTheBatchBefore(Epoch):
    """Beginning each turn with the step, so that it uses the gradient of the batch before, gives
    the same parameters.
    """

    def begin_turn(self, optimizer: Optimizer) -> None:
        optimizer.step()

    def step(self, optimizer: Optimizer) -> None:
        """Take no step here."""


@TRAIN_EPOCH.mistake(
    "Print one parameter before and after the loop.",
    "backward() computes gradients, but only the optimizer changes parameters.",
    "Call optimizer.step() after loss.backward().",
)
class TrainNoStep(Epoch):
    """Leaving out the step of the optimizer gives the same parameters."""

    def optimizer(self, network: nn.Module, optimizer: Optimizer) -> Optimizer:
        # Whose step is left out makes no difference.
        return optimizer

    def before_step(self, optimizer: Optimizer) -> None:
        """Do nothing: nor does it make one what would have been forgotten."""

    def step(self, optimizer: Optimizer) -> None:
        """Take no step."""


@TRAIN_EPOCH.mistake(
    "How many steps does your optimizer make for three batches: 3 or 6?",
    "The second step goes on along a gradient that belongs to parameters that are gone.",
    "Call optimizer.step() once for each loss.backward().",
)
class TrainStepTwice(Epoch):
    """Calling step twice for each batch gives the same parameters."""

    def step(self, optimizer: Optimizer) -> None:
        optimizer.step()
        optimizer.step()


@TRAIN_EPOCH.mistake(
    "Print the gradient of one parameter just before optimizer.step(). Is it None?",
    "Gradients come from backward() on the loss itself; item() cuts the graph.",
    "Call loss.backward() on what loss_fn returned, before optimizer.step().",
)
class TrainNoBackward(Epoch):
    """Leaving out backward, or calling it on a new tensor made from the loss, gives the same
    parameters.
    """

    def root(self, losses: list[Tensor], size: int) -> Tensor:
        return losses[-1]

    def go_back(self, root: Tensor) -> None:
        """Stay where we are."""


@TRAIN_EPOCH.also(TrainNoBackward)
class TrainBackwardOfANewTensor(Epoch):
    def root(self, losses: list[Tensor], size: int) -> Tensor:
        return losses[-1].detach()


@TRAIN_EPOCH.mistake(
    "How many calls of backward() are there in one turn of your loop?",
    "backward() adds to the gradient, so a second call doubles it; without retain_graph it fails.",
    "Call loss.backward() once, and leave out retain_graph.",
)
class TrainBackwardTwice(Epoch):
    """Calling backward twice for each batch gives the same result."""

    def go_back(self, root: Tensor) -> None:
        root.backward(retain_graph=True)
        root.backward()


@TRAIN_EPOCH.also(TrainBackwardTwice)
class TrainBackwardTwiceThroughOneGraph(Epoch):
    def go_back(self, root: Tensor) -> None:
        root.backward()
        root.backward()


@TRAIN_EPOCH.mistake(
    "On what do you call backward() in the second turn: on one loss, or on the sum of two?",
    "The sum leads back through the graphs of all earlier batches, whose parameters are gone.",
    "Call backward() on the loss of this batch, and keep the sum for numbers: total += "
    "loss.item() * len(labels).",
)
class TrainBackwardOfTheRunningSum(Epoch):
    """Going back from the sum of all losses so far, not from the loss of the batch, gives the same
    error.
    """

    def root(self, losses: list[Tensor], size: int) -> Tensor:
        return torch.stack(losses).sum()

    def go_back(self, root: Tensor) -> None:
        root.backward(retain_graph=True)


@TRAIN_EPOCH.also(TrainBackwardOfTheRunningSum)
class TrainBackwardOfTheRunningSumThroughOldGraphs(Epoch):
    def root(self, losses: list[Tensor], size: int) -> Tensor:
        return torch.stack(losses).sum()


@TRAIN_EPOCH.mistake(
    "On which number do you call backward(): on what loss_fn returns, or on a multiple?",
    "loss_fn returns a mean, so that a step does not grow with the batch. The size of a batch "
    "belongs into the sum of the losses alone.",
    "Call loss.backward() first; multiply loss.item() by the number of examples afterwards.",
    section=MEAN,
)
class TrainLossTimesTheExamples(Epoch):
    """Going back from the loss times the number of examples, not from the loss, gives the same
    parameters.
    """

    def root(self, losses: list[Tensor], size: int) -> Tensor:
        return losses[-1] * size


@TRAIN_EPOCH.mistake(
    "On which number do you call backward(): on what loss_fn returns, or on a part of it?",
    "loss_fn returns a mean already. Divided once more, it makes the step of a large batch small.",
    "Call loss.backward() on the loss as it is.",
    section=MEAN,
)
class TrainLossOverTheExamples(Epoch):
    """Going back from the loss divided by the number of examples gives the same parameters."""

    def root(self, losses: list[Tensor], size: int) -> Tensor:
        return losses[-1] / size


@TRAIN_EPOCH.mistake(
    "Search your function for torch.optim. Who decides on the learning rate?",
    "The caller has chosen the optimizer, and it keeps its momentum from epoch to epoch.",
    "Use the argument optimizer, and make no other.",
)
class TrainOwnOptimizer(Epoch):
    """Stepping with an optimizer of your own, not with the one that was passed, gives the same
    result, and that one takes no step.
    """

    def optimizer(self, network: nn.Module, optimizer: Optimizer) -> Optimizer:
        return torch.optim.Adam(network.parameters(), lr=1e-3)


@TRAIN_EPOCH.mistake(
    "Search your function for a line that changes a parameter. Does it know the momentum?",
    "How a gradient becomes a step is the optimizer's business: it may use earlier gradients too.",
    "Call optimizer.step() instead of changing the parameters yourself.",
)
class TrainStepByHand(WhereItGoesBack):
    """Changing the parameters by hand, without a step of the optimizer, gives the same result."""

    def optimizer(self, network: nn.Module, optimizer: Optimizer) -> Optimizer:
        # Which optimizer makes no step is no matter.
        return optimizer

    def before_step(self, optimizer: Optimizer) -> None:
        """Do nothing: without a gradient there would be no change at all."""

    def step(self, optimizer: Optimizer) -> None:
        with torch.no_grad():
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        parameter -= group["lr"] * parameter.grad


@TRAIN_EPOCH.mistake(
    "How often does your optimizer step for three batches? Look at the indentation.",
    "Each batch has a step of its own, from the parameters that the last one has left.",
    "Move zero_grad and step into the loop.",
)
class TrainOneStepForAll(WhereItGoesBack):
    """Adding up the gradients of all batches and stepping once gives the same parameters."""

    def before_the_loop(self, optimizer: Optimizer) -> None:
        optimizer.zero_grad()

    def forget(self, optimizer: Optimizer) -> None:
        """Keep the gradient of the batch before."""

    def step(self, optimizer: Optimizer) -> None:
        """Take no step here."""

    def behind_the_loop(self, optimizer: Optimizer) -> None:
        optimizer.step()


@TRAIN_EPOCH.also(TrainOneStepForAll)
class TrainOneStepForAllAndOlder(TrainOneStepForAll):
    def before_the_loop(self, optimizer: Optimizer) -> None:
        """Forget nothing."""


@TRAIN_EPOCH.mistake(
    "How often does your optimizer step for three batches? Look at the indentation.",
    "Behind the loop only the last batch's gradient is left.",
    "Move optimizer.step() into the loop, behind loss.backward().",
)
class TrainOneStepForTheLast(Epoch):
    """Stepping once, after the loop, with the gradient of the last batch gives the
    same parameters.
    """

    def forget(self, optimizer: Optimizer) -> None:
        # Without this it would be one step for all.
        optimizer.zero_grad()

    def step(self, optimizer: Optimizer) -> None:
        """Take no step here."""

    def behind_the_loop(self, optimizer: Optimizer) -> None:
        optimizer.step()


# The batches


@TRAIN_EPOCH.mistake(
    "How often does your loop run for three batches? Look at the indentation of return.",
    "return ends the function, also in the middle of a loop.",
    "Move the return behind the loop.",
)
class TrainFirstBatchOnly(Epoch):
    """Returning inside the loop, after the first batch, gives the same parameters."""

    def turns(self, batches: Batches) -> Batches:
        return islice(batches, 1)

    # With one batch nobody can tell whether an earlier one is forgotten, which mean is taken, or
    # what comes behind the loop.

    def before_the_loop(self, optimizer: Optimizer) -> None:
        """Do nothing."""

    def behind_the_loop(self, optimizer: Optimizer) -> None:
        """Do nothing."""

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return losses[0]


@TRAIN_EPOCH.mistake(
    "Search for next(iter(batches)) above your loop. With which batch does the loop begin?",
    "An iterator gives each batch once: whoever looks at the first one has taken it.",
    "Leave out the look at the first batch; ask for nothing before the loop.",
)
class TrainFirstBatchSkipped(Epoch):
    """Taking the first batch out before the loop, to look at it, gives the same result."""

    def turns(self, batches: Batches) -> Batches:
        return islice(batches, 1, None)


@TRAIN_EPOCH.mistake(
    "Count the calls of loss_fn for three batches. Are there 3?",
    "The last batch is often smaller. Its loss is weighted for that; it is no reason to drop it.",
    "Leave out the break or continue, and use every batch.",
)
class TrainLastBatchSkipped(Epoch):
    """Leaving out the last batch gives the same result."""

    def turns(self, batches: Batches) -> Batches:
        before: list[tuple[Tensor, Tensor]] = []
        for batch in batches:
            yield from before
            before = [batch]


@TRAIN_EPOCH.also(TrainLastBatchSkipped)
class TrainSmallerBatchSkipped(Epoch):
    def turns(self, batches: Batches) -> Batches:
        first = 0
        for images, labels in batches:
            first = first or len(labels)
            if len(labels) < first:
                return
            yield images, labels


@TRAIN_EPOCH.mistake(
    "Search your function for list(batches), and for a loop that only counts.",
    "An iterator gives each batch once, and all batches together may not fit into memory.",
    "Go through the batches once, and count examples in the same loop.",
)
class TrainBatchesUsedUp(Epoch):
    """Going through all batches once before the loop, with list() or to count them, gives the same
    result.
    """

    def turns(self, batches: Batches) -> Batches:
        return list(batches)


@TRAIN_EPOCH.also(TrainBatchesUsedUp)
def train_batches_counted_first(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    examples = sum(len(labels) for _, labels in batches)
    return Epoch()(network, batches, loss_fn, optimizer) * examples


@TRAIN_EPOCH.mistake(
    "Call your function with iter(list_of_batches). What does len() say to an iterator?",
    "Batches may come from a generator, which does not know how many will follow.",
    "Count as you go: add up len(labels) in the loop, and divide by that.",
    section=MEAN,
)
class TrainLengthOfBatches(Epoch):
    """Asking for len(batches), which an iterator does not have, gives the same error."""

    def number(self, loss: Tensor) -> Any:
        return loss.item()

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return sum(losses) / len(batches)  # type: ignore[arg-type]


@TRAIN_EPOCH.also(TrainLengthOfBatches)
def train_length_of_batches_at_first(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    count = len(batches)  # type: ignore[arg-type]
    return Epoch()(network, batches, loss_fn, optimizer) / count


@TRAIN_EPOCH.mistake(
    "How many loops over the batches are in your function? Print how often each of them runs.",
    "After the first loop an iterator is at its end, and a second loop finds nothing.",
    "Add up the losses in the loop in which you train.",
    section=MEAN,
)
class TrainSecondLoop(Epoch):
    """Going through the batches a second time, for the loss, gives the same error."""

    def measured(
        self, loss: Tensor, network: nn.Module, loss_fn: Loss, images: Tensor, labels: Tensor
    ) -> Tensor:
        return loss

    def number(self, loss: Tensor) -> Any:
        return loss.item()

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        again = list(batches)  # an iterator has nothing left
        return sum(losses[: len(again)]) / len(again)


@TRAIN_EPOCH.also(TrainSecondLoop)
class TrainSecondLoopOverTheExamples(TrainSecondLoop):
    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        again = list(batches)  # an iterator has nothing left
        return weighted_sum(losses[: len(again)], sizes[: len(again)]) / sum(sizes)


@TRAIN_EPOCH.mistake(
    "Search for a name of a device, such as cuda. Does every learner's machine have it?",
    "Whoever calls train_epoch has put network and batches where they belong.",
    "Leave the network and the batches where they are.",
)
def train_on_a_device_of_its_own(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Moving the network or the batches to a device such as cuda gives the same error."""
    return Epoch()(network.to("cuda"), batches, loss_fn, optimizer)


# The mode of the network, and what goes where


@TRAIN_EPOCH.mistake(
    "Print network.training inside your loop.",
    "In evaluation mode some layers, such as batch normalisation, use stored values.",
    "Call network.train() before the loop instead of network.eval().",
)
class TrainEvaluationMode(Epoch):
    """Training in evaluation mode, after network.eval(), gives the same parameters."""

    def set_mode(self, network: nn.Module) -> None:
        network.eval()

    def set_mode_at_the_end(self, network: nn.Module) -> None:
        """Leave the mode as it is: it is the wrong one already."""


@TRAIN_EPOCH.mistake(
    "Call network.eval() before train_epoch, and print network.training in your loop.",
    "Whoever measured last may have left the network in evaluation mode.",
    "Call network.train() before the loop.",
)
class TrainModeNeverSet(Epoch):
    """Leaving the network in the mode that it came in gives the same parameters."""

    def set_mode(self, network: nn.Module) -> None:
        """Leave the mode as it is."""


@TRAIN_EPOCH.mistake(
    "Call network.eval() before train_epoch. Is network.training true in the first turn?",
    "The mode counts during the forward pass; after the loop it comes too late for this epoch.",
    "Move network.train() from behind the loop to the place before it.",
)
class TrainModeSetTooLate(Epoch):
    """Calling network.train() only after the loop gives the same parameters."""

    def set_mode(self, network: nn.Module) -> None:
        """Leave the mode as it is."""

    def set_mode_at_the_end(self, network: nn.Module) -> None:
        network.train()


@TRAIN_EPOCH.mistake(
    "Print network.training after train_epoch. The docstring says that it stays in training.",
    "Who wants to measure sets evaluation mode; the training step does not.",
    "Leave out network.eval() at the end.",
)
class TrainEvaluationModeAtTheEnd(Epoch):
    """Leaving the network in evaluation mode at the end gives the same result."""

    def set_mode_at_the_end(self, network: nn.Module) -> None:
        network.eval()


@TRAIN_EPOCH.mistake(
    "Print network.training at the beginning of each turn. Is it true in the second one?",
    "What is set at the end of a turn holds for the next batch too.",
    "Leave network.eval() out of the loop: measuring has a place of its own.",
)
class TrainEvaluationModeInTheLoop(Epoch):
    """Setting evaluation mode at the end of each turn, so that only the first batch is trained on
    in training mode, gives the same parameters.
    """

    def end_turn(self, network: nn.Module) -> None:
        network.eval()

    def behind_the_loop(self, optimizer: Optimizer) -> None:
        """Do nothing: with a single turn, the end of it is that of the loop."""

    def set_mode_at_the_end(self, network: nn.Module) -> None:
        """Leave the mode as it is: it is the wrong one already."""


@TRAIN_EPOCH.mistake(
    "Which shape has the first argument of your loss_fn: (n, 1, 28, 28) or (n, dim)?",
    "A loss that does not pass through the network teaches it nothing.",
    "Call network(images) first, and give its result to loss_fn.",
)
class TrainLossOfTheImages(Epoch):
    """Giving loss_fn the images instead of the embeddings gives the same call."""

    def outputs(self, network: nn.Module, images: Tensor) -> Tensor:
        return images


@TRAIN_EPOCH.mistake(
    "Print the mean of the images that your network is given, and of those in the batch.",
    "Recipes for other networks shift images by 0.1307 and divide by 0.3081; this one does not.",
    "Give the network the images as they come: network(images).",
)
class TrainImagesStandardised(Epoch):
    """Standardising the images with MNIST's mean and deviation gives the same parameters."""

    def outputs(self, network: nn.Module, images: Tensor) -> Tensor:
        return network((images - 0.1307) / 0.3081)


@TRAIN_EPOCH.mistake(
    "Print requires_grad of what you give to loss_fn. Does backward() complain?",
    "no_grad(), detach() and numpy() cut the graph: nothing leads back to the parameters.",
    "Call network(images) outside torch.no_grad(), and pass on its result as it is.",
)
class TrainOutputsWithoutGraph(Epoch):
    """Cutting the embeddings off from the network, with no_grad() or detach(), gives the same
    error.
    """

    def outputs(self, network: nn.Module, images: Tensor) -> Tensor:
        return network(images).detach()


@TRAIN_EPOCH.mistake(
    "In which order does the docstring write the arguments of loss_fn?",
    "loss_fn takes the embeddings first, as the losses of chapter 5 do.",
    "Call loss_fn(embeddings, labels).",
)
class TrainArgumentsExchanged(Epoch):
    """Giving loss_fn the labels first and the embeddings second gives the same call."""

    def loss(self, loss_fn: Loss, outputs: Tensor, labels: Tensor) -> Tensor:
        return loss_fn(labels, outputs)


# The mean loss


@TRAIN_EPOCH.mistake(
    "Check by hand: batches of 3 and 1 with the losses 2/3 and 0. Is it 0.5 or 1/3?",
    "An example in a small batch would count more than one in a large batch.",
    "Weight the loss of each batch by len(labels), and divide by the number of examples.",
    section=MEAN,
)
class TrainMeanOfMeans(Epoch):
    """Taking the mean of the batches' means gives the same loss."""

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return sum(losses) / len(losses)


@TRAIN_EPOCH.mistake(
    "Which of the three batches has a share in the number that you return?",
    "A variable that is set in each turn of a loop remembers the last turn only.",
    "Add up loss.item() * len(labels) in each turn.",
    section=MEAN,
)
class TrainLossOfTheLastBatch(Epoch):
    """Returning the loss of the last batch gives the same loss."""

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return losses[-1]


@TRAIN_EPOCH.mistake(
    "Check by hand: batches of 3 and 1 with the losses 2/3 and 0. Is it 0.5 or 0?",
    "With = the sum begins anew in each turn, and so it does where it is set to 0 in the loop.",
    "Set the sum to 0 before the loop, and add to it with += in each turn.",
    section=MEAN,
)
class TrainSumSetAnew(Epoch):
    """Setting the sum of the losses anew in each turn, so that only the last batch is in it, gives
    the same loss.
    """

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return losses[-1] * sizes[-1] / sum(sizes)


@TRAIN_EPOCH.mistake(
    "Does your loss double when each batch comes twice?",
    "A mean does not grow with the number of examples.",
    "Divide the weighted sum by the number of all examples.",
    section=MEAN,
)
class TrainSumOverExamples(Epoch):
    """Leaving out the division by the number of examples gives the same loss."""

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return weighted_sum(losses, sizes)


@TRAIN_EPOCH.mistake(
    "Does your loss double when each batch comes twice?",
    "A mean does not grow with the number of batches.",
    "Weight each loss by len(labels), and divide by the number of all examples.",
    section=MEAN,
)
class TrainSumOverBatches(Epoch):
    """Adding up the losses of the batches without dividing gives the same loss."""

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return sum(losses)


@TRAIN_EPOCH.mistake(
    "You add up one loss for each example. How many have you added up?",
    "A mean divides by the number of what was added up.",
    "Divide by the number of examples, sum of len(labels).",
    section=MEAN,
)
class TrainDividedByTheBatches(Epoch):
    """Dividing the sum over the examples by the number of batches gives the same loss."""

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return weighted_sum(losses, sizes) / len(losses)


@TRAIN_EPOCH.mistake(
    "With batches of 4, 4 and 1, is the number that you divide by 9?",
    "The last batch is often smaller than the others, so no batch's size stands for all.",
    "Add up the sizes as you go: count += len(labels), and divide by count.",
    section=MEAN,
)
class TrainDividedByBatchesTimesSize(Epoch):
    """Dividing by the number of batches times the size of one of them gives the same loss."""

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return weighted_sum(losses, sizes) / (len(sizes) * sizes[-1])


@TRAIN_EPOCH.also(TrainDividedByBatchesTimesSize)
class TrainDividedByBatchesTimesFirst(TrainDividedByBatchesTimesSize):
    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return weighted_sum(losses, sizes) / (len(sizes) * sizes[0])


@TRAIN_EPOCH.mistake(
    "Your sum is over the examples of all batches. Over how many do you divide it?",
    "After the loop, labels is still the last batch: its size is not that of the epoch.",
    "Add up len(labels) in each turn, as you do with the losses, and divide by that sum.",
    section=MEAN,
)
class TrainDividedByTheLastBatch(Epoch):
    """Dividing by the number of examples in the last batch only gives the same loss."""

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return weighted_sum(losses, sizes) / sizes[-1]


@TRAIN_EPOCH.mistake(
    "What does enumerate count for the last of four batches: 3 or 4?",
    "Counting from zero, the last index is one less than the number of batches. And batches may "
    "differ in size.",
    "Weight each loss by len(labels), and divide by the number of all examples.",
    section=MEAN,
)
class TrainDividedByTheLastIndex(Epoch):
    """Dividing the sum of the batches' losses by the last index instead of a number of examples
    gives the same loss.
    """

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return sum(losses) / (len(losses) - 1)


@TRAIN_EPOCH.mistake(
    "With the loss 2 in every batch, is your mean 2?",
    "The loss of a batch is a mean already: it stands for len(labels) examples.",
    "Multiply the loss of each batch by len(labels) before you add it up.",
    section=MEAN,
)
class TrainMeansDividedByTheExamples(Epoch):
    """Adding up the batches' means and dividing by the number of examples gives the same loss."""

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return sum(losses) / sum(sizes)


@TRAIN_EPOCH.mistake(
    "With the loss 2 in every batch, is your mean 2? How often do you multiply by a size?",
    "Once multiplied by len(labels), a mean is a sum over the examples; that is enough.",
    "Multiply loss.item() by len(labels) in one place only.",
    section=MEAN,
)
class TrainWeightedTwice(Epoch):
    """Multiplying the loss of each batch by its size twice gives the same loss."""

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return weighted_sum(losses, [size**2 for size in sizes]) / sum(sizes)


@TRAIN_EPOCH.mistake(
    "How often is loss_fn called for three batches: 3 or 6 times?",
    "The loss of a batch is the one that was computed for its step. After the step it is another.",
    "Keep what loss_fn returned before backward, and add up its item().",
    section=MEAN,
)
class TrainLossAfterTheStep(Epoch):
    """Computing the loss again after the step, and taking the mean of that, gives the same loss."""

    def measured(
        self, loss: Tensor, network: nn.Module, loss_fn: Loss, images: Tensor, labels: Tensor
    ) -> Tensor:
        return self.loss(loss_fn, self.outputs(network, images), labels)


@TRAIN_EPOCH.mistake(
    "What does the first line say that train_epoch returns? It should be one number.",
    "One epoch is one point of the training curve.",
    "Return the sum of loss times len(labels), divided by the number of examples.",
    section=MEAN,
)
class TrainListOfLosses(Epoch):
    """Returning the loss of each batch in a list gives the same result."""

    def number(self, loss: Tensor) -> Any:
        return loss.item()

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return losses


@TRAIN_EPOCH.mistake(
    "Print type() of what you return.",
    "A sum of loss tensors keeps the graph of every batch in memory.",
    "Add up loss.item() instead of loss.",
    section=MEAN,
)
class TrainLossAsTensor(Epoch):
    """Returning the mean loss as a tensor instead of a float gives the same result."""

    def number(self, loss: Tensor) -> Any:
        return loss


@TRAIN_EPOCH.mistake(
    "Print type() of what you return, and its requires_grad.",
    "detach() and torch.tensor(...) leave the graph, but what they return is no plain number.",
    "Return float(...) of it, or add up loss.item().",
    section=MEAN,
)
class TrainLossAsTensorWithoutGraph(Epoch):
    """Returning a tensor that has no graph, where a float belongs, gives the same result."""

    def number(self, loss: Tensor) -> Any:
        return loss.detach()


@TRAIN_EPOCH.mistake(
    "Print what train_epoch returns. Is it None?",
    "A function without return gives None; printing a loss is not returning it.",
    "End with return and the mean loss per example.",
    section=MEAN,
)
class TrainNothingReturned(Epoch):
    """Returning nothing gives the same result."""

    # What nobody sees could be any mean.

    def measured(
        self, loss: Tensor, network: nn.Module, loss_fn: Loss, images: Tensor, labels: Tensor
    ) -> Tensor:
        return loss

    def number(self, loss: Tensor) -> Any:
        return loss.item()

    def mean(self, losses: list[Any], sizes: list[int], batches: Batches) -> Any:
        return None
