"""Search by vector behind a small protocol; FAISS is the one behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.encoder import Vectors

Hit = tuple[int, float]


class VectorStore(Protocol):
    """Finds the vectors nearest to one."""

    def search(self, vector: Vectors, k: int) -> Sequence[Hit]:
        """The ``k`` best ``(row, cosine)``, best first; fewer if it holds fewer. ``vector`` has shape ``(d,)``."""


class FaissStore:
    """Exact inner product over unit vectors: no training, no tuning, the same answer every time."""

    def __init__(self, vectors: Vectors) -> None:
        import faiss

        self._size = len(vectors)
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def search(self, vector: Vectors, k: int) -> Sequence[Hit]:
        """The ``k`` best ``(row, cosine)``, best first; equal scores by row."""
        scores, rows = self._index.search(vector[None, :], min(k, self._size))
        hits = [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))
