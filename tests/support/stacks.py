"""Views of the stack as short rows of text, so that a test can show a whole stack."""

from __future__ import annotations

from stackreel.frames import StackView


def rows(view: StackView) -> list[str]:
    """Return a line a slot, highest address first: low digits of the address, size, what, value, state, mark, level."""
    lines = []
    for slot in view.slots:
        value = slot.value if slot.data is not None else "--" if slot.role in ("parameter", "local") else ""
        parts = [
            f"{slot.address & 0xFFFF:04x}",
            str(slot.size),
            slot.role if slot.role != "saved register" else "saved",
            slot.name,
            value,
            f"<{slot.symbol}>" if slot.symbol else "",
            f"[{slot.state}]",
            slot.mark,
            "" if slot.frame is None else f"#{slot.frame}",
        ]
        lines.append(" ".join(part for part in parts if part))
    return lines
