"""The README's picture: the figure of the start page, as an SVG of its own on standard output."""

from pathlib import Path

from stackreel import figure
from stackreel.page.library import Library, Settings
from stackreel.page.subject import Look
from support.project import ROOT

EXAMPLE, MOMENT = "c-sum", "after sum+21"


def picture() -> str:
    """Return the SVG."""
    library = Library(Settings(traces=ROOT / "traces", cache=Path(ROOT / ".cache/stackreel"), root=ROOT))
    subject = library.subject(EXAMPLE)
    at = subject.position(MOMENT)
    (scene,) = subject.scenes(at, at, Look(("main", "sum"), "att", EXAMPLE, "en"))
    library.close()
    return figure.standalone_svg(figure.draw((scene,))[0])


if __name__ == "__main__":
    print(picture(), end="")
