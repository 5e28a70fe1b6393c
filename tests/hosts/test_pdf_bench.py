"""What `make bench` measures of the PDF can still be measured."""

from pathlib import Path

import pytest

from bench.pdf import drawn, typeset_all


def test_figures_are_typeset_and_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = tmp_path / "pages"
    pages.write_text("\0".join(drawn(tmp_path)[:8]), encoding="utf-8")
    typeset_all(pages)
    seconds, mebibytes, size, sheets = map(float, capsys.readouterr().out.split())
    assert 0 < seconds < mebibytes
    assert size > 1000
    assert sheets == 4  # the cover, the contents, and four figures a page
