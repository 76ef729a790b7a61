"""How right, how complete and how tight the citations of one answer are.

Every function takes places only: ``cited`` (what the answer cites, quotes that do not stand there left out or marked),
``facts`` (the gold places of each required fact, alternatives to each other) and ``accepted`` (every place that may be
cited). None means that the measure says nothing about this answer. Precision and recall of citations follow ALCE (Gao
and others 2023, "Enabling Large Language Models to Generate Text with Citations"), with gold spans in place of a model
that judges support.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.spans import Span, overlap, shared, shares_half, total
from rag.schema import Citation
from rag.verify import FindArticle

Facts = Sequence[Sequence[Span]]


def is_exact(citation: Citation, find: FindArticle) -> bool:
    """Whether ``article.text[start:end] == quote``: the house invariant, checked again from outside."""
    article = find(citation.article_id)
    inside = article is not None and 0 <= citation.start < citation.end <= len(article.text)
    return inside and article is not None and article.text[citation.start : citation.end] == citation.quote


def is_right(cited: Span, accepted: Sequence[Span]) -> bool:
    """Whether a citation shares at least half of the shorter span with a place that may be cited."""
    return any(shares_half(cited, place) for place in accepted)


def precision(right: Sequence[bool]) -> float | None:
    """Right citations / all citations; None where nothing is cited."""
    return sum(right) / len(right) if right else None


def recall(cited: Sequence[Span], facts: Facts) -> float | None:
    """Required facts with at least one right citation / required facts; None where no fact is required."""
    if not facts:
        return None
    return sum(any(is_right(one, fact) for one in cited) for fact in facts) / len(facts)


def f1(precise: float | None, recalled: float | None) -> float:
    """The harmonic mean of precision and recall (van Rijsbergen 1979); 0 where either is 0 or says nothing."""
    if not precise or not recalled:
        return 0.0
    return 2 * precise * recalled / (precise + recalled)


def tightness(cited: Sequence[Span], accepted: Sequence[Span], wrong_length: int = 0) -> float | None:
    """Cited characters inside places that may be cited / cited characters, each counted once.

    ``wrong_length`` adds characters of quotes that stand nowhere. Without this measure a whole chunk that holds the
    answer looks as good as its one sentence (character precision, as in the SQuAD F1 of Rajpurkar and others 2016).
    """
    length = total(cited) + wrong_length
    return shared(cited, accepted) / length if length else None


def gold_covered(cited: Sequence[Span], facts: Facts) -> float | None:
    """Per fact, the share of characters cited of the gold place that is covered best; the mean over facts."""
    if not facts:
        return None
    return sum(max(shared(cited, [place]) / place.length for place in fact) for fact in facts) / len(facts)


def iou(cited: Sequence[Span], facts: Facts) -> float | None:
    """Per fact, the best intersection over union of a citation with a gold place; the mean over facts.

    Jaccard's index (1912), over characters, as ERASER uses it for rationales (DeYoung and others 2020).
    """
    if not facts:
        return None
    best = [max((_jaccard(one, place) for one in cited for place in fact), default=0.0) for fact in facts]
    return sum(best) / len(facts)


def _jaccard(one: Span, two: Span) -> float:
    common = overlap(one, two)
    return common / (one.length + two.length - common) if common else 0.0
