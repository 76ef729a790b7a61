"""HTML: trafilatura drops navigation, banners and footers; what is left becomes headings, paragraphs and list items.

Nothing is fetched: no image, no script, no stylesheet, no entity from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from ingest.document import Document, Kind, Piece, compose
from rag.errors import InputRefused
from rag.text import decode

_KINDS = {"head": Kind.HEADING, "p": Kind.PARAGRAPH, "item": Kind.ITEM, "quote": Kind.PARAGRAPH}
_BLOCKS = {*_KINDS, "list"}
# A publishing date is left out: where a page states none, the extractor guesses one.
_METADATA = {"author": "author", "source": "url", "license": "license", "sitename": "publisher"}


def read_html(data: bytes, name: str) -> Document:
    """Reads the main text of a web page.

    Raises:
        InputRefused: not text, or a page without a main text.
    """
    import trafilatura

    page = decode(data, name)
    found = trafilatura.extract(
        page, output_format="xml", include_comments=False, include_tables=False, with_metadata=True, favor_recall=True
    )
    if not found:
        raise InputRefused(f"{name}: no article text found in this page")
    root = ElementTree.fromstring(found.replace("<lb/>", " "))
    metadata: dict[str, Any] = {
        ours: value for theirs, ours in _METADATA.items() if (value := root.get(theirs, "").strip())
    }
    return compose(_pieces(root), root.get("title", ""), metadata)


def _pieces(element: ElementTree.Element, outer: Kind | None = None) -> Iterator[Piece]:
    """The blocks in an element, and its own words before, between and after them if it is a block itself."""
    kind = Kind.ITEM if outer is Kind.ITEM else _KINDS.get(element.tag)
    depth = int(element.get("rend", "h2")[1:2] or 2) if kind is Kind.HEADING else 0
    words = element.text or ""
    for child in element:
        if kind is None:
            yield from _pieces(child)
        elif child.tag in _BLOCKS:
            yield Piece(kind, words, depth)
            yield from _pieces(child, kind)
            words = child.tail or ""
        else:
            words += "".join(child.itertext()) + (child.tail or "")
    if kind is not None:
        yield Piece(kind, words, depth)
