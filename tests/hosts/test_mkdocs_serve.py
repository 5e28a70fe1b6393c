"""`mkdocs serve`: an author changes pages and examples and sees what becomes of it."""

from pathlib import Path

from support.sites import site

FIGURE = "```stack-figure\nexample: sum\nat: after sum+18\n```\n"


def test_changed_pages_and_examples_are_built_again_and_errors_are_seen(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": FIGURE})
    page, example = here.folder / "docs/index.md", here.folder / "traces/sum/example.toml"
    with here.serve() as served:
        first = served.until(lambda html: "<svg" in html)
        assert "sum+18" not in first
        page.write_text(FIGURE.replace("sum+18", "smu+18"))
        wrong = served.until(lambda html: 'role="alert"' in html)
        assert "docs/index.md:3:5: " in wrong
        assert "<svg" not in wrong
        page.write_text(FIGURE.replace("after sum+18", "early"))
        served.until(lambda html: "is no moment" in html)
        example.write_text(example.read_text() + 'early = "after sum+1"\n')
        served.until(lambda html: "<svg" in html)
    said = served.log.read_text()
    assert "WARNING" in said
    assert "Traceback" not in said
