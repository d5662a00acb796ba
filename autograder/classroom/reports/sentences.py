"""The mistakes that a record names, each with its sentence."""

from collections.abc import Iterator
from functools import lru_cache

from ...grading.misconceptions import sentence_of
from ...grading.record import Record

_known_sentence = lru_cache(maxsize=10_000)(sentence_of)  # a class has the same ones over and over


def mistakes_in(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the id and the sentence of each mistake that a record names."""
    for one in record.mistakes:
        # A mistake that this version does not know any more has its record's sentence.
        yield one, _known_sentence(record.stem, one) or record.says
