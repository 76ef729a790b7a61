"""Conditions of MedQuAD beside the passages on other conditions that share words with their names.

Asked what bone cancer is, search brings what leukaemia is, and a reader that met only passages on others altogether
hears an answer there. A passage that has every word of a name may be about it, so none of those stands there as silent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from training.bm25 import Bm25, words
from training.data import Item, Passage

SOURCE = "neighbour"
NEAR = 8
SAME = 2  # passages of one other condition, at most
GENERIC = frozenset(words("disease disorder syndrome deficiency type condition"))


def name_of(condition: str) -> frozenset[str]:
    """The words that tell a condition from others."""
    return frozenset(words(condition)) - GENERIC


def neighbours(items: Sequence[Item]) -> Iterator[Item]:
    """Each section of a condition, with the nearest passages of others by the words of its name."""
    sections = [item for item in items if item.source == "medquad"]
    passages = [item.passage for item in sections]
    texts = [" ".join((one.title, *one.sentences)) for one in passages]
    held, ranker = [frozenset(words(text)) for text in texts], Bm25(texts)
    near: dict[str, tuple[Passage, ...]] = {}
    for item in sections:
        title = item.passage.title
        if title not in near:
            name = name_of(title)
            others = (passages[at] for at in ranker.rank(title) if not name <= held[at])
            near[title] = tuple(islice(_mixed(others), NEAR)) if name else ()
        if len(near[title]) > 1:
            yield replace(item, source=SOURCE, near=near[title])


def _mixed(passages: Iterator[Passage]) -> Iterator[Passage]:
    """Not many of one condition."""
    seen: dict[str, int] = defaultdict(int)
    for one in passages:
        seen[one.title] += 1
        if seen[one.title] <= SAME:
            yield one
