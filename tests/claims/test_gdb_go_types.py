"""Go's types and values as gdb 13 writes them: variables of all kinds, compared with gdb on the native process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stackreel.binary import read_image
from stackreel.machine.pool import Emulator
from stackreel.trace import Request
from support.gdb_compare import ALONE, GO_RULES, compared, leftover_locals, opened
from support.gdb_session import converse
from support.go import BOTH, PLAIN, compile_go

pytestmark = pytest.mark.oracle

HERE = Path(__file__).parent
SOURCE = HERE / "programs/kinds.go"
COMMANDS = (HERE / "sessions/kinds.gdb").read_text().splitlines()


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(1) as running:
        yield running


def interface_tables(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb takes Go's `go.itab.` for a package and leaves it out of a symbol's name in values."""
    return theirs, ours.replace("<go.itab.main.", "<").replace("<go.itab.", "<")


@pytest.mark.parametrize("toolchain", BOTH)
def test_same_as_gdb(toolchain: str, emulator: Emulator) -> None:
    binary = compile_go(SOURCE, *PLAIN, toolchain=toolchain)
    data = binary.read_bytes()
    names = (s.name for s in read_image(data, binary.name).symbols if s.kind == "function")
    traced = Request(
        data,
        str(binary),
        (str(binary),),
        env=tuple(ALONE.items()),
        start="main.main",
        functions=tuple(name for name in names if name.startswith("main.")),
    )
    session = opened(binary, SOURCE, emulator, traced)
    theirs = converse(binary, COMMANDS, binary.parent, ALONE)
    found = compared(session, COMMANDS, theirs, (*GO_RULES, interface_tables, leftover_locals)).differences
    assert found == (), "\n".join(found)
