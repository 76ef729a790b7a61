"""The guard's time: flat for a message, linear for a hostile one, short at the start; and the same answer twice."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from rag.guard import Guard

GUARD = Guard.load("UK")
POST = (
    "I'm a 45 year old postman and my lower back has been bad for three weeks. It started when I lifted a parcel and "
    "now the pain goes into my left buttock and sometimes down to the calf. I can walk, I sleep badly, and I have no "
    "numbness anywhere, no trouble with the toilet and no fever. My physio gave me clams and bridges. "
)
NASTY = {
    "one word": "a" * 100_000,
    "denials": "no " * 33_000,
    "signs": "numb " * 20_000,
    "near phrases": "my dog cant feel " * 6_000,
    "letters": "a b c " * 16_000,
    "quotes": '"' * 100_000,
    "ligatures": "ﷺ" * 100_000,
    "dots": "x." * 50_000,
    "apostrophes": "a'" * 50_000,
    "negated auxiliaries": "can not " * 12_000,
    "misspelt": "paralized urinne " * 6_000,
    "emoji": "😭" * 100_000,
    "if": "if i could " * 9_000,
    "commas": "numb, " * 16_000,
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_100_kilobytes_take_seconds_at_most(text: str) -> None:
    begin = time.process_time()
    GUARD.read(text)

    assert time.process_time() - begin < 5


def test_a_post_of_500_words_takes_milliseconds() -> None:
    text = " ".join((POST * 8).split()[:500])
    GUARD.read(text)
    times = []
    for _ in range(100):
        begin = time.process_time()
        GUARD.read(text)
        times.append(time.process_time() - begin)

    assert sorted(times)[98] < 0.010 * 2  # twice the promise: other work shares this machine


def test_loading_is_cheap() -> None:
    probe = "import time; t = time.process_time(); from rag.guard import Guard; Guard.load('UK'); print(time.process_time() - t)"
    spent = [
        float(subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]

    assert min(spent) < 0.60 * 2  # twice the promise: processors differ


def test_the_last_word_of_a_megabyte_is_read() -> None:
    assert GUARD.read(POST * 2_500 + " And I want to kill myself.").rules[0] == "SUICIDE"


def test_the_same_message_is_read_the_same_way_twice() -> None:
    text = POST + "Since Friday I can't feel it when I wipe."

    assert GUARD.read(text) == GUARD.read(text) == Guard.load("UK").read(text)
