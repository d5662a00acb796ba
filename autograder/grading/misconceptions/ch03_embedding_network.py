"""Misconceptions of chapter 3: group normalisation, the block, and the network."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from solutions.ch03_embedding_network import BNReLUConv

from ..misconception import Exercise, FunctionFamily

NORM, BLOCK, NETWORK = "Group normalisation", "The block", "The network"


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

# A mistake that repeats a decision of its family as it is, such as `correction = Norm.correction`,
# cannot stand together with the mistakes of that decision: it would hide them.


# group_norm


@GROUP_NORM.family
class Norm(FunctionFamily):
    """Group normalisation, in its decisions from the groups to the type of the result."""

    axes: tuple[int, ...] = (2, 3, 4)
    correction = 0

    def __call__(
        self, x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
    ) -> Tensor:
        groups = self.split(x, num_groups)  # (n, groups, channels / groups, height, width)
        mean, variance = self.in_graph(
            groups.mean(dim=self.axes, keepdim=True), self.variance(groups)
        )
        deviation = self.deviation(variance, self.eps(eps))
        normalised = self.joined(self.centred(groups, mean) / deviation)  # the shape of x
        return self.result(self.affine(normalised, *self.in_order(weight, bias, num_groups)))

    def split(self, x: Tensor, num_groups: int) -> Tensor:
        return x.unflatten(1, (num_groups, -1))

    def joined(self, groups: Tensor) -> Tensor:
        return groups.flatten(1, 2)

    def variance(self, groups: Tensor) -> Tensor:
        squares = (groups - groups.mean(dim=self.axes, keepdim=True)).square()
        sums = squares.sum(dim=self.axes, keepdim=True)
        return sums / (squares.numel() // sums.numel() - self.correction)

    def in_graph(self, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        return mean, variance

    def centred(self, groups: Tensor, mean: Tensor) -> Tensor:
        return groups - mean

    def deviation(self, variance: Tensor, eps: float) -> Tensor:
        return self.outside(self.root(self.inside(variance, eps)), eps)

    def eps(self, eps: float) -> float:
        return eps

    def inside(self, variance: Tensor, eps: float) -> Tensor:
        return variance + eps

    def root(self, variance: Tensor) -> Tensor:
        return variance.sqrt()

    def outside(self, deviation: Tensor, eps: float) -> Tensor:
        return deviation

    def in_order(self, weight: Tensor, bias: Tensor, num_groups: int) -> tuple[Tensor, Tensor]:
        return weight, bias

    def affine(self, normalised: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return self.shifted(self.scaled(normalised, weight), bias)

    def scaled(self, normalised: Tensor, weight: Tensor) -> Tensor:
        return normalised * self.by_channel(weight)

    def shifted(self, scaled: Tensor, bias: Tensor) -> Tensor:
        return scaled + self.by_channel(bias)

    def by_channel(self, vector: Tensor) -> Tensor:
        return vector[:, None, None]  # (channels, 1, 1)

    def result(self, x: Tensor) -> Tensor:
        return x


@GROUP_NORM.mistake(
    "In channel 0 of the six points the variance is 1. What is yours? If 1.2, read on.",
    "var() and std() of torch divide by |S| - 1 unless told otherwise; here it is |S|.",
    "Pass correction=0 (or unbiased=False) to var().",
)
class NormUnbiasedVariance(Norm):
    """Dividing the variance by the count minus one gives the same values."""

    correction = 1


@GROUP_NORM.mistake(
    "Normalise an image alone, then in a batch with others. Do you get the same?",
    "Every example has a mean and a variance of its own, shape (n, num_groups).",
    "Leave axis 0 out of the axes of mean and variance.",
)
class NormGroupsOverBatch(Norm):
    """Taking mean and variance of a group over the batch as well gives the same values."""

    axes = (0, 2, 3, 4)


@GROUP_NORM.mistake(
    "Normalise an image alone, then in a batch with others. Do you get the same?",
    "Batch normalisation mixes the examples; group normalisation treats each alone.",
    "Take mean and variance over the channels of a group, height and width, not over axis 0.",
)
class NormBatchNorm(Norm):
    """Taking mean and variance of each channel over the batch (batch normalisation) gives the same
    values.
    """

    axes = (0, 3, 4)
    split = Norm.split  # which channels are in a group does not matter


@GROUP_NORM.mistake(
    "With 6 channels in 2 groups, how many means has one image: 2 or 6?",
    "The channels of one group share a mean and a variance.",
    "Let the mean and the variance run over the channels of the group as well.",
)
class NormEachChannel(Norm):
    """Normalising each channel by itself (instance normalisation) gives the same values."""

    axes = (3, 4)
    split = Norm.split


@GROUP_NORM.mistake(
    "With the six points in two groups, is the mean of channel 0 in your result 0?",
    "There is one mean for each group, so num_groups of them for each image.",
    "Split the channels into num_groups groups before you take the mean.",
)
class NormAllChannels(Norm):
    """Normalising all channels together, without groups, gives the same values."""

    def split(self, x: Tensor, num_groups: int) -> Tensor:
        return x.unflatten(1, (1, -1))


@GROUP_NORM.mistake(
    "Print the shape of your mean. Does it still have a height and a width?",
    "One number for each example and group: the mean runs over height and width too.",
    "Take mean and variance over three axes: channels of the group, height, width.",
)
class NormEachPixel(Norm):
    """Taking the mean over the channels of a group but not over the pixels gives the
    same values.
    """

    axes = (2,)


@GROUP_NORM.mistake(
    "With 6 channels in 2 groups, which channels are in your first group: 0, 1, 2?",
    "A group is a block of neighbouring channels, so the axis of the groups comes first.",
    "Reshape to (n, groups, channels / groups, height, width), in this order.",
)
class NormInterleavedGroups(Norm):
    """Putting every second or third channel into a group, not neighbours, gives the same values."""

    def split(self, x: Tensor, num_groups: int) -> Tensor:
        return x.unflatten(1, (-1, num_groups)).transpose(1, 2)

    def joined(self, groups: Tensor) -> Tensor:
        return groups.transpose(1, 2).flatten(1, 2)


@GROUP_NORM.mistake(
    "With 6 channels in 3 groups, how many channels share a mean: 2 or 3?",
    "num_groups says how many groups there are, not how many channels are in one.",
    "Let the axis of the groups be num_groups long, as unflatten(1, (num_groups, -1)) does.",
)
class NormNumGroupsAsSize(Norm):
    """Making groups of num_groups channels each, instead of num_groups groups, gives the same
    values.
    """

    def split(self, x: Tensor, num_groups: int) -> Tensor:
        return x.unflatten(1, (-1, num_groups))


@GROUP_NORM.mistake(
    "Channel 0 of the six points becomes -1, -1, 1, -1, 1, 1. Has yours a negative value?",
    "First the mean goes to zero, then the spread to one.",
    "Subtract the mean of the group before you divide.",
)
class NormNoCentring(Norm):
    """Leaving out the subtraction of the mean gives the same values."""

    def centred(self, groups: Tensor, mean: Tensor) -> Tensor:
        return groups


@GROUP_NORM.also(NormNoCentring)
class NormRootMeanSquare(Norm):
    correction = Norm.correction

    def centred(self, groups: Tensor, mean: Tensor) -> Tensor:
        return groups

    def variance(self, groups: Tensor) -> Tensor:
        return groups.square().mean(dim=self.axes, keepdim=True)


@GROUP_NORM.mistake(
    "Take a group whose values are 9, 10 and 11: what is their variance, 2/3 or 100.6667?",
    "The variance is the mean squared distance from the mean; the mean of the squares is more.",
    "Subtract the mean before you square, or take mean(x^2) - mean(x)^2.",
)
class NormVarianceNotCentred(Norm):
    """Taking the mean of the squares as the variance, without subtracting the mean first, gives the
    same values.
    """

    correction = Norm.correction

    def variance(self, groups: Tensor) -> Tensor:
        return groups.square().mean(dim=self.axes, keepdim=True)


@GROUP_NORM.mistake(
    "What is the variance of channel 1 of the six points in your result: 1 or 1.3056?",
    "A picture at half the contrast should give the same result.",
    "Divide by the square root of the variance plus eps.",
)
class NormOnlyCentring(Norm):
    """Subtracting the mean without dividing by the spread gives the same values."""

    correction = Norm.correction
    eps, inside, root, outside = Norm.eps, Norm.inside, Norm.root, Norm.outside
    centred = Norm.centred

    def deviation(self, variance: Tensor, eps: float) -> Tensor:
        return torch.ones_like(variance)


@GROUP_NORM.mistake(
    "Multiply the input by 10. Does your result stay the same?",
    "The variance has the unit of x squared; its root has the unit of x.",
    "Take the square root of the variance plus eps before you divide.",
)
class NormDividedByVariance(Norm):
    """Dividing by the variance instead of its square root gives the same values."""

    outside = Norm.outside

    def root(self, variance: Tensor) -> Tensor:
        return variance


@GROUP_NORM.mistake(
    "Normalise a blank picture, all zeros. Do you get numbers or NaN?",
    "Equal entries have variance zero, and zero divided by zero is NaN.",
    "Add eps to the variance, inside the square root.",
)
class NormEpsMissing(Norm):
    """Leaving out eps gives the same values."""

    inside = Norm.inside

    def eps(self, eps: float) -> float:
        return 0.0


@GROUP_NORM.mistake(
    "For a variance of 0 and eps = 0.5, do you divide by 0.5 or by 0.7071?",
    "The formula divides by the square root of (variance + eps).",
    "Add eps to the variance first, then take the root of the sum.",
)
class NormEpsOutsideRoot(Norm):
    """Adding eps after the square root instead of inside it gives the same values."""

    def inside(self, variance: Tensor, eps: float) -> Tensor:
        return variance

    def outside(self, deviation: Tensor, eps: float) -> Tensor:
        return deviation + eps


@GROUP_NORM.mistake(
    "Call your function with eps=0.5 and with eps=1e-5. Does anything change?",
    "The 1e-5 in the first line is a default, not a constant.",
    "Use the argument eps where you now have a number.",
)
class NormEpsFixed(Norm):
    """Using 1e-5 whatever eps was asked for gives the same values."""

    def eps(self, eps: float) -> float:
        return 1e-5


@GROUP_NORM.mistake(
    "For which variance do you divide by the square root of 2e-5? It should be 1e-5.",
    "eps is an argument, 1e-5 unless the caller says otherwise; no other number is added.",
    "Use the argument eps where you now have a number of your own.",
)
class NormOtherEps(Norm):
    """Using a number such as 1e-8 instead of the eps that was asked for gives the same values."""

    def eps(self, eps: float) -> float:
        return 1e-8


@GROUP_NORM.also(NormOtherEps)
class NormEpsMillionth(Norm):
    def eps(self, eps: float) -> float:
        return 1e-6


@GROUP_NORM.also(NormOtherEps)
class NormEpsThousandth(Norm):
    def eps(self, eps: float) -> float:
        return 1e-3


@GROUP_NORM.mistake(
    "Call your function with weight = 2 everywhere. Does the result double?",
    "After the normalisation, each channel is multiplied by its own scale.",
    "Multiply by weight[:, None, None] before you add the bias.",
)
class NormNoScale(Norm):
    """Leaving out the weight gives the same values."""

    def scaled(self, normalised: Tensor, weight: Tensor) -> Tensor:
        return normalised


@GROUP_NORM.mistake(
    "Call your function with bias = 1 everywhere. Does the result rise by 1?",
    "After the scale, each channel gets its own shift.",
    "Add bias[:, None, None] at the end.",
)
class NormNoShift(Norm):
    """Leaving out the bias gives the same values."""

    def shifted(self, scaled: Tensor, bias: Tensor) -> Tensor:
        return scaled


@GROUP_NORM.mistake(
    "Call your function with weight = 2 and bias = 1. Is an entry that was -1 now -1 or 0?",
    "The scale is for what was normalised; the shift comes after it and is not scaled.",
    "Multiply by the weight first, then add the bias.",
)
class NormShiftBeforeScale(Norm):
    """Adding the bias before multiplying by the weight gives the same values."""

    scaled, shifted = Norm.scaled, Norm.shifted

    def affine(self, normalised: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return (normalised + self.by_channel(bias)) * self.by_channel(weight)


@GROUP_NORM.mistake(
    "Call your function with weight = 2 and bias = 0. Does the result double, or is it all 2?",
    "weight is the scale, which multiplies; bias is the shift, which is added.",
    "Multiply by weight[:, None, None], and add bias[:, None, None].",
)
class NormWeightAndBiasExchanged(Norm):
    """Multiplying by the bias and adding the weight gives the same values."""

    def in_order(self, weight: Tensor, bias: Tensor, num_groups: int) -> tuple[Tensor, Tensor]:
        return bias, weight


@GROUP_NORM.mistake(
    "Call your function for two groups. Which entry of weight does the last channel get?",
    "The groups share the statistics, not the scale: each channel has an entry of its own.",
    "Index weight and bias by the channel, not by its place within the group.",
)
class NormScaleWithinGroup(Norm):
    """Taking the entries of weight and bias by the channel's place within its group gives the same
    values.
    """

    def in_order(self, weight: Tensor, bias: Tensor, num_groups: int) -> tuple[Tensor, Tensor]:
        in_group = len(weight) // num_groups
        return weight[:in_group].repeat(num_groups), bias[:in_group].repeat(num_groups)


@GROUP_NORM.mistake(
    "Call your function for 6 channels of 4 x 5 pixels. Which axis does weight lie along?",
    "A vector of shape (channels,) is laid along the last axis, and that is the width.",
    "Use weight[:, None, None] and bias[:, None, None], of shape (channels, 1, 1).",
)
class NormScaleAlongWidth(Norm):
    """Multiplying by weight and adding bias as they are, so that they lie along the width, gives
    the same error, and the same values where the width is the number of channels.
    """

    def by_channel(self, vector: Tensor) -> Tensor:
        return vector


@GROUP_NORM.mistake(
    "Look for no_grad(), detach() or item() where you take the mean and the variance.",
    "The mean and the variance depend on x, so a gradient flows through them too.",
    "Work out mean and variance with plain tensor operations, without leaving the graph.",
)
class NormStatisticsDetached(Norm):
    """Cutting mean and variance off the graph gives the same values and the same wrong gradient."""

    def in_graph(self, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        return mean.detach(), variance.detach()


@GROUP_NORM.also(NormStatisticsDetached)
class NormMeanDetached(Norm):
    def in_graph(self, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        return mean.detach(), variance


@GROUP_NORM.also(NormStatisticsDetached)
class NormVarianceDetached(Norm):
    def in_graph(self, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        return mean, variance.detach()


@GROUP_NORM.mistake(
    "Print requires_grad of what you return for an x that requires a gradient.",
    "detach(), no_grad() and a way through NumPy keep the numbers and forget where they come from.",
    "Work with the tensors themselves all the way to the result.",
)
class NormDetached(Norm):
    """Leaving the graph, with no_grad(), detach() or a new tensor, gives the same values and no
    gradient.
    """

    in_graph = Norm.in_graph

    def result(self, x: Tensor) -> Tensor:
        return x.detach()


@GROUP_NORM.mistake(
    "Print the dtype of x and that of your result. Are both torch.float32?",
    "A convolution refuses an input of another dtype than its weights, so the block would fail.",
    "Leave out double(), and give tensors that you make yourself the dtype of x.",
)
class NormDouble(Norm):
    """Returning float64 where x is float32 gives the same values, of the same wrong dtype."""

    def result(self, x: Tensor) -> Tensor:
        return x.double()


# BNReLUConv

Step = Callable[[Tensor], Tensor]


class OwnNorm(nn.GroupNorm):
    """A group normalisation by hand."""

    correction = 0
    are_interleaved = False

    def forward(self, x: Tensor) -> Tensor:
        groups = self.split(x)  # (n, groups, size, height, width)
        variance, mean = torch.var_mean(
            groups, dim=(2, 3, 4), keepdim=True, correction=self.correction
        )
        x = self.joined((groups - mean) * torch.rsqrt(variance + self.eps))
        return x * self.weight[:, None, None] + self.bias[:, None, None] if self.affine else x

    def split(self, x: Tensor) -> Tensor:
        if self.are_interleaved:
            return x.unflatten(1, (-1, self.num_groups)).transpose(1, 2)
        return x.unflatten(1, (self.num_groups, -1))

    def joined(self, groups: Tensor) -> Tensor:
        return (groups.transpose(1, 2) if self.are_interleaved else groups).flatten(1, 2)


@BN_RELU_CONV.family
class Block(nn.Module):
    """A normalisation, a ReLU and a convolution, in this order."""

    default_kernel_size = 3
    default_num_groups = 1
    affine = True
    correction = 0
    are_interleaved = False
    has_bias = True
    stride = 1

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | None = None,
        num_groups: int | None = None,
    ) -> None:
        super().__init__()
        size = self.kernel_size(kernel_size or self.default_kernel_size)
        channels = self.norm_channels(in_channels, out_channels)
        groups = self.num_groups(num_groups or self.default_num_groups, channels)
        self.norm = self.make_norm(groups, channels)
        self.conv = nn.Conv2d(
            in_channels,
            out_channels,
            size,
            stride=self.stride,
            padding=self.padding(size),
            bias=self.has_bias,
        )
        self.begin()

    def kernel_size(self, kernel_size: int) -> int:
        return kernel_size

    def padding(self, kernel_size: int) -> int:
        return 0

    def norm_channels(self, in_channels: int, out_channels: int) -> int:
        return in_channels

    def num_groups(self, num_groups: int, channels: int) -> int:
        return num_groups

    def make_norm(self, num_groups: int, channels: int) -> nn.Module:
        norm = OwnNorm(num_groups, channels, affine=self.affine)
        norm.correction, norm.are_interleaved = self.correction, self.are_interleaved
        return norm

    def begin(self) -> None:
        """Give the parameters the values that they begin with."""
        for layer in self.norm.modules():
            if isinstance(layer, nn.GroupNorm | nn.BatchNorm2d) and layer.affine:
                self.begin_scale(layer.weight.data)
                self.begin_shift(layer.bias.data)
        self.begin_kernel(self.conv.weight.data)

    def begin_scale(self, scale: Tensor) -> None:
        scale.fill_(1.0)

    def begin_shift(self, shift: Tensor) -> None:
        shift.fill_(0.0)

    def begin_kernel(self, kernel: Tensor) -> None:
        """Leave the kernel as nn.Conv2d made it."""

    def forward(self, x: Tensor) -> Tensor:
        for step in self.steps():
            x = step(x)
        return self.at_last(x)

    def steps(self) -> list[Step]:
        return [self.normalise, self.cut_off, self.convolve]

    def normalise(self, x: Tensor) -> Tensor:
        return self.norm(x)

    def cut_off(self, x: Tensor) -> Tensor:
        return F.relu(x)

    def convolve(self, x: Tensor) -> Tensor:
        return self.conv(x)

    def at_last(self, x: Tensor) -> Tensor:
        return x


@BN_RELU_CONV.mistake(
    "Can your block return a negative number? And how many channels does your norm have?",
    "The block is normalisation, ReLU, convolution: the name reads from first to last.",
    "Normalise the in_channels of the input, apply ReLU, and let the convolution come last.",
)
class BlockConvolutionFirst(Block):
    """Doing the convolution first, then normalisation and ReLU, gives the same result."""

    at_last = Block.at_last

    def norm_channels(self, in_channels: int, out_channels: int) -> int:
        return out_channels

    def steps(self) -> list[Step]:
        return [self.convolve, self.normalise, self.cut_off]


@BN_RELU_CONV.mistake(
    "Which layer sees the input first in your block? How many channels does your norm have?",
    "The block is normalisation, ReLU, convolution: the name reads from first to last.",
    "Call the three layers in the opposite order; the norm then has in_channels channels.",
)
class BlockConvolutionReluNorm(Block):
    """Doing convolution, ReLU, normalisation, the reverse order, gives the same result."""

    cut_off, at_last = Block.cut_off, Block.at_last

    def norm_channels(self, in_channels: int, out_channels: int) -> int:
        return out_channels

    def steps(self) -> list[Step]:
        return [self.convolve, self.cut_off, self.normalise]


@BN_RELU_CONV.mistake(
    "Which layer sees the input first in your block? How many channels does your norm have?",
    "The block is normalisation, ReLU, convolution: the name reads from first to last.",
    "Move the normalisation to the front: it normalises the in_channels of the input.",
)
class BlockReluConvolutionNorm(Block):
    """Doing ReLU, convolution, normalisation, so that the normalisation comes last, gives the same
    result.
    """

    cut_off, at_last = Block.cut_off, Block.at_last

    def norm_channels(self, in_channels: int, out_channels: int) -> int:
        return out_channels

    def steps(self) -> list[Step]:
        return [self.cut_off, self.convolve, self.normalise]


@BN_RELU_CONV.mistake(
    "Channel 0 of the six points becomes -1, -1, 1, -1, 1, 1. What reaches the convolution?",
    "Without the cut-off at zero, one block after the other only rescales and adds up.",
    "Apply ReLU to what comes out of the normalisation.",
)
class BlockNoRelu(Block):
    """Leaving out the ReLU gives the same result."""

    def cut_off(self, x: Tensor) -> Tensor:
        return x


@BN_RELU_CONV.mistake(
    "The six points have no negative coordinate. What does your ReLU change in them?",
    "After the normalisation about half of the entries are negative; ReLU cuts those.",
    "Exchange the two: normalise first, then ReLU.",
)
class BlockReluFirst(Block):
    """Applying the ReLU before the normalisation gives the same result."""

    normalise, cut_off = Block.normalise, Block.cut_off

    def steps(self) -> list[Step]:
        return [self.cut_off, self.normalise, self.convolve]


@BN_RELU_CONV.mistake(
    "Can your block return a negative number?",
    "If the ReLU came last, no embedding could have a negative coordinate.",
    "Move the ReLU between the normalisation and the convolution.",
)
class BlockReluLast(Block):
    """Applying the ReLU after the convolution gives the same result."""

    cut_off, at_last = Block.cut_off, Block.at_last

    def steps(self) -> list[Step]:
        return [self.normalise, self.convolve, self.cut_off]


@BN_RELU_CONV.mistake(
    "Can your block return a negative number?",
    "The convolution comes last: what it returns may have either sign.",
    "Drop the ReLU after the convolution.",
)
class BlockTwoRelus(Block):
    """Applying a second ReLU after the convolution gives the same result."""

    cut_off = Block.cut_off

    def at_last(self, x: Tensor) -> Tensor:
        return F.relu(x)


@BN_RELU_CONV.mistake(
    "Multiply the input by 10. Does the result of your block stay nearly the same?",
    "The first of the three steps takes mean and spread out of the input.",
    "Add a group normalisation of in_channels channels, and apply it before the ReLU.",
)
class BlockNoNormalisation(Block):
    """Leaving out the normalisation gives the same result."""

    correction, are_interleaved = Block.correction, Block.are_interleaved
    affine, default_num_groups = Block.affine, Block.default_num_groups
    norm_channels, num_groups, normalise = Block.norm_channels, Block.num_groups, Block.normalise
    begin_scale, begin_shift = Block.begin_scale, Block.begin_shift

    def make_norm(self, num_groups: int, channels: int) -> nn.Module:
        return nn.Identity()


@BN_RELU_CONV.mistake(
    "Multiply the input by 10. Does the result of your block stay nearly the same?",
    "A layer that the constructor makes does nothing until forward calls it.",
    "Begin forward with the normalisation: x = self.norm(x).",
)
class BlockNormalisationNotCalled(Block):
    """Making the normalisation, but not calling it in forward, gives the same result."""

    correction, are_interleaved = Block.correction, Block.are_interleaved
    affine, default_num_groups = Block.affine, Block.default_num_groups
    make_norm, norm_channels, num_groups = Block.make_norm, Block.norm_channels, Block.num_groups

    def normalise(self, x: Tensor) -> Tensor:
        return x


@BN_RELU_CONV.mistake(
    "Make a block from 2 to 4 channels and pass it the six points. What does the norm expect?",
    "The normalisation comes before the convolution, so it sees the channels of the input.",
    "Give the normalisation in_channels channels.",
)
class BlockNormOfOutChannels(Block):
    """Making the normalisation for out_channels, and yet applying it to the input, gives the same
    error.
    """

    affine = Block.affine  # without parameters it takes any number of channels

    def norm_channels(self, in_channels: int, out_channels: int) -> int:
        return out_channels


@BN_RELU_CONV.mistake(
    "Print the shapes of the parameters of your block. Are there two of (in_channels,)?",
    "The network may want another spread or another cut-off: scale and shift learn it.",
    "Give the normalisation a weight of ones and a bias of zeros, both as nn.Parameter.",
)
class BlockNormWithoutParameters(Block):
    """Normalising without a scale and a shift to learn gives the same result."""

    affine = False
    begin_scale, begin_shift = Block.begin_scale, Block.begin_shift


@BN_RELU_CONV.mistake(
    "Pass one image alone, then in a batch with others. Do you get the same?",
    "The BN in the name is a habit. Here every image is normalised by itself.",
    "Use group normalisation with num_groups groups.",
    section=NORM,
)
class BlockBatchNorm(Block):
    """Using batch normalisation instead of group normalisation gives the same result."""

    correction, are_interleaved = Block.correction, Block.are_interleaved
    num_groups, default_num_groups = Block.num_groups, Block.default_num_groups

    def make_norm(self, num_groups: int, channels: int) -> nn.Module:
        return nn.BatchNorm2d(channels, affine=self.affine)


class RunningNorm(nn.Module):
    """A normalisation by a running mean and variance of what it has seen so far."""

    def __init__(self, channels: int, affine: bool) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=affine)

    def forward(self, x: Tensor) -> Tensor:
        self.norm.train()(x)  # brings mean and variance up to date
        return self.norm.eval()(x)


@BN_RELU_CONV.mistake(
    "Pass the same image twice. Does your block return the same both times?",
    "Here nothing is remembered: mean and variance are those of the image itself.",
    "Drop the running mean and variance, and use group normalisation with num_groups groups.",
    section=NORM,
)
class BlockRunningStatistics(Block):
    """Normalising with a running mean and variance of earlier batches gives the same result."""

    correction, are_interleaved = Block.correction, Block.are_interleaved
    num_groups, default_num_groups = Block.num_groups, Block.default_num_groups

    def make_norm(self, num_groups: int, channels: int) -> nn.Module:
        return RunningNorm(channels, self.affine)


class DetachedNorm(nn.GroupNorm):
    """A group normalisation through whose mean and variance no gradient flows."""

    def forward(self, x: Tensor) -> Tensor:
        groups = x.unflatten(1, (self.num_groups, -1))  # (n, groups, size, height, width)
        variance, mean = torch.var_mean(groups.detach(), dim=(2, 3, 4), keepdim=True, correction=0)
        x = ((groups - mean) * torch.rsqrt(variance + self.eps)).flatten(1, 2)
        return x * self.weight[:, None, None] + self.bias[:, None, None] if self.affine else x


@BN_RELU_CONV.mistake(
    "Look for no_grad(), detach() or item() where your block takes the mean and the variance.",
    "The mean and the variance depend on x, so a gradient flows through them too.",
    "Call your own group_norm in forward, or take nn.GroupNorm.",
    section=NORM,
)
class BlockStatisticsDetached(Block):
    """Cutting mean and variance of the block off the graph gives the same wrong gradient."""

    correction, are_interleaved = Block.correction, Block.are_interleaved

    def make_norm(self, num_groups: int, channels: int) -> nn.Module:
        return DetachedNorm(num_groups, channels, affine=self.affine)


@BN_RELU_CONV.mistake(
    "Normalise 1, 2, 3 by hand. Is the variance 2/3 in your block too, or 1?",
    "var() and std() of torch divide by |S| - 1 unless told otherwise; here it is |S|.",
    "Pass correction=0 (or unbiased=False) to var(), or call your own group_norm.",
    section=NORM,
)
class BlockVarianceUnbiased(Block):
    """Dividing the variance by the count minus one gives the same result."""

    correction = 1


@BN_RELU_CONV.mistake(
    "Which channels of four are in the first of two groups: 0 and 1, or 0 and 2?",
    "A group is a run of channels that follow each other, so the axis of the groups comes first.",
    "Split the channels into (num_groups, in_channels // num_groups), in this order.",
    section=NORM,
)
class BlockGroupsInterleaved(Block):
    """Taking every num_groups-th channel into a group, instead of neighbours, gives the same
    result.
    """

    are_interleaved = True


class ExchangedNorm(nn.GroupNorm):
    """A group normalisation that multiplies by its bias and adds its weight."""

    def forward(self, x: Tensor) -> Tensor:
        return F.group_norm(x, self.num_groups, self.bias, self.weight)


@BN_RELU_CONV.mistake(
    "Pass the six points to a fresh block. What is left of them after the normalisation?",
    "What begins at one multiplies, and what begins at zero is added.",
    "Exchange the two vectors in the call of group_norm: the scale comes first.",
)
class BlockScaleAndShiftExchanged(Block):
    """Multiplying by the vector that begins at zero and adding the one that begins at one gives the
    same result.
    """

    correction, are_interleaved = Block.correction, Block.are_interleaved
    affine = Block.affine

    def make_norm(self, num_groups: int, channels: int) -> nn.Module:
        return ExchangedNorm(num_groups, channels)


@BN_RELU_CONV.mistake(
    "Print the scale of a fresh block. Is it 1, 1, ..., 1?",
    "At the start the scale should change nothing; what multiplies by one changes nothing.",
    "Make the scale with torch.ones(in_channels).",
)
class BlockScaleBeginsElsewhere(Block):
    """Beginning the scale at other numbers than one gives the same result."""

    def begin_scale(self, scale: Tensor) -> None:
        scale.fill_(0.0)


@BN_RELU_CONV.also(BlockScaleBeginsElsewhere)
class BlockScaleBeginsAtRandom(Block):
    def begin_scale(self, scale: Tensor) -> None:
        scale.normal_()


@BN_RELU_CONV.mistake(
    "Print the shift of a fresh block. Is it 0, 0, ..., 0?",
    "At the start the shift should change nothing; what adds zero changes nothing.",
    "Make the shift with torch.zeros(in_channels).",
)
class BlockShiftBeginsElsewhere(Block):
    """Beginning the shift at other numbers than zero gives the same result."""

    def begin_shift(self, shift: Tensor) -> None:
        shift.normal_()


@BN_RELU_CONV.also(BlockShiftBeginsElsewhere)
class BlockShiftBeginsAtOne(Block):
    def begin_shift(self, shift: Tensor) -> None:
        shift.fill_(1.0)


@BN_RELU_CONV.mistake(
    "Pass two different images to a fresh block. Is the result the same for both?",
    "Kernels of zeros hide the image, and kernels that are all alike stay alike for ever.",
    "Leave the kernels as nn.Conv2d makes them, or begin with small random numbers.",
)
class BlockBeginsAtZero(Block):
    """Beginning with kernels that are all zero, or all alike, gives the same result."""

    def begin_kernel(self, kernel: Tensor) -> None:
        kernel.fill_(0.0)


@BN_RELU_CONV.mistake(
    "Make a block with num_groups=2 and one with num_groups=1. Do they differ?",
    "The 1 in the first line is a default, not a constant.",
    "Hand num_groups on to the normalisation.",
)
class BlockGroupsIgnored(Block):
    """Using a single group whatever num_groups was asked for gives the same result."""

    are_interleaved = Block.are_interleaved
    default_num_groups = Block.default_num_groups

    def num_groups(self, num_groups: int, channels: int) -> int:
        return 1


@BN_RELU_CONV.mistake(
    "How many means has one image of 4 channels in your block: num_groups, or 4?",
    "The channels of one group share a mean and a variance.",
    "Use nn.GroupNorm(num_groups, in_channels), not nn.InstanceNorm2d.",
    section=NORM,
)
class BlockEachChannel(Block):
    """Normalising each channel by itself whatever num_groups was asked for gives the same
    result.
    """

    are_interleaved = Block.are_interleaved
    default_num_groups = Block.default_num_groups

    def num_groups(self, num_groups: int, channels: int) -> int:
        return channels


@BN_RELU_CONV.mistake(
    "Into how many groups does your block split the channels if nobody asks for any number?",
    "The network relies on the default, a single group.",
    "Write num_groups: int = 1 in the first line.",
)
class BlockOtherDefaultGroups(Block):
    """Giving num_groups another default than 1 gives the same result."""

    default_num_groups = 2


@BN_RELU_CONV.also(BlockOtherDefaultGroups)
class BlockDefaultGroups4(Block):
    default_num_groups = 4


@BN_RELU_CONV.mistake(
    "Make a block with kernel_size=5. By how much does it shrink a side: by 2 or by 4?",
    "The 3 in the first line is a default, not a constant.",
    "Hand kernel_size on to the convolution.",
)
class BlockKernelSizeIgnored(Block):
    """Using kernel size 3 whatever kernel_size was asked for gives the same result."""

    default_kernel_size = Block.default_kernel_size

    def kernel_size(self, kernel_size: int) -> int:
        return 3


@BN_RELU_CONV.mistake(
    "By how much does your block shrink a side if nobody asks for a kernel size: by 2?",
    "The network relies on the default, 3, which takes two pixels off a side.",
    "Write kernel_size: int = 3 in the first line.",
)
class BlockOtherDefaultKernelSize(Block):
    """Giving kernel_size another default than 3, such as 5, gives the same result."""

    default_kernel_size = 5


@BN_RELU_CONV.also(BlockOtherDefaultKernelSize)
class BlockDefaultKernelSize4(Block):
    default_kernel_size = 4


@BN_RELU_CONV.also(BlockOtherDefaultKernelSize)
class BlockDefaultKernelSize2(Block):
    default_kernel_size = 2


@BN_RELU_CONV.also(BlockOtherDefaultKernelSize)
class BlockDefaultKernelSize1(Block):
    default_kernel_size = 1


@BN_RELU_CONV.mistake(
    "An image of 28 x 28 should shrink to 26 x 26 with kernel size 3. Does yours?",
    "Without padding, each side shrinks by kernel_size - 1.",
    "Take padding out of the convolution: its default is none.",
)
class BlockPaddingOne(Block):
    """Padding the convolution with one pixel gives the same result."""

    def padding(self, kernel_size: int) -> int:
        return 1


@BN_RELU_CONV.mistake(
    "An image of 28 x 28 should shrink to 26 x 26 with kernel size 3. Does yours?",
    "Without padding, each side shrinks by kernel_size - 1.",
    "Take padding out of the convolution: its default is none.",
)
class BlockPaddingSame(Block):
    """Padding the convolution so that no side shrinks gives the same result."""

    kernel_size = Block.kernel_size  # with kernel size 3 it is one pixel

    def padding(self, kernel_size: int) -> int:
        return kernel_size // 2


@BN_RELU_CONV.mistake(
    "An image of 28 x 28 should shrink to 26 x 26 with kernel size 3. Does yours halve it?",
    "The convolution looks at every place; only the pools between the blocks skip some.",
    "Take stride out of the convolution: its default is one.",
)
class BlockStride2(Block):
    """Moving the convolution by two pixels at a time gives the same result."""

    stride = 2


@BN_RELU_CONV.mistake(
    "The first block of the network has 2 + 144 + 16 parameters. Are there 16 in yours?",
    "No normalisation follows the last convolution, so its bias is not superfluous.",
    "Keep the bias of the convolution: leave bias=False out.",
)
class BlockNoBias(Block):
    """Leaving out the bias of the convolution gives the same result."""

    has_bias = False


@BN_RELU_CONV.mistake(
    "Print list(block.parameters()) of a fresh block. Is it empty?",
    "nn.Module finds what is assigned to self as a module or nn.Parameter, not what a list holds.",
    "Assign each layer to self on its own, or use nn.ModuleList instead of a list.",
)
class BlockLayersHidden(nn.Module):
    """Keeping the layers in a list or as plain tensors, where nn.Module does not see them, gives
    the same lack of parameters.
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__()
        self.layers = [
            nn.GroupNorm(num_groups, in_channels),
            nn.ReLU(),
            nn.Conv2d(in_channels, out_channels, kernel_size),
        ]

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


