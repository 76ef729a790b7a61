"""Every sentence of the retrieved passages, scored in its context: title, section, lead-in and the sentence before.

The score is a fixed blend of how near the sentence and its passage are to the question in meaning and how much of the
question's weight of words they hold. A question that asks for a number or a time needs a sentence that holds one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rag.index import Index
from rag.lexical import terms
from rag.retrieve import Evidence
from rag.schema import Sentence

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
_UNMET = 0.6

_COSINE, _PASSAGE, _COVER, _COVER_OWN = 0.45, 0.15, 0.2, 0.2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer. ``cosine`` and ``cover`` are the features its ``score`` is made of."""

    sentence: Sentence
    score: float
    cosine: float
    cover: float


def offered(evidence: Evidence, index: Index) -> dict[int, Sentence]:
    """Every sentence of the passages, with the ones just before and the lead-ins they may need."""
    ids = {number for scored in evidence.passages for number in scored.passage.sentences}
    held = index.sentences(ids | {number - 1 for number in ids if number > 0})
    leads = {sentence.lead for sentence in held if sentence.lead is not None}
    return {sentence.id: sentence for sentence in (*held, *index.sentences(leads - {one.id for one in held}))}


def candidates(evidence: Evidence, index: Index, near: Mapping[int, Sentence]) -> list[Candidate]:
    """The sentences that may be chosen for themselves, best first; ``near`` holds them and their neighbours."""
    passage: dict[int, float] = {}
    for scored in evidence.passages:
        for number in scored.passage.sentences:
            passage[number] = max(passage.get(number, 0.0), scored.cosine)
    ids = sorted(number for number in passage if not index.text(near[number]).endswith(":"))
    cosines = index.sentence_vectors(ids) @ evidence.vector if ids else ()
    found = [
        _candidate(evidence, index, near, near[number], float(cosine), passage[number])
        for number, cosine in zip(ids, cosines, strict=True)
    ]
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.sentence.id))


def _candidate(
    evidence: Evidence, index: Index, near: Mapping[int, Sentence], sentence: Sentence, cosine: float, passage: float
) -> Candidate:
    text = index.text(sentence)
    own = set(terms(text))
    cover = _cover(evidence.weights, own | set(terms(_context(index, sentence, near))))
    score = _COSINE * cosine + _PASSAGE * passage + _COVER * cover + _COVER_OWN * _cover(evidence.weights, own)
    unmet = any(asks.search(evidence.question) and not holds.search(text) for asks, holds in DEMANDS)
    return Candidate(sentence, score * (_UNMET if unmet else 1.0), cosine, cover)


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
