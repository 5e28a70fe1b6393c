"""A figure never takes the id of a reel's step, which is the reel's id and a number."""

import re
from pathlib import Path

import markdown

from stackreel.page import StackreelExtension
from support.project import ROOT

PAGE = """
```stack-figure
example: c-sum
at: main+25
```

```stack-reel
example: c-sum
from: enter main
to: leave main
```

```stack-figure
example: c-sum
at: main+20
```
"""


def test_steps_and_figures_of_one_function_have_ids_of_their_own(tmp_path: Path) -> None:
    said: list[str] = []
    extension = StackreelExtension(
        report=lambda error: said.append(str(error)),
        file="docs/a.md", traces=str(ROOT / "traces"), cache=str(tmp_path),
    )  # fmt: skip
    page = markdown.markdown(PAGE, extensions=[extension])
    assert said == []
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {"c-sum-main-25-at", "c-sum-main-20-at", "c-sum-main"} <= set(ids)
