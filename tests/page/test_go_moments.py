"""Moments in functions whose Go names have brackets: methods of pointers, instances of generic functions."""

from __future__ import annotations

import pytest

from stackreel.page.statements import Span, read_span


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("{enter main.(*counter).add} rax", Span("", "enter main.(*counter).add", "rax", 28)),
        ("{go @ main.(*T).f+4 #2} rax", Span("go", "main.(*T).f+4 #2", "rax", 24)),
        ("{enter main.f[go.shape.int]} rcx == 2", Span("", "enter main.f[go.shape.int]", "rcx == 2", 29)),
        ("{main.f[go.shape.*uint8,int]+4} rcx", Span("", "main.f[go.shape.*uint8,int]+4", "rcx", 32)),
    ],
)
def test_names_of_go_are_read(written: str, span: Span) -> None:
    assert read_span(written) == span


@pytest.mark.parametrize(
    "written", ["{0, 1} x", "{(a)} x", "{[1]} x", "{{ x }} y", "{f(x)} y", '{"a": [1]} x']
)
def test_other_braces_are_left_alone(written: str) -> None:
    assert read_span(written) is None
