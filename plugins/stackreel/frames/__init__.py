"""Who owns each byte of the stack at a position of a trace, and what it means there."""

from stackreel.frames.analyst import SIGNAL_FRAME, Analyst
from stackreel.frames.context import FrameContext, FrameScope
from stackreel.frames.known import Known
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
from stackreel.frames.values import OPTIMIZED_OUT, element_type, format_value
from stackreel.frames.variables import contents

__all__ = [
    "OPTIMIZED_OUT",
    "SIGNAL_FRAME",
    "Analyst",
    "Frame",
    "FrameContext",
    "FrameScope",
    "InlinedFrame",
    "Known",
    "Mark",
    "Role",
    "SavedRegister",
    "Slot",
    "SlotState",
    "StackView",
    "Variable",
    "contents",
    "element_type",
    "format_value",
]
