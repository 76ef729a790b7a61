"""A generation is whole, proven, repeatable and replaced at once; what is damaged is refused in one line."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import TINY, BagEncoder

from ingest.build import Report, ingest
from ingest.publish import LOCK
from ingest.split import heading_of
from rag.encoder import Model
from rag.errors import EncoderMismatch, IndexDamaged, IndexLocked, IndexMissing, InputRefused, StorageFailed
from rag.index import CURRENT, Index, prove
from rag.settings import Settings


def files(settings: Settings) -> dict[str, bytes]:
    folder = Path(settings.index)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def quotes(settings: Settings) -> set[str]:
    index = Index.open(Path(settings.index))
    texts = {article.id: article.text for article in index.articles()}
    return {texts[one.article_id][one.start : one.end] for one in index.all_sentences()}


def test_holds_the_articles_with_their_metadata(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    report = ingest([tiny], settings)
    index = Index.open(Path(settings.index))

    assert (report.articles, report.skipped) == (2, ())
    assert [article.title for article in index.articles()] == ["Hip arthritis", "Sciatica"]
    sciatica = index.article("sciatica")
    assert sciatica is not None
    assert sciatica.metadata["license"] == "CC-BY-4.0"
    assert sciatica.text == TINY["sciatica.md"]
    assert "Walking often eases sciatica." in quotes(settings)
    assert prove(index, Path(settings.index))["articles"] == 2


def test_however_many_sentences_it_is_read_whole(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    ingest([tiny], settings)
    index = Index.open(Path(settings.index))
    index._database.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 3)

    assert len(index.all_sentences()) > 3
    assert prove(index, Path(settings.index))["articles"] == 2


@pytest.mark.parametrize("article_id", ["knee", "", "\ud800", "sciatica\0"])
def test_an_unknown_article_is_none(tiny: Path, bag: BagEncoder, settings: Settings, article_id: str) -> None:
    ingest([tiny], settings)

    assert Index.open(Path(settings.index)).article(article_id) is None


def test_the_same_corpus_gives_the_same_bytes(tiny: Path, bag: BagEncoder, tmp_path: Path) -> None:
    one, two = (Settings(index=str(tmp_path / name), ingest_runtime="light") for name in ("one", "two"))

    ingest([tiny], one)
    (tiny / "hip.txt").write_text("A passing state.")
    ingest([tiny], two)
    (tiny / "hip.txt").write_text(TINY["hip.txt"])
    ingest([tiny], two)

    newest = files(two)
    for name, data in files(one).items():
        if name.startswith("gen-"):
            assert newest[name.replace("000001", "000002")] == data, name


def test_a_sentences_vector_lies_between_the_sentence_alone_and_in_its_place(
    tiny: Path, bag: BagEncoder, settings: Settings
) -> None:
    ingest([tiny], settings)
    index = Index.open(Path(settings.index))

    for sentence in index.all_sentences():
        article = index.article(sentence.article_id)
        assert article is not None
        if sentence.lead is None:
            text, heading = index.text(sentence), heading_of(article.title, sentence.section)
            alone, placed = bag.encode([text, f"{heading} {text}"])
            found = index.sentence_vectors([sentence.id])[0]
            assert alone @ placed - 1e-6 <= found @ alone <= found @ placed + 1e-6


def test_an_unchanged_corpus_encodes_nothing_and_publishes_nothing(
    tiny: Path, bag: BagEncoder, settings: Settings
) -> None:
    ingest([tiny], settings)
    before = files(settings)
    bag.encoded.clear()

    report = ingest([tiny], settings)

    assert (bag.encoded, report.encoded) == ([], 0)
    assert files(settings) == before


@pytest.mark.parametrize(("runtime", "alone"), [("reference", 0.3), ("light", 0.4)])
def test_vectors_made_another_way_are_made_anew(
    tiny: Path, bag: BagEncoder, settings: Settings, monkeypatch: pytest.MonkeyPatch, runtime: str, alone: float
) -> None:
    ingest([tiny], settings)
    monkeypatch.setattr("ingest.build._ALONE", alone)

    assert ingest([tiny], replace(settings, ingest_runtime=runtime)).reused == 0


def test_only_the_changed_article_is_encoded(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    ingest([tiny], settings)
    bag.encoded.clear()
    (tiny / "hip.txt").write_text(TINY["hip.txt"].replace("in the groin", "deep in the groin"))

    ingest([tiny], settings)

    assert bag.encoded
    assert all("groin" in text for text in bag.encoded)
    assert "Hip arthritis is a worn joint that hurts in the groin." not in quotes(settings)
    assert "Hip arthritis is a worn joint that hurts deep in the groin." in quotes(settings)


def test_a_removed_article_is_gone(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    ingest([tiny], settings)
    (tiny / "hip.txt").unlink()

    ingest([tiny], settings)

    assert Index.open(Path(settings.index)).article("hip") is None
    assert not any("groin" in quote for quote in quotes(settings))


def test_exact_copies_count_once_and_near_copies_are_reported(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    text = " ".join(f"Sentence {number} says that hips carry load number {number}." for number in range(40))
    (tiny / "a.txt").write_text(f"Load\n\n{text}")
    (tiny / "b.txt").write_text(f"Load\n\n\n{text}\n")
    (tiny / "c.txt").write_text(f"Load\n\n{text} One more line about hips.")

    report = ingest([tiny], settings)

    assert reasons(report) == {"b.txt": "the same text as a.txt"}
    assert [(copy.first, copy.second) for copy in report.near_copies] == [("a", "c")]


def reasons(report: Report) -> dict[str, str]:
    return {file.path: file.reason for file in report.skipped}


def test_two_files_with_one_article_id_are_not_merged(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    (tiny / "hip.md").write_text("# Another\n\nAnother text about the hip joint.")

    assert reasons(ingest([tiny], settings)) == {"hip.txt": "article id 'hip' is already taken by hip.md; rename one"}


@pytest.mark.parametrize("content", [{}, {"empty.txt": ""}, {"x.csv": "a,b"}, {"title.md": "# Only a title"}])
def test_a_folder_without_an_article_never_replaces_an_index(
    tiny: Path, tmp_path: Path, bag: BagEncoder, settings: Settings, content: dict[str, str]
) -> None:
    ingest([tiny], settings)
    before = files(settings)
    other = tmp_path / "other"
    other.mkdir()
    for name, text in content.items():
        (other / name).write_text(text)

    with pytest.raises(InputRefused, match="no article found"):
        ingest([other], settings)

    assert files(settings) == before


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [flip, lambda path: path.write_bytes(path.read_bytes()[:-1]), Path.unlink])
@pytest.mark.parametrize("name", ["manifest.json", "corpus.sqlite", "vectors.f32"])
def test_a_damaged_file_is_refused_and_ingest_repairs(
    tiny: Path, bag: BagEncoder, settings: Settings, name: str, damage: Callable[[Path], None]
) -> None:
    ingest([tiny], settings)
    damage(Path(settings.index) / "gen-000001" / name)

    with pytest.raises(IndexDamaged, match="citeback ingest"):
        Index.open(Path(settings.index))

    ingest([tiny], settings)
    assert "Walking often eases sciatica." in quotes(settings)


@pytest.mark.parametrize(
    "pointer", [b"", b"gen-000001", b"../../etc/passwd " + b"0" * 64 + b"\n", b"gen-000009 " + b"0" * 64 + b"\n"]
)
def test_a_pointer_of_another_form_is_refused(tiny: Path, bag: BagEncoder, settings: Settings, pointer: bytes) -> None:
    ingest([tiny], settings)
    (Path(settings.index) / CURRENT).write_bytes(pointer)

    with pytest.raises(IndexDamaged):
        Index.open(Path(settings.index))


def test_no_index_yet(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="citeback ingest PATH"):
        Index.open(tmp_path / "nothing")


def test_one_writer_at_a_time(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    ingest([tiny], settings)
    descriptor = os.open(Path(settings.index) / LOCK, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with pytest.raises(IndexLocked, match="another process"):
            ingest([tiny], settings)
        assert Index.open(Path(settings.index)).articles()
    finally:
        os.close(descriptor)


def test_what_a_dead_writer_left_is_swept(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    ingest([tiny], settings)
    folder = Path(settings.index)
    (folder / ".tmp-gen-000002").mkdir()
    (folder / ".tmp-gen-000002/vectors.f32").write_bytes(b"half")
    (folder / ".tmp-CURRENT").write_bytes(b"half")
    (folder / ".tmp-notes").write_text("the user's own")
    (folder / "gen-000007").mkdir()

    ingest([tiny], settings)

    assert sorted(path.name for path in folder.iterdir()) == [".tmp-notes", CURRENT, "gen-000001", LOCK]


def test_the_last_two_generations_are_kept(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    for number in range(4):
        (tiny / "hip.txt").write_text(TINY["hip.txt"] + f"\nAddition number {number} about hips.\n")
        ingest([tiny], settings)

    kept = sorted(path.name for path in Path(settings.index).glob("gen-*"))
    assert kept == ["gen-000003", "gen-000004"]


def test_an_old_generation_that_cannot_be_removed_does_not_matter(
    tiny: Path, bag: BagEncoder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.rmdir", denied)
    for number in range(3):
        (tiny / "hip.txt").write_text(TINY["hip.txt"] + f"\nAddition number {number} about hips.\n")
        ingest([tiny], settings)

    assert "Addition number 2 about hips." in quotes(settings)


def test_an_index_that_is_a_file_is_refused(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    Path(settings.index).write_text("the user's own")

    with pytest.raises(StorageFailed, match="a file, not a folder"):
        ingest([tiny], settings)


def test_an_open_generation_outlives_its_replacement(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    ingest([tiny], settings)
    index = Index.open(Path(settings.index))
    for number in range(3):
        (tiny / "hip.txt").write_text(f"Hips\n\nA new text about hips, number {number}.\n")
        ingest([tiny], settings)

    old = index.article("hip")
    assert old is not None
    assert old.text == TINY["hip.txt"]


def test_a_full_disk_leaves_the_index_as_it_was(
    tiny: Path, bag: BagEncoder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([tiny], settings)
    before = files(settings)
    (tiny / "hip.txt").write_text("Hips\n\nA new text about hips.\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageFailed, match="No space left"):
        ingest([tiny], settings)

    assert files(settings) == before


def test_another_encoder_is_refused(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    ingest([tiny], settings)
    index = Index.open(Path(settings.index))

    with pytest.raises(EncoderMismatch, match="was made by encoder bag"):
        index.check_encoder(Model("other", Path(), "1" * 64))


def test_nothing_on_disk_is_a_pickle_or_names_this_machine(tiny: Path, bag: BagEncoder, settings: Settings) -> None:
    ingest([tiny], settings)

    for name, data in files(settings).items():
        assert not data.startswith(b"\x80"), name
        assert str(tiny).encode() not in data, name
    manifest = json.loads(files(settings)["gen-000001/manifest.json"])
    assert manifest["format"] == 1
