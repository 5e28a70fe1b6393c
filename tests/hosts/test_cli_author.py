"""`stackreel new`, `check`, `traces` and `assets`: from one C file to a checked article."""

import os
from pathlib import Path

import pytest

from support.command import stackreel
from support.go import NEW, toolchain
from support.project import ROOT
from support.sites import SUM, example


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sum.c").write_text(SUM)
    return tmp_path


def test_from_a_source_to_a_checked_article(folder: Path) -> None:
    made = stackreel("new", "first", "sum.c", cwd=folder)
    assert made.returncode == 0, made.stderr.decode()
    said = made.stdout.decode()
    assert "follows sum, main" in said
    fence = said[said.index("```stack-") :]
    (folder / "docs").mkdir()
    (folder / "docs/index.md").write_text(f"# First\n\n{fence}")

    checked = stackreel("check", cwd=folder)
    assert checked.stdout.decode().splitlines() == [
        "traces/first  trace  ok",
        "docs/index.md  1 block  ok",
        "2 checked, 0 failed",
    ]
    assert checked.returncode == 0
    rebuilt = stackreel("traces", cwd=folder)
    assert rebuilt.stdout.decode() == "first: binary same, trace same\n", rebuilt.stderr.decode()

    golden = folder / "traces/first/trace.json"
    golden.write_text(golden.read_text().replace("push %rbp", "push %rbx", 1))
    (folder / "docs/index.md").write_text("```stack-figure\nexample: first\nat: nowhere\n```\n")
    checked = stackreel("check", cwd=folder)
    assert checked.returncode == 1
    told = checked.stdout.decode()
    assert "traces/first  trace  FAILED" in told
    assert "    traces/first/trace.json: step 0 (main): asm was" in told
    assert "    docs/index.md:3:5: 'nowhere' is no moment" in told
    assert told.endswith("2 checked, 2 failed\n")

    for _ in range(2):  # a check does not mend what it finds
        refused = stackreel("traces", cwd=folder)
        assert refused.returncode == 1
        assert refused.stderr.decode().endswith("to take what was made: stackreel traces first --accept\n")
    assert stackreel("traces", "first", "--accept", cwd=folder).returncode == 0
    assert stackreel("traces", cwd=folder).returncode == 0


@pytest.mark.parametrize(
    ("body", "said", "to"),
    [
        ("*(volatile int *)0 = 1;", "it was killed by SIGSEGV at main+", "end"),
        (
            "for (;;) ;",
            "the recording has 10000 steps; raise max_steps or record fewer functions",
            "step 2000",
        ),
    ],
)
def test_a_new_example_that_does_not_return_is_shown_to_its_end(
    tmp_path: Path, body: str, said: str, to: str
) -> None:
    (tmp_path / "wild.c").write_text(f"int main(void) {{ {body} }}\n")
    made = stackreel("new", "wild", "wild.c", cwd=tmp_path)
    assert made.returncode == 0, made.stderr.decode()
    told = made.stdout.decode()
    assert "main does not return in what was recorded: " in told
    assert said in told
    assert told.endswith(f"```stack-reel\nexample: wild\nfrom: enter main\nto: {to}\n```\n")


