"""Questions patients might ask, written by us over MedQuAD documents, as training items.

``asked.jsonl`` holds one question a line: the document's url and focus, and the numbers of the sentences that answer,
counted over the document's sections in order (sections and sentences as ``numbered`` makes them). The text itself stays
in the data set.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.text import sentence_spans
from training.bm25 import Bm25
from training.data import NO, UNSAID, YES, Item, Passage

FILE = Path(__file__).parent / "asked.jsonl"
PASSAGE_SENTENCES = 9
NEAR = 6

Document = list[tuple[str, list[str]]]


def numbered(data: Path) -> dict[tuple[str, str], Document]:
    """Every MedQuAD document by url and focus: its sections in order, each with its sentences."""
    documents: dict[tuple[str, str], Document] = defaultdict(list)
    with gzip.open(data / "medquad-part/medquad-part.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            text = " ".join(record["a"].split())
            sentences = [text[start:end] for start, end in sentence_spans(text)]
            documents[record["url"], record["focus"]].append((record["q"], sentences))
    return documents


def asked(data: Path) -> Iterator[Item]:
    """An item for each question: the passage of its first answer, or the passage nearest to it where none answers."""
    documents = numbered(data)
    for line in FILE.read_text("utf-8").splitlines():
        question = json.loads(line)
        document = documents[question["url"], question["focus"]]
        yield from _items(question, list(_passages(question, document)))


def _passages(question: dict[str, Any], document: Document) -> Iterator[tuple[range, Passage]]:
    """The document cut into passages of one section, each with the numbers of its sentences."""
    at = 0
    for heading, sentences in document:
        for start in range(0, len(sentences), PASSAGE_SENTENCES):
            part = tuple(sentences[start : start + PASSAGE_SENTENCES])
            numbers = range(at + start, at + start + len(part))
            yield numbers, Passage("asked:" + question["url"], question["focus"], heading.rstrip(" ?"), part)
        at += len(sentences)


def _items(question: dict[str, Any], passages: list[tuple[range, Passage]]) -> Iterator[Item]:
    gold = {number for fact in question["sentences"] for number in fact}
    also = set(question["also"])
    labelled = [
        (passage, tuple(YES if n in gold else UNSAID if n in also else NO for n in numbers))
        for numbers, passage in passages
    ]
    order = Bm25([" ".join(passage.sentences) for passage, _ in labelled]).rank(question["question"])
    near = tuple(labelled[i][0] for i in order if YES not in labelled[i][1] and UNSAID not in labelled[i][1])[:NEAR]
    answering = [(passage, labels) for passage, labels in labelled if YES in labels]
    for passage, labels in answering:
        beside = tuple(other for other in answering if other[0] is not passage)
        yield Item("asked", question["question"], passage, labels, None, near, beside=beside)
    if not answering and near:
        for passage in near[:3]:
            yield Item("asked", question["question"], passage, (NO,) * len(passage.sentences), None, near)
