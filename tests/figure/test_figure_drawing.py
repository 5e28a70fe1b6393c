"""Drawings: the same frame for every step of a reel, well-formed and accessible SVG, hostile names, the cache."""

from __future__ import annotations

import random
import re
import subprocess
from dataclasses import replace
from math import ceil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from stackreel import figure
from stackreel.binary.model import SymbolOffset
from stackreel.errors import ToolError
from stackreel.figure import dot, graphviz_run
from stackreel.figure.lettering import mono, sans
from stackreel.frames.model import SavedRegister, StackView
from stackreel.isa import X86_64
from stackreel.listing.model import FunctionListing
from support.views import E, c_sum_listings, c_sum_views, executed, frame, slot, view

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    "\"'&]]>--><!--",
    "a\\Nb\\G\\\\n\\",
    "esc\x1b[31m\x00\x07\u202eevil\ud800",
    "std::map<std::string, std::vector<std::pair<int, double>>>::operator[](std::string const&)" * 40,
    "main.(*Server[go.shape.struct { Name string; Age int }]).Handle.func1.2",
    "函数名也可以很长很长很长很长很长很长很长很长很长很长很长很长",
    "%s%n{0}{name}",
    "e\u0301\u200d\ufeff👩‍👩‍👧",
    " ",
]


def reel(language: str = "en", *moments: str) -> tuple[figure.Scene, ...]:
    return figure.compose(c_sum_views(*moments), c_sum_listings(), X86_64, ident="reel", language=language)


def parsed(drawing: figure.Drawing) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(f"<div>{drawing.svg}</div>"))


