"""stack-check, stack-gdb, stack-objdump and `expect`, against the example c-sum."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from markdown import Markdown

from stackreel.page import StackreelExtension, open_page
from stackreel.page.studio import Settings, Studio
from support.project import ROOT


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(Settings(traces=ROOT / "traces", cache=tmp_path_factory.mktemp("cache"), root=ROOT, jobs=1))


def build(text: str, studio: Studio, front: str = "stackreel: {example: c-sum}") -> tuple[str, list[str]]:
    errors: list[str] = []
    source = f"---\n{front}\n---\n{text}"
    page = open_page("a.md", source)
    ours = StackreelExtension(renderer=studio, page=lambda: page, report=lambda e: errors.append(str(e)))
    return Markdown(extensions=["pymdownx.superfences", ours]).convert(text), errors


RIGHT = {
    "a check": "```stack-check\n# c\n{leave sum} eax == 3   # three\n\n{sum+4 #1} edi == 1 and esi == 2\n```",
    "a check at a moment": "```stack-check\nat: enter sum\n---\nedi == 1\n{leave sum} eax == 3\n```",
    "a check of another example": "```stack-check\n{c-sum-plain @ enter sum} edi == 1\n```",
    "a figure": '```stack-text\nat: leave sum\nexpect: ["eax == 3", "[rsp-8] == main+30"]\n```',
    "a session without head": "```stack-gdb\n(gdb) x/i main\n   0x400540 <main>:\tpush   %rbp\n```",
    "dots": "```stack-gdb\nat: enter main\n---\n(gdb) disassemble\nDump ...\n=> 0x...<+0>:\tpush   %rbp\n...\n```",
    "spaces for tabs": "```stack-gdb\nat: enter main\n---\n(gdb) x/i $pc\n=> 0x400540 <main>:     push   %rbp\n```",
    "a refusal that is written": "```stack-gdb\nat: enter main\n---\n(gdb) i r rpi\nInvalid register `rpi'\n```",
    "readelf": "```stack-objdump\ntool: readelf -l\n---\n...\n  INTERP         0x00000000000002a8 ...\n...\n```",
    "nm": "```stack-objdump\ntool: nm\n---\n...\n0000000000400526 T sum\n```",
    "objdump": "```stack-objdump\nfunctions: [sum]\nbytes: false\n---\n...\n  40053f:\tret\n```",
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_true_builds(name: str, studio: Studio) -> None:
    html, errors = build(RIGHT[name], studio)
    assert errors == []
    assert "sd-error" not in html


WRONG = {
    "a false line": (
        "```stack-check\n{leave sum} eax == 3\n{leave sum} eax == 4\n{enter sum} edi == 2\n```",
        ["6:1: this is false: eax == 4", "7:1: this is false: edi == 2"],
    ),
    "a value that claims nothing": ("```stack-check\n{leave sum} eax\n```", ["5:1: nothing is claimed here"]),
    "no moment": ("```stack-check\n{leave sum} eax == 3\neax == 3\n```", ["6:1: this line names no moment"]),
    "an empty check": ("```stack-check\n# nothing\n```", ["4: this block claims nothing"]),
    "a figure": (
        '```stack-text\nat: leave sum\nexpect: ["eax == 3", "al == 4"]\n```',
        ["6:22: this is false: al"],
    ),
    "a reel": ("```stack-reel\nto: main+1\nexpect:\n  main+1: rsp == 1\n```", ["7:11: this is false: rsp"]),
    "a line of output": (
        "```stack-gdb\nat: enter main\n---\n(gdb) i r rbp rsp\nrbp            0x400580            0x400580\n"
        "rsp            0x7fffffffe518      0x7fffffffe510\n(gdb) x/i $pc\n=> 0x400540 <main>:\tpop    %rbp\n```",
        ["9: `i r rbp rsp` prints something else", "11: `x/i $pc` prints something else"],
    ),
    "output that is missing": (
        "```stack-gdb\nat: enter main\n---\n(gdb) i r rbp rsp\nrbp            0x400580            0x400580\n```",
        ["8: `i r rbp rsp` prints something else"],
    ),
    "a session without commands": (
        "```stack-gdb\nat: enter main\n---\n```",
        ["7: the session has no command"],
    ),
    "commands that gdb refuses": (
        "```stack-gdb\nat: enter main\n---\n(gdb) frobnicate\n(gdb) i r rpi\n(gdb) x/i $pc\n```",
        ["7: gdb refuses `frobnicate`: Undefined command", "8: gdb refuses `i r rpi`: Invalid register"],
    ),
    "a bad moment": ("```stack-gdb\nat: main+2\n---\n(gdb) bt\n```", ["5:5: 'main+2' is not the first byte"]),
    "objdump": (
        "> ```stack-objdump\n> functions: [sum]\n> ---\n> ...\n>   40053f:\tc3                   \tleave\n> ```",
        ["8: `objdump -d` prints something else"],
    ),
    "readelf": (
        "```stack-objdump\ntool: readelf -h\n---\n...\n  Entry point address:               0x400441\n...\n```",
        ["8: `readelf -h` prints something else"],
    ),
    "a function of a whole file": (
        "```stack-objdump\ntool: nm\nfunctions: [sum]\n```",
        ["6:12: `nm` prints the whole file; `functions` goes with `objdump -d`"],
    ),
    "a tool we have not": ("```stack-objdump\ntool: readelf -x\n```", ["5:7: `tool`"]),
    "a function that is not there": ("```stack-objdump\nfunctions: [sun]\n```", ["5:13: "]),
    "a key of what is shown, where nothing is": (
        "```stack-check\ncaption: words\n---\n{leave sum} eax == 3\n```",
        ["5:1: `stack-check` has no key `caption`; it has example, at"],
    ),
    "a syntax of what others print": (
        "```stack-gdb\nsyntax: intel\n---\n(gdb) x/i main\n```",
        ["5:1: `stack-gdb` has no key `syntax`"],
    ),
    "notes of a listing": (
        "```stack-listing\nfunctions: [sum]\nnotes:\n  main+4: a\n  sum+2: b\n  after sum+4: c\n  sum+4: d\n"
        "  sum+0x4: e\n```",
        [
            "7:3: `main+4` is no instruction of this listing",
            "8:3: `sum+2` is no instruction of this listing",
            "9:3: `after sum+4` is no instruction of this listing",
            "11:3: the note on `sum+0x4` is the second on the same instruction",
        ],
    ),
    "notes of a listing that are no moments": (
        '```stack-listing\nfunctions: [sum]\nnotes:\n  "": a\n  "main+": b\n  nope: c\n  sum+4: d\n```',
        ["7:3: ", "8:3: ", "9:3: `nope` is no instruction of this listing"],
    ),
    "an unknown key": (
        "```stack-gdb\nwhen: main\n---\n(gdb) x/i main\n```",
        ["5:1: `stack-gdb` has no key `when`"],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_false_is_told_at_its_line(name: str, studio: Studio) -> None:
    text, expected = WRONG[name]
    html, errors = build(text, studio)
    assert [
        re.sub(r"^a\.md:", "", error)[: len(e)] for error, e in zip(errors, expected, strict=True)
    ] == expected
    assert 'class="sd-error"' in html


def test_an_error_has_both_sides_the_moment_and_the_instruction(studio: Studio) -> None:
    _, errors = build("`{after main+0} rsp == 0x7fffffffe518`", studio)
    assert errors == [
        "a.md:4:2: this is false: rsp == 0x7fffffffe518\n"
        "    expected  0x7fffffffe518\n"
        "    actual    0x7fffffffe510\n"
        "    moment    after main+0: step 1, before main+1: mov %rsp,%rbp"
    ]


SESSIONS = {
    "rip 0x1 0x1": ("rip 0x1 0x1", "rip            0x400540            0x400540 <main>"),
    "rsp            0x1                 0x1": (
        "rsp            0x1                 0x1",
        "rsp            0x7fffffffe518      0x7fffffffe518",
    ),
    "rip            0x400540            0x400540 <main>": (
        "nothing after this line",
        "rsp            0x7fffffffe518      0x7fffffffe518",
    ),
}


@pytest.mark.parametrize("written", SESSIONS)
def test_of_output_the_first_row_that_differs_is_told(written: str, studio: Studio) -> None:
    expected, actual = SESSIONS[written]
    _, (error,) = build(f"```stack-gdb\nat: enter main\n---\n(gdb) i r rip rsp\n{written}\n```", studio)
    assert f"    expected  {expected}\n    actual    {actual}\n" in error


PARTS = {
    "edi == 1 and esi == 3 and edx == edx": "    part      esi == 3\n    expected  3\n    actual    2\n",
    "edi == 1 and (esi > 2 or edi != 1)": (
        "    part      esi > 2\n    left      0x2\n    right     2\n"
        "    part      edi != 1\n    left      0x1\n    right     1\n"
    ),
    "edi == 1 and not esi == 2": "    part      not esi == 2\n    expected  true\n    actual    false\n",
}


@pytest.mark.parametrize("claim", PARTS)
def test_of_a_claim_in_parts_the_false_ones_are_told(claim: str, studio: Studio) -> None:
    _, (error,) = build(f"`{{enter sum}} {claim}`", studio)
    assert error.startswith(f"a.md:4:2: this is false: {claim}\n{PARTS[claim]}    moment    enter sum: step")


@pytest.mark.parametrize("text", ["{user} logged in", "{i} + 1", "{0} x", "{main} is where it starts"])
def test_braces_that_are_read_as_a_moment_tell_the_escape(text: str, studio: Studio) -> None:
    _, (error,) = build(f"`{text}`", studio)
    assert r"; write `\{` for a literal brace" in error.split("\n")[0]
    html, errors = build(rf"`\{text}`", studio)
    assert errors == []
    assert f"<code>{text}</code>" in html
    _, (error,) = build(f"```stack-check\n{text}\n```", studio)
    assert "literal brace" not in error


def test_an_error_of_a_claim_that_is_one_says_nothing_of_braces(studio: Studio) -> None:
    _, (error,) = build("`{enter sum} nobody == 1`", studio)
    assert "literal brace" not in error


def test_a_character_of_a_line_is_no_comment(studio: Studio) -> None:
    _, errors = build("```stack-check\n{enter sum} edi != '\\x23' # a comment\n```", studio)
    assert errors == []


def test_output_that_is_not_written_is_generated(studio: Studio) -> None:
    html, errors = build("```stack-gdb\nat: enter sum\n---\n(gdb) p $rip\n(gdb) bt 1\n```", studio)
    assert errors == []
    assert '<span class="sd-prompt">(gdb)</span> <span class="sd-command">p $rip</span>\n$1 = ' in html
    assert "#0  sum (a=" in html


@pytest.mark.oracle
def test_objdump_of_a_position_independent_program_has_the_files_addresses(studio: Studio) -> None:
    program = ROOT / "traces/c-sum-plain/sum"
    printed = subprocess.run(
        ["objdump", "-d", "--disassemble=sum", program], capture_output=True, text=True, check=True
    ).stdout
    dump = printed[printed.index("0000000000001139 <sum>:") : printed.index("\nDisassembly of section .fini")]
    fence = "```stack-objdump\nexample: c-sum-plain\nfunctions: [sum]\n---\n{}```"
    assert build(fence.format(dump), studio)[1] == []
    assert build(fence.format(dump.replace("113d:", "113e:")), studio)[1] != []


def test_a_check_that_holds_shows_nothing(studio: Studio) -> None:
    assert build("```stack-check\n{leave sum} eax == 3\n```", studio)[0] == ""


def test_kept_blocks_and_claims_load_no_trace(tmp_path: Path) -> None:
    settings = Settings(traces=ROOT / "traces", cache=tmp_path, root=ROOT, jobs=1)
    text = f"`{{leave sum}} eax == 3` `{{leave sum}} rsp`\n\n{RIGHT['dots']}\n\n{RIGHT['a figure']}"
    first, second = Studio(settings), Studio(settings)
    html = build(text, first)
    assert build(text, second) == html
    assert (first.done.traced, second.done.traced, second.done.kept) == (1, 0, 2)
    second.library.subject = None  # type: ignore[assignment, method-assign]  # nothing may ask for it
    assert build(text, second) == html


def test_notes_stand_below_their_instructions(studio: Studio) -> None:
    notes = 'notes: {sum: "the `rbp` of main", sum+16: "<both>", "0x40053e": "back"}'
    html, errors = build(
        f"```stack-listing\nfunctions: [sum]\nbytes: false\nsource: false\n{notes}\n```", studio
    )
    assert errors == []
    lines = [re.sub("<[^>]*>", "", line) for line in html.splitlines()]
    told = [(lines[at - 1].split()[2:], line.split("↑ ")[1]) for at, line in enumerate(lines) if "↑" in line]
    assert told == [
        (["push", "%rbp"], "the rbp of main"),
        (["add", "%edx,%eax"], "&lt;both&gt;"),
        (["pop", "%rbp"], "back"),
    ]
