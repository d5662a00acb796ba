"""How long the gradient is, layer by layer, and how far a step moves the parameters."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

WHOLE = "all"


class StepSizes:
    """Measure the step that is asked for, out of all that an optimizer takes.

    It watches the optimizer itself, so that it does not matter who calls `step`. A layer is a
    module with parameters of its own, under its name in the network.
    """

    def __init__(self, network: nn.Module, optimizer: Optimizer) -> None:
        self.layers = layers_of(network)
        self.rows: list[dict[str, Any]] = []
        self._to_go = 0
        self._before: dict[str, list[Tensor]] = {}
        self._hooks = [
            optimizer.register_step_pre_hook(lambda *_: self._remember()),
            optimizer.register_step_post_hook(lambda *_: self._compare()),
        ]

    def ask_for(self, step: int) -> None:
        """Measure the step that many steps from now."""
        self._to_go, self.rows = step, []

    def leave(self) -> None:
        for hook in self._hooks:
            hook.remove()

    def _remember(self) -> None:
        self._to_go -= 1
        if self._to_go == 0:
            self._before = {
                name: [one.detach().clone() for one in parameters]
                for name, parameters in self.layers.items()
            }

    def _compare(self) -> None:
        if self._to_go != 0 or not self._before:
            return
        before, self._before = self._before, {}
        squares = torch.zeros(3, dtype=torch.float64)  # (3,) of parameter, gradient and update
        for name, parameters in self.layers.items():
            own = torch.tensor(
                [
                    _square(before[name]),
                    _square([one.grad for one in parameters if one.grad is not None]),
                    _square([one - old for one, old in zip(parameters, before[name], strict=True)]),
                ],
                dtype=torch.float64,
            )
            squares += own
            self.rows.append(_row(name, own))
        self.rows.append(_row(WHOLE, squares))


def layers_of(network: nn.Module) -> dict[str, list[nn.Parameter]]:
    """Return the trained parameters of each layer; one that is in no module is its own layer."""
    layers: dict[str, list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            layers.setdefault(name.rpartition(".")[0] or name, []).append(parameter)
    return layers


def _square(tensors: list[Tensor]) -> float:
    return sum(float(one.detach().double().square().sum()) for one in tensors)


def _row(name: str, squares: Tensor) -> dict[str, Any]:
    parameter, gradient, update = squares.sqrt().tolist()
    return {
        "layer": name,
        "parameter_norm": parameter,
        "gradient_norm": gradient,
        # Of parameters that were all zero there is no relative step.
        "relative_update": update / parameter if parameter else None,
    }
