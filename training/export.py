"""Turns a training run's weights into the shipped model: ONNX, eight bits, checked against the original.

    python -m training.export --weights reader.pt --data DIR

Weights become int8 per output channel, but for the few inputs that swing widest (``outliers``); the word table int8 per
row with one scale each; positions are cut to what a window can hold. A look is read alone (``rag.reader``), so nothing
is masked. Refuses to write a model that is too large or disagrees with the original, then prints the hashes to pin.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from rag.network import FOLDER
from rag.reader import FILES, PLACES, WINDOW_PIECES, OnnxReader, Window, lay_out
from training.articles import own
from training.data import Item, held_out, load
from training.examples import Pieces, context
from training.measure import TorchReader
from training.model import loaded, minilm_folder
from training.outliers import split

MOST_BYTES = 25_000_000
LEAST_AGREEMENT = 0.998
FEW = 32


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


def exported(weights: Path, folder: Path, items: Sequence[Item]) -> Path:
    """Writes the eight-bit model and the vocabulary into a folder. Some of the items show what swings widest."""
    net = split(loaded(weights), items)
    net.padded = False
    net.words = EightBitWords(net.words.weight.data)  # type: ignore[assignment]
    net.places = nn.Embedding(PLACES, net.places.embedding_dim, _weight=net.places.weight.data[:PLACES].clone())
    example = (*(torch.ones(2, 9, dtype=torch.int64) for _ in range(3)), torch.arange(3))
    inputs = {"ids": ("rows", "pieces"), "kinds": ("rows", "pieces"), "owners": ("rows", "pieces"), "slots": ("count",)}
    write_in_eight_bits(net, example, inputs, ["answerable", "sentences"], folder / "reader.onnx")
    shutil.copy(minilm_folder() / "vocab.txt", folder / "vocab.txt")
    return folder


def write_in_eight_bits(
    net: nn.Module,
    example: tuple[Tensor, ...],
    inputs: Mapping[str, tuple[str, ...]],
    outputs: Sequence[str],
    path: Path,
) -> None:
    """The network as ONNX, its products in eight bits; every axis of the inputs is named, and of any length."""
    axes = {name: torch.export.Dim(name, min=1) for named in inputs.values() for name in named}
    shapes = tuple({at: axes[name] for at, name in enumerate(named)} for named in inputs.values())
    whole = path.with_name("whole.onnx")
    torch.onnx.export(
        net.eval(), example, whole, input_names=list(inputs), output_names=outputs,
        dynamic_shapes=shapes, dynamo=True, external_data=False, verbose=False,
    )  # fmt: skip
    graph = onnx.load(whole)
    del graph.graph.value_info[:]  # the exporter's notes on shapes trip the quantiser
    for noted in (graph, graph.graph, *graph.graph.node):
        del noted.metadata_props[:]  # where in whose folder each line of source stood
    onnx.save(graph, whole)
    quantize_dynamic(
        whole, path, op_types_to_quantize=["MatMul"], nodes_to_exclude=small(graph.graph),
        per_channel=True, weight_type=QuantType.QInt8,
    )  # fmt: skip
    whole.unlink()


def small(graph: onnx.GraphProto) -> list[str]:
    """The products by a few rows or columns: they cost so little that they stay in full precision."""
    few = {held.name for held in graph.initializer if len(held.dims) == 2 and min(held.dims) <= FEW}
    return [node.name for node in graph.node if node.op_type == "MatMul" and few.intersection(node.input)]


def agreement(weights: Path, folder: Path, items: Sequence[Item]) -> tuple[float, float, float]:
    """Correlation of sentence logits, their root mean square error, and the share of windows with the same best one."""
    original, small = TorchReader(loaded(weights)), OnnxReader(folder, pinned={})
    pairs = []
    for item in items:
        windows = [Window(context(item.passage), item.passage.sentences)]
        pairs.append([np.array(r.read(item.question, windows)[0].sentences) for r in (original, small)])
    same = float(np.mean([a.argmax() == b.argmax() for a, b in pairs]))
    left, right = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return float(np.corrcoef(left, right)[0, 1]), float(np.sqrt(np.mean((left - right) ** 2))), same


def read_at_once(items: Sequence[Item]) -> list[Item]:
    """The items that are one look: longer ones are read in parts once exported, and say nothing of eight bits."""
    pieces, found = Pieces(), []
    for item in items:
        sentences = [pieces.ids(sentence) for sentence in item.passage.sentences]
        if len(lay_out(pieces.ids(item.question), pieces.ids(context(item.passage)), sentences).ids) <= WINDOW_PIECES:
            found.append(item)
    return found


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args()
    items = [*own(), *load(given.data)]
    unseen = read_at_once([i for i in items if held_out(i) and i.source in ("squad", "clapnq")][::4])
    with tempfile.TemporaryDirectory() as temporary:
        folder = exported(given.weights, Path(temporary), [i for i in items if not held_out(i)])
        correlation, error, same = agreement(given.weights, folder, unseen)
        size = sum(path.stat().st_size for path in folder.iterdir())
        sys.stdout.write(
            f"{size:,} bytes; sentence logits correlate {correlation:.4f}, error {error:.2f}; "
            f"same best sentence {same:.3f} (n = {len(unseen)})\n"
        )
        if size > MOST_BYTES or correlation < LEAST_AGREEMENT:
            sys.exit("not written: too large, or too far from the original")
        given.folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(folder / name, given.folder / name)
            sys.stdout.write(f'    "{name}": "{hashlib.sha256((folder / name).read_bytes()).hexdigest()}",\n')


if __name__ == "__main__":
    main()
