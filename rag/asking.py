"""An encoder for questions: the index's own, with what was learned about how people ask.

People ask in words that articles do not use. Low-rank additions to the encoder's matrices (LoRA, Hu et al. 2021),
learned from our own questions over other articles (``training/asking.py``), move a question nearer to the sentences
that answer such questions. Articles are encoded as they are: only questions pass here. It finds nothing and chooses
nothing.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rag.encoder import Encoder, Vectors
from rag.errors import ModelUnavailable
from rag.network import FOLDER, checked

FILE = "asking.npz"
HASH = "b4802f0e44711c3278598df34a124f6087f3ff9c2100240bacfa554f182b6b37"
"""The hash of the shipped file."""

Additions = Mapping[str, tuple[Vectors, Vectors]]
"""For a matrix of the encoder, by name: ``down`` of shape (inputs, rank) and ``up`` of shape (rank, outputs)."""


def load_asking(encoder: Encoder, folder: Path = FOLDER, pinned: str | None = HASH) -> Encoder:
    """The encoder for questions that belongs to this one.

    Raises:
        ModelUnavailable: the file is not here or not the pinned one, or it was learned for another encoder; answers can
            still be found without it.
    """
    from rag.light_encoder import LightEncoder

    with np.load(io.BytesIO(checked(folder / FILE, pinned)), allow_pickle=False) as held:
        if str(held["encoder"]) != encoder.model.digest or not isinstance(encoder, LightEncoder):
            raise ModelUnavailable(f"{FILE}: learned for another encoder than {encoder.model.name}")
        names = [name.removesuffix(".down") for name in held.files if name.endswith(".down")]
        return encoder.adapted({name: (held[f"{name}.down"], held[f"{name}.up"]) for name in names})
