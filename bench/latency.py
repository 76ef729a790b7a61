"""How long an answer takes: warm in one process, and cold as a whole process with its CPU time and memory.

Run: python -m bench.latency [INDEX]  (an index of the shipped articles; default .citeback)
Prints median and 95th percentile. Quote medians: a busy machine moves the rest.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from rag.errors import CitebackError
from rag.pipeline import Pipeline
from rag.settings import Settings

ROOT = Path(__file__).parent.parent
QUESTIONS = (
    "What is referred pain?",
    "How can I tell hip arthritis from a back problem?",
    "Does piriformis pain go below the knee?",
    "What eases pain from spinal stenosis?",
    "which discs herniate most",
    "what can i do about SI joint pain",
    "What does a hip replacement cost?",
    "my hip hurts at night when I lie on my side and it wakes me up, what could that be and what helps",
)
WARM_ROUNDS, COLD_RUNS = 8, 7


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=__doc__)
    parser.add_argument("index", nargs="?", default=Settings().index, help="the index folder [.citeback]")
    index = parser.parse_args().index
    try:
        pipeline = Pipeline.open(Settings(index=index))
    except CitebackError as error:
        parser.error(str(error))
    warm = sorted(_warm(pipeline))
    sys.stdout.write(f"warm answer, ms: {_spread([1000 * one for one in warm])} over {len(warm)} answers\n")
    cold = [_cold(index) for _ in range(COLD_RUNS)]
    sys.stdout.write(f"cold ask, CPU s: {_spread([cpu for cpu, _ in cold])} over {len(cold)} processes\n")
    sys.stdout.write(f"cold ask, peak MB: {max(peak for _, peak in cold):.0f}\n")


def _warm(pipeline: Pipeline) -> list[float]:
    for question in QUESTIONS:
        pipeline.answer(question)
    times: list[float] = []
    for _ in range(WARM_ROUNDS):
        for question in QUESTIONS:
            start = time.perf_counter()
            pipeline.answer(question)
            times.append(time.perf_counter() - start)
    return times


def _cold(index: str) -> tuple[float, float]:
    """CPU seconds and peak megabytes of one whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, str(ROOT / "citeback.py"), "ask", "--index", index, QUESTIONS[0]]
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024


def _spread(values: list[float]) -> str:
    ordered = sorted(values)
    return f"median {statistics.median(ordered):.2f}, 95th percentile {ordered[int(0.95 * (len(ordered) - 1))]:.2f}"


if __name__ == "__main__":
    main()
