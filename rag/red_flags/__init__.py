"""The rooms behind ``rag.guard``: reading a message, finding what it reports, and the data that says what matters.

    fold → words → lexicon (concept hits) → scope (what is really claimed) → rules (conjunctions of hits) → Reading

Everything clinical is data: ``lexicon/*.toml`` (how people say things; ``cues.toml`` there for negation, supposition,
the past, other people), ``rules/*.toml`` (what must be said together), ``locales.toml`` (whom to call).
"""
