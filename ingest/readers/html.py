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
    root = ElementTree.fromstring(found)
    metadata: dict[str, Any] = {
        ours: value for theirs, ours in _METADATA.items() if (value := root.get(theirs, "").strip())
    }
    return compose(_pieces(root.find("main")), root.get("title", ""), metadata)


def _pieces(element: ElementTree.Element | None) -> Iterator[Piece]:
    for child in element if element is not None else ():
        kind = _KINDS.get(child.tag)
        if kind is None or (child.tag == "quote" and len(child)):
            yield from _pieces(child)
        elif child.find(".//item") is not None:
            yield Piece(kind, child.text or "")
            yield from _pieces(child)
        else:
            depth = int(child.get("rend", "h2")[1:2] or 2) if kind is Kind.HEADING else 0
            yield Piece(kind, "".join(child.itertext()), depth)
