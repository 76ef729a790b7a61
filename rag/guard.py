"""The red-flag guard: reads the whole message before anything else happens, and says when to stop and get help.

Rules over lexicons, and a second reader, the listener, for what no lexicon says; ``opinion`` says how the two are
weighed. No network, no randomness, linear in the length of the message. It never reassures: silence is not clearance.
It does not diagnose, and it keeps nothing of what it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import InputRefused, ModelUnavailable
from rag.red_flags.fold import fold
from rag.red_flags.lexicon import Hit, Lexicon, read_toml
from rag.red_flags.listener import Listener
from rag.red_flags.locale import Locale, load_locale
from rag.red_flags.numbers import number_hits
from rag.red_flags.opinion import HEARD, Opinion, weighed
from rag.red_flags.paint import ASKED, SUPPOSED, name_of
from rag.red_flags.rulebook import Rule, load_rules
from rag.red_flags.rules import Evidence, Firing, met, places_of
from rag.red_flags.scope import Claims, settle
from rag.red_flags.spelling import Spelling
from rag.red_flags.words import Words, read_words
from rag.schema import Level, RedFlag, RuleSource

DATA = Path(__file__).parent / "red_flags"
TURNS = 4
"""How many earlier turns are read together with the newest."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One concept the guard met: the person's words, their place in the message, and how they were taken."""

    concept: str
    quote: str
    start: int
    end: int
    scope: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a reading rests on. Only somebody who asks for an explanation needs its trace: it is built for them."""

    text: str
    words: Words
    claims: Claims
    firings: tuple[Firing, ...]

    def trace(self) -> tuple[Trace, ...]:
        """Every hit, the cues first and what was heard last, with the rules that fired on it or were doubted."""
        used: dict[tuple[str, int, int], dict[str, None]] = {}
        for firing in self.firings:
            for leaf in _leaves(firing.hits):
                used.setdefault((leaf.concept, leaf.first, leaf.last), {})[firing.rule.id] = None
        heard = [hit for firing in self.firings for hit in firing.hits if hit.concept == HEARD]
        start, end = self.words.start, self.words.end
        return tuple(
            Trace(
                concept=hit.concept,
                quote=self.text[start[hit.first] : end[hit.last - 1]],
                start=start[hit.first],
                end=end[hit.last - 1],
                scope=name_of(hit.scope),
                rules=tuple(used.get((hit.concept, hit.first, hit.last), ())),
            )
            for hit in (*self.claims.cues, *self.claims.hits, *heard)
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What the guard made of a message; ``red_flag`` is set exactly when the level is emergency or urgent.

    ``alarm`` is how likely the listener holds it that a sign is reported which must interrupt; none without a listener.
    """

    level: Level
    rules: tuple[str, ...]
    red_flag: RedFlag | None
    notice: str | None
    grounds: Grounds = field(repr=False)
    sources: tuple[tuple[str, RuleSource], ...] = ()
    alarm: float | None = None

    @property
    def trace(self) -> tuple[Trace, ...]:
        """Every concept the guard met, and the rules it served."""
        return self.grounds.trace()


