"""Misconceptions of chapter 3: group normalisation, the block, and the network."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from solutions.ch03_embedding_network import BNReLUConv

from ..misconception import Exercise

NORM, BLOCK, NETWORK = "Group normalisation", "The block", "The network"


# group_norm


GROUP_NORM = Exercise(
    "group_norm",
    NORM,
    "Begin with the six points as a picture, in two groups: channel 0 becomes -1, -1, 1, -1, 1, 1.",
    "Split axis 1 into two: groups, and channels within a group. Then each group of each "
    "example has one mean and one variance.",
    "Take mean and variance (correction=0) over the last three axes with keepdim=True, divide "
    "by the root of variance + eps, go back to the shape of x, then weight and bias.",
)
BN_RELU_CONV = Exercise(
    "BNReLUConv",
    BLOCK,
    "Write down the shape after each of the three steps for an input (1, 4, 7, 8).",
    "Normalisation and ReLU keep the shape and the channels; the convolution changes both.",
    "In the constructor, make nn.GroupNorm(num_groups, in_channels) and an nn.Conv2d without "
    "padding. In forward: normalise, ReLU, convolve.",
)
METRIC_EMBEDDING = Exercise(
    "SimpleMetricEmbedding",
    NETWORK,
    "Print the side after each step for a 28 x 28 image: 26, 12, 10, 4, 2.",
    "Three blocks have two places between them. Each step receives what the step before returned.",
    "Block, pool, block, pool, block, each with max_pool2d(x, 3, stride=2) between, then the "
    "mean over axes 2 and 3.",
)


def normalise(
    x: Tensor, num_groups: int, rescale: Callable[[Tensor], Tensor], weight: Tensor, bias: Tensor
) -> Tensor:
    """Apply rescale to x as (n, groups, channels / groups, height, width), then weight and bias."""
    groups = x.unflatten(1, (num_groups, -1))
    return rescale(groups).flatten(1, 2) * weight[:, None, None] + bias[:, None, None]


def centre_and_scale(x: Tensor, dim: tuple[int, ...], eps: float, correction: int = 0) -> Tensor:
    variance, mean = torch.var_mean(x, dim=dim, keepdim=True, correction=correction)
    return (x - mean) / (variance + eps).sqrt()


@GROUP_NORM.mistake(
    "In channel 0 of the six points the variance is 1. What is yours? If 1.2, read on.",
    "var() and std() of torch divide by |S| - 1 unless told otherwise; here it is |S|.",
    "Pass correction=0 (or unbiased=False) to var().",
)
def norm_unbiased_variance(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Dividing the variance by the count minus one gives the same values."""
    return normalise(
        x, num_groups, lambda groups: centre_and_scale(groups, (2, 3, 4), eps, 1), weight, bias
    )


