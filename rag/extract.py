"""Passages to the sentences that answer, or to none. Returns ids of sentences it was offered; writes no word.

Each sentence of the retrieved passages is scored in its context (title, section, lead-in); the best, and those close
behind that add something, are chosen; a sentence that leans on the one before it ("It may…") brings that one along or
stays out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.index import Index
from rag.lexical import terms
from rag.retrieve import Evidence
from rag.schema import Sentence

# The first words of a sentence that means nothing without the sentence before it.
LEANING = re.compile(
    r"(?:it|its|they|their|them|this|these|those|that|such|he|she|both|others?|another|either|neither|instead|however|"
    r"also|additionally|similarly|likewise|conversely|otherwise|therefore|thus|hence|then|and|but|or|so|as a result|"
    r"because of this|for (?:example|instance|this reason)|in (?:addition|contrast|turn)|on the other hand|"
    r"over time|the (?:pain|condition|symptoms?|problem|discomfort|disorder|disease|muscle|joint|nerve|injury|"
    r"treatment|result))\b",
    re.IGNORECASE,
)
# "This condition occurs when…": under a heading that names the condition, the heading is the subject.
NAMED_BY_HEADING = re.compile(
    r"(?:this|the) (?:condition|disorder|disease|syndrome|problem|injury|type)\b", re.IGNORECASE
)

# What a question asks for, and what a sentence must hold to be able to answer it.
DEMANDS = (
    (
        re.compile(r"\bhow (?:much|many)\b|\b(?:dose|dosage|cost|costs|price|percentage)\b", re.IGNORECASE),
        re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|most|few|percent)\b", re.IGNORECASE),
    ),
    (
        re.compile(r"\bhow long\b|\bhow (?:soon|quickly)\b|\bwhen (?:will|does|do|can|should)\b", re.IGNORECASE),
        re.compile(
            r"\b(?:second|minute|hour|day|week|month|year|night|morning|age|soon|immediate|prompt|after|before|until|once|if|when|long)",
            re.IGNORECASE,
        ),
    ),
)
_UNMET = 0.6

# Weights of the score, its relative cut-off, and the likeness above which a sentence only repeats another.
_COSINE, _PASSAGE, _COVER, _COVER_OWN = 0.45, 0.15, 0.2, 0.2
_CUT_OFF = 0.82
_REPEAT = 0.88


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer. ``cosine`` and ``cover`` are the features its ``score`` is made of."""

    sentence: Sentence
    score: float
    cosine: float
    cover: float


@dataclass(frozen=True, slots=True)
class Draft:
    """The ids of the chosen sentences in reading order, how sure we are, and every candidate, best first."""

    sentences: tuple[int, ...]
    confidence: float
    candidates: tuple[Candidate, ...]


def extract(evidence: Evidence, index: Index, limit: int) -> Draft:
    """At most ``limit`` sentences that answer the question; the caller decides whether ``confidence`` suffices."""
    offered = _offered(evidence, index)
    candidates = _scored(evidence, index, offered)
    if not candidates:
        return Draft((), 0.0, ())
    chosen = _chosen(candidates, offered, index, limit)
    return Draft(tuple(_in_reading_order(chosen, candidates)), _confidence(candidates[0]), tuple(candidates))


def _offered(evidence: Evidence, index: Index) -> dict[int, Sentence]:
    """Every sentence of the passages, with the ones just before and the lead-ins they may need."""
    ids = {number for scored in evidence.passages for number in scored.passage.sentences}
    held = index.sentences(ids | {number - 1 for number in ids if number > 0})
    leads = {sentence.lead for sentence in held if sentence.lead is not None}
    return {sentence.id: sentence for sentence in (*held, *index.sentences(leads - {one.id for one in held}))}


def _scored(evidence: Evidence, index: Index, offered: Mapping[int, Sentence]) -> list[Candidate]:
    by_passage: dict[int, float] = {}
    for scored in evidence.passages:
        for number in scored.passage.sentences:
            by_passage[number] = max(by_passage.get(number, 0.0), scored.cosine)
    ids = sorted(number for number in by_passage if not _text(index, offered[number]).endswith(":"))
    cosines = index.sentence_vectors(ids) @ evidence.vector if ids else ()
    found = [
        _candidate(evidence, index, offered, number, float(cosine), by_passage[number])
        for number, cosine in zip(ids, cosines, strict=True)
    ]
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.sentence.id))


