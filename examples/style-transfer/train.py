#!/usr/bin/env python3
"""Trains the network that paints, or a style of your own for the one that is there.

    python3 train.py --photos photos --styles paintings --features vgg19.pth --out out

    python3 train.py --photos photos --styles my-painting --features vgg19.pth --out out \\
        --own ../../cli/paint/style-network.safetensors

The first trains all weights, from nothing or from --start; each picture in --styles is a style, and
its file's name is the style's. The second keeps the convolutions as they are and trains the 1,952
numbers of one style, the weights and biases of the normalizations: `wasm-norm paint --style
out/NAME.safetensors` paints in it.

It runs on a GPU where PyTorch finds one, and else on all cores. It needs PyTorch from 1.13 on and
Pillow, and VGG19 by a path: torchvision's file, which is not part of this repository.
"""

import argparse
import json
import math
import os
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from PIL import Image

import checkpoint
from judge import CONTENT, Judge, read_features
from network import EPS, StyleNetwork
from pictures import Photographs, files_in, read, with_noise

WIDTHS, BLOCKS = (16, 32, 80), 5

# Steps over which the rate rises, and over which the moving average of the weights reaches back.
WARM_UP = 100
AVERAGED = 500

MOST_SKIPPED = 100


def main():
    options = parse()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(os.cpu_count())

    photographs = Photographs(files_in(options.photos), device)
    paths = files_in(options.styles)
    if options.own and len(paths) != 1:
        raise SystemExit(f"--styles: expected one picture for --own, got {len(paths)}")
    names = [path.stem for path in paths]
    paintings = [as_batch(read(path, options.stroke), device) for path in paths]
    features = fastest(read_features(options.features), device)
    judge = Judge(features, paintings)
    network = open_network(options, len(names)).to(device)
    print(f"{device}, VGG19 in {features.dtype}, {len(photographs.data)} photographs, {names}")

    pool = Pool(photographs, judge, options.pool, options.side)
    average = train(network, judge, pool, options)
    write(average, names, options)
    draw(network, average, photographs, options.out / "sheet.jpg")


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", required=True, help="a folder of photographs, some hundreds")
    parser.add_argument("--styles", required=True, help="a folder of paintings")
    parser.add_argument("--features", required=True, help="VGG19: .pth of torchvision, or .npz")
    parser.add_argument("--out", required=True, type=Path, help="the folder of results")
    parser.add_argument("--start", help="weights of all styles in float32 to go on from")
    parser.add_argument("--own", help="the network of which only a new style is trained")
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--steps", type=int, default=2**31, help="ends sooner, after so many")
    parser.add_argument("--side", type=int, default=256, help="the side of parts of photographs")
    parser.add_argument("--batch", type=int, default=4, help="parts in a step")
    parser.add_argument("--pool", type=int, default=1536, help="parts that are kept with content")
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--style-weight", type=float, default=12, help="of style beside content")
    parser.add_argument("--smooth", type=float, default=0.1, help="weight of total variation")
    parser.add_argument("--stroke", type=int, default=512, help="the longer side of paintings")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def as_batch(picture, device):
    return picture.to(device).float()[None] / 255


def fastest(features, device):
    """Moves the judge to a device, in bfloat16 if a convolution is faster in it there.

    A processor without instructions for it takes some twenty times as long.
    """
    seconds = {}
    for dtype in (torch.float32, torch.bfloat16):
        x = torch.rand(1, 64, 96, 96, device=device, dtype=dtype)
        x = x.contiguous(memory_format=torch.channels_last)
        weight = torch.rand(64, 64, 3, 3, device=device, dtype=dtype)
        times = []
        for _ in range(2):
            start = time.perf_counter()
            float(F.conv2d(x, weight).sum())
            times.append(time.perf_counter() - start)
        seconds[dtype] = min(times)
    return features.to(device).in_dtype(min(seconds, key=seconds.get))


def open_network(options, styles):
    """Makes a network, with the weights that training begins with."""
    network = StyleNetwork(styles, WIDTHS, BLOCKS)
    if options.start:
        network.load_state_dict(checkpoint.load(options.start)[0])
    if options.own:
        tensors, _ = checkpoint.load(options.own)
        # The new style begins as the mean of those that are there.
        mean = {k: v.mean(0, keepdim=True) if ".norm." in k else v for k, v in tensors.items()}
        network.load_state_dict(mean)
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(".norm." in name)
    return network


