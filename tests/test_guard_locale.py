"""Whom to call: each country its own numbers, and nobody a wrong one."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache

import pytest

from rag.guard import DATA, Guard

CRISIS = "I want to kill myself"
SADDLE = "I can't feel the toilet paper when I wipe"
TABLETS = "I've taken a whole packet of paracetamol"
TABLES = tomllib.loads((DATA / "locales.toml").read_text("utf-8"))


load = lru_cache(Guard.load)


def action(locale: str, message: str) -> str:
    flag = load(locale).read(message).red_flag
    assert flag is not None
    return flag.action


@pytest.mark.parametrize(
    ("locale", "emergency", "crisis", "poison"),
    [
        ("UK", "999", "116 123", "111"),
        ("en-GB", "999", "116 123", "111"),
        ("us", "911", "988", "1-800-222-1222"),
        ("en_US.UTF-8", "911", "988", "1-800-222-1222"),
        ("CA", "911", "988", "1-844-764-7669"),
        ("EU", "112", "116 123", "112"),
        ("IE", "112 or 999", "116 123", "01 809 2166"),
        ("AU", "000", "13 11 14", "13 11 26"),
        ("NZ", "111", "1737", "0800 764 766"),
        ("IN", "112", "14416", "1800 116 117"),
    ],
)
def test_each_country_has_its_own_lines(locale: str, emergency: str, crisis: str, poison: str) -> None:
    assert f"{emergency}" in action(locale, SADDLE)
    assert crisis in action(locale, CRISIS)
    assert poison in action(locale, TABLETS)


@pytest.mark.parametrize("locale", ["", "XX", "fr-XX", "Atlantis", "C.UTF-8"])
def test_an_unknown_country_gets_neutral_words(locale: str) -> None:
    assert "your local emergency number" in action(locale, SADDLE)


def test_111_is_advice_in_britain_and_the_ambulance_in_new_zealand() -> None:
    assert TABLES["NZ"]["emergency"] == "111"
    assert "111" not in TABLES["UK"]["emergency"]
    assert "111" in TABLES["UK"]["advice"]


@pytest.mark.parametrize("country", TABLES)
def test_every_entry_is_dated_and_sourced(country: str) -> None:
    assert date.fromisoformat(TABLES[country]["reviewed"])
    assert TABLES[country]["source"]
