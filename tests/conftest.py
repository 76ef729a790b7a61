"""Shared ground: a tiny corpus that a reader can judge, an encoder that needs no model, the shipped corpus indexed once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np
import pytest
from filelock import FileLock

from ingest.build import ingest
from rag.encoder import Model, Vectors
from rag.lexical import terms
from rag.pipeline import Pipeline
from rag.settings import Settings

ROOT = Path(__file__).parent.parent

TINY = {
    "sciatica.md": """---
title: Sciatica
license: CC-BY-4.0
---

# Sciatica

Sciatica is leg pain from an irritated nerve in the lower back.

## What helps

- Walking often eases sciatica.
- Bed rest does not help sciatica.
""",
    "hip.txt": """Hip arthritis

Hip arthritis is a worn joint that hurts in the groin. It often makes putting on socks hard.

What helps

Exercise eases hip arthritis. Surgery is an option only when other care has failed.
""",
}


@dataclass(frozen=True)
class BagEncoder:
    """A stand-in encoder: hashed counts of stems, so that texts sharing words are near. Counts what it was asked."""

    model: Model = field(default_factory=lambda: Model("bag", Path(), "0" * 64))
    window: int = 256
    encoded: list[str] = field(default_factory=list)

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            self.encoded.append(text)
            row[0] = 1e-3
            for stem in terms(text):
                row[1 + sum(stem.encode()) % 63] += 1
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def lengths(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]

    def is_word(self, word: str) -> bool:
        return False


@pytest.fixture
def bag(monkeypatch: pytest.MonkeyPatch) -> BagEncoder:
    """The stand-in encoder, behind every door that opens one."""
    encoder = BagEncoder()
    monkeypatch.setattr("ingest.build.open_encoder", lambda *_: encoder)
    monkeypatch.setattr("rag.pipeline.open_encoder", lambda *_: encoder)
    return encoder


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A folder with the tiny corpus in it."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in TINY.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that keep everything inside the test's own folder."""
    return Settings(index=str(tmp_path / "index"), ingest_runtime="light")


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped corpus, indexed with the real weights by the first process that asks; to others nothing is new.

    ``SHIPPED_INDEX`` names an index to go on from: what is in it already is not encoded again.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, made = shared / "shipped", os.environ.get("SHIPPED_INDEX")
    settings = Settings(index=str(folder)) if made else Settings(index=str(folder), ingest_runtime="light")
    with FileLock(shared / "shipped.lock"):
        if made and not folder.exists():
            shutil.copytree(made, folder)
        ingest([ROOT / "corpus"], settings)
    return settings


@pytest.fixture(scope="session")
def pipeline(shipped: Settings) -> Pipeline:
    """The real pipeline over the shipped corpus."""
    return Pipeline.open(shipped)


Run = Callable[..., subprocess.CompletedProcess[str]]


def running_in(folder: Path) -> Run:
    """Runs the command line in a process of its own, in a folder made for it."""
    folder.mkdir()

    def run(
        *arguments: str, stdin: str = "", timeout: float = 280, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        variables = {key: value for key, value in os.environ.items() if not key.startswith("CITEBACK_")}
        return subprocess.run(
            [sys.executable, str(ROOT / "citeback.py"), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            cwd=folder,
            env=variables | {"CITEBACK_INGEST_RUNTIME": "light"} | environment,
            check=False,
        )

    return run


@pytest.fixture
def citeback(tmp_path: Path) -> Run:
    """The command line, in an empty folder."""
    return running_in(tmp_path / "elsewhere")
