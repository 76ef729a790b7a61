"""Folds a message to plain lower-case ASCII for matching, and remembers where every character came from.

Undoes disguise and accident alike: look-alike letters, full-width and styled letters, accents, invisible, bidi and tag
characters, emoji inside or beside words. The message itself is never altered: quotes are cut from the original.
Spaced-out and leet words are undone later, in ``words``, because only there is it known what is a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

JOINER = "\x1f"
"""Stands for a symbol beside or inside a word; ``words`` decides whether it parts or joins."""

# Letters drawn like an ASCII letter that compatibility folding leaves alone, grouped by what they look like.
_LOOKALIKES = {
    look: letter
    for letter, looks in {
        "a": "аαɑᴀάª", "b": "вʙЬβƄ", "c": "сϲᴄҫ", "d": "ԁᴅđð", "e": "еєεᴇɛэəέ", "f": "ғꜰƒ", "g": "ɡɢǥ",
        "h": "һнʜħ", "i": "іιɪıίїɩ", "j": "јᴊϳ", "k": "кκᴋ", "l": "ʟⅼłǀ", "m": "мᴍ", "n": "пηɴήŋ", "o": "оοσᴏøό",
        "p": "рρᴘþ", "q": "ԛɋ", "r": "гʀꮁɾ", "s": "ѕꜱʂ", "t": "тτᴛŧ", "u": "υᴜцύʋ", "v": "νѵᴠ", "w": "ѡωᴡԝώшщ",
        "x": "хχ×", "y": "уγʏ", "z": "ᴢʐ", "ae": "æ", "oe": "œ", "ss": "ß",
    }.items()
    for look in looks
}  # fmt: skip
_QUOTES = dict.fromkeys("’‘‛ʼʹ´`′＇ˈ", "'") | dict.fromkeys("“”„«»″", '"')
_DASHES = dict.fromkeys("–—―−‐‑‒", "-")
_PICTURES = {
    "🍆": " penis ",
    "🍑": " bum ",
    "🩸": " blood ",
    "🚽": " toilet ",
    "🤮": " vomit ",
    "🤒": " fever ",
    "🥜": " nuts ",
}
_SINGLE = (
    _PICTURES | _LOOKALIKES | _QUOTES | _DASHES | {"…": "...", "\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\r": "\n"}
)
_ODD = re.compile(r"[^\x00-\x7f]|[\r`]")
"""What is looked at one by one; all else only loses its capitals."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; ``origin[i]`` is the index in the message of the character that gave ``text[i]``."""

    text: str
    origin: Sequence[int]


def fold(message: str) -> Folded:
    """The message in plain lower-case ASCII, with the place each character came from. Linear in its length."""
    if message.isascii() and "\r" not in message:
        return Folded(message.lower(), range(len(message)))
    pieces: list[str] = []
    origin: list[int] = []
    done = 0
    for match in _ODD.finditer(message):
        place = match.start()
        piece = _fold_character(match.group())
        pieces += message[done:place].lower(), piece
        origin += range(done, place)
        origin += [place] * len(piece)
        done = place + 1
    pieces.append(message[done:].lower())
    origin += range(done, len(message))
    return Folded("".join(pieces), origin)


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if (known := _SINGLE.get(character.lower())) is not None:
        return known
    if character.isascii():
        return character.lower()
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me", "Cs", "Co", "Cn"):
        return ""
    if category in ("So", "Sk", "Sm", "Sc"):
        return _fold_symbol(character)
    if category.startswith("Z"):
        return " "
    return _fold_letters(character)


def _fold_symbol(character: str) -> str:
    """Enclosed letters fold to their letter; any other symbol only marks a place where words may meet."""
    letters = _ascii(unicodedata.normalize("NFKC", character)).strip("()")
    if len(letters) == 1 and letters.isalnum():
        return letters
    name = unicodedata.name(character, "")
    tail = name.rpartition(" ")[2]
    if len(tail) == 1 and ("SQUARED" in name or "CIRCLED" in name or "REGIONAL INDICATOR" in name):
        return tail.lower()
    return JOINER


def _fold_letters(character: str) -> str:
    # NFKC can grow one character to eighteen; nothing longer than four can be a disguised letter or ligature.
    wide = unicodedata.normalize("NFKC", character).lower()
    if len(wide) > 4:
        return " "
    return "".join(_SINGLE.get(each, _ascii(each)) for each in wide) or (" " if wide.isspace() else JOINER)


def _ascii(text: str) -> str:
    bare = (each for each in unicodedata.normalize("NFKD", text) if unicodedata.category(each) != "Mn")
    return "".join(_SINGLE.get(each.lower(), each if each.isascii() else "") for each in bare).lower()
