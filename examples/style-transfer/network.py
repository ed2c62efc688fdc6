"""The network that paints: what cli/paint computes, as PyTorch modules that can be trained.

A style is nothing but a row of weights and biases in each instance normalization (Dumoulin, Shlens
and Kudlur, "A Learned Representation for Artistic Style", 2017).
"""

import torch
import torch.nn.functional as F
from torch import nn

EPS = 1e-5


class StyleNorm(nn.Module):
    """Instance normalization with a row of weights and of biases for each style."""

    def __init__(self, styles, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(styles, channels))
        self.bias = nn.Parameter(torch.zeros(styles, channels))

    def forward(self, x, blend):
        """blend: (pictures, styles), how much of each style a picture gets."""
        weight = (blend @ self.weight)[:, :, None, None]
        bias = (blend @ self.bias)[:, :, None, None]
        return torch.addcmul(bias, F.instance_norm(x, eps=EPS), weight)


def pad(x, size):
    return F.pad(x, [size] * 4, mode="reflect")


class Layer(nn.Module):
    """A convolution without bias, StyleNorm and ReLU."""

    def __init__(self, styles, inputs, outputs, size, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, bias=False)
        self.norm = StyleNorm(styles, outputs)

    def forward(self, x, blend):
        x = self.conv(pad(x, self.conv.kernel_size[0] // 2))
        return F.relu(self.norm(x, blend))


class Separable(nn.Module):
    """A 3x3 convolution inside each channel, one of 1x1 across them, and StyleNorm."""

    def __init__(self, styles, channels):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, groups=channels, bias=False)
        self.pointwise = nn.Conv2d(channels, channels, 1, bias=False)
        self.norm = StyleNorm(styles, channels)

    def forward(self, x, blend):
        return self.norm(self.pointwise(self.depthwise(pad(x, 1))), blend)


class Residual(nn.Module):
    def __init__(self, styles, channels):
        super().__init__()
        self.a = Separable(styles, channels)
        self.b = Separable(styles, channels)

    def forward(self, x, blend):
        return x + self.b(F.relu(self.a(x, blend)), blend)


class Colours(nn.Module):
    """A 9x9 convolution to red, green and blue.

    It is computed as one of 9x1 with 27 outputs, whose shifted sums are the 9x9 one: libraries are
    slow at three outputs, and this takes half the time on a CPU.
    """

    SIZE = 9

    def __init__(self, inputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, 3, self.SIZE)

    def forward(self, x):
        weight, bias = self.conv.weight, self.conv.bias
        tall = weight.permute(0, 3, 1, 2).reshape(3 * self.SIZE, -1, self.SIZE, 1)
        width = x.shape[3]
        parts = F.conv2d(pad(x, self.SIZE // 2), tall).unflatten(1, (3, self.SIZE))
        shifted = [parts[:, :, j, :, j : j + width] for j in range(self.SIZE)]
        return sum(shifted) + bias[:, None, None]


class StyleNetwork(nn.Module):
    """Takes and gives (pictures, 3, height, width), RGB of 0 to 1; both sides divisible by 4."""

    def __init__(self, styles, widths=(16, 32, 80), blocks=5):
        super().__init__()
        narrow, middle, wide = widths
        self.down1 = Layer(styles, 3, narrow, 9)
        self.down2 = Layer(styles, narrow, middle, 3, stride=2)
        self.down3 = Layer(styles, middle, wide, 3, stride=2)
        self.blocks = [f"res{i + 1}" for i in range(blocks)]
        for name in self.blocks:
            self.add_module(name, Residual(styles, wide))
        self.up1 = Layer(styles, wide, middle, 3)
        self.up2 = Layer(styles, middle, narrow, 3)
        self.out = Colours(narrow)

    def forward(self, x, blend):
        x = self.down1(2 * x - 1, blend)
        x = self.down2(x, blend)
        x = self.down3(x, blend)
        for name in self.blocks:
            x = self.get_submodule(name)(x, blend)
        x = self.up1(F.interpolate(x, scale_factor=2), blend)
        x = self.up2(F.interpolate(x, scale_factor=2), blend)
        return torch.sigmoid(self.out(x))

    def style_parameters(self):
        """The weights and biases of the normalizations, by name."""
        return {name: value for name, value in self.named_parameters() if ".norm." in name}
