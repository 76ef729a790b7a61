"""Decides how each thing said is meant: claimed, denied, supposed, past, over, asked about, or not about a person.

Cues (``lexicon/cues.toml``) paint flags over the words they reach; a hit takes the flags of its first word. In doubt a
word stays unpainted: present, real, and about the writer. Nothing here knows any disease.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rag.red_flags.asked import paint_asked, speaks
from rag.red_flags.denied import paint_denied
from rag.red_flags.lexicon import Hit
from rag.red_flags.other import paint_other
from rag.red_flags.paint import SELF, Paint
from rag.red_flags.past import paint_past
from rag.red_flags.supposed import paint_supposed
from rag.red_flags.words import Words

_PERSON = frozenset("he she his her hers him hes shes".split())

_WIDEST = 24  # words a phrase may span


@dataclass(frozen=True, slots=True)
class Claims:
    """The hits of a message with their scope, and whether they are about someone other than the writer."""

    hits: tuple[Hit, ...]
    cues: tuple[Hit, ...]
    self_at: tuple[int, ...]
    third_at: tuple[int, ...]

    def third_person(self, hits: Iterable[Hit]) -> bool:
        """Whether most of these hits follow a mention of someone else more closely than one of the writer."""
        votes = [self._nearest(self.third_at, hit.first) - self._nearest(self.self_at, hit.first) for hit in hits]
        return sum(1 if vote > 0 else -1 for vote in votes) > 0 if self.third_at else False

    @staticmethod
    def _nearest(places: Sequence[int], before: int) -> int:
        return max((place for place in places if place <= before), default=-1)


def settle(words: Words, found: Sequence[Hit], kinds: Mapping[str, str]) -> Claims:
    """The hits that are not cues, each with its scope."""
    cues = _cues(words, found, kinds)
    paint = Paint(words)
    at: dict[str, list[Hit]] = {}
    for cue in cues:
        at.setdefault(cue.concept, []).append(cue)
    paint_denied(paint, at)
    paint_supposed(paint, at)
    paint_past(paint, at, found, kinds)
    paint_asked(paint, at)
    paint_other(paint, at)
    flags = paint.flags
    hits = [
        Hit(hit.concept, hit.first, hit.last, hit.parts, scope) if (scope := flags[hit.first]) else hit
        for hit in found
        if kinds[hit.concept] != "cue"
    ]
    return Claims(tuple(hits), tuple(cues), *_subjects(words, at))


def _cues(words: Words, found: Sequence[Hit], kinds: Mapping[str, str]) -> list[Hit]:
    """The cues that stand on their own: a "no" inside "no feeling" or "no longer" denies nothing."""
    cues = [hit for hit in found if kinds[hit.concept] == "cue"]
    if not cues:
        return []
    reach = [0] * len(words)  # for each word, where the longest sign that starts there ends
    for concept, first, last, _, _ in found:
        if last > reach[first] and (kinds[concept] == "sign" or concept == "assert_anyway"):
            reach[first] = last
    farthest = list(accumulate(reach, max))
    return [cue for cue in cues if not _swallowed(cue, reach, farthest, words.raw)]


def _swallowed(cue: Hit, reach: Sequence[int], farthest: Sequence[int], raw: Sequence[str]) -> bool:
    """Whether the cue stands inside a longer sign, or a denial's last word opens one ("am not | not feeling it")."""
    if farthest[cue.first] >= cue.last:  # some sign before it or at it goes on at least as far
        for first in range(max(0, cue.first - _WIDEST), cue.first + 1):
            if reach[first] >= cue.last and reach[first] - first > cue.last - cue.first:
                return True
    end = cue.last - 1
    return end > cue.first and raw[end] in ("not", "no", "never", "without") and reach[end] > cue.last


def _subjects(words: Words, at: Mapping[str, list[Hit]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where the writer is mentioned, and where somebody else is."""
    kin = [cue for cue in at.get("kin", ())]
    owned = {place for cue in kin for place in range(cue.first - 1, cue.last)}
    selves = [place for place, word in enumerate(words.raw) if word in SELF]
    self_at = tuple(place for place in selves if speaks(words, place) and place not in owned)
    third = {cue.last - 1 for cue in kin}
    if kin:
        third |= {place for place, word in enumerate(words.raw) if word in _PERSON}
    elif len(self_at) == 0:
        third |= {place for place, word in enumerate(words.raw) if word in ("he", "she", "his", "hes", "shes", "him")}
    return self_at, tuple(sorted(third))
