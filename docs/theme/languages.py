"""One site, a language a folder: what Material takes from a build of its own for each language, given by one build.

Material's own scripts expect each language below a base address of its own, with a search index and a site map
there: then search finds the reader's language, and instant navigation loads the page anew where the words around it
change. Docs in `zh/` and `en/` are built together (see docs/adr/0014); this hook of MkDocs sets base, words and
navigation of each page by its folder, has the switch lead to the same page in the other language, and divides index
and site map at the end. It knows nothing of figures: the plugin asks the theme's language, as of any site.

The navigation's top level has a section a language, named as the switch names it.
"""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from mkdocs.utils.templates import TemplateContext

_URL = re.compile(r"[ \t]*<url>.*?</url>\n?", re.DOTALL)
_TWIN = re.compile(
    r'[ \t]*<(?P<kind>link rel="alternate"|a) href="[^"]*" hreflang="(?P<language>[^"]+)"(?P<rest>[^>]*>)\n?'
)
_SWITCH = 'class="md-select__link"'
"""What the theme's switch has and a link that an author writes has not."""


def _names(config: MkDocsConfig) -> dict[str, str]:
    """Return the languages' folders and names, the site's own first."""
    return {str(row["lang"]): str(row["name"]) for row in config.extra["alternate"]}


def _language(page: Page, config: MkDocsConfig) -> str:
    """Return the language of a page: its folder's, or the site's own."""
    folder = page.file.src_uri.split("/", 1)[0]
    known = _names(config)
    return folder if folder in known else next(iter(known))


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Offer editing where it is known at what address, and keep jieba from telling how long its dictionary took."""
    logging.getLogger("jieba").setLevel(logging.WARNING)
    if not config.repo_url:
        config.edit_uri = None
    return config


@event_priority(200)  # before the plugins that ask
def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Tell the theme which language is being rendered."""
    config.theme["language"] = _language(page, config)


def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
    """Part the languages: what is below a section is top level in its language, and no page leads out of it."""
    for section in _sections(nav, config).values():
        pages = _pages(section)
        for item in section.children:
            item.parent = None
        pages[0].previous_page = pages[-1].next_page = None
    return nav


def on_page_context(
    context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
) -> TemplateContext:
    """Give the page its language's words, navigation and base address."""
    language = _language(page, config)
    section = _sections(nav, config)[language]
    config.theme["language"] = language
    own = Navigation(section.children, _pages(section))
    own.homepage = own.pages[0]
    context["nav"] = own
    context["base_url"] = get_relative_url(language, page.url)
    return context


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Link to the same page in the other languages; where there is none the switch leads to their beginning.

    The links in the head are for those who collect pages. Material's script, which would look for a site map beside
    each and then find the page of the switch itself, takes those for its own that are nothing but alternate.
    """
    own = page.file.src_uri.split("/", 1)[0]
    folder = f"{own}/" if own in _names(config) else ""

    def linked(found: re.Match[str]) -> str:
        language = found["language"]
        if language not in _names(config) or (found["kind"] == "a" and _SWITCH not in found["rest"]):
            return found[0]  # an author's
        has_twin = Path(config.docs_dir, language, page.file.src_uri.removeprefix(folder)).is_file()
        url = f"{language}/{page.url.removeprefix(folder) if has_twin else ''}"
        if found["kind"] == "a":
            address = get_relative_url(url, page.url)
            return found[0].replace(found[0].split('"')[1], address, 1)
        line = f'<link rel="alternate translation" href="{config.site_url}{url}" hreflang="{language}"{found["rest"]}\n'
        return line if has_twin else ""

    return _TWIN.sub(linked, output)


def on_env(env: object, *, config: MkDocsConfig, files: Files) -> None:
    """What belongs to no page speaks the site's own language."""
    config.theme["language"] = next(iter(_names(config)))


@event_priority(-200)  # after the search plugin
def on_post_build(*, config: MkDocsConfig) -> None:
    """Write each language's own search index and site map."""
    site = Path(config.site_dir)
    index = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))
    urls = (site / "sitemap.xml").read_text(encoding="utf-8")
    for language in _names(config):
        found = [
            {**entry, "location": entry["location"].removeprefix(f"{language}/")}
            for entry in index["docs"]
            if entry["location"].startswith(f"{language}/")
        ]
        folder = site / language
        (folder / "search").mkdir(exist_ok=True)
        (folder / "search/search_index.json").write_text(
            json.dumps({**index, "docs": found}, ensure_ascii=False), encoding="utf-8"
        )
        (folder / "sitemap.xml").write_text(_below(urls, f"{config.site_url}{language}/"), encoding="utf-8")


def _below(urls: str, address: str) -> str:
    """Return a site map of the pages below an address."""
    return _URL.sub(lambda url: url[0] if f"<loc>{address}" in url[0] else "", urls)


def _sections(nav: Navigation, config: MkDocsConfig) -> dict[str, Section]:
    by_title = {item.title: item for item in nav.items if isinstance(item, Section)}
    return {language: by_title[name] for language, name in _names(config).items()}


def _pages(section: Section) -> list[Page]:
    """Return the pages of a section in the reader's order."""
    found: list[Page] = []
    for item in section.children:
        found.extend(_pages(item) if isinstance(item, Section) else [item] if isinstance(item, Page) else [])
    return found
