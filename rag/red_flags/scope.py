"""Decides how each thing said is meant: claimed, denied, supposed, past, over, asked about, or not about a person.

Cues (``lexicon/cues.toml``) paint flags over the words they reach; a hit takes the flags of its first word. In doubt a
word stays unpainted: present, real, and about the writer. Nothing here knows any disease.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.red_flags.lexicon import Hit
from rag.red_flags.words import Words

DENIED, SUPPOSED, PAST, OVER, ASKED, OTHER = 1, 2, 4, 8, 16, 32
NAMES = {
    DENIED: "denied",
    SUPPOSED: "supposed",
    PAST: "past",
    OVER: "over",
    ASKED: "asked about",
    OTHER: "not a person",
}

BLOCKS = {
    "sign": DENIED | SUPPOSED | PAST | OVER | ASKED | OTHER,
    "fact": DENIED | SUPPOSED | ASKED | OTHER,
    "history": DENIED | SUPPOSED | ASKED | OTHER,
    "excuse": DENIED | SUPPOSED | ASKED | OTHER,
    "act": OTHER | ASKED | PAST,
    "part": OTHER | ASKED,
    "time": OTHER,
    "cue": 0,
}
"""Which flags keep a concept of each kind from counting."""

_STARTERS = frozenset(
    "i im ive my we he she it its they there now just only since suddenly today cant couldnt have had got am his her "
    "when where which what so started both our your lost feels felt feeling but however unable "
    "leg legs foot feet left right numb weak pain".split()
)
_TURNERS = frozenset("but though although however except yet whereas until till besides apart aside only now".split())
_NOES = frozenset("no none nope nah nil never negative not neither".split())
_OPENERS = frozenset("is are can could does do will would should what why how when which who whats".split())
_AFTER_DENIAL = frozenset("and so now since otherwise too anyway apart as or thankfully thank luckily just".split())
_PRONOUNS = frozenset("i he she we they it".split())
_SELF = frozenset("i im ive id ill my me myself mine we our us".split())
_PERSON = frozenset("he she his her hers him hes shes".split())
_DENIAL_REACH, _WEAK_DENIAL_REACH = 14, 6


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


class _Paint:
    """Flags laid over words."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.flags = [0] * len(words)
        self.sentences: dict[int, tuple[int, int]] = {}
        for place, number in enumerate(words.sentence):
            first, _ = self.sentences.get(number, (place, place))
            self.sentences[number] = (first, place + 1)

    def lay(self, flag: int, first: int, last: int) -> None:
        for place in range(max(first, 0), min(last, len(self.flags))):
            self.flags[place] |= flag

    def lift(self, flag: int, first: int, last: int) -> None:
        for place in range(max(first, 0), min(last, len(self.flags))):
            self.flags[place] &= ~flag

    def sentence(self, place: int) -> tuple[int, int]:
        return self.sentences[self.words.sentence[place]]

    def segment(self, place: int) -> tuple[int, int]:
        """The part of the sentence around a word, up to the words that turn it ("but", "though")."""
        first, last = self.sentence(place)
        left, right = place, place
        while left > first and self.words.raw[left] not in _TURNERS:
            left -= 1
        while right + 1 < last and self.words.raw[right + 1] not in _TURNERS:
            right += 1
        return left, right + 1


def settle(words: Words, found: Sequence[Hit], kinds: Mapping[str, str]) -> Claims:
    """The hits that are not cues, each with its scope."""
    cues = _cues(found, kinds)
    paint = _Paint(words)
    at = {name: [hit for hit in cues if hit.concept == name] for name in {hit.concept for hit in cues}}
    _paint_denied(paint, at)
    _paint_supposed(paint, at)
    _paint_past(paint, at, found, kinds)
    _paint_asked(paint, at)
    _paint_other(paint, at)
    hits = tuple(replace(hit, scope=paint.flags[hit.first]) for hit in found if kinds.get(hit.concept) != "cue")
    return Claims(hits, tuple(cues), *_subjects(words, at))


