"""A question's vector, turned towards how articles would say the answer.

People ask in words that articles do not use. A low-rank layer, learned from our own questions over other articles
(``training/asking.py``) for one encoder, moves a question nearer to the sentences that answer such questions. Articles
are encoded as they are: only questions pass here. It finds nothing and chooses nothing.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.encoder import Model, Vectors
from rag.errors import ModelUnavailable
from rag.network import FOLDER, checked

FILE = "asking.npz"
HASH = "6f5e0791aeb7e17666df0645304b2455c9c3af78d83756d335bbbf48322ab34d"
"""The hash of the shipped file."""


@dataclass(frozen=True)
class Asking:
    """The learned layer: ``down`` has shape (dimension, rank), ``up`` (rank, dimension)."""

    down: Vectors
    up: Vectors

    def turned(self, vector: Vectors) -> Vectors:
        """A question's unit vector, turned towards its answers; unit length again."""
        moved = vector + vector @ self.down @ self.up
        return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)


def load_asking(model: Model, folder: Path = FOLDER, pinned: str | None = HASH) -> Asking:
    """The layer for this encoder.

    Raises:
        ModelUnavailable: the file is not here or not the pinned one, or it was learned for another encoder; answers can
            still be found without it.
    """
    with np.load(io.BytesIO(checked(folder / FILE, pinned)), allow_pickle=False) as held:
        if str(held["encoder"]) != model.digest:
            raise ModelUnavailable(f"{FILE}: learned for another encoder than {model.name}")
        return Asking(held["down"].astype(np.float32), held["up"].astype(np.float32))
