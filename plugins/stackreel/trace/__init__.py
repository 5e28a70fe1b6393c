"""The recorded run as plain data, the recorder, moments, storage and cache."""

from stackreel.trace.memory import Memory
from stackreel.trace.model import Access, AccessColumns, Area, End, MappedModule, Step
from stackreel.trace.trace import SCHEMA, Trace

__all__ = [
    "SCHEMA",
    "Access",
    "AccessColumns",
    "Area",
    "End",
    "MappedModule",
    "Memory",
    "Step",
    "Trace",
]
