"""How often the red-flag guard speaks when it must and keeps silent when it must, over a bank of labelled messages.

The figures of a run, with their Wilson intervals, overall and by category. The two errors, a sign missed and a false
alarm, are never averaged. Knows no guard: whatever turns a message into a level can be judged. It judges levels, not
wording; banks are read in ``guard_bank``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.guard_bank import Message, ReadLevel
from eval.metrics.intervals import Estimate, proportion
from rag.schema import Level

CAUDA_EQUINA = "CES_"
"""How the ids of rules on the cauda equina begin."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A message and the level a guard gave it."""

    message: Message
    given: Level

    @property
    def must_stop(self) -> bool:
        """Whether the message reports a sign that must interrupt."""
        return self.message.level.interrupts

    @property
    def stopped(self) -> bool:
        """Whether the guard interrupted, at whichever level."""
        return self.given.interrupts


def judged(messages: Iterable[Message], judge: ReadLevel) -> tuple[Judged, ...]:
    """Every message with the level the guard gives it."""
    return tuple(Judged(message, judge(message.text, message.turns)) for message in messages)


def guard_figures(given: Sequence[Judged]) -> dict[str, Estimate]:
    """The five figures of a guard, then stops and silence by category ("silent / past"); none where nothing counts.

    ``emergencies``: of the emergencies, the share on which it fired at all. ``stops``: the same for emergencies and
    urgent signs together (sensitivity). ``silent``: of the rest, the share let through (specificity; Altman and Bland
    1994). ``cauda_equina``: ``stops`` for the signs of that syndrome. ``called_urgent``: of the emergencies on which it
    fired, the share that it called merely urgent: lower is better.
    """
    figures = {
        "emergencies": _share(_stopped, (one for one in given if one.message.level is Level.EMERGENCY)),
        **_stops_and_silence(given, ""),
        "cauda_equina": _share(_stopped, (one for one in given if one.must_stop and _of_cauda_equina(one.message))),
        "called_urgent": _share(
            lambda one: one.given is Level.URGENT,
            (one for one in given if one.stopped and one.message.level is Level.EMERGENCY),
        ),
    }
    for category in sorted({one.message.category for one in given}):
        here = [one for one in given if one.message.category == category]
        figures |= _stops_and_silence(here, f" / {category}")
    return {name: figure for name, figure in figures.items() if figure.n}


def _stops_and_silence(given: Sequence[Judged], suffix: str) -> dict[str, Estimate]:
    return {
        "stops" + suffix: _share(_stopped, (one for one in given if one.must_stop)),
        "silent" + suffix: _share(lambda one: not one.stopped, (one for one in given if not one.must_stop)),
    }


def _of_cauda_equina(message: Message) -> bool:
    return (message.rule or "").startswith(CAUDA_EQUINA)


def _stopped(one: Judged) -> bool:
    return one.stopped


def _share(good: Callable[[Judged], bool], given: Iterable[Judged]) -> Estimate:
    held = [good(one) for one in given]
    return proportion(sum(held), len(held))
