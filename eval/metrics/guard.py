"""How often the red-flag guard speaks when it must and keeps silent when it must, over a bank of labelled messages.

A bank is JSONL: ``{"id", "text", "level", "category", "rule"}`` a line, with earlier messages of the same conversation
in ``turns`` where there are any; other keys are passed over. Knows no guard: whatever turns a message into a level can
be scored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.metrics.intervals import Estimate, proportion
from rag.errors import InputRefused
from rag.schema import Level

Judge = Callable[[str, Sequence[str]], Level]

GRAVITY = {Level.NONE: 0, Level.ROUTINE: 1, Level.URGENT: 2, Level.EMERGENCY: 3}
_STOPS = GRAVITY[Level.URGENT]


@dataclass(frozen=True, slots=True)
class Message:
    """A labelled message: the level a right guard gives it, and what makes it hard (its category)."""

    id: str
    text: str
    level: Level
    category: str
    turns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A message and the level a guard gave it."""

    message: Message
    given: Level


def load_bank(file: Path) -> tuple[Message, ...]:
    """The messages of a bank.

    Raises:
        InputRefused: a line is not a message.
    """
    messages: list[Message] = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            turns = tuple(map(str, data.get("turns", ())))
            messages.append(Message(data["id"], data["text"], Level(data["level"]), data["category"], turns))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputRefused(f'{file}:{number}: not {{"id", "text", "level", "category", …}} ({error})') from error
    return tuple(messages)


def judged(messages: Iterable[Message], judge: Judge) -> tuple[Judged, ...]:
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
