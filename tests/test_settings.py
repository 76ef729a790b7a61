"""Settings: what is refused, in words that name the value and where it came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import InputRefused, StorageFailed
from rag.settings import Settings


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("k = 0", "k = 0 is not 1 or more"),
        ("k = 2.9", "k = 2.9 is not a whole number"),
        ("k = inf", "k = inf is not a whole number"),
        ("max_statements = 0", "max_statements = 0 is not 1 or more"),
        ("passage_overlap = -1", "passage_overlap = -1 is not 0 or more"),
        ("threshold = nan", "threshold = nan is not 0 or more"),
        ("threshold = 'high'", "threshold = 'high' is not a number"),
        ("ingest_runtime = 'torch'", "ingest_runtime = 'torch' is not one of reference, light"),
        ("index = ['a']", "index = ['a'] is not text"),
        ("kay = 1", "unknown setting 'kay'"),
        ("k = ", "not valid TOML"),
    ],
    ids=str,
)
def test_what_is_refused_and_why(tmp_path: Path, line: str, complaint: str) -> None:
    (tmp_path / "citeback.toml").write_text(line, "utf-8")

    with pytest.raises(InputRefused) as refused:
        Settings.load(folder=tmp_path)

    assert "citeback.toml: " in str(refused.value)
    assert complaint in str(refused.value)


def test_flags_come_before_the_environment_and_that_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "citeback.toml").write_text("k = 7\nthreshold = 1\nindex = 'file'\nlocale = 'UK'\n", "utf-8")
    monkeypatch.setenv("CITEBACK_K", "8")
    monkeypatch.setenv("CITEBACK_INDEX", "environment")

    settings = Settings.load({"index": "flag", "locale": None}, tmp_path)

    assert (settings.k, settings.threshold, settings.index, settings.locale) == (8, 1.0, "flag", "UK")


def test_a_settings_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "citeback.toml").symlink_to("/proc/self/mem")  # no one may read its first bytes, not even root

    with pytest.raises(StorageFailed, match=r"citeback\.toml: cannot be read"):
        Settings.load(folder=tmp_path)
