"""What every reader makes of a file: one text, and the blocks that stand in it.

Readers find structure; they decide nothing about quoting. See ``split`` for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SEPARATOR = "\n\n"


class Kind(StrEnum):
    """What a block is to a reader of the article."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    FURNITURE = "furniture"  # navigation, captions, bylines, tables: part of the page, never evidence


@dataclass(frozen=True, slots=True)
class Block:
    """``document.text[start:end]`` is one heading, paragraph or list item; ``depth`` is a heading's."""

    kind: Kind
    start: int
    end: int
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its text, its blocks in order without overlap, its title and its metadata."""

    text: str
    title: str
    metadata: Mapping[str, Any]
    blocks: tuple[Block, ...]


def titled(blocks: tuple[Block, ...], text: str) -> str:
    """The first top heading, else the first heading, else nothing."""
    headings = [block for block in blocks if block.kind is Kind.HEADING]
    first = min(headings, key=lambda block: (block.depth, block.start), default=None)
    return text[first.start : first.end] if first else ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a format whose text we compose ourselves (HTML, PDF, DOCX), before it has a place."""

    kind: Kind
    text: str
    depth: int = 0


def compose(pieces: Iterable[Piece], title: str, metadata: Mapping[str, Any]) -> Document:
    """One text out of pieces, a blank line between them, white space inside each made single spaces."""
    parts: list[str] = []
    blocks: list[Block] = []
    position = 0
    for piece in pieces:
        content = " ".join(piece.text.split())
        if content:
            parts.append(content)
            blocks.append(Block(piece.kind, position, position + len(content), piece.depth))
            position += len(content) + len(SEPARATOR)
    text = SEPARATOR.join(parts)
    return Document(text, title or titled(tuple(blocks), text), metadata, tuple(blocks))
