"""Makes the pictures of the page in docs/: python tests/screenshots.py (needs Chromium and the dev packages)."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from browser import CHROMIUM, served
from conftest import ROOT
from playwright.sync_api import Browser, sync_playwright

from ingest.build import ingest
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its file, the question, the window, and what is clicked before it is taken."""

    file: str
    question: str
    width: int
    height: int
    scheme: str = "light"
    click: str = ""


SHOTS = (
    Shot("page.png", "What does sciatica feel like?", 1440, 900, click=".cb-cite >> nth=1"),
    Shot("page-dark.png", "How can I tell hip arthritis from a back problem?", 1440, 900, "dark", ".cb-cite >> nth=0"),
    Shot("page-phone.png", "What eases pain from spinal stenosis?", 360, 740),
    Shot("page-red-flag.png", "My back hurts and since this morning I cannot feel it when I wipe.", 1440, 900),
)


def main() -> None:
    """Indexes the shipped articles in a folder that is thrown away, serves them, and takes every picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        index = Path(os.environ.get("CITEBACK_INDEX") or Path(folder) / "index")
        if not index.exists():
            ingest([ROOT / "corpus"], Settings(index=str(index), ingest_runtime="light"))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        with served(index, Path(folder) / "page.log") as address:
            for shot in SHOTS:
                take(browser, address, shot)
        browser.close()


def take(browser: Browser, address: str, shot: Shot) -> None:
    """Takes one picture."""
    size = {"width": shot.width, "height": shot.height}
    context = browser.new_context(viewport=size, color_scheme=shot.scheme)  # type: ignore[arg-type]
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(f"{address}/?q={quote(shot.question)}")
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.locator(".cb-mark, .cb-alarm").first.wait_for()
    if shot.click:
        page.locator(shot.click).click()
        page.mouse.move(2, 2)
    page.wait_for_timeout(1_500)
    page.screenshot(path=ROOT / "docs" / shot.file)
    context.close()


if __name__ == "__main__":
    main()
