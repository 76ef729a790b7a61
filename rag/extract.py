"""Passages to the sentences that answer, or to none. Returns ids of sentences it was offered; writes no word.

The most probable candidate, and those close behind it that add something, are chosen; a sentence that leans on another
brings it along or stays out. The best comes first: a reader wants the answer, then the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.candidates import candidates, offered
from rag.index import Index
from rag.leaning import with_support
from rag.reader import Reader
from rag.retrieve import Evidence
from rag.schema import Sentence
from rag.weigh import confidence, probability

# A sentence less probable than this share of the best adds more doubt than facts; one more alike only repeats.
_CUT_OFF = 0.5
_REPEAT = 0.88


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence that was considered, and how likely it answers."""

    sentence: Sentence
    probability: float


@dataclass(frozen=True, slots=True)
class Draft:
    """The ids of the chosen sentences in reading order, how sure we are, and all considered, most probable first."""

    sentences: tuple[int, ...]
    confidence: float
    considered: tuple[Scored, ...]


def extract(evidence: Evidence, index: Index, reader: Reader | None, limit: int) -> Draft:
    """At most ``limit`` sentences that answer the question; the caller decides whether ``confidence`` suffices."""
    near = offered(evidence, index)
    found = candidates(evidence, index, near, reader)
    ranked = sorted((Scored(one.sentence, probability(one)) for one in found), key=lambda one: -one.probability)
    groups: list[tuple[int, ...]] = []
    best = 0.0
    for one in ranked:
        if groups and one.probability < best * _CUT_OFF:
            break
        group = with_support(one.sentence, near, index.text)
        if group is not None and _fits(groups, group, limit) and not _repeats(one.sentence, groups, index):
            groups.append(group)
            best = max(best, one.probability)
    return Draft(_in_reading_order(groups, index), confidence(found), tuple(ranked))


def _fits(groups: Sequence[tuple[int, ...]], group: tuple[int, ...], limit: int) -> bool:
    return len({number for one in (*groups, group) for number in one}) <= limit


def _repeats(sentence: Sentence, groups: Sequence[tuple[int, ...]], index: Index) -> bool:
    """Whether a chosen sentence already says this."""
    chosen = sorted({number for group in groups for number in group})
    if not chosen:
        return False
    likeness = index.sentence_vectors(chosen) @ index.sentence_vectors([sentence.id])[0]
    return sentence.id in chosen or bool(np.max(likeness) > _REPEAT)


def _in_reading_order(groups: Sequence[tuple[int, ...]], index: Index) -> tuple[int, ...]:
    """The best group first; then article by article, the better one first, each as it was written."""
    if not groups:
        return ()
    sentences = index.sentences(number for group in groups for number in group)
    article = {sentence.id: sentence.article_id for sentence in sentences}
    articles = list(dict.fromkeys(article[group[0]] for group in groups))
    rest = {number for group in groups[1:] for number in group} - set(groups[0])
    return (*groups[0], *sorted(rest, key=lambda number: (articles.index(article[number]), number)))
