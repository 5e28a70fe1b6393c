"""Rebuilding from source gives the committed bytes in any folder; what differs is said, and taken only when asked."""

import hashlib
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from stackreel.errors import ExampleError, StackreelError, ToolError
from stackreel.example import (
    Example,
    GoldenTrace,
    Toolchain,
    build,
    check,
    chosen,
    load_all,
    load_example,
    load_toolchains,
    new_example,
    rebuild,
    rebuild_all,
)
from stackreel.example.toolchains import first_line
from support.project import ROOT

TRACES = ROOT / "traces"
SOURCE = "int twice(int a) { return 2 * a; }\nint main(void) { return twice(21) - 42; }\n"


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    made = tmp_path / "deep" / "folder" / "traces"
    made.mkdir(parents=True)
    (tmp_path / "twice.c").write_text(SOURCE)
    new_example("c-twice", tmp_path / "twice.c", made, functions)
    return made


def functions(program: bytes, source: str) -> Sequence[str]:
    assert program.startswith(b"\x7fELF")
    assert source == "twice.c"
    return ("twice", "main")


def test_the_committed_examples_are_right() -> None:
    examples = load_all(TRACES)
    assert {"c-sum", "c-sum-plain"} <= set(examples)
    assert all(example.toolchain in load_toolchains(TRACES) for example in examples.values())


