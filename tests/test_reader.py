"""The reader: the model is the pinned one, reads the same way every time, and knows an answer when it sees one."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.errors import CitebackError, ModelUnavailable
from rag.network import FOLDER
from rag.reader import (
    CLS,
    FILES,
    OUTSIDE,
    SEP,
    OnnxReader,
    Reader,
    Window,
    lay_out,
    load_reader,
)

GARDEN = Window(
    "Tomatoes · Growing",
    (
        "Tomatoes came to Europe in the sixteenth century.",
        "Water the plants every morning, but never on the leaves.",
        "Most kinds need about eight weeks from planting to the first fruit.",
        "The yellow ones taste milder than the red ones.",
    ),
)
FEVER = Window(
    "Hay fever · Treatment",
    (
        "Hay fever is an allergy to pollen.",
        "Antihistamine tablets ease sneezing and itchy eyes.",
        "Symptoms are worst when the pollen count is high.",
        "It often runs in families.",
    ),
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


@pytest.mark.parametrize(
    ("question", "window", "right"),
    [
        ("How long does it take until the first tomatoes?", GARDEN, 2),
        ("when did tomatoes arrive in europe", GARDEN, 0),
        ("How often should I water them?", GARDEN, 1),
        ("which tomatoes are milder", GARDEN, 3),
        ("which tablets ease sneezing from hay fever", FEVER, 1),
        ("does hay fever run in families", FEVER, 3),
        ("what is hay fever", FEVER, 0),
    ],
)
def test_the_sentence_that_answers_has_the_highest_logit(
    reader: Reader, question: str, window: Window, right: int
) -> None:
    (reading,) = reader.read(question, [window])
    assert int(np.argmax(reading.sentences)) == right


@pytest.mark.parametrize(
    ("asked", "not_said"),
    [
        ("when did tomatoes arrive in Europe", "when did potatoes arrive in Japan"),
        ("what eases sneezing in hay fever", "how is a broken wrist treated"),
        ("How often should I water tomatoes?", "How much does a tomato plant cost?"),
    ],
)
def test_a_question_the_window_answers_scores_above_one_it_does_not(reader: Reader, asked: str, not_said: str) -> None:
    answered = max(reading.answerable for reading in reader.read(asked, [GARDEN, FEVER]))
    unanswered = max(reading.answerable for reading in reader.read(not_said, [GARDEN, FEVER]))
    assert answered > unanswered + 1


def test_reading_again_or_beside_other_windows_changes_nothing(reader: Reader) -> None:
    alone = reader.read("what is hay fever", [FEVER])
    assert reader.read("what is hay fever", [FEVER]) == alone
    assert reader.read("what is hay fever", [GARDEN, FEVER])[1:] == alone


def test_every_sentence_of_a_window_too_long_for_one_look_is_scored(reader: Reader) -> None:
    long = Window(GARDEN.context, GARDEN.sentences * 12 + ("Snails are kept away by a ring of sand.",))
    (reading,) = reader.read("what keeps snails away", [long])
    assert len(reading.sentences) == len(long.sentences)
    assert int(np.argmax(reading.sentences)) == len(long.sentences) - 1


@pytest.mark.parametrize(
    "window",
    [Window("", ("One.",)), Window("x " * 900, ("word " * 900, "Two.")), Window("", ("", "漢字 🦴 naïve"))],
    ids=["short", "endless", "odd characters"],
)
def test_any_text_gets_finite_numbers(reader: Reader, window: Window) -> None:
    for question in ("why?", "", "why " * 500):
        (reading,) = reader.read(question, [window])
        assert np.isfinite([reading.answerable, *reading.sentences]).all()


def test_no_windows_give_no_readings(reader: Reader) -> None:
    assert reader.read("why?", []) == ()


def test_the_layout_tells_question_context_and_sentences_apart() -> None:
    layout = lay_out([7, 8], [9], [[11, 12], [13]])
    assert layout.ids == [CLS, 7, 8, SEP, 9, SEP, 11, 12, 13, SEP]
    assert layout.kinds == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    assert layout.owners == [OUTSIDE] * 6 + [0, 0, 1] + [OUTSIDE]


def test_the_shipped_model_stays_small() -> None:
    assert sum((FOLDER / name).stat().st_size for name in FILES) <= 25_000_000


def test_an_absent_model_says_so_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"not in .*reinstall") as caught:
        load_reader(tmp_path)
    assert isinstance(caught.value, CitebackError)
    assert "\n" not in str(caught.value)


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(FOLDER / name, tmp_path / name)
    with (tmp_path / "reader.onnx").open("r+b") as file:
        file.write(b"\0")
    with pytest.raises(ModelUnavailable, match=r"reader\.onnx: not the model"):
        OnnxReader(tmp_path)
