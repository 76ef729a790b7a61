"""The two sides of a comparison: "hip or back", "stenosis versus a slipped disc", "how does X differ from Y".

By rule, from the words next to what joins them. Stems that both sides share belong to neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.conversation import ASPECTS
from rag.lexical import terms

# A story that goes on behind "and" compares nothing.
_GOES_ON = r"(?:i|it|he|she|we|they|you|since|then|so|now|when|if)\b"
_JOINED = (
    re.compile(r"\bbetween\s+(?P<one>.+?)\s+(?:and|or)\s+(?P<other>.+)", re.IGNORECASE),
    re.compile(
        r"(?P<one>.+?)[\s,:-]+(?:vs\.?|versus|compared? (?:with|to)|rather than)\s+(?P<other>.+)", re.IGNORECASE
    ),
    re.compile(
        r"\b(?:tell|distinguish|know|is|are|does|do)\s+(?P<one>.+?)\s+(?:apart |differ\w* )?from\s+(?P<other>.+)",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<one>.+?)\s+or\s+(?P<other>.+)", re.IGNORECASE),
    re.compile(
        rf"(?P<one>.+?)\s+and\s+(?!{_GOES_ON})(?P<other>.+?)\b[^.?!]*"
        rf"\b(?:differ|apart|which|the same|(?:what|how|where|when)\b[^.?!]*\beach)\b",
        re.IGNORECASE,
    ),
)
_PAUSE = re.compile(r"[.?!,:;–—]| - ")
# How many words beside the joint can name a side.
_NAMING = 4
# Aspects of something else that are compared themselves, and words that name nothing beside another.
_SIDES_TOO = frozenset(terms("back rest heat ice scan mri"))
_COMPANIONS = frozenset(terms("problem injury trouble condition issue"))
# Who asks about the back is told about the spine.
_BACK = frozenset(terms("back spine spinal lumbar"))


@dataclass(frozen=True, slots=True)
class Sides:
    """The stems that name one side only, those that name the other only, and each side in the words of the question."""

    one: frozenset[str]
    other: frozenset[str]
    names: tuple[str, str]

    def of(self, text: str) -> int | None:
        """0 or 1 for a text that names only that side; None for both or neither."""
        found = set(terms(text))
        named = bool(found & self.one), bool(found & self.other)
        return None if named[0] == named[1] else named.index(True)


def sides(question: str) -> Sides | None:
    """What the question compares, or None if it compares nothing."""
    for joined in _JOINED:
        match = joined.search(question)
        if match is None:
            continue
        clauses = _PAUSE.split(match["one"])[-1], next(filter(str.strip, _PAUSE.split(match["other"])), "")
        one, other = _named(clauses[0])[-_NAMING:], _named(clauses[1])[:_NAMING]
        only = _widened(frozenset(one) - frozenset(other)), _widened(frozenset(other) - frozenset(one))
        if all(only):
            return Sides(*only, (clauses[0].strip(), clauses[1].strip()))
    return None


def _widened(stems: frozenset[str]) -> frozenset[str]:
    return stems | _BACK if "back" in stems else stems


def _named(text: str) -> list[str]:
    """The stems that can name a side, in order; "problem" only where nothing else does."""
    found = [stem for stem in terms(text) if stem not in ASPECTS or stem in _SIDES_TOO]
    return [stem for stem in found if stem not in _COMPANIONS] or found
