"""What was learned about questions: they move towards their answers and stay what they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.asking import FILE, load_asking
from rag.encoder import Encoder, Model, open_encoder
from rag.errors import ModelUnavailable
from rag.light_encoder import LightEncoder
from rag.network import FOLDER
from training.asking import additions, encoded, with_additions, write

ENCODER = open_encoder()
MATRIX = "encoder.layer.3.attention.output.dense"


@pytest.fixture(scope="module")
def asking() -> Encoder:
    return load_asking(ENCODER)


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
        (
            "my nan keeps clutching the trolley round the shop and says her legs give out, sits down and she is right",
            "Leaning forward or sitting opens the narrow canal and eases the legs.",
            "A narrow canal is found with a scan.",
        ),
    ],
)
def test_a_question_leans_more_to_its_answer(asking: Encoder, question: str, answers: str, on_the_topic: str) -> None:
    asked, answer, beside = ENCODER.encode([question, answers, on_the_topic])
    (moved,) = asking.encode([question])
    assert moved @ answer - moved @ beside > asked @ answer - asked @ beside


def test_a_question_keeps_unit_length_and_its_subject(asking: Encoder) -> None:
    questions = ["what is sciatica", "hip pain at night", "who won the cup in 1966"]
    for asked, moved in zip(ENCODER.encode(questions), asking.encode(questions), strict=True):
        assert np.linalg.norm(moved) == pytest.approx(1, abs=1e-5)
        assert moved @ asked > 0.5


def test_articles_are_encoded_as_before(asking: Encoder) -> None:
    again = open_encoder().encode(["Sciatica is pain along the nerve."])
    assert (ENCODER.encode(["Sciatica is pain along the nerve."]) == again).all()
    assert asking.lengths(["one two"]) == ENCODER.lengths(["one two"])


def test_it_is_for_one_encoder_only(asking: Encoder) -> None:
    other = LightEncoder.load(ENCODER.model)
    other.model = Model("bag", ENCODER.model.folder, "0" * 64)
    with pytest.raises(ModelUnavailable, match="another encoder than bag"):
        load_asking(other)


def test_where_it_is_not_installed_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="reinstall citeback"):
        load_asking(ENCODER, tmp_path)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    data = bytearray((FOLDER / FILE).read_bytes())
    data[-1] ^= 1
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(ModelUnavailable, match="not the model this version was made with"):
        load_asking(ENCODER, tmp_path)


def test_what_adds_nothing_changes_nothing(tmp_path: Path) -> None:
    nothing = np.ones((384, 2), dtype=np.float32), np.zeros((2, 384), dtype=np.float32)
    write(tmp_path / FILE, {MATRIX: nothing}, ENCODER.model.digest)
    same = load_asking(ENCODER, tmp_path, pinned=None)
    assert (same.encode(["hip pain"]) == ENCODER.encode(["hip pain"])).all()


def test_what_is_learned_is_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The training network and the shipped encoder say the same of a question, through the file between them."""
    monkeypatch.setattr("training.asking.REACH", 1.0)
    net = with_additions().eval()
    for name, weight in net.named_parameters():
        if name.endswith(".up"):
            weight.data = weight.data + 0.02 * np.sin(len(name))
    write(tmp_path / FILE, additions(net), ENCODER.model.digest)
    read = load_asking(ENCODER, tmp_path, pinned=None)
    (shipped,) = read.encode(["why does my hip hurt"])
    trained = encoded(net, [(101, 2339, 2515, 2026, 5099, 3480, 102)]).detach().numpy()[0]
    assert shipped @ ENCODER.encode(["why does my hip hurt"])[0] < 0.999
    assert shipped @ trained == pytest.approx(1, abs=1e-4)