def texts(root: ElementTree.Element) -> list[ElementTree.Element]:
    return list(root.iter(f"{SVG}text"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_moves_between_the_steps_of_a_reel(language: str) -> None:
    drawings = figure.draw(reel(language))
    frames = {tuple(svg.get("viewBox") for svg in parsed(d)) for d in drawings}
    assert len(frames) == 1
    addresses = {
        tuple(
            (t.text, t.get("x"), t.get("y"))
            for t in texts(parsed(d)[1])
            if re.fullmatch("e[45][0-9a-f]{2}", t.text or "")
        )
        for d in drawings
    }
    assert len(addresses) == 1
    assert len(next(iter(addresses))) == 16
    registers = {
        tuple(t.get("y") for t in texts(parsed(d)[0]) if t.text in ("rip", "rsp", "rbp")) for d in drawings
    }
    assert len({len(r) for r in registers}) <= 2, "rip's flag may be absent"
    assert len({scene.key for scene in reel(language)}) == 1
    assert len({len(scene.code) for scene in reel(language)}) == 1


def test_each_panel_is_a_described_image_with_its_own_ids() -> None:
    drawings = figure.draw(reel())
    ids = [e.get("id") for d in drawings for svg in parsed(d) for e in svg.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    for drawing in drawings:
        for svg in parsed(drawing):
            assert svg.get("role") == "img"
            title, description = (svg.get("aria-labelledby") or "").split()
            named = {e.get("id"): "".join(e.itertext()) for e in svg.iter() if e.get("id")}
            assert named[title]
            assert named[description]
    assert drawings[9].description.startswith("mov: reads 3 from s")


def test_roles_become_classes() -> None:
    code, stack = parsed(figure.draw(reel())[9])
    classes = [e.get("class", "") for e in stack.iter()]
    assert classes.count("rd") == 1
    assert classes.count("wr") == 0
    assert {"fs", "fo", "pr", "ln", "bf", "edge", "box red"} <= set(classes)
    assert {"band", "bar", "dc", "ds", "fs"} <= {e.get("class", "") for e in code.iter()}
    assert not any(e.get("fill", "").startswith("#") or e.get("style") for e in (*code.iter(), *stack.iter()))
    used = next(t for t in texts(stack) if t.get("class") == "b s10 e")
    assert used.text == "-0x4"


def test_a_hatch_is_defined_where_it_is_used() -> None:
    for drawing in figure.draw(reel()):
        wanted = set(re.findall(r"url\(#([^)]+)\)", drawing.svg))
        assert wanted == set(re.findall(r'<pattern id="([^"]+)"', drawing.svg))


def test_standalone_svg_is_whole() -> None:
    drawing = figure.draw(reel())[9]
    svg = figure.standalone_svg(drawing)
    root = ElementTree.fromstring(svg.encode())
    assert root.get("viewBox") == f"0 0 {drawing.width} {drawing.height}"
    assert "light-dark(" in svg
    assert "prefers-color-scheme" in svg or "color-scheme:light dark" in svg
    assert "fill:#1b1c1e;fill:var(--sd-ink)" in svg
    assert ".md-typeset" not in svg


def test_page_svg_gives_the_panels_asked_for() -> None:
    drawing = figure.draw(reel())[0]
    assert figure.page_svg(drawing, ("stack",)).count("<svg") == 1
    assert figure.page_svg(drawing) == drawing.svg
    assert "<style" not in drawing.svg


def test_drawing_twice_gives_the_same() -> None:
    assert figure.draw(reel()) == figure.draw(reel())


def test_the_cache_saves_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    cache: dict[str, str] = {}
    first = figure.draw(reel(), cache)
    assert len(cache) == len(first)

    def never(sources: object) -> dict[str, str]:
        assert not sources
        return {}

    monkeypatch.setattr("stackreel.figure.drawing.svg_of", never)
    assert figure.draw(reel(), cache) == first


def test_no_views_no_drawings() -> None:
    assert figure.compose([], [], X86_64, ident="x", language="en") == ()
    assert figure.draw(()) == ()


def hostile(name: str) -> tuple[StackView, list[FunctionListing]]:
    slots = [
        slot(E + 0x18, 8, 0x401136, "return address", symbol=SymbolOffset(name, 30)),
        slot(E + 0x10, 8, E + 0x30, "saved register", name),
        slot(E + 8, 4, 1, "local", name, value=name, mark="written"),
        slot(E + 4, 4, 2, "local", name, value="2", mark="read"),
        slot(E, 8, 3, "parameter", name, value=name * 2),
    ]
    popped = frame(name, E + 8, E, level=-1)
    live = frame(name, E + 0x20, E, saved=[SavedRegister("rbp", E + 0x10, E + 0x30)])
    made = view(slots, [live], popped=[popped], rsp=E, rbp=E + 0x10, next_pc=0x400527,
                executed=executed(0x400526, writes=[(E + 8, 1, 4)], rsp=E))  # fmt: skip
    main = c_sum_listings()[1]
    instructions = tuple(
        replace(i, operands=name, location=SymbolOffset(name, 0), symbol=SymbolOffset(name, 4), comment=name)
        for i in main.instructions
    )
    return made, [replace(main, name=name, instructions=instructions)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_drawn_and_harmless(name: str, language: str) -> None:
    made, listings = hostile(name)
    (scene,) = figure.compose([made], listings, X86_64, ident="<&\"'>", language=language)
    (drawing,) = figure.draw([scene])
    for markup in (f"<div>{drawing.svg}</div>", drawing.table, figure.standalone_svg(drawing)):
        root = ElementTree.fromstring(markup.encode())
        assert not list(root.iter("script"))
        assert not list(root.iter(f"{SVG}script"))
    for text in (figure.text(scene), figure.text(scene, ascii=True)):
        assert text.replace("\n", "").isprintable()
        assert max(map(len, text.splitlines())) <= 100


def test_texts_measured_as_fitting_do_fit_in_dot() -> None:
    chance = random.Random(7)
    letters = "".join(map(chr, range(33, 127))) + "汉字宽…·"
    cells = []
    for size in (9, 10, 11):
        for face, measure in (("mono", mono(size)), ("sans", sans(size))):
            samples = [c * 12 for c in letters] + ["".join(chance.choices(letters, k=17)) for _ in range(60)]
            for sample in samples:
                run = dot.text(sample, "ink", size, face)  # type: ignore[arg-type]  # the two faces
                cells.append(dot.cell(run, ceil(measure(sample)), 15))
    source = f"digraph fit {{ node [shape=plain]; a [label=<{dot.table(cells)}>] }}"
    assert graphviz_run.svg_of({"fit": source})["fit"].count("<text") == len(cells)


def test_dot_missing_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError) as error:
        figure.draw(reel())
    assert "dot is not installed" in str(error.value)
    assert "graphviz" in error.value.example


def test_what_dot_remarks_is_an_error_that_names_the_figure() -> None:
    good = 'digraph good { a [label="x"] }'
    bad = ('digraph bad { node [shape=plain]; a [label=<<TABLE><TR><TD FIXEDSIZE="TRUE" WIDTH="9" HEIGHT="9">'
           "too long for it</TD></TR></TABLE>>] }")  # fmt: skip
    with pytest.raises(ToolError, match="the figure second: Warning: cell size too small"):
        graphviz_run.svg_of({"first": good, "second": bad, "third": good})
    with pytest.raises(ToolError, match=r"the figure broken: .*syntax error"):
        graphviz_run.svg_of({"broken": "digraph {"})


def test_many_graphs_come_back_in_order() -> None:
    sources = {f"g{n}": f'digraph g{n} {{ a [label="only {n}"] }}' for n in range(30)}
    drawn = graphviz_run.svg_of(sources)
    assert all(f">only {n}<" in drawn[f"g{n}"] for n in range(30))


def test_a_dot_without_the_fonts_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said = ('dot - graphviz version 2.43.0 (0)\nfontname: "DejaVu Sans Mono" resolved to: (PangoCairoFcFont) '
            '"Nimbus Mono PS, Regular" /usr/share/fonts/n.t1')  # fmt: skip

    class Done:
        stderr = said
        stdout = ""

    graphviz_run._probe.cache_clear()
    monkeypatch.setattr(graphviz_run, "run_check", lambda *_, **__: Done())
    with pytest.raises(ToolError, match="DejaVu Sans Mono, but dot finds Nimbus Mono PS") as error:
        figure.version()
    assert "fonts-dejavu" in error.value.example
    graphviz_run._probe.cache_clear()


def test_version_is_a_number() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", figure.version())


def test_another_font_file_is_another_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, version = figure.identity(), figure.version()
    asked = subprocess.run(
        ["dot", "-v", "-Tsvg"], input=graphviz_run._PROBE, capture_output=True, text=True, check=True
    )
    files = [Path(match["file"]) for match in graphviz_run._RESOLVED.finditer(asked.stderr)]
    assert len(files) == 2
    for file in files:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))
    try:
        graphviz_run._probe.cache_clear()
        assert figure.identity() == before
        with (tmp_path / files[0].name).open("ab") as font:
            font.write(b"another version")
        graphviz_run._probe.cache_clear()
        assert figure.identity() != before
        assert figure.version() == version
    finally:
        graphviz_run._probe.cache_clear()


def test_the_table_says_all_of_the_stack() -> None:
    (scene,) = reel("en", "T9")
    rows = list(ElementTree.fromstring(figure.table(scene)).iter("tr"))
    heads = [cell.text for cell in rows[0]]
    assert heads == ["address", "from rbp", "from rsp", "bytes", "holds", "value", "frame", "state"]
    assert all(cell.get("scope") == "col" for cell in rows[0])
    assert all(row[0].get("scope") == "row" for row in rows[1:])
    said = {"".join(row[0].itertext()): ["".join(cell.itertext()) for cell in row[1:]] for row in rows[1:]}
    assert said["0x7fffffffe4dc"] == ["-0x4", "-0x4", "4", "s", "3", "sum", "read, red zone"]
    assert said["0x7fffffffe4e0"] == ["0", "0", "8", "saved rbp", "0x7fffffffe510", "sum",
                                      "rsp points here, rbp points here"]  # fmt: skip
    assert said["0x7fffffffe50c"][4:] == ["", "main", "never written"]
    assert ElementTree.fromstring(figure.table(scene)).find("caption") is not None


def test_ids_of_different_names_differ() -> None:
    names = ["a b", "a-b", "a+b", "图", "画", "1"]
    made = [figure.compose(c_sum_views("T9"), [], X86_64, ident=name, language="en")[0] for name in names]
    idents = [drawing.ident for drawing in figure.draw(made)]
    assert len(set(idents)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z][\w-]*", ident) for ident in idents)


def test_names_beside_short_brackets_are_cut_not_lost() -> None:
    slots = [slot(E, 8, 1, "return address")]
    for name, shown in (("main", "main"), ("comparator", "co…"), ("f" * 300, None)):
        (drawing,) = figure.draw(
            figure.compose(
                [view(slots, [frame(name, E + 8, E)], rsp=E)], [], X86_64, ident="n", language="en"
            )
        )
        turned = [t.text or "" for t in texts(parsed(drawing)[1]) if "rotate" in t.get("transform", "")]
        assert len(turned) == 1
        assert turned[0] == (shown or turned[0])
        assert turned[0].rstrip("…") in name
