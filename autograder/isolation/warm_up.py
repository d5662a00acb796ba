"""Run each kind of torch operation once in the zygote, so that every worker inherits its setup.

At the first call of each kind, torch looks up its kernels and touches its memory, which would cost
each worker some 3 ms. With one thread only, since threads do not survive a fork.
"""


def warm_up() -> None:
    """Run small matrix products, convolutions and gradients, and one step of an optimiser."""
    import torch
    from torch.nn import functional

    generator = torch.Generator().manual_seed(0)
    images = torch.rand(2, 1, 28, 28, generator=generator)
    kernels = torch.rand(4, 1, 3, 3, generator=generator, requires_grad=True)
    maps = functional.max_pool2d(functional.conv2d(images, kernels), 3, 2).relu()
    rows = functional.group_norm(maps, 2).mean(dim=(2, 3))
    distances = torch.cdist(rows, rows) + (rows @ rows.T).clamp(min=0).sqrt()
    distances.sort().values.topk(1).values.sum().backward()
    torch.linalg.svd(images[0, 0], full_matrices=False)
    optimizer = torch.optim.Adam([kernels])
    optimizer.step()
    optimizer.zero_grad()
