"""Every mistake in an example.toml has its own sentence, its line, and what would be right."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from stackreel.errors import ExampleError
from stackreel.example import each, load_all, load_example, survey
from stackreel.example.schema import FORM, ExampleTable
from stackreel.example.toml import problems

PROGRAM = b"\x7fELF and so on"
SHA = hashlib.sha256(PROGRAM).hexdigest()
GOOD = f"""\
title     = "a title"
source    = "sum.c"
binary    = "sum"
sha256    = "{SHA}"
toolchain = "gcc-12"
build     = "gcc -o {{binary}} {{source}}"

[run]
argv = ["/home/bobo/call", "x"]
env = {{ A = "b" }}
stdin = "1 2\\n"
files = {{ "/etc/greeting" = "greeting.txt" }}

[trace]
start = "main"
functions = ["main", "sum", "main"]
registers = {{ rsp = 0x7fffffffe518, rbp = 0x400580 }}
max_steps = 50

[marks]
saved-rbp = "after main+0"
"""


def folder(tmp_path: Path, text: str = GOOD, name: str = "c-sum") -> Path:
    made = tmp_path / "traces" / name
    made.mkdir(parents=True)
    (made / "sum.c").write_text("int main(void) { return 0; }\n")
    (made / "greeting.txt").write_bytes(b"hello\n")
    (made / "sum").write_bytes(PROGRAM)
    (made / "example.toml").write_text(text)
    return made


def test_a_good_example(tmp_path: Path) -> None:
    made = folder(tmp_path)
    example = load_example(made)
    assert example.name == "c-sum"
    assert example.program == PROGRAM
    assert example.source == made / "sum.c"
    assert example.run.argv == ("/home/bobo/call", "x")
    assert (example.run.env, example.run.stdin) == ({"A": "b"}, b"1 2\n")
    assert example.run.files == {"/etc/greeting": b"hello\n"}
    assert example.trace.functions == ("main", "sum")
    assert example.trace.registers == {"rsp": 0x7FFFFFFFE518, "rbp": 0x400580}
    assert example.marks == {"saved-rbp": "after main+0"}


def test_defaults(tmp_path: Path) -> None:
    example = load_example(folder(tmp_path, GOOD[: GOOD.index("[run]")]))
    assert example.run.argv == ("sum",)
    assert (example.run.env, example.run.stdin, example.run.files) == ({}, b"", {})
    assert (example.trace.start, example.trace.functions, example.trace.max_steps) == ("main", (), 10_000)


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "more"),
    [
        ("title  ", "titel  ", 1, "unknown key 'titel'", "near: title"),
        ('title     = "a title"\n', "", 0, "'title' is missing", "for example: title ="),
        ('"a title"', "3", 1, "'title' must be a text in quotes", "for example"),
        ('"sum.c"', "7", 2, "'source' must be", 'source = "sum.c"'),
        ('"sum.c"', "[]", 2, "'source' must be", 'source = "sum.c"'),
        ('"sum.c"', '"sun.c"', 2, "the source 'sun.c' is not there", "near: sum.c"),
        ('"sum.c"', '"../sum.c"', 2, "leads out of the example's folder", ""),
        ('"sum.c"', '"/etc/passwd"', 2, "leads out of the example's folder", ""),
        ('binary    = "sum"', 'binary    = "sun"', 3, "`stackreel traces c-sum` rebuilds it", "near: sum"),
        (
            'binary    = "sum"',
            'binary    = "sum.d"',
            3,
            "the binary 'sum.d' is not there",
            "rebuilds it\nnear: sum\nfor",
        ),
        (SHA, "0" * 64, 4, f"has the SHA-256 {SHA}, not {'0' * 64}; `stackreel traces c-sum`", ""),
        (SHA, "xyz", 4, "'sha256' must be 64 hexadecimal digits", ""),
        ("{binary} ", "", 6, "lacks {binary}", "build = "),
        ('"x"]', '"x", 3]', 9, "'run.argv', item 3, must be a text", "argv = "),
        ('["/home/bobo/call", "x"]', '"/home/bobo/call"', 9, "'run.argv' must be a list of texts", "argv = "),
        ('A = "b"', "A = 1", 10, "'run.env.A' must be a text", "env = "),
        ('A = "b"', '"A=C" = "b"', 10, "environment variable", "env = "),
        ('stdin = "1 2\\n"', 'sdtin = ""', 11, "unknown key 'run.sdtin'; there are argv, env", "near: stdin"),
        ('"/etc/greeting"', '"greeting"', 12, "not an absolute path of the guest", "files = "),
        ('"greeting.txt"', '"hello.txt"', 12, "the file 'hello.txt' is not there", ""),
        ('start = "main"', "start = 0x400540", 15, "'trace.start' must be a text", 'start = "main"'),
        ('["main", "sum", "main"]', '"main"', 16, "'trace.functions' must be a list", "functions = "),
        ("rbp = 0x400580", "rbx2 = 1", 17, "there is no register 'rbx2'", "near: rbx"),
        ("rbp = 0x400580", "ebp = 1", 17, "give the whole register 'rbp'", ""),
        ("rbp = 0x400580", "rip = 1", 17, "that is the key 'start'", ""),
        ("rbp = 0x400580", "rbp = -1", 17, "'trace.registers.rbp' must be 0 or more, not -1", "registers ="),
        ("rsp = 0x7fffffffe518", "eflags = 0x100000000", 17, "does not fit in eflags", ""),
        (
            "max_steps = 50",
            "max_steps = 0",
            18,
            "'trace.max_steps' must be 1 or more, not 0",
            "max_steps = 10000",
        ),
        (
            "max_steps = 50",
            "max_steps = -1",
            18,
            "'trace.max_steps' must be 1 or more, not -1",
            "max_steps = 10000",
        ),
        (
            "max_steps = 50",
            "max_steps = 10_000_001",
            18,
            "must be 10000000 or less, not 10000001",
            "max_steps =",
        ),
        (
            "max_steps = 50",
            "max_steps = 1.5",
            18,
            "'trace.max_steps' must be a whole number, not 1.5",
            "max_steps =",
        ),
        ("max_steps = 50", "max_steps = true", 18, "must be a whole number, not true", "max_steps = 10000"),
        (
            "max_steps = 50",
            "max_steps = 1979-05-27",
            18,
            "must be a whole number, not 1979-05-27",
            "max_steps",
        ),
        (
            "rsp = 0x7fffffffe518",
            "rsp = -1",
            17,
            "'trace.registers.rsp' must be 0 or more, not -1",
            "registers =",
        ),
        (
            "rsp = 0x7fffffffe518",
            "rsp = 1.5",
            17,
            "'trace.registers.rsp' must be a whole number",
            "registers =",
        ),
        ("saved-rbp", "start", 21, "'start' cannot be the name of a mark", "[marks]"),
        ("[run]", "[rum]", 8, "unknown key 'rum'", "near: run"),
        ("[run]", "[run", 8, "not TOML", ""),
    ],
)
def test_a_mistake(tmp_path: Path, *, old: str, new: str, line: int, message: str, more: str) -> None:
    assert old in GOOD
    made = folder(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ExampleError) as raised:
        load_example(made)
    problem = next(p for p in each(raised.value) if message in p.message)
    assert problem.place is not None
    assert (problem.place.file, problem.place.line) == (str(made / "example.toml"), line)
    assert more in str(problem)


def _kinds(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Yield the path of each key of a model and of the tables in it."""
    for name, field in model.model_fields.items():
        yield (name,)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from ((name, *inner) for inner in _kinds(field.annotation))


