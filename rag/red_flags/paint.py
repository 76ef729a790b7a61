"""Flags laid over the words of a message: how each word is meant. Knows no cue; what lays which flag stands beside it.

Denied, supposed, past, over, asked about, not about a person: ``denied``, ``supposed``, ``past``, ``asked``, ``other``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rag.red_flags.words import Words

DENIED, SUPPOSED, PAST, OVER, ASKED, OTHER = 1, 2, 4, 8, 16, 32

NAMES = {
    DENIED: "denied",
    SUPPOSED: "supposed",
    PAST: "past",
    OVER: "over",
    ASKED: "asked about",
    OTHER: "not a person",
}

BLOCKS = {
    "sign": DENIED | SUPPOSED | PAST | OVER | ASKED | OTHER,
    "fact": DENIED | SUPPOSED | ASKED | OTHER,
    "history": DENIED | SUPPOSED | ASKED | OTHER,
    "excuse": DENIED | SUPPOSED | ASKED | OTHER,
    "act": OTHER | ASKED | PAST,
    "part": OTHER | ASKED,
    "theme": OTHER,
    "time": OTHER,
    "cue": 0,
}
"""Which flags keep a concept of each kind from counting. A theme is what everybody here speaks of: their back."""

STARTERS = frozenset(
    "i im ive my we he she it its they there now just only since suddenly today cant couldnt have had got am his "
    "her when where which what so started both our your lost feels felt feeling but however unable leg legs foot "
    "feet left right numb weak pain".split()
)

_TURNERS = frozenset("but though although however except yet whereas until till besides apart aside only now".split())

SELF = frozenset("i im ive id ill my me myself mine we our us".split())

SUBJECTS = frozenset("i we he she they it my".split())


@lru_cache(maxsize=64)
def name_of(scope: int) -> str:
    """A scope in words: "denied, past", or "claimed" when no flag is set."""
    return ", ".join(name for flag, name in NAMES.items() if scope & flag) or "claimed"


class Paint:
    """Flags laid over words."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.flags = [0] * len(words)
        self.sentences = words.sentences()

    def lay(self, flag: int, first: int, last: int) -> None:
        """Adds a flag to the words ``first`` up to ``last``."""
        for place in range(max(first, 0), min(last, len(self.flags))):
            self.flags[place] |= flag

    def lift(self, flag: int, first: int, last: int) -> None:
        """Takes a flag off the words ``first`` up to ``last``."""
        for place in range(max(first, 0), min(last, len(self.flags))):
            self.flags[place] &= ~flag

    def sentence(self, place: int) -> tuple[int, int]:
        """First and last of the sentence that a word stands in."""
        return self.sentences[self.words.sentence[place]]

    def segment(self, place: int) -> tuple[int, int]:
        """The part of the sentence around a word, up to the words that turn it ("but", "though")."""
        first, last = self.sentence(place)
        left, right = place, place
        while left > first and self.words.raw[left] not in _TURNERS:
            left -= 1
        while right + 1 < last and self.words.raw[right + 1] not in _TURNERS:
            right += 1
        return left, right + 1


def turns(raw: Sequence[str], clause: Sequence[int], place: int, begin: int) -> bool:
    """Whether a new statement starts at this word, so that a denial before it no longer reaches."""
    word = raw[place]
    if word in _TURNERS:
        return True
    fresh = place > begin and clause[place] != clause[place - 1]
    after_and = place > begin and raw[place - 1] in ("and", "n", "plus", "so")
    return (fresh or after_and) and word in STARTERS