@pytest.mark.oracle
def test_the_c_example_has_the_addresses_of_its_article() -> None:
    symbols = subprocess.run(
        ["nm", TRACES / "c-sum/sum"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    found = {line.split()[-1]: int(line.split()[0], 16) for line in symbols if len(line.split()) == 3}
    assert (found["sum"], found["main"]) == (0x400526, 0x400540)
    code = subprocess.run(
        ["objdump", "-d", TRACES / "c-sum/sum"], capture_output=True, text=True, check=True
    ).stdout
    assert "0000000000400400 <printf@plt>:" in code
    assert "mov    $0x400604,%edi" in code
    assert b"n: %d\n\0" in (TRACES / "c-sum/sum").read_bytes()


@pytest.mark.oracle
def test_the_plain_example_is_position_independent_with_endbr64() -> None:
    program = TRACES / "c-sum-plain/sum"
    assert b"\xf3\x0f\x1e\xfa\x55\x48\x89\xe5" in program.read_bytes()
    header = subprocess.run(["readelf", "-h", program], capture_output=True, text=True, check=True).stdout
    assert "DYN (Position-Independent Executable file)" in header


def test_a_build_does_not_depend_on_the_folder_it_is_made_in(traces: Path, tmp_path: Path) -> None:
    example = load_example(traces / "c-twice")
    elsewhere = tmp_path / "elsewhere" / "c-twice"
    shutil.copytree(example.folder, elsewhere)
    os.environ["PWD"], before = str(elsewhere), os.environ.get("PWD", "")
    try:
        again = build(load_example(elsewhere), Toolchain("any", "", {}, {}))
    finally:
        os.environ["PWD"] = before
    assert again == example.program
    assert str(tmp_path).encode() not in again


def test_a_changed_source_is_noticed_and_taken_when_asked(traces: Path) -> None:
    folder = traces / "c-twice"
    file = folder / "example.toml"
    file.write_text("# a comment to keep\n" + file.read_text().replace("sha256    =", "sha256 ="))
    (folder / "twice.c").write_text(SOURCE.replace("21", "20"))
    old = (folder / "twice").read_bytes()

    refused = rebuild(folder)
    assert (refused.binary, refused.ok) == ("failed", False)
    assert hashlib.sha256(old).hexdigest() in refused.said[0]
    assert refused.said[1] == "to take what was made: stackreel traces c-twice --accept"
    assert (folder / "twice").read_bytes() == old

    taken = rebuild(folder, accept=True)
    assert (taken.binary, taken.ok) == ("written", True)
    assert (folder / "twice").read_bytes() != old
    assert file.read_text().startswith("# a comment to keep\n")
    assert "sha256 = " in file.read_text()
    assert rebuild(folder).binary == "same"
    assert subprocess.run([folder / "twice"], check=False).returncode == 254


def test_a_source_that_changed_is_no_longer_what_was_built(traces: Path) -> None:
    folder = traces / "c-twice"
    file = folder / "example.toml"
    made = file.read_text()
    assert tomllib.loads(made)["built"] == digests(folder)
    (folder / "twice.c").write_text(f"{SOURCE}// the same code\n")
    said = "this is not the source c-twice was built from; `stackreel traces c-twice --accept` builds it"
    with pytest.raises(ExampleError) as raised:
        load_example(folder)
    assert str(raised.value) == f"{folder}/twice.c: {said}"
    refused = rebuild(folder)
    assert (refused.binary, refused.said) == ("failed", (f"{folder}/twice.c: {said}",))
    assert file.read_text() == made

    taken = rebuild(folder, accept=True)
    assert (taken.ok, taken.said) == (True, (f"{file}: what it was built from is recorded",))
    assert tomllib.loads(file.read_text())["built"] == digests(folder)
    load_example(folder)
    assert rebuild(folder, accept=True).said == ()

    (folder / "twice.c").write_text(SOURCE.replace("21", "20"))
    assert rebuild(folder, accept=True).binary == "written"
    assert tomllib.loads(file.read_text())["built"] == digests(folder)
    load_example(folder)


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("twice", "twice.c")}


def test_a_checksum_and_a_record_that_are_missing_are_filled_in(traces: Path) -> None:
    folder = traces / "c-twice"
    file = folder / "example.toml"
    made = file.read_text()
    assert made.index("\n[built]\n") < made.index("\n[run]\n")
    file.write_text(re.sub(r'(?m)^(sha256 .*|\[built\]|"twice.*)\n+', "", made))
    assert rebuild(folder).said[1] == "to take what was made: stackreel traces c-twice --accept"
    assert rebuild(folder, accept=True).ok
    assert file.read_text() == made
    file.write_text(made.replace('"twice.c" =', '"gone.c" =').replace("[built]", "[built] # by hand"))
    assert rebuild(folder).ok is False
    assert rebuild(folder, accept=True).ok
    assert file.read_text() == made.replace("[built]", "[built] # by hand")


def test_a_record_that_cannot_be_put_in_is_an_error(traces: Path) -> None:
    folder = traces / "c-twice"
    file = folder / "example.toml"
    made = re.sub(r'(?m)^(\[built\]|"twice.*)\n+', "", file.read_text())
    file.write_text("built = {}\n" + made)
    failed = rebuild(folder, accept=True)
    assert failed.binary == "failed"
    assert "the record of this build has to be put in by hand" in failed.said[0]
    assert f'"twice.c" = "{digests(folder)["twice.c"]}"' in failed.said[0]
    assert file.read_text() == "built = {}\n" + made


def test_a_missing_binary_is_built_again(traces: Path) -> None:
    binary = traces / "c-twice" / "twice"
    before = binary.read_bytes()
    binary.unlink()
    with pytest.raises(ExampleError, match="`stackreel traces c-twice` rebuilds it"):
        load_example(traces / "c-twice")
    assert "the binary beside it is no file" in rebuild(traces / "c-twice").said[0]
    assert rebuild(traces / "c-twice", accept=True).binary == "written"
    assert binary.read_bytes() == before


def test_golden_traces_are_written_and_their_drift_is_said(traces: Path) -> None:
    texts = iter(["one\n", "one\n", "two\n", "two\n"])

    def make(example: Example) -> str:
        assert example.name == "c-twice"
        return next(texts)

    golden = GoldenTrace(make, lambda old, new: [f"{old.strip()} became {new.strip()}"])
    assert [r.golden for r in rebuild_all(chosen(traces, ()), golden)] == ["written"]
    assert [r.golden for r in rebuild_all(chosen(traces, ()), golden)] == ["same"]
    (drifted,) = rebuild_all(chosen(traces, ()), golden)
    assert (drifted.golden, drifted.ok) == ("failed", False)
    assert drifted.said[0].endswith("trace.json: one became two")
    assert drifted.said[1] == "to take what was made: stackreel traces c-twice --accept"
    assert (traces / "c-twice/trace.json").read_text() == "one\n"
    (taken,) = rebuild_all(chosen(traces, ()), golden, accept=True)
    assert (taken.golden, taken.ok) == ("written", True)
    assert (traces / "c-twice/trace.json").read_text() == "two\n"


def test_a_failing_golden_trace_is_a_sentence(traces: Path) -> None:
    def make(example: Example) -> str:
        raise StackreelError(f"{example.name} cannot be recorded")

    (failed,) = rebuild_all(chosen(traces, ()), GoldenTrace(make, lambda _old, _new: []))
    assert (failed.binary, failed.golden) == ("same", "failed")
    assert failed.said == ("c-twice cannot be recorded",)


def test_examples_are_chosen_by_name_or_path(traces: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = traces / "c-twice"
    monkeypatch.chdir(traces.parent)
    for names in (
        (),
        ("c-twice",),
        ("traces/c-twice",),
        ("traces/c-twice/twice.c", "c-twice/"),
        (str(folder),),
    ):
        assert chosen(Path("traces"), names) == (Path("traces/c-twice"),)
    monkeypatch.chdir(folder)
    assert chosen(traces, (".",)) == (folder,)
    for wrong in ("c-twise", "traces/c-twise", "/elsewhere/c-twise"):
        with pytest.raises(ExampleError, match="there is no example 'c-twise'") as raised:
            chosen(traces, (wrong,))
        assert raised.value.near == ("c-twice",)


def test_a_folder_without_examples(tmp_path: Path) -> None:
    with pytest.raises(ExampleError, match=r"there are no examples in .*/absent/") as raised:
        chosen(tmp_path / "absent", ())
    assert raised.value.example == "stackreel new c-swap swap.c"


def test_another_compiler_is_an_error_that_says_which_is_wanted(traces: Path) -> None:
    rows = (traces / "toolchains.toml").read_text()
    (traces / "toolchains.toml").write_text(rows.replace('"gcc --version" = "', '"gcc --version" = "old '))
    failed = rebuild(traces / "c-twice")
    assert failed.binary == "failed"
    assert f"`gcc --version` prints {first_line('gcc --version')!r}, not 'old " in failed.said[0]
    assert "apt-get install gcc" in failed.said[0]


def test_a_compiler_that_is_not_there() -> None:
    with pytest.raises(ToolError, match="`no-such-cc --version` is not there") as raised:
        check(Toolchain("x", "build it yourself", {"no-such-cc --version": "1"}, {}))
    assert raised.value.example == "build it yourself"


def test_an_unknown_toolchain_names_the_near_ones(traces: Path) -> None:
    file = traces / "c-twice" / "example.toml"
    row = next(iter(load_toolchains(traces)))
    file.write_text(file.read_text().replace(f'"{row}"', '"gc-12"'))
    failed = rebuild(traces / "c-twice")
    assert "example.toml:5: toolchains.toml has no row 'gc-12'" in failed.said[0]
    assert f"near: {row}" in failed.said[0]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('[gcc]\nprints = { "a" = "b" }\n', 1, "the key 'gcc.get' is missing"),
        ('[gcc]\nget = "x"\nprints = "y"\n', 3, "'gcc.prints' must be a table"),
        (
            '[gcc]\nget = "x"\nprints = {}\npirnts = {}\n',
            4,
            "unknown key 'gcc.pirnts'; there are get, prints, env",
        ),
    ],
)
def test_mistakes_in_toolchains(tmp_path: Path, text: str, line: int, message: str) -> None:
    (tmp_path / "toolchains.toml").write_text(text)
    with pytest.raises(ExampleError) as raised:
        load_toolchains(tmp_path)
    assert raised.value.place is not None
    assert raised.value.place.line == line
    assert message in raised.value.message


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ("no-such-cc -o {binary} {source}", "'no-such-cc', which the recipe calls, is not installed"),
        ("gcc --no-such-option -o {binary} {source}", "failed with status 1"),
        ("true {binary}", "made no twice"),
        ("gcc '{binary}", "the recipe cannot be read"),
    ],
)
def test_a_recipe_that_fails(traces: Path, recipe: str, message: str) -> None:
    file = traces / "c-twice" / "example.toml"
    file.write_text(file.read_text().replace("gcc -O0 -g -o {binary} {source}", recipe))
    failed = rebuild(traces / "c-twice")
    assert message in failed.said[0]


