"""What is past or over: dates, stories told in the past, things that came right again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.red_flags.lexicon import Hit
from rag.red_flags.paint import OVER, PAST, SUBJECTS, Paint
from rag.red_flags.words import Words

_WENT = frozenset(
    "was were had did didnt couldnt could wasnt werent hadnt took put went came got said told found gave felt "
    "lost broke fell lay sent kept thought ran flew drove left threw".split()
)

_PRESENT = frozenset(
    "now today tonight currently nowadays lately recently still yesterday is are am im ive has hasnt hurts aches "
    "keeps cant dont doesnt wont isnt havent since again have".split()
)

_GOING_ON = frozenset("cant cannot wont keeps keep still nor".split())

_GOING = frozenset("go goes scared strted".split())

_LATER = frozenset(
    "can could would will should need to want until till hope once if when might may be wont not".split()
)


def _dated(paint: Paint, cue: Hit, facts: set[int], recent: Sequence[int]) -> tuple[int, int]:
    """The words a date is about: its clause; all that follows when it opens the sentence; or the fact before it."""
    clause = paint.words.clause
    begin, end = paint.segment(cue.first)
    first, _ = paint.sentence(cue.first)
    near = [place for place in range(max(begin, cue.first - 4), cue.first) if place in facts]
    if near:
        return near[0], cue.last
    if cue.first - first <= 3:
        fresh = (place for place in recent if cue.last <= place < end and clause[place] != clause[cue.last - 1])
        return begin, next((min(p for p in range(first, end) if clause[p] == clause[place]) for place in fresh), end)
    own = next((place for place in range(begin, cue.first) if clause[place] == clause[cue.first]), cue.first)
    if cue.first - own > 2 or own == begin or (cue.last < end and clause[cue.last] == clause[cue.first]):
        begin = own  # else "(2013)" or ", that was in 2014" dates what stands before it
    while end > cue.last and clause[end - 1] != clause[cue.last - 1]:
        end -= 1
    return begin, end


def paint_past(paint: Paint, at: Mapping[str, list[Hit]], found: Sequence[Hit], kinds: Mapping[str, str]) -> None:
    """Lays ``PAST`` over what is dated and ``OVER`` over what came right."""
    sentence = paint.words.sentence
    again = {sentence[cue.first] for cue in at.get("again", ())}
    recent = sorted(cue.first for cue in at.get("report", ()))
    if dates := at.get("long_ago"):
        facts = {place for hit in found if kinds[hit.concept] == "history" for place in range(hit.first, hit.last)}
        told: set[int] = set()
        for cue in dates:
            if sentence[cue.first] not in again:
                begin, end = _dated(paint, cue, facts, recent)
                paint.lay(PAST, begin, end)
                if begin not in facts:
                    told.add(sentence[cue.first])
        _carry_past(paint, told, {sentence[place] for place in recent})
    for cue in at.get("over", ()):
        _paint_over(paint, cue, again)


def _carry_past(paint: Paint, told: set[int], recent: set[int]) -> None:
    """A story once dated goes on in the past until a sentence speaks of now."""
    carried = False
    for number, (first, last) in paint.sentences.items():
        if not carried and number not in told:
            continue
        present = number in recent or _is_present(paint.words, first, last)
        if carried and not present and _went(paint.words.raw[first:last]):
            paint.lay(PAST, first, last)
        else:
            carried = number in told and not present


def _is_present(words: Words, first: int, last: int) -> bool:
    """Whether a sentence speaks of now, by a word or by a contraction ("I've", "it's")."""
    return not _PRESENT.isdisjoint(words.raw[first:last]) or any(
        words.raw[place] in SUBJECTS and words.end[place] - words.start[place] > len(words.raw[place])
        for place in range(first, last)
    )


def _went(spoken: Sequence[str]) -> bool:
    """Whether a sentence tells what happened."""
    return not _WENT.isdisjoint(spoken) or any(len(word) > 4 and word.endswith("ed") for word in spoken)


def _paint_over(paint: Paint, cue: Hit, again: set[int]) -> None:
    raw, clause = paint.words.raw, paint.words.clause
    spoken = raw[cue.first : cue.last]
    if any(word.endswith("ing") for word in spoken) or spoken[0] in ("sort", "fix", "clear", "settle"):
        return  # "going" and "fixing" share their stems with "gone" and "fixed", "a sort of" with "sorted"
    if spoken == ("gone",) and (cue.first and clause[cue.first - 1] == clause[cue.first]):
        return
    if (
        "be" in spoken
        or not _GOING.isdisjoint(spoken)
        or spoken == ("went",)
        or clause[cue.first] != clause[cue.last - 1]
    ):
        return  # other forms of "gone" and "a scare"
    start, end = paint.sentence(cue.first)
    if paint.words.sentence[cue.first] in again or any(
        raw[place] in _LATER and clause[place] == clause[cue.first]
        for place in range(max(start, cue.first - 4), cue.first)
    ):
        return
    if spoken[-1] == "since" and cue.last < end and clause[cue.last] == clause[cue.first]:
        return  # "hasn't since noon" goes on
    first, last = paint.segment(cue.first)
    own = next(place for place in range(first, cue.first + 1) if clause[place] == clause[cue.first])
    if not _GOING_ON.isdisjoint(raw[first:own]):
        paint.lay(OVER, own, last)
        return  # "she can't feel it, and the epidural wore off long ago"
    paint.lay(OVER, first, last)
    if spoken != ("scare",) and (cue.first - start <= 3 or first > start):
        paint.lay(OVER, start, last)
        if cue.first - start <= 3 and start > 0:
            paint.lay(OVER, *paint.sentence(start - 1))