class Pool:
    """Parts of photographs with their content, which takes a third of a step to find."""

    def __init__(self, photographs, judge, count, side):
        parts, contents = [], []
        for first in range(0, count, 16):
            part = (photographs.parts(min(16, count - first), side) * 255).round().byte()
            parts.append(part)
            contents.append(judge.content_of(part.float() / 255))
        self.parts, self.contents = torch.cat(parts), torch.cat(contents)
        # Content is as far from that of any other photograph as this, squared.
        self.unit = 2 * self.contents[:512].float().var((0, 2, 3)).mean()

    def take(self, count):
        """Returns random parts as (count, 3, side, side) of 0 to 1, and their content."""
        which = torch.randint(len(self.parts), (count,), device=self.parts.device)
        return with_noise(self.parts[which].float() / 255), self.contents[which]


def train(network, judge, pool, options):
    """Trains a network, and returns the moving average of its weights, by name."""
    device = pool.parts.device
    learned = {n: p for n, p in network.named_parameters() if p.requires_grad}
    average = {name: value.detach().clone() for name, value in network.state_dict().items()}
    styles = len(judge.sizes[CONTENT])
    optimizer = torch.optim.Adam(learned.values(), options.rate)
    start = told = time.time()
    step = turn = skipped = 0
    errors = []
    while step < options.steps and (done := (time.time() - start) / options.seconds) < 1:
        for group in optimizer.param_groups:
            group["lr"] = options.rate * rate_at(step, done)
        which = (torch.arange(options.batch, device=device) + turn) % styles
        turn += options.batch
        photographs, contents = pool.take(options.batch)
        painted = network(photographs, F.one_hot(which, styles).float())
        content, style = judge(painted, which, contents, pool.unit)
        loss = (content + options.style_weight * style).mean()
        loss = loss + options.smooth * total_variation(painted)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        # One gradient that is not finite would spoil all weights for good.
        if not torch.isfinite(torch.nn.utils.clip_grad_norm_(learned.values(), 5)):
            skipped += 1
            if skipped > MOST_SKIPPED:
                raise SystemExit(f"{skipped} gradients were not finite: nothing was written")
            continue
        optimizer.step()
        step += 1
        with torch.no_grad():
            share = max(1 / AVERAGED, 20 / (step + 20))
            for name, value in learned.items():
                average[name].lerp_(value, share)
        errors.append(torch.stack([content.mean(), style.mean()]).detach())
        if time.time() - told > 60 or step == options.steps:
            content, style = torch.stack(errors).mean(0).tolist()
            seconds = time.time() - start
            print(f"{seconds:6.0f} s, step {step}: content {content:.3f}, style {style:.4f}")
            told, errors = time.time(), []
    print(f"{step} steps in {time.time() - start:.0f} s, {skipped} skipped")
    return average


def rate_at(step, done):
    """The share of the rate: it rises at first, and falls along a cosine to nearly nothing."""
    return min(1, (step + 1) / WARM_UP) * (0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2)


def total_variation(x):
    down = (x[:, :, 1:] - x[:, :, :-1]).abs().mean()
    return down + (x[:, :, :, 1:] - x[:, :, :, :-1]).abs().mean()


def write(average, names, options):
    """Writes a style of one's own, or the network in float32 to go on from and float16 to ship."""
    if options.own:
        rows = {name: value[0] for name, value in average.items() if ".norm." in name}
        path = options.out / f"{names[0]}.safetensors"
        checkpoint.save(path, rows, {"style": names[0]})
        return print(path)
    metadata = {"styles": json.dumps(names), "eps": str(EPS)}
    for name, dtype in (("style-network-float32", "F32"), ("style-network", "F16")):
        path = options.out / f"{name}.safetensors"
        checkpoint.save(path, average, metadata, dtype)
        print(path)


@torch.no_grad()
def draw(network, weights, photographs, path):
    """Draws a few parts of photographs, and below them what is made of them in each style."""
    network.load_state_dict(weights)
    styles = len(weights["down1.norm.weight"])
    parts = photographs.parts(4, 256)
    rows = [parts]
    for style in torch.eye(styles, device=parts.device):
        rows.append(network(parts, style.expand(len(parts), styles)))
    sheet = torch.cat([torch.cat(list(row), 2) for row in rows], 1)
    pixels = (sheet.permute(1, 2, 0).cpu() * 255).round().byte()
    Image.fromarray(pixels.numpy()).save(path, quality=88)
    print(path)


if __name__ == "__main__":
    main()
