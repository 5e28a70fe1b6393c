"""A trace as bytes and back: compact JSON with a schema version and a checksum.

The same trace gives the same bytes on every host. Reading trusts nothing: bytes that are not exactly what
`dumps` wrote raise StorageError, and so does another schema; the caller records anew. The reviewable form of a
trace is `golden.py`'s, not this.
"""

from __future__ import annotations

import hashlib
import json
import re
from array import array
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from stackreel.errors import StorageError
from stackreel.isa import BY_NAME
from stackreel.trace.columns import column
from stackreel.trace.encoding import read_column, read_memory, whole, write_column, write_memory
from stackreel.trace.model import AccessColumns, Area, End, MappedModule, StackMove
from stackreel.trace.trace import SCHEMA, Trace

_ENVELOPE = re.compile(
    rb'\{"schema":(?P<schema>[0-9]{1,9}),"sha256":"(?P<sum>[0-9a-f]{64})","trace":(?P<body>.*)\}', re.DOTALL
)


def dumps(trace: Trace) -> bytes:
    """Return the stored form of a trace."""
    body = json.dumps(_body(trace), ensure_ascii=True, separators=(",", ":")).encode("ascii")
    digest = hashlib.sha256(body).hexdigest()
    return b'{"schema":%d,"sha256":"%s","trace":%s}' % (trace.schema, digest.encode("ascii"), body)


def loads(data: bytes) -> Trace:
    """Return the trace that `dumps` wrote. Raises StorageError for any other bytes, and for another schema."""
    found = _ENVELOPE.fullmatch(data)
    if not found:
        raise StorageError("this is not a stored trace, or only a part of one")
    schema = int(found["schema"])
    if schema != SCHEMA:
        raise StorageError(f"the trace was stored with schema {schema}; this version reads {SCHEMA}")
    if hashlib.sha256(found["body"]).hexdigest().encode() != found["sum"]:
        raise StorageError("the stored trace is damaged: its checksum differs")
    try:
        return _trace(json.loads(found["body"]))
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise StorageError(f"the stored trace is damaged: {error}") from error


def _body(trace: Trace) -> dict[str, Any]:
    return {
        "isa": trace.isa,
        "steps": len(trace),
        "start": trace.start,
        "registers": {name: write_column(trace.columns[name]) for name in trace.registers},
        "sizes": write_column(trace.sizes),
        "over": write_column(trace.over),
        "writes": _write_accesses(trace.writes),
        "reads": _write_accesses(trace.reads),
        "snapshot": [[low, len(data), write_memory(data)] for low, data in trace.snapshot],
        "stack": list(trace.stack),
        "code": [[pc, code.hex()] for pc, code in sorted(trace.code.items())],
        "modules": [[m.path, m.sha256, m.bias, m.low, m.high] for m in trace.modules],
        "areas": [[a.low, a.high, a.permissions, a.name] for a in trace.areas],
        "end": [trace.end.reason, trace.end.status, trace.end.signal, trace.end.pc, trace.end.detail],
        "stdout": trace.stdout.hex(),
        "notes": list(trace.notes),
        "moves": [
            [m.step, *m.before, *m.after, m.below[0], len(m.below[1]), write_memory(m.below[1])]
            for m in trace.moves
        ],
    }


def _trace(body: Mapping[str, Any]) -> Trace:
    isa = BY_NAME[body["isa"]]
    widths = {register.name: register.bits for register in isa.registers}
    n = whole(body["steps"], 32)
    low, high = body["stack"]
    return Trace(
        schema=SCHEMA,
        isa=isa.name,
        start=whole(body["start"], 64),
        registers=tuple(body["registers"]),
        columns={
            name: column(read_column(text, n + 1, widths[name]), widths[name])
            for name, text in body["registers"].items()
        },
        sizes=bytes(read_column(body["sizes"], n, 8)),
        over=bytes(read_column(body["over"], n, 1)),
        writes=_read_accesses(body["writes"], n),
        reads=_read_accesses(body["reads"], n),
        snapshot=tuple((whole(at, 64), read_memory(pieces, size)) for at, size, pieces in body["snapshot"]),
        stack=(whole(low, 64), whole(high, 64)),
        code={whole(pc, 64): bytes.fromhex(code) for pc, code in body["code"]},
        modules=tuple(MappedModule(*row) for row in body["modules"]),
        areas=tuple(Area(*row) for row in body["areas"]),
        end=End(*body["end"]),
        stdout=bytes.fromhex(body["stdout"]),
        notes=tuple(body["notes"]),
        moves=tuple(_read_move(row, n) for row in body.get("moves", ())),
    )


def _read_move(row: Sequence[Any], n: int) -> StackMove:
    step, low, high, first, last, below, size = (whole(number, 64) for number in row[:-1])
    if step >= n or not low < high or not first < last:
        raise ValueError("a stack was moved outside of the trace, or to nowhere")
    return StackMove(step, (low, high), (first, last), (below, read_memory(row[-1], size)))


def _write_accesses(columns: AccessColumns) -> list[int | str]:
    return [
        len(columns.addresses),
        *(write_column(c) for c in (columns.first, columns.addresses, columns.sizes, columns.values)),
    ]


def _read_accesses(rows: Sequence[Any], n: int) -> AccessColumns:
    count, first, addresses, sizes, values = rows
    count = whole(count, 32)
    starts = read_column(first, n + 1, 32)
    if starts[0] or starts[-1] != count or any(a > b for a, b in pairwise(starts)):
        raise ValueError("the steps of accesses are not in order")
    return AccessColumns(
        first=array("I", starts),
        addresses=array("Q", read_column(addresses, count, 64)),
        sizes=bytes(read_column(sizes, count, 8)),
        values=array("Q", read_column(values, count, 64)),
    )
