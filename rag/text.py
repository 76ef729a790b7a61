"""Bytes to text, and text to sentence spans that never lose their place.

Every span ``(start, end)`` is half-open, in code points of the text it was asked about, and holds a whole sentence
without surrounding white space. Nothing here changes a text: folding for search lives in ``lexical``.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import Any

from rag.errors import InputRefused

Span = tuple[int, int]

# The block of YAML in front of an article, as ingest reads it and the page leaves it out.
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)

# A full stop after these does not end a sentence. Lower case, without the final dot.
ABBREVIATIONS = frozenset("al approx b.i.d ca cf dept dr e.g eg esp i.e ie incl mr mrs ms p.o prof st t.i.d vs".split())
# Nor after these when a number follows: "Fig. 3", but "He said no. Then he left."
NUMBERED = frozenset("ch eq fig figs no nos pp ref refs sec vol".split())

# An end mark, with the closing quotes, brackets and reference marks ("[2,3]") that belong to the sentence it ends.
_END = re.compile(r"(?P<mark>[.!?…]+)(?P<close>[\"'”’)\]]*(?:\[[\d,;\s–-]+\])*)(?P<gap>\s+)")
_LAST_WORDS = re.compile(r"(?:(\w+)\W+)?([\w.]+)\.$")
# "vitamin D." and "axial SpA." end sentences, although the last word looks like an initial.
_LETTER_NAME = re.compile(r"\b[a-z]+ (?:[A-Z]|[A-Z]?[a-z]+[A-Z])\.$")
_BULLET = re.compile(r"\s*(?:[•‣▪●·*]|[-–—])\s+|\s*\d{1,2}[.)]\s+")


def decode(data: bytes, name: str) -> str:
    """The text of a file: byte-order mark off, CRLF to LF, nothing else changed.

    Tries the byte-order mark, then strict UTF-8, then Windows-1252 as web pages do.

    Raises:
        InputRefused: the bytes are not text.
    """
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return _decoded(data[len(mark) :], (codec,), name)
    return _decoded(data, ("utf-8", "cp1252"), name)


def _decoded(data: bytes, codecs: tuple[str, ...], name: str) -> str:
    for codec in codecs:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n")
    raise InputRefused(f"{name}: not a text file (binary or unknown encoding); save it as UTF-8")


def sha256(text: str) -> str:
    """The hash of a text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def storable(text: str) -> str:
    """The text with half characters (lone surrogates), which no database or file can hold, as question marks."""
    return text.encode("utf-8", "replace").decode()


def sentence_spans(text: str) -> list[Span]:
    """The sentences of one paragraph or list item, in order.

    syntok finds most borders; we add the ones it leaves: lower-case text, and a reference mark after the full stop. A
    list mark in front ("•", "3.") belongs to no sentence.
    """
    bullet = _BULLET.match(text)
    offset = bullet.end() if bullet else 0
    spans: list[Span] = []
    for start, end in _syntok_spans(text[offset:]):
        spans += _split_missed(text, start + offset, end + offset)
    return spans


def _syntok_spans(text: str) -> list[Span]:
    spans: list[Span] = []
    for paragraph in _segmenter().analyze(text):
        for tokens in paragraph:
            start, end = tokens[0].offset, tokens[-1].offset + len(tokens[-1].value)
            if spans and _is_shortened(text[spans[-1][0] : spans[-1][1]], text[start]):
                start = spans.pop()[0]
            spans.append((start, end))
    return spans


@cache
def _segmenter() -> Any:  # noqa: ANN401 - an untyped library module
    from syntok import segmenter

    return segmenter


def _split_missed(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    for match in _END.finditer(text, start, end):
        head = text[start : match.end("close")]
        if _ends_here(head, match, text):
            spans.append((start, match.end("close")))
            start = match.end()
    if start < end:
        spans.append((start, end))
    return spans


def _ends_here(head: str, match: re.Match[str], text: str) -> bool:
    after = text[match.end() : match.end() + 1]
    if match["mark"] != "." or not after.isalnum():
        return match["mark"][-1] in "!?" and after.isalnum() and not match["close"]
    if _is_shortened(head, after):
        return False
    if after.isupper():
        return "[" in match["close"] or _LETTER_NAME.search(head) is not None
    return "[" in match["close"] or (after.islower() and not any(char.isupper() for char in text))


def _is_shortened(sentence: str, after: str) -> bool:
    """Whether the final dot only shortens a word ("approx.", "Fig. 3", "John F. Kennedy"), given what comes after."""
    words = _LAST_WORDS.search(sentence)
    if words is None:
        return False
    before, last = words.group(1) or "", words.group(2)
    initial = len(last) == 1 and last.isupper() and before[:1].isupper()
    return last.lower() in ABBREVIATIONS or (last.lower() in NUMBERED and after.isdigit()) or initial
