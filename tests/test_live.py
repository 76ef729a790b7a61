"""One open pipeline follows the index: a new generation is served, a bad one is not, and a question costs no reopening."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import BagEncoder

from ingest.build import ingest
from rag.errors import IndexMissing
from rag.index import CURRENT, VECTORS, read_pointer
from rag.live import Live
from rag.schema import Outcome
from rag.settings import Settings


def test_a_new_generation_is_served_without_a_restart(tiny: Path, settings: Settings, bag: BagEncoder) -> None:
    ingest([tiny], settings)
    live = Live(settings)
    before = live.current()
    (tiny / "knee.md").write_text("# Knee\n\nThe kneecap glides in a groove of the thigh bone.\n", "utf-8")
    ingest([tiny], settings)

    after = live.current()

    assert after.index.article("knee") is not None
    assert before.index.article("knee") is None
    assert after.encoder is before.encoder


def test_the_same_generation_is_opened_once(tiny: Path, settings: Settings, bag: BagEncoder) -> None:
    ingest([tiny], settings)
    live = Live(settings)

    assert live.current() is live.current()


def test_a_damaged_generation_leaves_the_old_one_and_says_so(tiny: Path, settings: Settings, bag: BagEncoder) -> None:
    ingest([tiny], settings)
    live = Live(settings)
    good = live.current()
    (tiny / "knee.md").write_text("# Knee\n\nThe kneecap glides in a groove of the thigh bone.\n", "utf-8")
    ingest([tiny], settings)
    folder = Path(settings.index)
    vectors = folder / read_pointer(folder)[0] / VECTORS
    vectors.write_bytes(vectors.read_bytes()[:-4])

    assert live.current() is good
    assert "cannot be read" in live.trouble
    assert live.current().answer("What eases sciatica?").outcome is Outcome.ANSWERED

    (tiny / "knee.md").write_text("# Knee\n\nThe kneecap glides.\n", "utf-8")
    ingest([tiny], settings)
    assert live.current() is not good
    assert live.trouble == ""


def test_a_lost_pointer_leaves_what_was_open(tiny: Path, settings: Settings, bag: BagEncoder) -> None:
    ingest([tiny], settings)
    live = Live(settings)
    good = live.current()
    (Path(settings.index) / CURRENT).unlink()

    assert live.current() is good
    assert live.trouble


def test_trouble_ends_when_the_pointer_can_be_read_again(tiny: Path, settings: Settings, bag: BagEncoder) -> None:
    ingest([tiny], settings)
    live = Live(settings)
    good = live.current()
    pointer = Path(settings.index) / CURRENT
    written = pointer.read_bytes()
    pointer.write_bytes(b"half a poin")
    live.current()
    assert live.trouble
    pointer.write_bytes(written)

    assert live.current() is good
    assert live.trouble == ""


def test_without_any_index_it_says_how_to_make_one(settings: Settings) -> None:
    with pytest.raises(IndexMissing, match="citeback ingest"):
        Live(settings).current()