@dataclass(frozen=True, slots=True)
class Guard:
    """Rules, lexicon, listener and a country's numbers, ready to read messages. Holds no state of any conversation."""

    rules: tuple[Rule, ...]
    lexicon: Lexicon
    spelling: Spelling
    locale: Locale
    actions: dict[str, str]
    listener: Listener | None = None

    @classmethod
    def load(cls, locale: str = "", rules: Path | None = None) -> Guard:
        """The shipped guard, or one with the rules of another folder. Raises ``InputRefused`` on a bad rule file."""
        lexicon = Lexicon.load(DATA / "lexicon")
        actions = read_toml(DATA / "actions.toml")
        real_words = (DATA / "real_words.txt").read_text(encoding="ascii").split()
        guard = cls(
            rules=load_rules(rules or DATA / "rules", lexicon, actions),
            lexicon=lexicon,
            spelling=Spelling(lexicon.vocabulary, real_words),
            locale=load_locale(DATA / "locales.toml", locale),
            actions=actions,
            listener=open_listener(),
        )
        guard._check_wording()
        return guard

    def read(self, text: str, earlier: Sequence[str] = (), dismissed: frozenset[str] = frozenset()) -> Reading:
        """What ``text`` reports, read alone and together with the last few turns; the graver reading counts.

        A sign reported in one of those turns still stands: a later question does not take it back. ``dismissed`` are
        the ids of rules the person has said we misread; they do not fire again.
        """
        alone = self._read(text, dismissed)
        if not earlier:
            return alone
        turns = earlier[-TURNS:]
        together = self._read("\n".join((*turns, text)), dismissed)
        standing = [reading for turn in turns if (reading := self._read(turn, dismissed)).level.interrupts]
        return max(alone, together, *standing, key=lambda reading: _GRAVITY[reading.level])

    def _read(self, text: str, dismissed: frozenset[str]) -> Reading:
        words = read_words(fold(text), self.spelling)
        claims = settle(words, self.lexicon.hits(words) + number_hits(words), self.lexicon.kinds)
        evidence = Evidence.gather(words, claims.hits, self.lexicon)
        rules = [rule for rule in self.rules if rule.id not in dismissed]
        firings = met(rules, evidence)
        heard = self.listener.hear(words, places_of(firings)) if self.listener else None
        opinion = weighed(firings, heard, rules, self.listener.rules if self.listener else ())
        first = opinion.firings[0] if opinion.firings else None
        stops = first is not None and first.level.interrupts
        return Reading(
            level=first.level if first else Level.NONE,
            rules=tuple(firing.rule.id for firing in opinion.firings),
            red_flag=self._red_flag(first, text, words, claims) if first and stops else None,
            notice=None if stops else self._notice(opinion, rules, evidence),
            grounds=Grounds(text, words, claims, (*opinion.firings, *opinion.doubted)),
            sources=tuple((firing.rule.id, firing.rule.source) for firing in opinion.firings),
            alarm=round(heard.alarm, 4) if heard else None,
        )

    def _red_flag(self, firing: Firing, text: str, words: Words, claims: Claims) -> RedFlag:
        third = claims.third_person(firing.hits)
        rule = firing.rule
        return RedFlag(
            rule_id=rule.id,
            level=firing.level,
            title=rule.title,
            matched=_quotes(firing.hits, text, words),
            message=self.locale.fill(rule.message, third),
            action=self.locale.fill(self._action(rule, firing.level), third),
            source=rule.source,
        )

    def _action(self, rule: Rule, level: Level) -> str:
        """A rule met at a lower level than its own gets the plain action of that level."""
        return self.actions[rule.action if level is rule.level else level.value]

    def _notice(self, opinion: Opinion, rules: Sequence[Rule], evidence: Evidence) -> str | None:
        """The line of a routine sign; or, of a sign doubted or asked about, what to do if it is happening now."""
        if opinion.doubted:
            return self._named("doubted", opinion.doubted[0].rule)
        if opinion.firings:
            rule = opinion.firings[0].rule
            return self.locale.fill(rule.message + " " + self.actions[rule.action], False)
        asked = (firing.rule for firing in met(rules, evidence, ASKED | SUPPOSED) if firing.level.interrupts)
        return next((self._named("asked", rule) for rule in asked), None)

    def _named(self, action: str, rule: Rule) -> str:
        return self.locale.fill(self.actions[action].replace("{title}", rule.title), False)

    def _check_wording(self) -> None:
        """Every text of every rule must fill, now rather than in front of a person."""
        for name, text in [*((rule.id, rule.message) for rule in self.rules), *self.actions.items()]:
            try:
                for third in (False, True):
                    self.locale.fill(text.replace("{title}", ""), third)
            except (KeyError, ValueError, IndexError) as error:
                raise InputRefused(f"{name}: its text has a place we cannot fill ({error}); see locale.py") from error


def open_listener() -> Listener | None:
    """The listener, or none where its model or its runtime is not installed: the rules then stand alone."""
    try:
        return Listener.load()
    except ModelUnavailable:
        return None


_GRAVITY = {Level.EMERGENCY: 3, Level.URGENT: 2, Level.ROUTINE: 1, Level.NONE: 0}


def _leaves(hits: Sequence[Hit]) -> list[Hit]:
    return [leaf for hit in hits for leaf in hit.leaves()]


def _quotes(hits: Sequence[Hit], text: str, words: Words) -> tuple[str, ...]:
    """The person's own words behind these hits, in the order they wrote them, touching pieces together."""
    spans: list[tuple[int, int]] = []
    for first, last in sorted({(hit.first, hit.last) for hit in _leaves(hits)}):
        if spans and first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    return tuple(text[words.start[first] : words.end[last - 1]] for first, last in spans)
