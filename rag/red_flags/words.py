"""Cuts a folded message into words, clauses and sentences, each word with its place in the message.

A word carries the form it is matched by: contractions joined, inflections off, misspellings mended towards the words
of the lexicon, spaced-out, run-together and leet words restored. It does not know what any word means.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.red_flags.fold import JOINER, Folded
from rag.red_flags.stem import stem

_TOKEN = re.compile(  # the space in front spares the search from trying every alternative on it
    rf" ?(?:([@$]?[a-z0-9]+(?:(?:['@$!|*+{JOINER}]+|[.](?=[0-9]))[a-z0-9]+)*)"
    rf"|([.!?]+(?=[\s\"')\]]|$)|\n[ \t]*\n?|[.!?]+(?=[a-z]{{2}}))"
    rf"|([,;:()\[\]\"{JOINER}]|-{{1,3}}(?=\s)|/))"
)
_STOP, _PAUSE = 2, 3
"""The groups of a token that are no word."""
_SPACED = re.compile(
    r"(?<![a-z0-9'])[a-z](?:(?P<space>[ \-])(?:[a-z0-9@$!](?P=space))+"
    r"|(?P<dot>[._*])(?:[a-z0-9@$!](?P=dot))*)[a-z](?![a-z0-9'])"
)
_AMOUNT = re.compile(r"[0-9]+(?:[.][0-9]+)?(?P<unit>[a-z]{1,5})")
_AUXILIARIES = frozenset("can could do did does is are was were will would has have had should must need might".split())
_BREAKERS = frozenset(
    "but though although however except whereas yet because while cos coz cuz bc plus then unless whilst tho".split()
)
_LEET = str.maketrans("013457@$!|+8", "oieastasiltb")

NUMBER = "#"
"""The form every number is matched by; its value stays in ``raw``."""

_LONGEST_SENTENCE = 150
"""Words without a full stop are cut here, so that no cue reaches over a whole book."""

_LONGEST_CHUNK, _CHUNKS = 40, 16384
"""Runs of characters that are remembered: how long they may be, and how many."""

Mend = Callable[[str], str]
Parts = tuple[tuple[str, str, int, int], ...]
"""The words in a run of characters: each as written, by its form, and its place in the run."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one message, column by column; ``start`` and ``end`` are offsets into the message itself."""

    raw: tuple[str, ...]
    form: tuple[str, ...]
    start: tuple[int, ...]
    end: tuple[int, ...]
    clause: tuple[int, ...]
    sentence: tuple[int, ...]
    questions: frozenset[int]
    """The sentences that end in a question mark."""
    quoted: frozenset[int]
    """The words between quotation marks."""

    def __len__(self) -> int:
        return len(self.raw)

    def sentences(self) -> dict[int, tuple[int, int]]:
        """The words of each sentence, by its number: from the first up to but not including the last."""
        found, first = {}, 0
        while first < len(self.sentence):
            number = self.sentence[first]
            last = bisect_right(self.sentence, number, first)
            found[number] = (first, last)
            first = last
        return found


