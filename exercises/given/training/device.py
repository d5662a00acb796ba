"""Choose where training and embedding run."""

from typing import TYPE_CHECKING

from ..errors import CourseError

if TYPE_CHECKING:
    import torch

CHOICES = ("auto", "cpu", "cuda", "mps")


def choose_device(name: str = "auto") -> "torch.device":
    """Return the device of that name; "auto" takes CUDA, then MPS, then the CPU.

    Raises CourseError if the machine does not have the device that was asked for.
    """
    import torch  # it takes a second: whoever wants only CHOICES does not wait for it

    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return torch.device(next(kind for kind, there in available.items() if there))
    if name not in available:
        raise CourseError(f"Unknown device {name!r}. Choose one of {', '.join(CHOICES)}.")
    if not available[name]:
        raise CourseError(f"This machine has no {name} device. Use --device auto or --device cpu.")
    return torch.device(name)
