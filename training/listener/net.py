"""The network: MiniLM's six layers, the mean and the height of what they say, and one line to everything asked.

What is said is a sum over the pieces, of their mean and of the highest values among them: the alarm splits exactly into
what each piece moved it by, and so the listener can point at words. The word table stays frozen.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training.model import LOW, WIDTH, ReaderNet, fastest, from_minilm

ALARM, EMERGENCY, RULES = 0, 1, 2
"""Where in what is said the alarm stands, the emergency, and the first rule."""


class ListenerNet(nn.Module):
    """ids (rows, pieces) -> said (rows, 2 + rules) and moved (rows, pieces), as logits."""

    def __init__(self, base: ReaderNet, rules: int) -> None:
        super().__init__()
        self.words, self.places, self.kinds = base.words, base.places, base.kinds
        self.norm, self.layers = base.norm, base.layers
        self.mean = nn.Linear(WIDTH, RULES + rules, bias=False)
        self.peak = nn.Linear(WIDTH, RULES + rules, bias=False)
        self.start = nn.Parameter(torch.zeros(RULES + rules))
        self.drop = 0.0

    def encode(self, ids: Tensor) -> Tensor:
        """The last hidden states, in single precision."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.places(places) + self.kinds.weight[0])
        mask = ((ids == 0).to(x.dtype) * LOW)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask, self.drop)
        hidden: Tensor = x.float()
        return hidden

    def heads(self, ids: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        """What is said, and by how much each piece moved the alarm."""
        real = (ids != 0).float()[..., None]
        high = (x + (1 - real) * LOW).amax(1, keepdim=True)
        moved = self.mean(x * real / real.sum(1, keepdim=True)) + self.peak(x * (x == high).float())
        return self.start + moved.sum(1), moved[..., ALARM]

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """What is said, and by how much each piece moved the alarm."""
        return self.heads(ids, self.encode(ids))

    def shortened(self, kept: Sequence[int]) -> ListenerNet:
        """A copy with only these layers."""
        net = copy.deepcopy(self)
        net.layers = nn.ModuleList(net.layers[at] for at in kept)
        return net

    def to_fast(self) -> ListenerNet:
        """The layers in the numbers this machine multiplies fastest, the heads as they are."""
        for part in (self.words, self.places, self.kinds, self.norm, self.layers):
            part.to(fastest(self.norm.weight.device))
        return self


def listener_from_minilm(rules: int) -> ListenerNet:
    """The network with MiniLM's weights; the heads start small."""
    net = ListenerNet(from_minilm(), rules)
    for head in (net.mean, net.peak):
        nn.init.normal_(head.weight, std=0.02)
    return net


def loaded(weights: Path) -> tuple[ListenerNet, dict[str, Any]]:
    """The network of a run, of as many layers as it was kept with, and the run: its rules and the words' weights."""
    run = torch.load(weights, weights_only=False)
    depth = len({name.split(".")[1] for name in run["net"] if name.startswith("layers.")})
    net = listener_from_minilm(len(run["rules"])).shortened(range(depth))
    net.load_state_dict(run["net"])
    return net, run
