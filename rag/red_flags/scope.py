"""Decides how each thing said is meant: claimed, denied, supposed, past, over, asked about, or not about a person.

Cues (``lexicon/cues.toml``) paint flags over the words they reach; a hit takes the flags of its first word. In doubt a
word stays unpainted: present, real, and about the writer. Nothing here knows any disease.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

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
    "theme": OTHER,
    "time": OTHER,
    "cue": 0,
}
"""Which flags keep a concept of each kind from counting. A theme is what everybody here speaks of: their back."""

_STARTERS = frozenset(
    "i im ive my we he she it its they there now just only since suddenly today cant couldnt have had got am his "
    "her when where which what so started both our your lost feels felt feeling but however unable leg legs foot "
    "feet left right numb weak pain".split()
)
_TURNERS = frozenset("but though although however except yet whereas until till besides apart aside only now".split())
_NOES = frozenset("no none nope nah nil never negative not neither".split())
_OPENERS = frozenset("is are can could does do will would should what why how when which who whats".split())
_AFTER_DENIAL = frozenset("and so now since otherwise too anyway apart as or thankfully thank luckily just".split())
_PRONOUNS = frozenset("i he she we they it".split())
_SELF = frozenset("i im ive id ill my me myself mine we our us".split())
_PERSON = frozenset("he she his her hers him hes shes".split())
_NEGATED = frozenset("cant cannot couldnt wont dont didnt aint havent hasnt hadnt".split())
_BE = frozenset(
    "is are was were has have had can cant could cannot couldnt will wont keep keeps kept does doesnt did didnt "
    "isnt wasnt hasnt went goes got gets needs died hurt pulled jumped knocked".split()
)
_WENT = frozenset(
    "was were had did didnt couldnt could wasnt werent hadnt took put went came got said told found gave felt "
    "lost broke fell lay sent kept thought ran flew drove left threw".split()
)
_PRESENT = frozenset(
    "now today tonight currently nowadays lately recently still yesterday is are am im ive has hasnt hurts aches "
    "keeps cant dont doesnt wont isnt havent since again have".split()
)
_HERALDS = frozenset(
    "and but so also or hi hello hey ok okay please doctor because wondering wonder plus anyway question asking "
    "ask then know tell just asked asks".split()
)
_BEFORE_ANIMAL = frozenset(
    "my our the a an this that his her their your old little elderly poor new rescue year years big beloved "
    "family neighbours mums dads sisters friends neighbour mum dad sister friend brother brothers daughter "
    "daughters son sons younger young senior and but so because if when hello hi # both two one wee for is about "
    "of with why does should can has what".split()
)
_UNSOUND = frozenset(
    "not isnt arent wasnt was were until till feel feels no any never used been if cant dont doesnt aint barely "
    "hardly is are my i it pain pains ache aches hurt hurts numb hard feeling smell very so".split()
)
_MODALS = frozenset("would will might may wud wil could can cud".split())
_SUBJECTS = frozenset("i we he she they it my".split())
_ANSWERING = frozenset("it its been started mine that thats this happened began only since twice happening".split())
_GOING_ON = frozenset("cant cannot wont keeps keep still nor".split())
_GOING = frozenset("go goes scared strted".split())
_LASTS = frozenset("since started been began happening happened happens".split())
_ABOUT = frozenset("for why does should is can what about".split())
_NO_ANIMAL = frozenset(
    "walk walker walkers walking sitter sitting bed beds and lead leads owner owner groomer grooming food stance "
    "pose bowl rescue lover person trainer training show fancier n or".split()
)
_LATER = frozenset(
    "can could would will should need to want until till hope once if when might may be wont not".split()
)
_LIKENED = frozenset("like as than".split())
_PET = frozenset("he she it they his her its hes shes the".split())
_DENIAL_REACHES = {"deny": 20, "deny_near": 6, "deny_next": 3}
_WIDEST = 24  # words a phrase may span


@lru_cache(maxsize=64)
def name_of(scope: int) -> str:
    """A scope in words: "denied, past", or "claimed" when no flag is set."""
    return ", ".join(name for flag, name in NAMES.items() if scope & flag) or "claimed"


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
        self.sentences = words.sentences()

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
    cues = _cues(words, found, kinds)
    paint = _Paint(words)
    at: dict[str, list[Hit]] = {}
    for cue in cues:
        at.setdefault(cue.concept, []).append(cue)
    _paint_denied(paint, at)
    _paint_supposed(paint, at)
    _paint_past(paint, at, found, kinds)
    _paint_asked(paint, at)
    _paint_other(paint, at)
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


def _paint_denied(paint: _Paint, at: Mapping[str, list[Hit]]) -> None:
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


def _paint_denied_after(paint: _Paint, cue: Hit, reach: int) -> None:
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
    while place < end and not _turns(raw, clause, place, cue.last):
        paint.flags[place] |= DENIED
        place += 1


def _paint_answered_no(paint: _Paint, first: int, last: int) -> None:
    """Denies the whole of "Any fever", "Fever? No." and "Numbness, none"."""
    raw, clause = paint.words.raw, paint.words.clause
    if raw[first] == "any" or (raw[last - 1] in _NOES and last - first > 2 and clause[last - 1] != clause[last - 3]):
        paint.lay(DENIED, first, last)
    alone = raw[first] in _NOES and (last - first == 1 or clause[first] != clause[first + 1])
    if alone and first > 0 and paint.words.sentence[first - 1] in paint.words.questions:
        paint.lay(DENIED, *paint.sentence(first - 1))


def _paint_denied_it(paint: _Paint, cue: Hit) -> None:
    """Denies what stands before "I haven't got it", in this sentence or the last."""
    raw, clause = paint.words.raw, paint.words.clause
    first, last = paint.sentence(cue.first)
    if cue.last < last and clause[cue.last] == clause[cue.last - 1] and raw[cue.last] not in _AFTER_DENIAL:
        return  # "I don't notice it"
    paint.lay(DENIED, first, cue.first)
    if first > 0 and cue.first - first <= 2:
        paint.lay(DENIED, *paint.sentence(first - 1))


def _paint_good(paint: _Paint, cue: Hit) -> None:
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
    if not (_NEGATED | {"not", "never", "unable"}).isdisjoint(raw[begin : cue.first]):
        return  # "I cannot pee normally"
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
    reports = {paint.words.sentence[cue.first] for cue in at.get("report", ())}
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
    told = {paint.words.sentence[cue.first] for cue in at.get("advice", ())}
    for cue in at.get("whenever", ()):
        if paint.words.sentence[cue.first] in told:
            paint.lay(SUPPOSED, *paint.segment(cue.first))
    threats = {paint.words.sentence[cue.first] for cue in at.get("might_make", ())}
    for number, (first, last) in paint.sentences.items():
        second = raw[first + 1] if first + 1 < last else ""
        opens = raw[first] in _MODALS and number in threats and number not in reports
        if opens or (raw[first] in ("had", "were", "should") and second in _SUBJECTS) or raw[first] == "whether":
            paint.lay(SUPPOSED, first, last)


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
    own = next((place for place in range(begin, cue.first) if clause[place] == clause[cue.first]), cue.first)
    if cue.first - own > 2 or own == begin or (cue.last < end and clause[cue.last] == clause[cue.first]):
        begin = own  # else "(2013)" or ", that was in 2014" dates what stands before it
    while end > cue.last and clause[end - 1] != clause[cue.last - 1]:
        end -= 1
    return begin, end


def _paint_past(paint: _Paint, at: Mapping[str, list[Hit]], found: Sequence[Hit], kinds: Mapping[str, str]) -> None:
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


def _carry_past(paint: _Paint, told: set[int], recent: set[int]) -> None:
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
        words.raw[place] in _SUBJECTS and words.end[place] - words.start[place] > len(words.raw[place])
        for place in range(first, last)
    )


def _went(spoken: Sequence[str]) -> bool:
    """Whether a sentence tells what happened."""
    return not _WENT.isdisjoint(spoken) or any(len(word) > 4 and word.endswith("ed") for word in spoken)


def _paint_over(paint: _Paint, cue: Hit, again: set[int]) -> None:
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


def _paint_asked(paint: _Paint, at: Mapping[str, list[Hit]]) -> None:
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
            or any(_speaks(words, place) and place not in spans for place in range(first, last))
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


def _asks(paint: _Paint, cue: Hit) -> bool:
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


def _speaks(words: Words, place: int) -> bool:
    """Whether the writer speaks of themselves here; the "i" inside a run taken apart does not."""
    if words.raw[place] not in _SELF:
        return False
    return not (words.raw[place] == "i" and place and words.start[place - 1] == words.start[place])


def _lift_answered(paint: _Paint, at: Mapping[str, list[Hit]], reports: set[int]) -> None:
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


def _paint_other(paint: _Paint, at: Mapping[str, list[Hit]]) -> None:
    words = paint.words
    for cue in at.get("family", ()):
        if "having" in words.raw[cue.first : cue.last]:
            continue  # "uncle is having cancer" is now
        paint.lay(OTHER, *paint.segment(cue.first))
    for cue in at.get("fiction_here", ()):
        paint.lay(OTHER, *paint.sentence(cue.first))
    if at.get("fiction"):
        paint.lay(OTHER, 0, len(words))
    if at.get("animal") or at.get("animal_sure"):
        _paint_animals(paint, at)


def _paint_animals(paint: _Paint, at: Mapping[str, list[Hit]]) -> None:
    """What is told of an animal, from where it is named as the one who is ill until a person speaks of themselves."""
    words = paint.words
    raw = words.raw
    surely = [
        cue for cue in at.get("animal_sure", ()) if raw[cue.first] not in ("vet", "vets") or not _served(raw, cue)
    ]
    sure = bool(surely)
    named: dict[int, Hit] = {words.sentence[cue.first]: cue for cue in reversed(surely)}
    for cue in at.get("animal", ()):
        if not _ridden(words, cue) and (sure or _is_subject(paint, cue)):
            named.setdefault(words.sentence[cue.first], cue)
    carried = False
    for number, (first, last) in paint.sentences.items():
        start = first
        if number in named:
            carried = True
            start = named[number].last
        elif not carried:
            continue
        elif raw[first] not in _PET and not sure:
            carried = False
            continue
        own = (
            p for p in range(start, last) if raw[p] in ("i", "im", "ive", "me", "my", "we") and p not in words.quoted
        )
        stop = next(own, last)
        paint.lay(OTHER, first, stop)
        carried = stop == last


def _served(raw: Sequence[str], cue: Hit) -> bool:
    """A vet who is a veteran."""
    before = raw[max(0, cue.first - 3) : cue.first]
    return not {"army", "navy", "war", "combat", "disabled", "military", "marine", "marines", "im", "i"}.isdisjoint(
        before
    )


def _is_subject(paint: _Paint, cue: Hit) -> bool:
    """Whether the animal opens its clause and does something there, or is what is asked about ("for my dog")."""
    raw, clause = paint.words.raw, paint.words.clause
    first, last = paint.sentence(cue.first)
    place = cue.first - 1
    while place >= first and clause[place] == clause[cue.first] and raw[place] in _BEFORE_ANIMAL:
        place -= 1
    opens = place < first or clause[place] != clause[cue.first]
    opener = raw[place + 1]
    after = raw[cue.last : min(last, cue.last + 5)]
    if not opens or (after and after[0] in _NO_ANIMAL):
        return False
    return opener in _ABOUT or not after or place + 1 < cue.first or not _BE.isdisjoint(after)


def _ridden(words: Words, cue: Hit) -> bool:
    """Whether the animal is what someone fell off or over, or is likened to, not the one who is ill."""
    before = words.raw[max(0, cue.first - 4) : cue.first]
    return (
        any(
            word in ("over", "off", "by", "from", "with", "walk", "walking", "walked", "riding", "lifting", "lifted",
                     "chasing", "chased", "carrying", "feeding", "holding", "bathing")
            for word in before
        )
        or not _LIKENED.isdisjoint(before[-3:])
    )  # fmt: skip


def _subjects(words: Words, at: Mapping[str, list[Hit]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where the writer is mentioned, and where somebody else is."""
    kin = [cue for cue in at.get("kin", ())]
    owned = {place for cue in kin for place in range(cue.first - 1, cue.last)}
    selves = [place for place, word in enumerate(words.raw) if word in _SELF]
    self_at = tuple(place for place in selves if _speaks(words, place) and place not in owned)
    third = {cue.last - 1 for cue in kin}
    if kin:
        third |= {place for place, word in enumerate(words.raw) if word in _PERSON}
    elif len(self_at) == 0:
        third |= {place for place, word in enumerate(words.raw) if word in ("he", "she", "his", "hes", "shes", "him")}
    return self_at, tuple(sorted(third))
