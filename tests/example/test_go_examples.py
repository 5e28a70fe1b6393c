"""The Go examples: the toolchains `make` fetches build them in any folder, with the addresses of their articles."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stackreel.errors import ToolError
from stackreel.example import build, check, load_all, load_toolchains, rebuild
from stackreel.listing import list_functions
from support.go import BOTH, OLD, toolchain
from support.project import ROOT
from support.recorded import opened

TRACES = ROOT / "traces"
NAMES = ("sum", "add", "args7", "multi", "frames", "memory", "grow")
EXAMPLES = {name: example for name, example in load_all(TRACES).items() if name.startswith("go-")}

ADDRESSES = {
    "go-sum-1.15": {"main.main": 0x45DD40, "main.sum": 0x45DCE0, "runtime.morestack_noctxt": 0x458C20},
    "go-add-1.15": {"main.add2": 0x45DCE0, "main.add1": 0x45DD00, "main.main": 0x45DD60},
    "go-args7-1.15": {"main.main": 0x45DCE0, "main.A": 0x45DDA0},
    "go-frames-1.15": {"main.sum": 0x4994E0, "main.sumSquare": 0x499500, "main.main": 0x499580},
}
"""Those of the articles; with the newest Go they have none to keep to."""

SUM = """\
0 sub $0x20,%rsp
4 mov %rbp,0x18(%rsp)
9 lea 0x18(%rsp),%rbp
14 movq $0x0,0x38(%rsp)
23 mov 0x28(%rsp),%rax
28 mov 0x28(%rsp),%rcx
33 imul %rax,%rcx
37 mov %rcx,0x10(%rsp)
42 mov 0x30(%rsp),%rax
47 mov 0x30(%rsp),%rcx
52 imul %rax,%rcx
56 mov %rcx,0x8(%rsp)
61 mov 0x10(%rsp),%rax
66 add %rcx,%rax
69 mov %rax,(%rsp)
73 mov %rax,0x38(%rsp)
78 mov 0x18(%rsp),%rbp
83 add $0x20,%rsp
87 ret"""
MAIN = """\
0 mov %fs:0xfffffffffffffff8,%rcx
9 cmp 0x10(%rcx),%rsp
13 jbe 0x45dd80
15 sub $0x20,%rsp
19 mov %rbp,0x18(%rsp)
24 lea 0x18(%rsp),%rbp
29 movq $0x1,(%rsp)
37 movq $0x2,0x8(%rsp)
46 call 0x45dce0
51 mov 0x18(%rsp),%rbp
56 add $0x20,%rsp
60 ret
61 nopl (%rax)
64 call 0x458c20
69 jmp 0x45dd40"""


def test_each_example_is_there_with_both_gos() -> None:
    assert set(EXAMPLES) >= {f"go-{name}-{go[3:]}" for name in NAMES for go in BOTH}


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_addresses_of_the_articles(name: str) -> None:
    image, _ = opened(EXAMPLES[name].binary)
    assert {f: image.function(f).low for f in ADDRESSES[name]} == ADDRESSES[name]


@pytest.mark.parametrize(("function", "wanted"), [("main.sum", SUM), ("main.main", MAIN)])
def test_the_sum_example_is_its_articles_instruction_for_instruction(function: str, wanted: str) -> None:
    image, debug = opened(EXAMPLES["go-sum-1.15"].binary)
    (listing,) = list_functions(image, debug, [function], "att").functions
    assert [f"{i.address - listing.low} {i.text}" for i in listing.instructions] == wanted.splitlines()


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["go-sum-1.15", "go-sum-1.27"])
def test_a_rebuilt_binary_is_the_committed_one_in_any_folder(name: str, tmp_path: Path) -> None:
    example = EXAMPLES[name]
    row = toolchain(example.toolchain)
    check(row)
    assert build(example, row) == example.program
    (tmp_path / "elsewhere").mkdir()
    folder = Path(shutil.copytree(example.folder, tmp_path / "elsewhere" / name))
    (tmp_path / "elsewhere/toolchains.toml").write_text(
        (TRACES / "toolchains.toml").read_text().replace("../.cache", str(ROOT / ".cache"))
    )
    made = rebuild(folder)
    assert (made.binary, made.said) == ("same", ())


def test_a_toolchain_that_was_not_fetched_is_named(tmp_path: Path) -> None:
    (tmp_path / "toolchains.toml").write_text((TRACES / "toolchains.toml").read_text())
    missing = load_toolchains(tmp_path)[OLD]
    assert missing.root == (tmp_path / "../.cache/toolchains/go-1.15/usr/lib/go-1.15").resolve()
    assert missing.env["GOCACHE"] == f"{missing.root}/cache"
    with pytest.raises(ToolError, match=r"toolchain go-1\.15: `go version`") as raised:
        check(missing)
    assert "make toolchains" in str(raised.value)
