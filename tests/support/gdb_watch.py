"""Run inside gdb: single-steps the user code of a program and writes down what gdb says at every step.

The convenience variable $options holds its options as JSON. Code outside of the program's own functions is not
stepped, but stops in functions of the program that it calls. It writes JSON lines: the start, then a state a line.
"""

from __future__ import annotations

import json
from pathlib import Path

import gdb

OPTIONS = json.loads(gdb.convenience_variable("options").string())
"""Where to write, where to start, how many steps at most; the outermost function, and what its own ones begin with."""

LAST = OPTIONS.get("last", "main")
OWN = OPTIONS.get("own", "")

GENERAL = ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", *(f"r{n}" for n in range(8, 16)), "rip"]
MASK = (1 << 64) - 1
BELOW, ABOVE = 0x1800, 0x4000
TYPES = {
    gdb.NORMAL_FRAME: "normal",
    gdb.INLINE_FRAME: "inline",
    gdb.TAILCALL_FRAME: "tail",
    gdb.SIGTRAMP_FRAME: "signal",
}


def run(command: str) -> str:
    return gdb.execute(command, to_string=True)


def registers() -> dict[str, int]:
    frame = gdb.newest_frame()
    found = {name: int(frame.read_register(name)) & MASK for name in [*GENERAL, "fs_base", "gs_base"]}
    found["eflags"] = int(frame.read_register("eflags"))
    for n in range(16):
        halves = frame.read_register(f"xmm{n}")["v2_int64"]
        found[f"xmm{n}"] = (int(halves[0]) & MASK) | (int(halves[1]) & MASK) << 64
    return found


def _declares(line: str) -> bool:
    """Whether a line of `info functions` names a function; Go 1.15 does not say in which line it is."""
    return "(" in line and (line[:1].isdigit() or (OWN != "" and line.rstrip().endswith(");")))


def own_ranges() -> list[tuple[str, int, int]]:
    """The ranges of the functions that have debug information."""
    ranges = []
    for line in run(f"info functions -n {'^' + OWN if OWN else '.'}").splitlines():
        name = line.split("(")[0].split()[-1].lstrip("*") if _declares(line) else ""
        symbol = gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name) if name else None
        if symbol is not None and symbol.type.code == gdb.TYPE_CODE_FUNC:
            block = gdb.block_for_pc(int(symbol.value().address))
            while block is not None and block.function is None:
                block = block.superblock
            if block is not None:
                ranges.append((name, block.start, block.end))
    return ranges


def arrivals(low: int, high: int) -> list[int]:
    """Where code that is not the program's own can come back to a function: its entry, and after each call."""
    lines = gdb.selected_frame().architecture().disassemble(low, high - 1)
    return [low, *(i["addr"] + i["length"] for i in lines if i["asm"].startswith("call"))]


def saved(text: str) -> dict[str, int]:
    lines = text.splitlines()
    at = next((n for n, line in enumerate(lines) if line.strip() == "Saved registers:"), None)
    if at is None:
        return {}
    pairs = " ".join(lines[at + 1 :]).replace(",", " ").split()
    return {pairs[n]: int(pairs[n + 2], 16) for n in range(0, len(pairs) - 2, 3)}


def addresses(frame: gdb.Frame) -> dict[str, int | None]:
    """What `p &x` says, for every symbol of the frame's blocks."""
    found = {}
    try:
        block = frame.block()
    except RuntimeError:
        return found
    while block is not None:
        for symbol in block:
            if (symbol.is_variable or symbol.is_argument) and symbol.name not in found:
                try:
                    address = symbol.value(frame).address
                    found[symbol.name] = None if address is None else int(address)
                except (gdb.error, gdb.MemoryError):
                    found[symbol.name] = None
        if block.function is not None:
            break
        block = block.superblock
    return found


def listed(command: str) -> list[str]:
    text = run(command)
    return [] if text.startswith(("No ", "<No ")) else text.rstrip("\n").split("\n")


