"""What is denied: before the sign or after it, in a list, as an answer, or by saying that all is well."""

from __future__ import annotations

from collections.abc import Mapping

from rag.red_flags.lexicon import Hit
from rag.red_flags.paint import DENIED, Paint, turns

_NOES = frozenset("no none nope nah nil never negative not neither".split())

_AFTER_DENIAL = frozenset("and so now since otherwise too anyway apart as or thankfully thank luckily just".split())

_PRONOUNS = frozenset("i he she we they it".split())

_NEGATED = frozenset("cant cannot couldnt wont dont didnt aint havent hasnt hadnt".split())

_UNSOUND = frozenset(
    "not isnt arent wasnt was were until till feel feels no any never used been if cant dont doesnt aint barely "
    "hardly is are my i it pain pains ache aches hurt hurts numb hard feeling smell very so".split()
)

_DENIAL_REACHES = {"deny": 20, "deny_near": 6, "deny_next": 3}


def paint_denied(paint: Paint, at: Mapping[str, list[Hit]]) -> None:
    """Lays ``DENIED`` over what a cue denies."""
    for name, reach in _DENIAL_REACHES.items():
        for cue in at.get(name, ()):
            _paint_denied_after(paint, cue, reach)
    for first, last in paint.sentences.values():
        _paint_answered_no(paint, first, last)
    for cue in at.get("deny_after", ()):
        _paint_denied_before(paint, cue)
    for cue in at.get("deny_it", ()):
        _paint_denied_it(paint, cue)
    for cue in at.get("good", ()):
        _paint_good(paint, cue)


def _paint_denied_after(paint: Paint, cue: Hit, reach: int) -> None:
    """Denies what stands after "no" or "I don't have", up to where a new statement starts."""
    raw, clause = paint.words.raw, paint.words.clause
    first, last = paint.sentence(cue.first)
    if cue.last < last and clause[cue.last] != clause[cue.first]:
        return  # "No, my leg is numb": an answer to someone, not a denial of what follows
    if raw[cue.first] in ("no", "nothing") and not _NEGATED.isdisjoint(raw[max(first, cue.first - 4) : cue.first]):
        return  # "can't get no air", "can't do this no more"
    if cue.last < last and raw[cue.last] in ("no", "nothing", "nowt", "none") and clause[cue.last] == clause[cue.first]:
        return  # "haven't had no feeling": what follows "no" decides
    place = cue.first + 1  # a hit that starts with the cue itself ("no feeling") is not denied by it
    end = min(last, cue.last + reach)
    while place < end and not turns(raw, clause, place, cue.last):
        paint.flags[place] |= DENIED
        place += 1


def _paint_answered_no(paint: Paint, first: int, last: int) -> None:
    """Denies the whole of "Any fever", "Fever? No." and "Numbness, none"."""
    raw, clause = paint.words.raw, paint.words.clause
    if raw[first] == "any" or (raw[last - 1] in _NOES and last - first > 2 and clause[last - 1] != clause[last - 3]):
        paint.lay(DENIED, first, last)
    alone = raw[first] in _NOES and (last - first == 1 or clause[first] != clause[first + 1])
    if alone and first > 0 and paint.words.sentence[first - 1] in paint.words.questions:
        paint.lay(DENIED, *paint.sentence(first - 1))


def _paint_denied_it(paint: Paint, cue: Hit) -> None:
    """Denies what stands before "I haven't got it", in this sentence or the last."""
    raw, clause = paint.words.raw, paint.words.clause
    first, last = paint.sentence(cue.first)
    if cue.last < last and clause[cue.last] == clause[cue.last - 1] and raw[cue.last] not in _AFTER_DENIAL:
        return  # "I don't notice it"
    paint.lay(DENIED, first, cue.first)
    if first > 0 and cue.first - first <= 2:
        paint.lay(DENIED, *paint.sentence(first - 1))


def _paint_good(paint: Paint, cue: Hit) -> None:
    """Denies what a clause calls good without a verb: "waterworks fine, legs strong"."""
    raw, clause = paint.words.raw, paint.words.clause
    _, last = paint.sentence(cue.first)
    ends = cue.last >= last or clause[cue.last] != clause[cue.first] or raw[cue.last] in ("and", "so", "just", "now")
    begin = cue.first
    first, _ = paint.sentence(cue.first)
    while begin > first and clause[begin - 1] == clause[cue.first]:
        begin -= 1
    spoken = raw[begin : cue.first]
    if ends and 1 <= len(spoken) <= 5 and _UNSOUND.isdisjoint(spoken):
        paint.lay(DENIED, begin, cue.first)


def _paint_denied_before(paint: Paint, cue: Hit) -> None:
    """Denies what stands before "is normal" or "I don't have that", if nothing but a pause follows."""
    raw, clause = paint.words.raw, paint.words.clause
    first, last = paint.sentence(cue.first)
    if cue.last < last and raw[cue.last] in ("now", "again"):
        return  # fine now is over, not denied
    if cue.last < last and clause[cue.last] == clause[cue.last - 1] and raw[cue.last] not in _AFTER_DENIAL:
        return
    start, _ = paint.segment(cue.first)
    begin = cue.first
    while begin > first and clause[begin - 1] == clause[cue.first]:
        begin -= 1
    if not (_NEGATED | {"not", "never", "unable"}).isdisjoint(raw[begin : cue.first]):
        return  # "I cannot pee normally"
    if raw[begin] not in _PRONOUNS or begin == cue.first:
        begin = max(start, cue.first - 12)
    paint.lay(DENIED, begin, cue.first)
