"""What the reader is shown of the passages that were found: the first whole, of the others what seems likely unread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from rag.candidates import READ, candidates, offered
from rag.pipeline import Pipeline
from rag.reader import Reading, Window
from rag.reading import LIKELIEST, WHOLE, read
from rag.retrieve import Evidence
from rag.weigh import probability

QUESTIONS = (
    "What is referred pain?",
    "How can I tell hip arthritis from a back problem?",
    "which stretches help a tight piriformis",
    "my hip hurts at night when I lie on my side and it wakes me up",
)


@dataclass
class Attentive:
    """A reader that keeps what it was shown and finds every sentence as good as its length."""

    shown: list[Window] = field(default_factory=list)
    name: str = "attentive"

    def read(self, question: str, windows: Sequence[Window]) -> tuple[Reading, ...]:
        self.shown += windows
        return tuple(Reading(1.0, tuple(map(float, map(len, window.sentences)))) for window in windows)


@pytest.fixture(params=QUESTIONS)
def found(request: pytest.FixtureRequest, pipeline: Pipeline) -> Evidence:
    return pipeline._found(request.param)


def shown_texts(windows: Sequence[Window]) -> list[str]:
    return [text for window in windows for text in window.sentences]


def told(pipeline: Pipeline, number: int) -> str:
    (sentence,) = pipeline.index.sentences([number])
    return " ".join(pipeline.index.text(sentence).split())


def test_the_first_passages_are_read_whole(pipeline: Pipeline, found: Evidence) -> None:
    reader = Attentive()
    read(found, pipeline.index, offered(found, pipeline.index), reader)

    for scored, window in zip(found.passages[:WHOLE], reader.shown[:WHOLE], strict=True):
        assert [told(pipeline, number) for number in scored.passage.sentences] == list(window.sentences)


def test_of_the_others_what_seems_likely_is_read_and_what_stands_before_it(pipeline: Pipeline, found: Evidence) -> None:
    near, reader = offered(found, pipeline.index), Attentive()
    unread = candidates(found, pipeline.index, near)
    likely = {one.sentence.id for one in sorted(unread, key=probability, reverse=True)[:LIKELIEST]}

    read(found, pipeline.index, near, reader)

    expected = [
        told(pipeline, number)
        for scored in found.passages[WHOLE:READ]
        for number, after in zip(scored.passage.sentences, [*scored.passage.sentences[1:], None], strict=True)
        if number in likely or after in likely
    ]
    assert shown_texts(reader.shown[WHOLE:]) == expected
    assert len(shown_texts(reader.shown)) < len(unread)
    assert all(window.sentences for window in reader.shown)


def test_what_is_read_and_no_more_can_be_chosen(pipeline: Pipeline, found: Evidence) -> None:
    near, reader = offered(found, pipeline.index), Attentive()
    chosen_from = read(found, pipeline.index, near, reader)

    shown = set(shown_texts(reader.shown))
    unread = candidates(found, pipeline.index, near)
    assert chosen_from
    assert {one.sentence.id for one in chosen_from} == {
        one.sentence.id for one in unread if told(pipeline, one.sentence.id) in shown
    }
    assert [one.features.sentence for one in chosen_from] == [
        len(told(pipeline, one.sentence.id)) for one in chosen_from
    ]
    assert chosen_from == sorted(chosen_from, key=lambda one: one.sentence.id)


def test_what_is_read_keeps_what_spoke_for_it_before(pipeline: Pipeline, found: Evidence) -> None:
    near = offered(found, pipeline.index)
    before = {one.sentence.id: one.features for one in candidates(found, pipeline.index, near)}

    for one in read(found, pipeline.index, near, Attentive()):
        assert replace(one.features, sentence=None, window=None) == before[one.sentence.id]


def test_without_a_reader_every_sentence_stays_unread(pipeline: Pipeline, found: Evidence) -> None:
    near = offered(found, pipeline.index)

    assert read(found, pipeline.index, near, None) == candidates(found, pipeline.index, near)
    assert all(one.features.sentence is None for one in read(found, pipeline.index, near, None))


def test_where_nothing_was_found_nothing_is_read(pipeline: Pipeline, found: Evidence) -> None:
    reader = Attentive()

    assert read(replace(found, passages=()), pipeline.index, {}, reader) == []
    assert reader.shown == []
