"""The extension alone, as `markdown.markdown(text, extensions=["stackreel"])` in a script has it."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.project import environment
from support.sites import example

SCRIPT = """
import markdown, pathlib
text = pathlib.Path("page.md").read_text()
print(markdown.markdown(text, extensions=EXTENSIONS))
"""
PAGE = """---
stackreel: {example: sum}
---

# Sum

```stack-figure
at: called
```

```stack-text
at: nowhere
```
"""


@pytest.mark.parametrize("extensions", [["stackreel"], ["stackreel", "meta", "pymdownx.superfences"]])
def test_a_plain_script_draws_a_page(tmp_path: Path, extensions: list[str]) -> None:
    example(tmp_path / "traces/sum")
    (tmp_path / "page.md").write_text(PAGE)
    (tmp_path / "script.py").write_text(SCRIPT.replace("EXTENSIONS", repr(extensions)))
    settings = environment(XDG_CACHE_HOME=str(tmp_path / "kept"))
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env=settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("<svg") == 2
    assert done.stdout.count('role="alert"') == 1
    assert done.stderr.startswith("document.md:12:5: 'nowhere' is no moment")
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "kept/stackreel/trace").iterdir())
