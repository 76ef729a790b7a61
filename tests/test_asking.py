"""What was learned about questions: they turn towards their answers and stay what they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.asking import FILE, Asking, load_asking
from rag.encoder import Model, open_encoder
from rag.errors import ModelUnavailable
from rag.network import FOLDER
from training.asking import write

ENCODER = open_encoder()


@pytest.fixture(scope="module")
def asking() -> Asking:
    return load_asking(ENCODER.model)


@pytest.mark.parametrize(
    ("question", "answers", "on_the_topic"),
    [
        ("is it hereditary", "Gout runs in families.", "Gout is treated with tablets."),
        (
            "when should i worry about my back",
            "See a doctor if the pain lasts more than six weeks.",
            "The back is made of bones, discs and muscles.",
        ),
        (
            "will i end up in a wheelchair",
            "Most people with a worn hip stay able to walk.",
            "A worn hip is seen on an X-ray.",
        ),
    ],
)
def test_a_turned_question_leans_more_to_its_answer(
    asking: Asking, question: str, answers: str, on_the_topic: str
) -> None:
    asked, answer, beside = ENCODER.encode([question, answers, on_the_topic])
    turned = asking.turned(asked)
    assert turned @ answer - turned @ beside > asked @ answer - asked @ beside


def test_a_turned_question_keeps_unit_length_and_its_subject(asking: Asking) -> None:
    for asked in ENCODER.encode(["what is sciatica", "hip pain at night", "who won the cup in 1966"]):
        turned = asking.turned(asked)
        assert np.linalg.norm(turned) == pytest.approx(1, abs=1e-5)
        assert turned @ asked > 0.5


def test_it_is_for_one_encoder_only() -> None:
    with pytest.raises(ModelUnavailable, match="another encoder than bag"):
        load_asking(Model("bag", Path(), "0" * 64))


def test_where_it_is_not_installed_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="reinstall citeback"):
        load_asking(ENCODER.model, tmp_path)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    data = bytearray((FOLDER / FILE).read_bytes())
    data[-1] ^= 1
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(ModelUnavailable, match="not the model this version was made with"):
        load_asking(ENCODER.model, tmp_path)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    made = Asking(np.eye(4, 2, dtype=np.float32), np.eye(2, 4, dtype=np.float32))
    write(tmp_path / FILE, made, ENCODER.model.digest)
    read = load_asking(ENCODER.model, tmp_path, pinned=None)
    unit = np.full(4, 0.5, dtype=np.float32)
    assert read.turned(unit) == pytest.approx(made.turned(unit))
