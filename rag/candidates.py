"""Every sentence of the best passages, with what speaks for it before it is read: how near, how well found.

Features only; ``reading`` adds what the reader says, ``weigh`` turns all into probabilities and ``extract`` decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.index import Index
from rag.lexical import terms
from rag.retrieve import Evidence
from rag.schema import Sentence

# How many of the retrieved passages are read: nine in ten answers stand in these, and time is bounded by them.
READ = 6


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a sentence.

    ``cosine`` is its nearness to the question in meaning, ``passage`` that of its passage; ``own`` the share of the
    question's weight of words that it holds; ``rank`` is 1 in the passage that retrieval puts first, 1/2 in the second,
    1/3 in the third; ``sentence`` and ``window`` are the reader's logits, absent where it did not read.
    """

    cosine: float
    passage: float
    own: float
    rank: float
    sentence: float | None = None
    window: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer."""

    sentence: Sentence
    features: Features


def offered(evidence: Evidence, index: Index) -> dict[int, Sentence]:
    """Every sentence of the passages to be read, with the ones just before and the lead-ins they may need."""
    ids = {number for scored in evidence.passages[:READ] for number in scored.passage.sentences}
    held = index.sentences(ids | {number - 1 for number in ids if number > 0})
    leads = {sentence.lead for sentence in held if sentence.lead is not None}
    return {sentence.id: sentence for sentence in (*held, *index.sentences(leads - {one.id for one in held}))}


def candidates(evidence: Evidence, index: Index, near: Mapping[int, Sentence]) -> list[Candidate]:
    """The sentences that may be chosen for themselves, in index order; ``near`` holds them and their neighbours."""
    home: dict[int, tuple[float, float]] = {}  # of each sentence's best passage, its nearness and its rank
    for place, scored in enumerate(evidence.passages[:READ], start=1):
        for number in scored.passage.sentences:
            home.setdefault(number, (scored.cosine, 1 / place))
    ids = sorted(number for number in home if not index.text(near[number]).endswith(":"))
    cosines = index.sentence_vectors(ids) @ evidence.vector if ids else ()
    return [
        Candidate(
            near[number],
            Features(
                float(cosine),
                home[number][0],
                _share(evidence.weights, index.text(near[number])),
                home[number][1],
            ),
        )
        for number, cosine in zip(ids, cosines, strict=True)
    ]


def _share(weights: Mapping[str, float], text: str) -> float:
    """The share of the question's weight of words that this text holds."""
    total, held = sum(weights.values()), set(terms(text))
    return sum(weight for stem, weight in weights.items() if stem in held) / total if total else 0.0
