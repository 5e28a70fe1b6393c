"""What an author may write wrong in a block, and where the error says it is."""

import pytest

from stackreel.errors import Place
from stackreel.page.blocks import KINDS, reference
from stackreel.page.context import open_page
from stackreel.page.fences import NAMES, scan
from stackreel.page.validate import Placed, read_block


def read(text: str) -> list[object]:
    """Read all blocks of a file; each error as its lines."""
    page = open_page("a.md", text)
    found: list[object] = []
    for fence in scan(text.split("\n"), NAMES):
        block = read_block(fence, page.place(fence.first))
        errors = block.errors if isinstance(block, Placed) else block
        found += [str(error) for error in errors] or [block]
    return found


BAD = {
    "unknown key": (
        "# Title\n\n```stack-figure\nat: main\ncolour: red\n```\n",
        [
            "a.md:5:1: `stack-figure` has no key `colour`; it has example, caption, id, syntax, at, functions, rows, "
            "expect"
        ],
    ),
    "misspelt key": (
        "```stack-reel\nfrm: enter main\n```",
        [
            "a.md:2:1: `stack-reel` has no key `frm`; it has example, caption, id, syntax, from, to, notes, "
            "functions, rows, expect, over, pdf, sync\nnear: from"
        ],
    ),
    "missing key, front matter counted": (
        "---\ntitle: x\n---\n\n```stack-figure\nexample: c-sum\n```",
        ["a.md:5: `stack-figure` needs the key `at`\nfor example: at: after main+0"],
    ),
    "wrong type": (
        "```stack-figure\nat: 12\n```",
        [
            "a.md:2:5: `at` is text, not the number 12; put quotes around it if it is meant\n"
            "for example: at: after main+0"
        ],
    ),
    "number for a truth value, in a list item": (
        "- item\n\n    ```stack-listing\n    functions: [main]\n\n    bytes: 1\n    ```",
        ["a.md:6:12: `bytes` is true or false, not the number 1\nfor example: bytes: true"],
    ),
    "text for a list": (
        "```stack-listing\nfunctions: main\n```",
        ["a.md:2:12: `functions` is a list, not the text main\nfor example: functions: [main, sum]"],
    ),
    "list item of a wrong type, in a quote": (
        "> text\n>\n> ```stack-listing\n> functions:\n>   - main\n>   - 3\n> ```",
        [
            "a.md:6:7: `functions, item 2` is text, not the number 3; put quotes around it if it is meant\n"
            "for example: functions: [main, sum]"
        ],
    ),
    "unknown value": (
        "```stack-listing\nsyntax: atnt\n```",
        [
            "a.md:2:9: `syntax` is one of att, intel, go, not the text atnt\nnear: att\nfor example: syntax: att"
        ],
    ),
    "not YAML": (
        "```stack-figure\nat: main\nfunctions: [main\n```",
        [
            "a.md:3:17: this is not YAML: while parsing a flow sequence expected ',' or ']', but got "
            "'<stream end>'\nfor example: at: after main+0"
        ],
    ),
    "a colon of another script": (
        "```stack-figure\nexample：c-sum\nat：main\n```",
        [
            "a.md:2:8: this is not YAML: `：` is no colon of YAML; `:` with a space is\nfor example: at: after main+0"
        ],
    ),
    "a colon of another script after a right one": (
        "```stack-figure\nexample: c-sum\nat：main\nrows: 3\n```",
        [
            "a.md:3:3: this is not YAML: `：` is no colon of YAML; `:` with a space is\nfor example: at: after main+0"
        ],
    ),
    "a tab": (
        "```stack-reel\nnotes:\n\tmain+0: here\n```",
        [
            "a.md:3:1: this is not YAML: a tab cannot indent; spaces can\n"
            "for example:   main+25: two spaces before a note"
        ],
    ),
    "a space that is none": (
        "> ```stack-figure\n> at: start\n> example:\u00a0c-sum\n> ```",
        [
            "a.md:3:11: this is not YAML: there is a character that looks like a space and is none\n"
            "for example: at: after main+0"
        ],
    ),
    "a colon in a text": (
        "> ```stack-reel\n> caption: note: this\n> from: start\n> ```\n\n"
        "```stack-reel\nnotes:\n  sum.c:4: one: two\n```",
        [
            "a.md:2:12: this is not YAML: text with `: ` in it has to be in quotes\n"
            'for example: caption: "note: this"',
            "a.md:8:12: this is not YAML: text with `: ` in it has to be in quotes\n"
            'for example: sum.c:4: "one: two"',
        ],
    ),
    "no space behind a colon": (
        "```stack-reel\nfrom:enter main\nto: leave main\n```\n\n```stack-figure\nat:main\n```",
        [
            "a.md:2:6: this is not YAML: a space is missing after `from:`\nfor example: from: enter main",
            "a.md:7:4: this is not YAML: a space is missing after `at:`\nfor example: at: main",
        ],
    ),
    "a key too far in": (
        "```stack-reel\nfrom: enter main\n to: leave main\n```\n\n"
        "```stack-reel\nnotes:\n  sum+0: one\n    sum+4: two\n```",
        [
            "a.md:3:2: this is not YAML: `to:` is indented further than `from:` above it, by spaces or a tab\n"
            "for example: to: leave main",
            "a.md:9:5: this is not YAML: `sum+4:` is indented further than `sum+0:` above it, by spaces or a tab\n"
            "for example:   sum+4: two",
        ],
    ),
    "notes that are not indented": (
        "```stack-reel\nnotes:\nsum+0: one\ncaptoin: two\n```",
        [
            "a.md:3:1: `stack-reel` has no key `sum+0`; if it belongs to `notes:`, indent it by two spaces\n"
            "for example:   sum+0: one",
            "a.md:4:1: `stack-reel` has no key `captoin`; it has example, caption, id, syntax, from, to, notes, "
            "functions, rows, expect, over, pdf, sync\nnear: caption",
        ],
    ),
    "commands without the prompt": (
        "```stack-gdb\nbreak sum\nrun\n```\n\n> ```stack-gdb\n> example: c-sum\n> x/4x $sp\n> ```\n\n"
        "```stack-gdb\nexmaple c-sum\n```",
        [
            "a.md:2:1: commands of `stack-gdb` begin with `(gdb) `; without it, options are expected here\n"
            "for example: (gdb) break sum",
            "a.md:8:3: commands of `stack-gdb` begin with `(gdb) `; without it, options are expected here\n"
            "for example: (gdb) x/4x $sp",
            "a.md:12:1: `key: value` lines are expected here, and this is not one\nfor example: at: enter main",
        ],
    ),
    "an expectation that needs quotes": (
        "```stack-figure\nat: start\nexpect:\n  - [rsp] == main+30\n  - eax == 3\n```",
        [
            "a.md:4:5: this is not YAML: what begins with `[`, `&` or `*` and is text has to be in quotes\n"
            'for example: expect: ["[rsp] == main+30"]'
        ],
    ),
    "too few rows, and too many": (
        "```stack-figure\nat: start\nrows: 0\n```\n\n```stack-text\nat: start\nrows: 1000\n```\n\n"
        "```stack-text\nat: start\nrows: few\n```",
        [
            "a.md:3:7: `rows` is at least 1, not the number 0\nfor example: rows: 24",
            "a.md:8:7: `rows` is at most 512, not the number 1000\nfor example: rows: 24",
            "a.md:13:7: `rows` is a whole number, not the text few\nfor example: rows: 24",
        ],
    ),
    "not a mapping": (
        "```stack-figure\nafter main+0\n```",
        [
            "a.md:2:1: `key: value` lines are expected here, and this is not one\n"
            "for example: at: after main+0"
        ],
    ),
    "a value that cannot be read": (
        "```stack-figure\nat: 2024-13-40\n```",
        ["a.md:2:5: cannot read this value: 2024-13-40\nfor example: at: after main+0"],
    ),
    "a key twice": (
        "```stack-figure\nat: main\nat: sum\n```",
        ["a.md:3:1: the key `at` is there twice, first on line 2; keep one of the two\nfor example: at: sum"],
    ),
    "a note that is not text": (
        "```stack-reel\nnotes:\n  main+4: yes\n```",
        [
            "a.md:3:11: `notes, main+4` is text, not yes or no, here True; put quotes around it if it is meant\n"
            'for example: notes: {main+25: "call pushes the return address"}'
        ],
    ),
    "an id that would need escaping": (
        '```stack-figure\nat: main\nid: "a b"\n```',
        [
            "a.md:3:5: `id` begins with a letter and holds letters, digits, `.`, `_` and `-`, unlike the text "
            "a b\nfor example: id: the-red-zone"
        ],
    ),
    "a misspelt block": (
        "```stack-figur\nat: main\n```",
        ["a.md:1: there is no block `stack-figur`\nnear: stack-figure"],
    ),
    "options on the fence": (
        "```stack-figure at=main\n```",
        [
            "a.md:1: options of `stack-figure` go on lines of their own below the fence, not after it: at=main\n"
            "for example: at: after main+0"
        ],
    ),
    "options and text with nothing between": (
        "> ```stack-gdb\n> example: c-sum\n> at: main\n>\n> (gdb) bt\n> ```\n\n"
        "```stack-check\nat: main\n{enter sum} edi == 1\n```",
        [
            "a.md:5:3: the options of `stack-gdb` end with a line `---`, which is missing here\n"
            "for example: ---, then (gdb) bt",
            "a.md:10:1: the options of `stack-check` end with a line `---`, which is missing here\n"
            "for example: ---, then {enter sum} edi == 1",
        ],
    ),
    "never closed": (
        "```stack-figure\nat: main\n",
        [
            "a.md:1: this `stack-figure` block is never closed\n"
            "for example: the same backticks alone on a line, as deep as the first"
        ],
    ),
    "all errors of a block, in order": (
        "```stack-figure\ncolour: red\nsyntax: 3\n```",
        [
            "a.md:1: `stack-figure` needs the key `at`\nfor example: at: after main+0",
            "a.md:2:1: `stack-figure` has no key `colour`; it has example, caption, id, syntax, at, functions, rows, "
            "expect",
            "a.md:3:9: `syntax` is one of att, intel, go, not the number 3\nfor example: syntax: att",
        ],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_each_mistake_is_told_at_its_line(name: str) -> None:
    text, expected = BAD[name]
    assert read(text) == expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("at: sum+4 #3", "sum+4 #3"),
        ("at: leave sum  #2 # the second time", "leave sum  #2"),
        ("at: main+4 # a comment", "main+4"),
        ("at: 'sum+4 #3'", "sum+4 #3"),
        ("at: sum.c:4", "sum.c:4"),
    ],
)
def test_a_count_in_a_moment_is_not_a_comment(written: str, meant: str) -> None:
    (placed,) = read(f"```stack-figure\n{written}\n```")
    assert isinstance(placed, Placed)
    assert placed.body.data["at"] == meant


