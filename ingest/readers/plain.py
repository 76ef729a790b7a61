"""Plain text without markup: title, headings, lists and page furniture found from how the lines stand.

A heading is a short line, with a capital and no full stop, that text follows. Web pages saved as text also carry things
that look alike: captions (often twice), bylines, runs of links to other posts. Those are furniture.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.document import Block, Document, Kind
from ingest.readers.front_matter import read_front_matter
from rag.text import decode

_ITEM = re.compile(r"[ \t]*(?:[•‣▪●·*–—-]|\d{1,2}[.)])[ \t]+")
_BYLINE = re.compile(
    r"(?:by|(?:written|answered|reviewed|medically reviewed|posted|edited|fact[- ]checked) by|(?:last )?updated|"
    r"published|photo|image|credit|source|share|tags?|related|advertisement|more posts|read more|you may also like)\b",
    re.IGNORECASE,
)
_HEADING_WORDS = 14
_WRAP_WIDTH = range(45, 110)


@dataclass(frozen=True, slots=True)
class _Line:
    """A block before its neighbours are known; ``short`` lines may be headings."""

    start: int
    end: int
    text: str
    kind: Kind
    short: bool


def read_plain(data: bytes, name: str) -> Document:
    """Reads a plain text article with optional front matter; without a title line the file's name is the title.

    Raises:
        InputRefused: not text, or bad front matter.
    """
    text = decode(data, name)
    metadata, body = read_front_matter(text, name)
    blocks = structure(text, body)
    title = str(metadata.get("title") or _title(text, blocks))
    return Document(text, title, metadata, blocks)


def structure(text: str, body: int = 0) -> tuple[Block, ...]:
    """The blocks of ``text[body:]``, in order."""
    lines = _lines(text, body)
    kinds = _settled(lines)
    blocks: list[Block] = []
    for line, kind in zip(lines, kinds, strict=True):
        depth = 0 if kind is not Kind.HEADING else 2 if blocks else 1
        blocks.append(Block(kind, line.start, line.end, depth))
    return tuple(blocks)


def _title(text: str, blocks: tuple[Block, ...]) -> str:
    first = blocks[0] if blocks else None
    return text[first.start : first.end] if first and first.kind is Kind.HEADING else ""


def _lines(text: str, body: int) -> list[_Line]:
    """The lines with words on them; where paragraphs are hard-wrapped, the wrapped lines joined."""
    raw = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text[body:]) if match.group().strip()]
    spans = [(body + start, body + end) for start, end in raw]
    if _is_wrapped(text, spans):
        spans = _unwrapped(text, spans)
    return [_line(text, start, end) for start, end in spans]


def _is_wrapped(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether most lines that go on break inside a sentence at a column's width."""
    followed = [(one, two) for one, two in pairwise(spans) if two[0] - one[1] == 1]
    broken = [one for one, _ in followed if len(text[slice(*one)]) in _WRAP_WIDTH and text[one[1] - 1] not in ".!?:"]
    return len(broken) > len(followed) / 2 and len(broken) > 2


def _unwrapped(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        goes_on = joined and start - joined[-1][1] == 1 and not _ITEM.match(text, start, end)
        if goes_on:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _line(text: str, start: int, end: int) -> _Line:
    content = text[start:end]
    mark = _ITEM.match(content)
    start += len(content) - len(content.lstrip())
    end -= len(content) - len(content.rstrip())
    words = content[mark.end() :].strip() if mark else content.strip()
    short = len(words.split()) <= _HEADING_WORDS and words[-1:] not in tuple(".!;,") and not re.search(r"[.!?] ", words)
    is_item = mark is not None and not (short and mark.group().strip()[:1].isdigit() and words[:1].isupper())
    return _Line(start, end, words, Kind.ITEM if is_item else Kind.PARAGRAPH, short and not is_item)


def _settled(lines: list[_Line]) -> list[Kind]:
    """What each line is, given its neighbours."""
    repeated = {text for text, count in Counter(line.text for line in lines if line.short).items() if count > 1}
    marked = [_marked(line, after, repeated) for line, after in zip(lines, [*lines[1:], None], strict=False)]
    return [_kind(marked, position) for position in range(len(marked))]


def _marked(line: _Line, after: _Line | None, repeated: set[str]) -> _Line:
    """Furniture marked, and a short line that introduces a list taken as text."""
    if line.short and _is_furniture(line.text, repeated):
        return replace(line, kind=Kind.FURNITURE)
    introduces = line.text.endswith(":") and after is not None and after.kind is Kind.ITEM
    return replace(line, short=False) if introduces else line


def _is_furniture(text: str, repeated: set[str]) -> bool:
    return text in repeated or text[:1].islower() or _BYLINE.match(text) is not None


def _kind(lines: list[_Line], position: int) -> Kind:
    """A short line is a heading if text follows it; of a run of three or more only the last is, the rest are links."""
    line = lines[position]
    if line.kind is not Kind.PARAGRAPH or not line.short:
        return line.kind
    if position == 0:
        return Kind.HEADING
    before, after = _run(lines, position, -1), _run(lines, position, +1)
    followed = position + after + 1 < len(lines) and lines[position + after + 1].kind is not Kind.FURNITURE
    is_link = after > 0 and before + after >= 2
    return Kind.HEADING if followed and not is_link else Kind.FURNITURE


def _run(lines: list[_Line], position: int, step: int) -> int:
    """How many short lines stand without a break beside this one, the title left out."""
    count = 0
    while 0 < position + step * (count + 1) < len(lines) and lines[position + step * (count + 1)].short:
        count += 1
    return count
