"""Small sites built by MkDocs with the plugin, as an author runs it."""

import hashlib
import os
import re
import shutil
from pathlib import Path

import pytest

from support.project import PLUGINS
from support.sites import Site, counting_dot, site

FIGURE = "```stack-figure\nexample: sum\nat: after sum+4\n```\n"
ALL = f"""# Sum

{FIGURE}
```stack-reel
example: sum
from: enter sum
to: leave sum
notes: {{sum+18: "the `result` <is> there"}}
caption: "All of sum"
```

```stack-listing
example: sum
functions: [main, sum]
at: enter sum
```

- in a list

    ```stack-text
    example: sum
    at: called
    ```
"""
BAD = """---
title: Bad
---
# Bad

```stack-figure
example: smu
at: main
```

> ```stack-figure
> example: sum
> at: mian+4
> ```

```stack-reel
example: sum
from: end
to: start
colour: red
```

```stack-figure
at: main
```
"""


def test_every_block_is_drawn(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": ALL})
    built = here.build("--strict")
    assert built.status == 0, built.said
    page = here.page()
    assert page.count('class="sd-fig"') == 1 + 12
    assert page.count("<li id=") == 12
    assert page.count('<table class="sd-cells"') == 13
    assert "the <code>result</code> &lt;is&gt; there" in page
    assert '<p class="sd-caption">All of sum</p>' in page
    assert '<a href="#sum-listing-main-sum.sum">&lt;sum&gt;</a>' in page
    assert re.search(r'<span class="sd-line sd-coming">=&gt; .*push', page)
    assert re.search(r'<span class="sd-line sd-done">✓ .*call', page)
    assert "int s = a + b;" in page
    assert "sd-error" not in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {"sum-sum", "sum-sum:0", "sum-sum:11", "sum-after-sum-4"} <= set(ids)


def test_all_errors_are_shown_and_told_and_strict_fails(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": BAD, "other.md": "```stack-figure\nat: [\n```"})
    built = here.build()
    assert built.status == 0
    told = built.warnings()
    assert [warning.split(": ")[1] for warning in told] == [
        "docs/index.md:7:10",
        "docs/index.md:13:7",
        "docs/index.md:19:5",
        "docs/index.md:20:1",
        "docs/index.md:23",
        "docs/other.md:2:6",
    ]
    assert "near: sum" in told[0]
    assert "near: main+4" in told[1]
    page = here.page()
    assert page.count('role="alert"') == 4
    assert "docs/index.md:13:7: " in page
    strict = here.build("--strict")
    assert strict.status == 1
    assert strict.warnings() == told


def test_places_are_the_projects_wherever_it_is_built_from(tmp_path: Path) -> None:
    here = site(
        tmp_path / "one/two", {"index.md": BAD, "other.md": "```stack-figure\nexample: sum\nat: end\n```\n"}
    )
    toml = here.folder / "traces/sum/example.toml"
    toml.write_text(toml.read_text().replace('start = "main"', 'start = "mani"'))
    told = here.build().warnings()
    assert [warning.split(": ")[1] for warning in told] == [
        "docs/index.md:7:10",
        "docs/index.md:20:1",
        "docs/index.md:23",
        "traces/sum/example.toml:9",
    ]
    assert "start 'mani': sum has no function named mani" in told[3]
    assert "near: main" in told[3]
    assert "for example: main, main+4, 0x401126 or entry" in told[3]
    (tmp_path / "one/three").mkdir()
    for cwd, config in (
        (tmp_path / "one", "two/mkdocs.yml"),
        (tmp_path / "one/three", "../two/mkdocs.yml"),
        (tmp_path, str(here.folder / "mkdocs.yml")),
    ):
        assert here.build("-f", config, cwd=cwd).warnings() == told
        assert str(tmp_path) not in here.page()


REELS = {
    "from: leave sum\nto: enter sum": "4:5: `to` (enter sum, step 6) comes before `from` (leave sum, step 17)",
    "notes: {main+0: x}\nfrom: enter sum\nto: leave sum": "3:9: the note on `main+0` (step 1) is outside this reel "
    "(steps 6 to 17)",
    "notes: {sum+99: x}": "3:9: 'sum+99' is outside sum",
    "notes: {sum+0: x, step 7: y}": "3:19: the note on `step 7` is the second on the same step",
}


def test_reels_that_cannot_be(tmp_path: Path) -> None:
    pages = {f"{n}.md": f"```stack-reel\nexample: sum\n{body}\n```" for n, body in enumerate(REELS)}
    warnings = site(tmp_path / "s", pages).build().warnings()
    assert len(warnings) == len(REELS)
    for number, said in enumerate(REELS.values()):
        assert f"docs/{number}.md:{said}" in warnings[number]


def test_an_id_twice_is_an_error_and_made_ids_never_clash(tmp_path: Path) -> None:
    own = FIGURE.replace("at:", "id: mine\nat:")
    here = site(tmp_path / "s", {"index.md": f"{FIGURE}\n{FIGURE}", "twice.md": f"{own}\n{own}"})
    (warning,) = here.build().warnings()
    assert "docs/twice.md:9:5: the id `mine` is on this page twice" in warning
    assert {"sum-after-sum-4", "sum-after-sum-4-2"} <= set(re.findall(r'id="([^"]+)"', here.page()))


def test_a_second_build_emulates_and_draws_nothing(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": ALL})
    dot = counting_dot(tmp_path / "bin")
    path = f"{dot}:{os.environ['PATH']}"
    first = here.build(PATH=path, SOURCE_DATE_EPOCH="0")
    assert "13 drawings made, 1 program traced" in first.said
    assert (dot / "drawn").read_text() == "x\n"
    page = here.page()
    blocked = no_unicorn(tmp_path)
    second = here.build(PATH=path, PYTHONPATH=blocked, SOURCE_DATE_EPOCH="0")
    assert "4 from the cache, 0 drawings made, 0 programs traced" in second.said
    assert (dot / "drawn").read_text() == "x\n"
    assert here.page() == page


def no_unicorn(tmp_path: Path) -> str:
    """Return a PYTHONPATH with which the emulator cannot be imported."""
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked/unicorn.py").write_text('raise RuntimeError("the emulator is not to be loaded")\n')
    return f"{tmp_path / 'blocked'}:{PLUGINS}"


def test_a_kept_trace_draws_new_figures_without_the_emulator(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": FIGURE})
    assert here.build("--strict").status == 0
    (here.folder / "docs/index.md").write_text(ALL)
    again = here.build("--strict", PYTHONPATH=no_unicorn(tmp_path))
    assert again.status == 0, again.said
    assert "0 programs traced" in again.said


def test_a_changed_program_is_traced_again_and_a_damaged_cache_is_mended(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": FIGURE})
    here.build()
    for kept in (here.folder / ".cache/stackreel").rglob("*"):
        if kept.is_file():
            kept.write_bytes(kept.read_bytes()[:-10])
    assert "1 drawing made, 1 program traced" in here.build("--strict").said
    toml = here.folder / "traces/sum/example.toml"
    toml.write_text(
        toml.read_text().replace('functions = ["main", "sum"]', 'functions = ["sum"]\nmax_steps = 50')
    )
    assert "1 drawing made, 1 program traced" in here.build("--strict").said


def test_what_is_wrong_with_an_example_is_told_once_at_its_line(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": FIGURE + "\n" + FIGURE.replace("sum+4", "sum+7")})
    with (here.folder / "traces/sum/sum").open("ab") as binary:
        binary.write(b"x")
    built = here.build()
    (warning,) = built.warnings()
    assert "traces/sum/example.toml:4: " in warning
    assert str(tmp_path) not in warning
    assert "SHA-256" in warning
    assert here.page().count('role="alert"') == 2


def test_a_missing_binary(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": FIGURE})
    (here.folder / "traces/sum/sum").unlink()
    (warning,) = here.build().warnings()
    assert "traces/sum/example.toml:3: the binary 'sum' is not there" in warning


@pytest.mark.parametrize("theme", ["mkdocs", "material"])
@pytest.mark.parametrize("urls", ["true", "false"])
def test_assets_are_found_under_a_site_url_with_a_path(tmp_path: Path, theme: str, urls: str) -> None:
    more = f"site_url: https://example.org/some/where/\nuse_directory_urls: {urls}"
    here = site(tmp_path / "s", {"index.md": FIGURE, "deep/page.md": FIGURE}, more=more, theme=theme)
    assert here.build("--strict").status == 0
    for file in (here.folder / "site").rglob("*.html"):
        if file.name == "404.html":
            continue
        links = re.findall(r'(?:href|src)="([^"]*assets/stackreel/[^"]+)"', file.read_text())
        assert len(links) == 2, file
        for link in links:
            assert (file.parent / link).resolve().is_file()
    script = re.search(r'<script src="[^"]*reel\.[0-9a-f]{10}\.js"[^>]*>', here.page())
    assert script is not None
    assert " defer" in script[0]  # a module could not be loaded from a page opened as a file


def test_the_theme_s_language_is_the_figures_language(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": FIGURE})
    (here.folder / "mkdocs.yml").write_text(
        "site_name: T\ntheme: {name: material, language: zh}\nplugins: [stackreel]\n"
    )
    assert here.build("--strict").status == 0
    assert "这个栈的表格" in here.page()


def test_figures_stay_out_of_the_search_index(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": ALL}, theme="material")
    assert here.build("--strict").status == 0
    index = (here.folder / "site/search/search_index.json").read_text()
    assert "there" in index
    assert "rbp" not in index
    assert "0x7fff" not in index
    assert "data-search" not in here.page()


def test_configuration_mistakes_are_all_told(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": "text"})
    config = "site_name: T\nplugins:\n  - stackreel: {syntax: nasm, jobs: many, limits: {seconds: x}}\n"
    (here.folder / "mkdocs.yml").write_text(config)
    built = here.build()
    assert built.status == 1
    for said in ("option 'syntax'", "option 'jobs'", "Sub-option 'seconds'"):
        assert said in built.said


def test_an_unknown_option_is_a_warning(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": "text"})
    (here.folder / "mkdocs.yml").write_text("site_name: T\nplugins: [{stackreel: {colour: red}}]\n")
    assert "colour" in here.build().said
    assert here.build("--strict").status == 1


def test_an_option_that_is_misspelt_is_told_once_with_what_may_be_meant(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": "text"})
    plugin = "stackreel: {sintax: intel, limits: {second: 3}}"
    (here.folder / "mkdocs.yml").write_text(f"site_name: T\nplugins: [{{{plugin}}}]\n")
    warned = [told.rpartition("'stackreel' ")[2] for told in here.build().warnings()]
    assert warned == [
        "option 'limits': Sub-option 'second': Unrecognised configuration name: second; near: seconds",
        "option 'sintax': Unrecognised configuration name: sintax; near: syntax",
    ]


def test_a_folder_of_examples_that_is_not_there_is_told(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": "```stack-figure\nexample: sum\nat: end\n```\n"})
    (here.folder / "mkdocs.yml").write_text("site_name: T\nplugins: [{stackreel: {traces: nowhere}}]\n")
    said = "docs/index.md:2:10: there is no example `sum`, as there is no folder nowhere/ of examples\nnear: traces"
    assert said in here.build().said


def test_a_program_for_another_machine_is_told_at_its_line(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": "```stack-figure\nexample: sum\nat: end\n```\n"})
    binary = here.folder / "traces/sum/sum"
    old = binary.read_bytes()
    new = old[:18] + (183).to_bytes(2, "little") + old[20:]  # e_machine: EM_AARCH64
    binary.write_bytes(new)
    toml = here.folder / "traces/sum/example.toml"
    toml.write_text(
        toml.read_text().replace(hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest())
    )
    assert "traces/sum/example.toml:3: sum is an ELF file for AArch64" in here.build().said


def test_a_strict_build_that_is_quiet_fails_too_and_tells_why(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": BAD})
    loud = here.build("--strict")
    quiet = here.build("--strict", "--quiet")
    assert quiet.status == 1
    assert [told for told in loud.warnings() if told.removeprefix("stackreel: ") not in quiet.said] == []
    assert here.build("--quiet").status == 0


def test_a_site_may_fail_on_errors_without_strict(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": BAD})
    config = here.folder / "mkdocs.yml"
    config.write_text("site_name: T\nplugins: [{stackreel: {on_error: fail}}]\n")
    built = here.build()
    assert built.status == 1
    assert len(built.warnings()) == 5
    assert "5 errors in blocks" in built.said


def test_a_missing_dot_is_told_once(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": ALL})
    (tmp_path / "empty").mkdir()
    built = here.build(PATH=str(tmp_path / "empty"))
    (warning,) = built.warnings()
    assert "dot is not installed" in warning
    assert "apt-get install graphviz" in warning
    assert here.page().count('role="alert"') == 2
    assert "sd-listing" in here.page()


def test_pages_link_to_a_step(tmp_path: Path) -> None:
    pages = {"index.md": ALL, "other.md": "[the return](index.md#sum-sum:11) [no](index.md#sum-sum:12)"}
    here = site(tmp_path / "s", pages, more="validation: {links: {anchors: warn}}")
    (warning,) = here.build().warnings()
    assert "#sum-sum:12" in warning


def test_the_extension_may_be_listed_too(tmp_path: Path) -> None:
    more = "markdown_extensions: [stackreel, pymdownx.superfences, admonition]"
    text = "!!! note\n\n    ```stack-figure\n    example: sum\n    at: main\n    ```\n"
    here = site(tmp_path / "s", {"index.md": text}, more=more)
    assert here.build("--strict").status == 0
    assert here.page().count("<svg") == 2


def test_two_folders_give_the_same_site(tmp_path: Path) -> None:
    def files(where: Site) -> dict[str, bytes]:
        root = where.folder / "site"
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file() and not path.name.startswith("sitemap")
        }

    sites = [site(tmp_path / name, {"index.md": ALL}) for name in ("a", "b/c")]
    for one in sites:
        assert one.build("--strict", SOURCE_DATE_EPOCH="0").status == 0
    assert files(sites[0]) == files(sites[1])
    shutil.rmtree(sites[0].folder)


def test_an_emulator_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": FIGURE})
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked/unicorn.py").write_text('raise ImportError("no such library")\n')
    (warning,) = here.build(PYTHONPATH=f"{tmp_path / 'blocked'}:{PLUGINS}").warnings()
    assert "the emulator cannot be loaded: no such library" in warning
    assert "pip install unicorn" in warning


def test_every_false_claim_is_told_before_a_strict_build_fails(tmp_path: Path) -> None:
    text = (
        "---\nstackreel: {example: sum}\n---\n# T\n\n- `{leave sum} eax == 4`\n\n"
        "```stack-gdb\nat: leave sum\n---\n(gdb) p $eax\n$1 = 5\n```\n"
    )
    built = site(tmp_path, {"index.md": text, "b.md": "# B\n\n`{sum @ enter sum} edi == 2`\n"}).build(
        "--strict"
    )
    assert built.status != 0
    assert [warning.splitlines()[0].removeprefix("stackreel: ") for warning in sorted(built.warnings())] == [
        "docs/b.md:3:2: this is false: edi == 2",
        "docs/index.md:12: `p $eax` prints something else:",
        "docs/index.md:6:4: this is false: eax == 4",
    ]
    true = text.replace("eax == 4", "eax == 3").replace("= 5", "= 3")
    assert site(tmp_path / "right", {"index.md": true}).build("--strict").status == 0
