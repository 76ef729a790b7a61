"""What a question asks for: where its answer should lie, and how many facts it wants.

People ask in words that articles do not use. A low-rank layer turns a question's vector towards the sentences that
would answer it, and a line over the same vector says how likely one fact will not do. Both were learned from our own
questions over other articles (``training/asking.py``), for one encoder. Articles are encoded as they are: only
questions pass here. It finds nothing and chooses nothing.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.encoder import Model, Vectors
from rag.errors import ModelUnavailable
from rag.network import FOLDER, checked

FILE = "asking.npz"
HASH = "58317a96356131cd6887795fe109e6145fbbd762faba11101670c0aad6059b3e"
"""The hash of the shipped file."""


@dataclass(frozen=True)
class Asking:
    """The learned layer: ``down`` (dimension, rank) and ``up`` (rank, dimension), and the line for several facts."""

    down: Vectors
    up: Vectors
    several: Vectors
    bias: float

    def turned(self, vector: Vectors) -> Vectors:
        """A question's unit vector, turned towards its answers; unit length again."""
        moved = vector + vector @ self.down @ self.up
        return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)

    def breadth(self, vector: Vectors) -> float:
        """How likely a question of this vector wants more than one fact, 0..1."""
        return 1 / (1 + math.exp(-float(vector @ self.several) - self.bias))


def load_asking(model: Model, folder: Path = FOLDER, pinned: str | None = HASH) -> Asking:
    """What was learned for this encoder.

    Raises:
        ModelUnavailable: the file is not here or not the pinned one, or it was learned for another encoder; answers can
            still be found without it.
    """
    with np.load(io.BytesIO(checked(folder / FILE, pinned)), allow_pickle=False) as held:
        if str(held["encoder"]) != model.digest:
            raise ModelUnavailable(f"{FILE}: learned for another encoder than {model.name}")
        down, up, several = (held[name].astype(np.float32) for name in ("down", "up", "several"))
        return Asking(down, up, several, float(held["bias"]))