def _cues(found: Sequence[Hit], kinds: Mapping[str, str]) -> list[Hit]:
    """The cues that stand on their own: a "no" inside "no feeling" or "no longer" denies nothing."""
    covers: dict[int, list[tuple[int, int]]] = {}
    for hit in found:
        if kinds.get(hit.concept) != "sign" and hit.concept != "assert_anyway":
            continue
        for place in range(hit.first, hit.last):
            covers.setdefault(place, []).append((hit.first, hit.last))
    return [
        hit
        for hit in found
        if kinds.get(hit.concept) == "cue"
        and not any(
            first <= hit.first and hit.last <= last and last - first > hit.last - hit.first
            for first, last in covers.get(hit.first, ())
        )
    ]


def _paint_denied(paint: _Paint, at: Mapping[str, list[Hit]]) -> None:
    raw, clause = paint.words.raw, paint.words.clause
    for name, reach in (("deny", _DENIAL_REACH), ("deny_near", _WEAK_DENIAL_REACH)):
        for cue in at.get(name, ()):
            _, last = paint.sentence(cue.first)
            place = cue.first + 1  # a hit that starts with the cue itself ("no feeling") is not denied by it
            end = min(last, cue.last + reach)
            if cue.last < last and clause[cue.last] != clause[cue.first]:
                continue  # "No, my leg is numb": an answer to someone, not a denial of what follows
            while place < end and not _turns(raw, clause, place, cue.last):
                paint.flags[place] |= DENIED
                place += 1
    for first, last in paint.sentences.values():
        if raw[first] == "any" or (
            raw[last - 1] in _NOES and last - first > 2 and clause[last - 1] != clause[last - 3]
        ):
            paint.lay(DENIED, first, last)
        if raw[first] in _NOES and (last - first == 1 or clause[first] != clause[first + 1]) and first > 0:
            before = paint.sentence(first - 1)
            if paint.words.sentence[first - 1] in paint.words.questions:
                paint.lay(DENIED, *before)
    for cue in at.get("deny_after", ()):
        _paint_denied_before(paint, cue)


def _paint_denied_before(paint: _Paint, cue: Hit) -> None:
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
    if raw[begin] not in _PRONOUNS or begin == cue.first:
        begin = max(start, cue.first - 12)
    paint.lay(DENIED, begin, cue.first)


def _turns(raw: Sequence[str], clause: Sequence[int], place: int, begin: int) -> bool:
    """Whether a new statement starts at this word, so that a denial before it no longer reaches."""
    word = raw[place]
    if word in _TURNERS:
        return True
    fresh = place > begin and clause[place] != clause[place - 1]
    after_and = place > begin and raw[place - 1] in ("and", "n", "plus", "so")
    return (fresh or after_and) and word in _STARTERS


def _paint_supposed(paint: _Paint, at: Mapping[str, list[Hit]]) -> None:
    raw, clause = paint.words.raw, paint.words.clause
    for cue in at.get("suppose", ()):
        first, last = paint.sentence(cue.first)
        opening = cue.first - first <= 2
        place = cue.last
        while place < last and raw[place] not in ("but", "however", "though"):
            fresh = clause[place] != clause[place - 1]
            if fresh and (raw[place] == "now" or (opening and raw[place] in (_STARTERS | {"do", "should", "then"}))):
                break
            place += 1
        paint.lay(SUPPOSED, cue.first, place)
    for cue in at.get("suppose_all", ()):
        paint.lay(SUPPOSED, *paint.segment(cue.first))


def _dated(paint: _Paint, cue: Hit, facts: set[int], recent: Sequence[int]) -> tuple[int, int]:
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
    while begin < cue.first and clause[begin] != clause[cue.first]:
        begin += 1
    while end > cue.last and clause[end - 1] != clause[cue.last - 1]:
        end -= 1
    return begin, end


