"""Chapter 3: the normalisation, the block and the network against loops."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import solutions.ch03_embedding_network
from autograder.chapters import find_chapter
from autograder.grading.grade import Grader, Known
from autograder.grading.loading import ChapterSources
from autograder.grading.record import Record, Status
from autograder.isolation.in_process import InProcess
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


# What a learner may write instead of a piece of the solution, and what the grader says of it.

CHAPTER = find_chapter("3")
RIGHT = Path(solutions.ch03_embedding_network.__file__).read_text(encoding="utf-8")
SHIFTED = "return normalised * weight[:, None, None] + bias[:, None, None]"
NORM = "self.norm = nn.GroupNorm(num_groups, in_channels)"
CONVOLUTION = "self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)"
START = "nn.init.kaiming_normal_(self.conv.weight)"
STEPS = "return self.conv(F.relu(self.norm(x)))"
LAST_STEP = "x = self.block3(x)"
LAST_BLOCK = "self.block3 = BNReLUConv(widths[1], embedding_dim)"
AVERAGE = "return x.mean(dim=(2, 3))"

NORM_OF_OUTPUT = {NORM: "self.norm = nn.GroupNorm(num_groups, out_channels)"}
CONVOLUTION_FIRST = NORM_OF_OUTPUT | {STEPS: "return F.relu(self.norm(self.conv(x)))"}
PADDED = {CONVOLUTION: CONVOLUTION.replace("kernel_size", "kernel_size, padding='same'")}
BLOCK, NETWORK = "BNReLUConv", "SimpleMetricEmbedding"


@pytest.fixture(scope="module")
def known():
    return Known()


def graded(name: str, edits: dict[str, str], known: Known) -> list[Record]:
    source = RIGHT
    for right, wrong in edits.items():
        assert source.count(right) == 1
        source = source.replace(right, wrong)
    caller = InProcess(ChapterSources({CHAPTER.stem: source.encode()}))
    return Grader(caller, seed=0, known=known).grade_name(CHAPTER, name)


def ids_in(records: list[Record]) -> set[str]:
    return {one for record in records for one in record.mistakes}


@pytest.mark.parametrize(
    ("name", "edits", "ids"),
    [
        ("group_norm", {SHIFTED: "return normalised"}, {"norm-no-scale", "norm-no-shift"}),
        (BLOCK, CONVOLUTION_FIRST | PADDED, {"block-convolution-first", "block-padding-same"}),
        pytest.param(
            BLOCK,
            {
                NORM: "self.norm = nn.BatchNorm2d(in_channels)",
                STEPS: "return self.conv(self.norm(x))",
            }
            | PADDED,
            {"block-batch-norm", "block-no-relu", "block-padding-same"},
            marks=pytest.mark.slow,  # three together take a while
        ),
        (
            NETWORK,
            {AVERAGE: "return F.avg_pool2d(x, 2).squeeze()"},
            {"network-average-of-fixed-size", "network-squeeze"},
        ),
        pytest.param(
            NETWORK,
            {AVERAGE: "return F.normalize(F.avg_pool2d(x, 2)[..., 0, 0])"},
            {"network-average-of-fixed-size", "network-unit-length"},
            marks=pytest.mark.slow,
        ),
    ],
)
def test_mistakes_that_are_there_together_are_all_named(known, name, edits, ids):
    assert ids_in(graded(name, edits, known)) == ids


@pytest.mark.parametrize(
    ("name", "edits", "title", "told"),
    [
        (BLOCK, CONVOLUTION_FIRST, "given parameters", "The normalisation has 6 channels"),
        (BLOCK, NORM_OF_OUTPUT, "given parameters", "and the call ends in an error"),
        (BLOCK, {STEPS: f"{STEPS}.relu()"}, "given parameters", "as if a ReLU came last"),
        (BLOCK, {"        super().__init__()\n        ### BEGIN SOLUTION: a": "        ### a"},
         "default sizes", "before it calls super().__init__()"),
        (NETWORK, {AVERAGE: "return x.reshape(len(x), x.shape[1], 4).mean(2)"}, "larger images",
         "Images of 53 x 57 end in RuntimeError"),
        (NETWORK, {AVERAGE: "return F.avg_pool2d(x, 2).flatten(1)"}, "larger images",
         "numbers for each channel"),
        (NETWORK, {AVERAGE: "return x.mean(dim=(0, 2, 3))"}, "three images",
         "one embedding for all images"),
        (NETWORK, {AVERAGE: "return x.mean(dim=1)"}, "three images", "but no channels"),
        (NETWORK, {LAST_BLOCK: LAST_BLOCK.replace("widths[1]", "widths[0]")}, "three images",
         "The convolutions go from 4 to 4 channels"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("without_diagnosis")
def test_what_a_wrong_layout_comes_from_is_said_in_words(known, name, edits, title, told):
    records = {record.title: record for record in graded(name, edits, known)}
    (found,) = (record for one, record in records.items() if title in one)
    assert told in found.observed


def test_a_group_norm_that_returns_float64_is_blamed_itself_not_the_block(known):
    edits = {SHIFTED: f"{SHIFTED}.double()", STEPS: "return self.conv(self.norm(x).relu())"}
    edits |= {NORM: f"{NORM}\n        self.norm.forward = lambda x: group_norm(x, num_groups, "
              "self.norm.weight, self.norm.bias)"}  # fmt: skip
    assert ids_in(graded("group_norm", edits, known)) == {"norm-double"}
    assert {record.status for record in graded(BLOCK, edits, known)} == {Status.WAITING}


@pytest.mark.parametrize("begin", ["zeros_", "ones_"])
def test_kernels_that_begin_alike_do_not_pass(known, begin):
    start = f"nn.init.{begin}(self.conv.weight)"
    assert ids_in(graded(BLOCK, {START: start}, known)) == {"block-begins-at-zero"}


@pytest.mark.usefixtures("without_diagnosis")
@pytest.mark.parametrize("begin", ["zeros_", "ones_"])
def test_kernels_of_one_block_that_begin_alike_do_not_pass(known, begin):
    last = f"{LAST_BLOCK}\n        nn.init.{begin}(self.block3.conv.weight)"
    assert not all(record.passed for record in graded(NETWORK, {LAST_BLOCK: last}, known))


@pytest.mark.parametrize(
    ("name", "edits"),
    [
        ("group_norm", {SHIFTED: "return weight.reshape(7)"}),
        (BLOCK, {STEPS: "return self.conv(F.relu(self.nrom(x)))"}),
        (BLOCK, {STEPS: "return self.conv(F.relu(self.norm(x))) @ x"}),
        pytest.param(NETWORK, {LAST_STEP: "x = x.reshape(5, 7)"}, marks=pytest.mark.slow),
    ],
)
def test_an_error_alone_is_no_evidence_of_a_mistake(known, name, edits):
    records = graded(name, edits, known)
    assert {record.status for record in records} <= {Status.CRASHED, Status.WRONG}
    assert ids_in(records) == set()
