"""A few questions the articles answer, read off their own titles and headings, to start a reader off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rag.schema import Article

_HEADING = re.compile(r"^#{1,3}\s+(.+?)\s*#*$", re.MULTILINE)
# "Why sciatica happens" asks "Why does sciatica happen?"; a heading about "it" names nothing and is passed over.
_ASKS = (
    (re.compile(r"What (.+) feels like"), "What does {} feel like?"),
    (re.compile(r"What helps (.+)"), "What helps {}?"),
    (re.compile(r"How long (.+) lasts"), "How long does {} last?"),
    (re.compile(r"Why (.+) happens"), "Why does {} happen?"),
    (re.compile(r"How (.+) is diagnosed"), "How is {} diagnosed?"),
    (re.compile(r"What (.+) is"), "What is {}?"),
)
_NAMELESS = re.compile(r"(?:it|they|this|the pain|pain)\b", re.IGNORECASE)


def example_questions(articles: Iterable[Article], count: int = 4) -> tuple[str, ...]:
    """At most ``count`` questions, each from another article and, as far as that goes, each of another kind."""
    held = sorted(articles, key=lambda article: (len(article.title), article.title))
    chosen: dict[str, str] = {article.id: article.title for article in held if article.title.endswith("?")}
    for pattern, asks in _ASKS:
        found = next(
            ((one.id, ask) for one in held if one.id not in chosen for ask in _asked(one, pattern, asks)), None
        )
        if found:
            chosen[found[0]] = found[1]
    return tuple(chosen.values())[:count]


def _asked(article: Article, pattern: re.Pattern[str], asks: str) -> Iterator[str]:
    for heading in _HEADING.findall(article.text):
        match = pattern.fullmatch(heading)
        if match and not _NAMELESS.match(match[1]):
            yield asks.format(match[1])
