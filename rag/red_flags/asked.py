"""What is asked about rather than reported: questions in general, studies, quizzes, other people's words."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from rag.red_flags.lexicon import Hit
from rag.red_flags.paint import ASKED, DENIED, SELF, SUPPOSED, Paint
from rag.red_flags.words import Words

_OPENERS = frozenset("is are can could does do will would should what why how when which who whats".split())

_HERALDS = frozenset(
    "and but so also or hi hello hey ok okay please doctor because wondering wonder plus anyway question asking "
    "ask then know tell just asked asks".split()
)

_ANSWERING = frozenset("it its been started mine that thats this happened began only since twice happening".split())

_LASTS = frozenset("since started been began happening happened happens".split())


def paint_asked(paint: Paint, at: Mapping[str, list[Hit]]) -> None:
    """Lays ``ASKED`` over what is only asked about, and lifts it where the answer that follows makes it a report."""
    words = paint.words
    raw, sentence = words.raw, words.sentence
    spans = {place for cue in at.get("ask", ()) for place in range(cue.first, cue.last)}
    spans |= {place for cue in at.get("study", ()) for place in range(cue.first - 4, cue.last)}
    study = bool(at.get("study"))
    asks = {sentence[cue.first] for cue in at.get("ask", ()) if _asks(paint, cue)}
    asks |= {sentence[cue.first] for cue in at.get("defines", ())}
    reports = {sentence[cue.first] for cue in at.get("report", ())}
    kin = {sentence[cue.first] for cue in at.get("kin", ()) if raw[cue.first] not in ("the", "a", "an")}
    for number, (first, last) in paint.sentences.items():
        if raw[first] in _OPENERS and (raw[first] not in ("when", "who", "which") or number in words.questions):
            asks.add(number)
        if not (number in asks or study):
            continue
        told = (
            number in reports
            or number in kin
            or any(speaks(words, place) and place not in spans for place in range(first, last))
        )
        if not told:
            paint.lay(ASKED, first, last)
        else:
            for place in words.quoted & set(range(first, last)):
                paint.flags[place] |= ASKED
    for cue in at.get("quoting", ()):
        paint.lay(ASKED, *paint.sentence(cue.first))
    if at.get("quoting"):
        for place in words.quoted:
            paint.flags[place] |= ASKED
    _lift_answered(paint, at, reports)


def _asks(paint: Paint, cue: Hit) -> bool:
    """Whether a question really starts here: "what is" in the middle of a statement asks nothing."""
    raw, clause = paint.words.raw, paint.words.clause
    place = cue.first
    if raw[place] in ("doing", "having", "being", "making", "causing"):
        return False  # they share their stems with "does" and "has"
    if raw[place] not in _OPENERS:
        return True
    first, _ = paint.sentence(place)
    if place == first or (place - first <= 4 and paint.words.sentence[place] in paint.words.questions):
        return True
    return place - first <= 4 and (clause[place] != clause[place - 1] or raw[place - 1] in _HERALDS)


def speaks(words: Words, place: int) -> bool:
    """Whether the writer speaks of themselves here; the "i" inside a run taken apart does not."""
    if words.raw[place] not in SELF:
        return False
    return not (words.raw[place] == "i" and place and words.start[place - 1] == words.start[place])


def _lift_answered(paint: Paint, at: Mapping[str, list[Hit]], reports: set[int]) -> None:
    """Claims what was asked when the next sentence reports it: "Can it stop you peeing? Mine went on Monday"."""
    words = paint.words
    mine = {words.sentence[cue.first] for cue in at.get("mine", ())}
    order = list(paint.sentences.items())
    for (_, before), (number, (first, last)) in pairwise(order):
        short = last - first < 14 and words.raw[first] in _ANSWERING
        if short and number in reports and not _LASTS.isdisjoint(words.raw[first:last]):
            mine.add(number)
        if number in mine and not any(paint.flags[place] & DENIED for place in range(first, last)):
            paint.lift(ASKED | SUPPOSED, *before)
