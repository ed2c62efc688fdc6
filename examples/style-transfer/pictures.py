"""Photographs and paintings, and the parts of photographs that a network is trained on."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

# Photographs are kept at no more than so many pixels a side.
SIDE = 560


def files_in(folder):
    """The pictures of a folder, in the order of their names."""
    kinds = {".jpg", ".jpeg", ".png"}
    return sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in kinds)


def read(path, most=None, multiple=1):
    """Reads a picture as (3, height, width) of uint8.

    most: the longer side that it is reduced to, if it is longer
    multiple: what both sides are rounded to a multiple of
    """
    picture = Image.open(path).convert("RGB")
    scale = min(1, (most or max(picture.size)) / max(picture.size))
    size = [max(multiple, round(side * scale / multiple) * multiple) for side in picture.size]
    if tuple(size) != picture.size:
        picture = picture.resize(size, Image.LANCZOS)
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)


class Photographs:
    """All photographs of a folder, and random square parts of them."""

    def __init__(self, paths, device):
        pictures = [read(path, SIDE) for path in paths]
        self.data = torch.zeros(len(pictures), 3, SIDE, SIDE, dtype=torch.uint8)
        for slot, picture in zip(self.data, pictures):
            slot[:, : picture.shape[1], : picture.shape[2]] = picture
        self.data = self.data.to(device)
        self.sizes = torch.tensor([picture.shape[1:] for picture in pictures]).float().to(device)

    def parts(self, count, side):
        """Returns parts, scaled, mirrored and recoloured at random: (count, 3, side, side) of 0 to 1.

        Where a part is of one colour every channel is constant, and on the way back each of 15
        instance normalizations multiplies the gradient by 1 / sqrt(eps) = 316, which overflows
        float32. So the livelier of each two parts is taken, and it gets a little noise.
        """
        first, second = self._any_parts(2 * count, side).chunk(2)
        is_livelier = first.std((1, 2, 3)) > second.std((1, 2, 3))
        return with_noise(torch.where(is_livelier[:, None, None, None], first, second))

    def _any_parts(self, count, side):
        device = self.data.device
        random = lambda: torch.rand(count, device=device)
        which = torch.randint(len(self.data), (count,), device=device)
        sizes = self.sizes[which]
        most = sizes.amin(1)
        least = most.clamp(max=0.65 * side)
        length = least + (most - least) * random()
        centre = length[:, None] / 2 + torch.stack([random(), random()], 1) * (sizes - length[:, None])
        mirror = torch.randint(2, (count,), device=device) * 2 - 1
        grid = torch.zeros(count, 2, 3, device=device)
        grid[:, 0, 0] = mirror * length / SIDE
        grid[:, 1, 1] = length / SIDE
        grid[:, :, 2] = 2 * centre.flip(1) / SIDE - 1
        grid = F.affine_grid(grid, (count, 3, side, side), align_corners=False)
        photographs = self.data[which].float() / 255
        parts = F.grid_sample(photographs, grid, padding_mode="border", align_corners=False)
        normal = lambda channels: torch.randn(count, channels, 1, 1, device=device)
        gain = 1 + 0.15 * normal(1) + 0.06 * normal(3)
        return ((parts - 0.5) * gain + 0.5 + 0.06 * normal(1)).clamp(0, 1)


def with_noise(pictures):
    return (pictures + 0.01 * torch.randn_like(pictures)).clamp(0, 1)