def test_the_block_of_a_long_run_can_be_pasted(tmp_path: Path) -> None:
    (tmp_path / "long.c").write_text(
        "int main(void) { int s = 0; for (int i = 0; i < 400; i++) s += i; return s & 1; }\n"
    )
    made = stackreel("new", "long", "long.c", cwd=tmp_path)
    told = made.stdout.decode()
    assert "This run has 2011 steps and a reel up to 2000: the block shows its beginning.\n" in told
    fence = told[told.index("```stack-") :]
    assert "\nto: step 2000\n" in fence
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text(fence)
    checked = stackreel("check", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout.decode()
    (tmp_path / "docs/index.md").write_text(fence.replace("step 2000", "step 2001"))
    assert "a page holds up to 2000" in stackreel("check", cwd=tmp_path).stdout.decode()


ROOTS = (
    "#include <math.h>\n#include <stdlib.h>\nint main(int c, char **v) { return (int)sqrt(atof(v[0])); }\n"
)


def test_flags_for_the_compiler(tmp_path: Path) -> None:
    (tmp_path / "root.c").write_text(ROOTS)
    refused = stackreel("new", "root", "root.c", cwd=tmp_path)
    assert "undefined reference to `sqrt'" in refused.stderr.decode()
    assert refused.stderr.decode().endswith(
        "for example: stackreel new root root.c -- -lm, where the function is one of libm\n"
    )
    assert not (tmp_path / "traces").exists()
    made = stackreel("new", "root", "root.c", "--", "-O1", "-DNAME=a b", "-lm", cwd=tmp_path)
    assert made.returncode == 0, made.stderr.decode()
    toml = (tmp_path / "traces" / "root" / "example.toml").read_text()
    assert "build     = \"gcc -O0 -g -o {binary} {source} -O1 '-DNAME=a b' -lm\"\n" in toml
    rebuilt = stackreel("traces", cwd=tmp_path)
    assert rebuilt.stdout.decode() == "root: binary same, trace same\n", rebuilt.stderr.decode()
    refused = stackreel("new", "two", "root.c", "more.c", cwd=tmp_path)
    assert refused.stderr.decode() == (
        "stackreel: 'more.c' is no flag for the compiler, and there is one SOURCE\n"
        "for example: stackreel new two root.c -- -O1 -lm\n"
    )


def test_an_example_that_is_there_already_is_edited(folder: Path) -> None:
    assert stackreel("new", "one", "sum.c", cwd=folder).returncode == 0
    said = "stackreel: traces/one: there is an example 'one' already; to change it, edit {}, then"
    again = stackreel("new", "one", "sum.c", cwd=folder).stderr.decode()
    assert again == f"{said.format('traces/one/sum.c')} `stackreel traces one --accept`\n"
    (folder / "traces/one/example.toml").write_text("title = 1\n")
    assert (
        said.format("traces/one/example.toml") in stackreel("new", "one", "sum.c", cwd=folder).stderr.decode()
    )
    (folder / "traces/one/example.toml").unlink()
    assert "it holds no example" in stackreel("new", "one", "sum.c", cwd=folder).stderr.decode()


def test_check_of_chosen_paths(tmp_path: Path) -> None:
    example(tmp_path / "traces/sum")
    page = tmp_path / "one.md"
    page.write_text("```stack-text\nexample: sum\nat: called\n```\n")
    done = stackreel("check", "one.md", cwd=tmp_path)
    assert done.stdout.decode() == "one.md  1 block  ok\n1 checked, 0 failed\n"
    done = stackreel("check", "traces/sum", cwd=tmp_path)
    assert "`stackreel traces sum` writes it" in done.stdout.decode()
    assert done.returncode == 1
    done = stackreel("check", "absent.md", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, b"stackreel: there is no absent.md\n")
    done = stackreel("check", "oen.md", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, b"stackreel: there is no oen.md\nnear: one.md\n")
    done = stackreel("update", "trcaes", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, b"stackreel: there is no trcaes\nnear: traces\n")


ENDINGS = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")


def test_articles_of_all_endings_are_found_in_a_folder(tmp_path: Path) -> None:
    example(tmp_path / "traces/sum")
    (tmp_path / "docs/folder.md").mkdir(parents=True)
    for ending in ENDINGS:
        (tmp_path / f"docs/one{ending}").write_text("`{sum @ leave sum} eax == 4`\n")
    said = stackreel("check", "docs", cwd=tmp_path).stdout.decode()
    assert said.count("this is false: eax == 4") == len(ENDINGS)
    assert said.endswith("5 checked, 5 failed\n")
    done = stackreel("update", "docs", "--yes", cwd=tmp_path)
    assert done.stdout.endswith(b"5 files written, 0 things left to their author\n")
    near = stackreel("check", "docs/neo.md", cwd=tmp_path).stderr.decode()
    assert near.startswith("stackreel: there is no docs/neo.md\nnear: docs/one.m")


def test_nothing_to_check(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    done = stackreel("check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"nothing to check\n")


@pytest.mark.parametrize("command", ["check", "update"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("docs",), "docs holds no Markdown file\n"),
        (("--docs", "drafts"), "drafts holds no Markdown file\n"),
        (("one.md", "drafts"), "drafts holds no Markdown file\n"),
        (("drafts/notes.txt",), "drafts/notes.txt is no Markdown file\nfor example: docs/zh/index.md\n"),
        (("--docs", "dosc"), "there is no dosc\nnear: docs\n"),
    ],
)
def test_a_named_path_without_markdown(
    tmp_path: Path, command: str, arguments: tuple[str, ...], said: str
) -> None:
    example(tmp_path / "traces/sum")
    (tmp_path / "docs").mkdir()
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts/notes.txt").write_text("")
    (tmp_path / "one.md").write_text("# One\n")
    done = stackreel(command, *arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr.decode()) == (1, f"stackreel: {said}")
    assert done.stdout == b""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "traces"), "traces holds no Markdown, but examples\nfor example: traces/sum\n"),
        (
            ("update", "traces"),
            "traces holds no Markdown, but examples\nfor example: stackreel traces sum --accept\n",
        ),
        (
            ("update", "traces/sum"),
            "traces/sum holds no Markdown, but is an example\nfor example: stackreel traces sum --accept\n",
        ),
    ],
)
def test_what_is_done_with_examples_is_told(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    example(tmp_path / "traces/sum")
    done = stackreel(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (1, b"", f"stackreel: {said}")


def test_an_example_that_is_not_one_of_the_sites(tmp_path: Path) -> None:
    example(tmp_path / "others/sum")
    done = stackreel("check", "others/sum", cwd=tmp_path)
    said = b"stackreel: others/sum is not in traces\nfor example: --traces others\n"
    assert (done.returncode, done.stderr) == (1, said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("../up", "sum.c"), "cannot be the name"),
        (("one", "smu.c"), "near: sum.c"),
        (("one", "notes.txt"), "cannot be compiled here"),
    ],
)
def test_what_new_refuses(folder: Path, arguments: tuple[str, str], said: str) -> None:
    (folder / "notes.txt").write_text("")
    done = stackreel("new", *arguments, cwd=folder)
    assert done.returncode == 1
    assert said in done.stderr.decode()
    assert not (folder / "traces").exists()