@GROUP_NORM.mistake(
    "Normalise an image alone, then in a batch with others. Do you get the same?",
    "Every example has a mean and a variance of its own, shape (n, num_groups).",
    "Leave axis 0 out of the axes of mean and variance.",
)
def norm_groups_over_batch(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Taking mean and variance of a group over the batch as well gives the same values."""
    return normalise(
        x, num_groups, lambda groups: centre_and_scale(groups, (0, 2, 3, 4), eps), weight, bias
    )


@GROUP_NORM.mistake(
    "Normalise an image alone, then in a batch with others. Do you get the same?",
    "Batch normalisation mixes the examples; group normalisation treats each alone.",
    "Take mean and variance over the channels of a group, height and width, not over axis 0.",
)
def norm_batch_norm(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Taking mean and variance of each channel over the batch (batch normalisation) gives the same
    values.
    """
    return normalise(
        x, num_groups, lambda groups: centre_and_scale(groups, (0, 3, 4), eps), weight, bias
    )


@GROUP_NORM.mistake(
    "With 6 channels in 2 groups, how many means has one image: 2 or 6?",
    "The channels of one group share a mean and a variance.",
    "Let the mean and the variance run over the channels of the group as well.",
)
def norm_each_channel(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Normalising each channel by itself (instance normalisation) gives the same values."""
    return normalise(
        x, num_groups, lambda groups: centre_and_scale(groups, (3, 4), eps), weight, bias
    )


@GROUP_NORM.mistake(
    "With the six points in two groups, is the mean of channel 0 in your result 0?",
    "There is one mean for each group, so num_groups of them for each image.",
    "Split the channels into num_groups groups before you take the mean.",
)
def norm_all_channels(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Normalising all channels together, without groups, gives the same values."""
    return normalise(
        x, num_groups, lambda groups: centre_and_scale(groups, (1, 2, 3, 4), eps), weight, bias
    )


@GROUP_NORM.mistake(
    "Print the shape of your mean. Does it still have a height and a width?",
    "One number for each example and group: the mean runs over height and width too.",
    "Take mean and variance over three axes: channels of the group, height, width.",
)
def norm_each_pixel(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Taking the mean over the channels of a group but not over the pixels gives the
    same values.
    """
    return normalise(
        x, num_groups, lambda groups: centre_and_scale(groups, (2,), eps), weight, bias
    )


@GROUP_NORM.mistake(
    "With 6 channels in 2 groups, which channels are in your first group: 0, 1, 2?",
    "A group is a block of neighbouring channels, so the axis of the groups comes first.",
    "Reshape to (n, groups, channels / groups, height, width), in this order.",
)
def norm_interleaved_groups(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Putting every second or third channel into a group, not neighbours, gives the same values."""
    groups = x.unflatten(1, (-1, num_groups))  # (n, channels/groups, groups, height, width)
    normalised = centre_and_scale(groups, (1, 3, 4), eps).flatten(1, 2)
    return normalised * weight[:, None, None] + bias[:, None, None]


@GROUP_NORM.mistake(
    "Channel 0 of the six points becomes -1, -1, 1, -1, 1, 1. Has yours a negative value?",
    "First the mean goes to zero, then the spread to one.",
    "Subtract the mean of the group before you divide.",
)
def norm_no_centring(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Leaving out the subtraction of the mean gives the same values."""

    def rescale(groups: Tensor) -> Tensor:
        variance = groups.var(dim=(2, 3, 4), keepdim=True, correction=0)
        return groups / (variance + eps).sqrt()

    return normalise(x, num_groups, rescale, weight, bias)


@GROUP_NORM.mistake(
    "What is the variance of channel 1 of the six points in your result: 1 or 1.3056?",
    "A picture at half the contrast should give the same result.",
    "Divide by the square root of the variance plus eps.",
)
def norm_only_centring(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Subtracting the mean without dividing by the spread gives the same values."""
    return normalise(
        x,
        num_groups,
        lambda groups: groups - groups.mean(dim=(2, 3, 4), keepdim=True),
        weight,
        bias,
    )


@GROUP_NORM.mistake(
    "Multiply the input by 10. Does your result stay the same?",
    "The variance has the unit of x squared; its root has the unit of x.",
    "Take the square root of the variance plus eps before you divide.",
)
def norm_divided_by_variance(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Dividing by the variance instead of its square root gives the same values."""

    def rescale(groups: Tensor) -> Tensor:
        variance, mean = torch.var_mean(groups, dim=(2, 3, 4), keepdim=True, correction=0)
        return (groups - mean) / (variance + eps)

    return normalise(x, num_groups, rescale, weight, bias)


@GROUP_NORM.mistake(
    "Normalise a blank picture, all zeros. Do you get numbers or NaN?",
    "Equal entries have variance zero, and zero divided by zero is NaN.",
    "Add eps to the variance, inside the square root.",
)
def norm_eps_missing(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Leaving out eps gives the same values."""
    return normalise(
        x, num_groups, lambda groups: centre_and_scale(groups, (2, 3, 4), eps=0.0), weight, bias
    )


@GROUP_NORM.mistake(
    "For a variance of 0 and eps = 0.5, do you divide by 0.5 or by 0.7071?",
    "The formula divides by the square root of (variance + eps).",
    "Add eps to the variance first, then take the root of the sum.",
)
def norm_eps_outside_root(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Adding eps after the square root instead of inside it gives the same values."""
    return normalise(
        x, num_groups, lambda groups: with_eps_outside(groups, eps, correction=0), weight, bias
    )


@GROUP_NORM.mistake(
    "Work out channel 0 of the six points: its variance is 1, but std() says 1.0954.",
    "std() divides by |S| - 1, and the eps of the formula is inside the square root.",
    "Use var() with correction=0, add eps to it, and take the square root of the sum.",
)
def norm_unbiased_and_eps_outside_root(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Dividing by std() + eps, which differs from the formula twice, gives the same values."""
    return normalise(
        x, num_groups, lambda groups: with_eps_outside(groups, eps, correction=1), weight, bias
    )


def with_eps_outside(groups: Tensor, eps: float, correction: int) -> Tensor:
    deviation = groups.var(dim=(2, 3, 4), keepdim=True, correction=correction).sqrt()
    return (groups - groups.mean(dim=(2, 3, 4), keepdim=True)) / (deviation + eps)


@GROUP_NORM.mistake(
    "Call your function with eps=0.5 and with eps=1e-5. Does anything change?",
    "The 1e-5 in the first line is a default, not a constant.",
    "Use the argument eps where you now have a number.",
)
def norm_eps_fixed(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Using 1e-5 whatever eps was asked for gives the same values."""
    return normalise(
        x, num_groups, lambda groups: centre_and_scale(groups, (2, 3, 4), eps=1e-5), weight, bias
    )


@GROUP_NORM.mistake(
    "Call your function with weight = 2 everywhere. Does the result double?",
    "After the normalisation, each channel is multiplied by its own scale.",
    "Multiply by weight[:, None, None] before you add the bias.",
)
def norm_no_scale(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Leaving out the weight gives the same values."""
    return normalise(
        x,
        num_groups,
        lambda groups: centre_and_scale(groups, (2, 3, 4), eps),
        torch.ones_like(weight),
        bias,
    )


@GROUP_NORM.mistake(
    "Call your function with bias = 1 everywhere. Does the result rise by 1?",
    "After the scale, each channel gets its own shift.",
    "Add bias[:, None, None] at the end.",
)
def norm_no_shift(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Leaving out the bias gives the same values."""
    return normalise(
        x,
        num_groups,
        lambda groups: centre_and_scale(groups, (2, 3, 4), eps),
        weight,
        torch.zeros_like(bias),
    )


@GROUP_NORM.mistake(
    "Call your function with weight = 2 and bias = 1. Does the result change?",
    "After the normalisation, each channel has a scale and a shift of its own.",
    "Multiply by weight[:, None, None] and add bias[:, None, None].",
)
def norm_no_scale_and_shift(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Leaving out both weight and bias gives the same values."""
    return normalise(
        x,
        num_groups,
        lambda groups: centre_and_scale(groups, (2, 3, 4), eps),
        torch.ones_like(weight),
        torch.zeros_like(bias),
    )


@GROUP_NORM.mistake(
    "Look for no_grad(), detach() or item() where you take the mean and the variance.",
    "The mean and the variance depend on x, so a gradient flows through them too.",
    "Work out mean and variance with plain tensor operations, without leaving the graph.",
)
def norm_statistics_detached(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Cutting mean and variance off the graph gives the same values and the same wrong gradient."""

    def rescale(groups: Tensor) -> Tensor:
        variance, mean = torch.var_mean(groups.detach(), dim=(2, 3, 4), keepdim=True, correction=0)
        return (groups - mean) / (variance + eps).sqrt()

    return normalise(x, num_groups, rescale, weight, bias)


# BNReLUConv


class Block(nn.Module):
    """A normalisation and a convolution; each mistake says what is wrong with which."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__()
        self.norm: nn.Module = nn.GroupNorm(num_groups, in_channels)
        self.conv: nn.Module = nn.Conv2d(in_channels, out_channels, kernel_size)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.relu(self.norm(x)))


class BlockWithNormAfter(nn.Module):
    """A convolution, and a normalisation of what comes out of it."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.norm = nn.GroupNorm(num_groups, out_channels)


@BN_RELU_CONV.mistake(
    "Can your block return a negative number? And how many channels does your norm have?",
    "The block is normalisation, ReLU, convolution: the name reads from first to last.",
    "Normalise the in_channels of the input, apply ReLU, and let the convolution come last.",
)
class BlockConvolutionFirst(BlockWithNormAfter):
    """Doing the convolution first, then normalisation and ReLU, gives the same result."""

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(x)))


@BN_RELU_CONV.mistake(
    "Which layer sees the input first in your block? How many channels does your norm have?",
    "The block is normalisation, ReLU, convolution: the name reads from first to last.",
    "Call the three layers in the opposite order; the norm then has in_channels channels.",
)
class BlockConvolutionReluNorm(BlockWithNormAfter):
    """Doing convolution, ReLU, normalisation, the reverse order, gives the same result."""

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(F.relu(self.conv(x)))


@BN_RELU_CONV.mistake(
    "Channel 0 of the six points becomes -1, -1, 1, -1, 1, 1. What reaches the convolution?",
    "Without the cut-off at zero, one block after the other only rescales and adds up.",
    "Apply ReLU to what comes out of the normalisation.",
)
class BlockNoRelu(Block):
    """Leaving out the ReLU gives the same result."""

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(self.norm(x))


@BN_RELU_CONV.mistake(
    "The six points have no negative coordinate. What does your ReLU change in them?",
    "After the normalisation about half of the entries are negative; ReLU cuts those.",
    "Exchange the two: normalise first, then ReLU.",
)
class BlockReluFirst(Block):
    """Applying the ReLU before the normalisation gives the same result."""

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(self.norm(F.relu(x)))


@BN_RELU_CONV.mistake(
    "Can your block return a negative number?",
    "If the ReLU came last, no embedding could have a negative coordinate.",
    "Move the ReLU between the normalisation and the convolution.",
)
class BlockReluLast(Block):
    """Applying the ReLU after the convolution gives the same result."""

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv(self.norm(x)))


@BN_RELU_CONV.mistake(
    "Can your block return a negative number?",
    "The convolution comes last: what it returns may have either sign.",
    "Drop the ReLU after the convolution.",
)
class BlockTwoRelus(Block):
    """Applying a second ReLU after the convolution gives the same result."""

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv(F.relu(self.norm(x))))


@BN_RELU_CONV.mistake(
    "Multiply the input by 10. Does the result of your block stay nearly the same?",
    "The first of the three steps takes mean and spread out of the input.",
    "Add a group normalisation of in_channels channels, and apply it before the ReLU.",
)
class BlockNoNormalisation(Block):
    """Leaving out the normalisation gives the same result."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, num_groups)
        self.norm = nn.Identity()


@BN_RELU_CONV.mistake(
    "Print the shapes of the parameters of your block. Are there two of (in_channels,)?",
    "The network may want another spread or another cut-off: scale and shift learn it.",
    "Give the normalisation a weight of ones and a bias of zeros, both as nn.Parameter.",
)
class BlockNormWithoutParameters(Block):
    """Normalising without a scale and a shift to learn gives the same result."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, num_groups)
        self.norm = nn.GroupNorm(num_groups, in_channels, affine=False)


@BN_RELU_CONV.mistake(
    "Pass one image alone, then in a batch with others. Do you get the same?",
    "The BN in the name is a habit. Here every image is normalised by itself.",
    "Use group normalisation with num_groups groups.",
    section=NORM,
)
class BlockBatchNorm(Block):
    """Using batch normalisation instead of group normalisation gives the same result."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, num_groups)
        self.norm = nn.BatchNorm2d(in_channels)


@BN_RELU_CONV.mistake(
    "Make a block with num_groups=2 and one with num_groups=1. Do they differ?",
    "The 1 in the first line is a default, not a constant.",
    "Hand num_groups on to the normalisation.",
)
class BlockGroupsIgnored(Block):
    """Using a single group whatever num_groups was asked for gives the same result."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, num_groups=1)


@BN_RELU_CONV.mistake(
    "Make a block with kernel_size=5. By how much does it shrink a side: by 2 or by 4?",
    "The 3 in the first line is a default, not a constant.",
    "Hand kernel_size on to the convolution.",
)
class BlockKernelSizeIgnored(Block):
    """Using kernel size 3 whatever kernel_size was asked for gives the same result."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__(in_channels, out_channels, 3, num_groups)


@BN_RELU_CONV.mistake(
    "An image of 28 x 28 should shrink to 26 x 26 with kernel size 3. Does yours?",
    "Without padding, each side shrinks by kernel_size - 1.",
    "Take padding out of the convolution: its default is none.",
)
class BlockPaddingOne(Block):
    """Padding the convolution with one pixel gives the same result."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, num_groups)
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, padding=1)


@BN_RELU_CONV.mistake(
    "An image of 28 x 28 should shrink to 26 x 26 with kernel size 3. Does yours?",
    "Without padding, each side shrinks by kernel_size - 1.",
    "Take padding out of the convolution: its default is none.",
)
class BlockPaddingSame(Block):
    """Padding the convolution so that no side shrinks gives the same result."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, num_groups)
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2)


@BN_RELU_CONV.mistake(
    "The first block of the network has 2 + 144 + 16 parameters. Are there 16 in yours?",
    "No normalisation follows the last convolution, so its bias is not superfluous.",
    "Keep the bias of the convolution: leave bias=False out.",
)
class BlockNoBias(Block):
    """Leaving out the bias of the convolution gives the same result."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, num_groups)
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, bias=False)


# SimpleMetricEmbedding


class Network(nn.Module):
    """The three blocks, two pools and the average; each mistake says what is wrong with which."""

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__()
        self.block1 = BNReLUConv(in_channels, widths[0])
        self.block2 = BNReLUConv(widths[0], widths[1])
        self.block3 = BNReLUConv(widths[1], embedding_dim)

    def pool(self, x: Tensor) -> Tensor:
        return F.max_pool2d(x, kernel_size=3, stride=2)

    def features(self, images: Tensor) -> Tensor:
        """Return what the last block gives, (n, embedding_dim, height, width)."""
        x = self.pool(self.block1(images))
        return self.block3(self.pool(self.block2(x)))

    def forward(self, images: Tensor) -> Tensor:
        return self.features(images).mean(dim=(2, 3))


@METRIC_EMBEDDING.mistake(
    "After the last block a side has 2 pixels. What does a pool of size 3 do there?",
    "Three blocks have two places between them: there are two pools.",
    "Drop the pool after the third block; the average follows it directly.",
)
class NetworkThirdPool(Network):
    """Pooling a third time, after the last block, gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return self.pool(self.features(images)).mean(dim=(2, 3))


@METRIC_EMBEDDING.mistake(
    "Print the sides after each step: 26, 12, 10, 4, 2. Where does yours differ first?",
    "Three blocks have two places between them, with a pool in each.",
    "Pool what comes out of the first block before it enters the second.",
)
class NetworkFirstPoolLeftOut(Network):
    """Leaving out the pool after the first block gives the same result."""

    def features(self, images: Tensor) -> Tensor:
        return self.block3(self.pool(self.block2(self.block1(images))))


@METRIC_EMBEDDING.mistake(
    "Print the sides after each step: 26, 12, 10, 4, 2. Where does yours differ first?",
    "Three blocks have two places between them, with a pool in each.",
    "Pool what comes out of the second block before it enters the third.",
)
class NetworkSecondPoolLeftOut(Network):
    """Leaving out the pool after the second block gives the same result."""

    def features(self, images: Tensor) -> Tensor:
        return self.block3(self.block2(self.pool(self.block1(images))))


@METRIC_EMBEDDING.mistake(
    "Print the sides after each step: 26, 12, 10, 4, 2. Where does yours differ first?",
    "Max-pooling stands between the blocks and makes the picture smaller.",
    "Pool after the first block and after the second.",
)
class NetworkNoPools(Network):
    """Leaving out both pools gives the same result."""

    def pool(self, x: Tensor) -> Tensor:
        return x


@METRIC_EMBEDDING.mistake(
    "A pool should turn a side of 26 into 12. Does yours give 13?",
    "The windows overlap here: they are 3 wide and move by 2.",
    "Use kernel_size=3 and stride=2.",
)
class NetworkPoolSize2(Network):
    """Pooling with size 2 instead of 3 gives the same result."""

    def pool(self, x: Tensor) -> Tensor:
        return F.max_pool2d(x, kernel_size=2, stride=2)


@METRIC_EMBEDDING.mistake(
    "A pool should turn a side of 26 into 12. Does yours give 8?",
    "Without a stride, a pool moves by its own size.",
    "Pass stride=2 to the pool.",
)
class NetworkPoolStride3(Network):
    """Pooling with stride 3, the default for size 3, gives the same result."""

    def pool(self, x: Tensor) -> Tensor:
        return F.max_pool2d(x, kernel_size=3)


@METRIC_EMBEDDING.mistake(
    "A pool should turn a side of 26 into 12. Does yours give 13?",
    "There is no padding in this network: a side h becomes (h - 3) // 2 + 1.",
    "Drop the padding of the pool.",
)
class NetworkPoolPadded(Network):
    """Padding the pools gives the same result."""

    def pool(self, x: Tensor) -> Tensor:
        return F.max_pool2d(x, kernel_size=3, stride=2, padding=1)


@METRIC_EMBEDDING.mistake(
    "Which of the two do your pools between the blocks take: the largest entry or the mean?",
    "Between the blocks stands max-pooling; only the end of the network averages.",
    "Use max_pool2d between the blocks.",
)
class NetworkAveragePool(Network):
    """Taking the mean of each window instead of its maximum gives the same result."""

    def pool(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(x, kernel_size=3, stride=2)


@METRIC_EMBEDDING.mistake(
    "Read forward line by line: does every block receive what the step before returned?",
    "If all widths were equal, the network would train without its first block, unnoticed.",
    "Pass the pooled output of the first block to the second.",
)
class NetworkSecondBlockFedWithImage(Network):
    """Passing the images to the second block, so that the first has no effect, gives the same
    result.
    """

    def features(self, images: Tensor) -> Tensor:
        return self.block3(self.pool(self.block2(images)))


@METRIC_EMBEDDING.mistake(
    "Read forward line by line: does every block receive what the step before returned?",
    "If all widths were equal, the network would train on its last block alone, unnoticed.",
    "Pass the pooled output of the second block to the third.",
)
class NetworkThirdBlockFedWithImage(Network):
    """Passing the images to the third block, so that the others have no effect, gives the same
    result.
    """

    def features(self, images: Tensor) -> Tensor:
        return self.block3(images)


@METRIC_EMBEDDING.mistake(
    "Which blocks does forward call? Is one of them called twice, and another never?",
    "A block that is used twice has the same weights in both places, and learns one thing.",
    "Make three blocks, and call each of them once.",
)
class NetworkOneBlockTwice(Network):
    """Using one block in two places gives the same result."""

    def features(self, images: Tensor) -> Tensor:
        x = self.pool(self.block1(images))
        return self.block2(self.pool(self.block2(x)))


@METRIC_EMBEDDING.mistake(
    "How many blocks does your constructor make? [block] * 3 is one block, three times.",
    "Each place needs weights of its own, so each needs a block of its own.",
    "Call BNReLUConv three times in the constructor.",
)
class NetworkOneBlockThrice(Network):
    """Using one block in all three places gives the same result."""

    def features(self, images: Tensor) -> Tensor:
        x = self.pool(self.block1(images))
        return self.block1(self.pool(self.block1(x)))


@METRIC_EMBEDDING.mistake(
    "Count the blocks: after the third, a side has 2 pixels, too few for another.",
    "Three blocks, from in_channels to widths[0], widths[1] and embedding_dim channels.",
    "Drop the last block, and let the third one give embedding_dim channels.",
)
class NetworkFourthBlock(Network):
    """Adding a fourth block gives the same result."""

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__(in_channels, embedding_dim, widths)
        self.block4 = BNReLUConv(embedding_dim, embedding_dim)

    def features(self, images: Tensor) -> Tensor:
        return self.block4(super().features(images))


@METRIC_EMBEDDING.mistake(
    "Print the sides after each step: 26, 12, 10, 4, 2. Where does yours end?",
    "Three blocks, from in_channels to widths[0], widths[1] and embedding_dim channels.",
    "Let the second block give widths[1] channels; after a second pool comes the third.",
)
class NetworkTwoBlocks(Network):
    """Leaving out the third block gives the same result."""

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        nn.Module.__init__(self)
        self.block1 = BNReLUConv(in_channels, widths[0])
        self.block2 = BNReLUConv(widths[0], embedding_dim)

    def features(self, images: Tensor) -> Tensor:
        return self.block2(self.pool(self.block1(images)))


class NetworkOfKernels(Network):
    """A network with a kernel size for each block."""

    kernels = (3, 3, 3)

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__(in_channels, embedding_dim, widths)
        self.block1 = BNReLUConv(in_channels, widths[0], self.kernels[0])
        self.block2 = BNReLUConv(widths[0], widths[1], self.kernels[1])
        self.block3 = BNReLUConv(widths[1], embedding_dim, self.kernels[2])


@METRIC_EMBEDDING.mistake(
    "The first block should shrink a side from 28 to 26. Does yours give 24?",
    "A convolution of size k takes k - 1 pixels off a side; here k is 3.",
    "Leave the kernel size of the blocks at its default, 3.",
)
class NetworkKernel5(NetworkOfKernels):
    """Using kernel size 5 in all blocks gives the same result."""

    kernels = (5, 5, 5)


@METRIC_EMBEDDING.mistake(
    "The first block should shrink a side from 28 to 26. Does yours give 24?",
    "A convolution of size k takes k - 1 pixels off a side; here k is 3.",
    "Leave the kernel size of the blocks at its default, 3.",
)
class NetworkKernel5First(NetworkOfKernels):
    """Using kernel size 5 in the first block gives the same result."""

    kernels = (5, 3, 3)


@METRIC_EMBEDDING.mistake(
    "The last block should shrink a side from 4 to 2. Does yours stay at 4?",
    "A convolution of size k takes k - 1 pixels off a side; here k is 3.",
    "Leave the kernel size of the blocks at its default, 3.",
)
class NetworkKernel1Last(NetworkOfKernels):
    """Using kernel size 1 in the last block gives the same result."""

    kernels = (3, 3, 1)


@METRIC_EMBEDDING.mistake(
    "Pass a batch of one image, (1, 1, 28, 28). Is the result (1, 64) or (64,)?",
    "squeeze() without an axis removes every axis of length one, also that of the batch.",
    "Take the mean over dim=(2, 3), or flatten from axis 1 on; drop squeeze().",
)
class NetworkSqueeze(Network):
    """Calling squeeze(), which also removes a batch of one, gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return self.features(images).mean(dim=(2, 3)).squeeze()


@METRIC_EMBEDDING.mistake(
    "How do four pixels become one number at the end of your network?",
    "Between the blocks the maximum is taken, at the end the mean.",
    "End with the mean over height and width.",
)
class NetworkGlobalMaximum(Network):
    """Taking the maximum over height and width at the end gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return self.features(images).amax(dim=(2, 3))


@METRIC_EMBEDDING.mistake(
    "Pass a larger image. Do the numbers of the embedding grow?",
    "A mean does not depend on the number of pixels; a sum does.",
    "End with mean(dim=(2, 3)).",
)
class NetworkSum(Network):
    """Adding up over height and width instead of taking the mean gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return self.features(images).sum(dim=(2, 3))


@METRIC_EMBEDDING.mistake(
    "Print the shape of the result for one image. Is it (1, 64) or (1, 256)?",
    "The average leaves one number for each channel, whatever the size of the image.",
    "Take the mean over height and width.",
)
class NetworkFlattened(Network):
    """Flattening the last feature map instead of averaging it gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return self.features(images).flatten(1)


@METRIC_EMBEDDING.mistake(
    "Print the shape of the result for one image. Is it (1, 64) or (1, 64, 2, 2)?",
    "The average leaves one number for each channel, whatever the size of the image.",
    "Take the mean over height and width.",
)
class NetworkNotAveraged(Network):
    """Returning the last feature map, without the average, gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return self.features(images)


@METRIC_EMBEDDING.mistake(
    "Print the shape of the result for one image. Is it (1, 64) or (1, 64, 1, 1)?",
    "An adaptive average pool, or keepdim=True, leaves two axes of length one behind.",
    "Remove the last two axes, for example with flatten(1).",
)
class NetworkAxesKept(Network):
    """Keeping height and width as axes of length one gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return self.features(images).mean(dim=(2, 3), keepdim=True)


@METRIC_EMBEDDING.mistake(
    "Pass a batch of three images. How many embeddings come back?",
    "An embedding depends on its own image only; axis 0 counts the images.",
    "Take the mean over axes 2 and 3 only.",
)
class NetworkMeanOverBatch(Network):
    """Taking the mean over the batch as well gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return self.features(images).mean(dim=(0, 2, 3))


@METRIC_EMBEDDING.mistake(
    "The last feature map is (n, 64, 2, 2). Which axes should be left: n and 64?",
    "Axis 1 counts the channels, and each channel becomes one coordinate.",
    "Take the mean over axes 2 and 3 only.",
)
class NetworkMeanOverChannels(Network):
    """Taking the mean over the channels instead of the pixels gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return self.features(images).mean(dim=1).flatten(1)


@METRIC_EMBEDDING.mistake(
    "Pass an image of 36 x 38. Is the embedding as long as for 28 x 28?",
    "The average leaves one number for each channel, whatever the size of the image.",
    "Take the mean over the whole height and width.",
)
class NetworkAverageOfFixedSize(Network):
    """Averaging windows of 2 x 2, right for 28 x 28 only, gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return F.avg_pool2d(self.features(images), kernel_size=2).flatten(1)


@METRIC_EMBEDDING.mistake(
    "Print the norm of a few embeddings. Is each exactly 1?",
    "Some courses do so; here the network may choose the length, and the loss uses it.",
    "Return the average as it is.",
)
class NetworkUnitLength(Network):
    """Scaling every embedding to length one gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return F.normalize(super().forward(images), dim=1)


@METRIC_EMBEDDING.mistake(
    "Has any of your embeddings a negative coordinate?",
    "The last step of a block is the convolution, so that coordinates may have either sign.",
    "Drop the ReLU after the last block.",
)
class NetworkReluBeforeAverage(Network):
    """Applying ReLU to the last feature map gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return F.relu(self.features(images)).mean(dim=(2, 3))


@METRIC_EMBEDDING.mistake(
    "Has any of your embeddings a negative coordinate?",
    "Half of the space would be out of reach for the embeddings.",
    "Return the average as it is.",
)
class NetworkReluAtTheEnd(Network):
    """Applying ReLU to the embedding gives the same result."""

    def forward(self, images: Tensor) -> Tensor:
        return F.relu(super().forward(images))


@METRIC_EMBEDDING.mistake(
    "Make a network with widths=(4, 6), and print its parameters. Where do 4 and 6 appear?",
    "The (16, 32) in the first line is a default, not a constant.",
    "Use widths[0] and widths[1] as the channels of the first two blocks.",
)
class NetworkWidthsIgnored(Network):
    """Using 16 and 32 channels whatever widths were asked for gives the same result."""

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__(in_channels, embedding_dim, (16, 32))


@METRIC_EMBEDDING.mistake(
    "Make a network with embedding_dim=8. How long are its embeddings?",
    "The 64 in the first line is a default, not a constant.",
    "Use embedding_dim as the channels of the last block.",
)
class NetworkEmbeddingDimIgnored(Network):
    """Using 64 channels at the end whatever embedding_dim was asked for gives the same result."""

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__(in_channels, 64, widths)


@METRIC_EMBEDDING.mistake(
    "Make a network with widths=(4, 6) and embedding_dim=8. How long are its embeddings?",
    "The numbers in the first line are defaults, not constants.",
    "Use widths[0], widths[1] and embedding_dim as the channels of the three blocks.",
)
class NetworkSizesIgnored(Network):
    """Using 16, 32 and 64 channels whatever was asked for gives the same result."""

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__(in_channels, 64, (16, 32))


@METRIC_EMBEDDING.mistake(
    "Make a network with in_channels=2, and pass it an image of two channels.",
    "The 1 in the first line is a default, not a constant.",
    "Use in_channels as the input of the first block.",
)
class NetworkInChannelsIgnored(Network):
    """Expecting one channel whatever in_channels was asked for gives the same result."""

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__(1, embedding_dim, widths)


@METRIC_EMBEDDING.mistake(
    "Make a fresh network. Does it give two different images two different embeddings?",
    "Where all embeddings are one point, all distances are zero, and so is every gradient.",
    "Leave the parameters as nn.Conv2d makes them: small random numbers.",
)
class NetworkBeginsAtZero(Network):
    """Beginning with kernels of zeros in the last block gives the same result."""

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__(in_channels, embedding_dim, widths)
        nn.init.zeros_(self.block3.conv.weight)
