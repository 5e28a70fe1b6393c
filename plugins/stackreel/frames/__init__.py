"""Who owns each byte of the stack at a position of a trace, and what it means there."""

from stackreel.frames.analyst import SIGNAL_FRAME, Analyst
from stackreel.frames.model import (
    Frame,
    InlinedFrame,
    Mark,
    Role,
    SavedRegister,
    Slot,
    SlotState,
    StackView,
    Variable,
)
from stackreel.frames.values import OPTIMIZED_OUT, format_print, format_value

__all__ = [
    "OPTIMIZED_OUT",
    "SIGNAL_FRAME",
    "Analyst",
    "Frame",
    "InlinedFrame",
    "Mark",
    "Role",
    "SavedRegister",
    "Slot",
    "SlotState",
    "StackView",
    "Variable",
    "format_print",
    "format_value",
]
