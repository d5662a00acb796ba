"""Keep a network with the text of the chapter that makes it: its parts may have any names."""

import importlib
import inspect
import itertools
import shutil
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..training.chosen_recipe import on_the_sphere

NETWORK = "network.pt"
CHAPTERS = "chapters"
MAKER = "SimpleMetricEmbedding"
_numbers = itertools.count(1)


def keep_network(network: nn.Module, make: Callable[..., nn.Module], folder: Path) -> None:
    """Write the network's parameters, and the chapter that defines `make` with those beside it."""
    torch.save(network.state_dict(), folder / NETWORK)
    chapter = Path(inspect.getfile(make))
    (folder / CHAPTERS).mkdir()
    for path in {chapter, *chapter.parent.glob("ch*.py")}:
        shutil.copyfile(path, folder / CHAPTERS / path.name)
    source = f"from .{chapter.stem} import {MAKER}\n"
    (folder / CHAPTERS / "maker.py").write_text(source, encoding="utf-8")


def kept_network(folder: Path, settings: Mapping[str, Any], *, is_trained: bool) -> nn.Module:
    """Return the network of a run with these settings: as it was kept, or as it began."""
    # A package of its own: what the chapters import from each other is found beside them.
    package = types.ModuleType(f"_kept_{next(_numbers)}")
    package.__path__ = [str(folder / CHAPTERS)]
    sys.modules[package.__name__] = package
    importlib.invalidate_caches()
    maker = importlib.import_module(f"{package.__name__}.maker")
    torch.manual_seed(settings["seed"])
    network: nn.Module = getattr(maker, MAKER)(widths=tuple(settings["widths"]))
    if settings.get("normalise"):
        on_the_sphere(network)
    if is_trained:
        network.load_state_dict(torch.load(folder / NETWORK, weights_only=True))
    return network.eval()
