"""How the page holds up: many sessions asking at once while an ingest publishes again and again.

Run: python -m bench.page [SESSIONS [QUESTIONS]]  (default 20 sessions, 8 questions each)
Speaks the WebSocket protocol of the page, so a session costs no browser. Prints errors, median and 95th percentile of
the seconds from a question to the last word of its answer, and the memory of the server.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
sys.path.insert(0, str(Path(__file__).parent.parent))

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.latency import QUESTIONS, ROOT
from ingest.build import ingest
from rag.encoder import Runtime
from rag.settings import Settings

PAUSE = (2.0, 8.0)
"""Seconds a reader takes between two questions."""


def main() -> None:
    """Serves the shipped articles and prints what the sessions met."""
    sessions, questions = (int(one) for one in (sys.argv[1:] + ["20", "8"][len(sys.argv) - 1 :])[:2])
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        settings = Settings(index=str(index), ingest_runtime=Runtime.LIGHT)
        ingest([ROOT / "corpus"], settings)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, str(ROOT / "citeback.py"), "serve", "--index", str(index), "--port", str(port)]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(port)
            _report(asyncio.run(_all(port, sessions, questions, index)), server.pid)
        finally:
            server.terminate()
            server.wait()


async def _all(port: int, sessions: int, questions: int, index: Path) -> list[tuple[float, str]]:
    done = asyncio.Event()
    publisher = asyncio.create_task(_publish(index, done))
    met = await asyncio.gather(*(_session(port, number, questions) for number in range(sessions)))
    done.set()
    sys.stdout.write(f"generations published meanwhile: {await publisher}\n")
    return [one for session in met for one in session]


async def _publish(index: Path, done: asyncio.Event) -> int:
    """Publishes with and without one more article in turn, in a process of its own, as an editor would."""
    count = 0
    extra = index.parent / "knee.md"
    extra.write_text("# Knee cap\n\nThe knee cap is a small bone that glides on the thigh bone.\n", "utf-8")
    while not done.is_set():
        paths = [str(ROOT / "corpus"), *([str(extra)] if count % 2 == 0 else [])]
        command = [sys.executable, str(ROOT / "citeback.py"), "ingest", *paths, "--index", str(index)]
        environment = os.environ | {"CITEBACK_INGEST_RUNTIME": "light"}
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if await process.wait() == 0:
            count += 1
        await asyncio.sleep(5)
    return count


async def _session(port: int, number: int, questions: int) -> list[tuple[float, str]]:
    """What one reader met: seconds and, if something went wrong, what."""
    choose = random.Random(number)
    met: list[tuple[float, str]] = []
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    async with websockets.connect(
        address, max_size=None, subprotocols=[websockets.Subprotocol("streamlit")]
    ) as socket_:
        for turn in range(questions):
            await asyncio.sleep(choose.uniform(*PAUSE) if turn else choose.uniform(0, PAUSE[1]))
            question = f"{choose.choice(QUESTIONS)}{' ' * turn}"
            started = time.perf_counter()
            wrong = await _ask(socket_, question)
            met.append((time.perf_counter() - started, wrong))
    return met


async def _ask(socket_: websockets.ClientConnection, question: str) -> str:
    """Asks by link, as ``?q=`` does, and reads until the page is drawn; returns what went wrong, if anything."""
    message = BackMsg()
    message.rerun_script.query_string = f"q={quote(question)}"
    await socket_.send(message.SerializeToString())
    answered, wrong = False, ""
    while True:
        reply = ForwardMsg()
        reply.ParseFromString(bytes(await asyncio.wait_for(socket_.recv(decode=False), 60)))
        if reply.WhichOneof("type") == "script_finished":
            return wrong or ("" if answered else "no answer")
        element = reply.delta.new_element
        if element.WhichOneof("type") == "exception":
            wrong = element.exception.message
        elif element.WhichOneof("type") == "html":
            answered |= "cb-question" in element.html.body
            wrong = "a problem was shown" if 'role="alert"' in element.html.body else wrong


def _report(met: list[tuple[float, str]], pid: int) -> None:
    took = sorted(seconds for seconds, _ in met)
    wrong = [what for _, what in met if what]
    memory = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    tail = took[int(len(took) * 0.95)]
    sys.stdout.write(f"questions {len(met)}, errors {len(wrong)} {sorted(set(wrong))}\n")
    sys.stdout.write(f"seconds to the whole answer: p50 {statistics.median(took):.2f}, p95 {tail:.2f}\n")
    sys.stdout.write(f"server memory: {memory:.0f} MB\n")


def _wait(port: int) -> None:
    for _ in range(1_200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the page did not start")


if __name__ == "__main__":
    main()
