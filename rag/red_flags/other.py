"""What is not about a person in need: animals, fiction, the family's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.red_flags.lexicon import Hit
from rag.red_flags.paint import OTHER, Paint
from rag.red_flags.words import Words

_BE = frozenset(
    "is are was were has have had can cant could cannot couldnt will wont keep keeps kept does doesnt did didnt "
    "isnt wasnt hasnt went goes got gets needs died hurt pulled jumped knocked".split()
)

_BEFORE_ANIMAL = frozenset(
    "my our the a an this that his her their your old little elderly poor new rescue year years big beloved "
    "family neighbours mums dads sisters friends neighbour mum dad sister friend brother brothers daughter "
    "daughters son sons younger young senior and but so because if when hello hi # both two one wee for is about "
    "of with why does should can has what".split()
)

_ABOUT = frozenset("for why does should is can what about".split())

_NO_ANIMAL = frozenset(
    "walk walker walkers walking sitter sitting bed beds and lead leads owner owner groomer grooming food stance "
    "pose bowl rescue lover person trainer training show fancier n or".split()
)

_LIKENED = frozenset("like as than".split())

_PET = frozenset("he she it they his her its hes shes the".split())


def paint_other(paint: Paint, at: Mapping[str, list[Hit]]) -> None:
    """Lays ``OTHER`` over what is not about a person in need."""
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


def _paint_animals(paint: Paint, at: Mapping[str, list[Hit]]) -> None:
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


def _is_subject(paint: Paint, cue: Hit) -> bool:
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
