"""DOCX: mammoth turns the file into clean HTML, whose headings, paragraphs and list items we take in order.

A DOCX is a zip file: one that would unpack past a stated size is refused before it is opened.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.document import Document, Kind, Piece, compose
from rag.errors import InputRefused

if TYPE_CHECKING:
    from lxml import html

UNPACKED_LIMIT = 200_000_000
_STYLES = "p[style-name='Title'] => h1:fresh"


def read_docx(data: bytes, name: str) -> Document:
    """Reads a Word document.

    Raises:
        InputRefused: not a DOCX file, or one that unpacks past ``UNPACKED_LIMIT`` bytes.
    """
    import mammoth
    from lxml import html

    _refuse_bomb(data, name)
    try:
        page = mammoth.convert_to_html(
            io.BytesIO(data), style_map=_STYLES, convert_image=mammoth.images.img_element(lambda _: {})
        ).value
    except Exception as error:
        raise InputRefused(f"{name}: not a readable Word document ({type(error).__name__})") from error
    root = html.fragment_fromstring(page, create_parent="div")
    return compose(_pieces(root), "", {})


def _refuse_bomb(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except Exception as error:  # zipfile has many, one for each thing that can be wrong
        raise InputRefused(f"{name}: not a Word document (no readable zip archive inside)") from error
    if unpacked > UNPACKED_LIMIT:
        raise InputRefused(f"{name}: unpacks to {unpacked:,} bytes, more than {UNPACKED_LIMIT:,}; split it")


def _pieces(root: html.HtmlElement) -> Iterator[Piece]:
    for element in root.iter("h1", "h2", "h3", "h4", "h5", "h6", "p", "li"):
        if any(parent.tag in ("td", "th", "li") for parent in element.iterancestors()) and element.tag == "p":
            continue
        if element.tag == "li":
            yield Piece(Kind.ITEM, "".join(_own_text(element)))
        elif element.tag == "p":
            yield Piece(Kind.PARAGRAPH, element.text_content())
        else:
            yield Piece(Kind.HEADING, element.text_content(), int(element.tag[1]))


def _own_text(item: html.HtmlElement) -> Iterator[str]:
    """The words of a list item without those of lists inside it."""
    yield item.text or ""
    for child in item:
        if child.tag not in ("ul", "ol"):
            yield child.text_content()
        yield child.tail or ""
