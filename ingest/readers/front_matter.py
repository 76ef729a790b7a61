"""The ``---`` block of YAML in front of a Markdown or text article.

Reads plain scalars, lists and mappings. Refuses aliases and tags: an article needs neither, and both can explode.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import yaml

from rag.errors import InputRefused
from rag.text import FRONT_MATTER, storable


def read_front_matter(text: str, name: str) -> tuple[dict[str, Any], int]:
    """The metadata, and the offset where the article itself begins (0 without front matter).

    Raises:
        InputRefused: the block is not a plain YAML mapping.
    """
    fenced = FRONT_MATTER.match(text)
    if fenced is None:
        return {}, 0
    try:
        if any(isinstance(token, yaml.AliasToken | yaml.TagToken) for token in yaml.scan(fenced[1])):
            raise InputRefused(f"{name}: front matter may not use YAML aliases or tags; write the values out")
        metadata = yaml.safe_load(fenced[1]) or {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise InputRefused(f"{name}: front matter is not valid YAML ({reason}); mend it or remove it") from error
    if not isinstance(metadata, dict):
        raise InputRefused(f"{name}: front matter is not a list of `key: value` lines; mend it or remove it")
    return _plain(metadata), fenced.end()


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    """The value as the index can hold it: dates as ISO text, no half characters."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {storable(str(key)): _plain(item) for key, item in value.items()}
    return value if isinstance(value, int | float | bool | None) else storable(str(value))
