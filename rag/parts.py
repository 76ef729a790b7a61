"""The parts of a question that asks several things: "what is sciatica, and how long does it last?".

By rule, from the words that open a question after a joint. Each part is made whole: with what was told before the first
one, or else with the subject of those before it (``conversation``), or, if all it says anew is where, when or for whom
("and when for the hip?"), with the rest of the one before it. A question that asks one thing has no parts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.conversation import ASPECTS, HELPING, PRONOUN, resolved
from rag.lexical import terms

MOST = 3
"""Who asks more at once is read as a whole: each part is read anew, which takes its time."""

_WHOM = r"(?:i|it|its|they|you|we|he|she|the|my|his|her|our|this|that|these|those|there|one|a|an|people|someone)"
# "When for the hip": all it says anew is where, when or for whom.
_PLACED = r"(?:for|in|at|on|with|after|before|during)"
_NAMED = rf"(?:\s+(?!{HELPING}\b|all\b|and\b)[^\W_]+){{1,4}}"
_SHORN = rf"(?:what|when|where)\s+(?={_PLACED}{_NAMED}\s*(?:[?.!,;]|and\b|$))"
_OPENS = (
    rf"{_SHORN}|(?:what|why)\b(?!\s+(?:for|about|if)\b)|(?:when|where)\s+(?:{HELPING}|to)\b"
    rf"|how\s+(?:\w+\s+)?(?:{HELPING}|to|until|before)\b|{HELPING}\s+{_WHOM}\b"
    rf"|(?:at|in)\s+(?:what|which)\s+\w+\s+{HELPING}\b"
)
_JOINED = r"(?:and|but|also|then|so|or|plus)\s+"
_JOINT = re.compile(
    rf"(?:(?:[?.!;:,–—]|\s-\s)\s*(?:{_JOINED})*|\s+{_JOINED}(?:{_JOINED})*)(?=(?:{_OPENS}))"
    rf"|(?:[?.!]\s*(?:{_JOINED})*|\s+and\s+)(?=which\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(rf"\s*(?:{_JOINED})*(?:{_OPENS}|which\b)", re.IGNORECASE)
_OPENS_ALL = re.compile(rf"\s*{HELPING}\b", re.IGNORECASE)
_IS_SHORN = re.compile(_SHORN, re.IGNORECASE)
_PLACE = re.compile(rf"\s(?={_PLACED}\s)", re.IGNORECASE)
# Where no joint parts a story from its question: "… stairs are no fun either what is it and does it go away".
_RUNS_ON = re.compile(
    rf"\s(?=(?:what|why|how|where)\s+{HELPING}(?:\s+\S+){{1,5}}$|(?:is|does|will)\s+(?:it|this|that)(?:\s+\S+){{1,4}}$)",
    re.IGNORECASE,
)
_FEWEST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Part:
    """A part in the words of the question, and the same made whole, as it is searched and read."""

    asked: str
    read: str


def parts(question: str, subjects: Collection[str] = ()) -> tuple[Part, ...]:
    """The questions in a question, two or three, in its order; none if it asks one thing, or too many.

    ``subjects`` are stems that the titles of the articles hold.
    """
    told, asked = _told_and_asked([clause.strip(" \t\n,;:–—?!.-") for clause in _JOINT.split(question)])
    if not 1 < len(asked) <= MOST or any(len(clause.split()) < _FEWEST_WORDS for clause in asked):
        return ()
    if told:
        return tuple(Part(clause, f"{told}. {clause}") for clause in asked)
    return tuple(Part(clause, _whole(clause, asked[:at], subjects)) for at, clause in enumerate(asked))


def _told_and_asked(clauses: Sequence[str]) -> tuple[str, list[str]]:
    """What comes before the first clause that asks, and the clauses from there on."""
    first = next((at for at, clause in enumerate(clauses) if _ASKS.match(clause)), len(clauses))
    told, asked = list(clauses[:first]), list(clauses[first:])
    if len(told) == 1 and _OPENS_ALL.match(told[0]):  # "can stenosis be mixed up with arthritis, and how …"
        return "", [*told, *asked]
    if told and (run := _RUNS_ON.search(told[-1])):
        asked.insert(0, told[-1][run.end() :])
        told[-1] = told[-1][: run.start()]
    return ". ".join(told), asked


def _whole(clause: str, before: Sequence[str], subjects: Collection[str]) -> str:
    """The clause with the subject of those before it, or behind the one before it if its own stays unsaid."""
    if before and (shorn := _IS_SHORN.match(clause)):
        asked = next((one for one in reversed(before) if not _IS_SHORN.match(one)), before[0])
        return _grafted(clause[shorn.end() :], asked) or f"{asked}. {clause}"
    read = resolved(clause, before, subjects)
    leans = PRONOUN.search(clause) or ASPECTS.issuperset(terms(clause))
    return f"{before[-1]}. {clause}" if before and leans and read == clause else read


def _grafted(place: str, asked: str) -> str:
    """The question asked of another place, time or person than it names; empty if it names none."""
    named = [found.start() for found in _PLACE.finditer(asked)]
    alike = asked.lower().rfind(f" {place.lower().split()[0]} ")
    return f"{asked[: alike if alike in named else named[0]]} {place}" if named else ""
