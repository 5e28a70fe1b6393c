"""The recorded run as plain data, the recorder, moments, storage and cache."""

from typing import TYPE_CHECKING

from stackreel.lazy import exports

if TYPE_CHECKING:
    from stackreel.trace.cache import Cache
    from stackreel.trace.golden import compare, golden_for
    from stackreel.trace.images import open_image
    from stackreel.trace.key import cache_key
    from stackreel.trace.memory import Memory
    from stackreel.trace.model import Access, AccessColumns, Area, End, MappedModule, StackMove, Step
    from stackreel.trace.moments import Moment, parse
    from stackreel.trace.names import Names, ProgramNames, defined_functions, program_names
    from stackreel.trace.recorder import record, record_many
    from stackreel.trace.request import Request, request_for
    from stackreel.trace.resolve import Moments
    from stackreel.trace.storage import dumps, loads
    from stackreel.trace.trace import SCHEMA, Trace


__all__ = [
    "SCHEMA",
    "Access",
    "AccessColumns",
    "Area",
    "Cache",
    "End",
    "MappedModule",
    "Memory",
    "Moment",
    "Moments",
    "Names",
    "ProgramNames",
    "Request",
    "StackMove",
    "Step",
    "Trace",
    "cache_key",
    "compare",
    "defined_functions",
    "dumps",
    "golden_for",
    "loads",
    "open_image",
    "parse",
    "program_names",
    "record",
    "record_many",
    "request_for",
]

__getattr__ = exports(
    __name__,
    {
        "cache": "Cache",
        "golden": "compare golden_for",
        "images": "open_image",
        "key": "cache_key",
        "memory": "Memory",
        "model": "Access AccessColumns Area End MappedModule StackMove Step",
        "moments": "Moment parse",
        "names": "Names ProgramNames defined_functions program_names",
        "recorder": "record record_many",
        "request": "Request request_for",
        "resolve": "Moments",
        "storage": "dumps loads",
        "trace": "SCHEMA Trace",
    },
)