def frames() -> list[dict[str, object]]:
    found = []
    frame = gdb.newest_frame()
    while frame is not None and len(found) < 12:
        frame.select()
        text = run("info frame")
        head = next((line for line in text.splitlines() if "frame at" in line), "")
        sal = frame.find_sal()
        found.append(
            {
                "name": frame.name(),
                "type": TYPES.get(frame.type(), "other"),
                "pc": frame.pc(),
                "cfa": int(head.split("frame at ")[1].split(":")[0].split(" ")[0], 16) if head else None,
                "saved": saved(text),
                "file": sal.symtab.filename if sal.symtab else "",
                "line": sal.line,
                "locals": listed("info locals"),
                "args": listed("info args"),
                "addresses": addresses(frame),
            }
        )
        if frame.name() == LAST:
            break
        frame = frame.older()
    gdb.newest_frame().select()
    return found


class Memory:
    """The stack around main and the writable data of the program, compared step by step."""

    def __init__(self) -> None:
        rsp = registers()["rsp"]
        low = (rsp - BELOW) & -16
        self.blocks = {}
        for line in run("info proc mappings").splitlines():
            part = line.split()
            if line.strip().startswith("0x") and int(part[0], 16) <= rsp < int(part[1], 16):
                low = max(low, int(part[0], 16))
                self.blocks[low] = min(rsp + ABOVE, int(part[1], 16)) - low
        for line in run("info proc mappings").splitlines():
            part = line.split()
            if part and part[-1] == gdb.current_progspace().filename and "rw-p" in part:
                self.blocks[int(part[0], 16)] = int(part[2], 16)
        self.now = self.read()

    def read(self) -> dict[int, bytes]:
        inferior = gdb.selected_inferior()
        return {low: bytes(inferior.read_memory(low, size)) for low, size in self.blocks.items()}

    def changes(self) -> list[tuple[int, int, int]]:
        new = self.read()
        found = []
        for low, data in new.items():
            old = self.now[low]
            at = 0
            while data[at:] != old[at:]:
                while data[at] == old[at]:
                    at += 1
                size = 1
                while size < 8 and at + size < len(data) and data[at + size] != old[at + size]:
                    size += 1
                found.append((low + at, int.from_bytes(data[at : at + size], "little"), size))
                at += size
        self.now = new
        return found


def is_running() -> bool:
    return bool(gdb.selected_inferior().pid)


def main() -> None:
    wrapper = f"env -i {OPTIONS.get('env', '')}"
    for command in ("set width 0", "set height 0", "set confirm off", "set print entry-values no",
                    f"set exec-wrapper {wrapper}", "set disable-randomization on"):  # fmt: skip
        run(command)
    run("handle all nostop noprint pass")
    run("handle SIGTRAP stop print nopass")
    run(f"break {OPTIONS['start']}")
    run("run")
    run("set scheduler-locking step")
    own = own_ranges()
    for _, low, high in own:
        for address in arrivals(low, high):
            gdb.Breakpoint(f"*{address}", internal=True).silent = True
    memory = Memory()
    inferior = gdb.selected_inferior()
    lines: list[object] = []
    start = registers()
    mappings = [
        line.split() for line in run("info proc mappings").splitlines() if line.strip().startswith("0x")
    ]
    bounds = ((int(p[0], 16), int(p[1], 16)) for p in mappings)
    stack = next((low, high) for low, high in bounds if low <= start["rsp"] < high)
    lines.append({"snapshot": [[low, data.hex()] for low, data in memory.now.items()], "stack": stack})
    limit = OPTIONS["limit"]
    returned = start["rsp"] + 8
    over = False
    while limit:
        limit -= 1
        state = registers()
        code = bytes(inferior.read_memory(state["rip"], 15))
        size = gdb.selected_frame().architecture().disassemble(state["rip"])[0]["length"]
        line = {"registers": state, "code": code[:size].hex(), "frames": frames()}
        run("stepi")
        over = False
        while is_running() and registers()["rsp"] < returned:
            pc = int(gdb.newest_frame().read_register("rip")) & MASK
            if any(low <= pc < high for _, low, high in own):
                break
            over = True
            run("continue")
        if not is_running():
            break
        line |= {"over": over, "writes": memory.changes()}
        lines.append(line)
        if registers()["rsp"] >= returned:
            lines.append({"registers": registers(), "end": True})
            break
    Path(OPTIONS["out"]).write_text("".join(json.dumps(line) + "\n" for line in lines))
    if is_running():
        run("kill")


main()