VALUES: tuple[object, ...] = (
    -1,
    0,
    1 << 70,
    1.5,
    True,
    "",
    "x",
    [],
    [3],
    [""],
    [[]],
    {},
    {"a": 3},
    {"a": ""},
    {"a": {}},
)


def test_no_sentence_is_pydantics() -> None:
    for path in _kinds(ExampleTable):
        for value in VALUES:
            contents: object = value
            for key in reversed(path):
                contents = {key: contents}
            with pytest.raises(ValidationError) as raised:
                ExampleTable.model_validate(contents)
            for problem in problems(raised.value, file="f", text="", form=FORM):
                said = problem.message
                is_ours = said.startswith(("the key ", "unknown key ")) or " must be " in said
                assert is_ours, said
                assert "of another kind" not in said, (path, value)
                assert "Input should" not in said
                assert problem.example or problem.near or "unknown" in said


def test_all_problems_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = GOOD.replace('"sum.c"', '"no.c"').replace("{binary} ", "").replace("rbp = 0x", "rpb = 0x")
    with pytest.raises(ExampleError) as raised:
        load_example(folder(tmp_path, text))
    assert [problem.place.line for problem in each(raised.value) if problem.place] == [2, 6, 17]
    assert str(raised.value).count("example.toml:") == 3


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    made = folder(tmp_path)
    (tmp_path / "secret").write_text("secret")
    (made / "sum.c").unlink()
    (made / "sum.c").symlink_to(tmp_path / "secret")
    with pytest.raises(ExampleError, match="a link that leads out"):
        load_example(made)


