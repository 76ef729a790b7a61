"""What is read, near and covered becomes a probability: more of each never means less, and both ends stay in reach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.candidates import Candidate, Features
from rag.schema import Sentence
from rag.weigh import confidence, probability

READ = Features(cosine=0.5, passage=0.5, own=0.5, rank=0.5, sentence=1.0, window=1.0)
UNREAD = replace(READ, sentence=None, window=None)


def candidate(features: Features) -> Candidate:
    return Candidate(Sentence(0, "a", "", 0, 1, 0, None), features)


@pytest.mark.parametrize("features", [READ, UNREAD], ids=["with the reader", "without"])
@pytest.mark.parametrize("name", ["cosine", "own", "rank"])
def test_nearer_and_better_covered_is_more_probable(features: Features, name: str) -> None:
    more = replace(features, **{name: 0.9})

    assert probability(candidate(more)) > probability(candidate(features))


@pytest.mark.parametrize("name", ["sentence", "window"])
def test_what_the_reader_says_counts(name: str) -> None:
    more = replace(READ, **{name: 4.0})

    assert probability(candidate(more)) > probability(candidate(READ))


def test_what_the_reader_says_of_the_best_sentence_makes_the_confidence() -> None:
    more = replace(READ, sentence=4.0)

    assert confidence([candidate(READ), candidate(more)]) > confidence([candidate(READ)])


def test_a_second_sentence_that_answers_makes_it_surer() -> None:
    hopeless, good = replace(READ, sentence=-8.0), replace(READ, sentence=3.0)

    assert confidence([candidate(good), candidate(good)]) > confidence([candidate(good), candidate(hopeless)])


def test_confidence_comes_from_the_best_and_stays_between_0_and_1() -> None:
    hopeless = Features(-1.0, -1.0, 0.0, 0.1, -50.0, -50.0)
    certain = Features(1.0, 1.0, 1.0, 1.0, 50.0, 50.0)

    assert confidence([]) == 0.0
    assert 0.0 <= confidence([candidate(hopeless)]) < 0.05
    assert 0.95 < confidence([candidate(hopeless), candidate(certain)]) <= 1.0


def test_what_is_far_from_every_passage_needs_more_of_the_reader() -> None:
    far = replace(READ, passage=0.1)

    assert confidence([candidate(far)]) < confidence([candidate(READ)])
    assert confidence([candidate(replace(far, sentence=6.0))]) > 0.9
