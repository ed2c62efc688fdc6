"""What a painted photograph is judged by: its content and its style, in the eyes of VGG19.

The losses are those of Johnson, Alahi and Fei-Fei, "Perceptual Losses for Real-Time Style Transfer
and Super-Resolution" (2016).
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# VGG19 as far as it is used. A number is how many channels a convolution gives.
PLAN = [
    ("1_1", 64),
    ("1_2", 64),
    ("pool", None),
    ("2_1", 128),
    ("2_2", 128),
    ("pool", None),
    ("3_1", 256),
    ("3_2", 256),
    ("3_3", 256),
    ("3_4", 256),
    ("pool", None),
    ("4_1", 512),
]
CONTENT = "3_3"
STYLE = ("1_2", "2_2", "3_3", "4_1")

# Where torchvision's file has the convolutions of PLAN.
TORCHVISION = [0, 2, 5, 7, 10, 12, 14, 16, 19]


class Features(nn.Module):
    """The activations of VGG19, after ReLU, of pictures in RGB of 0 to 1.

    weights: (weight, bias) of each convolution, which takes RGB
    mean, scale: what is subtracted from red, green and blue, and what the rest is divided by
    """

    def __init__(self, weights, mean, scale, dtype=torch.float32):
        super().__init__()
        self.dtype = dtype
        for (name, _), (weight, bias) in zip(convolutions(), weights):
            weight = weight.to(dtype).contiguous(memory_format=torch.channels_last)
            self.register_buffer(f"weight{name}", weight)
            self.register_buffer(f"bias{name}", bias.to(dtype))
        self.register_buffer("mean", torch.as_tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("scale", torch.as_tensor(scale).view(1, 3, 1, 1))

    def in_dtype(self, dtype):
        """Returns the same features, computed in another dtype."""
        weights = [
            (self.get_buffer(f"weight{name}"), self.get_buffer(f"bias{name}"))
            for name, _ in convolutions()
        ]
        return Features(weights, self.mean, self.scale, dtype)

    def forward(self, x, last=STYLE[-1]):
        """The activations of all layers up to one, by name."""
        x = ((x - self.mean) / self.scale).to(self.dtype)
        x = x.contiguous(memory_format=torch.channels_last)
        found = {}
        for name, _ in PLAN:
            if name == "pool":
                x = F.max_pool2d(x, 2)
                continue
            weight, bias = self.get_buffer(f"weight{name}"), self.get_buffer(f"bias{name}")
            x = found[name] = F.relu(F.conv2d(x, weight, bias, padding=1))
            if name == last:
                return found
        raise ValueError(f"last: expected a layer of VGG19, got {last}")


def convolutions():
    return [(name, channels) for name, channels in PLAN if name != "pool"]


def read_features(path, dtype=torch.float32):
    """Reads VGG19: torchvision's file (.pth), or Keras' weights in a .npz, or 'random'."""
    if path == "random":
        return Features(random_weights(), [0.5] * 3, [0.25] * 3, dtype)
    if str(path).endswith(".npz"):
        data = np.load(path)

        def read(name, kind):
            block, conv = name.split("_")
            values = data[f"block{block}_conv{conv}.{kind}"].astype(np.float32)
            # These take blue, green and red.
            return torch.from_numpy(values[:, ::-1].copy() if values.shape[1:2] == (3,) else values)

        weights = [(read(name, "weight"), read(name, "bias")) for name, _ in convolutions()]
        mean = [value / 255 for value in (123.68, 116.779, 103.939)]
        return Features(weights, mean, [1 / 255] * 3, dtype)
    data = torch.load(path, map_location="cpu")
    weights = [(data[f"features.{i}.weight"], data[f"features.{i}.bias"]) for i in TORCHVISION]
    return Features(weights, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225], dtype)


def random_weights():
    """Weights that keep the size of what they are given: for tests, since they know nothing."""
    weights, inputs = [], 3
    for _, channels in convolutions():
        weight = torch.randn(channels, inputs, 3, 3) * (2 / (9 * inputs)) ** 0.5
        weights.append((weight, torch.zeros(channels)))
        inputs = channels
    return weights


def gram(x):
    """How strongly each two channels act together: (pictures, channels, channels)."""
    x = x.permute(0, 2, 3, 1).flatten(1, 2)
    return (x.transpose(1, 2) @ (x / x.shape[1])).float()


class Judge:
    """Errors of style and content in units that mean the same for every layer and style.

    The error of a layer's style is |G - G*|^2 / |G*|^2, of Gram matrices of the picture and of the
    painting. The error of the content is the mean squared difference of activations, divided by
    twice their variance over photographs: 0 is this photograph, 1 any other one.
    """

    def __init__(self, features, paintings):
        self.features = features
        with torch.no_grad():
            found = [features(painting) for painting in paintings]
            self.targets = {name: torch.cat([gram(each[name]) for each in found]) for name in STYLE}
        self.sizes = {name: grams.square().sum((1, 2)) for name, grams in self.targets.items()}

    @torch.no_grad()
    def content_of(self, photographs):
        return self.features(photographs, CONTENT)[CONTENT]

    def __call__(self, painted, styles, content, unit):
        """The errors of content and of style of each picture.

        styles: the number of the style of each picture
        content: what content_of gives of the photographs
        unit: twice the variance of content over photographs
        """
        found = self.features(painted)
        difference = found[CONTENT].float() - content.float()
        style = sum(
            (gram(found[name]) - self.targets[name][styles]).square().sum((1, 2))
            / self.sizes[name][styles]
            for name in STYLE
        )
        return difference.square().mean((1, 2, 3)) / unit, style / len(STYLE)
