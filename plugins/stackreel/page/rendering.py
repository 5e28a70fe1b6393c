"""Which page is being rendered, where the tool around us says so without being asked.

Zensical runs Python-Markdown extensions and no plugins; it takes front matter off before Markdown sees the text, and
leaves a `rendering_context` processor behind that knows the page. Nothing of Zensical is imported, and nothing is
taken for granted: whatever is not as expected means that the page is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from markdown import Markdown

from stackreel.page.context import Page, open_page

_PROCESSOR = "rendering_context"


def rendered_page(md: Markdown, text: str, root: Path) -> Page | None:
    """Return the page whose `text` is being rendered; its file is named from `root`."""
    if _PROCESSOR not in md.preprocessors:
        return None
    context = md.preprocessors[_PROCESSOR]
    name = getattr(getattr(context, "page", None), "path", None)
    config = getattr(context, "config", None)
    if not isinstance(name, str) or not isinstance(config, Mapping):
        return None
    file = root / str(config.get("docs_dir", "docs")) / name
    try:
        source = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    theme = config.get("theme")
    language = str(theme.get("language", "en")) if isinstance(theme, Mapping) else "en"
    shown = file.relative_to(root) if file.is_relative_to(root) else file
    return open_page(shown.as_posix(), source, text=text, language=language)
