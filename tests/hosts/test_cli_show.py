"""`stackreel trace`, `listing` and `figure` as scripts use them."""

import json
import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from stackreel.binary import read_image
from stackreel.hosts import cli_reel
from stackreel.machine import load_bias
from support.build import compile_c
from support.command import inside, stackreel
from support.project import ROOT

Capture = pytest.CaptureFixture[bytes]
Text = Callable[..., str]

SUM = """
int sum(int a, int b) {
    int s = a + b;
    return s;
}
int main(void) {
    int n = sum(1, 2);
    return n;
}
"""
FLAGS = ("-O0", "-g", "-fno-pie", "-no-pie", "-fcf-protection=none")
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def program() -> Path:
    return compile_c(SUM, *FLAGS)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a program whose function is called as no function should be."""
    renamed = tmp_path_factory.mktemp("hostile") / "program"
    plain = compile_c(SUM, *(flag for flag in FLAGS if flag != "-g"))
    subprocess.run(["objcopy", f"--redefine-sym=sum={HOSTILE}", plain, renamed], check=True)
    return renamed


@pytest.fixture
def text(capfdbinary: Capture) -> Text:
    """Return what runs a command in this process, that must succeed, and returns what it prints."""

    def run(*arguments: str | Path) -> str:
        done = inside(capfdbinary, *arguments)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    return run


def test_a_trace_is_a_header_steps_and_an_end(program: Path, text: Text) -> None:
    lines = [json.loads(line) for line in text("trace", program, "--start", "main").splitlines()]
    head, *steps, end = lines
    assert (head["schema"], head["arch"]) == (1, "x86_64")
    assert [step["i"] for step in steps] == list(range(len(steps)))
    assert all(set(step["regs"]) == set(head["registers"]) for step in steps)
    assert steps[0]["pc"] == head["start"]
    assert steps[0]["asm"] == "push %rbp"
    assert steps[0]["writes"] == [[hex(int(steps[0]["regs"]["rsp"], 16) - 8), steps[0]["regs"]["rbp"], 8]]
    assert [step["asm"].split()[0] for step in steps if step["over"]] == ["call"]
    assert (end["end"], end["reason"]) == (True, "returned")
    assert int(end["regs"]["rax"], 16) == 3


def test_followed_functions_are_steps_of_their_own(program: Path, text: Text) -> None:
    both = text("trace", program, "--functions", "main,sum", "--format", "none")
    alone = text("trace", program, "--format", "none")
    everything = text("trace", program, "--all", "--max-steps", "1000", "--format", "none")
    listed = text("listing", program, "main", "sum", "--no-bytes")
    assert int(both) == sum("<+" in line for line in listed.splitlines() if line.startswith("   "))
    assert int(alone) == int(both) - 11
    assert int(everything) >= int(both)


def test_max_steps_ends_a_trace(program: Path, text: Text) -> None:
    *_, end = text("trace", program, "--max-steps", "3").splitlines()
    assert json.loads(end)["reason"] == "limit"


def test_a_program_can_be_given_arguments_that_look_like_options(program: Path, text: Text) -> None:
    lines = text("trace", program, "-x", "--", "--start", "x").splitlines()
    assert int(json.loads(lines[1])["regs"]["rdi"], 16) == 4


def test_syntaxes_of_a_listing(program: Path, text: Text) -> None:
    att, intel = (text("listing", program, "sum", "--syntax", name) for name in ("att", "intel"))
    assert "<+4>:\tmov    %edi,-0x14(%rbp)" in att
    assert "<+4>:\tmov    DWORD PTR [rbp-0x14],edi" in intel
    assert text("listing", program, "sum", "--format", "objdump").count("\t") >= 2 * 11


def test_figures_in_every_form(program: Path, text: Text) -> None:
    at = ("--at", "after sum+18")
    drawn = {form: text("figure", program, *at, "--format", form) for form in ("svg", "text", "dot", "html")}
    assert drawn["svg"].startswith("<?xml")
    assert "<svg" in drawn["svg"]
    assert drawn["dot"].startswith("digraph")
    assert drawn["html"].startswith("<!doctype html>")
    assert "<table" in drawn["html"]
    assert "main+" in drawn["text"]
    assert text("figure", program, *at) == drawn["text"]


def test_rows_beyond_a_number_are_folded(text: Text) -> None:
    example = ROOT / "traces/c-sum/sum"
    whole, folded = (text("figure", example, "--at", "after sum+18", "--rows", rows) for rows in ("512", "6"))
    assert "bytes" not in whole
    assert "⋯ 0x20 bytes" in folded
    assert len(folded.splitlines()) < len(whole.splitlines())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("listing", "smu"), "near: sum"),
        (("trace", "--start", "mian"), "near: main"),
        (("trace", "--functions", "main,smu"), "near: sum"),
        (("figure", "--at", "mian+4"), "near: main+4"),
        (("figure", "--at", "main+2"), "near: main+0, main+1, main+4"),
        (("figure", "--at", "sum+4 #2"), "near: sum+4 #1"),
    ],
)
def test_names_that_are_not_there(
    program: Path, capfdbinary: Capture, arguments: tuple[str, ...], said: str
) -> None:
    command, *rest = arguments
    done = inside(capfdbinary, command, program, *rest)
    assert done.returncode == 1
    assert said in done.stderr.decode()
    assert done.stdout == b""


@pytest.mark.parametrize(
    "arguments",
    [
        ("trace", "--format", "xml"),
        ("trace", "--max-steps", "0"),
        ("listing",),
        ("listing", "main", "--syntax", "nasm"),
        ("figure",),
        ("figure", "--at", "start", "--format", "gif"),
    ],
)
def test_wrong_usage_of_the_showing_commands(
    program: Path, capfdbinary: Capture, arguments: tuple[str, ...]
) -> None:
    command, *rest = arguments
    done = inside(capfdbinary, command, program, *rest)
    assert done.returncode == 2
    assert done.stderr.startswith(b"Usage: stackreel ")


def test_functions_with_other_names_in_the_symbol_table_are_followed(capfdbinary: Capture) -> None:
    plus_plus = SUM.replace("int sum(", 'int sum(int, int) __asm__("_Z3sumii");\nint sum(', 1)
    program = compile_c(plus_plus, *FLAGS)
    done = inside(capfdbinary, "figure", program, "--at", "enter _Z3sumii")
    assert done.returncode == 0, done.stderr.decode()
    assert "disassembly of main, _Z3sumii" in done.stdout.decode()


def test_a_misspelt_option_is_told(program: Path, capfdbinary: Capture) -> None:
    done = inside(capfdbinary, "figure", program, "--at", "start", "--syntx=intel")
    assert done.returncode == 0
    assert done.stderr.decode().startswith(
        "stackreel: --syntx is no option of this command and goes to the program; near: --syntax\n"
    )
    for meant in (("--", "--syntx"), ("--colour",), ("-x",), ("--argv0", "--syntx")):
        assert inside(capfdbinary, "figure", program, "--at", "start", *meant).stderr == b"", meant


class Tags(HTMLParser):
    """Counts the elements of a page."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.words = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def test_a_hostile_function_name_is_only_text(hostile: Path, text: Text) -> None:
    figure = (hostile, "--at", "after main+18", "--functions", f"main,{HOSTILE}", "--format")
    page = Tags(text("figure", *figure, "html"))
    assert "script" not in page.seen
    assert "<script>" in page.words
    assert "<script" not in text("figure", *figure, "svg")
    assert HOSTILE in text("listing", hostile, HOSTILE)
    assert "digraph" in text("figure", *figure, "dot")


