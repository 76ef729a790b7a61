"""The listener beside the rules: what it hears, how the two are weighed, and that the rules stand without it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rag.errors import ModelUnavailable
from rag.guard import Guard
from rag.red_flags.fold import fold
from rag.red_flags.listener import (
    ALARM,
    CALM,
    FILES,
    LEAST_ROOM,
    MET_HERE,
    ROOM,
    STRETCH,
    Heard,
    Listener,
    kept_stretches,
    room_for,
    stretches,
)
from rag.red_flags.words import Words, read_words
from rag.schema import Level

GUARD = Guard.load("UK")
UNSAID = (
    "Since the weekend my two stilts belong to somebody else and the settee could be on fire for all my behind knows."
)
SAID = "I want to kill myself."
SORE = "My back is sore after gardening, what helps?"


@dataclass(frozen=True)
class Ear:
    """A listener that hears the same thing in every message."""

    alarm: float
    emergency: float = 0.9
    rule: str = "CES_SADDLE"
    rules: tuple[str, ...] = ("CES_SADDLE", "SUICIDE")

    def hear(self, words: Words, places: frozenset[int] = frozenset()) -> Heard:
        return Heard(self.alarm, self.emergency, self.rule, 0, len(words))


def words_of(text: str) -> Words:
    return read_words(fold(text), GUARD.spelling)


def heard(text: str) -> Heard:
    """What the shipped listener hears."""
    assert GUARD.listener is not None
    said = GUARD.listener.hear(words_of(text))
    assert said is not None
    return said


def with_ear(ear: Ear | None) -> Guard:
    return replace(GUARD, listener=ear)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "ear", "level", "rules"),
    [
        (SORE, None, Level.NONE, ()),
        (SAID, None, Level.EMERGENCY, ("SUICIDE",)),
        (SORE, Ear(ALARM), Level.EMERGENCY, ("CES_SADDLE",)),
        (SORE, Ear(ALARM, emergency=0.2), Level.URGENT, ("CES_SADDLE",)),
        (SORE, Ear(ALARM - 0.01), Level.NONE, ()),
        (SORE, Ear(ALARM, rule="NO_SUCH_RULE"), Level.NONE, ()),
        (SAID, Ear(CALM), Level.EMERGENCY, ("SUICIDE",)),
        (SAID, Ear(CALM - 0.001), Level.NONE, ()),
        (SAID, Ear(ALARM, emergency=0.1, rule="SUICIDE"), Level.EMERGENCY, ("SUICIDE",)),
        (SAID, Ear(ALARM, rule="STROKE"), Level.EMERGENCY, ("SUICIDE", "STROKE")),
    ],
)  # fmt: skip
def test_either_reader_is_enough_and_a_rule_is_doubted_only_near_certainty(
    message: str, ear: Ear | None, level: Level, rules: tuple[str, ...]
) -> None:
    reading = with_ear(ear).read(message)

    assert (reading.level, reading.rules) == (level, rules)
    assert (reading.red_flag is not None) is level.interrupts


def test_a_rule_that_is_certain_or_unknown_to_the_listener_is_never_doubted() -> None:
    certain = tuple(replace(rule, certain=True) for rule in GUARD.rules)
    nothing = Ear(CALM / 2)

    assert replace(with_ear(nothing), rules=certain).read(SAID).level is Level.EMERGENCY
    assert with_ear(replace(nothing, rules=())).read(SAID).level is Level.EMERGENCY


def test_what_is_doubted_is_still_said_above_the_answer() -> None:
    reading = with_ear(Ear(CALM / 2)).read(SAID)

    assert reading.red_flag is None
    assert reading.notice
    assert "999" in reading.notice


def test_a_rule_set_aside_is_not_heard_either() -> None:
    guard = with_ear(Ear(0.99))

    assert guard.read(SORE).rules == ("CES_SADDLE",)
    assert guard.read(SORE, dismissed=frozenset({"CES_SADDLE"})).level is Level.NONE


def test_what_is_heard_carries_the_persons_words_and_the_rules_source() -> None:
    reading = with_ear(Ear(0.99)).read(SORE)

    assert reading.red_flag is not None
    assert reading.red_flag.matched == (SORE.rstrip("?"),)
    assert reading.red_flag.source.url.startswith("https://")
    assert any(step.concept == "heard" and step.rules == ("CES_SADDLE",) for step in reading.trace)


@pytest.mark.parametrize("text", ["", "?", "…", "🙂", "\n\n", "​"])
def test_a_message_without_a_word_is_no_alarm(text: str) -> None:
    assert GUARD.read(text).level is Level.NONE


# The shipped model.


def test_the_shipped_listener_hears_what_no_lexicon_holds() -> None:
    said = heard(UNSAID)

    assert said.alarm > ALARM
    assert said.rule in {rule.id for rule in GUARD.rules}
    assert 0 <= said.first < said.last <= len(words_of(UNSAID))


def test_every_rule_it_can_name_is_in_the_book() -> None:
    assert GUARD.listener is not None
    assert set(GUARD.listener.rules) <= {rule.id for rule in GUARD.rules}


def test_a_long_story_is_heard_to_its_end() -> None:
    story = "I work at a desk and my lower back is stiff most evenings, a walk helps. " * 200
    loud = heard(story + UNSAID)

    assert heard(story).alarm < CALM
    assert loud.alarm > ALARM
    assert loud.first >= len(words_of(story)) - STRETCH


@pytest.mark.parametrize("times", [1, 10, 100])
def test_a_plain_cry_does_not_drown_in_a_calm_story(times: int) -> None:
    story = "I can walk, I sleep badly, and I have no numbness anywhere, no trouble with the toilet and no fever. "

    assert GUARD.read(story * times + SAID).rules[0] == "SUICIDE"
    assert GUARD.read(story * times).level is Level.NONE


def test_an_altered_or_absent_model_leaves_the_rules_alone(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"listener\.onnx"):
        Listener.load(tmp_path)
    for name in FILES:
        (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(ModelUnavailable, match="not the model this version was made with"):
        Listener.load(tmp_path)


# What is read of a long message.


def test_words_are_cut_after_sentences_and_in_long_ones() -> None:
    words = words_of("one two. three\nfour " + "five " * (STRETCH + 1))

    assert [len(stretch) for stretch in stretches(words)] == [2, 1, STRETCH, 2]


def test_the_weightiest_stretches_are_kept_in_their_order() -> None:
    calm, loud, louder = "garden " * 13 + ". ", "numb " * 12 + ". ", "dead " * 11 + ". "
    words = words_of(calm + louder + calm + loud)
    spoken = [{"numb": 1.0, "dead": 3.0}.get(form) for form in words.form]

    assert kept_stretches(stretches(words), spoken, room=23) == [range(13, 24), range(37, 49)]
    assert kept_stretches(stretches(words), spoken, room=49) == stretches(words)


def test_a_stretch_in_which_a_rule_was_met_comes_before_a_weightier_one() -> None:
    calm, loud, met = "garden " * 13 + ". ", "dead " * 11 + ". ", "numb " * 12 + ". "
    words = words_of(calm + loud + calm + met)
    spoken = [{"dead": MET_HERE / 11 - 0.01}.get(form) for form in words.form]

    assert kept_stretches(stretches(words), spoken, room=12) == [range(13, 24)]
    assert kept_stretches(stretches(words), spoken, room=12, places=frozenset({40})) == [range(37, 49)]


def test_what_stands_beside_a_stretch_in_which_a_rule_was_met_is_read_with_it() -> None:
    calm, met = "garden " * 11 + ". ", "numb " * 12 + ". "
    words = words_of(calm * 3 + met + calm * 2)
    spoken = [{"garden": 0.1}.get(form) for form in words.form]

    kept = kept_stretches(stretches(words), spoken, room=34, places=frozenset({36}))

    assert kept == [range(22, 33), range(33, 45), range(45, 56)]


@pytest.mark.parametrize(("count", "room"), [(1, ROOM), (60, 98), (250, 60), (500, LEAST_ROOM), (5000, LEAST_ROOM)])
def test_the_longer_a_message_the_fewer_of_its_words_are_heard(count: int, room: int) -> None:
    assert room_for(count) == room


def test_the_listener_is_shown_where_rules_were_met() -> None:
    shown: list[frozenset[int]] = []

    class Witness(Ear):
        def hear(self, words: Words, places: frozenset[int] = frozenset()) -> Heard:
            shown.append(places)
            return super().hear(words, places)

    message = "Nice day. " + SAID
    with_ear(Witness(0.5)).read(message)

    assert {words_of(message).raw[at] for at in shown[0]} >= {"kill", "myself"}
