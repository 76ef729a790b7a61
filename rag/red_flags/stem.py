"""Takes English inflections off a word, so that one listed form stands for all of them.

Lighter than a dictionary stemmer on purpose: "legs" and "feet" stay plural (both sides matter), "left" stays left.
The same function shapes the lexicon and the message, so a stem need not be a word. Irregular forms are data:
``inflections.txt``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).parent / "inflections.txt"


def _table() -> tuple[dict[str, str], frozenset[str]]:
    """The irregular forms by what stands for them, and the words that keep their shape."""
    irregular: dict[str, str] = {}
    keep: set[str] = set()
    for line in _TABLE.read_text(encoding="ascii").splitlines():
        if line.startswith("= "):
            keep.update(line[2:].split())
        elif not line.startswith("#"):
            base, _, surfaces = line.partition(": ")
            irregular |= dict.fromkeys(surfaces.split(), base)
    return irregular, frozenset(keep)


_IRREGULAR, _KEEP = _table()
_VOWELS = "aeiouy"


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The word without its inflection."""
    if (known := _IRREGULAR.get(word)) is not None:
        return known
    if word in _KEEP or len(word) < 4 or not word.isalpha():
        return word
    for suffix, change in _SUFFIXES:
        if word.endswith(suffix) and (bare := change(word[: -len(suffix)])):
            return _IRREGULAR.get(bare, bare)
    return _end(word)


def _end(word: str) -> str:
    """Drops a final e from longer words, as their -ing and -ed forms have none."""
    if len(word) > 5 and word.endswith("e") and _beats(word[:-1]) > 1:
        return word[:-1]
    return word


def _beats(word: str) -> int:
    return len(re.findall(r"[aeiouy]+", word))


def _verb(base: str) -> str:
    """The verb behind an -ing or -ed form: undouble, or give a short one its e back."""
    if len(base) < 2 or not any(vowel in base for vowel in _VOWELS) or (base.endswith("e") and len(base) < 3):
        return ""
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "aeiouslfd":
        return base[:-1]
    short = _beats(base) == 1 and base[-1] not in "aeiouywxh" and base[-2] in _VOWELS
    if short and not (len(base) > 2 and base[-3] in _VOWELS):
        return base + "e"
    if (_beats(base) == 1 and (base[-1] in "vcz" or (base[-1] == "s" and base[-2] in _VOWELS))) or (
        base.endswith(("rg", "ns", "rs", "ps")) and _beats(base) == 1
    ):
        return base + "e"
    return _end(base)


def _noun(base: str) -> str:
    return _end(base) if len(base) >= 3 and base[-1] not in "siu'" else ""


def _hissed(base: str) -> str:
    return base if base.endswith(("s", "x", "z", "ch", "sh")) and len(base) > 2 else ""


def _plain(base: str) -> str:
    return base if len(base) >= 3 else ""


def _past(base: str) -> str:
    return _verb(base) if not base.endswith("e") and len(base) >= 3 else ""


_SUFFIXES = (
    ("ness", _plain),
    ("ies", lambda base: base + "y" if len(base) > 1 else ""),
    ("ied", lambda base: base + "y" if len(base) > 1 else ""),
    ("ing", _verb),
    ("in'", _verb),
    ("es", _hissed),
    ("s", _noun),
    ("ed", _past),
    ("ily", lambda base: base + "y" if len(base) > 2 else ""),
    ("ly", _plain),
)
