"""How often the red-flag guard speaks when it must and keeps silent when it must, over a bank of labelled messages.

The figures of a run, with their intervals, by level and by category. Knows no guard: whatever turns a message into a
level can be scored. Banks are read in ``guard_bank``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.guard_bank import Message, ReadLevel
from eval.metrics.intervals import Estimate, proportion
from rag.schema import Level

GRAVITY = {Level.NONE: 0, Level.ROUTINE: 1, Level.URGENT: 2, Level.EMERGENCY: 3}
_STOPS = GRAVITY[Level.URGENT]


@dataclass(frozen=True, slots=True)
class Judged:
    """A message and the level a guard gave it."""

    message: Message
    given: Level


def judged(messages: Iterable[Message], judge: ReadLevel) -> tuple[Judged, ...]:
    """Every message with the level the guard gives it."""
    return tuple(Judged(message, judge(message.text, message.turns)) for message in messages)


def sensitivity(given: Iterable[Judged], level: Level) -> Estimate:
    """Of the messages of this level, the share that was given at least this level (true positives / positives).

    An emergency read as merely urgent is a miss; an urgent matter read as an emergency is not. After Altman and Bland
    1994, "Diagnostic tests 1: sensitivity and specificity".
    """
    return _share(GRAVITY[one.given] >= GRAVITY[level] for one in given if one.message.level is level)


def specificity(given: Iterable[Judged]) -> Estimate:
    """Of the messages that need no interruption (routine or none), the share not interrupted (same source)."""
    return _share(GRAVITY[one.given] < _STOPS for one in given if GRAVITY[one.message.level] < _STOPS)


def guard_figures(given: Sequence[Judged]) -> dict[str, Estimate]:
    """Sensitivity of each level that interrupts and specificity, overall and by category ("… / slang")."""
    figures: dict[str, Estimate] = {}
    for level in (Level.EMERGENCY, Level.URGENT):
        figures[f"sensitivity_{level}"] = sensitivity(given, level)
    figures["specificity"] = specificity(given)
    for category in sorted({one.message.category for one in given}):
        here = [one for one in given if one.message.category == category]
        for level in (Level.EMERGENCY, Level.URGENT):
            figures[f"sensitivity_{level} / {category}"] = sensitivity(here, level)
        figures[f"specificity / {category}"] = specificity(here)
    return {name: figure for name, figure in figures.items() if figure.n}


def _share(hits: Iterable[bool]) -> Estimate:
    held = list(hits)
    return proportion(sum(held), len(held))