def test_not_text(tmp_path: Path) -> None:
    made = folder(tmp_path)
    (made / "example.toml").write_bytes(b"title = 'a'\nsource = '\xff'\n")
    with pytest.raises(ExampleError, match=r"example\.toml:2: the file is not UTF-8"):
        load_example(made)


@pytest.mark.parametrize(("file", "line"), [("sum", 3), ("greeting.txt", 12)])
def test_a_file_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, line: int
) -> None:
    made = folder(tmp_path)
    plain = Path.read_bytes

    def refuse(path: Path) -> bytes:  # a mode would not stop a test that runs as root
        if path.name == file:
            raise PermissionError(13, "Permission denied", str(path))
        return plain(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ExampleError) as caught:
        load_example(made)
    assert str(caught.value) == f"{made}/example.toml:{line}: '{file}' cannot be read: Permission denied"


def test_an_unknown_example_names_the_near_ones(tmp_path: Path) -> None:
    made = folder(tmp_path)
    with pytest.raises(ExampleError) as raised:
        load_example(made.parent / "c-sun")
    assert raised.value.near == ("c-sum",)


def test_a_name_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ExampleError, match="cannot be the name of an example"):
        load_example(tmp_path / "a b")


def test_a_checksum_that_is_missing_can_be_had(tmp_path: Path) -> None:
    made = folder(tmp_path, GOOD.replace(f'sha256    = "{SHA}"\n', ""))
    with pytest.raises(ExampleError) as raised:
        load_example(made)
    assert raised.value.message == "the key 'sha256' is missing"
    assert raised.value.example == (
        'sha256 = "9f86d081…", as sha256sum prints it; `stackreel traces c-sum --accept` fills it in'
    )
    assert load_example(made, built=False).sha256 == ""


WRITTEN = b"int main(void) { return 0; }"
BUILT = f"""
[built]
"sum"   = "{SHA}"
"sum.c" = "{hashlib.sha256(WRITTEN).hexdigest()}"
"""


def test_a_source_that_the_binary_was_not_built_from(tmp_path: Path) -> None:
    made = folder(tmp_path, GOOD + BUILT)
    with pytest.raises(ExampleError) as raised:
        load_example(made)
    assert str(raised.value) == (
        f"{made}/sum.c: this is not the source c-sum was built from; `stackreel traces c-sum --accept` builds it"
    )
    (made / "sum.c").write_bytes(WRITTEN)
    assert set(load_example(made).built) == {"sum", "sum.c"}
    (made / "more.c").write_text("")
    (made / "example.toml").write_text(
        (GOOD + BUILT).replace('source    = "sum.c"', 'source = ["sum.c", "more.c"]')
    )
    with pytest.raises(ExampleError, match=r"more\.c: this is not the source"):
        load_example(made)


def test_a_source_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = folder(tmp_path, GOOD + BUILT)
    plain = Path.read_bytes

    def refuse(path: Path) -> bytes:  # a mode would not stop a test that runs as root
        if path.name == "sum.c":
            raise PermissionError(13, "Permission denied", str(path))
        return plain(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ExampleError, match=r"sum\.c: the source cannot be read: Permission denied"):
        load_example(made)


def test_a_record_of_another_binary_says_nothing(tmp_path: Path) -> None:
    made = folder(tmp_path, GOOD + BUILT.replace(SHA, "0" * 64))
    assert load_example(made).sha256 == SHA


def test_a_record_that_is_none(tmp_path: Path) -> None:
    made = folder(tmp_path, GOOD + BUILT.replace(SHA, "x"))
    with pytest.raises(ExampleError, match=r"'built.sum' must be 64 hexadecimal digits") as raised:
        load_example(made)
    assert "`stackreel traces c-sum --accept` fills it in" in raised.value.example


def test_one_bad_example_does_not_hide_the_others(tmp_path: Path) -> None:
    good = folder(tmp_path)
    folder(tmp_path, GOOD.replace("[run]", "[rum]"), name="bad")
    loaded = survey(good.parent)
    assert list(loaded.examples) == ["c-sum"]
    assert list(loaded.errors) == ["bad"]
    with pytest.raises(ExampleError, match="'rum'"):
        load_all(good.parent)


def test_no_folder_is_no_example(tmp_path: Path) -> None:
    assert load_all(tmp_path / "nothing") == {}
