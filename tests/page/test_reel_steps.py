"""What the player reads: every step can be put together again from the table, and long reels keep their key steps."""

import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from stackreel import figure
from stackreel.figure import Drawing, Scene
from stackreel.isa import X86_64
from stackreel.page.html import Panel
from stackreel.page.reel_html import STRIP, StepCard, key_steps
from stackreel.page.steps import Event, encode
from support.views import c_sum_listings, c_sum_views

CARDS = [StepCard(n, "nop", "", "", "", Panel("", ""), n % 10 == 0) for n in range(1000)]


def decoded(data: Mapping[str, Any]) -> Mapping[str, list[list[str]]]:
    """Read the layers as the script does."""
    known = count()
    layers: dict[str, list[list[str]]] = {}
    for name, steps in data["layers"].items():
        now: list[int] = []
        layers[name] = []
        for splices in steps:
            at = 0
            while at < len(splices):
                start, gone, come = splices[at : at + 3]
                at += 3
                now[start : start + gone] = [n - 1 if n else next(known) for n in splices[at : at + come]]
                at += come
            layers[name].append([data["parts"][n] for n in now])
    return layers


def pair() -> tuple[Sequence[Scene], Sequence[Drawing]]:
    views = c_sum_views("T0", "T5", "T9", "T11", "T9")
    made = figure.compose(views, c_sum_listings(), X86_64, ident="t", language="zh")
    return made, figure.draw(made)


def test_steps_come_back_as_they_were() -> None:
    scenes, drawings = pair()
    data = encode("reel", scenes, drawings, [Event("", None, None, "") for _ in scenes], X86_64)
    layers = decoded(data)
    for number, drawing in enumerate(drawings):
        code, stack = drawing.panels
        assert "".join(layers["code"][number]) == code.defs + code.body
        assert "".join(layers["stack"][number]) == (stack.defs + stack.body).replace(
            f"{drawing.ident}-hatch", "reel-hatch"
        )
        said = data["steps"][number]["at"]
        text = reckoned(
            "".join(layers["text"][number]), said, f"{{:>{data['width']}}} {{:>{data['width']}}}  "
        )
        assert text == drawing.text
        rows = reckoned("".join(layers["table"][number]), said, "{}</td><td>{}")
        assert f"<tbody>{rows}</tbody>" in drawing.table


def reckoned(text: str, pointers: Sequence[str], form: str) -> str:
    """Put in the offsets as the script does."""
    sp, fp = (int(pointer, 16) if pointer else None for pointer in pointers)

    def written(address: int, pointer: int | None) -> str:
        return "·" if pointer is None else f"{address - pointer:+#x}" if address != pointer else "0"

    return re.sub(
        "\x01(.*?)\x01",
        lambda found: form.format(written(int(found[1], 16), fp), written(int(found[1], 16), sp)),
        text,
    )


def test_no_offset_that_can_be_reckoned_is_told() -> None:
    scenes, drawings = pair()
    data = encode("reel", scenes, drawings, [Event("", None, None, "") for _ in scenes], X86_64)
    parts: Any = data["parts"]
    assert [part for part in parts if re.search(r"<td>[+-]0x|^ *[+-]0x\S+ +[+-]0x", part)] == []


def test_long_reels_keep_key_steps() -> None:
    assert key_steps(CARDS[:STRIP]) == CARDS[:STRIP]
    kept = key_steps(CARDS)
    assert len(kept) <= STRIP
    assert (kept[0].number, kept[-1].number) == (0, 999)
