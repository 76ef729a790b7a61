"""One open pipeline for many sessions, moved to a newly published generation without a restart.

The pointer of the index is read per question. A new generation is opened beside the old one and swapped in whole; one
that cannot be opened leaves the old one in place, and ``trouble`` says so. Holds nothing of any question.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Lock

from rag.errors import CitebackError
from rag.index import Index, read_pointer
from rag.pipeline import Pipeline
from rag.settings import Settings


class Live:
    """The pipeline of the current generation. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._folder = Path(settings.index)
        self._settings = settings
        self._lock = Lock()
        self._pipeline: Pipeline | None = None
        self._open: tuple[str, str] | None = None
        self._bad: tuple[str, str] | None = None
        self.trouble = ""

    def current(self) -> Pipeline:
        """The pipeline to answer the next question with.

        Raises:
            IndexUnavailable: there is no generation to answer from, and there was none before.
        """
        with self._lock:
            try:
                self._follow()
            except CitebackError as error:
                if self._pipeline is None:
                    raise
                self.trouble = f"The newest articles cannot be read, so answers come from the ones before ({error})."
            assert self._pipeline is not None
            return self._pipeline

    def _follow(self) -> None:
        pointer = read_pointer(self._folder)
        if pointer == self._bad:
            return
        if self._pipeline is None:
            self._pipeline = Pipeline.open(self._settings)
        elif pointer != self._open:
            self._bad = pointer  # a bad generation is tried once, not at every question
            self._pipeline = self._moved(self._pipeline)
        self._open, self._bad, self.trouble = pointer, None, ""

    def _moved(self, pipeline: Pipeline) -> Pipeline:
        index = Index.open(self._folder)
        index.check_encoder(pipeline.encoder.model)
        return replace(pipeline, index=index)
