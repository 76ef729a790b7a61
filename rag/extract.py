"""Passages to the sentences that answer, or to none. Returns ids of sentences it was offered; writes no word.

The best candidate, and those close behind it that add something, are chosen; a sentence that leans on another brings
it along or stays out. The best comes first: a reader wants the answer, then the rest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.candidates import Candidate, candidates, offered
from rag.index import Index
from rag.leaning import with_support
from rag.retrieve import Evidence

# A sentence scoring below this share of the best adds more doubt than facts; one more alike than this only repeats.
_CUT_OFF = 0.82
_REPEAT = 0.88


@dataclass(frozen=True, slots=True)
class Draft:
    """The ids of the chosen sentences in reading order, how sure we are, and every candidate, best first."""

    sentences: tuple[int, ...]
    confidence: float
    candidates: tuple[Candidate, ...]


def extract(evidence: Evidence, index: Index, limit: int) -> Draft:
    """At most ``limit`` sentences that answer the question; the caller decides whether ``confidence`` suffices."""
    near = offered(evidence, index)
    found = candidates(evidence, index, near)
    groups: list[tuple[int, ...]] = []
    for candidate in found:
        if groups and candidate.score < found[0].score * _CUT_OFF:
            break
        group = with_support(candidate.sentence, near, index.text)
        if group is not None and _fits(groups, group, limit) and not _repeats(candidate, groups, index):
            groups.append(group)
    confidence = _confidence(found[0]) if found else 0.0
    return Draft(_in_reading_order(groups, index), confidence, tuple(found))


def _fits(groups: Sequence[tuple[int, ...]], group: tuple[int, ...], limit: int) -> bool:
    return len({number for one in (*groups, group) for number in one}) <= limit


def _repeats(candidate: Candidate, groups: Sequence[tuple[int, ...]], index: Index) -> bool:
    """Whether a chosen sentence already says this."""
    chosen = sorted({number for group in groups for number in group})
    if not chosen:
        return False
    likeness = index.sentence_vectors(chosen) @ index.sentence_vectors([candidate.sentence.id])[0]
    return candidate.sentence.id in chosen or bool(np.max(likeness) > _REPEAT)


def _in_reading_order(groups: Sequence[tuple[int, ...]], index: Index) -> tuple[int, ...]:
    """The best group first; then article by article, the better one first, each as it was written."""
    if not groups:
        return ()
    sentences = index.sentences(number for group in groups for number in group)
    article = {sentence.id: sentence.article_id for sentence in sentences}
    articles = list(dict.fromkeys(article[group[0]] for group in groups))
    rest = {number for group in groups[1:] for number in group} - set(groups[0])
    return (*groups[0], *sorted(rest, key=lambda number: (articles.index(article[number]), number)))


def _confidence(best: Candidate) -> float:
    """How likely the best sentence answers: a logistic curve over its cosine and its cover of the question."""
    return round(1 / (1 + math.exp(7.6 - 9.0 * best.cosine - 5.0 * best.cover)), 4)
