"""Scores the red-flag guard on a bank of labelled messages: pure functions, the two errors never averaged.

A bank is JSON Lines: ``id``, ``text``, ``level``, ``category``, and optionally ``turns`` (earlier messages), ``rule``,
``note``. It does not judge wording, only levels; time is measured elsewhere.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from rag.errors import InputRefused
from rag.schema import Level

STOPS = frozenset({Level.EMERGENCY, Level.URGENT})
CAUDA_EQUINA = "CES_"
_NEEDED = frozenset({"id", "text", "level", "category"})
_ALLOWED = _NEEDED | {"turns", "rule", "note"}

ReadLevel = Callable[[str, tuple[str, ...]], Level]
"""The guard as the bank sees it: a message and its earlier turns to a level."""


@dataclass(frozen=True, slots=True)
class Message:
    """One labelled message."""

    id: str
    text: str
    level: Level
    category: str
    turns: tuple[str, ...] = ()
    rule: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """``hits`` of ``total``, with its Wilson 95 % interval; an empty rate has the interval 0 to 1."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share, or 0 when there is nothing to count."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson score interval at 95 %."""
        return wilson(self.hits, self.total)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:6.1%}  ({low:.1%} to {high:.1%})  {self.hits} of {self.total}"


@dataclass(frozen=True, slots=True)
class Score:
    """What the guard did on a bank, one rate per question; see the issue's table of targets for the names."""

    emergencies: Rate
    stops: Rate
    silent: Rate
    cauda_equina: Rate
    under_called: Rate
    """Emergencies that fired, but only as urgent: lower is better."""
    stopped_by_category: Mapping[str, Rate]
    silent_by_category: Mapping[str, Rate]
    wrong: tuple[tuple[Message, Level], ...]


def wilson(hits: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """The Wilson score interval of ``hits`` out of ``total``."""
    if total == 0:
        return 0.0, 1.0
    share = hits / total
    middle = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def load_bank(path: Path) -> tuple[Message, ...]:
    """Every message of a bank. Raises ``InputRefused`` with file and line on anything irregular."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise InputRefused(f"{path}: cannot be read ({error.strerror}); name a guard bank (.jsonl)") from error
    messages = tuple(_message(f"{path.name}:{number}", line) for number, line in enumerate(lines, 1) if line.strip())
    seen: set[str] = set()
    for message in messages:
        if message.id in seen:
            raise InputRefused(f"{path.name}: the id {message.id!r} stands twice; give each message its own")
        seen.add(message.id)
    return messages


def _message(where: str, line: str) -> Message:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputRefused(f"{where} is not JSON ({error.msg}); write one object a line") from error
    if not isinstance(row, dict) or not _NEEDED <= set(row) <= _ALLOWED:
        raise InputRefused(f"{where} must have {sorted(_NEEDED)} and may have {sorted(_ALLOWED - _NEEDED)}, no more")
    turns = row.get("turns") or []
    texts = [row["id"], row["text"], row["category"], *turns]
    if not all(isinstance(text, str) for text in texts) or row["level"] not in tuple(Level):
        raise InputRefused(f"{where}: texts must be strings and level one of {', '.join(Level)}")
    return Message(
        id=row["id"],
        text=row["text"],
        level=Level(row["level"]),
        category=row["category"],
        turns=tuple(turns),
        rule=row.get("rule"),
        note=row.get("note") or "",
    )


def score(messages: Sequence[Message], read: ReadLevel) -> Score:
    """The rates of a guard over a bank."""
    pairs = [(message, read(message.text, message.turns)) for message in messages]
    stop_pairs = [pair for pair in pairs if pair[0].level in STOPS]
    silent_pairs = [pair for pair in pairs if pair[0].level not in STOPS]
    emergencies = [pair for pair in stop_pairs if pair[0].level is Level.EMERGENCY]
    fired = [pair for pair in emergencies if pair[1] in STOPS]
    return Score(
        emergencies=_rate(emergencies, _stopped),
        stops=_rate(stop_pairs, _stopped),
        silent=_rate(silent_pairs, _let_through),
        cauda_equina=_rate([pair for pair in stop_pairs if (pair[0].rule or "").startswith(CAUDA_EQUINA)], _stopped),
        under_called=_rate(fired, lambda pair: pair[1] is Level.URGENT),
        stopped_by_category=_by_category(stop_pairs, _stopped),
        silent_by_category=_by_category(silent_pairs, _let_through),
        wrong=tuple(pair for pair in pairs if (pair[0].level in STOPS) != (pair[1] in STOPS)),
    )


Pair = tuple[Message, Level]


def _stopped(pair: Pair) -> bool:
    return pair[1] in STOPS


def _let_through(pair: Pair) -> bool:
    return pair[1] not in STOPS


def _rate(pairs: Sequence[Pair], good: Callable[[Pair], bool]) -> Rate:
    return Rate(sum(1 for pair in pairs if good(pair)), len(pairs))


def _by_category(pairs: Iterable[Pair], good: Callable[[Pair], bool]) -> dict[str, Rate]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair[0].category, []).append(pair)
    return {category: _rate(groups[category], good) for category in sorted(groups)}


def report(result: Score) -> str:
    """The score as lines of text, every rate with its interval and its count."""
    rows: list[tuple[str, Rate]] = [
        ("emergencies stopped", result.emergencies),
        ("emergency + urgent stopped", result.stops),
        ("silent where it must be", result.silent),
        ("cauda equina signs stopped", result.cauda_equina),
        ("emergency called urgent (low is good)", result.under_called),
        *((f"stopped: {name}", rate) for name, rate in result.stopped_by_category.items()),
        *((f"let through: {name}", rate) for name, rate in result.silent_by_category.items()),
    ]
    return "\n".join(f"{name:40} {rate}" for name, rate in rows)


def main() -> None:
    """Prints the score of the shipped guard: ``python -m eval.guard_bank FILE``."""
    from rag.guard import Guard

    guard = Guard.load()
    messages = load_bank(Path(sys.argv[1]))
    sys.stdout.write(report(score(messages, lambda text, turns: guard.read(text, turns).level)) + "\n")


if __name__ == "__main__":
    main()
