"""The MkDocs plugin: adds the Markdown extension, its assets, cache, progress and strictness.

It knows nothing of figures. What a block means is the extension's; here is only what MkDocs alone can tell: which
page is being rendered, in what language, and when a build begins and ends.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils.templates import TemplateContext

from stackreel.errors import StackreelError
from stackreel.hosts.mkdocs_config import StackreelConfig
from stackreel.hosts.pdf.press import NO_BOOK, Press
from stackreel.hosts.progress import Progress
from stackreel.hosts.shelf import Shelf
from stackreel.page import Page, StackreelExtension, assets, open_page
from stackreel.page.assets import script, style
from stackreel.page.desk import Desk
from stackreel.page.done import amount

if TYPE_CHECKING:
    from stackreel.page.studio import Studio

log = get_plugin_logger("stackreel")

_NAME = "stackreel"
_ID = re.compile(r'\sid="([^"]+)"')


class StackreelPlugin(BasePlugin[StackreelConfig]):  # type: ignore[no-untyped-call]  # MkDocs leaves it so
    """Stack figures of real machine code in a MkDocs site."""

    def __init__(self) -> None:
        super().__init__()
        self._serving = False
        self._page = Page("")
        self._errors: dict[str, StackreelError] = {}
        self._progress = Progress(sys.stderr, log)
        self._desk: Desk | None = None
        self._shelf = Shelf()
        self._root = Path()
        self._nav = Navigation([], [])
        self._press: Press | None = None
        self.press: Press | None = None
        """Who prints this build, where it was not left to `pdf:`."""

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Note whether an author is looking on."""
        self._serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Begin a build: a studio of this build's settings, the extension, the assets."""
        self._errors = {}
        self._shelf = Shelf()
        self._press = self.press or (Press() if self.config.pdf.enabled and not self._serving else None)
        # Without `..`, and with links as they are: so MkDocs names the pages.
        self._root = Path(os.path.abspath(config.config_file_path or "mkdocs.yml")).parent  # noqa: PTH100 - above
        cache = self._root / self.config.cache
        self._desk = desk = Desk(self._open_studio, cache=cache, decided=self._decided(config))
        ours = StackreelExtension(
            renderer=desk, page=lambda: self._page, report=self._report, memory=desk.memory
        )
        names: list[object] = [name for name in config.markdown_extensions if name != _NAME]
        config["markdown_extensions"] = [*names, ours]
        config.extra_css.insert(0, style().uri)
        entry = ExtraScriptValue(script().uri)
        entry.defer = True
        config.extra_javascript.append(entry)
        return config

    def _decided(self, config: MkDocsConfig) -> list[str]:
        """Return everything the site's settings decide of its blocks."""
        options = self.config
        ours = (self._root / options.traces, options.syntax, options.sysroot, dict(options.limits))
        theirs = (config.markdown_extensions, config.mdx_configs)
        return [*map(str, ours), json.dumps(theirs, default=lambda one: type(one).__qualname__)]

    def _open_studio(self) -> Studio:
        from stackreel.listing.model import Syntax  # noqa: PLC0415 - as above
        from stackreel.machine.model import Limits  # noqa: PLC0415 - loads all rooms, see Desk
        from stackreel.page.studio import Settings, Studio  # noqa: PLC0415 - as above

        options = self.config
        bounds = options.limits
        limits = Limits(
            int(bounds.instructions), float(bounds.seconds), int(bounds.memory), int(bounds.output)
        )
        return Studio(
            Settings(
                traces=self._root / options.traces,
                cache=self._root / options.cache,
                root=self._root,
                syntax=next(syntax for syntax in get_args(Syntax) if syntax == options.syntax),
                jobs=int(options.jobs),
                sysroot=options.sysroot,
                limits=limits,
            )
        )

    @event_priority(-100)  # after the plugins that make pages
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the assets, and record what the pages need, all at once."""
        for asset in assets():
            files.append(File.generated(config, asset.uri, content=asset.content))
        pages = files.documentation_pages()
        self._need.prepare([(file.src_uri, _text(file)) for file in pages], self._progress.step)
        return files

    @property
    def _need(self) -> Desk:
        """The desk of this build: MkDocs calls on_config before anything that needs it."""
        if self._desk is None:
            raise PluginError("stackreel: MkDocs did not configure the plugin")
        return self._desk

    @event_priority(100)  # before the plugins that rewrite a page's text, so that lines are still the file's
    def on_page_markdown(
        self, markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files
    ) -> str | None:
        """Note which page is rendered next."""
        try:
            source = page.file.content_string
        except (OSError, ValueError):
            source = markdown
        name = self._shown(page.file, config)
        self._page = open_page(name, source, text=markdown, language=self._language(config))
        return None

    def _shown(self, file: File, config: MkDocsConfig) -> str:
        """Return a page's file as its author names it: relative to mkdocs.yml."""
        if file.abs_src_path is None:
            return file.src_uri
        path = Path(file.abs_src_path)
        return path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else str(path)

    def _language(self, config: MkDocsConfig) -> str:
        """Return the language of our words: configured, or the theme's (Material: `language`, others: `locale`)."""
        theme = config.theme
        chosen = self.config.language or theme.get("language") or theme.get("locale") or "en"
        return str(chosen)

    @event_priority(-100)  # after the plugins that change a page's HTML
    def on_page_content(
        self, html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files
    ) -> str | None:
        """Tell MkDocs which places can be linked to, which it has not seen; lighten the page for the index."""
        if "sd-" not in html:
            return None
        if page.present_anchor_ids is not None:
            page.present_anchor_ids |= set(_ID.findall(html))
        return self._shelf.take(html)

    @event_priority(-100)  # after the search plugins
    def on_page_context(
        self, context: TemplateContext, *, page: MkDocsPage, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext | None:
        """Make the page whole again."""
        page.content = self._shelf.give_back(page.content or "")
        if self._press is not None:
            self._nav = nav
            self._press.take(page, page.content)
        return None

    def on_env(self, env: object, *, config: MkDocsConfig, files: Files) -> None:
        """All pages are rendered: sum up, and fail the build if the site wants that."""
        self._progress.clear()
        done = self._need.done
        if done.blocks or done.claims:
            log.info("%s", done)
        if not self._errors or self._serving:
            return
        is_silent = not log.isEnabledFor(logging.WARNING)  # then MkDocs counts no warnings, strict or not
        if self.config.on_error == "fail" or (config.strict and is_silent):
            told = "\n".join(["", *self._errors]) if is_silent else " (see above)"
            raise PluginError(f"stackreel: {amount(len(self._errors), 'error')} in blocks{told}")

    @event_priority(-100)  # after the plugins that add files to the site
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """The site is there: print it."""
        if self._press is None:
            return
        try:
            for printed in self._press.print(self._nav, config, self.config.pdf):
                for complaint in printed.complaints:
                    log.warning("%s: %s", printed.file.name, complaint)
                log.info("PDF written: %s", printed.file)
            if not self._press.written:
                log.warning("no PDF is written: %s", NO_BOOK)
        except StackreelError as error:
            raise PluginError(f"stackreel: {error}") from error
        except OSError as error:
            raise PluginError(f"stackreel: the PDF cannot be written: {error}") from error

    def on_build_error(self, *, error: Exception) -> None:
        """Leave the terminal clean."""
        self._progress.clear()

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: object
    ) -> LiveReloadServer:
        """Build again when an example changes."""
        folder = self._root / self.config.traces
        if folder.is_dir():
            server.watch(str(folder))
        return server

    def _report(self, error: StackreelError) -> None:
        """Warn of an error, once a build."""
        text = str(error)
        if text not in self._errors:
            self._errors[text] = error
            self._progress.clear()
            log.warning("%s", text)


def _text(file: File) -> str:
    """Return the text of a page; one that cannot be read is MkDocs's to report."""
    try:
        return file.content_string
    except (OSError, ValueError):
        return ""
