"""What is to be recorded, by name: a program, how it is run, where recording starts and which functions it follows.

`prepare` turns it into the machine's `Job`, whose watch has addresses. It reads the binary's symbols and nothing
of the host but what the request holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from stackreel.binary.called import function_called, functions_called
from stackreel.binary.debug import read_debug
from stackreel.binary.image import Image
from stackreel.errors import BinaryError, Place, StackreelError, SymbolError
from stackreel.example import Example
from stackreel.machine.model import Job, Limits, Watch
from stackreel.trace.images import open_image
from stackreel.trace.moments import parse

ENTRY = "entry"
"""The `start` that means the ELF's entry point."""

STARTS = "main, main+4, 0x401126 or entry"
"""Right forms of `start`."""

_MOST_CODE = 64 << 20
_GO_MAIN = "main.main"


@dataclass(frozen=True)
class Request:
    """A run to record.

    `path` is the program's absolute path in the guest, `start` a symbol, `symbol+offset`, an address or "entry".
    `functions` are followed instruction by instruction, the function of `start` where there are none;
    `everything` follows all code. `start_at` and `functions_at` are where an author wrote these names, if one did.
    Others: see `stackreel.machine.model.Job` and `Watch`.
    """

    program: bytes = field(repr=False)
    path: str
    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    stdin: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    sysroot: str = "/"
    start: str = "main"
    functions: tuple[str, ...] = ()
    everything: bool = False
    registers: Mapping[str, int] = field(default_factory=dict)
    max_steps: int = 100_000
    limits: Limits = field(default_factory=Limits)
    start_at: Place | None = None
    functions_at: Place | None = None


def request_for(example: Example, *, sysroot: str = "/", limits: Limits | None = None) -> Request:
    """Return the request of an example. In the guest its program is argv[0] where that is absolute."""
    run, options = example.run, example.trace
    absolute = run.argv[0].startswith("/")
    return Request(
        program=example.program,
        path=run.argv[0] if absolute else f"/{example.binary.name}",
        argv=run.argv,
        env=tuple(run.env.items()),
        stdin=run.stdin,
        files=run.files,
        sysroot=sysroot,
        start=options.start,
        functions=options.functions,
        registers=options.registers,
        max_steps=options.max_steps,
        limits=limits or Limits(),
        start_at=options.start_at,
        functions_at=options.functions_at,
    )


def prepare(request: Request) -> tuple[Job, Image]:
    """Return the machine's job and the program's image.

    Raises BinaryError where the program is none, SymbolError (with near matches) for names it does not have.
    """
    image = open_image(request.program, request.path.rsplit("/", 1)[-1])
    if image.kind == "shared":
        raise BinaryError(f"{image.name} is a shared library; only a program can be run")
    with _written(request.start_at):
        start = find_start(image, request.start)
    with _written(request.functions_at):
        ranges = () if request.everything else _ranges(image, request.functions, start)
    watch = Watch(
        start=start,
        ranges=ranges,
        everything=request.everything,
        registers=dict(request.registers),
        max_steps=request.max_steps,
    )
    job = Job(
        program=request.program,
        path=request.path,
        argv=request.argv,
        env=request.env,
        stdin=request.stdin,
        files=dict(request.files),
        sysroot=request.sysroot,
        limits=request.limits,
        watch=watch,
    )
    return job, image


@contextmanager
def _written(place: Place | None) -> Iterator[None]:
    """Place the errors of what is looked up inside."""
    try:
        yield
    except StackreelError as error:
        raise (error.at(place) if place else error) from error


def find_start(image: Image, start: str) -> int:
    """Return the run-time address recording starts at. Raises SymbolError."""
    if start == ENTRY:
        return image.entry
    moment = parse(start)
    if moment.kind not in ("instruction", "name") or moment.after or moment.count is not None:
        raise SymbolError(f"start {start!r} is not a place in the code", example=STARTS)
    address = moment.number
    if moment.name:
        try:
            function = function_called(image, read_debug(image), _as_written(image, moment.name))
        except SymbolError as error:
            raise SymbolError(
                f"start {start!r}: {error.message}", near=(*error.near, ENTRY), example=STARTS
            ) from error
        address += function.low
        if address >= function.high:
            size = function.high - function.low
            raise SymbolError(
                f"start {start!r} is outside {moment.name}, which has {size} bytes", example=STARTS
            )
    segment = image.segment_at(address)
    if segment is None or "x" not in segment.permissions:
        raise SymbolError(f"start {start!r}: there is no code at {address:#x} in {image.name}")
    return address


def _as_written(image: Image, name: str) -> str:
    """Return the name that is meant: `main` may be Go's, which is called main.main (with cgo there is C's besides)."""
    is_go = name == "main" and bool(image.go_version) and not any(s.name == name for s in image.symbols)
    return _GO_MAIN if is_go else name


def _ranges(image: Image, names: tuple[str, ...], start: int) -> tuple[tuple[int, int], ...]:
    if not names:
        function = image.function_at(start)
        if function is None:
            raise SymbolError(
                f"{image.name} has no symbol at {start:#x}, so where the function ends is not known",
                example="trace everything (--all), or name functions",
            )
        names = (function.name,)
    found: list[tuple[int, int]] = []
    debug = read_debug(image)
    for name in names:
        try:
            parts = functions_called(image, debug, name)
        except SymbolError as error:
            raise SymbolError(f"functions: {error.message}", near=error.near) from error
        # what the compiler thinks is seldom executed is moved out of a function under a name of its own
        colds = dict.fromkeys(f"{one}.cold" for one in (name, *(f.name for f in parts)))
        parts += tuple(f for cold in colds if image.has_function(cold) for f in image.functions(cold))
        found += [(f.low, f.high) for f in parts]
    ranges = tuple(sorted(set(found)))
    if (size := sum(high - low for low, high in ranges)) > _MOST_CODE:
        raise SymbolError(f"functions: {', '.join(names)}: {size} bytes are more code than can be followed")
    return ranges
