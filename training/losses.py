"""What a reader is taught by: sentences alone, sentences of a question against each other, windows, and words.

Takes a batch in parts as ``train.tensors`` makes them, with the teachers' say where there is one (``teach``).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name everyone knows

from training.data import UNSAID, YES
from training.examples import IGNORED
from training.model import LOW, ReaderNet
from training.teach import TOLD, blended


def losses(net: ReaderNet, parts: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Sentences alone, all sentences read for a question against each other and against nothing, windows, and spans."""
    found = [_part_losses(net, part) for part in parts]
    rows = sum(len(part["ids"]) for part in parts)
    values, wanted, groups, told = (
        torch.cat([one[name] for one in found]) for name in ("values", "wanted", "groups", "told")
    )
    sums = {name: torch.stack([one[name] for one in found]).sum() / rows for name in ("alone", "window", "span")}
    together = listed(values, wanted, groups)
    if "told" in parts[0]:
        together = (1 - TOLD) * together + TOLD * as_told(values, told, groups)
    return {"list": together, **sums}


def _part_losses(net: ReaderNet, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    x = net.encode(batch["ids"], batch["kinds"])
    labels, answerable = batch["labels"], batch["answerable"]
    window, sentences = net.heads(x, batch["owners"], torch.arange(labels.shape[1], device=x.device))
    said = labels != UNSAID
    yes = (labels == YES).float()
    starts, ends = net.span(x).masked_fill((batch["ids"] == 0)[..., None], LOW).unbind(-1)
    places, told = batch["places"], batch.get("told", sentences.detach())
    alone = yes
    if "told" in batch:
        alone, answerable = blended(yes, told), blended(answerable, batch["told_window"])
    return {
        "alone": 0.3 * F.binary_cross_entropy_with_logits(sentences, alone, said.float(), reduction="sum"),
        "window": F.binary_cross_entropy_with_logits(window, answerable, reduction="sum"),
        "span": 0.25 * (_place(starts, places[:, 0]) + _place(ends, places[:, 1])),
        "values": sentences[said],
        "wanted": yes[said],
        "groups": batch["groups"][:, None].expand_as(labels)[said],
        "told": told[said],
    }


def listed(values: Tensor, wanted: Tensor, groups: Tensor) -> Tensor:
    """For each question, the sentences of all its windows against each other and against a silent one of logit 0."""
    mass = _mass(values, groups)
    none = torch.zeros_like(mass)
    chosen = none.index_add(0, groups, wanted * values) / none.index_add(0, groups, wanted).clamp(min=1)
    return (mass - chosen).mean()


def as_told(values: Tensor, told: Tensor, groups: Tensor) -> Tensor:
    """The same, against the shares that the teacher gives to each sentence and to the silent one."""
    mass = _mass(values, groups)
    shares = (told - _mass(told, groups)[groups]).exp()
    return (mass - torch.zeros_like(mass).index_add(0, groups, shares * values)).mean()


def _mass(values: Tensor, groups: Tensor) -> Tensor:
    """For each group, the log of the sum of what its sentences and the silent one weigh."""
    top = values.detach().max().clamp(min=0)
    none = torch.zeros(int(groups.max()) + 1, device=values.device)
    return ((-top).exp() + none.index_add(0, groups, (values - top).exp())).log() + top


def _place(logits: Tensor, target: Tensor) -> Tensor:
    return F.cross_entropy(logits, target, ignore_index=IGNORED, reduction="sum")
