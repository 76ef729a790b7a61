"""Finding article files, and reading each with the reader of its format.

Folders are walked in sorted order. What is not taken is named with its reason, never silently left out: links, devices,
other formats, hidden articles, files too large, a folder's own README, a folder that may not be read. Other hidden
files and hidden folders (``.git``) go without a word. No link is followed out of the folder given.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.document import Document
from ingest.readers.docx import read_docx
from ingest.readers.html import read_html
from ingest.readers.markdown import read_markdown
from ingest.readers.pdf import read_pdf
from ingest.readers.plain import read_plain
from rag.errors import InputRefused
from rag.schema import Article
from rag.text import sha256, storable

Reader = Callable[[bytes, str], Document]

READERS: dict[str, Reader] = {
    ".docx": read_docx,
    ".htm": read_html,
    ".html": read_html,
    ".md": read_markdown,
    ".pdf": read_pdf,
    ".txt": read_plain,
}
SIZE_LIMIT = 20_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A file met on the walk: where it is, its path below the folder given, and why it is not taken ("" if it is).

    A folder is met only if it cannot be walked.
    """

    path: Path
    name: str
    reason: str = ""


def find_files(roots: Sequence[Path]) -> Iterator[Found]:
    """Every file at or below the roots, in sorted order.

    Raises:
        InputRefused: a root does not exist or cannot be reached.
    """
    for root in roots:
        try:
            root.stat()
        except OSError as error:
            raise InputRefused(f"{root}: cannot be read ({error.strerror}); give a file or folder") from error
        if root.is_dir():
            yield from _walk(root)
        else:
            yield Found(root, storable(root.name), _refusal(root))


def read_article(found: Found) -> tuple[Article, Document]:
    """The article in a file, and the blocks it is made of.

    Raises:
        InputRefused: the file cannot be read as an article.
    """
    try:
        data = found.path.read_bytes()
    except OSError as error:
        raise InputRefused(f"{found.name}: cannot be read ({error.strerror})") from error
    document = READERS[found.path.suffix.lower()](data, found.name)
    if not document.blocks:
        raise InputRefused(f"{found.name}: no text in it")
    article_id = Path(found.name).with_suffix("").as_posix()
    title = document.title or Path(article_id).name.replace("-", " ").replace("_", " ").capitalize()
    article = Article(article_id, title, document.text, sha256(document.text), found.name, document.metadata)
    return article, document


def _walk(root: Path) -> Iterator[Found]:
    unreadable: list[OSError] = []
    for folder, folders, files in os.walk(root, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for path in (Path(folder, name) for name in sorted(files + links)):
            if not path.name.startswith(".") or path.suffix.lower() in READERS:
                yield Found(path, _below(root, path), _refusal_on_walk(path))
    for error in unreadable:
        yield Found(Path(error.filename), _below(root, error.filename), f"cannot be read ({error.strerror})")


def _below(root: Path, path: Path | str) -> str:
    return storable(Path(path).relative_to(root).as_posix())


def _refusal_on_walk(path: Path) -> str:
    if path.name.startswith("."):
        return "hidden; give the file itself"
    return "about the folder, not an article" if path.stem.lower() == "readme" else _refusal(path)


def _refusal(path: Path) -> str:
    """Why this file is not taken, or nothing."""
    try:
        status = path.lstat()
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if stat.S_ISLNK(status.st_mode):
        return "a link; give what it points to"
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    if path.suffix.lower() not in READERS:
        return f"format not supported ({', '.join(sorted(READERS))} are)"
    if status.st_size > SIZE_LIMIT:
        return f"larger than {SIZE_LIMIT:,} bytes; split it"
    return "" if status.st_size else "empty"
