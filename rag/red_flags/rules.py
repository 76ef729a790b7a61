"""Finds the rules that the claims of a message satisfy.

A rule fires when every concept of one of its ``when`` rows is claimed close enough together. What
a rule is, and how it is loaded, stands in ``rulebook``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter

from rag.red_flags.lexicon import Hit, Join, Lexicon
from rag.red_flags.paint import BLOCKS, DENIED
from rag.red_flags.rulebook import REACH, SEVERITY, Rule, When
from rag.red_flags.words import Words
from rag.schema import Level

LASTING = frozenset({"fact", "history"})
"""Kinds that hold wherever in the message they are told: an illness, an age, an operation."""
UNLESS_REACH = 30
"""How many words away a look-alike still explains a sign; further off, it explains something else."""
CONTEXT_REACH = {"time": 20, "part": 20, "act": 20, "theme": 70}
"""How many words a context of a kind may lie away, unless it lasts."""
CONTEXT_FARTHEST = 60
"""The same for every other kind."""
_NEIGHBOURS = 16
_ANYWHERE = 1_000_000
_place = attrgetter("first")


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule that a message met, at what level, and on which hits."""

    rule: Rule
    level: Level
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The claims of a message by concept, joins and wider concepts included."""

    words: Words
    kinds: Mapping[str, str]
    by_concept: dict[str, list[Hit]] = field(default_factory=lambda: defaultdict(list))
    _claimed: dict[tuple[frozenset[str], int], list[Hit]] = field(default_factory=dict, repr=False, compare=False)
    """What ``claimed`` has answered: many rules ask for the same concepts."""

    @classmethod
    def gather(cls, words: Words, hits: Iterable[Hit], lexicon: Lexicon) -> Evidence:
        """Hits grouped by concept, then every join they allow."""
        evidence = cls(words, lexicon.kinds)
        counts_as, by_concept = lexicon.counts_as, evidence.by_concept
        for hit in hits:
            for name in counts_as[hit.concept]:
                by_concept[name].append(hit)
        absent = by_concept.keys().isdisjoint
        for join in lexicon.joins:
            for slot in join.slots:
                if absent(slot):
                    break
            else:
                evidence._join(join, counts_as)
        return evidence

    def _join(self, join: Join, counts_as: Mapping[str, Sequence[str]]) -> None:
        for parts in self.together([self.said(slot) for slot in join.slots], join.within):
            scope = 0
            for part in parts:
                scope |= part.scope & (BLOCKS[self.kinds[part.concept]] | DENIED)
            first, last = min(part.first for part in parts), max(part.last for part in parts)
            hit = Hit(join.concept, first, last, parts, scope)
            for name in counts_as[join.concept]:
                self.by_concept[name].append(hit)

    def said(self, slot: frozenset[str]) -> list[Hit]:
        """The hits of any of these concepts, however they are meant, in the order of the message."""
        hits: list[Hit] = []
        for name in _ordered(slot):
            hits += self.by_concept.get(name, ())
        hits.sort(key=_place)
        return hits

    def claimed(self, slot: frozenset[str], despite: int) -> list[Hit]:
        """Those of them that count."""
        if (known := self._claimed.get((slot, despite))) is not None:
            return known
        hits: list[Hit] = []
        for name in _ordered(slot):
            if found := self.by_concept.get(name):
                blocks = BLOCKS[self.kinds[name]] & ~despite
                hits += [hit for hit in found if not hit.scope & blocks]
        hits.sort(key=_place)
        self._claimed[slot, despite] = hits
        return hits

    def together(self, found: Sequence[Sequence[Hit]], within: str) -> Iterator[tuple[Hit, ...]]:
        """For each hit of the first slot, the nearest hits of the others within reach of it."""
        anchors, *others = found
        if not all(others):
            return
        for anchor in anchors:
            chosen = [anchor]
            for choices in others:
                if (hit := self._closest(choices, anchor, within)) is None:
                    break
                chosen.append(hit)
            else:
                yield tuple(chosen)

    def _closest(self, choices: Sequence[Hit], anchor: Hit, within: str) -> Hit | None:
        """The choice nearest to the anchor, the earlier of two, if it is within reach and is not the anchor."""
        sentences, least = REACH[within]
        sentence = self.words.sentence
        concept, first, last, _, _ = anchor
        home = sentence[first]
        best: Hit | None = None
        for hit in _beside(choices, anchor):
            named, begin, end, _, _ = hit
            gap = begin - last if begin > last else first - end if first > end else 0
            if gap > least:
                if begin > last:
                    break  # and so are all that follow
                continue
            other = begin != first or end != last or named != concept
            if (gap < least or best is None) and other and abs(sentence[begin] - home) <= sentences:
                best, least = hit, gap
        return best

    def around(self, hits: Sequence[Hit], context: Sequence[Sequence[Hit]]) -> list[Hit | None]:
        """The context nearest to the sign among ``hits``; when all are facts, to the first sign of the context."""
        anchors = [hit for hit in hits if self.kinds[hit.concept] not in LASTING] or [
            hit for found in context for hit in found if self.kinds[hit.concept] not in LASTING
        ]
        tries = ([self.nearest(anchor, found) for found in context] for anchor in anchors or hits)
        return next((chosen for chosen in tries if all(chosen)), [None])

    def nearest(self, anchor: Hit, found: Sequence[Hit]) -> Hit | None:
        """The context closest to a hit, if any is near enough and is not the hit itself."""
        near = [
            hit
            for hit in _beside(found, anchor)
            if hit is anchor or (not _inside(hit, anchor) and _gap(anchor, hit) <= self._context_reach(hit))
        ]
        return min(near, key=lambda hit: (_gap(anchor, hit), hit.first), default=None)

    def _context_reach(self, hit: Hit) -> int:
        kind = self.kinds[hit.concept]
        return _ANYWHERE if kind in LASTING else CONTEXT_REACH.get(kind, CONTEXT_FARTHEST)


@cache
def _ordered(slot: frozenset[str]) -> tuple[str, ...]:
    """The concepts of a slot in an order that is the same in every run."""
    return tuple(sorted(slot))


def _beside(found: Sequence[Hit], anchor: Hit) -> Sequence[Hit]:
    """The few hits on either side of one: looking no further keeps the time linear."""
    if len(found) <= _NEIGHBOURS:
        return found
    here = bisect_left(found, anchor.first, key=_place)
    return found[max(0, here - _NEIGHBOURS) : here + _NEIGHBOURS]


def _inside(one: Hit, other: Hit) -> bool:
    """Whether two hits are the very same words."""
    return one.first == other.first and one.last == other.last


def _gap(one: Hit, other: Hit) -> int:
    return max(other.first - one.last, one.first - other.last, 0)


def places_of(firings: Iterable[Firing]) -> frozenset[int]:
    """The words on which rules were met that would interrupt."""
    hits = [leaf for one in firings if one.level.interrupts for hit in one.hits for leaf in hit.leaves()]
    return frozenset(at for hit in hits for at in range(hit.first, hit.last))


def met(rules: Sequence[Rule], evidence: Evidence, despite: int = 0) -> list[Firing]:
    """The rules that the evidence satisfies, most severe first, each at the highest level it reaches."""
    firings = [firing for rule in rules if (firing := _meet(rule, evidence, despite))]
    return sorted(firings, key=lambda firing: SEVERITY.index(firing.level))


def _meet(rule: Rule, evidence: Evidence, despite: int) -> Firing | None:
    best: Firing | None = None
    absent = evidence.by_concept.keys().isdisjoint
    for when in rule.when:
        for slot in when.slots:
            if absent(slot):
                break
        else:
            if best and SEVERITY.index(best.level) <= SEVERITY.index(when.level):
                continue
            if hits := _satisfied(when, evidence, despite):
                best = Firing(rule, when.level, hits)
    return best


def _satisfied(when: When, evidence: Evidence, despite: int) -> tuple[Hit, ...]:
    # An excuse is heard as the sign is: both told, or both asked about.
    spoilers = evidence.claimed(when.unless, despite)
    despite |= when.despite
    found: list[list[Hit]] = []
    for slot in (*when.slots, *when.context):
        if not (claimed := evidence.claimed(slot, despite)):
            return ()
        found.append(claimed)
    context = found[len(when.slots) :]
    for hits in evidence.together(found[: len(when.slots)], when.within):
        if any(_gap(hit, spoiler) <= UNLESS_REACH for hit in hits for spoiler in _beside(spoilers, hit)):
            continue
        nearby = evidence.around(hits, context)
        if all(nearby):
            return (*hits, *(hit for hit in nearby if hit))
        if all(evidence.kinds[hit.concept] in LASTING for hit in hits):
            break  # a fact holds everywhere: another mention of it finds no more
    return ()
