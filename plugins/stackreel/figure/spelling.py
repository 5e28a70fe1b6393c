"""The lines of a reel's code panel in another syntax: the same instructions, spelled to fit the same place.

A reel is drawn in one syntax; a reader may prefer another. What differs is the text of the instructions alone, so
it is given once an instruction, by what names it in the panel, and not once a step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stackreel.figure.code import instruction_text, mnemonic_columns
from stackreel.figure.code_label import fitted, room_for_code
from stackreel.figure.lettering import brief
from stackreel.figure.scene import Scene
from stackreel.figure.targets import code_keys
from stackreel.listing.model import Listing


@dataclass(frozen=True)
class Spelling:
    """An instruction: `line` as the panel has it, in columns; `plain` as sentences name it."""

    line: str
    plain: str


def spellings(scenes: Sequence[Scene], listing: Listing) -> Mapping[str, Spelling]:
    """Return the instructions of the code panels of `scenes`, which are one reel, as `listing` spells them.

    The keys are those of `targets.code_keys`; an instruction that `listing` lacks is left out.
    """
    keys = {key for scene in scenes for key in code_keys(scene) if key}
    digits = max(map(len, keys), default=0) if any(scene.code_prefix for scene in scenes) else 0
    room = min(map(room_for_code, scenes), default=0)
    found = {
        f"{instruction.address:x}"[-digits:] if digits else f"{instruction.address:#x}": instruction
        for function in listing.functions
        for instruction in function.instructions
    }
    shown = {key: found[key] for key in sorted(keys) if key in found}
    width = mnemonic_columns(shown.values())
    return {
        key: Spelling(
            fitted(instruction_text(instruction, width), room), brief(instruction_text(instruction))
        )
        for key, instruction in shown.items()
    }
