"""What a run ran on: the git revision of the code and the versions of the packages that can change a figure."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rag import VERSION

PACKAGES = (
    *("faiss-cpu", "ir_measures", "numpy", "onnxruntime", "pyspellchecker"),
    *("rapidfuzz", "safetensors", "snowballstemmer", "syntok", "tokenizers"),
)


def revision(folder: Path = Path(__file__).parent) -> str | None:
    """The commit of the code, with ``+changed`` where tracked files differ from it; None outside a repository."""
    commit = _git(folder, "rev-parse", "HEAD")
    if not commit:
        return None
    return commit + ("+changed" if _git(folder, "status", "--porcelain", "--untracked-files=no") else "")


def versions() -> dict[str, str]:
    """Citeback's own version, Python's, and those of ``PACKAGES`` that are installed."""
    found = {"citeback": VERSION, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
