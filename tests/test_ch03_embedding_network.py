"""Chapter 3: the normalisation, the block and the network against loops."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from solutions.ch03_embedding_network import BNReLUConv, SimpleMetricEmbedding, group_norm

SEEDS = range(4)


def group_norm_by_loops(x, num_groups, weight, bias, eps=1e-5):
    out = np.empty_like(x)
    size = x.shape[1] // num_groups
    for example in range(len(x)):
        for group in range(num_groups):
            channels = range(group * size, (group + 1) * size)
            values = [value for channel in channels for value in x[example, channel].flatten()]
            mean = sum(values) / len(values)
            variance = sum((value - mean) ** 2 for value in values) / len(values)
            for channel in channels:
                normalised = (x[example, channel] - mean) / np.sqrt(variance + eps)
                out[example, channel] = normalised * weight[channel] + bias[channel]
    return out


def convolution_by_loops(x, weight, bias):
    n, _, height, width = x.shape
    size = weight.shape[2]
    out = np.empty((n, len(weight), height - size + 1, width - size + 1))
    for example, channel, row, column in np.ndindex(out.shape):
        window = x[example, :, row : row + size, column : column + size]
        out[example, channel, row, column] = (window * weight[channel]).sum() + bias[channel]
    return out


def max_pool_by_loops(x):
    n, channels, height, width = x.shape
    out = np.empty((n, channels, (height - 3) // 2 + 1, (width - 3) // 2 + 1))
    for example, channel, row, column in np.ndindex(out.shape):
        window = x[example, channel, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
        out[example, channel, row, column] = window.max()
    return out


def block_by_loops(block, x, num_groups=1):
    arrays = [parameter.detach().numpy() for parameter in block.parameters()]
    scale, shift, weight, bias = arrays
    normalised = group_norm_by_loops(x, num_groups, scale, shift)
    return convolution_by_loops(np.maximum(normalised, 0), weight, bias)


def randomise(module, seed):
    """Give every parameter another value than its start, so that each of them counts."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter += 0.2 * torch.randn(parameter.shape, generator=generator)


def draw(seed, *shape, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@pytest.mark.parametrize("num_groups", [1, 2, 3, 6])
@pytest.mark.parametrize("seed", SEEDS)
def test_group_norm_equals_the_loops_and_the_library(seed, num_groups):
    x = 3 * draw(seed, 4, 6, 5, 3) + 2
    weight, bias = draw(seed + 100, 6), draw(seed + 200, 6)
    ours = group_norm(x, num_groups, weight, bias)
    by_loops = group_norm_by_loops(x.numpy(), num_groups, weight.numpy(), bias.numpy())
    np.testing.assert_allclose(ours.numpy(), by_loops, atol=1e-10)
    torch.testing.assert_close(ours, F.group_norm(x, num_groups, weight, bias))


def test_group_norm_uses_its_eps():
    x, weight, bias = draw(0, 2, 4, 3, 3), draw(1, 4), draw(2, 4)
    expected = F.group_norm(x, 2, weight, bias, eps=0.5)
    torch.testing.assert_close(group_norm(x, 2, weight, bias, eps=0.5), expected)


def test_group_norm_of_a_blank_image_is_the_shift():
    bias = torch.tensor([1.0, -2.0])
    out = group_norm(torch.full((1, 2, 4, 4), 7.0), 1, torch.ones(2), bias)
    torch.testing.assert_close(out, bias[None, :, None, None].expand(1, 2, 4, 4))


def test_group_norm_has_the_right_gradient():
    arguments = (draw(0, 2, 4, 3, 2), draw(1, 4), draw(2, 4))
    x, weight, bias = (argument.requires_grad_() for argument in arguments)
    assert torch.autograd.gradcheck(
        lambda x, weight, bias: group_norm(x, 2, weight, bias), (x, weight, bias)
    )


@pytest.mark.parametrize(("kernel_size", "num_groups"), [(3, 1), (3, 2), (1, 4), (2, 1)])
def test_the_block_normalises_then_cuts_off_then_convolves(kernel_size, num_groups):
    block = BNReLUConv(4, 3, kernel_size, num_groups).double()
    randomise(block, seed=kernel_size)
    x = draw(5, 2, 4, 6, 5)
    out = block(x).detach().numpy()
    assert out.shape == (2, 3, 7 - kernel_size, 6 - kernel_size)
    np.testing.assert_allclose(out, block_by_loops(block, x.numpy(), num_groups), atol=1e-10)


def test_the_scale_begins_at_one_and_the_shift_at_zero():
    scale, shift, *_ = BNReLUConv(4, 3).parameters()
    assert torch.equal(scale, torch.ones(4))
    assert torch.equal(shift, torch.zeros(4))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_network_equals_three_blocks_two_pools_and_an_average(seed):
    network = SimpleMetricEmbedding(embedding_dim=5, widths=(3, 4)).double()
    randomise(network, seed)
    images = draw(seed, 2, 1, 28, 28)
    x = block_by_loops(network.block1, images.numpy())
    assert x.shape == (2, 3, 26, 26)
    x = block_by_loops(network.block2, max_pool_by_loops(x))
    assert x.shape == (2, 4, 10, 10)
    x = block_by_loops(network.block3, max_pool_by_loops(x))
    assert x.shape == (2, 5, 2, 2)
    expected = x.mean(axis=(2, 3))
    np.testing.assert_allclose(network(images).detach().numpy(), expected, atol=1e-10)


def test_the_default_network_has_the_chapters_widths():
    shapes = [tuple(p.shape) for p in SimpleMetricEmbedding().parameters() if p.ndim == 4]
    assert shapes == [(16, 1, 3, 3), (32, 16, 3, 3), (64, 32, 3, 3)]


@pytest.mark.parametrize("training", [True, False])
def test_an_image_has_the_same_embedding_at_batch_size_1_and_64(training):
    torch.manual_seed(0)
    network = SimpleMetricEmbedding().train(training)
    images = draw(1, 64, 1, 28, 28, dtype=torch.float32)
    together = network(images)
    assert together.shape == (64, 64)
    for row in range(64):
        alone = network(images[row : row + 1])
        assert alone.shape == (1, 64)
        torch.testing.assert_close(alone[0], together[row], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("batch_size", [1, 3])
@pytest.mark.parametrize("in_channels", [1, 3])
def test_every_parameter_gets_a_finite_gradient(batch_size, in_channels):
    network = SimpleMetricEmbedding(in_channels)
    images = draw(2, batch_size, in_channels, 28, 28, dtype=torch.float32)
    network(images).square().sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


def test_a_blank_image_has_a_finite_embedding():
    assert SimpleMetricEmbedding()(torch.zeros(1, 1, 28, 28)).isfinite().all()
