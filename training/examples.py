"""A question beside a stretch of text as a labelled example, and examples as padded arrays.

Lays out what it is given; which question stands beside which stretch is decided in ``windows``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from rag.reader import CONTEXT_PIECES, OUTSIDE, PAD, Layout, lay_out, shortened, stack
from training.data import UNSAID, YES, Item, Passage
from training.model import minilm_folder

IGNORED = -100
FILL = (PAD, 0, OUTSIDE)
WIDTH_STEP = 16


@dataclass(frozen=True, slots=True)
class Example:
    """A laid-out window and its targets; ``start``, ``end`` are places in it, 0 for no answer, IGNORED for unknown.

    ``fold`` is that of the question's document (``data.fold_of``), see ``teach``.
    """

    layout: Layout
    labels: tuple[int, ...]
    answerable: bool
    start: int = IGNORED
    end: int = IGNORED
    fold: int = 0


class Pieces:
    """Word pieces of texts, remembered; offsets only when asked."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._known: dict[str, list[int]] = {}

    def ids(self, text: str) -> list[int]:
        """The pieces of a text that will be asked for again."""
        if text not in self._known:
            self._known[text] = self.fresh(text)
        return self._known[text]

    def fresh(self, text: str) -> list[int]:
        """The pieces of a text, not remembered."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def at(self, text: str, start: int, end: int) -> tuple[int, int]:
        """First and last piece of a stretch of characters."""
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        inside = [i for i, (a, b) in enumerate(offsets) if a < end and b > start]
        return (inside[0], inside[-1]) if inside else (0, 0)


def context(passage: Passage, heading: str = "") -> str:
    """The line above the sentences."""
    return " · ".join(part for part in (passage.title, heading) if part)


def example(pieces: Pieces, item: Item, above: str) -> Example:
    """An item as it stands, whole sentences up to the window's size."""
    question, top = shortened(pieces.fresh(item.question)), pieces.ids(above)[:CONTEXT_PIECES]
    sentences = [pieces.ids(s) for s in item.passage.sentences]
    layout = lay_out(question, top, sentences)
    yes = YES in item.labels
    if not yes or item.span is None:
        place = IGNORED if yes else 0
        return Example(layout, item.labels, yes, place, place)
    number, start, end = item.span
    first, last = pieces.at(item.passage.sentences[number], start, end)
    base = layout.owners.index(number)
    top_place = base + layout.owners.count(number) - 1
    return Example(layout, item.labels, yes, min(base + first, top_place), min(base + last, top_place))


def arrays(examples: Sequence[Example], groups: Sequence[int]) -> dict[str, np.ndarray]:
    """Windows as padded arrays; their width is rounded up, so that few widths ever occur."""
    ids, kinds, owners = (_widened(a, f) for a, f in zip(stack([e.layout for e in examples]), FILL, strict=True))
    labels = np.full((len(examples), max(len(e.labels) for e in examples)), UNSAID, dtype=np.int64)
    for row, e in enumerate(examples):
        labels[row, : len(e.labels)] = e.labels
    places = np.array([(e.start, e.end) for e in examples], dtype=np.int64)
    answerable = np.array([e.answerable for e in examples], dtype=np.float32)
    return {
        "ids": ids, "kinds": kinds, "owners": owners, "labels": labels, "places": places, "answerable": answerable,
        "groups": np.array(groups, dtype=np.int64), "folds": np.array([e.fold for e in examples], dtype=np.int64),
    }  # fmt: skip


def _widened(array: np.ndarray, fill: int) -> np.ndarray:
    more = -array.shape[1] % WIDTH_STEP
    return np.pad(array, ((0, 0), (0, more)), constant_values=fill)