def test_notes_are_keyed_by_moments() -> None:
    (placed,) = read('```stack-reel\nnotes: {main+25: "a", sum+4 #2: "b", sum.c:4: "c"}\n```')
    assert isinstance(placed, Placed)
    assert placed.block.model_dump()["notes"] == {"main+25": "a", "sum+4 #2": "b", "sum.c:4": "c"}
    assert placed.body.key(("notes", "sum+4 #2")) == Place("a.md", 2, 23)


@pytest.mark.parametrize(
    "text",
    [
        "````\n```stack-figure\nat: main\n```\n````",
        "~~~\n```stack-figure\n```\n~~~",
        "<!--\n```stack-figure\nat: main\n```\n-->",
        "```stack-trace\n```",
        "```python\n```",
    ],
)
def test_other_fences_and_what_they_hold_are_not_ours(text: str) -> None:
    assert read(text) == []


def test_a_fence_after_a_shown_fence_is_found() -> None:
    (placed,) = read("````\n```stack-figure\n````\n<!-- x -->\n```stack-figure\nat: main\n```")
    assert isinstance(placed, Placed)
    assert placed.place == Place("a.md", 5)


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("stackreel: {example: c-sum}", []),
        (
            "stackreel:\n  exmaple: c-sum",
            ["a.md:3:3: `stackreel` has no key `exmaple`; it has example, syntax\nnear: example"],
        ),
        (
            "stackreel: c-sum",
            [
                "a.md:2:12: `key: value` lines are expected here, and this is not one\n"
                "for example: stackreel: {example: c-sum}"
            ],
        ),
        ("title: [", []),
        (
            "title: [\nstackreel: {example: c-sum}",
            [
                "a.md:4:1: this is not YAML: while parsing a flow sequence expected ',' or ']', "
                "but got '<stream end>'\n"
                "for example: stackreel: {example: c-sum}"
            ],
        ),
        (
            "stackreel: {example: c-sum",
            [
                "a.md:3:1: this is not YAML: while parsing a flow mapping expected ',' or '}', but got '<stream end>'\n"
                "for example: stackreel: {example: c-sum}"
            ],
        ),
    ],
)
def test_front_matter(front: str, expected: list[str]) -> None:
    page = open_page("a.md", f"---\n{front}\n---\n# Title\n")
    assert [str(error) for error in page.errors] == expected


def test_front_matter_sets_defaults_and_the_offset() -> None:
    source = "---\ntitle: x\nstackreel: {example: c-sum, syntax: intel}\n---\n\n# Title\n"
    page = open_page("a.md", source, text="# Title\n", language="zh-Hans")
    assert (page.options.example, page.options.syntax, page.offset, page.language) == (
        "c-sum",
        "intel",
        5,
        "zh",
    )


@pytest.mark.parametrize("name", KINDS)
def test_every_option_has_a_meaning(name: str) -> None:
    rows = reference(KINDS[name])
    assert all(meaning.endswith(".") and kind for _, kind, _, meaning in rows)
    told = {row[0] for row in rows}
    assert "example" in told
    assert told.issuperset({"caption", "id"}) == (name != "stack-check")
    assert ("syntax" in told) == (name not in ("stack-check", "stack-gdb", "stack-memory"))


def test_the_names_looked_for_are_those_of_the_blocks() -> None:
    assert tuple(KINDS) == NAMES
