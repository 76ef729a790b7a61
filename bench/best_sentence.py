"""Two plain baselines that quote one sentence: the best by BM25, and the nearest by MiniLM. Neither ever declines."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

import numpy as np

from bench.quoting import Hit, Quoting
from eval.library import Library, place
from eval.spans import Span
from rag.encoder import Encoder
from rag.schema import Answer

DEPTH = 30
_WORD = re.compile(r"\w+")
# Maps BM25, which has no upper end, into 0..1 without changing any order.
_HALF_SURE = 10.0

Progress = Callable[[str, int, int], None]


class Bm25Sentence:
    """SQLite's BM25 over single sentences, Porter stems, every word of the question, any may match."""

    def __init__(self, library: Library) -> None:
        self._quoting = Quoting(library, "bm25-best-sentence", quotes=1)
        self._spans = _spans(library)
        self._database = sqlite3.connect(":memory:")
        self._database.execute("CREATE VIRTUAL TABLE sentence USING fts5(body, tokenize='porter unicode61')")
        rows = [(number, library.text(span)) for number, span in enumerate(self._spans)]
        self._database.executemany("INSERT INTO sentence (rowid, body) VALUES (?, ?)", rows)

    def answer(self, question: str) -> Answer:
        """The sentence with the highest BM25."""
        query = " OR ".join(f'"{word}"' for word in dict.fromkeys(_WORD.findall(question.lower())))
        rows = self._database.execute(
            "SELECT rowid, -bm25(sentence) AS score FROM sentence WHERE sentence MATCH ? "
            "ORDER BY score DESC, rowid LIMIT ?",
            (query, DEPTH),
        ).fetchall()
        hits = [Hit(self._spans[number], score) for number, score in rows]
        best = hits[0].score if hits else 0.0
        return self._quoting.answer(question, hits, best / (best + _HALF_SURE))


class MiniLmSentence:
    """Cosine of the question with each sentence alone, by all-MiniLM-L6-v2."""

    def __init__(self, library: Library, encoder: Encoder, progress: Progress = lambda *_: None) -> None:
        self._quoting = Quoting(library, "minilm-best-sentence", quotes=1)
        self._encoder = encoder
        self._spans = _spans(library)
        rows = []
        for count, span in enumerate(self._spans, start=1):
            rows.append(encoder.encode([library.text(span)])[0])
            progress("sentences for MiniLM", count, len(self._spans))
        self._rows = np.array(rows)

    def answer(self, question: str) -> Answer:
        """The sentence nearest to the question."""
        cosines = self._rows @ self._encoder.encode([question])[0]
        order = np.argsort(-cosines, kind="stable")[:DEPTH]
        hits = [Hit(self._spans[number], float(cosines[number])) for number in order]
        return self._quoting.answer(question, hits, hits[0].score)


def _spans(library: Library) -> list[Span]:
    return [place(one) for held in library.sentences.values() for one in held]
