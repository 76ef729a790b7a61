"""Splits a network's inner products for eight bits: the few inputs that swing widest are multiplied in full precision.

All inputs of an eight-bit product share one step. In MiniLM a handful of them swing ten times as wide as the others and
would make that step coarse for all; multiplied beside the others they cost little (Dettmers et al. 2022, LLM.int8). The
split network says what the whole one said, up to rounding. It does not turn anything into eight bits itself.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from rag.reader import lay_out, stack
from training.data import Item
from training.examples import Pieces, context
from training.model import ReaderNet

WIDE = {"up": 8, "down": 16}
"""How many of the 384 and 1,536 inputs of a layer's inner products. Those of attention swing less unevenly; twice as
many inputs come hardly closer to the original."""
LOOKED_AT = 200


class Split(nn.Module):
    """A linear product in two parts: ``wide``, the numbers of its widest inputs, and the rest."""

    def __init__(self, whole: nn.Linear, wide: Tensor) -> None:
        super().__init__()
        kept = torch.ones(whole.in_features).index_fill(0, wide, 0)
        self.register_buffer("wide", wide)
        self.register_buffer("kept", kept)
        self.few = nn.Parameter(whole.weight.data[:, wide].T.clone())
        self.rest = nn.Linear(whole.in_features, whole.out_features)
        self.rest.load_state_dict({"weight": whole.weight.data * kept, "bias": whole.bias.data})

    def forward(self, x: Tensor) -> Tensor:
        """The product of the whole."""
        rest: Tensor = self.rest(x * self.get_buffer("kept"))
        return rest + torch.matmul(torch.index_select(x, -1, self.get_buffer("wide")), self.few)


def split(net: ReaderNet, items: Sequence[Item], seed: int = 1) -> ReaderNet:
    """The network with its layers' inner products split, by how wide their inputs swing on some of the items."""
    some = random.Random(seed).sample(list(items), min(LOOKED_AT, len(items)))
    for name, swing in swings(net, some).items():
        holder, last = name.rsplit(".", 1)
        wide = swing.topk(WIDE[last]).indices.sort().values
        setattr(net.get_submodule(holder), last, Split(net.get_submodule(name), wide))  # type: ignore[arg-type]
    return net


def swings(net: ReaderNet, items: Sequence[Item]) -> dict[str, Tensor]:
    """The largest size of each input of each inner product, by the product's name."""
    found: dict[str, Tensor] = {}

    def note(name: str, given: Tensor) -> None:
        size = given.abs().flatten(0, -2).amax(0)
        found[name] = torch.maximum(found.get(name, size), size)

    products = [(name, part) for name, part in net.named_modules() if name.rsplit(".", 1)[-1] in WIDE]
    hooks = [part.register_forward_pre_hook(lambda _, given, at=name: note(at, given[0])) for name, part in products]
    pieces = Pieces()
    with torch.no_grad():
        for item in items:
            sentences = [pieces.ids(s) for s in item.passage.sentences]
            layout = lay_out(pieces.ids(item.question), pieces.ids(context(item.passage)), sentences)
            ids, kinds, _ = (torch.from_numpy(array)[:, : net.places.num_embeddings] for array in stack([layout]))
            net.encode(ids, kinds)
    for hook in hooks:
        hook.remove()
    return found