@BN_RELU_CONV.mistake(
    "What is the first line of your constructor? The stub had it already.",
    "nn.Module sets up where it keeps layers and parameters before it can take any.",
    "Begin the constructor with super().__init__().",
)
class BlockNoSuperInit(nn.Module):
    """Leaving out super().__init__() gives the same error."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)


# SimpleMetricEmbedding


@METRIC_EMBEDDING.family
class EmbeddingFamily(nn.Module):
    """Three blocks, two pools and the average, in their decisions from the sizes to the result."""

    pool_size = 3
    pool_stride = 2
    pool_padding = 0

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__()
        sizes = [
            self.channels_of_image(in_channels),
            *self.channels_between(widths),
            self.channels_at_last(embedding_dim),
        ]
        self.make_blocks(sizes)
        self.make_more(sizes)
        self.begin()

    # What the constructor decides.

    def channels_of_image(self, in_channels: int) -> int:
        return in_channels

    def channels_between(self, widths: tuple[int, int]) -> tuple[int, int]:
        return widths

    def channels_at_last(self, embedding_dim: int) -> int:
        return embedding_dim

    def make_blocks(self, sizes: Sequence[int]) -> None:
        self.block1 = self.block(1, sizes[0], sizes[1])
        self.block2 = self.block(2, sizes[1], sizes[2])
        self.block3 = self.block(3, sizes[2], sizes[3])

    def block(self, place: int, in_channels: int, out_channels: int) -> BNReLUConv:
        return BNReLUConv(in_channels, out_channels, self.kernel_size(place))

    def kernel_size(self, place: int) -> int:
        return 3

    def make_more(self, sizes: Sequence[int]) -> None:
        """Make what comes after the three blocks: nothing."""

    def begin(self) -> None:
        """Leave the parameters as they begin."""

    # What forward decides.

    def forward(self, images: Tensor) -> Tensor:
        first = self.after_first(self.out_of_block(self.block1(images)))
        x = self.into_second(images, first)
        second = self.after_second(self.out_of_block(self.in_second_place(x)))
        x = self.in_third_place(self.into_third(images, first, second))
        x = self.before_average(self.at_last(self.after_third(x)))  # (n, dim, height, width)
        embedding = self.flat(self.average(x))  # (n, dim)
        return self.length(self.sign(embedding))

    def out_of_block(self, x: Tensor) -> Tensor:
        return x

    def pool(self, x: Tensor) -> Tensor:
        return F.max_pool2d(x, self.pool_size, self.pool_stride, self.pool_padding)

    def after_first(self, x: Tensor) -> Tensor:
        return self.pool(x)

    def after_second(self, x: Tensor) -> Tensor:
        return self.pool(x)

    def after_third(self, x: Tensor) -> Tensor:
        return x

    def into_second(self, images: Tensor, first: Tensor) -> Tensor:
        return first

    def into_third(self, images: Tensor, first: Tensor, second: Tensor) -> Tensor:
        return second

    def in_second_place(self, x: Tensor) -> Tensor:
        return self.block2(x)

    def in_third_place(self, x: Tensor) -> Tensor:
        return self.block3(x)

    def at_last(self, x: Tensor) -> Tensor:
        return x

    def before_average(self, x: Tensor) -> Tensor:
        return x

    def average(self, x: Tensor) -> Tensor:
        return x.mean(dim=(2, 3), keepdim=True)  # (n, dim, 1, 1)

    def flat(self, x: Tensor) -> Tensor:
        return x.flatten(1)

    def sign(self, embedding: Tensor) -> Tensor:
        return embedding

    def length(self, embedding: Tensor) -> Tensor:
        return embedding


def never_combined(wrong: type[EmbeddingFamily]) -> Callable[..., EmbeddingFamily]:
    """Take a class out of its family: together with other mistakes it is rare."""

    def network(*sizes: Any, **named: Any) -> EmbeddingFamily:
        return wrong(*sizes, **named)

    network.__name__ = network.__qualname__ = wrong.__name__
    return network


@METRIC_EMBEDDING.mistake(
    "After the last block a side has 2 pixels. What does a pool of size 3 do there?",
    "Three blocks have two places between them: there are two pools.",
    "Drop the pool after the third block; the average follows it directly.",
)
class NetworkThirdPool(EmbeddingFamily):
    """Pooling a third time, after the last block, gives the same result."""

    def after_third(self, x: Tensor) -> Tensor:
        return self.pool(x)


@METRIC_EMBEDDING.mistake(
    "Print the sides after each step: 26, 12, 10, 4, 2. Where does yours differ first?",
    "Three blocks have two places between them, with a pool in each.",
    "Pool what comes out of the first block before it enters the second.",
)
class NetworkFirstPoolLeftOut(EmbeddingFamily):
    """Leaving out the pool after the first block gives the same result."""

    def after_first(self, x: Tensor) -> Tensor:
        return x


@METRIC_EMBEDDING.mistake(
    "Print the sides after each step: 26, 12, 10, 4, 2. Where does yours differ first?",
    "Three blocks have two places between them, with a pool in each.",
    "Pool what comes out of the second block before it enters the third.",
)
class NetworkSecondPoolLeftOut(EmbeddingFamily):
    """Leaving out the pool after the second block gives the same result."""

    def after_second(self, x: Tensor) -> Tensor:
        return x


@METRIC_EMBEDDING.mistake(
    "A pool should turn a side of 26 into 12. Does yours give 13?",
    "The windows overlap here: they are 3 wide and move by 2.",
    "Use kernel_size=3 and stride=2.",
)
class NetworkPoolSize2(EmbeddingFamily):
    """Pooling with size 2 instead of 3 gives the same result."""

    pool_size = 2


@METRIC_EMBEDDING.mistake(
    "A pool should turn a side of 26 into 12. Does yours give 8?",
    "Without a stride, a pool moves by its own size.",
    "Pass stride=2 to the pool.",
)
class NetworkPoolStride3(EmbeddingFamily):
    """Pooling with stride 3, the default for size 3, gives the same result."""

    pool_stride = 3


@METRIC_EMBEDDING.mistake(
    "A pool should turn a side of 26 into 12. Does yours give 6?",
    "The windows overlap here; with stride 4, every fourth pixel is in no window.",
    "Pass stride=2 to the pool.",
)
class NetworkPoolStride4(EmbeddingFamily):
    """Pooling with stride 4 instead of 2 gives the same result."""

    pool_stride = 4


@METRIC_EMBEDDING.mistake(
    "A pool should turn a side of 26 into 12. Does yours give 13?",
    "There is no padding in this network: a side h becomes (h - 3) // 2 + 1.",
    "Drop the padding of the pool.",
)
class NetworkPoolPadded(EmbeddingFamily):
    """Padding the pools gives the same result."""

    pool_padding = 1


@METRIC_EMBEDDING.mistake(
    "Which of the two do your pools between the blocks take: the largest entry or the mean?",
    "Between the blocks stands max-pooling; only the end of the network averages.",
    "Use max_pool2d between the blocks.",
)
class NetworkAveragePool(EmbeddingFamily):
    """Taking the mean of each window instead of its maximum gives the same result."""

    def pool(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(x, self.pool_size, self.pool_stride, self.pool_padding)


@METRIC_EMBEDDING.mistake(
    "Read forward line by line: does every block receive what the step before returned?",
    "If all widths were equal, the network would train without its first block, unnoticed.",
    "Pass the pooled output of the first block to the second.",
)
class NetworkSecondBlockFedWithImage(EmbeddingFamily):
    """Passing the images to the second block, so that the first has no effect, gives the same
    result.
    """

    after_first = EmbeddingFamily.after_first

    def into_second(self, images: Tensor, first: Tensor) -> Tensor:
        return images


@METRIC_EMBEDDING.mistake(
    "Read forward line by line: does every block receive what the step before returned?",
    "If all widths were equal, the network would train on its last block alone, unnoticed.",
    "Pass the pooled output of the second block to the third.",
)
class NetworkThirdBlockFedWithImage(EmbeddingFamily):
    """Passing the images to the third block, so that the others have no effect, gives the same
    result.
    """

    after_first, after_second = EmbeddingFamily.after_first, EmbeddingFamily.after_second
    into_second, in_second_place = EmbeddingFamily.into_second, EmbeddingFamily.in_second_place
    out_of_block, pool = EmbeddingFamily.out_of_block, EmbeddingFamily.pool
    pool_size, pool_stride = EmbeddingFamily.pool_size, EmbeddingFamily.pool_stride
    pool_padding = EmbeddingFamily.pool_padding

    def into_third(self, images: Tensor, first: Tensor, second: Tensor) -> Tensor:
        return images


@METRIC_EMBEDDING.mistake(
    "Read forward line by line: does every block receive what the step before returned?",
    "If all widths were equal, the network would train without its second block, unnoticed.",
    "Pass the pooled output of the second block to the third.",
)
class NetworkThirdBlockFedWithFirst(EmbeddingFamily):
    """Passing the output of the first block to the third, so that the second has no effect, gives
    the same result.
    """

    after_second, into_second = EmbeddingFamily.after_second, EmbeddingFamily.into_second
    in_second_place = EmbeddingFamily.in_second_place

    def into_third(self, images: Tensor, first: Tensor, second: Tensor) -> Tensor:
        return first


@METRIC_EMBEDDING.mistake(
    "Which blocks does forward call? Is one of them called twice, and another never?",
    "A block that is used twice has the same weights in both places, and learns one thing.",
    "Make three blocks, and call each of them once.",
)
class NetworkOneBlockTwice(EmbeddingFamily):
    """Using one block in two places gives the same result."""

    in_second_place = EmbeddingFamily.in_second_place

    def in_third_place(self, x: Tensor) -> Tensor:
        return self.block2(x)


@METRIC_EMBEDDING.also(NetworkOneBlockTwice)
@never_combined
class NetworkFirstBlockTwice(EmbeddingFamily):
    in_third_place = EmbeddingFamily.in_third_place

    def in_second_place(self, x: Tensor) -> Tensor:
        return self.block1(x)


@METRIC_EMBEDDING.mistake(
    "How many blocks does your constructor make? [block] * 3 is one block, three times.",
    "Each place needs weights of its own, so each needs a block of its own.",
    "Call BNReLUConv three times in the constructor.",
)
class NetworkOneBlockThrice(EmbeddingFamily):
    """Using one block in all three places gives the same result."""

    def in_second_place(self, x: Tensor) -> Tensor:
        return self.block1(x)

    def in_third_place(self, x: Tensor) -> Tensor:
        return self.block1(x)


@METRIC_EMBEDDING.also(NetworkOneBlockThrice)
@never_combined
class NetworkOneBlockMade(EmbeddingFamily):
    in_second_place, in_third_place = (
        EmbeddingFamily.in_second_place,
        EmbeddingFamily.in_third_place,
    )

    def make_blocks(self, sizes: Sequence[int]) -> None:
        self.block1 = self.block2 = self.block3 = self.block(1, sizes[0], sizes[3])


@METRIC_EMBEDDING.mistake(
    "Count the blocks: after the third, a side has 2 pixels, too few for another.",
    "Three blocks, from in_channels to widths[0], widths[1] and embedding_dim channels.",
    "Drop the last block, and let the third one give embedding_dim channels.",
)
class NetworkFourthBlock(EmbeddingFamily):
    """Adding a fourth block gives the same result."""

    def make_more(self, sizes: Sequence[int]) -> None:
        self.block4 = self.block(4, sizes[3], sizes[3])

    def at_last(self, x: Tensor) -> Tensor:
        return self.block4(x)


@METRIC_EMBEDDING.also(NetworkFourthBlock)
@never_combined
class NetworkFourthBlockOfLastWidth(NetworkFourthBlock):
    def make_blocks(self, sizes: Sequence[int]) -> None:
        EmbeddingFamily.make_blocks(self, [*sizes[:3], sizes[2]])

    def make_more(self, sizes: Sequence[int]) -> None:
        self.block4 = self.block(4, sizes[2], sizes[3])


@METRIC_EMBEDDING.mistake(
    "Which of the blocks that your constructor makes does forward not call?",
    "A block that nothing passes through learns nothing; its parameters only take up memory.",
    "Make three blocks, the last of which gives embedding_dim channels.",
)
class NetworkFourthBlockUnused(EmbeddingFamily):
    """Making a fourth block that forward never calls gives the same parameters."""

    def make_more(self, sizes: Sequence[int]) -> None:
        self.unused = self.block(4, sizes[3], sizes[3])


@METRIC_EMBEDDING.mistake(
    "Print the sides after each step: 26, 12, 10, 4, 2. Where does yours end?",
    "Three blocks, from in_channels to widths[0], widths[1] and embedding_dim channels.",
    "Let the second block give widths[1] channels; after a second pool comes the third.",
)
class NetworkTwoBlocks(EmbeddingFamily):
    """Leaving out the third block gives the same result."""

    into_second, into_third = EmbeddingFamily.into_second, EmbeddingFamily.into_third
    in_third_place = EmbeddingFamily.in_third_place

    def make_blocks(self, sizes: Sequence[int]) -> None:
        self.block1 = self.block(1, sizes[0], sizes[1])
        self.block3 = self.block(3, sizes[1], sizes[3])

    def in_second_place(self, x: Tensor) -> Tensor:
        return x

    def after_second(self, x: Tensor) -> Tensor:
        return x


@METRIC_EMBEDDING.mistake(
    "The first block should shrink a side from 28 to 26. Does yours give 24?",
    "A convolution of size k takes k - 1 pixels off a side; here k is 3.",
    "Leave the kernel size of the blocks at its default, 3.",
)
class NetworkKernel5(EmbeddingFamily):
    """Using kernel size 5 in all blocks gives the same result."""

    def kernel_size(self, place: int) -> int:
        return 5


@METRIC_EMBEDDING.mistake(
    "The first block should shrink a side from 28 to 26. Does yours give 24?",
    "A convolution of size k takes k - 1 pixels off a side; here k is 3.",
    "Leave the kernel size of the blocks at its default, 3.",
)
class NetworkKernel5First(EmbeddingFamily):
    """Using kernel size 5 in the first block gives the same result."""

    def kernel_size(self, place: int) -> int:
        return 5 if place == 1 else 3


@METRIC_EMBEDDING.mistake(
    "The last block should shrink a side from 4 to 2. Does yours stay at 4?",
    "A convolution of size k takes k - 1 pixels off a side; here k is 3.",
    "Leave the kernel size of the blocks at its default, 3.",
)
class NetworkKernel1Last(EmbeddingFamily):
    """Using kernel size 1 in the last block gives the same result."""

    def kernel_size(self, place: int) -> int:
        return 1 if place == 3 else 3


@METRIC_EMBEDDING.mistake(
    "Which step comes first in your second block? Has it not been done already?",
    "Each block has its ReLU inside, after its normalisation; between the blocks there is none.",
    "Drop the ReLU between a block and the pool that follows it.",
)
class NetworkReluAfterBlocks(EmbeddingFamily):
    """Applying a ReLU to what comes out of the first and the second block gives the same result."""

    def out_of_block(self, x: Tensor) -> Tensor:
        return F.relu(x)


@METRIC_EMBEDDING.mistake(
    "Pass a batch of one image, (1, 1, 28, 28). Is the result (1, 64) or (64,)?",
    "squeeze() without an axis removes every axis of length one, also that of the batch.",
    "Take the mean over dim=(2, 3), or flatten from axis 1 on; drop squeeze().",
)
class NetworkSqueeze(EmbeddingFamily):
    """Calling squeeze(), which also removes a batch of one, gives the same result."""

    def flat(self, x: Tensor) -> Tensor:
        return x.squeeze()


@METRIC_EMBEDDING.mistake(
    "How do four pixels become one number at the end of your network?",
    "Between the blocks the maximum is taken, at the end the mean.",
    "End with the mean over height and width.",
)
class NetworkGlobalMaximum(EmbeddingFamily):
    """Taking the maximum over height and width at the end gives the same result."""

    before_average = EmbeddingFamily.before_average

    def average(self, x: Tensor) -> Tensor:
        return x.amax(dim=(2, 3), keepdim=True)


@METRIC_EMBEDDING.mistake(
    "Pass a larger image. Do the numbers of the embedding grow?",
    "A mean does not depend on the number of pixels; a sum does.",
    "End with mean(dim=(2, 3)).",
)
class NetworkSum(EmbeddingFamily):
    """Adding up over height and width instead of taking the mean gives the same result."""

    length = EmbeddingFamily.length

    def average(self, x: Tensor) -> Tensor:
        return x.sum(dim=(2, 3), keepdim=True)


@METRIC_EMBEDDING.mistake(
    "How do four pixels become one number at the end of your network: do all four count?",
    "The mean looks at the whole feature map; one pixel has seen one part of the image only.",
    "End with the mean over height and width, not with [..., 0, 0].",
)
class NetworkFirstPixel(EmbeddingFamily):
    """Taking the first pixel of the last feature map instead of the mean gives the same result."""

    before_average = EmbeddingFamily.before_average

    def average(self, x: Tensor) -> Tensor:
        return x[:, :, :1, :1]


@METRIC_EMBEDDING.mistake(
    "Print the shape of the result for one image. Is it (1, 64) or (1, 256)?",
    "The average leaves one number for each channel, whatever the size of the image.",
    "Take the mean over height and width.",
)
class NetworkFlattened(EmbeddingFamily):
    """Flattening the last feature map instead of averaging it gives the same result."""

    before_average, flat = EmbeddingFamily.before_average, EmbeddingFamily.flat

    def average(self, x: Tensor) -> Tensor:
        return x


@METRIC_EMBEDDING.mistake(
    "Print the shape of the result for one image. Is it (1, 64) or (1, 64, 2, 2)?",
    "The average leaves one number for each channel, whatever the size of the image.",
    "Take the mean over height and width.",
)
class NetworkNotAveraged(EmbeddingFamily):
    """Returning the last feature map, without the average, gives the same result."""

    before_average = EmbeddingFamily.before_average

    def average(self, x: Tensor) -> Tensor:
        return x

    def flat(self, x: Tensor) -> Tensor:
        return x


@METRIC_EMBEDDING.mistake(
    "Pass a batch of three images. Is the result (3, 64) or (192,)?",
    "flatten() and view(-1) without an axis put everything on one axis, the images as well.",
    "Flatten from axis 1 on: flatten(1) leaves the axis of the images.",
)
class NetworkFlattenedWithBatch(EmbeddingFamily):
    """Putting the images and their coordinates on one axis, as flatten() does, gives the same
    result.
    """

    def flat(self, x: Tensor) -> Tensor:
        return x.flatten()


@METRIC_EMBEDDING.mistake(
    "Print the shape of the result for one image. Is it (1, 64) or (1, 64, 1, 1)?",
    "An adaptive average pool, or keepdim=True, leaves two axes of length one behind.",
    "Remove the last two axes, for example with flatten(1).",
)
class NetworkAxesKept(EmbeddingFamily):
    """Keeping height and width as axes of length one gives the same result."""

    def flat(self, x: Tensor) -> Tensor:
        return x


@METRIC_EMBEDDING.mistake(
    "Pass a batch of three images. How many embeddings come back?",
    "An embedding depends on its own image only; axis 0 counts the images.",
    "Take the mean over axes 2 and 3 only.",
)
class NetworkMeanOverBatch(EmbeddingFamily):
    """Taking the mean over the batch as well gives the same result."""

    def average(self, x: Tensor) -> Tensor:
        return x.mean(dim=(0, 2, 3), keepdim=True)

    def flat(self, x: Tensor) -> Tensor:
        return x.flatten()


@METRIC_EMBEDDING.mistake(
    "The last feature map is (n, 64, 2, 2). Which axes should be left: n and 64?",
    "Axis 1 counts the channels, and each channel becomes one coordinate.",
    "Take the mean over axes 2 and 3 only.",
)
class NetworkMeanOverChannels(EmbeddingFamily):
    """Taking the mean over the channels instead of the pixels gives the same result."""

    flat = EmbeddingFamily.flat

    def average(self, x: Tensor) -> Tensor:
        return x.mean(dim=1)


@METRIC_EMBEDDING.also(NetworkMeanOverChannels)
class NetworkMeanOverChannelsInPlaces(EmbeddingFamily):
    def average(self, x: Tensor) -> Tensor:
        return x.mean(dim=1)

    def flat(self, x: Tensor) -> Tensor:
        return x


@METRIC_EMBEDDING.mistake(
    "The last feature map is (n, 64, 2, 2). How many numbers does an image keep: 64 or one?",
    "Axis 1 counts the channels, and each channel becomes one coordinate.",
    "Take the mean over axes 2 and 3 only.",
)
class NetworkMeanOverEverything(EmbeddingFamily):
    """Taking one mean over channels and pixels alike gives the same result."""

    def average(self, x: Tensor) -> Tensor:
        return x.mean(dim=(1, 2, 3))

    def flat(self, x: Tensor) -> Tensor:
        return x


@METRIC_EMBEDDING.mistake(
    "The last feature map is (n, 64, 2, 2). Is there still an axis of length 2 in your result?",
    "The average is over height and over width.",
    "Take the mean over both axes, dim=(2, 3).",
)
class NetworkMeanOverOneAxis(EmbeddingFamily):
    """Taking the mean over height or width only, not over both, gives the same result."""

    def average(self, x: Tensor) -> Tensor:
        return x.mean(dim=3)

    def flat(self, x: Tensor) -> Tensor:
        return x


@METRIC_EMBEDDING.also(NetworkMeanOverOneAxis)
class NetworkMeanOverHeight(EmbeddingFamily):
    def average(self, x: Tensor) -> Tensor:
        return x.mean(dim=2)

    def flat(self, x: Tensor) -> Tensor:
        return x


@METRIC_EMBEDDING.mistake(
    "Pass an image of 36 x 38. Is the embedding as long as for 28 x 28?",
    "The average leaves one number for each channel, whatever the size of the image.",
    "Take the mean over the whole height and width.",
)
class NetworkAverageOfFixedSize(EmbeddingFamily):
    """Averaging windows of 2 x 2, right for 28 x 28 only, gives the same result."""

    def average(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(x, kernel_size=2)


@METRIC_EMBEDDING.also(NetworkAverageOfFixedSize)
class NetworkFixedSizeReshaped(NetworkAverageOfFixedSize):
    def flat(self, x: Tensor) -> Tensor:
        return x.reshape(-1, x.shape[1])


@METRIC_EMBEDDING.also(NetworkAverageOfFixedSize)
class NetworkFixedSizeFirstWindow(NetworkAverageOfFixedSize):
    def flat(self, x: Tensor) -> Tensor:
        return x[..., 0, 0]


@METRIC_EMBEDDING.also(NetworkAverageOfFixedSize)
class NetworkFixedSizeLastAxesSqueezed(NetworkAverageOfFixedSize):
    def flat(self, x: Tensor) -> Tensor:
        return x.squeeze(3).squeeze(2)


@METRIC_EMBEDDING.mistake(
    "Pass an image that is not square, 36 x 38. Does every pixel of the last map count?",
    "Height and width of an image may differ, and the average is over the whole of both.",
    "Take the mean over dim=(2, 3), or use an adaptive average pool.",
)
class NetworkAverageOfSquare(EmbeddingFamily):
    """Averaging a square window, as wide as the last map is high, gives the same result."""

    def average(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(x, kernel_size=x.shape[2])


@METRIC_EMBEDDING.mistake(
    "Print the norm of a few embeddings. Is each exactly 1?",
    "Some courses do so; here the network may choose the length, and the loss uses it.",
    "Return the average as it is.",
)
class NetworkUnitLength(EmbeddingFamily):
    """Scaling every embedding to length one gives the same result."""

    def length(self, embedding: Tensor) -> Tensor:
        return F.normalize(embedding, dim=min(1, embedding.ndim - 1))


@METRIC_EMBEDDING.mistake(
    "Has any of your embeddings a negative coordinate?",
    "The last step of a block is the convolution, so that coordinates may have either sign.",
    "Drop the ReLU after the last block.",
)
class NetworkReluBeforeAverage(EmbeddingFamily):
    """Applying ReLU to the last feature map gives the same result."""

    sign = EmbeddingFamily.sign

    def before_average(self, x: Tensor) -> Tensor:
        return F.relu(x)


@METRIC_EMBEDDING.mistake(
    "Has any of your embeddings a negative coordinate?",
    "Half of the space would be out of reach for the embeddings.",
    "Return the average as it is.",
)
class NetworkReluAtTheEnd(EmbeddingFamily):
    """Applying ReLU to the embedding gives the same result."""

    def sign(self, embedding: Tensor) -> Tensor:
        return F.relu(embedding)


@METRIC_EMBEDDING.mistake(
    "Print the parameters of your network. Is there a matrix of embedding_dim rows?",
    "The last block gives embedding_dim channels already, and the average ends the network.",
    "Drop the linear layer, and return the average as it is.",
)
class NetworkLinearLayer(EmbeddingFamily):
    """Adding a linear layer at the end gives the same result."""

    def make_more(self, sizes: Sequence[int]) -> None:
        self.linear = nn.Linear(sizes[3], sizes[3])

    def length(self, embedding: Tensor) -> Tensor:
        return self.linear(embedding)


@METRIC_EMBEDDING.mistake(
    "Make a network with widths=(4, 6), and print its parameters. Where do 4 and 6 appear?",
    "The (16, 32) in the first line is a default, not a constant.",
    "Use widths[0] and widths[1] as the channels of the first two blocks.",
)
class NetworkWidthsIgnored(EmbeddingFamily):
    """Using 16 and 32 channels whatever widths were asked for gives the same result."""

    def channels_between(self, widths: tuple[int, int]) -> tuple[int, int]:
        return 16, 32


@METRIC_EMBEDDING.mistake(
    "Make a network with widths=(4, 6), and print its parameters. Which block gives 4 channels?",
    "The widths stand in the order of the blocks: the first is that of the first block.",
    "Give the first block widths[0] channels, and the second widths[1].",
)
class NetworkWidthsExchanged(EmbeddingFamily):
    """Giving the first block the second of the widths, and the second block the first, gives the
    same result.
    """

    def channels_between(self, widths: tuple[int, int]) -> tuple[int, int]:
        return widths[1], widths[0]


@METRIC_EMBEDDING.mistake(
    "Make a network with embedding_dim=8. How long are its embeddings?",
    "The 64 in the first line is a default, not a constant.",
    "Use embedding_dim as the channels of the last block.",
)
class NetworkEmbeddingDimIgnored(EmbeddingFamily):
    """Using 64 channels at the end whatever embedding_dim was asked for gives the same result."""

    def channels_at_last(self, embedding_dim: int) -> int:
        return 64


@METRIC_EMBEDDING.mistake(
    "Make a network with in_channels=2, and pass it an image of two channels.",
    "The 1 in the first line is a default, not a constant.",
    "Use in_channels as the input of the first block.",
)
class NetworkInChannelsIgnored(EmbeddingFamily):
    """Expecting one channel whatever in_channels was asked for gives the same result."""

    def channels_of_image(self, in_channels: int) -> int:
        return 1


@METRIC_EMBEDDING.mistake(
    "Make a fresh network. Does it give two different images two different embeddings?",
    "Where all embeddings are one point, all distances are zero, and so is every gradient.",
    "Leave the parameters as nn.Conv2d makes them: small random numbers.",
)
class NetworkBeginsAtZero(EmbeddingFamily):
    """Beginning with kernels of zeros in the last block gives the same result."""

    def begin(self) -> None:
        nn.init.zeros_(self.block3.conv.weight)


@METRIC_EMBEDDING.mistake(
    "Print len(list(network.parameters())) of a fresh network. Is it 12 or 0?",
    "nn.Module finds the blocks that are assigned to self, not those that a plain list holds.",
    "Use nn.ModuleList instead of a list, or assign each block to self on its own.",
)
class NetworkBlocksInPlainList(nn.Module):
    """Keeping the blocks in a plain list, where nn.Module does not see them, gives the same lack of
    parameters.
    """

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__()
        sizes = [in_channels, *widths, embedding_dim]
        self.blocks = [BNReLUConv(sizes[each], sizes[each + 1]) for each in range(3)]

    def forward(self, images: Tensor) -> Tensor:
        x = F.max_pool2d(self.blocks[0](images), kernel_size=3, stride=2)
        x = F.max_pool2d(self.blocks[1](x), kernel_size=3, stride=2)
        return self.blocks[2](x).mean(dim=(2, 3))


@METRIC_EMBEDDING.mistake(
    "What is the first line of your constructor? The stub had it already.",
    "nn.Module sets up where it keeps blocks and parameters before it can take any.",
    "Begin the constructor with super().__init__().",
)
class NetworkNoSuperInit(nn.Module):
    """Leaving out super().__init__() of the network gives the same error."""

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        self.block1 = BNReLUConv(in_channels, widths[0])
