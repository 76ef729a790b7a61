"""PDF: pypdfium2 gives the words and where they stand; lines become paragraphs and headings by size and distance.

Running heads, running feet and page numbers are dropped. Does not read pictures of text: a scanned PDF is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from ingest.document import Document, Kind, Piece, compose
from rag.errors import InputRefused

_ITEM = re.compile(r"(?:[•‣▪●·*–—-]|\d{1,2}[.)])\s+")
_END = (".", "!", "?", ":", "”", '"')
# What PDFium gives for the hyphen at a line's end.
_LINE_END_HYPHEN = re.compile("[\x02\ufffe\xad]$")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of print; heights and distances in points, ``gap`` is the white space above it."""

    text: str
    height: float
    gap: float
    left: float


def read_pdf(data: bytes, name: str) -> Document:
    """Reads the text of a PDF.

    Raises:
        InputRefused: not a PDF, locked by a password, or without text in it.
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as document:
            pages = [_lines(page) for page in document]
            author, title = (document.get_metadata_value(key).strip() for key in ("Author", "Title"))
    except (pypdfium2.PdfiumError, UnicodeDecodeError) as error:
        raise InputRefused(f"{name}: not a readable PDF (damaged, or locked by a password)") from error
    lines = [line for page in _without_running_heads(pages) for line in page]
    if not lines:
        raise InputRefused(f"{name}: no text in this PDF (pictures of pages?); run text recognition on it first")
    return compose(_pieces(lines), title, {"author": author} if author else {})


def _lines(page: Any) -> list[_Line]:  # noqa: ANN401 - an untyped library
    """The lines of a page from top to bottom."""
    textpage = page.get_textpage()
    boxes = sorted((textpage.get_rect(number) for number in range(textpage.count_rects())), key=lambda box: -box[3])
    rows: list[list[tuple[float, float, float, float]]] = []
    for box in boxes:
        if rows and box[3] > (rows[-1][0][1] + rows[-1][0][3]) / 2:
            rows[-1].append(box)
        else:
            rows.append([box])
    lines: list[_Line] = []
    above = page.get_height()
    for row in rows:
        left, bottom = min(box[0] for box in row), min(box[1] for box in row)
        right, top = max(box[2] for box in row), max(box[3] for box in row)
        text = " ".join(textpage.get_text_bounded(left - 1, bottom - 1, right + 1, top + 1).split())
        if text:
            text = _LINE_END_HYPHEN.sub("-", text)
            lines.append(_Line(text, max(box[3] - box[1] for box in row), above - top, left))
            above = bottom
    return lines


def _without_running_heads(pages: list[list[_Line]]) -> list[list[_Line]]:
    edges = Counter(_masked(line) for page in pages for line in {*page[:1], *page[-1:]})
    running = {text for text, count in edges.items() if count > max(1, len(pages) // 2)}
    return [
        [line for line in page if not (line in page[:1] + page[-1:] and _is_running(line, running))] for page in pages
    ]


def _is_running(line: _Line, running: set[str]) -> bool:
    return _masked(line) in running or line.text.strip(" -–|").isdigit()


def _masked(line: _Line) -> str:
    return re.sub(r"\d+", "#", line.text)


def _pieces(lines: list[_Line]) -> Iterator[Piece]:
    size, pitch = median(line.height for line in lines), median(line.gap for line in lines)
    sizes = sorted({round(line.height) for line in lines if line.height > size * 1.15}, reverse=True)
    open_lines: list[_Line] = []
    for line in lines:
        if open_lines and _breaks(open_lines[-1], line, size, pitch):
            yield _piece(open_lines, size, sizes)
            open_lines = []
        open_lines.append(line)
    if open_lines:
        yield _piece(open_lines, size, sizes)


def _breaks(last: _Line, line: _Line, size: float, pitch: float) -> bool:
    """Whether a new piece begins: another size, a list mark, or more white space after a finished sentence."""
    if abs(last.height - line.height) > size * 0.15 and max(last.height, line.height) > size * 1.15:
        return True
    if _ITEM.match(line.text):
        return True
    apart = line.gap > max(pitch * 1.6, size * 0.6)
    return apart and (last.text.endswith(_END) or line.text[:1].isupper())


def _piece(lines: list[_Line], size: float, sizes: list[int]) -> Piece:
    text = _joined(lines)
    if lines[0].height > size * 1.15 and len(text) < 150:
        return Piece(Kind.HEADING, text, min(1 + sizes.index(round(lines[0].height)), 6))
    if _ITEM.match(text):
        return Piece(Kind.ITEM, text)
    is_heading = len(lines) == 1 and len(text) < 80 and text[:1].isupper() and not text.endswith((*_END, ",", ";"))
    return Piece(Kind.HEADING, text, 3) if is_heading else Piece(Kind.PARAGRAPH, text)


def _joined(lines: list[_Line]) -> str:
    """The lines as running text; a word broken by a hyphen at the line's end is made whole."""
    text = ""
    for line in lines:
        broken = re.search(r"[a-z]-$", text) and line.text[:1].islower()
        text = text[:-1] + line.text if broken else f"{text} {line.text}"
    return text.strip()
