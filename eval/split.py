"""Which part a case belongs to: within each kind, 60 % for looking at (dev) and 40 % for the gate alone (test).

Decided by a hash of the id, so no one chooses, and by rank within the kind, so both parts hold every kind. Only for
dividing a set once: a case added later goes to the part its author has not tuned on.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable

DEV_SHARE = 0.6


def parts(kinds: Iterable[tuple[str, str]]) -> dict[str, str]:
    """``dev`` or ``test`` for each ``(id, kind)``."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for id_, kind in kinds:
        by_kind[kind].append(id_)
    found: dict[str, str] = {}
    for ids in by_kind.values():
        ranked = sorted(ids, key=lambda id_: hashlib.sha256(id_.encode()).hexdigest())
        cut = round(DEV_SHARE * len(ranked))
        found |= {id_: "dev" if rank < cut else "test" for rank, id_ in enumerate(ranked)}
    return found
