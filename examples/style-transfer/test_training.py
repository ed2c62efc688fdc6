"""Trains on two tiny photographs, judged by random weights: python3 -m unittest, in this folder."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import checkpoint
from judge import Judge, read_features
from network import EPS, StyleNetwork
from pictures import Photographs

HERE = Path(__file__).parent
SHIPPED = HERE / "../../cli/paint/style-network.safetensors"


def write_pictures(folder, names, side=64):
    """Writes pictures of waves, of another direction and colour each."""
    folder.mkdir()
    y, x = np.mgrid[:side, :side] / side
    for i, name in enumerate(names):
        wave = np.sin(20 * (x * (i + 1) + y))
        channels = [128 + 100 * wave * np.cos(i + c) for c in range(3)]
        Image.fromarray(np.stack(channels, 2).astype(np.uint8)).save(folder / f"{name}.png")
    return folder


class Training(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.photos = write_pictures(self.folder / "photos", ["a", "b"])
        torch.manual_seed(1)

    def train(self, styles, *options):
        command = [sys.executable, HERE / "train.py", "--photos", self.photos, "--styles", styles]
        command += ["--features", "random", "--out", self.folder / "out", "--side", "32"]
        command += ["--batch", "2", "--pool", "4", *options]
        done = subprocess.run(map(str, command), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_a_network_is_trained_and_written(self):
        styles = write_pictures(self.folder / "styles", ["one", "two"])
        said = self.train(styles, "--steps", "3")
        self.assertIn("3 steps", said)
        exact, metadata = checkpoint.load(self.folder / "out/style-network-float32.safetensors")
        self.assertEqual(metadata["styles"], '["one", "two"]')
        short, _ = checkpoint.load(self.folder / "out/style-network.safetensors")
        shipped, _ = checkpoint.load(SHIPPED)
        for name, tensor in exact.items():
            self.assertTrue(torch.equal(short[name], tensor.half().float()), name)
            rows = [2, *shipped[name].shape[1:]] if ".norm." in name else shipped[name].shape
            self.assertEqual(list(tensor.shape), list(rows), name)
        self.train(styles, "--steps", "1", "--start", self.folder / "out/style-network-float32.safetensors")

    def test_a_style_of_ones_own_is_only_weights_and_biases(self):
        styles = write_pictures(self.folder / "mine", ["mine"])
        self.train(styles, "--steps", "3", "--own", SHIPPED)
        style, metadata = checkpoint.load(self.folder / "out/mine.safetensors")
        self.assertEqual(metadata, {"style": "mine"})
        self.assertEqual(sum(tensor.numel() for tensor in style.values()), 1952)
        shipped, _ = checkpoint.load(SHIPPED)
        for name, tensor in style.items():
            self.assertEqual(tensor.shape, shipped[name].shape[1:])
            self.assertFalse(torch.equal(tensor, shipped[name].mean(0)), name)

    def test_training_nears_the_style(self):
        styles = write_pictures(self.folder / "mine", ["mine"])
        few = self.train(styles, "--steps", "2", "--own", SHIPPED, "--rate", "0.05")
        many = self.train(styles, "--steps", "40", "--own", SHIPPED, "--rate", "0.05")
        style = [float(said.split("style ")[1].split()[0]) for said in (few, many)]
        # The second is a mean over all steps, the first ones included.
        self.assertLess(style[1], 0.9 * style[0])


class Pictures(unittest.TestCase):
    def test_a_flat_part_is_left_for_a_livelier_one(self):
        with tempfile.TemporaryDirectory() as name:
            folder = write_pictures(Path(name) / "photos", ["waves"])
            Image.new("RGB", (64, 64), (90, 120, 200)).save(folder / "sky.png")
            parts = Photographs(sorted(folder.iterdir()), "cpu").parts(64, 32)
        flat = (parts.std((1, 2, 3)) < 0.12).float().mean().item()
        # Half of all parts are of the sky, so a quarter of pairs are.
        self.assertLess(flat, 0.4)
        self.assertGreater(float(parts.std((2, 3)).min()), 0.005)  # the noise


class FlatParts(unittest.TestCase):
    def test_a_flat_part_multiplies_the_gradient_by_one_over_the_root_of_eps(self):
        x = torch.full((1, 1, 8, 8), 0.3, requires_grad=True)
        gradient = torch.zeros(1, 1, 8, 8)
        gradient[0, 0, 0, 0] = 1
        torch.nn.functional.instance_norm(x, eps=EPS).backward(gradient)
        self.assertAlmostEqual(float(x.grad[0, 0, 0, 0]), (1 - 1 / 64) / EPS**0.5, delta=0.01)

    def test_a_network_has_no_finite_gradient_there_and_has_with_noise(self):
        network = StyleNetwork(8)
        network.load_state_dict(checkpoint.load(SHIPPED)[0])
        judge = Judge(read_features("random"), [torch.rand(1, 3, 64, 64)])
        norms = []
        for noise in (0, 0.01):
            x = torch.full((1, 3, 64, 64), 0.2) + noise * torch.randn(1, 3, 64, 64)
            network.zero_grad()
            painted = network(x, torch.eye(8)[:1])
            content, style = judge(painted, torch.tensor([0]), judge.content_of(x), 1)
            (content + style).sum().backward()
            norms.append(float(torch.nn.utils.clip_grad_norm_(network.parameters(), 1e30)))
        self.assertTrue(norms[0] > 1e6 * norms[1] or not np.isfinite(norms[0]), norms)
        self.assertTrue(np.isfinite(norms[1]))


class Files(unittest.TestCase):
    def test_a_number_that_is_not_finite_is_not_written(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file.safetensors"
            with self.assertRaisesRegex(ValueError, "a: expected finite numbers"):
                checkpoint.save(path, {"a": torch.tensor([1.0, float("nan")])}, {})
            self.assertEqual(list(Path(folder).iterdir()), [])


if __name__ == "__main__":
    unittest.main()