def test_a_new_example_in_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "sum.go").write_bytes((ROOT / "traces/go-sum-1.27/sum.go").read_bytes())
    root = toolchain(NEW).root
    assert root is not None
    assert (root / "bin/go").is_file()
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", f"{root}/bin:{path}")
    made = stackreel("new", "found", "sum.go", cwd=folder)
    assert made.returncode == 0, made.stderr.decode()
    assert "from: enter main.main\nto: leave main.main\n" in made.stdout.decode()
    monkeypatch.setenv("PATH", path)

    row = (ROOT / "traces/toolchains.toml").read_text().partition('["go-1.27"]')
    rows = (folder / "traces/toolchains.toml").read_text()
    assert rows.startswith('["go-1.27"]\nget = "go-1.27 from https://go.dev/dl/')
    (folder / "traces/toolchains.toml").write_text(
        rows.replace("go-1.27", "go-path", 1) + (row[1] + row[2]).replace("../.cache", str(ROOT / ".cache"))
    )
    made = stackreel("new", "named", "sum.go", "--toolchain", "go-1.27", cwd=folder)
    assert made.returncode == 0, made.stderr.decode()
    optimized = stackreel(
        "new", "fast", "sum.go", "--toolchain", "go-1.27", "--", "-gcflags", "all=-l", cwd=folder
    )
    assert optimized.returncode == 0, optimized.stderr.decode()
    assert (
        '-gcflags \\"-N -l\\" -gcflags all=-l -o {binary} {source}"'
        in (folder / "traces/fast/example.toml").read_text()
    )
    assert (folder / "traces/named/sum").read_bytes() == (folder / "traces/found/sum").read_bytes()
    checked = stackreel("check", cwd=folder)
    assert checked.stdout.decode().endswith("3 checked, 0 failed\n")
    assert stackreel("traces", "named", cwd=folder).stdout == b"named: binary same, trace same\n"


def test_a_compiler_that_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "sum.go").write_text("package main\nfunc main() {}\n")
    monkeypatch.setenv("PATH", str(folder))
    done = stackreel("new", "one", "sum.go", cwd=folder)
    assert done.stderr.decode() == (
        "stackreel: go is not installed\nfor example: go from https://go.dev/dl/, its bin folder in PATH\n"
    )
    (folder / "traces").mkdir()
    (folder / "traces/toolchains.toml").write_bytes((ROOT / "traces/toolchains.toml").read_bytes())
    done = stackreel("new", "one", "sum.go", cwd=folder)
    assert "for example: stackreel new one sum.go --toolchain go-1.27" in done.stderr.decode()
    done = stackreel("new", "one", "sum.go", "--toolchain", "clang-14", cwd=folder)
    assert (
        "the toolchain 'clang-14' has no go, which compiles this\nnear: go-1.15, go-1.27"
        in done.stderr.decode()
    )


def test_a_new_example_that_cannot_be_recorded_is_kept(folder: Path) -> None:
    early = (
        "#include <stdlib.h>\n__attribute__((constructor)) void early(void) { exit(3); }\nint main(void) {}\n"
    )
    (folder / "early.c").write_text(early)
    done = stackreel("new", "early", "early.c", cwd=folder)
    assert done.returncode == 1
    said = done.stderr.decode()
    assert "traces/early is written, but its run could not be recorded: " in said
    assert "for example: stackreel traces early, when its example.toml is right" in said
    assert (folder / "traces/early/example.toml").is_file()


def test_traces_of_an_empty_folder_and_of_a_misspelt_name(tmp_path: Path) -> None:
    done = stackreel("traces", cwd=tmp_path)
    assert done.returncode == 1
    assert (
        done.stderr
        == b"stackreel: there are no examples in traces/\nfor example: stackreel new c-swap swap.c\n"
    )
    example(tmp_path / "traces/sum")
    done = stackreel("traces", "traces/smu", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == b"stackreel: traces/smu: there is no example 'smu'\nnear: sum\n"


def test_assets_for_other_tools(tmp_path: Path) -> None:
    done = stackreel("assets", "out", cwd=tmp_path)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert [name.split(".")[0] for name in names] == ["reel", "stackreel"]
    assert [name.split(".")[-1] for name in names] == ["js", "css"]
    assert done.stdout.decode().splitlines() == [f"out/{name}" for name in reversed(names)]


def test_a_misspelt_command() -> None:
    done = stackreel("lsiting")
    assert done.returncode == 2
    assert "Did you mean listing?" in done.stderr.decode()