def test_the_version_and_what_is_installed(text: Text) -> None:
    assert text("--version").startswith("stackreel, version ")
    doctor = text("doctor")
    assert [line.split()[0] for line in doctor.splitlines() if "MISSING" in line] == []
    assert {"unicorn", "capstone", "dot", "gcc"} <= {line.split()[0] for line in doctor.splitlines()}


def test_doctor_says_how_to_get_dot(tmp_path: Path) -> None:
    done = stackreel("doctor", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "apt-get install graphviz" in done.stdout.decode()


def test_a_missing_dot_is_one_clear_error(program: Path, tmp_path: Path) -> None:
    done = stackreel("figure", program, "--at", "start", "--format", "svg", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "dot is not installed" in done.stderr.decode()
    assert "apt-get install graphviz" in done.stderr.decode()


def marked(text: str) -> list[str]:
    """Return the instruction just executed and the next one of a text figure, without symbols."""
    lines = [line for line in text[: text.index("registers")].splitlines() if "✓" in line or "rip ▸" in line]
    return [" ".join(re.sub(r" *<[^>]*>", "", line).split()) for line in lines]


@pytest.mark.parametrize("flags", [("-static", "-no-pie"), ("-pie", "-fPIE")])
def test_code_of_a_stripped_program_is_shown_by_address(
    tmp_path: Path, capfdbinary: Capture, flags: tuple[str, ...]
) -> None:
    whole = compile_c(SUM, "-O0", *flags)
    stripped = tmp_path / "stripped"
    subprocess.run(["strip", "-s", "-o", stripped, whole], check=True)
    program = whole.read_bytes()
    start = hex(read_image(program, "whole", load_bias(program)).function("main").low)
    for step in range(12):
        found = []
        for elf in (whole, stripped):
            arguments = ("--start", start, "--all", "--argv0", "p", "--at", f"step {step}", elf)
            done = inside(capfdbinary, "figure", *arguments)
            assert done.returncode == 0, done.stderr.decode()
            found.append(done.stdout.decode())
        assert marked(found[1]) == marked(found[0])
        assert len(marked(found[1])) == (2 if step else 1)
        assert "disassembly of 0x" in found[1]
        assert found[1].splitlines()[0].endswith(" in ??")


def test_a_reel_of_a_stripped_program_has_its_code(tmp_path: Path, capfdbinary: Capture) -> None:
    whole = compile_c(SUM, "-O0", "-static", "-no-pie")
    stripped = tmp_path / "stripped"
    subprocess.run(["strip", "-s", "-o", stripped, whole], check=True)
    start = hex(read_image(whole.read_bytes(), "whole").function("main").low)
    page = tmp_path / "reel.html"
    done = inside(capfdbinary, "reel", "--start", start, "--all", "--to", "step 9", "-o", page, stripped)
    assert done.returncode == 0, done.stderr.decode()
    for instruction in ("push  %rbp", "sub   $0x10,%rsp", "ret"):
        assert f">{instruction}</text>" in page.read_text()


@pytest.mark.parametrize("command", [("figure", "--at", "start"), ("reel",)])
@pytest.mark.parametrize("output", ["none/page.html", ""])
def test_what_cannot_be_written_is_told_before_the_program_runs(
    tmp_path: Path, command: tuple[str, ...], output: str
) -> None:
    missing = stackreel(*command, "-o", str(tmp_path / output), "there-is-no-program", cwd=tmp_path)
    assert missing.returncode == 2
    said = "there is no folder " if output else "is a folder; write the name of a file in it"
    assert said in missing.stderr.decode()
    assert missing.stdout == b""


NAMELESS = """
.globl _start
_start:
    mov $40, %ecx
1:  push %rcx
    pop %rcx
    dec %ecx
    jnz 1b
    mov $60, %eax
    xor %edi, %edi
    syscall
"""


@pytest.fixture(scope="module")
def nameless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a program without a symbol."""
    folder = tmp_path_factory.mktemp("nameless")
    (folder / "a.s").write_text(NAMELESS)
    command = ["gcc", "-nostdlib", "-static", "-s", "-o", str(folder / "a"), str(folder / "a.s")]
    subprocess.run(command, check=True)
    return folder / "a"


def test_a_reel_of_a_program_without_main_begins_at_its_entry(
    nameless: Path, capfdbinary: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_reel, "REEL_LIMIT", 12)
    monkeypatch.setattr(cli_reel, "_MANY", 12)
    page = tmp_path / "page.html"
    done = inside(capfdbinary, "reel", nameless, "-o", page)
    assert done.returncode == 0, done.stderr
    assert done.stderr.decode().splitlines() == [
        "stackreel: a has no function main: it is shown from its entry (--start entry)",
        "stackreel: its code has no names there: all of it is followed (--all)",
        "stackreel: this run has 164 steps and a reel up to 12: it ends with step 12; "
        "--from and --to choose another part",
        "stackreel: drawing 12 steps, which takes a while",
    ]
    assert page.read_text().count('<li id="reel:') == 13


def test_a_part_that_was_asked_for_is_not_cut(
    nameless: Path, capfdbinary: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_reel, "REEL_LIMIT", 12)
    page = tmp_path / "page.html"
    done = inside(capfdbinary, "reel", nameless, "--start", "entry", "--to", "step 13", "-o", page)
    assert done.returncode == 1
    assert b"this run has 13 steps and a reel up to 12, so write a part of it" in done.stderr
    assert not page.exists()
    done = inside(capfdbinary, "reel", nameless, "--start", "other", "-o", page)
    assert done.returncode == 1
    assert b"start 'other': a has no function named other" in done.stderr
