"""The wheel carries everything that an empty folder lacks: code, corpus, rules and page."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

pytest.importorskip("hatchling")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("citeback-*.whl"))


def test_holds_every_file_of_the_product_and_no_test(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    wanted = {
        name
        for name in tracked
        if name.split("/")[0] in (".streamlit", "rag", "ingest", "eval", "corpus", "citeback.py", "app.py")
    }

    assert {name for name in wanted if name not in names} == set()
    assert not [name for name in names if name.startswith(("tests/", "bench/", "training/"))]


def test_works_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    zipfile.ZipFile(wheel).extractall(site)
    code = f"import sys; sys.path.insert(0, {str(site)!r}); import citeback; print(citeback.__file__); citeback.main()"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", "-c", code, *arguments], cwd=empty, capture_output=True, text=True, check=False
        )

    (empty / "a.md").write_text("# Sciatica\n\nWalking often eases sciatica in the leg.\n")
    made, asked = run("ingest", "a.md"), run("ask", "What eases sciatica?")

    assert str(site) in made.stdout
    assert made.returncode == 0, made.stderr
    assert "Walking often eases sciatica" in asked.stdout
    assert len(list((site / "corpus").glob("*.md"))) >= 24
