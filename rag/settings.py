"""Every knob, with one precedence: defaults < ``citeback.toml`` < ``CITEBACK_*`` variables < command-line flags."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from rag.encoder import DEFAULT_MODEL, Runtime
from rag.errors import InputRefused, StorageFailed

SETTINGS_FILE = "citeback.toml"
PREFIX = "CITEBACK_"

_KINDS = {str: "text", int: "a whole number", float: "a number", Runtime: f"one of {', '.join(Runtime)}"}
_LEAST = {"passage_tokens": 1, "k": 1, "max_statements": 1}  # of any other number: 0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is configured with. Lengths in word pieces of the encoder, counts in items."""

    index: str = ".citeback"
    encoder: str = DEFAULT_MODEL
    ingest_runtime: str = Runtime.REFERENCE
    passage_tokens: int = 160
    passage_overlap: int = 1
    k: int = 12
    max_statements: int = 5
    threshold: float = 0.5
    locale: str = ""

    @classmethod
    def load(cls, flags: Mapping[str, Any] | None = None, folder: Path | None = None) -> Settings:
        """Defaults, then the settings file of the folder (the current one), then the environment, then flags not None.

        Raises:
            InputRefused: an unknown key or a value of the wrong kind, named with its origin.
            StorageFailed: the settings file cannot be read.
        """
        values: dict[str, Any] = {}
        file = (folder or Path()) / SETTINGS_FILE
        if file.is_file():
            values |= _checked(_toml(file), str(file))
        environment = {
            name.removeprefix(PREFIX).lower(): value for name, value in os.environ.items() if name.startswith(PREFIX)
        }
        values |= _checked(environment, "environment")
        values |= _checked({key: value for key, value in (flags or {}).items() if value is not None}, "command line")
        return cls(**values)

    def digest(self) -> str:
        """A short hash of every setting that can change an answer: not of where the index lies, nor of the country."""
        deciding = {key: value for key, value in asdict(self).items() if key not in ("index", "locale")}
        return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()[:16]


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise InputRefused(f"{file}: not valid TOML ({error}); mend or remove it") from error
    except OSError as error:
        raise StorageFailed(f"{file}: cannot be read ({error.strerror}); mend or remove it") from error


def _checked(values: Mapping[str, Any], origin: str) -> dict[str, Any]:
    kinds = {field.name: type(field.default) for field in fields(Settings)}
    unknown = sorted(set(values) - set(kinds))
    if unknown:
        raise InputRefused(f"{origin}: unknown setting {unknown[0]!r}; known are {', '.join(sorted(kinds))}")
    return {key: _converted(key, value, kinds[key], origin) for key, value in values.items()}


def _converted(key: str, value: Any, kind: type, origin: str) -> Any:  # noqa: ANN401 - any setting
    try:
        converted = _parsed(value, kind)
    except ValueError as error:
        raise InputRefused(f"{origin}: {key} = {value!r} is not {_KINDS[kind]}") from error
    least = _LEAST.get(key, 0)
    if isinstance(converted, int | float) and not converted >= least:  # nan is not below it either
        raise InputRefused(f"{origin}: {key} = {value!r} is not {least} or more")
    return converted


def _parsed(value: Any, kind: type) -> Any:  # noqa: ANN401 - any setting
    """Read from its text, as the environment has it: 2.9 is then no whole number. A list or table has no such text."""
    if isinstance(value, list | dict):
        raise ValueError(value)
    return kind(str(value))
