"""Which units of a network are dead: after a ReLU that is zero everywhere nothing is learned."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode


def dead_share(network: nn.Module, images: Tensor) -> float | None:
    """Return the share of units that are zero for all images (n, 1, h, w), at every place.

    A unit is one channel after a ReLU, however the network writes it. None if there is no ReLU.
    The network runs in evaluation mode, without gradients, and gets its own mode back.
    Source: "Dying ReLU and Initialization" (Lu et al., 2020), section 1.
    """
    was_training = network.training
    network.eval()
    try:
        with torch.no_grad(), _Cuts() as cuts:
            network(images)
    finally:
        network.train(was_training)
    if not cuts.is_dead:
        return None
    return float(torch.cat(cuts.is_dead).double().mean())


class _Cuts(TorchFunctionMode):
    """Look at every function that is called: one that cuts off what is below zero is a ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.is_dead: list[Tensor] = []

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        changes_in_place = getattr(func, "__name__", "").endswith("_") or kwargs.get("inplace")
        given = [one for one in args if isinstance(one, Tensor) and one.is_floating_point()]
        given = [one.clone() for one in given] if changes_in_place else given
        result = func(*args, **kwargs)
        if isinstance(result, Tensor) and any(_cuts(one, result) for one in given):
            channels = result.movedim(1, 0).flatten(1)  # (channels, the rest)
            self.is_dead.append((channels == 0).all(dim=1).cpu())
        return result


def _cuts(before: Tensor, after: Tensor) -> bool:
    """Return whether one tensor is the other with zeros in the place of what is negative."""
    if after.ndim < 2 or before.shape != after.shape or not after.is_floating_point():
        return False
    # The least of each first: few functions leave nothing below zero, and most are done with here.
    return bool(after.min() == 0 and before.min() < 0) and torch.equal(before.clamp(min=0), after)
