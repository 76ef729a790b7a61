"""In which order candidates are heard when a question has parts."""

from __future__ import annotations

import pytest

from rag.candidates import Candidate, Features
from rag.schema import Sentence
from rag.turns import Turns, parts_first

CANDIDATES = {
    name: Candidate(Sentence(number, "article", "", 10 * number, 10 * number + 9, 0, None), Features(0, 0, 0, 0))
    for number, name in enumerate("abcde")
}


def turns(**likely: float) -> Turns:
    """Candidates by name, in the order given."""
    ranked = tuple((one, CANDIDATES[name]) for name, one in likely.items())
    return Turns(ranked, {one.sentence.id: None for _, one in ranked})


@pytest.mark.parametrize(
    ("whole", "parts", "order"),
    [
        (turns(a=0.8, b=0.4), [turns(b=0.9, a=0.2), turns(c=0.6)], "bca"),  # the best of each part, then the others
        (turns(a=0.8, b=0.2), [turns(c=0.9, b=0.7, d=0.3)], "cabd"),  # as likely as for the whole or a part
        (turns(a=0.8, b=0.4), [turns(c=0.4, d=0.3)], "ab"),  # a part that nothing likely answers adds nothing
        (turns(a=0.5, b=0.9), [turns(c=0.6, d=0.8)], "cdab"),  # an order of its own, emergencies ahead, is kept
        (turns(a=0.8), [], "a"),
    ],
)
def test_what_answers_a_part_is_heard_beside_what_answers_the_whole(
    whole: Turns, parts: list[Turns], order: str
) -> None:
    heard = [one for _, one in parts_first(whole, parts).ranked]

    assert heard == [CANDIDATES[name] for name in order]


def test_each_is_about_the_part_that_it_answers_best() -> None:
    both = parts_first(turns(a=0.8, b=0.7, e=0.6), [turns(a=0.9, b=0.2), turns(b=0.8, a=0.3)])

    assert [both.about[CANDIDATES[name].sentence.id] for name in "abe"] == [0, 1, None]
