"""MPNet's weights as a network to train teachers from: twice as deep and wide as the reader, and never shipped.

Takes the weights of all-mpnet-base-v2 (Apache-2.0), refused unless they are the hub's own. Its word pieces are those of
MiniLM in another order, so its rows are put in MiniLM's order and everything else reads the same windows.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from rag.reader import CLS, PAD, SEP
from training.model import MPNET, ReaderNet

SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
MARKS = {CLS: 0, PAD: 1, SEP: 2}  # pieces that stand for no text, and MPNet's for them
FIRST_WORD = 4  # MPNet's row of MiniLM's first piece; all others follow in the same order
FIRST_PLACE = 2

_NAMES = {
    "out": "attention.attn.o",
    "norm1": "attention.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "norm2": "output.LayerNorm",
}


def from_mpnet(weights: Path) -> ReaderNet:
    """The wide network with MPNet's weights; its heads start small, and it does not yet tell question from text."""
    if (digest := hashlib.sha256(weights.read_bytes()).hexdigest()) != SHA256:
        raise SystemExit(f"{weights}: sha256 {digest[:12]}… is not all-mpnet-base-v2's {SHA256[:12]}…; fetch it again")
    given = load_file(weights)
    net = ReaderNet(MPNET)
    net.load_state_dict({name: renamed(name, given, tensor) for name, tensor in net.state_dict().items()})
    return net.with_small_heads()


def renamed(name: str, given: dict[str, Tensor], unset: Tensor) -> Tensor:
    """What MPNet has for a weight of the network, by our name; the weight as it is where MPNet has none."""
    part, *path = name.split(".")
    match part:
        case "words":
            return in_order(given["embeddings.word_embeddings.weight"])
        case "places":
            return given["embeddings.position_embeddings.weight"][FIRST_PLACE:]
        case "kinds":
            return torch.zeros_like(unset)
        case "norm":
            return given[f"embeddings.LayerNorm.{path[0]}"]
        case "distances":
            return given["encoder.relative_attention_bias.weight"]
        case "layers":
            return _layer_weight(path, given)
    return unset


def in_order(table: Tensor) -> Tensor:
    """MPNet's rows (30527, width) as MiniLM counts pieces (30522, width)."""
    rows = table[FIRST_WORD:-1].clone()
    for piece, row in MARKS.items():
        rows[piece] = table[row]
    return rows


def _layer_weight(path: list[str], given: dict[str, Tensor]) -> Tensor:
    layer, name, kind = path
    stem = f"encoder.layer.{layer}."
    if name == "qkv":
        return torch.cat([given[f"{stem}attention.attn.{one}.{kind}"] for one in "qkv"])
    return given[f"{stem}{_NAMES[name]}.{kind}"]
