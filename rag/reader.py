"""The reader: a small trained network that reads a question beside a window of text and scores every sentence at once.

A window is one line of context (title, heading, lead-in) and consecutive sentences. The reader says, as logits, how
likely each sentence answers, and how likely anything in the window does. It does not retrieve, choose or decline, and
never sees an article's offsets. Training lives in ``training/``; this file runs with numpy, tokenizers and onnxruntime.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.network import FOLDER, VOCABULARY, checked, session, word_pieces

PAD, CLS, SEP = 0, 101, 102
OUTSIDE = -1  # the owner of a piece that belongs to no sentence
QUESTION_PIECES = 96
OPENING = 32  # of a question too long to be read whole, so much of its beginning is kept, and its end
CONTEXT_PIECES = 40
WINDOW_PIECES = 256
SENTENCE_PIECES = 140
PLACES = 320  # position rows kept in the shipped model

FILES = {
    "reader.onnx": "e30d8083fe3e55eaa33cd20bdb55c0d1b8991f8c14c1fc5004b63de2617923cc",
    "vocab.txt": VOCABULARY,
}

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """What is read at once: a line of context that is never evidence, and consecutive sentences."""

    context: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Logits: that the window answers the question, and that each of its sentences does."""

    answerable: float
    sentences: tuple[float, ...]


class Reader(Protocol):
    """Anything that can read windows for a question."""

    name: str

    def read(self, question: str, windows: Sequence[Window]) -> tuple[Reading, ...]:
        """One reading for each window, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Layout:
    """A window as the network sees it: word pieces, their kind (0 question, 1 text) and the sentence that owns each."""

    ids: list[int]
    kinds: list[int]
    owners: list[int]


def shortened(question: Sequence[int]) -> list[int]:
    """A question's pieces as they are read: of a long story its beginning, which names the subject, and its end."""
    if len(question) <= QUESTION_PIECES:
        return list(question)
    return [*question[:OPENING], *question[OPENING - QUESTION_PIECES :]]


def lay_out(question: Sequence[int], context: Sequence[int], sentences: Iterable[Sequence[int]]) -> Layout:
    """``[CLS] question [SEP] context [SEP] sentence sentence … [SEP]``; training and answering share this."""
    head = [CLS, *shortened(question), SEP]
    ids = [*head, *context[:CONTEXT_PIECES], SEP]
    owners = [OUTSIDE] * len(ids)
    for number, sentence in enumerate(sentences):
        pieces = sentence[:SENTENCE_PIECES]
        ids += pieces
        owners += [number] * len(pieces)
    ids.append(SEP)
    owners.append(OUTSIDE)
    return Layout(ids, [0] * len(head) + [1] * (len(ids) - len(head)), owners)


def stack(layouts: Sequence[Layout]) -> tuple[Ints, Ints, Ints]:
    """Layouts as three padded arrays: ids, kinds, owners."""
    width = max(len(layout.ids) for layout in layouts)
    ids = np.full((len(layouts), width), PAD, dtype=np.int64)
    kinds = np.zeros_like(ids)
    owners = np.full_like(ids, OUTSIDE)
    for row, layout in enumerate(layouts):
        size = len(layout.ids)
        ids[row, :size], kinds[row, :size], owners[row, :size] = layout.ids, layout.kinds, layout.owners
    return ids, kinds, owners


class OnnxReader:
    """The shipped model, in eight bits, on the CPU."""

    def __init__(self, folder: Path = FOLDER, pinned: Mapping[str, str] = FILES, threads: int = 2) -> None:
        """Loads and checks the model.

        Raises:
            ModelUnavailable: a file is absent, or its hash is not the pinned one.
        """
        data = {name: checked(folder / name, pinned.get(name)) for name in FILES}
        self.name = f"reader {hashlib.sha256(data['reader.onnx']).hexdigest()[:12]}"
        self._pieces = word_pieces(data["vocab.txt"].decode())
        self._session = session(data["reader.onnx"])
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="reader")

    def read(self, question: str, windows: Sequence[Window]) -> tuple[Reading, ...]:
        """One reading for each window, in order; a window too long for one look is read in parts.

        Each look is run by itself: eight-bit scales are taken from what runs together, so this alone makes a reading
        independent of the windows beside it. The cores share the looks, the longest first.
        """
        asked = shortened(self._ids([question])[0])
        looks = [look for at, window in enumerate(windows) for look in self._looks(asked, at, window)]
        looks.sort(key=lambda look: -len(look.layout.ids))
        parts: list[list[tuple[int, Reading]]] = [[] for _ in windows]
        for look, reading in zip(looks, self._threads.map(self._run, looks), strict=True):
            parts[look.window].append((look.first, reading))
        return tuple(_joined(part) for part in parts)

    def _looks(self, asked: list[int], at: int, window: Window) -> list[_Look]:
        context, *sentences = self._ids([window.context, *window.sentences])
        room = WINDOW_PIECES - len(asked) - len(context[:CONTEXT_PIECES]) - 4
        return [
            _Look(at, first, last - first, lay_out(asked, context, sentences[first:last]))
            for first, last in _stretches([min(len(s), SENTENCE_PIECES) for s in sentences], room)
        ]

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._pieces.encode_batch(list(texts), add_special_tokens=False)]

    def _run(self, look: _Look) -> Reading:
        ids, kinds, owners = stack([look.layout])
        given = {"ids": ids, "kinds": kinds, "owners": owners, "slots": np.arange(look.count)}
        answerable, sentences = self._session.run(["answerable", "sentences"], given)
        return Reading(float(answerable[0]), tuple(map(float, sentences[0])))


@dataclass(frozen=True, slots=True)
class _Look:
    """A stretch of a window, from its sentence ``first`` on, as it is read at once."""

    window: int
    first: int
    count: int
    layout: Layout


def _stretches(sizes: Sequence[int], room: int) -> list[tuple[int, int]]:
    """Consecutive sentences in as few stretches as fit, each at least one sentence."""
    found, first, used = [], 0, 0
    for at, size in enumerate(sizes):
        if at > first and used + size > room:
            found.append((first, at))
            first, used = at, 0
        used += size
    return [*found, (first, len(sizes))]


def _joined(parts: list[tuple[int, Reading]]) -> Reading:
    ordered = [reading for _, reading in sorted(parts, key=lambda part: part[0])]
    return Reading(max(r.answerable for r in ordered), tuple(s for r in ordered for s in r.sentences))


def load_reader(folder: Path = FOLDER) -> Reader:
    """The shipped reader.

    Raises:
        ModelUnavailable: its model or its runtime is not here; answers can still be chosen without it.
    """
    return OnnxReader(folder)