def test_a_recipe_sees_no_shell_and_nothing_of_the_environment(traces: Path, tmp_path: Path) -> None:
    file = traces / "c-twice" / "example.toml"
    os.environ["STACKREEL_SECRET"] = "leaked"
    recipe = f"sh -c 'env > {tmp_path}/env; cp {{source}} {{binary}}; $(touch {tmp_path}/$STACKREEL_SECRET)'"
    file.write_text(file.read_text().replace("gcc -O0 -g -o {binary} {source}", recipe))
    rebuild(traces / "c-twice")
    del os.environ["STACKREEL_SECRET"]
    names = {line.split("=")[0] for line in (tmp_path / "env").read_text().splitlines()}
    assert names - {"_", "SHLVL", "OLDPWD"} == {"PATH", "HOME", "PWD", "LC_ALL", "TZ", "SOURCE_DATE_EPOCH"}


def test_a_new_example_is_complete(traces: Path) -> None:
    example = load_example(traces / "c-twice")
    assert sorted(path.name for path in example.folder.iterdir()) == ["example.toml", "twice", "twice.c"]
    assert example.trace.functions == ("twice", "main")
    assert example.run.argv == ("./twice",)
    assert example.binary.stat().st_mode & 0o111
    assert rebuild(example.folder).binary == "same"
    (row,) = load_toolchains(traces).values()
    assert row.name == example.toolchain
    assert row.prints["gcc --version"] == first_line("gcc --version")


