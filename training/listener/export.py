"""Turns the listener's weights into what is shipped: ONNX in eight bits, and its table as JSON.

    python -m training.listener.export --weights listener.pt

Refuses to write a model that strays from the original on the messages it knows, then prints the hashes to pin in
``rag/red_flags/listener.py``.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import nn

from rag.network import FOLDER
from rag.red_flags.listener import PIECES, Listener
from training.export import EightBitWords, write_in_eight_bits
from training.listener.messages import Ear, messages
from training.listener.net import ListenerNet, loaded
from training.listener.train import alarms, word_pieces_of_minilm
from training.model import WIDTH, minilm_folder

LEAST_AGREEMENT = 0.99
CHECKED = 400
NAMES = ("listener.onnx", "listener.json")


def exported(weights: Path, folder: Path) -> ListenerNet:
    """Writes the eight-bit model, its table and the vocabulary into a folder; returns the original."""
    net, run = loaded(weights)
    small = copy.deepcopy(net)
    small.words = EightBitWords(small.words.weight.data)  # type: ignore[assignment]
    small.places = nn.Embedding(PIECES + 2, WIDTH, _weight=small.places.weight.data[: PIECES + 2].clone())
    example = (torch.ones(2, 9, dtype=torch.int64),)
    write_in_eight_bits(small, example, {"ids": ("rows", "pieces")}, ["said", "moved"], folder / NAMES[0])
    (folder / NAMES[1]).write_text(_table(run["rules"], run["weights"]), "utf-8")
    shutil.copy(minilm_folder() / "vocab.txt", folder / "vocab.txt")
    return net


def _table(rules: tuple[str, ...], weights: dict[str, float]) -> str:
    """The rules by number, and the words' weights."""
    return json.dumps({"rules": list(rules), "weights": dict(sorted(weights.items()))}, ensure_ascii=False, indent=0)


def agreement(net: ListenerNet, folder: Path) -> float:
    """Correlation of the alarms of original and shipped model, as logits, over some of the known messages."""
    said = messages()
    said = said[:: max(1, len(said) // CHECKED)]
    listener = Listener.load(folder, pinned={})
    ear = Ear(word_pieces_of_minilm(), listener.weights)
    heard = [listener.hear(ear.words(one.text)) for one in said]
    small = np.array([0.0 if one is None else np.log(one.alarm / (1 - one.alarm)) for one in heard])
    return float(np.corrcoef(small, alarms(net, said, ear))[0, 1])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        correlation = agreement(exported(given.weights, folder), folder)
        sizes = {name: (folder / name).stat().st_size for name in NAMES}
        sys.stdout.write(f"{sizes} bytes; alarms correlate {correlation:.4f}\n")
        if correlation < LEAST_AGREEMENT:
            sys.exit("not written: too far from the original")
        given.folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            shutil.copy(folder / name, given.folder / name)
            sys.stdout.write(f'    "{name}": "{hashlib.sha256((folder / name).read_bytes()).hexdigest()}",\n')


if __name__ == "__main__":
    main()
