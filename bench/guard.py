"""How long the guard takes for long messages: ``python -m bench.guard``.

Ordinary posts of ``training/listener/messages.jsonl``, run together and cut to 500 words, are read one after the other
on one core; processor time, so that other work on the machine counts little. Loading is not counted.
"""

from __future__ import annotations

import sys
import time
from itertools import islice
from pathlib import Path

import numpy as np

from eval.guard_bank import load_bank
from rag.guard import Guard

BANK = Path(__file__).parent.parent / "training/listener/messages.jsonl"
WORDS, POSTS, ROUNDS = 500, 60, 5


def posts() -> list[str]:
    """Messages of 500 words each."""
    words = [word for one in load_bank(BANK) if one.category == "ordinary" for word in one.text.split()]
    cut = (" ".join(words[at : at + WORDS]) for at in range(0, len(words) - WORDS, WORDS))
    return list(islice(cut, POSTS))


def main() -> None:
    """Prints the middle and the slowest percent, in milliseconds."""
    guard, texts = Guard.load("UK"), posts()
    for text in texts:
        guard.read(text)
    times = []
    for text in texts * ROUNDS:
        began = time.process_time()
        guard.read(text)
        times.append(1000 * (time.process_time() - began))
    middle, slow = np.percentile(times, (50, 99))
    sys.stdout.write(f"{len(times)} readings of {WORDS} words: median {middle:.1f} ms, 99th percentile {slow:.1f} ms\n")


if __name__ == "__main__":
    main()
