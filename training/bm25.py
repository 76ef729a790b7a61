"""BM25 over a few thousand texts, for hard negatives and for measuring; the product ranks with ``rag.lexical``."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

_STOP = frozenset(
    "a an and are as at be been by can could did do does for from had has have how if in into is it its of on or that "
    "the their there these this those to was were what when where which who whom whose why will with would".split()
)


def words(text: str) -> list[str]:
    """Lower-case words with the plainest plural off, stop words dropped."""
    found = (w for w in re.findall(r"[a-z0-9]+", text.lower()) if w not in _STOP)
    return [w[:-1] if len(w) > 3 and w.endswith("s") else w for w in found]


class Bm25:
    """Scores of a question against every text."""

    def __init__(self, texts: Sequence[str], k1: float = 1.2, b: float = 0.6) -> None:
        counts = [Counter(words(text)) for text in texts]
        lengths = np.array([sum(c.values()) for c in counts], dtype=np.float64)
        norm = k1 * (1 - b + b * lengths / max(lengths.mean(), 1.0))
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, count in enumerate(counts):
            for word, times in count.items():
                postings[word].append((number, times * (k1 + 1) / (times + norm[number])))
        self._size = len(texts)
        self._postings = {
            word: tuple(np.array(column) for column in zip(*rows, strict=True)) for word, rows in postings.items()
        }

    def scores(self, question: str) -> np.ndarray:
        """One score for each text."""
        total = np.zeros(self._size)
        for word in dict.fromkeys(words(question)):
            if word in self._postings:
                numbers, values = self._postings[word]
                total[numbers] += math.log(1 + (self._size - len(numbers) + 0.5) / (len(numbers) + 0.5)) * values
        return total

    def rank(self, question: str) -> list[int]:
        """The texts that share a word with the question, best first."""
        scores = self.scores(question)
        order = np.argsort(-scores, kind="stable")
        found: list[int] = order[scores[order] > 0].tolist()
        return found
