"""Mends a misspelt word towards the words of the lexicon, and only towards those.

One edit for middling words, two for long ones, the first letter kept; a real word is never "mended" into another
(``real_words.txt``, made by ``eval.real_words.py``). Every answer is remembered, so run time stays flat.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rag.red_flags.forms import SMALL
from rag.red_flags.stem import stem

_SHORTEST, _LONG = 5, 8
_MEMORY = 50_000


class Spelling:
    """A callable from a word to the form it is matched by; ``""`` when it is no word of ours nor near one."""

    def __init__(self, vocabulary: Iterable[str], real_words: Iterable[str]) -> None:
        words = sorted(set(vocabulary) | SMALL)
        self._exact = {word: stem(word) for word in words}
        self._stems = frozenset(self._exact.values())
        self._real = frozenset(real_words)
        self._buckets: dict[str, list[str]] = {}
        for word in words:
            if len(word) >= _SHORTEST - 1 and word.isalpha():
                self._buckets.setdefault(word[0], []).append(word)
        self._sounds: dict[str, list[str]] = {}
        self._words = words
        self._memory: dict[str, str] = {}

    def __call__(self, word: str) -> str:
        """The form of a word. With ``=`` in front, only an exact word of the lexicon counts."""
        if (known := self._memory.get(word)) is None:
            known = self._exactly(word[1:]) if word.startswith("=") else self._exactly(word) or self._near(word)
            if len(self._memory) < _MEMORY:
                self._memory[word] = known
        return known

    def _exactly(self, word: str) -> str:
        if word in self._exact:
            return self._exact[word]
        shape = stem(word)
        return shape if shape in self._stems else ""

    def _near(self, word: str) -> str:
        if stem(word) in self._real:
            return stem(word)
        calm = re.sub(r"(.)\1{2,}", r"\1\1", word)
        once = re.sub(r"(.)\1+", r"\1", word)
        for candidate in (calm, once):
            if form := self._exactly(candidate):
                return form
        if len(calm) < _SHORTEST or len(calm) > 24:
            return ""
        limit = 1 if len(calm) < _LONG else 2
        close = process.extract(calm, self._buckets.get(calm[0], ()), scorer=OSA.distance, score_cutoff=limit, limit=8)
        alike = close or [(word, OSA.distance(calm, word), 0) for word in self._sounding_like(calm)]
        alike = [found for found in alike if found[1] <= max(2, len(calm) // 3)]
        if not alike:
            return ""
        best = min(
            alike,
            key=lambda found: (
                found[1],
                sound(found[0]) != sound(calm),
                abs(len(found[0]) - len(calm)),
                found[0],
            ),
        )
        return self._exact[best[0]]

    def _sounding_like(self, word: str) -> list[str]:
        """The words of the lexicon that sound alike; the table is made when first asked for, so loading is quick."""
        if not self._sounds:
            for known in self._words:
                if len(known) >= _SHORTEST and known.isalpha():
                    self._sounds.setdefault(sound(known), []).append(known)
        return self._sounds.get(sound(word), [])


def sound(word: str) -> str:
    """How a word sounds, roughly: "throte" as "throat", "feever" as "fever", "siatica" as "sciatica"."""
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word


_SOUNDS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"^(kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^ps", "s"),
        (r"ph", "f"),
        (r"gh(?=t)", ""),
        (r"gh$", "f"),
        (r"sc(?=[eiy])|^sc(?=ia)", "s"),
        (r"ck|ch(?=[rl])|q", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c(?!h)", "k"),
        (r"z", "s"),
        (r"x", "ks"),
        (r"mb$", "m"),
        (r"e$", ""),
        (r"(.)\1+", r"\1"),
        (r"[aeiouy]+", "a"),
    )
)  # fmt: skip
