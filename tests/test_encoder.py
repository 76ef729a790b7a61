"""The light runtime is the reference one in another coat, and neither runs weights that are not the published ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.encoder import DEFAULT_MODEL, PINNED, Model, Runtime, Vectors, open_encoder
from rag.errors import EncoderMismatch, InputRefused
from rag.light_encoder import LightEncoder

TEXTS = [
    "hip",
    "What eases pain from spinal stenosis?",
    "Pain at L4-L5 costs 3.5 — naïve café 😀 ＷＩＤＥ",
    "Sciatica is leg pain from an irritated nerve in the lower back. " * 3,
    "word " * 400,
    "",
]


def test_both_runtimes_give_the_same_vectors() -> None:
    light, reference = open_encoder(), open_encoder(runtime=Runtime.REFERENCE)

    ours, theirs = light.encode(TEXTS), reference.encode(TEXTS)

    assert type(light) is not type(reference)
    assert np.abs(ours - theirs).max() < 1e-6
    assert light.lengths(TEXTS) == reference.lengths(TEXTS)
    assert light.window == reference.window == 256
    assert [light.is_word(word) for word in ("cost", "siatica")] == [True, False]
    assert [reference.is_word(word) for word in ("cost", "siatica")] == [True, False]


@pytest.mark.parametrize("runtime", Runtime)
def test_a_vector_does_not_depend_on_its_company(runtime: Runtime) -> None:
    encoder = open_encoder(runtime=runtime)

    alone = np.vstack([encoder.encode([text]) for text in TEXTS])

    assert np.array_equal(alone, encoder.encode(TEXTS))
    assert np.allclose(np.linalg.norm(alone, axis=1), 1, atol=1e-6)


def test_texts_encoded_side_by_side_keep_their_order_however_the_tokenizer_was_left() -> None:
    encoder = open_encoder(runtime=Runtime.REFERENCE)
    texts = [f"pain number {number} " * (1 + number % 7) for number in range(60)]

    def encoded() -> Vectors:
        encoder.lengths(texts)  # leaves the tokenizer set not to cut
        return encoder.encode(texts)

    first, again = encoded(), encoded()

    assert np.array_equal(first, again)
    assert (first @ encoder.encode(texts[7:8])[0]).argmax() == 7


def test_words_past_the_window_do_not_count() -> None:
    encoder = open_encoder()

    long, longer = encoder.encode(["pain " * 300, "pain " * 300 + "unrelated words about football"])

    assert np.array_equal(long, longer)


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(Model.find(DEFAULT_MODEL).folder, folder)
    return folder


def test_one_flipped_bit_in_any_pinned_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copied(tmp_path)
    monkeypatch.setattr("rag.encoder._folder", lambda _: folder)
    for name in PINNED:
        path = folder / name
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        with pytest.raises(EncoderMismatch, match=name):
            Model.find(DEFAULT_MODEL)
        path.write_bytes(data)
    assert Model.find(DEFAULT_MODEL).digest


def test_a_folder_is_a_model_too_and_other_files_make_another_digest(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    same = Model.find(str(folder))
    (folder / "vocab.txt").write_text("other")

    assert same.digest == Model.find(DEFAULT_MODEL).digest
    assert Model.find(str(folder)).digest != same.digest


def test_an_unknown_model_is_refused_without_the_network(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no such model"):
        open_encoder(str(tmp_path / "nothing"))


def test_the_light_runtime_declines_what_it_cannot_run_exactly(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "1_Pooling/config.json").write_text('{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}')

    assert not LightEncoder.can_run(Model.find(str(folder)))


@pytest.mark.parametrize("name", ["config.json", "sentence_bert_config.json", "tokenizer.json", "model.safetensors"])
def test_the_light_runtime_declines_a_folder_that_lacks_a_file_it_reads(tmp_path: Path, name: str) -> None:
    folder = copied(tmp_path)
    (folder / name).unlink()

    assert not LightEncoder.can_run(Model.find(str(folder)))


def test_a_folder_without_a_configuration_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "config.json").unlink()

    with pytest.raises(InputRefused, match="not a safetensors sentence-transformers model"):
        open_encoder(str(folder))
