"""A question to the passages that may answer it: three rankings, fused.

By the meaning of the whole passage, by the meaning of its best sentence, and by words (BM25).

Fusion is reciprocal rank fusion (Cormack, Clarke and Buettcher 2009): it needs no common scale of cosine and BM25.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rag.conditions import is_name, unmentioned
from rag.encoder import Encoder, Vectors
from rag.english import is_english
from rag.index import Index
from rag.lexical import COURTESIES, STOP_WORDS, terms, words
from rag.schema import Passage, Retrieved
from rag.spelling import Repair, mended, repairs

# The paper has 60, for long lists; among a few hundred passages the first places say more.
RRF_CONSTANT = 10
# A passage whose best sentence is near answers more often than one that is near as a whole, or shares words.
BY_SENTENCE = 2.0
# Each ranking offers this many times ``k`` before the three are fused.
_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage, its fused score, and its cosine to the question."""

    passage: Passage
    score: float
    cosine: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What retrieval found.

    ``vector`` is the question's; ``weights`` holds each question stem's inverse document frequency, rare ones highest.
    ``names_something`` is false if no word of it, stop words and courtesies aside, is a word of the articles or of the
    language; ``unmentioned`` is the name of a condition that the articles do not hold, if it names one. ``as_asked`` is
    what was found before the question was completed, if it was.
    """

    question: str
    repairs: tuple[Repair, ...]
    vector: Vectors
    weights: Mapping[str, float]
    passages: tuple[Scored, ...]
    names_something: bool
    unmentioned: str = ""
    as_asked: Evidence | None = None

    @property
    def retrieved(self) -> tuple[Retrieved, ...]:
        """The passages as an answer lists them."""
        return tuple(
            Retrieved(one.passage.article_id, one.passage.start, one.passage.end, round(one.score, 6))
            for one in self.passages
        )


def retrieve(question: str, index: Index, encoder: Encoder, k: int) -> Evidence:
    """The ``k`` best passages for a question, best first; ``encoder`` is the index's, or that of its questions."""
    made = repairs(
        question, index.vocabulary, index.frequencies(terms(question)), lambda word: _is_known(word, index, encoder)
    )
    read_as = mended(question, made)
    vector = encoder.encode([read_as])[0]
    stems = terms(read_as)
    held = index.frequencies(stems)
    depth = k * _DEPTH
    fused = _fused(
        (1.0, _by_passage(index, vector, depth)),
        (BY_SENTENCE, _by_sentence(index, vector, depth)),
        (1.0, _by_words(index, stems, depth)),
    )[:k]
    ids = [number for number, _ in fused]
    passages, cosines = index.passages(ids), index.passage_vectors(ids) @ vector
    scored = tuple(
        Scored(passages[number], score, float(cosine)) for (number, score), cosine in zip(fused, cosines, strict=True)
    )
    weights = _weights(stems, held, index.manifest["counts"]["passages"])
    names = _names_something(read_as, index, encoder)
    return Evidence(read_as, made, vector, weights, scored, names, unmentioned(read_as, index.says, encoder.is_word))


def _is_known(word: str, index: Index, encoder: Encoder) -> bool:
    """Whether a word that no article holds is spelt as it should be: of the language, or the name of a condition."""
    return encoder.is_word(word) or is_name(word, index.says) or is_english(word)


def _names_something(question: str, index: Index, encoder: Encoder) -> bool:
    content = [word for word in words(question) if word not in STOP_WORDS | COURTESIES]
    return bool(index.frequencies(terms(" ".join(content)))) or any(map(encoder.is_word, content))


def _by_passage(index: Index, vector: Vectors, depth: int) -> list[int]:
    """Passages in the order of their own nearness."""
    return [number for number, _ in index.passage_store.search(vector, depth)]


def _by_words(index: Index, stems: list[str], depth: int) -> list[int]:
    """Passages in the order of BM25."""
    return [number for number, _ in index.search_words(stems, depth)]


def _by_sentence(index: Index, vector: Vectors, depth: int) -> list[int]:
    """Passages in the order of their best sentence."""
    hits = index.sentence_store.search(vector, depth)
    return list(dict.fromkeys(passage for number, _ in hits for passage in index.passages_holding(number)))


def _fused(*rankings: tuple[float, Iterable[int]]) -> list[tuple[int, float]]:
    scores: dict[int, float] = defaultdict(float)
    for weight, ranking in rankings:
        for rank, number in enumerate(ranking, start=1):
            scores[number] += weight / (RRF_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def _weights(stems: list[str], held: Mapping[str, int], total: int) -> dict[str, float]:
    """Robertson's smoothed inverse document frequency of each stem; a stem no passage holds weighs most."""
    return {one: math.log(1 + (total - (n := held.get(one, 0)) + 0.5) / (n + 0.5)) for one in stems}
