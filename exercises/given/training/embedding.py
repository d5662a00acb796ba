"""Embed a whole set of images in bounded memory."""

import torch
from torch import Tensor, nn


def embed(network: nn.Module, images: Tensor, *, batch_size: int = 500) -> Tensor:
    """Return the embeddings (n, dim) of images (n, 1, 28, 28), on the CPU.

    The network runs in evaluation mode, without gradients, and gets its own mode back.
    """
    device = next((parameter.device for parameter in network.parameters()), images.device)
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            parts = [network(batch.to(device)).cpu() for batch in images.split(batch_size)]
    finally:
        network.train(was_training)
    # A clone made outside inference mode is an ordinary tensor again.
    return torch.cat(parts).clone()
