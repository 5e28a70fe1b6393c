"""Traces through the cache: what was recorded before is read, only the rest is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from stackreel.errors import StackreelError, StorageError
from stackreel.example import Example
from stackreel.trace.cache import Cache
from stackreel.trace.key import ABSENT, cache_key, unchanged
from stackreel.trace.recorder import Emulator, record_many
from stackreel.trace.request import Request, request_for
from stackreel.trace.storage import dumps, loads
from stackreel.trace.trace import Trace

Key = TypeVar("Key")

KIND = "trace"
"""The kind under which traces are kept."""


def recall(wanted: Example | Request, emulator: Emulator, cache: Cache) -> Trace:
    """Return a trace from the cache, or record and keep it. Raises what `record` raises."""
    ((_, found),) = recall_many({0: wanted}, emulator, cache)
    if isinstance(found, StackreelError):
        raise found
    return found


def recall_many(
    wanted: Mapping[Key, Example | Request], emulator: Emulator, cache: Cache
) -> Iterator[tuple[Key, Trace | StackreelError]]:
    """Hand over each trace as soon as it is there, cached ones first; what went wrong in its place."""
    missing: dict[Key, Request] = {}
    keys: dict[Key, str] = {}
    for name, one in wanted.items():
        request = request_for(one) if isinstance(one, Example) else one
        keys[name] = cache_key(request)
        trace = next(_cached(keys[name], request, cache), None)
        if trace is None:
            missing[name] = request
        else:
            yield name, trace
    for name, found in record_many(missing, emulator):
        if isinstance(found, Trace):
            cache.put(KIND, keys[name], dumps(found))
        yield name, found


def _cached(key: str, request: Request, cache: Cache) -> Iterator[Trace]:
    """Yield the kept traces that serve: one, or where unicorn is absent those of any version of it."""
    anyone = key.removesuffix(ABSENT)
    for kept in [key] if anyone == key else cache.keys(KIND, anyone):
        data = cache.get(KIND, kept)
        if data is None:
            continue
        try:
            trace = loads(data)
        except StorageError:
            cache.drop(KIND, kept)
            continue
        if unchanged(trace, request.sysroot):
            yield trace
