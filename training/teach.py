"""What readers that never saw a document say of its questions, as softer labels for a reader that learns from all.

Of several sentences that answer, people mark one; and a sentence marked as silent may half answer. So the documents are
dealt into ``FOLDS`` folds, a teacher is trained without each, and the last reader learns from the marks and from what a
question's own teacher says, who cannot have learned the marks by heart (cross-fitting, as in Wolpert 1992).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from training.data import FOLDS, YES
from training.model import loaded

TOLD = 0.6  # the teacher's share in a label
SURE = 12.0  # the logit of a mark, where it stands for a teacher's


class Teachers:
    """A reader for each fold, in fold order, each trained without that fold; or several, order after order."""

    def __init__(self, weights: Sequence[Path], device: torch.device) -> None:
        if not weights or len(weights) % FOLDS:
            raise SystemExit(f"teachers: {len(weights)} files of weights given; give as many for each of {FOLDS} folds")
        self._nets = [loaded(path).to(device).to_fast() for path in weights]

    @torch.no_grad()
    def tell(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The batch with ``told``, sentence logits (rows, sentences), and ``told_window``, window logits (rows,).

        Of several teachers of a fold the mean of their logits; of a document in no fold its own marks.
        """
        slots = batch["labels"].shape[1]
        told, window = marked(batch)
        for fold in range(FOLDS):
            mine = (batch["folds"] == fold).nonzero().squeeze(-1)
            if len(mine):
                held = [batch[name][mine] for name in ("ids", "kinds", "owners")]
                said = [net(*held, torch.arange(slots, device=told.device)) for net in self._nets[fold::FOLDS]]
                window[mine], told[mine] = (torch.stack(one).mean(0) for one in zip(*said, strict=True))
        return {**batch, "told": told, "told_window": window}


def marked(batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """The marks of sentences and of windows as the logits of a teacher that is sure of them."""
    return torch.where(batch["labels"] == YES, SURE, -SURE), torch.where(batch["answerable"] > 0, SURE, -SURE)


def blended(labels: Tensor, logits: Tensor) -> Tensor:
    """Labels in 0..1, in part what the teacher holds for likely."""
    return (1 - TOLD) * labels + TOLD * logits.sigmoid()
