"""Weighs the two readers of a message against each other: the rules, and the listener.

Either of them is enough to interrupt. Where a rule was met and the listener thinks a report unlikely, the
rule is doubted: it does not interrupt, and what to do if it is happening now stands above the answer
instead. Without a listener the rules stand alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.red_flags.lexicon import Hit
from rag.red_flags.listener import ALARM, Heard
from rag.red_flags.rulebook import SEVERITY, Rule
from rag.red_flags.rules import Firing

HEARD = "heard"
"""The name under which the listener's words stand in a trace, as if it were a concept."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """The rules that count, most severe first, and those that were met and are doubted."""

    firings: tuple[Firing, ...]
    doubted: tuple[Firing, ...] = ()


def weighed(met: Sequence[Firing], heard: Heard | None, rules: Sequence[Rule], known: Sequence[str]) -> Opinion:
    """What is to be made of the rules met and of what was heard; a rule not among ``rules`` is not heard.

    A rule that is certain, or not among the ``known`` ones that the listener has learned, is never doubted.
    """
    if heard is None:
        return Opinion(tuple(met))
    if heard.is_calm:
        doubted = tuple(
            firing for firing in met if firing.level.interrupts and firing.rule.id in known and not firing.rule.certain
        )
        return Opinion(tuple(firing for firing in met if firing not in doubted), doubted)
    rule = next((rule for rule in rules if rule.id == heard.rule), None)
    if heard.alarm < ALARM or rule is None:
        return Opinion(tuple(met))
    same = next((firing for firing in met if firing.rule is rule), None)
    if same and SEVERITY.index(same.level) <= SEVERITY.index(heard.level):
        return Opinion(tuple(met))
    firings = [
        *(firing for firing in met if firing is not same),
        Firing(rule, heard.level, (Hit(HEARD, heard.first, heard.last),)),
    ]
    return Opinion(tuple(sorted(firings, key=lambda firing: SEVERITY.index(firing.level))))
