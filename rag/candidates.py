"""Every sentence of the best passages, with what speaks for it: how near, how well it covers, what the reader says.

Features only; ``weigh`` turns them into probabilities and ``extract`` decides. Without a reader its two features are
absent and another set of weights applies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rag.index import Index
from rag.lexical import terms
from rag.reader import Reader, Window
from rag.retrieve import Evidence, Scored
from rag.schema import Sentence

# How many of the retrieved passages are read: nine in ten answers stand in these, and time is bounded by them.
READ = 6

# What a question asks for, and what a sentence must hold to be able to answer it.
DEMANDS = (
    (
        re.compile(r"\bhow (?:much|many)\b|\b(?:dose|dosage|cost|costs|price|percentage)\b", re.IGNORECASE),
        re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|most|few|percent)\b", re.IGNORECASE),
    ),
    (
        re.compile(r"\bhow (?:long|soon|quickly)\b|\bwhen (?:will|does|do|can|should)\b", re.IGNORECASE),
        re.compile(
            r"\b(?:second|minute|hour|day|week|month|year|night|morning|age|soon|immediate|prompt|after|before|until|once|"
            r"if|when|long)",
            re.IGNORECASE,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a sentence.

    ``cosine`` and ``passage`` are its and its passage's nearness to the question in meaning; ``cover`` and ``own`` the
    share of the question's weight of words that it holds with its context and by itself; ``unmet`` is 1 if the question
    asks for a number or a time and it holds none; ``rank`` is 1 in the passage that retrieval puts first, 1/2 in the
    second, 1/3 in the third; ``sentence`` and ``window`` are the reader's logits.
    """

    cosine: float
    passage: float
    cover: float
    own: float
    unmet: float
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
    passage: dict[int, float] = {}
    rank: dict[int, float] = {}
    for place, scored in enumerate(read, start=1):
        for number in scored.passage.sentences:
            passage[number] = max(passage.get(number, 0.0), scored.cosine)
            rank.setdefault(number, 1 / place)
    logits = _logits(evidence.question, read, index, near, reader) if reader else {}
    ids = sorted(number for number in passage if not index.text(near[number]).endswith(":"))
    cosines = index.sentence_vectors(ids) @ evidence.vector if ids else ()
    return [
        Candidate(
            near[number],
            Features(
                float(cosine),
                passage[number],
                *_words(evidence, index, near, number),
                rank[number],
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


def _words(evidence: Evidence, index: Index, near: Mapping[int, Sentence], number: int) -> tuple[float, float, float]:
    """How much of the question a sentence covers with its context and by itself, and whether a demand is unmet."""
    text = index.text(near[number])
    own = set(terms(text))
    around = own | set(terms(_context(index, near[number], near)))
    unmet = any(asks.search(evidence.question) and not holds.search(text) for asks, holds in DEMANDS)
    return _cover(evidence.weights, around), _cover(evidence.weights, own), float(unmet)


def _cover(weights: Mapping[str, float], held: set[str]) -> float:
    """The share of the question's weight that these stems hold."""
    total = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in held) / total if total else 0.0


def _context(index: Index, sentence: Sentence, near: Mapping[int, Sentence]) -> str:
    """What a reader has in mind at this sentence."""
    article = index.article(sentence.article_id)
    lead = near.get(sentence.lead) if sentence.lead is not None else None
    before = near.get(sentence.id - 1)
    same_block = before is not None and (before.article_id, before.block) == (sentence.article_id, sentence.block)
    parts = [article.title if article else "", sentence.section]
    return " ".join(parts + [index.text(one) for one in (lead, before if same_block else None) if one is not None])
