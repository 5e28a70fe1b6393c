"""The words of our own on a page, in its language. Words inside drawings are the figure's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stackreel.page.context import Language


@dataclass(frozen=True)
class Words:
    """What stands around drawings; `{}` is replaced."""

    table: str
    start: str
    step: str
    changed: str
    registers: str
    code: str
    figure_of: str
    error: str
    errors: str
    near: str
    example: str
    to_step: str
    said_at: str
    partial: str
    past: str


WORDS: Mapping[Language, Words] = {
    "en": Words(
        table="This stack as a table",
        start="start",
        step="Step {}",
        changed="changed:",
        registers="registers:",
        code="The code of {}",
        figure_of="State after {}",
        error="This block is wrong",
        errors="{} things are wrong with this block",
        near="Near:",
        example="For example:",
        to_step="Link to step {}",
        said_at="{}, step {} of the run",
        partial="Figures of {} key steps of {}, the others in words; with JavaScript every step has its figure.",
        past="past {} and its {} steps, to step {}",
    ),
    "zh": Words(
        table="这个栈的表格",
        start="起点",
        step="第 {} 步",
        changed="变化：",
        registers="寄存器：",
        code="{} 的代码",
        figure_of="{} 之后的状态",
        error="这个图块写错了",
        errors="这个图块有 {} 处错误",
        near="相近的写法：",
        example="正确的写法例如：",
        to_step="链接到第 {} 步",
        said_at="{}，运行的第 {} 步",
        partial="{} 个关键步有图，全过程共 {} 步，其余各步用文字写出；启用 JavaScript 后每一步都有图。",
        past="跳过 {} 的 {} 步，到第 {} 步",
    ),
}
