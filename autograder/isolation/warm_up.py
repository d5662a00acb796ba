"""Run each kind of operation once in the zygote: what the first one sets up, every fork then has.

Torch looks up its kernels, and touches its memory, at the first call of each kind: some 3 ms in
each worker, where it is not done before. With one thread only, since no thread survives a fork.
"""


def warm_up() -> None:
    """Run small products, convolutions and gradients, and a step of an optimiser."""
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