def _candidate(
    evidence: Evidence, index: Index, offered: Mapping[int, Sentence], number: int, cosine: float, passage: float
) -> Candidate:
    sentence = offered[number]
    text = _text(index, sentence)
    own = set(terms(text))
    around = own | set(terms(_context(index, sentence, offered)))
    cover, cover_own = _cover(evidence.weights, around), _cover(evidence.weights, own)
    score = _COSINE * cosine + _PASSAGE * passage + _COVER * cover + _COVER_OWN * cover_own
    unmet = any(asks.search(evidence.question) and not holds.search(text) for asks, holds in DEMANDS)
    return Candidate(sentence, score * (_UNMET if unmet else 1.0), cosine, cover)


def _cover(weights: Mapping[str, float], held: set[str]) -> float:
    """The share of the question's weight that these stems hold."""
    total = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in held) / total if total else 0.0


def _context(index: Index, sentence: Sentence, offered: Mapping[int, Sentence]) -> str:
    """Title, section, lead-in and the sentence before in the same paragraph: what a reader has in mind."""
    article = index.article(sentence.article_id)
    lead = offered.get(sentence.lead) if sentence.lead is not None else None
    before = offered.get(sentence.id - 1)
    near = before if before is not None and _same_block(before, sentence) else None
    parts = [article.title if article else "", sentence.section]
    return " ".join(parts + [_text(index, one) for one in (lead, near) if one is not None])


def _chosen(candidates: Sequence[Candidate], offered: Mapping[int, Sentence], index: Index, limit: int) -> set[int]:
    """The best sentences that stand on their own or with what they lean on, without repeats, up to the limit."""
    chosen: set[int] = set()
    bar: float | None = None
    for candidate in candidates:
        if bar is not None and candidate.score < bar:
            break
        needed = _with_support(candidate.sentence, offered, index)
        if needed is None or len(chosen | needed) > limit or _repeats(candidate.sentence.id, chosen, index):
            continue
        chosen |= needed
        bar = candidate.score * _CUT_OFF if bar is None else bar
    return chosen


def _with_support(sentence: Sentence, offered: Mapping[int, Sentence], index: Index) -> set[int] | None:
    """The sentence with those it leans on, or None if what it leans on is not there to quote."""
    needed = {sentence.id}
    text = _text(index, sentence)
    if sentence.lead is not None and (len(text.split()) < 5 or text[:1].islower()):
        needed.add(sentence.lead)
    while LEANING.match(_unlabelled(text)):
        before = offered.get(sentence.id - 1)
        if before is None or not _same_block(before, sentence):
            opens_section = (
                before is None or before.section != sentence.section or before.article_id != sentence.article_id
            )
            return needed if sentence.section and opens_section and NAMED_BY_HEADING.match(text) else None
        needed.add(before.id)
        sentence, text = before, _text(index, before)
    return needed


def _unlabelled(text: str) -> str:
    """A list item's first sentence without its label: "Stenosis: This involves…" names its own subject."""
    return text if not re.match(r"[^.:]{3,60}: ", text) else "x"


def _repeats(number: int, chosen: set[int], index: Index) -> bool:
    if not chosen:
        return False
    likeness = index.sentence_vectors(sorted(chosen)) @ index.sentence_vectors([number])[0]
    return number not in chosen and bool(np.max(likeness) > _REPEAT)


def _in_reading_order(chosen: set[int], candidates: Sequence[Candidate]) -> Iterator[int]:
    """Article by article, the one with the best sentence first; inside an article as it was written."""
    articles = list(dict.fromkeys(one.sentence.article_id for one in candidates if one.sentence.id in chosen))
    place = {
        one.sentence.id: articles.index(one.sentence.article_id) for one in candidates if one.sentence.id in chosen
    }
    last = 0
    ordered: list[tuple[int, int]] = []
    for number in sorted(chosen, reverse=True):
        last = place.get(number, last)
        ordered.append((last, number))
    return (number for _, number in sorted(ordered))


def _confidence(best: Candidate) -> float:
    """How likely the best sentence answers: a logistic curve over its cosine and its cover of the question."""
    return round(1 / (1 + float(np.exp(-(9.0 * best.cosine + 5.0 * best.cover - 7.6)))), 4)


def _same_block(one: Sentence, two: Sentence) -> bool:
    return one.article_id == two.article_id and one.block == two.block


def _text(index: Index, sentence: Sentence) -> str:
    article = index.article(sentence.article_id)
    return article.text[sentence.start : sentence.end] if article else ""
