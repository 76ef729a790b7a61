"""What the browser tests share: the page served in a process of its own, and a Chromium that minds what it loads."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import ROOT

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(index: Path, log: Path) -> Iterator[str]:
    """The page over an index, as ``citeback serve`` starts it; yields its address."""
    port = free_port()
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("CITEBACK_", "STREAMLIT_"))}
    command = [sys.executable, str(ROOT / "citeback.py"), "serve", "--index", str(index), "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=index.parent, env=variables, stdout=output, stderr=output)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/_stcore/health", process, log)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
    raise AssertionError(f"the page did not start: {log.read_text()}")
