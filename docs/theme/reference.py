"""Tables of what there is to set, made from the code: a comment in a page becomes a table when the page is built.

`<!-- options: stack-figure -->` lists the keys of a block, `<!-- options: plugin -->` what mkdocs.yml may set, and
`<!-- commands -->` the commands. The words are the docstrings', which are in English; what the plugin's options mean
in Chinese is in `reference_zh.py`.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import click
from mkdocs.config import Config
from mkdocs.config import config_options as c
from mkdocs.structure.pages import Page

from stackreel.hosts.cli import cli
from stackreel.hosts.mkdocs_config import StackreelConfig
from stackreel.page import KINDS, reference

sys.path.insert(0, str(Path(__file__).parent))
import reference_zh  # type: ignore[import-not-found]  # beside this file, which mypy is given alone

_COMMENT = re.compile(r"^<!-- (?:options: (?P<options>[\w-]+)|(?P<commands>commands)) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    """Put tables in the place of their comments, in the language of the page's folder where there are words."""
    is_chinese = page.file.src_uri.startswith("zh/")
    return _COMMENT.sub(lambda found: _table(found, is_chinese=is_chinese), markdown)


def _table(found: re.Match[str], *, is_chinese: bool) -> str:
    if found["commands"]:
        return _rows(("command", "what it does"), _commands())
    if found["options"] == "plugin":
        rows = settings(StackreelConfig, "")
        if is_chinese:
            told = ((key, default, reference_zh.OPTIONS[key.strip("`")]) for key, default, _ in rows)
            return _rows(reference_zh.HEAD, told)
        return _rows(("key", "default", "meaning"), rows)
    return _rows(("key", "value", "default", "meaning"), _keys(found["options"]))


def _rows(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    """Return a text as it can stand in a table."""
    return " ".join(text.split()).replace("|", "\\|")


def _keys(kind: str) -> Iterator[Sequence[str]]:
    for key, value, default, meaning in reference(KINDS[kind]):
        yield f"`{key}`", value, f"`{default}`" if default not in ("", "required") else default, meaning


def settings(kind: type[Config], before: str) -> Iterator[Sequence[str]]:
    """Yield the options of a configuration and of those in it, with the docstrings below them."""
    meanings = _docstrings(kind)
    for name, option in kind._schema:
        default = "" if option.default in (None, "", []) else f"`{option.default}`"
        yield f"`{before}{name}`", "" if isinstance(option, c.SubConfig) else default, meanings.get(name, "")
        if isinstance(option, c.SubConfig):
            yield from settings(option.config_class, f"{before}{name}.")


def _docstrings(kind: type[Config]) -> dict[str, str]:
    (definition,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(definition, ast.ClassDef)
    return {
        ast.unparse(line.targets[0]): inspect.cleandoc(ast.literal_eval(below.value))
        for line, below in pairwise(definition.body)
        if isinstance(line, ast.Assign) and isinstance(below, ast.Expr)
    }


def _commands() -> Iterator[Sequence[str]]:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        if command:
            yield (
                f"`stackreel {name} {_arguments(command)}`".replace(" `", "`"),
                command.get_short_help_str(200),
            )


def _arguments(command: click.Command) -> str:
    wanted = (parameter for parameter in command.params if isinstance(parameter, click.Argument))
    return " ".join(argument.make_metavar(click.Context(command)) for argument in wanted)
