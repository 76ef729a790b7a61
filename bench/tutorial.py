"""The retrieval pipeline of the usual LangChain tutorial: chunks of 1,000 characters, 200 shared, the nearest four.

Without a chat model its answer is what it would hand to one: the four chunks, quoted whole. The only file here that
knows LangChain.
"""

from __future__ import annotations

from collections.abc import Callable

from bench.quoting import Hit, Quoting
from eval.library import Library
from eval.spans import Span
from rag.encoder import Encoder
from rag.schema import Answer

CHUNK, SHARED, K = 1_000, 200, 4

Progress = Callable[[str, int, int], None]


class Tutorial:
    """RecursiveCharacterTextSplitter and an in-memory vector store over MiniLM."""

    def __init__(self, library: Library, encoder: Encoder, progress: Progress = lambda *_: None) -> None:
        from langchain_core.documents import Document
        from langchain_core.embeddings import Embeddings
        from langchain_core.vectorstores import InMemoryVectorStore
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        class MiniLm(Embeddings):
            """Our encoder behind LangChain's door."""

            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                rows = []
                for count, text in enumerate(texts, start=1):
                    rows.append(self.embed_query(text))
                    progress("chunks for the tutorial", count, len(texts))
                return rows

            def embed_query(self, text: str) -> list[float]:
                return [float(value) for value in encoder.encode([text])[0]]

        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=SHARED, add_start_index=True)
        documents = [Document(one.text, metadata={"article_id": one.id}) for one in library.articles.values()]
        self._quoting = Quoting(library, "langchain-tutorial", quotes=K)
        self._store = InMemoryVectorStore.from_documents(splitter.split_documents(documents), MiniLm())

    def answer(self, question: str) -> Answer:
        """The four nearest chunks."""
        found = self._store.similarity_search_with_score(question, k=K)
        hits = [
            Hit(_span(one.metadata["article_id"], one.metadata["start_index"], one.page_content), score)
            for one, score in found
        ]
        return self._quoting.answer(question, hits, hits[0].score)


def _span(article_id: str, start: int, content: str) -> Span:
    return Span(article_id, start, start + len(content))
