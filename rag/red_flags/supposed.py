"""What is only supposed: conditions, fears, warnings, things somebody was told to look out for."""

from __future__ import annotations

from collections.abc import Mapping

from rag.red_flags.lexicon import Hit
from rag.red_flags.paint import STARTERS, SUBJECTS, SUPPOSED, Paint

_MODALS = frozenset("would will might may wud wil could can cud".split())


def paint_supposed(paint: Paint, at: Mapping[str, list[Hit]]) -> None:
    """Lays ``SUPPOSED`` over what a cue supposes."""
    raw, clause = paint.words.raw, paint.words.clause
    reports = {paint.words.sentence[cue.first] for cue in at.get("report", ())}
    for cue in at.get("suppose", ()):
        first, last = paint.sentence(cue.first)
        opening = cue.first - first <= 2
        place = cue.last
        while place < last and raw[place] not in ("but", "however", "though"):
            fresh = clause[place] != clause[place - 1]
            if fresh and (raw[place] == "now" or (opening and raw[place] in (STARTERS | {"do", "should", "then"}))):
                break
            place += 1
        paint.lay(SUPPOSED, cue.first, place)
    for cue in at.get("suppose_all", ()):
        paint.lay(SUPPOSED, *paint.segment(cue.first))
    told = {paint.words.sentence[cue.first] for cue in at.get("advice", ())}
    for cue in at.get("whenever", ()):
        if paint.words.sentence[cue.first] in told:
            paint.lay(SUPPOSED, *paint.segment(cue.first))
    threats = {paint.words.sentence[cue.first] for cue in at.get("might_make", ())}
    for number, (first, last) in paint.sentences.items():
        second = raw[first + 1] if first + 1 < last else ""
        opens = raw[first] in _MODALS and number in threats and number not in reports
        if opens or (raw[first] in ("had", "were", "should") and second in SUBJECTS) or raw[first] == "whether":
            paint.lay(SUPPOSED, first, last)
