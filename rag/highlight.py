"""An article as HTML with exact spans of it marked. Every word is escaped; the text decides nothing but its paragraphs.

A mark is drawn where its offsets say and nowhere else. Paragraphs far from every mark can be folded away, so that the
marked place is what a reader sees first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from rag.render import visible
from rag.schema import Article
from rag.text import FRONT_MATTER

_HEADING = re.compile(r"(#{1,6})\s+")
# As in ``rag.text``: a mark that belongs to the sentence there must not be cut off here.
_ITEM = re.compile(r"\s*(?:[-*•‣▪●·–—]|\d{1,2}[.)])\s+")
_MARKDOWN_ITEM = re.compile(rf"{_ITEM.pattern}|\s*\+\s+")
# A short line before an empty one; the lines of a hard-wrapped paragraph are short too.
_TITLE_LIKE = re.compile(r"[^.!;:\n]{2,80}(?=\n\s*\n)")
_AROUND = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to mark: its number, the id it gets in the page, and the id its number links back to."""

    number: int
    start: int
    end: int
    anchor: str
    back: str


@dataclass(frozen=True, slots=True)
class Block:
    """``text[start:end]`` is one heading, list item or paragraph; ``tag`` is the element that shows it."""

    tag: str
    start: int
    end: int


def article_html(article: Article, marks: Iterable[Mark] = (), *, fold: bool = False) -> str:
    """The whole article; with ``fold``, stretches without a mark are closed until a reader opens them."""
    parts = blocks(article)
    spans = _apart(marks)
    drawn = [_block_html(article.text, part, spans) for part in parts]
    return _folded(parts, drawn, spans) if fold and spans else _joined(parts, drawn)


def blocks(article: Article) -> tuple[Block, ...]:
    """Headings, list items and paragraphs, in order; the front matter and a title line are left out.

    In a Markdown file a paragraph ends at an empty line, in any other text at every line.
    """
    front = FRONT_MATTER.match(article.text)
    body = front.end() if front else 0
    is_markdown = article.path.lower().endswith(".md")
    found: list[Block] = []
    joins = False
    for line in re.finditer(r"[^\n]+", article.text[body:]):
        block = _line(article.text, body + line.start(), body + line.end(), is_markdown=is_markdown)
        gap = article.text[found[-1].end : body + line.start()].count("\n") if found else 2
        if block is None:
            continue
        if joins and block.tag == "p" and gap == 1 and found:
            opened = found.pop()
            block = Block(opened.tag, opened.start, block.end)
        found.append(block)
        joins = is_markdown and block.tag in ("p", "li")
    return tuple(_untitled(found, article))


def _line(text: str, start: int, end: int, *, is_markdown: bool) -> Block | None:
    line = text[start:end]
    if not line.strip():
        return None
    if is_markdown and (heading := _HEADING.match(line)):
        return Block("h3" if len(heading[1]) <= 2 else "h4", start + heading.end(), end)
    if item := (_MARKDOWN_ITEM if is_markdown else _ITEM).match(line):
        return Block("li", start + item.end(), end)
    if not is_markdown and _TITLE_LIKE.match(text, start):
        return Block("h3", start, end)
    return Block("p", start, end)


def _untitled(found: Sequence[Block], article: Article) -> Sequence[Block]:
    """The title stands above the article already."""
    opens = found and article.text[found[0].start : found[0].end].strip() == article.title
    return found[1:] if opens else found


def _apart(marks: Iterable[Mark]) -> list[Mark]:
    """The marks in order, each starting where the one before it has ended; one that is wholly covered stays a point."""
    apart: list[Mark] = []
    for mark in sorted(marks, key=lambda one: (one.start, one.end)):
        start = max(mark.start, apart[-1].end if apart else 0)
        apart.append(Mark(mark.number, start, max(mark.end, start), mark.anchor, mark.back))
    return apart


def _block_html(text: str, block: Block, marks: Sequence[Mark]) -> str:
    pieces: list[str] = []
    at = block.start
    for mark in marks:
        start, end = max(mark.start, at), min(mark.end, block.end)
        if not block.start <= start <= end or (start == end and not mark.start == mark.end < block.end):
            continue
        opens = block.start <= mark.start
        pieces += [_shown(text[at:start]), _mark_html(text[start:end], mark, opens=opens)]
        at = end
    return f"<{block.tag}>{''.join(pieces)}{_shown(text[at : block.end])}</{block.tag}>"


def _mark_html(words: str, mark: Mark, *, opens: bool) -> str:
    """The number stands before the first piece of a mark only, and links back to the statement."""
    if not opens:
        return f'<mark class="cb-mark">{_shown(words)}</mark>'
    number = (
        f'<a class="cb-back" href="#{mark.back}" aria-label="Back to statement {mark.number} of the answer">'
        f"{mark.number}</a>"
    )
    return f'{number}<mark class="cb-mark" id="{mark.anchor}" tabindex="-1">{_shown(words)}</mark>'


def _folded(parts: Sequence[Block], drawn: Sequence[str], marks: Sequence[Mark]) -> str:
    marked = [at for at, part in enumerate(parts) if any(m.start < part.end and part.start < m.end for m in marks)]
    kept = {near for at in marked for near in range(at - _AROUND, at + _AROUND + 1)}
    kept |= {heading for at in marked for heading in _headings_above(parts, at)}
    html: list[str] = []
    at = 0
    while at < len(parts):
        stop = next((n for n in range(at, len(parts)) if (n in kept) != (at in kept)), len(parts))
        run = _joined(parts[at:stop], drawn[at:stop])
        html.append(run if at in kept else _fold(run, stop - at))
        at = stop
    return "".join(html)


def _fold(html: str, count: int) -> str:
    label = "1 more paragraph" if count == 1 else f"{count} more paragraphs"
    return f'<details class="cb-fold"><summary>{label}</summary>{html}</details>'


def _headings_above(parts: Sequence[Block], at: int) -> list[int]:
    above = next((n for n in range(at, -1, -1) if parts[n].tag in ("h3", "h4")), None)
    return [] if above is None else [above]


def _joined(parts: Sequence[Block], drawn: Sequence[str]) -> str:
    """List items that follow one another share a list."""
    html: list[str] = []
    for at, (part, piece) in enumerate(zip(parts, drawn, strict=True)):
        if part.tag == "li" and (at == 0 or parts[at - 1].tag != "li"):
            html.append("<ul>")
        html.append(piece)
        if part.tag == "li" and (at + 1 == len(parts) or parts[at + 1].tag != "li"):
            html.append("</ul>")
    return "".join(html)


def _shown(text: str) -> str:
    return escape(visible(text))
