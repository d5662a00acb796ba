"""Misconceptions of chapter 7: the training step, and the mean loss."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from solutions.ch07_training import train_epoch

from ..misconception import Exercise

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


def steps(
    network: nn.Module,
    batches: Batches,
    loss_fn: Loss,
    optimizer: Optimizer,
    step: Callable[[Tensor], None],
) -> float:
    """Return the mean loss per example; step(loss) is what is done with the loss of a batch."""
    network.train()
    total, examples = 0.0, 0
    for images, labels in batches:
        loss = loss_fn(network(images), labels)
        step(loss)
        total += loss.item() * len(labels)
        examples += len(labels)
    return total / examples


def losses_and_sizes(
    network: nn.Module,
    batches: Batches,
    loss_fn: Loss,
    optimizer: Optimizer,
    *,
    sets_mode: bool = True,
) -> tuple[list[float], list[int]]:
    """Take the right steps, and return the loss and the size of each batch."""
    losses, sizes = [], []
    if sets_mode:
        network.train()
    for images, labels in batches:
        optimizer.zero_grad()
        loss = loss_fn(network(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(labels))
    return losses, sizes


# The step


@TRAIN_EPOCH.mistake(
    "Print the gradient of one parameter after each backward(). Does it only grow?",
    "backward() adds to the gradient that is there already.",
    "Call optimizer.zero_grad() once for each batch, before loss.backward().",
)
def train_no_zero_grad(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Leaving out zero_grad, so that the gradients of all batches add up, gives the same
    parameters.
    """

    def step(loss: Tensor) -> None:
        loss.backward()
        optimizer.step()

    return steps(network, batches, loss_fn, optimizer, step)


