"""What an instruction just did, in one sentence, and where that leaves the pointers.

Told from the trace (what was read, written and changed), not from the operands' text, so it is the same for every
syntax and cannot contradict the drawing. Only the mnemonic's name is looked at, to choose the verb.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from stackreel.figure.code import Place, instruction_text
from stackreel.figure.lettering import brief
from stackreel.figure.registers import number, value_text
from stackreel.figure.words import Words
from stackreel.frames.model import Slot, StackView
from stackreel.isa import Isa
from stackreel.listing.model import Instruction
from stackreel.trace.model import Access, StackMove, signal_name

_SUFFIXES = "bwlq"
_FAMILIES: Mapping[str, str] = {
    "push": "push",
    "pop": "pop",
    "leave": "leave",
    "lea": "address",
    "cmp": "compare",
    "test": "compare",
    "ucomisd": "compare",
    "ucomiss": "compare",
    "comisd": "compare",
    "comiss": "compare",
    "mov": "move",
    "movabs": "move",
    "movzx": "move",
    "movsx": "move",
    "movsxd": "move",
    "movslq": "move",
    "movsd": "move",
    "movss": "move",
    "movaps": "move",
    "movapd": "move",
    "movups": "move",
    "nop": "nothing",
    "endbr64": "nothing",
}
_FEW = 6
_WORD = re.compile(r"[a-z][a-z0-9]+")


def family(mnemonic: str) -> str:
    """Return the verb's family of `mnemonic`, with or without AT&T's size suffix, empty for others."""
    name = mnemonic.lower()
    stem = name[:-1] if name and name[-1] in _SUFFIXES else name
    if name.startswith(("movz", "movs")) and name not in _FAMILIES:
        return "move"
    return _FAMILIES.get(name) or _FAMILIES.get(stem, "")


def _size(count: int) -> str:
    """Return a number of bytes in words: `2 KiB`, `2040 B`."""
    return f"{count} B" if count % 1024 else f"{count // 1024} KiB"


def ending(view: StackView, words: Words) -> str:
    """Return how the program or its recording ended; empty before the end, and where all returned."""
    end = view.end
    if end is None or end.reason == "returned":
        return ""
    place = f"{view.next_pc:#x}" + (f" <{brief(str(view.next_symbol))}>" if view.next_symbol else "")
    if end.reason == "exited":
        return words("ended exit", status=end.status)
    if end.reason == "signal":
        return words("ended signal", signal=signal_name(end.signal), place=place)
    return words("ended limit", place=place)


@dataclass(frozen=True)
class Narrator:
    """Tells one view. `names` maps full registers to the names the figure shows; `known` the code by address."""

    view: StackView
    isa: Isa
    words: Words
    known: Mapping[int, Place]
    names: Mapping[str, str]

    def sentence(self) -> str:
        """Return one sentence, without a full stop, on the instruction just executed."""
        step = self.view.executed
        if step is None:
            place = self.known.get(self.view.next_pc)
            if place is None:
                return self.words("say start unknown", address=f"{self.view.next_pc:#x}")
            return self.words("say start", next=brief(instruction_text(place.instruction)))
        place = self.known.get(step.pc)
        if place is None:
            return self.words("say unknown", address=f"{step.pc:#x}")
        instruction = place.instruction
        how = ending(self.view, self.words)
        if self.view.has_failed:
            return self.words("say failed", name=self._verb(instruction), how=how)
        if how and self._leads_to_end(instruction, is_over=step.over):
            return self._ended(instruction, how)
        if step.move is not None:
            return self._moved(instruction, step.move)
        if step.over:
            return self._over(instruction)
        teller = {
            "call": self._call,
            "return": self._return,
            "jump": self._jump,
            "branch": self._branch,
            "syscall": self._system,
        }.get(instruction.kind)
        return teller(instruction) if teller else self._other(instruction)

    def _over(self, instruction: Instruction) -> str:
        target = self._target(instruction)
        name = self._verb(instruction)
        if instruction.kind == "syscall":
            return self._system(instruction)
        if instruction.kind != "call":
            return self.words("say over return", name=name, here=self._here())
        if self.view.next_pc != instruction.address + len(instruction.code):
            return self.words("say over into", name=name, target=target, here=self._here())
        result = self.isa.results[0]
        if result not in self.view.changed:
            return self.words("say over", name=name, target=target)
        shown = self._name(result)
        return self.words(
            "say over result", name=name, target=target, register=shown, value=self._value(result)
        )

    def _leads_to_end(self, instruction: Instruction, *, is_over: bool) -> bool:
        """Tell whether the end came in what the instruction led to: a recording can also stop after that was over."""
        if not is_over and instruction.kind != "syscall":
            return False
        if self.view.has_ended:
            return True
        if instruction.kind == "call":
            return self.view.next_pc != instruction.address + len(instruction.code)
        if instruction.kind == "syscall":
            return self.isa.syscall.result not in self.view.changed
        return self.view.next_pc not in self.known

    def _ended(self, instruction: Instruction, how: str) -> str:
        """Say that the program, or its recording, ended in what the instruction led to."""
        name = self._verb(instruction)
        if instruction.kind == "call":
            return self.words("say ended in", name=name, target=self._target(instruction), how=how)
        return self.words(
            "say ended kernel" if instruction.kind == "syscall" else "say ended", name=name, how=how
        )

    def _moved(self, instruction: Instruction, move: StackMove) -> str:
        """Say that the stack was moved meanwhile, and from where to where."""
        (low, high), (first, last) = move.before, move.after
        return self.words(
            "say moved",
            name=self._verb(instruction),
            target=self._target(instruction),
            old=f"{low:#x}–{high:#x}",
            size=_size(high - low),
            new=f"{first:#x}–{last:#x}",
            larger=_size(last - first),
        )

    def _call(self, instruction: Instruction) -> str:
        pushed = self._written()
        if pushed is None:
            return self.words("say jump in", name=self._verb(instruction), target=self._target(instruction))
        return self.words("say call", value=f"{pushed.value:#x}", where=f"{pushed.address:#x}")

    def _return(self, instruction: Instruction) -> str:
        taken = self._taken()
        if taken is None:
            return self.words("say go", name=self._verb(instruction), target=f"{self.view.next_pc:#x}")
        return self.words("say return", value=f"{taken.value:#x}", where=f"{taken.address:#x}")

    def _jump(self, instruction: Instruction) -> str:
        return self.words("say go", name=self._verb(instruction), target=self._here())

    def _branch(self, instruction: Instruction) -> str:
        taken = self.view.next_pc == instruction.target
        return self.words(
            "say taken" if taken else "say passed", name=self._verb(instruction), target=self._here()
        )

    def _system(self, instruction: Instruction) -> str:
        result = self.isa.syscall.result
        return self.words(
            "say system", name=self._verb(instruction), register=self._name(result), value=self._value(result)
        )

    def _other(self, instruction: Instruction) -> str:
        kind = family(instruction.mnemonic)
        written, taken = self._written(), self._taken()
        verb = self._verb(instruction)
        if kind == "push" and written:
            return self.words(
                "say push", what=self._pushed(instruction, written), where=f"{written.address:#x}"
            )
        if kind == "pop" and taken:
            register = self._destination(instruction, but=self.isa.sp)
            where = f"{taken.address:#x}"
            return self.words("say pop", value=f"{taken.value:#x}", where=where, register=register)
        if kind == "leave" and taken:
            return self.words("say leave", sp=self.isa.sp, fp=self.isa.fp, value=f"{taken.value:#x}")
        if written:
            return self._stored(verb, written)
        if self._destination(instruction) == self.isa.sp and self.isa.sp in self.view.changed and not taken:
            return self._moved_stack(verb)
        if taken:
            return self._loaded(verb, taken, instruction)
        return self._in_registers(kind, verb, instruction)

    def _stored(self, verb: str, written: Access) -> str:
        before = next((a for a in self._reads() if a.address == written.address), None)
        value, where = self._content(written), self._where(written.address)
        if before is not None:
            size = written.size * 8
            return self.words(
                "say update", name=verb, where=where, before=number(before.value, size), value=value
            )
        return self.words("say store", name=verb, value=value, where=where)

    def _moved_stack(self, verb: str) -> str:
        now = self.view.registers[self.isa.sp]
        before = self.view.executed.registers[self.isa.sp] if self.view.executed else now
        phrase = "say reserve" if now < before else "say release"
        return self.words(phrase, name=verb, sp=self.isa.sp, amount=abs(now - before), value=f"{now:#x}")

    def _loaded(self, verb: str, taken: Access, instruction: Instruction) -> str:
        value, where = self._content(taken), self._where(taken.address)
        register = self._destination(instruction)
        if not register:
            return self.words("say read", name=verb, value=value, where=where)
        return self.words("say load", name=verb, value=value, where=where, register=register)

    def _in_registers(self, kind: str, verb: str, instruction: Instruction) -> str:
        register = self._destination(instruction)
        if kind == "address" and register:
            parent = self._parent(register)
            return self.words("say address", name=verb, value=f"{self.view.registers.get(parent, 0):#x}",
                              register=register)  # fmt: skip
        if kind == "compare" or (not register and self.isa.flags in instruction.writes):
            return self.words("say compare", name=verb, flags=self._flags())
        several = [self._called(r, instruction) for r in self._destinations(instruction)]
        if len(several) > 1:
            phrase = "say other" if len(several) <= _FEW else "say others"
            return self.words(phrase, name=verb, registers=self.words("and").join(several[:_FEW]))
        if not register:
            return self.words("say nothing", name=verb)
        parent = self._parent(register)
        value = value_text(register, self.view.registers, self.isa)
        sources = sorted(instruction.reads - {self.isa.flags, parent})
        if kind == "move" and len(sources) == 1:
            return self.words(
                "say copy",
                name=verb,
                source=self._called(sources[0], instruction),
                value=value,
                register=register,
            )
        phrase = "say set" if parent in self.view.changed else "say keep"
        return self.words(phrase, name=verb, register=register, value=value)

    def _pushed(self, instruction: Instruction, written: Access) -> str:
        sources = sorted(instruction.reads - {self.isa.sp, self.isa.flags})
        value = f"{written.value:#x}"
        if len(sources) != 1:
            return self.words("value alone", value=value)
        return self.words("value of", name=self._called(sources[0], instruction), value=value)

    def _verb(self, instruction: Instruction) -> str:
        return brief(instruction.mnemonic)

    def _written(self) -> Access | None:
        step = self.view.executed
        return step.writes[0] if step and step.writes else None

    def _reads(self) -> tuple[Access, ...]:
        return self.view.executed.reads if self.view.executed else ()

    def _taken(self) -> Access | None:
        reads = self._reads()
        return reads[0] if reads else None

    def _slot(self, address: int) -> Slot | None:
        return next((s for s in self.view.slots if s.address <= address < s.address + s.size), None)

    def _content(self, access: Access) -> str:
        slot = self._slot(access.address)
        is_whole = slot is not None and slot.address == access.address and slot.size == access.size
        if slot is not None and is_whole and slot.value:
            return brief(slot.value)
        return number(access.value, access.size * 8)

    def _where(self, address: int) -> str:
        slot = self._slot(address)
        if slot is None or not slot.name or slot.role in ("saved register", "return address"):
            return f"{address:#x}"
        return self.words("place", name=brief(slot.name), address=f"{address:#x}")

    def _destinations(self, instruction: Instruction) -> list[str]:
        return sorted(instruction.writes - {self.isa.flags, self.isa.pc})

    def _destination(self, instruction: Instruction, but: str = "") -> str:
        """Return the name of the first register written other than `but`, as the code calls it; else nothing."""
        several = self._destinations(instruction)
        rest = [r for r in several if r != but] or several
        return self._called(rest[0], instruction) if rest else ""

    def _called(self, register: str, instruction: Instruction) -> str:
        """Return the part of `register` that the operands name, or the whole."""
        mentioned = _WORD.findall(instruction.operands)
        parts = [
            word for word in mentioned if word in self.isa.parts and self.isa.parts[word].parent == register
        ]
        return parts[-1] if parts and register not in mentioned else register

    def _name(self, register: str) -> str:
        return self.names.get(register, register)

    def _parent(self, shown: str) -> str:
        return self.isa.parts[shown].parent if shown in self.isa.parts else shown

    def _value(self, register: str) -> str:
        return value_text(self._name(register), self.view.registers, self.isa)

    def _flags(self) -> str:
        bits = self.view.registers.get(self.isa.flags, 0)
        shown = [n for n in ("ZF", "SF", "CF", "OF") if n in self.isa.flag_bits]
        return " ".join(f"{n}={bits >> self.isa.flag_bits[n] & 1}" for n in shown)

    def _target(self, instruction: Instruction) -> str:
        if instruction.symbol is not None:
            return brief(str(instruction.symbol))
        return brief(instruction.operands) if instruction.target is None else f"{instruction.target:#x}"

    def _here(self) -> str:
        place = self.known.get(self.view.next_pc)
        location = place.instruction.location if place else self.view.next_symbol
        return f"{self.view.next_pc:#x}" + (f" <{brief(str(location))}>" if location else "")
