"""Misconceptions of chapter 7: the training step, and the mean loss."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from solutions.ch07_training import train_epoch

from ..misconception import Catalogue, Hints

MISCONCEPTIONS = Catalogue()
STEP, MEAN = "The training step", "The mean loss per example"

Batches = Iterable[tuple[Tensor, Tensor]]
Loss = Callable[[Tensor, Tensor], Tensor]


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


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-no-zero-grad",
    says="Leaving out zero_grad, so that the gradients of all batches add up, gives the same "
    "parameters.",
    section=STEP,
    nudge="Print the gradient of one parameter after each backward(). Does it only grow?",
    idea="backward() adds to the gradient that is there already.",
    step="Call optimizer.zero_grad() once for each batch, before loss.backward().",
)
def train_no_zero_grad(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    def step(loss: Tensor) -> None:
        loss.backward()
        optimizer.step()

    return steps(network, batches, loss_fn, optimizer, step)


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-zero-grad-before-step",
    says="Calling zero_grad between backward and step gives the same parameters.",
    section=STEP,
    nudge="Print the gradient of one parameter just before optimizer.step().",
    idea="The step uses the gradients that backward has left. You have wiped them out.",
    step="Move optimizer.zero_grad() in front of loss.backward(), or behind the step.",
)
def train_zero_grad_before_step(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    def step(loss: Tensor) -> None:
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()

    return steps(network, batches, loss_fn, optimizer, step)


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-step-before-backward",
    says="Calling step before backward, where zero_grad has just been, gives the same parameters.",
    section=STEP,
    nudge="In which order do zero_grad, backward and step come in your loop?",
    idea="Before backward there is no gradient yet, so the step changes nothing.",
    step="Put optimizer.step() behind loss.backward().",
)
def train_step_before_backward(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    def step(loss: Tensor) -> None:
        optimizer.zero_grad()
        optimizer.step()
        loss.backward()

    return steps(network, batches, loss_fn, optimizer, step)


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-step-between-forward-and-backward",
    says="Calling step between the forward pass and backward, with an old gradient, gives the same "
    "error.",
    section=STEP,
    nudge="In which order do zero_grad, backward and step come in your loop?",
    idea="The step uses the gradient of the batch before, and changes parameters that backward "
    "still needs as they were.",
    step="Keep to the order of the chapter: zero_grad, forward, backward, step.",
)
def train_step_between_forward_and_backward(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    def step(loss: Tensor) -> None:
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()

    return steps(network, batches, loss_fn, optimizer, step)


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-step-of-the-batch-before",
    says="Beginning each turn with the step, so that it uses the gradient of the batch before, "
    "gives the same parameters.",
    section=STEP,
    nudge="Which gradient does your first step use? And which step uses that of the last batch?",
    idea="A gradient has to be used while the parameters are those that it was computed for.",
    step="Keep to the order of the chapter: zero_grad, forward, backward, step.",
)
def train_step_of_the_batch_before(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
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


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-no-step",
    says="Leaving out the step of the optimizer gives the same parameters.",
    section=STEP,
    nudge="Print one parameter before and after the loop.",
    idea="backward() computes gradients, but only the optimizer changes parameters.",
    step="Call optimizer.step() after loss.backward().",
)
def train_no_step(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    def step(loss: Tensor) -> None:
        optimizer.zero_grad()
        loss.backward()

    return steps(network, batches, loss_fn, optimizer, step)


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-no-backward",
    says="Leaving out backward, or calling it on a new tensor made from the loss, gives the same "
    "parameters.",
    section=STEP,
    nudge="Print the gradient of one parameter just before optimizer.step(). Is it None?",
    idea="Gradients come from backward() on the loss itself; item() cuts the graph.",
    step="Call loss.backward() on what loss_fn returned, before optimizer.step().",
)
def train_no_backward(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    def step(loss: Tensor) -> None:
        optimizer.zero_grad()
        optimizer.step()

    return steps(network, batches, loss_fn, optimizer, step)


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-own-optimizer",
    says="Stepping with an optimizer of your own, not with the one that was passed, gives the same "
    "result: no step of that one.",
    section=STEP,
    nudge="Search your function for torch.optim. Who decides on the learning rate?",
    idea="The caller has chosen the optimizer, and it keeps its momentum from epoch to epoch.",
    step="Use the argument optimizer, and make no other.",
)
def train_own_optimizer(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    return train_epoch(network, batches, loss_fn, torch.optim.Adam(network.parameters(), lr=1e-3))


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-one-step-for-all",
    says="Adding up the gradients of all batches and stepping once gives the same parameters.",
    section=STEP,
    nudge="How often does your optimizer step for three batches? Look at the indentation.",
    idea="Each batch has a step of its own, from the parameters that the last one has left.",
    step="Move zero_grad and step into the loop.",
)
def train_one_step_for_all(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    optimizer.zero_grad()
    mean = steps(network, batches, loss_fn, optimizer, lambda loss: loss.backward())
    optimizer.step()
    return mean


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-one-step-for-the-last",
    says="Stepping once, after the loop, with the gradient of the last batch gives the same "
    "parameters.",
    section=STEP,
    nudge="How often does your optimizer step for three batches? Look at the indentation.",
    idea="Behind the loop only the last batch's gradient is left.",
    step="Move optimizer.step() into the loop, behind loss.backward().",
)
def train_one_step_for_the_last(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    def step(loss: Tensor) -> None:
        optimizer.zero_grad()
        loss.backward()

    mean = steps(network, batches, loss_fn, optimizer, step)
    optimizer.step()
    return mean


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-first-batch-only",
    says="Returning inside the loop, after the first batch, gives the same parameters.",
    section=STEP,
    nudge="How often does your loop run for three batches? Look at the indentation of return.",
    idea="return ends the function, also in the middle of a loop.",
    step="Move the return behind the loop.",
)
def train_first_batch_only(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    return train_epoch(network, iter([next(iter(batches))]), loss_fn, optimizer)


# The mode of the network, and what goes where


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-evaluation-mode",
    says="Training in evaluation mode, after network.eval(), gives the same parameters.",
    section=STEP,
    nudge="Print network.training inside your loop.",
    idea="In evaluation mode some layers, such as batch normalisation, use stored values.",
    step="Call network.train() before the loop instead of network.eval().",
)
def train_evaluation_mode(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    return train_in_this_mode(network.eval(), batches, loss_fn, optimizer)


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-mode-never-set",
    says="Leaving the network in the mode that it came in gives the same parameters.",
    section=STEP,
    nudge="Call network.eval() before train_epoch, and print network.training in your loop.",
    idea="Whoever measured last may have left the network in evaluation mode.",
    step="Call network.train() before the loop.",
)
def train_mode_never_set(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
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


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-evaluation-mode-at-the-end",
    says="Leaving the network in evaluation mode at the end gives the same result.",
    section=STEP,
    nudge="Print network.training after train_epoch. The docstring says that it stays in training.",
    idea="Who wants to measure sets evaluation mode; the training step does not.",
    step="Leave out network.eval() at the end.",
)
def train_evaluation_mode_at_the_end(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    mean = train_epoch(network, batches, loss_fn, optimizer)
    network.eval()
    return mean


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-loss-of-the-images",
    says="Giving loss_fn the images instead of the embeddings gives the same call.",
    section=STEP,
    nudge="Which shape has the first argument of your loss_fn: (n, 1, 28, 28) or (n, dim)?",
    idea="A loss that does not pass through the network teaches it nothing.",
    step="Call network(images) first, and give its result to loss_fn.",
)
def train_loss_of_the_images(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    network.train()
    images, labels = next(iter(batches))
    return loss_fn(images, labels).item()


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-arguments-exchanged",
    says="Giving loss_fn the labels first and the embeddings second gives the same call.",
    section=STEP,
    nudge="In which order does the docstring write the arguments of loss_fn?",
    idea="loss_fn takes the embeddings first, as the losses of chapter 5 do.",
    step="Call loss_fn(embeddings, labels).",
)
def train_arguments_exchanged(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    network.train()
    images, labels = next(iter(batches))
    return loss_fn(labels, network(images)).item()


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-batches-used-up",
    says="Going through all batches once before the loop, with list() or to count them, gives the "
    "same result.",
    section=STEP,
    nudge="Search your function for list(batches), and for a loop that only counts.",
    idea="An iterator gives each batch once, and all batches together may not fit into memory.",
    step="Go through the batches once, and count examples in the same loop.",
)
def train_batches_used_up(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    return train_epoch(network, list(batches), loss_fn, optimizer)


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-loss-times-the-examples",
    says="Going back from the loss times the number of examples, not from the loss, gives the same "
    "parameters.",
    section=MEAN,
    nudge="On which number do you call backward(): on what loss_fn returns, or on a multiple?",
    idea="loss_fn returns a mean, so that a step does not grow with the batch. The size of a batch "
    "belongs into the sum of the losses alone.",
    step="Call loss.backward() first; multiply loss.item() by the number of examples afterwards.",
)
def train_loss_times_the_examples(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
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


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-mode-never-set-and-mean-of-means",
    says="Leaving the network in the mode that it came in, and taking the mean of the batches' "
    "means, gives the same result.",
    section=STEP,
    nudge="Call network.eval(), then train_epoch. Is network.training true at the end?",
    idea="A network must be told that it trains. And a batch of three counts less than one of "
    "seven.",
    step="Begin with network.train(); then add up loss.item() * len(labels), and divide once.",
)
def train_mode_never_set_and_mean_of_means(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    losses, _ = losses_and_sizes(network, batches, loss_fn, optimizer, sets_mode=False)
    return sum(losses) / len(losses)


# The mean loss


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-mean-of-means",
    says="Taking the mean of the batches' means gives the same loss.",
    section=MEAN,
    nudge="Check by hand: batches of 3 and 1 with the losses 2/3 and 0. Is it 0.5 or 1/3?",
    idea="An example in a small batch would count more than one in a large batch.",
    step="Weight the loss of each batch by len(labels), and divide by the number of examples.",
)
def train_mean_of_means(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    losses, _ = losses_and_sizes(network, batches, loss_fn, optimizer)
    return sum(losses) / len(losses)


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-loss-of-the-last-batch",
    says="Returning the loss of the last batch gives the same loss.",
    section=MEAN,
    nudge="Which of the three batches has a share in the number that you return?",
    idea="A variable that is set in each turn of a loop remembers the last turn only.",
    step="Add up loss.item() * len(labels) in each turn.",
)
def train_loss_of_the_last_batch(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    losses, _ = losses_and_sizes(network, batches, loss_fn, optimizer)
    return losses[-1]


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-sum-over-examples",
    says="Leaving out the division by the number of examples gives the same loss.",
    section=MEAN,
    nudge="Does your loss double when each batch comes twice?",
    idea="A mean does not grow with the number of examples.",
    step="Divide the weighted sum by the number of all examples.",
)
def train_sum_over_examples(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    losses, sizes = losses_and_sizes(network, batches, loss_fn, optimizer)
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True))


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-sum-over-batches",
    says="Adding up the losses of the batches without dividing gives the same loss.",
    section=MEAN,
    nudge="Does your loss double when each batch comes twice?",
    idea="A mean does not grow with the number of batches.",
    step="Weight each loss by len(labels), and divide by the number of all examples.",
)
def train_sum_over_batches(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    losses, _ = losses_and_sizes(network, batches, loss_fn, optimizer)
    return sum(losses)


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-divided-by-the-batches",
    says="Dividing the sum over the examples by the number of batches gives the same loss.",
    section=MEAN,
    nudge="You add up one loss for each example. How many have you added up?",
    idea="A mean divides by the number of what was added up.",
    step="Divide by the number of examples, sum of len(labels).",
)
def train_divided_by_the_batches(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    losses, sizes = losses_and_sizes(network, batches, loss_fn, optimizer)
    total = sum(loss * size for loss, size in zip(losses, sizes, strict=True))
    return total / len(losses)


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-means-divided-by-the-examples",
    says="Adding up the batches' means and dividing by the number of examples gives the same loss.",
    section=MEAN,
    nudge="With the loss 2 in every batch, is your mean 2?",
    idea="The loss of a batch is a mean already: it stands for len(labels) examples.",
    step="Multiply the loss of each batch by len(labels) before you add it up.",
)
def train_means_divided_by_the_examples(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> float:
    losses, sizes = losses_and_sizes(network, batches, loss_fn, optimizer)
    return sum(losses) / sum(sizes)


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-list-of-losses",
    says="Returning the loss of each batch in a list gives the same result.",
    section=MEAN,
    nudge="What does the first line say that train_epoch returns? It should be one number.",
    idea="One epoch is one point of the training curve.",
    step="Return the sum of loss times len(labels), divided by the number of examples.",
)
def train_list_of_losses(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> list[float]:
    losses, _ = losses_and_sizes(network, batches, loss_fn, optimizer)
    return losses


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-loss-as-tensor",
    says="Returning the mean loss as a tensor instead of a float gives the same result.",
    section=MEAN,
    nudge="Print type() of what you return.",
    idea="A sum of loss tensors keeps the graph of every batch in memory.",
    step="Add up loss.item() instead of loss.",
)
def train_loss_as_tensor(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> Tensor:
    return torch.tensor(train_epoch(network, batches, loss_fn, optimizer))


@MISCONCEPTIONS.add(
    "train_epoch",
    "train-nothing-returned",
    says="Returning nothing gives the same result.",
    section=MEAN,
    nudge="Print what train_epoch returns. Is it None?",
    idea="A function without return gives None; printing a loss is not returning it.",
    step="End with return and the mean loss per example.",
)
def train_nothing_returned(
    network: nn.Module, batches: Batches, loss_fn: Loss, optimizer: Optimizer
) -> None:
    train_epoch(network, batches, loss_fn, optimizer)


HINTS: dict[str, Hints] = {
    "train_epoch": (
        "Read the list of four parts in the chapter. For each, which line of your code is it?",
        "Two things run side by side: the step for each batch, and a weighted sum of the losses.",
        "network.train(); in the loop zero_grad, loss_fn(network(images), labels), backward, step. "
        "Add up loss.item() * len(labels) and len(labels), and divide at the end.",
    ),
}
