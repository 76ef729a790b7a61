"""Turns a training run's weights into the shipped model: ONNX, eight bits, checked against the original.

    python -m training.export --weights reader.pt --data DIR

Weights become int8 per output channel, the word table int8 per row with one scale each; positions are cut to what a
window can hold. What flows into a line is first brought to like sizes, for eight bits hold one scale only. Refuses to
write a model that is too large or that disagrees with the original, then prints the hashes to pin.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from rag.network import FOLDER
from rag.reader import FILES, PLACES, OnnxReader, Window
from training.data import Item, held_out, load
from training.measure import TorchReader
from training.model import WIDTH, ReaderNet, loaded, minilm_folder
from training.windows import context

MOST_BYTES = 25_000_000
LEAST_AGREEMENT = 0.985
SMOOTHING, SHOWN, SHORT = 0.7, 50, 1200
"""How much of the inputs' unevenness goes over to the weights; how many questions show what flows, over passages of how
many characters at most."""


class EightBitWords(nn.Module):
    """The word table in a quarter of the space; a row is looked up, then scaled."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        scale = table.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("rows", torch.round(table / scale).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        """The rows, in single precision."""
        rows: Tensor = self.get_buffer("rows")[ids].float() * self.get_buffer("scale")[ids]
        return rows


class Smoothed(nn.Module):
    """A line whose inputs are scaled to like sizes and its weights the other way (SmoothQuant, Xiao et al. 2023)."""

    def __init__(self, line: nn.Linear, highest: Tensor) -> None:
        super().__init__()
        widest = line.weight.data.abs().amax(0).clamp(min=1e-5)
        scale = highest.clamp(min=1e-5) ** SMOOTHING / widest ** (1 - SMOOTHING)
        self.register_buffer("inverse", 1 / scale)
        self.line = nn.Linear(line.in_features, line.out_features)
        self.line.weight.data, self.line.bias.data = line.weight.data * scale, line.bias.data

    def forward(self, x: Tensor) -> Tensor:
        """What the line says, but for rounding."""
        said: Tensor = self.line(x * self.get_buffer("inverse"))
        return said


def smooth(net: ReaderNet, items: Sequence[Item]) -> None:
    """Replaces the lines of every layer, by the greatest values that flow into them when these items are read."""
    lines = {(layer, name): getattr(layer, name) for layer in net.layers for name in ("qkv", "out", "up", "down")}
    highest: dict[nn.Module, Tensor] = {}

    def note(line: nn.Module, given: tuple[Tensor, ...]) -> None:
        sizes = given[0].abs().amax((0, 1))
        highest[line] = torch.maximum(highest.get(line, sizes), sizes)

    hooks = [line.register_forward_pre_hook(note) for line in lines.values()]
    reader = TorchReader(net)
    for item in items:
        reader.read(item.question, [Window(context(item.passage), item.passage.sentences)])
    for hook in hooks:
        hook.remove()
    for (layer, name), line in lines.items():
        setattr(layer, name, Smoothed(line, highest[line]))


def learned(data: Path) -> list[Item]:
    """Some of the questions that the reader learned from, those whose passage is short enough to be read at once."""
    items = [i for i in load(data) if not held_out(i) and sum(map(len, i.passage.sentences)) < SHORT]
    return items[:: max(1, len(items) // SHOWN)]


def exported(weights: Path, folder: Path, items: Sequence[Item]) -> Path:
    """Writes the eight-bit model and the vocabulary into a folder."""
    net = loaded(weights)
    smooth(net, items)
    net.words = EightBitWords(net.words.weight.data)  # type: ignore[assignment]
    net.places = nn.Embedding(PLACES, WIDTH, _weight=net.places.weight.data[:PLACES].clone())
    example = (*(torch.ones(2, 9, dtype=torch.int64) for _ in range(3)), torch.arange(3))
    names = ["ids", "kinds", "owners", "slots"]
    rows, pieces, slots = (torch.export.Dim(name, min=1) for name in ("rows", "pieces", "count"))
    shapes = [{0: rows, 1: pieces}] * 3 + [{0: slots}]
    whole = folder / "whole.onnx"
    torch.onnx.export(
        net.eval(), example, whole, input_names=names, output_names=["answerable", "sentences"],
        dynamic_shapes=tuple(shapes), dynamo=True, external_data=False, verbose=False,
    )  # fmt: skip
    graph = onnx.load(whole)
    del graph.graph.value_info[:]  # the exporter's notes on shapes trip the quantiser
    onnx.save(graph, whole)
    quantize_dynamic(
        whole, folder / "reader.onnx", op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8
    )
    whole.unlink()
    shutil.copy(minilm_folder() / "vocab.txt", folder / "vocab.txt")
    return folder


def agreement(weights: Path, folder: Path, data: Path) -> tuple[float, float]:
    """Correlation of sentence logits, and share of windows with the same best sentence, on held-out questions."""
    items = [i for i in load(data) if held_out(i) and i.source in ("squad", "clapnq")][::4]
    original, small = TorchReader(loaded(weights)), OnnxReader(folder, pinned={})
    pairs = []
    for item in items:
        windows = [Window(context(item.passage), item.passage.sentences)]
        pairs.append([np.array(r.read(item.question, windows)[0].sentences) for r in (original, small)])
    same = float(np.mean([a.argmax() == b.argmax() for a, b in pairs]))
    left, right = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return float(np.corrcoef(left, right)[0, 1]), same


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = exported(given.weights, Path(temporary), learned(given.data))
        correlation, same = agreement(given.weights, folder, given.data)
        size = sum(path.stat().st_size for path in folder.iterdir())
        sys.stdout.write(
            f"{size:,} bytes; sentence logits correlate {correlation:.4f}; same best sentence {same:.3f}\n"
        )
        if size > MOST_BYTES or correlation < LEAST_AGREEMENT:
            sys.exit("not written: too large, or too far from the original")
        given.folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(folder / name, given.folder / name)
            sys.stdout.write(f'    "{name}": "{hashlib.sha256((folder / name).read_bytes()).hexdigest()}",\n')


if __name__ == "__main__":
    main()
