"""Misspelt question words mended toward the words of the articles, and only those.

A word is left alone when the articles hold it, when it is a stop word, or when it is a word of the language ("cost"
must not become "lost"), unless the articles spell that word in the other way ("anemia", "anaemia"). Distance is optimal
string alignment (rapidfuzz): one slip in four to seven letters, two in eight or more, the first letter kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from rag.lexical import STOP_WORDS, WORD, stem, words

_SHORTEST = 4
_LONG = 8
# How British spelling becomes American.
_AMERICAN = (
    (re.compile(r"ae|oe(?!s?$)"), "e"),
    (re.compile(r"(?<=[a-z]{2})our(?=s?$|ed$|ing$|able$|ful$|ite)"), "or"),
    (re.compile(r"tre(?=s?$)"), "ter"),
    (re.compile(r"is(?=e|ing|ation)"), "iz"),
)


@dataclass(frozen=True, slots=True)
class Repair:
    """A question word as written, and the article word it was read as."""

    written: str
    read_as: str


def repairs(
    question: str, vocabulary: Mapping[str, int], stems: Collection[str], is_word: Callable[[str], bool]
) -> tuple[Repair, ...]:
    """The words of the question that are read as words of the articles; ``stems`` are those of it that these hold."""
    unknown = [word for word in dict.fromkeys(words(question)) if _is_unknown(word, vocabulary, stems)]
    found = ((word, _other_way(word, vocabulary) or _nearest(word, vocabulary, is_word)) for word in unknown)
    return tuple(Repair(word, read_as) for word, read_as in found if read_as)


def mended(question: str, made: tuple[Repair, ...]) -> str:
    """The question with its repairs made; all else stays as it was typed."""
    read_as = {repair.written: repair.read_as for repair in made}
    return WORD.sub(lambda found: read_as.get("".join(words(found[0])), found[0]), question)


def _is_unknown(word: str, vocabulary: Mapping[str, int], stems: Collection[str]) -> bool:
    if len(word) < _SHORTEST or not word.isalpha() or word in STOP_WORDS or word in vocabulary:
        return False
    return stem(word) not in stems


def _other_way(word: str, vocabulary: Mapping[str, int]) -> str:
    """The article word that is the same on the other side of the Atlantic, or nothing."""
    plain = _american(word)
    first = {"a": "ae", "o": "oe", "e": "aeo"}.get(word[0], word[0])  # "oedema", "edema"
    alike = (one for one in vocabulary if one[0] in first and abs(len(one) - len(word)) <= 2)
    return next((one for one in alike if _american(one) == plain), "")


def _american(word: str) -> str:
    for british, american in _AMERICAN:
        word = british.sub(american, word)
    return word


def _nearest(word: str, vocabulary: Mapping[str, int], is_word: Callable[[str], bool]) -> str:
    """The closest article word, the more frequent one among equals, or nothing; a word of the language has none."""
    from rapidfuzz.distance import OSA

    if is_word(word):
        return ""
    slips = 2 if len(word) >= _LONG else 1
    near = (
        (distance, -count, candidate)
        for candidate, count in vocabulary.items()
        if candidate[0] == word[0]
        and len(candidate) >= _SHORTEST
        and abs(len(candidate) - len(word)) <= slips
        and (distance := OSA.distance(word, candidate, score_cutoff=slips)) <= slips
    )
    return min(near, default=(0, 0, ""))[2]
