"""Every sentence of the best passages, with what speaks for it: how near, how well found, what the reader says.

Features only; ``weigh`` turns them into probabilities and ``extract`` decides. Without a reader its two features are
absent and another set of weights applies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.index import Index
from rag.lexical import terms
from rag.reader import Reader, Window
from rag.retrieve import Evidence, Scored
from rag.schema import Sentence

# How many of the retrieved passages are read: nine in ten answers stand in these, and time is bounded by them.
READ = 6


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a sentence.

    ``cosine`` is its nearness to the question in meaning, ``passage`` that of its passage; ``own`` the share of the
    question's weight of words that it holds; ``rank`` is 1 in the passage that retrieval puts first, 1/2 in the second,
    1/3 in the third; ``sentence`` and ``window`` are the reader's logits.
    """

    cosine: float
    passage: float
    own: float
    rank: float
    sentence: float | None
    window: float | None


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


def candidates(
    evidence: Evidence, index: Index, near: Mapping[int, Sentence], reader: Reader | None
) -> list[Candidate]:
    """The sentences that may be chosen for themselves, in index order; ``near`` holds them and their neighbours."""
    read = evidence.passages[:READ]
    home: dict[int, tuple[float, float]] = {}  # of each sentence's best passage, its nearness and its rank
    for place, scored in enumerate(read, start=1):
        for number in scored.passage.sentences:
            home.setdefault(number, (scored.cosine, 1 / place))
    logits = _logits(evidence.question, read, index, near, reader) if reader else {}
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
                *logits.get(number, (None, None)),
            ),
        )
        for number, cosine in zip(ids, cosines, strict=True)
    ]


def _logits(
    question: str, read: tuple[Scored, ...], index: Index, near: Mapping[int, Sentence], reader: Reader
) -> dict[int, tuple[float, float]]:
    """What the reader says of each sentence and of its window; of two windows, the one where it scores higher."""
    windows = [_window(scored, index, near) for scored in read]
    said: dict[int, tuple[float, float]] = {}
    for scored, reading in zip(read, reader.read(question, windows), strict=True):
        for number, logit in zip(scored.passage.sentences, reading.sentences, strict=True):
            said[number] = max(said.get(number, (logit, reading.answerable)), (logit, reading.answerable))
    return said


def _window(scored: Scored, index: Index, near: Mapping[int, Sentence]) -> Window:
    article = index.article(scored.passage.article_id)
    above = " · ".join(part for part in (article.title if article else "", scored.passage.section) if part)
    return Window(above, tuple(" ".join(index.text(near[number]).split()) for number in scored.passage.sentences))


def _share(weights: Mapping[str, float], text: str) -> float:
    """The share of the question's weight of words that this text holds."""
    total, held = sum(weights.values()), set(terms(text))
    return sum(weight for stem, weight in weights.items() if stem in held) / total if total else 0.0