def _paint_past(paint: _Paint, at: Mapping[str, list[Hit]], found: Sequence[Hit], kinds: Mapping[str, str]) -> None:
    sentence = paint.words.sentence
    again = {sentence[cue.first] for cue in at.get("again", ())}
    recent = sorted(cue.first for cue in at.get("report", ()))
    facts = {place for hit in found if kinds.get(hit.concept) == "history" for place in range(hit.first, hit.last)}
    for cue in at.get("long_ago", ()):
        if sentence[cue.first] not in again:
            paint.lay(PAST, *_dated(paint, cue, facts, recent))
    for cue in at.get("over", ()):
        spoken = paint.words.raw[cue.first : cue.last]
        if any(word.endswith("ing") for word in spoken) or spoken[0] in ("sort", "fix", "clear", "settle"):
            continue  # "going" and "fixing" share their stems with "gone" and "fixed", "a sort of" with "sorted"
        if sentence[cue.first] in again:
            continue
        first, last = paint.segment(cue.first)
        paint.lay(OVER, first, last)
        start, _ = paint.sentence(cue.first)
        if cue.first - start <= 3 or first > start:
            whole = paint.sentence(start)
            paint.lay(OVER, whole[0], last)
            if cue.first - start <= 3 and start > 0:
                paint.lay(OVER, *paint.sentence(start - 1))


def _paint_asked(paint: _Paint, at: Mapping[str, list[Hit]]) -> None:
    words = paint.words
    spans = {place for cue in at.get("ask", ()) for place in range(cue.first, cue.last)}
    spans |= {place for cue in at.get("study", ()) for place in range(cue.first - 4, cue.last)}
    study = bool(at.get("study"))
    asks = {
        words.sentence[cue.first]
        for cue in at.get("ask", ())
        if words.raw[cue.first] not in _OPENERS or cue.first - paint.sentence(cue.first)[0] <= 4
    }
    reports = {words.sentence[cue.first] for cue in at.get("report", ())}
    kin = {words.sentence[cue.first] for cue in at.get("kin", ()) if words.raw[cue.first] not in ("the", "a", "an")}
    asks |= {number for number, (first, _) in paint.sentences.items() if words.raw[first] in _OPENERS}
    for number, (first, last) in paint.sentences.items():
        told = (
            number in reports
            or number in kin
            or any(words.raw[place] in _SELF and place not in spans for place in range(first, last))
        )
        if (number in asks or study) and not told:
            paint.lay(ASKED, first, last)
        elif number in asks or study:
            for place in words.quoted & set(range(first, last)):
                paint.flags[place] |= ASKED


def _paint_other(paint: _Paint, at: Mapping[str, list[Hit]]) -> None:
    words = paint.words
    for cue in at.get("family", ()):
        paint.lay(OTHER, *paint.segment(cue.first))
    for cue in at.get("fiction_here", ()):
        paint.lay(OTHER, *paint.sentence(cue.first))
    if at.get("fiction"):
        paint.lay(OTHER, 0, len(words))
    carried = False
    animals = {words.sentence[cue.first]: cue for cue in reversed(at.get("animal", ())) if not _ridden(words, cue)}
    for number, (first, last) in paint.sentences.items():
        if number in animals:
            carried = True
            start = first
            own = next(
                (
                    p
                    for p in range(animals[number].last, last)
                    if words.raw[p] in ("i", "im", "ive", "me") and p not in words.quoted
                ),
                last,
            )
            paint.lay(OTHER, start, own)
        elif carried:
            opening = words.raw[first:last]
            if any(word in ("i", "im", "ive", "me") for word in opening) or "my" in opening:
                carried = False
            else:
                paint.lay(OTHER, first, last)


def _ridden(words: Words, cue: Hit) -> bool:
    """Whether the animal is what someone fell off or over, not the one who is ill."""
    before = words.raw[max(0, cue.first - 4) : cue.first]
    return any(
        word in ("like", "over", "off", "by", "from", "with", "walk", "walking", "walked", "riding", "lifting",
                 "lifted", "chasing", "chased", "carrying", "feeding", "holding", "bathing")
        for word in before
    )  # fmt: skip


def _subjects(words: Words, at: Mapping[str, list[Hit]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where the writer is mentioned, and where somebody else is."""
    kin = [cue for cue in at.get("kin", ())]
    owned = {place for cue in kin for place in range(cue.first - 1, cue.last)}
    self_at = tuple(place for place, word in enumerate(words.raw) if word in _SELF and place not in owned)
    third = {cue.last - 1 for cue in kin}
    if kin:
        third |= {place for place, word in enumerate(words.raw) if word in _PERSON}
    elif len(self_at) == 0:
        third |= {place for place, word in enumerate(words.raw) if word in ("he", "she", "his", "hes", "shes", "him")}
    return self_at, tuple(sorted(third))
