"""The listener: a small trained network that hears a sign put in words no lexicon holds.

It says how likely a sign is reported that must interrupt, names the rule it would have expected, and points at the
words that moved it. It writes no text and needs no connection; the same message gives the same answer. What follows
from it is decided in ``opinion``; how it was trained stands in ``training/listener``.

It reads at most ``ROOM`` word pieces: of a longer message, the stretches that speak most of signs. Each word piece has
a fixed weight for that, so the whole message is weighed, to its last character, in linear time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.network import FOLDER, VOCABULARY, checked, session, word_pieces
from rag.red_flags.fold import JOINER, Folded
from rag.schema import Level

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CLS, SEP = 101, 102
ROOM, STRETCH = 48, 16
FILES = {
    "listener.onnx": "",
    "listener.json": "",
    "vocab.txt": VOCABULARY,
}
_ENDS = ".!?;\n"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the listener makes of a message.

    ``alarm`` and ``emergency`` are probabilities: that a sign is reported that must interrupt, and that it cannot wait
    till tomorrow. ``rule`` is the id of the rule it would have expected. ``first`` and ``last`` bound the words that
    moved it most, in characters of the message.
    """

    alarm: float
    emergency: float
    rule: str
    first: int
    last: int

    @property
    def level(self) -> Level:
        """The level at which it would interrupt."""
        return Level.EMERGENCY if self.emergency >= EMERGENCY else Level.URGENT


ALARM, CALM, EMERGENCY = 0.9, 0.02, 0.5
"""From where on an alarm counts by itself; below what it speaks against the rules; from where on it is an emergency."""

Place = tuple[int, int]


@dataclass(frozen=True)
class Listener:
    """The model, ready to hear."""

    pieces: Tokenizer
    weights: NDArray[np.float32]
    rules: tuple[str, ...]
    network: Any

    @classmethod
    def load(cls, folder: Path = FOLDER, pinned: dict[str, str] = FILES) -> Listener:
        """The shipped listener.

        Raises:
            ModelUnavailable: its files or its runtime are not here.
        """
        data = {name: checked(folder / name, pinned.get(name)) for name in FILES}
        pieces = word_pieces(data["vocab.txt"].decode())
        table = json.loads(data["listener.json"])
        weights = np.zeros(pieces.get_vocab_size(), dtype=np.float32)
        for piece, weight in table["weights"].items():
            weights[pieces.token_to_id(piece)] = weight
        return cls(pieces, weights, tuple(table["rules"]), session(data["listener.onnx"]))

    def hear(self, message: Folded) -> Heard | None:
        """What a folded message says to it; nothing if it holds no word."""
        text = message.text.replace(JOINER, " ")
        encoding = self.pieces.encode(text, add_special_tokens=False)
        ids, places = encoding.ids, encoding.offsets
        if not ids:
            return None
        kept = kept_pieces(ids, stretches(text, places), self.weights)
        given = np.array([[CLS, *(ids[at] for at in kept), SEP]], dtype=np.int64)
        said, moved = self.network.run(["said", "moved"], {"ids": given})
        first, last = _loudest(moved[0][1:-1], [places[at] for at in kept], text)
        chances = 1 / (1 + np.exp(-said[0][:2]))
        return Heard(
            alarm=float(chances[0]),
            emergency=float(chances[1]),
            rule=self.rules[int(np.argmax(said[0][2:]))],
            first=message.origin[first],
            last=message.origin[last - 1] + 1,
        )


def stretches(text: str, places: Sequence[Place]) -> list[range]:
    """The pieces of a text cut after ends of sentences, and where a sentence runs on, every ``STRETCH`` pieces."""
    found, first = [], 0
    for at, (start, end) in enumerate(places):
        after = places[at + 1][0] if at + 1 < len(places) else end
        is_end = text[start] in _ENDS or "\n" in text[end:after]
        if is_end or at - first + 1 >= STRETCH or at + 1 == len(places):
            found.append(range(first, at + 1))
            first = at + 1
    return found


def kept_pieces(ids: Sequence[int], cut: Sequence[range], weights: NDArray[np.float32], room: int = ROOM) -> list[int]:
    """The places of the pieces to be read, in order: all that fit, or the stretches of the greatest weight."""
    if len(ids) <= room:
        return list(range(len(ids)))
    values = weights[np.asarray(ids)]
    sums = np.add.reduceat(values, [stretch.start for stretch in cut])
    chosen: list[range] = []
    left = room
    for number in np.argsort(-sums, kind="stable"):
        if len(cut[number]) <= left:
            chosen.append(cut[number])
            left -= len(cut[number])
        if left < 2:
            break
    return [at for stretch in sorted(chosen, key=lambda stretch: stretch.start) for at in stretch]


def _loudest(moved: NDArray[np.float32], places: Sequence[Place], text: str) -> Place:
    """The stretch of the read text whose pieces moved the alarm most, from its first character to its last."""
    cut = stretches(text, places)
    best = max(cut, key=lambda stretch: float(moved[stretch.start : stretch.stop].sum()))
    return places[best[0]][0], places[best[-1]][1]