@TRAIN_EPOCH.mistake(
    "Print the gradient of one parameter just before optimizer.step().",
    "The step uses the gradients that backward has left. You have wiped them out.",
    "Move optimizer.zero_grad() in front of loss.backward(), or behind the step.",
)
def train_zero_grad_before_step(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Calling zero_grad between backward and step gives the same parameters."""

    def step(loss: Tensor) -> None:
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()

    return steps(network, batches, loss_fn, optimizer, step)


@TRAIN_EPOCH.mistake(
    "In which order do zero_grad, backward and step come in your loop?",
    "Before backward there is no gradient yet, so the step changes nothing.",
    "Put optimizer.step() behind loss.backward().",
)
def train_step_before_backward(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Calling step before backward, where zero_grad has just been, gives the same parameters."""

    def step(loss: Tensor) -> None:
        optimizer.zero_grad()
        optimizer.step()
        loss.backward()

    return steps(network, batches, loss_fn, optimizer, step)


@TRAIN_EPOCH.mistake(
    "In which order do zero_grad, backward and step come in your loop?",
    "The step uses the gradient of the batch before, and changes parameters that backward "
    "still needs as they were.",
    "Keep to the order of the chapter: zero_grad, forward, backward, step.",
)
def train_step_between_forward_and_backward(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Calling step between the forward pass and backward, with an old gradient, gives the same
    error.
    """

    def step(loss: Tensor) -> None:
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()

    return steps(network, batches, loss_fn, optimizer, step)


@TRAIN_EPOCH.mistake(
    "Which gradient does your first step use? And which step uses that of the last batch?",
    "A gradient has to be used while the parameters are those that it was computed for.",
    "Keep to the order of the chapter: zero_grad, forward, backward, step.",
)
def train_step_of_the_batch_before(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Beginning each turn with the step, so that it uses the gradient of the batch before, gives
    the same parameters.
    """
    network.train()
    total, examples = 0.0, 0
    for images, labels in batches:
        optimizer.step()
        optimizer.zero_grad()
        loss = loss_fn(network(images), labels)
        loss.backward()
        total += loss.item() * len(labels)
        examples += len(labels)
    return total / examples


@TRAIN_EPOCH.mistake(
    "Print one parameter before and after the loop.",
    "backward() computes gradients, but only the optimizer changes parameters.",
    "Call optimizer.step() after loss.backward().",
)
def train_no_step(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Leaving out the step of the optimizer gives the same parameters."""

    def step(loss: Tensor) -> None:
        optimizer.zero_grad()
        loss.backward()

    return steps(network, batches, loss_fn, optimizer, step)


@TRAIN_EPOCH.mistake(
    "Print the gradient of one parameter just before optimizer.step(). Is it None?",
    "Gradients come from backward() on the loss itself; item() cuts the graph.",
    "Call loss.backward() on what loss_fn returned, before optimizer.step().",
)
def train_no_backward(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Leaving out backward, or calling it on a new tensor made from the loss, gives the same
    parameters.
    """

    def step(loss: Tensor) -> None:
        optimizer.zero_grad()
        optimizer.step()

    return steps(network, batches, loss_fn, optimizer, step)


@TRAIN_EPOCH.mistake(
    "Search your function for torch.optim. Who decides on the learning rate?",
    "The caller has chosen the optimizer, and it keeps its momentum from epoch to epoch.",
    "Use the argument optimizer, and make no other.",
)
def train_own_optimizer(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Stepping with an optimizer of your own, not with the one that was passed, gives the same
    result, and that one takes no step.
    """
    return train_epoch(network, batches, loss_fn, torch.optim.Adam(network.parameters(), lr=1e-3))


@TRAIN_EPOCH.mistake(
    "How often does your optimizer step for three batches? Look at the indentation.",
    "Each batch has a step of its own, from the parameters that the last one has left.",
    "Move zero_grad and step into the loop.",
)
def train_one_step_for_all(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Adding up the gradients of all batches and stepping once gives the same parameters."""
    optimizer.zero_grad()
    mean = steps(network, batches, loss_fn, optimizer, lambda loss: loss.backward())
    optimizer.step()
    return mean


@TRAIN_EPOCH.mistake(
    "How often does your optimizer step for three batches? Look at the indentation.",
    "Behind the loop only the last batch's gradient is left.",
    "Move optimizer.step() into the loop, behind loss.backward().",
)
def train_one_step_for_the_last(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Stepping once, after the loop, with the gradient of the last batch gives the
    same parameters.
    """

    def step(loss: Tensor) -> None:
        optimizer.zero_grad()
        loss.backward()

    mean = steps(network, batches, loss_fn, optimizer, step)
    optimizer.step()
    return mean


@TRAIN_EPOCH.mistake(
    "How often does your loop run for three batches? Look at the indentation of return.",
    "return ends the function, also in the middle of a loop.",
    "Move the return behind the loop.",
)
def train_first_batch_only(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Returning inside the loop, after the first batch, gives the same parameters."""
    return train_epoch(network, iter([next(iter(batches))]), loss_fn, optimizer)


# The mode of the network, and what goes where


@TRAIN_EPOCH.mistake(
    "Print network.training inside your loop.",
    "In evaluation mode some layers, such as batch normalisation, use stored values.",
    "Call network.train() before the loop instead of network.eval().",
)
def train_evaluation_mode(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Training in evaluation mode, after network.eval(), gives the same parameters."""
    return train_in_this_mode(network.eval(), batches, loss_fn, optimizer)


@TRAIN_EPOCH.mistake(
    "Call network.eval() before train_epoch, and print network.training in your loop.",
    "Whoever measured last may have left the network in evaluation mode.",
    "Call network.train() before the loop.",
)
def train_mode_never_set(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Leaving the network in the mode that it came in gives the same parameters."""
    return train_in_this_mode(network, batches, loss_fn, optimizer)


def train_in_this_mode(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    total, examples = 0.0, 0
    for images, labels in batches:
        optimizer.zero_grad()
        loss = loss_fn(network(images), labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
        examples += len(labels)
    return total / examples


@TRAIN_EPOCH.mistake(
    "Print network.training after train_epoch. The docstring says that it stays in training.",
    "Who wants to measure sets evaluation mode; the training step does not.",
    "Leave out network.eval() at the end.",
)
def train_evaluation_mode_at_the_end(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Leaving the network in evaluation mode at the end gives the same result."""
    mean = train_epoch(network, batches, loss_fn, optimizer)
    network.eval()
    return mean


@TRAIN_EPOCH.mistake(
    "Which shape has the first argument of your loss_fn: (n, 1, 28, 28) or (n, dim)?",
    "A loss that does not pass through the network teaches it nothing.",
    "Call network(images) first, and give its result to loss_fn.",
)
def train_loss_of_the_images(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Giving loss_fn the images instead of the embeddings gives the same call."""
    network.train()
    images, labels = next(iter(batches))
    return loss_fn(images, labels).item()


@TRAIN_EPOCH.mistake(
    "In which order does the docstring write the arguments of loss_fn?",
    "loss_fn takes the embeddings first, as the losses of chapter 5 do.",
    "Call loss_fn(embeddings, labels).",
)
def train_arguments_exchanged(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Giving loss_fn the labels first and the embeddings second gives the same call."""
    network.train()
    images, labels = next(iter(batches))
    return loss_fn(labels, network(images)).item()


@TRAIN_EPOCH.mistake(
    "Search your function for list(batches), and for a loop that only counts.",
    "An iterator gives each batch once, and all batches together may not fit into memory.",
    "Go through the batches once, and count examples in the same loop.",
)
def train_batches_used_up(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Going through all batches once before the loop, with list() or to count them, gives the same
    result.
    """
    return train_epoch(network, list(batches), loss_fn, optimizer)


@TRAIN_EPOCH.mistake(
    "On which number do you call backward(): on what loss_fn returns, or on a multiple?",
    "loss_fn returns a mean, so that a step does not grow with the batch. The size of a batch "
    "belongs into the sum of the losses alone.",
    "Call loss.backward() first; multiply loss.item() by the number of examples afterwards.",
    section=MEAN,
)
def train_loss_times_the_examples(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Going back from the loss times the number of examples, not from the loss, gives the same
    parameters.
    """
    network.train()
    total, examples = 0.0, 0
    for images, labels in batches:
        optimizer.zero_grad()
        loss = loss_fn(network(images), labels) * len(labels)
        loss.backward()
        optimizer.step()
        total += loss.item()
        examples += len(labels)
    return total / examples


@TRAIN_EPOCH.mistake(
    "Call network.eval(), then train_epoch. Is network.training true at the end?",
    "A network must be told that it trains. And a batch of three counts less than one of seven.",
    "Begin with network.train(); then add up loss.item() * len(labels), and divide once.",
)
def train_mode_never_set_and_mean_of_means(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Leaving the network in the mode that it came in, and taking the mean of the batches' means,
    gives the same result.
    """
    losses, _ = losses_and_sizes(network, batches, loss_fn, optimizer, sets_mode=False)
    return sum(losses) / len(losses)


# The mean loss


@TRAIN_EPOCH.mistake(
    "Check by hand: batches of 3 and 1 with the losses 2/3 and 0. Is it 0.5 or 1/3?",
    "An example in a small batch would count more than one in a large batch.",
    "Weight the loss of each batch by len(labels), and divide by the number of examples.",
    section=MEAN,
)
def train_mean_of_means(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Taking the mean of the batches' means gives the same loss."""
    losses, _ = losses_and_sizes(network, batches, loss_fn, optimizer)
    return sum(losses) / len(losses)


@TRAIN_EPOCH.mistake(
    "Which of the three batches has a share in the number that you return?",
    "A variable that is set in each turn of a loop remembers the last turn only.",
    "Add up loss.item() * len(labels) in each turn.",
    section=MEAN,
)
def train_loss_of_the_last_batch(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Returning the loss of the last batch gives the same loss."""
    losses, _ = losses_and_sizes(network, batches, loss_fn, optimizer)
    return losses[-1]


@TRAIN_EPOCH.mistake(
    "Does your loss double when each batch comes twice?",
    "A mean does not grow with the number of examples.",
    "Divide the weighted sum by the number of all examples.",
    section=MEAN,
)
def train_sum_over_examples(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Leaving out the division by the number of examples gives the same loss."""
    losses, sizes = losses_and_sizes(network, batches, loss_fn, optimizer)
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True))


@TRAIN_EPOCH.mistake(
    "Does your loss double when each batch comes twice?",
    "A mean does not grow with the number of batches.",
    "Weight each loss by len(labels), and divide by the number of all examples.",
    section=MEAN,
)
def train_sum_over_batches(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Adding up the losses of the batches without dividing gives the same loss."""
    losses, _ = losses_and_sizes(network, batches, loss_fn, optimizer)
    return sum(losses)


@TRAIN_EPOCH.mistake(
    "You add up one loss for each example. How many have you added up?",
    "A mean divides by the number of what was added up.",
    "Divide by the number of examples, sum of len(labels).",
    section=MEAN,
)
def train_divided_by_the_batches(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Dividing the sum over the examples by the number of batches gives the same loss."""
    losses, sizes = losses_and_sizes(network, batches, loss_fn, optimizer)
    total = sum(loss * size for loss, size in zip(losses, sizes, strict=True))
    return total / len(losses)


@TRAIN_EPOCH.mistake(
    "With the loss 2 in every batch, is your mean 2?",
    "The loss of a batch is a mean already: it stands for len(labels) examples.",
    "Multiply the loss of each batch by len(labels) before you add it up.",
    section=MEAN,
)
def train_means_divided_by_the_examples(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    """Adding up the batches' means and dividing by the number of examples gives the same loss."""
    losses, sizes = losses_and_sizes(network, batches, loss_fn, optimizer)
    return sum(losses) / sum(sizes)


@TRAIN_EPOCH.mistake(
    "What does the first line say that train_epoch returns? It should be one number.",
    "One epoch is one point of the training curve.",
    "Return the sum of loss times len(labels), divided by the number of examples.",
    section=MEAN,
)
def train_list_of_losses(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> list[float]:
    """Returning the loss of each batch in a list gives the same result."""
    losses, _ = losses_and_sizes(network, batches, loss_fn, optimizer)
    return losses


@TRAIN_EPOCH.mistake(
    "Print type() of what you return.",
    "A sum of loss tensors keeps the graph of every batch in memory.",
    "Add up loss.item() instead of loss.",
    section=MEAN,
)
def train_loss_as_tensor(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> Tensor:
    """Returning the mean loss as a tensor instead of a float gives the same result."""
    return torch.tensor(train_epoch(network, batches, loss_fn, optimizer))


@TRAIN_EPOCH.mistake(
    "Print what train_epoch returns. Is it None?",
    "A function without return gives None; printing a loss is not returning it.",
    "End with return and the mean loss per example.",
    section=MEAN,
)
def train_nothing_returned(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> None:
    """Returning nothing gives the same result."""
    train_epoch(network, batches, loss_fn, optimizer)
