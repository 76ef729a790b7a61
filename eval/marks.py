"""An article's text with gold and cited places marked: paragraphs that hold a mark, each cut into marked pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from eval.spans import Span, overlap
from rag.schema import Article

_PARAGRAPH = re.compile(r"[^\n]+")


class Mark(StrEnum):
    """What a piece of text is, from best to worst."""

    HIT = "hit"  # cited, and it may be
    STRAY = "stray"  # cited, and it may not be
    MISSED = "missed"  # gold of a fact that was found nowhere
    SPARE = "spare"  # gold of a fact that was found elsewhere
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive characters that share a mark."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Marked:
    """An article's paragraphs that hold a mark; ``gaps`` says of each whether something was left out before it."""

    article_id: str
    title: str
    paragraphs: tuple[tuple[Piece, ...], ...]
    gaps: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one question: what was cited, what may be, and the gold of facts missed and facts found."""

    cited: Sequence[Span]
    accepted: Sequence[Span]
    missed: Sequence[Span]
    spare: Sequence[Span]

    @property
    def all(self) -> tuple[Span, ...]:
        """Every place that is marked."""
        return (*self.cited, *self.missed, *self.spare)


def marked(article: Article, places: Places) -> Marked:
    """The article's paragraphs that hold any of the places."""
    paragraphs: list[tuple[Piece, ...]] = []
    gaps: list[bool] = []
    is_gap = False
    for found in _PARAGRAPH.finditer(article.text):
        here = Span(article.id, found.start(), found.end())
        if _held(here, places.all):
            paragraphs.append(tuple(_pieces(article.text, here, places)))
            gaps.append(is_gap)
        is_gap = not _held(here, places.all)
    return Marked(article.id, article.title, tuple(paragraphs), tuple(gaps))


def _pieces(text: str, here: Span, places: Places) -> Iterator[Piece]:
    spans = [one for one in (*places.all, *places.accepted) if overlap(here, one)]
    borders = sorted({here.start, here.end, *_inside(here, spans)})
    for start, end in pairwise(borders):
        yield Piece(text[start:end], _mark(Span(here.article_id, start, end), places))


def _inside(here: Span, spans: Iterable[Span]) -> Iterator[int]:
    return (at for one in spans for at in (one.start, one.end) if here.start < at < here.end)


def _mark(piece: Span, places: Places) -> Mark:
    if _held(piece, places.cited):
        return Mark.HIT if _held(piece, places.accepted) else Mark.STRAY
    if _held(piece, places.missed):
        return Mark.MISSED
    return Mark.SPARE if _held(piece, places.spare) else Mark.PLAIN


def _held(piece: Span, spans: Sequence[Span]) -> bool:
    return any(overlap(piece, one) for one in spans)
