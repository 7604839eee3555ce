"""JSON that is stored compressed: what an attempt read, sent and was answered.

An invoice's attempt has 10 kB of JSON, most of it words that every attempt has. Compressed with a dictionary of those words it
is 1.2 kB; PostgreSQL's own compression, without a dictionary, makes 5 kB of it (docs/performance.md).
"""

import json
import zlib
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import models

PLAIN = 0
WORDS = {1: "packed_words_1.jsonl"}
"""The dictionaries, requests and answers of sample data, by the first byte of the values packed with them. Never change or
remove one.
"""
NEWEST = 1
WORTH_IT = 64
"""Bytes under which nothing is gained."""
RAW = -zlib.MAX_WBITS
"""Deflate without a header: the first byte identifies the dictionary."""


class PackedJsonField(models.BinaryField):  # type: ignore[type-arg]  # takes none when it runs
    """A JSON value; in the database, a byte that says how it is packed, and the packed value. PostgreSQL cannot look into it."""

    _pyi_private_get_type: Any  # mypy's plug-in reads the field's type from it
    _pyi_private_set_type: Any

    def from_db_value(self, value: bytes | memoryview | None, *_: Any) -> Any:
        return None if value is None else unpack(bytes(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return None if value is None else connection.Database.Binary(pack(value))

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj), ensure_ascii=False)


def pack(value: Any) -> bytes:
    """Return packed JSON. Raises `ValueError` and `TypeError` for invalid JSON, including lone surrogates and NaN."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    if len(text) < WORTH_IT:
        return bytes((PLAIN,)) + text
    packing = _packing(NEWEST).copy()  # ten times as fast as reading the dictionary again
    packed: bytes = packing.compress(text) + packing.flush()
    return bytes((NEWEST,)) + packed


def unpack(packed: bytes) -> Any:
    """Return what `pack` packed. Raises `ValueError` for bytes that it did not make."""
    if not packed or packed[0] not in (PLAIN, *WORDS):
        raise ValueError(f"{packed[:1]!r} names no way of packing that this version of Bilag knows")
    if packed[0] == PLAIN:
        return json.loads(packed[1:])
    unpacking = zlib.decompressobj(RAW, zdict=words(packed[0]))
    try:
        text = unpacking.decompress(packed[1:])
    except zlib.error as error:
        raise ValueError(f"the packed value is torn: {error}") from error
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("the packed value is torn")
    return json.loads(text)


@cache
def words(number: int) -> bytes:
    """Return a dictionary."""
    return (files("bilag.transfers") / WORDS[number]).read_bytes()


@cache
def _packing(number: int) -> Any:
    return zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, RAW, zdict=words(number))