class _Columns:
    """The columns while they grow; places are still those of the folded text."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, int, int, int, int]] = []
        self.clause = 0
        self.sentence = 0
        self.questions: set[int] = set()
        self.quoted: set[int] = set()
        self.opened = 0  # where the sentence begins
        self.quote = -1

    def pause(self, mark: str) -> None:
        self.clause += 1
        if mark != '"':
            return
        if self.quote >= 0:
            self.quoted.update(range(self.quote, len(self.rows)))
            self.quote = -1
        else:
            self.quote = len(self.rows)

    def stop(self, mark: str) -> None:
        if "?" in mark:
            self.questions.add(self.sentence)
        self.clause += 1
        self.sentence += 1
        self.opened = len(self.rows)

    def word(self, raw: str, form: str, start: int, end: int) -> None:
        rows = self.rows
        if len(rows) >= self.opened + _LONGEST_SENTENCE:
            self.stop("")
        if raw in _BREAKERS:
            self.clause += 1
        elif raw in ("not", "nt") and rows and rows[-1][0] in _AUXILIARIES:
            before = rows.pop()
            joined = before[0] + "nt" if before[0] != "can" else "cant"
            rows.append((joined, stem(joined), before[2], end, before[4], before[5]))
            return
        rows.append((raw, form, start, end, self.clause, self.sentence))

    def frozen(self, origin: Sequence[int]) -> Words:
        raw, form, start, end, clause, sentence = zip(*self.rows, strict=True) if self.rows else ((),) * 6
        if not isinstance(origin, range):  # else every character is its own origin
            start = tuple(origin[place] for place in start)
            end = tuple(origin[place - 1] + 1 for place in end)
        return Words(raw, form, start, end, clause, sentence, frozenset(self.questions), frozenset(self.quoted))


def read_words(folded: Folded, known: Mend) -> Words:
    """The words of a folded message. ``known`` turns a word into the form it is matched by, or into ``""``."""
    text = folded.text
    columns = _Columns()
    spaced = {match.start(): match.end() for match in _SPACED.finditer(text)}
    memory = _memory_of(known)
    tokens = _TOKEN.finditer(text)
    while match := next(tokens, None):
        kind = match.lastindex or 0
        begin, end = match.span(kind)
        if kind == _STOP:
            columns.stop(text[begin:end])
        elif kind == _PAUSE:
            columns.pause(text[begin:end])
        else:
            if begin in spaced and spaced[begin] > end:
                end = spaced[begin]
                tokens = _TOKEN.finditer(text, end)
            chunk = text[begin:end]
            parts = memory.get(chunk) or _learnt(chunk, known, memory)
            for raw, form, left, right in parts:
                columns.word(raw, form, begin + left, begin + right)
    return columns.frozen(folded.origin)


def _parts(chunk: str, known: Mend) -> Parts:
    """The words in one unbroken run of characters: usually the run itself."""
    plain = _contracted(chunk)
    if plain.isalpha() and (form := known(plain)):
        return ((plain, form, 0, len(chunk)),)
    if chunk.isdigit() or re.fullmatch(r"[0-9]+[.][0-9]+", chunk):
        return ((chunk, NUMBER, 0, len(chunk)),)
    if (amount := _AMOUNT.fullmatch(chunk)) and amount["unit"] not in ("st", "nd", "rd", "th"):
        cut = amount.start("unit")
        return (chunk[:cut], NUMBER, 0, cut), (chunk[cut:], stem(chunk[cut:]), cut, len(chunk))
    letters = re.sub(rf"[ .\-_*{JOINER}]", "", chunk)
    if not letters.isalpha():
        letters = letters.translate(_LEET) if re.search("[a-z]", letters) and not _measure(letters) else letters
    letters = re.sub(r"[^a-z0-9]", "", letters)
    if letters != plain and letters.isalpha() and (form := known(letters)):
        return ((letters, form, 0, len(chunk)),)
    if len(letters) == len(chunk.replace("'", "")) and len(letters) < 6:
        return ((plain, stem(plain), 0, len(chunk)),)
    return _split(chunk, letters, known) or ((plain, stem(plain), 0, len(chunk)),)


@lru_cache(maxsize=4)
def _memory_of(known: Mend) -> dict[str, Parts]:
    """The runs taken apart before: people use few words, over and over. A speller seldom changes; each has its own."""
    return {}


def _learnt(chunk: str, known: Mend, memory: dict[str, Parts]) -> Parts:
    parts = _parts(chunk, known)
    if len(chunk) <= _LONGEST_CHUNK and len(memory) < _CHUNKS:
        memory[chunk] = parts
    return parts


def _measure(chunk: str) -> bool:
    """Whether digits here are a number with a unit (72yo, l5, 38c, t12), not letters in disguise."""
    return re.fullmatch(r"[0-9]+[a-z]{1,5}|[lstcdbmhw][0-9]{1,2}", chunk) is not None


def _contracted(chunk: str) -> str:
    """Can't → cant, I'll → i, mum's → mum: the apostrophe never decides what matches."""
    if "'" not in chunk:
        return chunk
    base, _, tail = chunk.rpartition("'")
    base = base.replace("'", "")
    return base if tail in ("s", "ll", "m", "re", "ve", "d", "") else base + tail


def _split(chunk: str, letters: str, known: Mend) -> Parts:
    """Runs of several words: at the symbols between them, or wherever known words meet."""
    pieces = [match for match in re.finditer(r"[a-z0-9]+", chunk)]
    if len(pieces) > 1 and any(len(piece.group()) > 1 for piece in pieces):
        return tuple(
            (piece.group(), known(piece.group()) or stem(piece.group()), piece.start(), piece.end()) for piece in pieces
        )
    if not 4 <= len(letters) <= 60:
        return ()
    run = _segment(letters, known)
    if not run:
        return ()
    # One chunk, several words: each is quoted as the whole chunk it was hidden in.
    return tuple((word, known(word), 0, len(chunk)) for word in run)


def _segment(letters: str, known: Mend) -> list[str]:
    """The fewest known words that spell ``letters`` exactly, or nothing."""
    best: list[list[str] | None] = [[]] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for begin in range(max(0, end - 14), end):
            piece = letters[begin:end]
            left = best[begin]
            if left is None or (len(piece) == 1 and piece not in "ia") or not known("=" + piece):
                continue
            current = best[end]
            if current is None or len(left) + 1 < len(current):
                best[end] = [*left, piece]
    return best[-1] or []
