"""Places in articles and how much they share. Half-open code-point offsets; knows nothing of questions or answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters ``start`` to ``end`` of one article, ``end`` not included."""

    article_id: str
    start: int
    end: int

    @property
    def length(self) -> int:
        """How many characters it holds; none if it is turned around."""
        return max(0, self.end - self.start)


def overlap(one: Span, two: Span) -> int:
    """How many characters two spans share."""
    if one.article_id != two.article_id:
        return 0
    return max(0, min(one.end, two.end) - max(one.start, two.start))


def shares_half(one: Span, two: Span) -> bool:
    """Whether two spans share at least half of the shorter one: the rule by which a citation hits a gold span."""
    shorter = min(one.length, two.length)
    return shorter > 0 and 2 * overlap(one, two) >= shorter


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same characters as spans that do not touch, in order: a character cited twice counts once."""
    by_article: dict[str, list[Span]] = defaultdict(list)
    for span in sorted(one for one in spans if one.length):
        merged = by_article[span.article_id]
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(span.article_id, merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(span for merged in by_article.values() for span in merged)


def total(spans: Iterable[Span]) -> int:
    """How many different characters the spans hold."""
    return sum(span.length for span in union(spans))


def shared(ones: Iterable[Span], others: Iterable[Span]) -> int:
    """How many different characters stand in both."""
    second = union(others)
    return sum(overlap(one, other) for one in union(ones) for other in second)


def without(span: Span, taken: Iterable[Span]) -> tuple[Span, ...]:
    """The parts of a span that none of the others holds."""
    left: list[Span] = []
    at = span.start
    for other in union(taken):
        if not overlap(span, other):
            continue
        if other.start > at:
            left.append(Span(span.article_id, at, other.start))
        at = max(at, other.end)
    if at < span.end:
        left.append(Span(span.article_id, at, span.end))
    return tuple(left)
