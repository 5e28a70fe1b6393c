"""Names of the hand-made C example: what traces/c-sum's binary says of its addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stackreel.binary.model import Function, LineRow, SymbolOffset
from stackreel.errors import SymbolError, near


@dataclass(frozen=True)
class HandNames:
    functions: tuple[Function, ...]
    rows: tuple[LineRow, ...] = ()

    def function(self, name: str) -> Function:
        for function in self.functions:
            if function.name == name:
                return function
        raise SymbolError(
            f"the program has no function named {name}", near=near(name, [f.name for f in self.functions])
        )

    def function_at(self, address: int) -> Function | None:
        return next((f for f in self.functions if f.low <= address < f.high), None)

    def symbolize(self, address: int) -> SymbolOffset | None:
        function = self.function_at(address)
        return SymbolOffset(function.name, address - function.low) if function else None

    def lines(self) -> Sequence[LineRow]:
        return self.rows


def rows(file: str, *starts: tuple[int, int], end: int) -> tuple[LineRow, ...]:
    """Line rows from (address, line) pairs, each up to the next."""
    highs = [low for low, _ in starts[1:]] + [end]
    return tuple(
        LineRow(low, high, file, line, True) for (low, line), high in zip(starts, highs, strict=True)
    )


C_SUM_NAMES = HandNames(
    functions=(
        Function("printf@plt", 0x400400, 0x400410),
        Function("sum", 0x400526, 0x400540),
        Function("main", 0x400540, 0x40057C),
        Function("summary", 0x400600, 0x400610),
    ),
    rows=rows(
        "src/sum.c",
        (0x400526, 3),
        (0x400530, 4),
        (0x40053B, 5),
        (0x40053E, 6),
        (0x400540, 8),
        (0x40054F, 9),
        (0x400561, 10),
        (0x400575, 11),
        (0x40057A, 12),
        (0x40057C, 20),
        end=0x400580,
    ),
)