def test_a_second_new_example_shares_the_toolchain_and_says_what_to_paste(
    traces: Path, tmp_path: Path
) -> None:
    before = (traces / "toolchains.toml").read_text()
    created = new_example("again", tmp_path / "twice.c", traces, functions)
    assert (traces / "toolchains.toml").read_text() == before
    assert created.fence() == "```stack-reel\nexample: again\nfrom: enter main\nto: leave main\n```\n"


def test_a_row_is_added_beside_one_of_the_same_name(traces: Path, tmp_path: Path) -> None:
    file = traces / "toolchains.toml"
    (name,) = load_toolchains(traces)
    file.write_text(
        "# mine\n" + file.read_text().replace('"gcc --version" = "', '"gcc --version" = "old ').rstrip()
    )
    created = new_example("again", tmp_path / "twice.c", traces, functions)
    assert created.toolchain == f"{name}-2"
    assert file.read_text().startswith("# mine\n")
    assert set(tomllib.loads(file.read_text())) == {name, f"{name}-2"}


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("c-twice", "twice.c", "there is an example 'c-twice' already"),
        ("../out", "twice.c", "cannot be the name of an example"),
        ("x", "twise.c", "there is no such file"),
        ("x", "twice.rs", "a source ending in '.rs' cannot be compiled here; .c, .go can"),
        ("x", "bad.c", "failed with status 1"),
    ],
)
def test_a_new_example_that_cannot_be(
    traces: Path, tmp_path: Path, name: str, source: str, message: str
) -> None:
    (tmp_path / "twice.rs").write_text("")
    (tmp_path / "bad.c").write_text("int main(void) { return x; }\n")
    before = sorted(traces.rglob("*"))
    with pytest.raises(StackreelError) as raised:
        new_example(name, tmp_path / source, traces, functions)
    assert message in str(raised.value)
    assert sorted(traces.rglob("*")) == before
