"""Markdown: markdown-it-py finds the blocks; their offsets point into the file itself.

Headings, paragraphs and list items are blocks; tables, code and HTML are left out, an image alone is furniture. A quote
keeps the author's marks (``*`` and the like), since it is a slice of the file.
"""

from __future__ import annotations

import re
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.document import Block, Document, Kind, titled
from ingest.readers.front_matter import read_front_matter
from rag.text import decode, sentence_spans

_MARKS = r"(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))*[ \t]*"
_HEADING_MARK = re.compile(rf"{_MARKS}(?:#{{1,6}}[ \t]+)?")
# The first line of a quotation may only name it: "> **Key points**", "> [!NOTE]".
_BLOCK_MARK = re.compile(rf"{_MARKS}(?:(?:\*\*[^*\n]*[^*\n.!?]\*\*|\[!\w+\])[ \t]*\n[ \t]*>[ \t>]*)?")
_HEADING_END = re.compile(r"(?:[ \t]+#+|\n[ \t>]*(?:=+|-+))[ \t]*$")
# The mark in front of each further line of a quotation.
_QUOTE_MARK = re.compile(r"(?<=\n)[ \t]*>[ \t>]*")


def read_markdown(data: bytes, name: str) -> Document:
    """Reads a Markdown article with optional front matter.

    Raises:
        InputRefused: not text, or bad front matter.
    """
    text = decode(data, name)
    metadata, body = read_front_matter(text, name)
    blocks = tuple(_blocks(text, body))
    title = str(metadata.get("title") or titled(blocks, text))
    return Document(text, title, metadata, blocks)


def _blocks(text: str, body: int) -> list[Block]:
    tokens = MarkdownIt("commonmark").enable("table").parse(text[body:])
    lines = _line_starts(text, body)
    blocks: list[Block] = []
    items = 0
    for position, token in enumerate(tokens):
        items += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type == "inline" and token.content and token.map is not None:
            opener = tokens[position - 1]
            block = _block(text, lines[token.map[0]], lines[token.map[1]], opener, in_item=items > 0)
            if block is not None:
                blocks += _unbroken(text, block)
    return blocks


def _block(text: str, start: int, end: int, opener: Token, *, in_item: bool) -> Block | None:
    """The block of one inline token, trimmed to its words; an image alone is furniture."""
    is_heading = opener.type == "heading_open"
    mark = (_HEADING_MARK if is_heading else _BLOCK_MARK).match(text, start, end)
    start = mark.end() if mark else start
    content = text[start:end].rstrip()
    if is_heading:
        content = _HEADING_END.sub("", content)
        return Block(Kind.HEADING, start, start + len(content), int(opener.tag[1]))
    if not content or opener.type != "paragraph_open":
        return None
    if content.startswith(("![", "[![")):
        return Block(Kind.FURNITURE, start, start + len(content))
    return Block(Kind.ITEM if in_item else Kind.PARAGRAPH, start, start + len(content))


def _unbroken(text: str, block: Block) -> list[Block]:
    """The block; of a quotation with a mark before each line, the sentences that have no mark inside them."""
    content = text[block.start : block.end]
    if not _QUOTE_MARK.search(content):
        return [block]
    spans = sentence_spans(_QUOTE_MARK.sub(lambda mark: " " * len(mark[0]), content))
    return [
        replace(block, start=block.start + start, end=block.start + end)
        for start, end in spans
        if not _QUOTE_MARK.search(content, start, end)
    ]


def _line_starts(text: str, body: int) -> list[int]:
    breaks = [match.end() for match in re.finditer(r"\r\n?|\n", text[body:])]
    return [body, *(body + end for end in breaks), len(text)]
