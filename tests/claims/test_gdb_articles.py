"""The sessions of the articles this site grew from, on its examples: gdb's commands are gdb's, so are the answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stackreel.example import load_example
from stackreel.machine.pool import Emulator
from stackreel.trace import Request
from support.gdb_compare import (
    ALONE,
    C_RULES,
    GO_RULES,
    compared,
    leftover_locals,
    opened,
    undefined_flags,
    unread_package,
)
from support.gdb_session import converse
from support.project import ROOT

pytestmark = pytest.mark.oracle

SESSIONS = Path(__file__).parent / "sessions"
CASES = (
    ("c-sum", "article_c_call"),
    ("go-sum-1.15", "article_go_sum"),
    ("go-memory-1.15", "article_go_memory"),
    ("go-frames-1.15", "article_go_frames"),
)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(1) as running:
        yield running


@pytest.mark.parametrize(("name", "session"), CASES)
def test_same_as_gdb(name: str, session: str, emulator: Emulator) -> None:
    example = load_example(ROOT / "traces" / name)
    is_go = name.startswith("go-")
    environment = ALONE if is_go else {}
    traced = Request(
        example.program,
        str(example.binary),
        (str(example.binary),),
        env=tuple(environment.items()),
        start=example.trace.start,
        functions=example.trace.functions,
    )
    lines = (SESSIONS / f"{session}.gdb").read_text().splitlines()
    theirs = converse(example.binary, lines, example.folder, environment)
    source = example.folder / example.source
    rules = (*GO_RULES, unread_package, undefined_flags) if is_go else (*C_RULES, leftover_locals)
    found = compared(opened(example.binary, source, emulator, traced), lines, theirs, rules).differences
    assert found == (), "\n".join(found)
