"""The listener: a small trained network that hears a sign put in words no lexicon holds.

It says how likely a sign is reported that must interrupt, names the rule it would have expected, and points at the
words that moved it. It writes no text and needs no connection; the same message gives the same answer. What follows
from it is decided in ``opinion``; how it was trained stands in ``training/listener``.

It reads a bounded number of words: of a longer message, the stretches in which rules were met, and those that speak
most of signs. Each word has a fixed weight for that, so the whole message is weighed, to its last word, in linear time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.network import FOLDER, VOCABULARY, checked, session, word_pieces
from rag.red_flags.stem import stem
from rag.red_flags.words import NUMBER, Words
from rag.schema import Level

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CLS, SEP = 101, 102
STRETCH = 14
"""A sentence that runs on is cut after so many words."""
ROOM, LEAST_ROOM, CROWDED = 110, 14, 5
"""How many words are heard; one fewer for every ``CROWDED`` words there are, for their rules take longer, and the whole
has a limit."""
PIECES = 120
"""Word pieces that are read at most; a word is rarely more than one and a half of them."""
MET_HERE, BESIDE = 4.0, 3.0
"""What it adds to a stretch's weight that a rule was met there, for the listener is its second opinion; or beside it,
for what stands around a sign says how it is meant."""
MET = 0.75
"""The share of a message's words that must have been met: markup stays below it, misspelt English does not."""
FILES = {
    "listener.onnx": "af885ad23bcd5c41f0bd07c097e5956dfbe0e31a60447a9178cee030cfd90ad9",
    "listener.json": "1565c6d6364e90346d1c551a67c149ef3ef4897ad600306f44a50ba53e2c6a92",
    "vocab.txt": VOCABULARY,
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What the listener makes of a message.

    ``alarm`` and ``emergency`` are probabilities: that a sign is reported that must interrupt, and that it cannot wait
    till tomorrow. ``rule`` is the id of the rule it would have expected. ``first`` up to but not including ``last`` are
    the words that moved it most; ``is_long`` whether the message was long.
    """

    alarm: float
    emergency: float
    rule: str
    first: int
    last: int
    is_long: bool = False

    @property
    def is_calm(self) -> bool:
        """Whether the alarm speaks against the rules."""
        return self.alarm < (CALM_AT_LENGTH if self.is_long else CALM)

    @property
    def level(self) -> Level:
        """The level at which it would interrupt."""
        return Level.EMERGENCY if self.emergency >= EMERGENCY else Level.URGENT


ALARM, EMERGENCY = 0.8, 0.5
"""From where on an alarm counts by itself; from where on it is an emergency."""
CALM, CALM_AT_LENGTH, AT_LENGTH = 0.3, 0.4, 100
"""Below what an alarm speaks against the rules; below what in a message of so many words, in every second of which some
rule is met by chance."""


@dataclass(frozen=True)
class Listener:
    """The model, ready to hear."""

    name: str
    pieces: Tokenizer
    weights: Mapping[str, float]
    rules: tuple[str, ...]
    network: Any

    @classmethod
    def load(cls, folder: Path = FOLDER, pinned: Mapping[str, str] = FILES) -> Listener:
        """The shipped listener.

        Raises:
            ModelUnavailable: its files or its runtime are not here.
        """
        data = {name: checked(folder / name, pinned.get(name)) for name in FILES}
        table = json.loads(data["listener.json"])
        pieces = word_pieces(data["vocab.txt"].decode())
        name = f"listener {hashlib.sha256(data['listener.onnx']).hexdigest()[:12]}"
        return cls(name, pieces, table["weights"], tuple(table["rules"]), session(data["listener.onnx"]))

    def hear(self, words: Words, places: frozenset[int] = frozenset()) -> Heard | None:
        """What a message says to it; nothing if most of its words are none it has met.

        ``places`` are the words in which rules were met that would interrupt. Where the message sounds calm, and the
        sentences they stand in were less than half of what was heard, these are heard again by themselves: a plain cry
        must not drown in a long calm story.
        """
        spoken = [*map(self.weights.get, words.form)]
        if not is_language(words, spoken):
            return None
        cut, room = stretches(words), room_for(len(words))
        kept = kept_stretches(cut, spoken, room, places)
        heard = self._look(words, kept)
        cries = {words.sentence[at] for at in places}
        told = [stretch for stretch in kept if words.sentence[stretch.start] in cries]
        if not heard.is_calm or not cries or 2 * sum(map(len, told)) >= sum(map(len, kept)):
            return heard
        alone = [stretch for stretch in cut if words.sentence[stretch.start] in cries]
        again = self._look(words, kept_stretches(alone, spoken, room, places))
        return again if again.alarm >= ALARM else heard

    def _look(self, words: Words, kept: Sequence[range]) -> Heard:
        ids, owners = spelt(words, kept, self.pieces)
        said, moved = self.network.run(["said", "moved"], {"ids": np.array([[CLS, *ids, SEP]], dtype=np.int64)})
        chances = 1 / (1 + np.exp(-said[0][:2]))
        loudest = kept[_loudest(moved[0][1:-1], owners)]
        return Heard(
            alarm=float(chances[0]),
            emergency=float(chances[1]),
            rule=self.rules[int(np.argmax(said[0][2:]))],
            first=loudest.start,
            last=loudest.stop,
            is_long=len(words) >= AT_LENGTH,
        )


def stretches(words: Words) -> list[range]:
    """The words cut after sentences, and where a sentence runs on, every ``STRETCH`` words."""
    return [
        range(first, min(first + STRETCH, end))
        for begin, end in words.sentences().values()
        for first in range(begin, end, STRETCH)
    ]


def room_for(count: int) -> int:
    """How many words of a message of so many are heard."""
    return max(LEAST_ROOM, ROOM - count // CROWDED)


def kept_stretches(
    cut: list[range], spoken: Sequence[float | None], room: int, places: frozenset[int] = frozenset()
) -> list[range]:
    """Those of the stretches to be read, in order: all if there is room, or those of the greatest weight.

    ``spoken`` is the weight of each word of the message, none where it has not been met.
    """
    if sum(map(len, cut)) <= room:
        return cut
    met = [not places.isdisjoint(stretch) for stretch in cut]
    beside = [before or after for before, after in zip([False, *met[:-1]], [*met[1:], False], strict=True)]
    weights = [
        sum(filter(None, spoken[stretch.start : stretch.stop])) + (MET_HERE if here else BESIDE if near else 0.0)
        for stretch, here, near in zip(cut, met, beside, strict=True)
    ]
    chosen: list[int] = []
    for at in sorted(range(len(cut)), key=weights.__getitem__, reverse=True):
        if len(cut[at]) <= room:
            chosen.append(at)
            room -= len(cut[at])
            if not room:
                break
    return [cut[at] for at in sorted(chosen)]


def is_language(words: Words, spoken: Sequence[float | None]) -> bool:
    """Whether enough of the words have been met: what is said in other languages, or in digits, is not heard."""
    met = len(spoken) - spoken.count(None)
    return met - words.form.count(NUMBER) >= max(2, MET * len(words))


def spelt(words: Words, kept: Sequence[range], pieces: Tokenizer) -> tuple[list[int], list[int]]:
    """The word pieces of the stretches, and for each the number of its stretch.

    Words are spelt as they were read, disguises off and slips mended; marks between them are put back plainly.
    """
    ids: list[int] = []
    owners: list[int] = []
    for number, stretch in enumerate(kept):
        said = " ".join(_word(words, at) + _mark(words, at) for at in stretch)
        own = pieces.encode(said, add_special_tokens=False).ids[: PIECES - len(ids)]
        ids += own
        owners += [number] * len(own)
    return ids, owners


def _word(words: Words, at: int) -> str:
    """A word as the person wrote it; the one it was mended to, less its ending, if it was none."""
    raw, form = words.raw[at], words.form[at]
    return raw if form in (NUMBER, stem(raw)) else form


def _mark(words: Words, at: int) -> str:
    """What stands after a word: the end of its sentence, or a pause."""
    if at + 1 == len(words) or words.sentence[at + 1] != words.sentence[at]:
        return "?" if words.sentence[at] in words.questions else "."
    return "," if words.clause[at + 1] != words.clause[at] else ""


def _loudest(moved: NDArray[np.float32], owners: Sequence[int]) -> int:
    """The number of the stretch whose pieces moved the alarm most."""
    return int(np.argmax(np.bincount(owners, weights=moved)))
