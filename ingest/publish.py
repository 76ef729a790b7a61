"""Writing a generation so that a reader sees the old one or the new one, whole, whatever happens in between.

Files go into a temporary folder beside the others, each flushed to disk; the folder is opened as a reader would,
renamed, and only then does CURRENT change, in one atomic step. The last two generations are kept: a reader may just be
opening the older one.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.errors import IndexDamaged, IndexLocked, IndexMissing, StorageFailed
from rag.index import CURRENT, MANIFEST, Index, read_pointer

LOCK = "writer.lock"
KEPT = 2
_GENERATION = re.compile(r"gen-\d{6}")
_TEMPORARY = re.compile(rf"\.tmp-(?:{_GENERATION.pattern}|{CURRENT})")
_STORAGE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EFBIG, errno.ENOTDIR}


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Holds the writer's lock of an index folder, making the folder if need be.

    Raises:
        IndexLocked: another process writes this index.
        StorageFailed: no folder, read-only, or no permission.
    """
    with _storage_errors(folder):
        _make(folder)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _lock(descriptor, folder)
        with _storage_errors(folder):
            _sweep(folder)
        yield
    finally:
        os.close(descriptor)


def publish(folder: Path, files: Mapping[str, bytes], facts: Mapping[str, Any]) -> Index:
    """Makes the files and facts the current generation; an identical one already current is left as it is.

    Call under ``writing``. ``facts`` is the manifest but for the list of files.
    """
    listing = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    manifest = json.dumps({**facts, "files": listing}, indent=1, sort_keys=True, ensure_ascii=True).encode() + b"\n"
    digest = hashlib.sha256(manifest).hexdigest()
    if (current := _current(folder, digest)) is not None:
        return current
    name = _next_name(folder)
    temporary = folder / f".tmp-{name}"
    with _storage_errors(folder), _removed_on_failure(temporary):
        temporary.mkdir()
        for file, data in (*files.items(), (MANIFEST, manifest)):
            _write(temporary / file, data)
        _sync_folder(temporary)
        Index.open_generation(temporary, digest)
        temporary.rename(folder / name)
        _sync_folder(folder)
        _write(folder / f".tmp-{CURRENT}", f"{name} {digest}\n".encode())
        os.replace(folder / f".tmp-{CURRENT}", folder / CURRENT)
        _sync_folder(folder)
    _retire(folder)
    return Index.open_generation(folder / name, digest)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise StorageFailed(f"{folder}: a file, not a folder; give --index the folder of an index") from error


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise IndexLocked(f"{folder} is being written by another process; try again when it is done") from error


def _current(folder: Path, digest: str) -> Index | None:
    try:
        if read_pointer(folder)[1] == digest:
            return Index.open(folder)
    except (IndexMissing, IndexDamaged):
        pass
    return None


def _next_name(folder: Path) -> str:
    last = max((int(path.name[4:]) for path in _generations(folder)), default=0)
    return f"gen-{last + 1:06d}"


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Removes what a writer that died left behind, unnamed or unannounced; only ever called under the lock."""
    for path in folder.iterdir():
        if _TEMPORARY.fullmatch(path.name):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    try:
        current, _ = read_pointer(folder)
    except (IndexMissing, IndexDamaged):
        return
    for path in _generations(folder):
        if path.name > current:
            shutil.rmtree(path)


def _generations(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _GENERATION.fullmatch(path.name))


def _retire(folder: Path) -> None:
    """Removes the oldest generations; what cannot be removed stays until the next time."""
    for path in _generations(folder)[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _removed_on_failure(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _storage_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _STORAGE:
            raise StorageFailed(f"{folder}: cannot be written ({error.strerror}); the index is as it was") from error
        raise
