"""Which command a word means: whole names, gdb's aliases, and any prefix that is not ambiguous, as in gdb.

All of gdb 13's command names take part, also those a replay does not have, so that `s` and `st` mean here what they
mean there.
"""

from __future__ import annotations

from collections.abc import Mapping

from stackreel.claims.gdb.answers import GdbError

_COMMANDS_TEXT = """
    actions add-auto-load-safe-path add-auto-load-scripts-directory add-inferior add-symbol-file
    add-symbol-file-from-memory advance agent-printf alias aliases append apropos attach awatch backtrace
    bookmark break break-range breakpoints call catch cd checkpoint clear clone-inferior collect commands
    compare-sections compile complete condition continue core-file data define define-prefix delete demangle
    detach directory disable disassemble disconnect display document dont-repeat down down-silently dprintf dump
    echo edit enable end eval exec-file exit explore expression faas file files find finish flash-erase
    flushregs focus forward-search frame fs ftrace function generate-core-file goto-bookmark guile guile-repl
    handle hbreak help if ignore inferior info init-if-undefined inspect internals interpreter-exec interrupt
    jit-reader-load jit-reader-unload jump kill layout list load macro maintenance make mem memory-tag monitor
    mt new-ui next nexti nosharedlibrary obscure output overlay passcount path pipe print print-object printf
    ptype pwd python python-interactive queue-signal quit rbreak record refresh remote remove-inferiors
    remove-symbol-file restart restore return reverse-continue reverse-finish reverse-next reverse-nexti
    reverse-search reverse-step reverse-stepi run running rwatch save search section select-frame set
    sharedlibrary shell show signal skip source stack start starti status step stepi stepping stop strace
    support symbol-file taas target task tbreak tcatch tdump teval text-user-interface tfaas tfind thbreak
    thread tp trace tracepoints tsave tstart tstatus tstop tty tui tvariable undisplay unset until up
    up-silently update user-defined watch whatis where while while-stepping winheight winwidth with ws x
"""
COMMANDS = tuple(_COMMANDS_TEXT.split())

ALIASES: Mapping[str, str] = {
    "b": "break", "br": "break", "bre": "break", "brea": "break", "bt": "backtrace", "where": "backtrace",
    "c": "continue", "fg": "continue", "d": "delete", "dis": "disable", "disa": "disable", "en": "enable",
    "f": "frame", "fin": "finish", "h": "help", "i": "info", "inf": "info", "inspect": "print", "j": "jump",
    "k": "kill", "l": "list", "n": "next", "ni": "nexti", "p": "print", "po": "print-object", "r": "run",
    "s": "step", "si": "stepi", "t": "thread", "tb": "tbreak", "tbr": "tbreak", "u": "until", "w": "with",
    "exit": "quit", "e": "edit", "dow": "down", "disas": "disassemble",
}  # fmt: skip

_INFO_TEXT = """
    address all-registers args auto-load auto-load-scripts auxv bookmarks breakpoints checkpoints classes common
    connections copying dcache display dll exceptions extensions files float frame frame-filter functions guile
    handle inferiors line locals macro macros mem module modules os pretty-printer probes proc
    program rec record registers scope selectors set sharedlibrary signals skip source sources stack
    static-tracepoint-markers symbol target tasks terminal threads tp tracepoints tvariables type-printers types
    unwinder variables vector vtbl warranty watchpoints win xmethod
"""
INFO = tuple(_INFO_TEXT.split())

INFO_ALIASES: Mapping[str, str] = {
    "b": "breakpoints", "r": "registers", "f": "frame", "s": "stack", "target": "files", "dll": "sharedlibrary",
}  # fmt: skip

_SETTINGS_TEXT = """
    ada agent annotate architecture args auto-connect-native-target auto-load auto-solib-add backtrace
    basenames-may-differ breakpoint can-use-hw-watchpoints case-sensitive charset check circular-trace-buffer
    code-cache coerce-float-to-double compile-args compile-gcc complaints confirm cp-abi cwd data-directory
    dcache debug debug-file-directory debuginfod default-collect demangle-style detach-on-fork directories
    disable-randomization disassemble-next-line disassembler-options disassembly-flavor disconnected-dprintf
    disconnected-tracing displaced-stepping dprintf-channel dprintf-function dprintf-style
    dump-excluded-mappings editing endian environment exec-direction exec-done-display exec-file-mismatch
    exec-wrapper extended-prompt extension-language filename-display follow-exec-mode follow-fork-mode fortran
    frame-filter gnutarget guile height history host-charset index-cache inferior-tty input-radix
    interactive-mode language libthread-db-search-path listsize logging max-completions max-user-call-depth
    max-value-size may-call-functions may-insert-breakpoints may-insert-fast-tracepoints may-insert-tracepoints
    may-interrupt may-write-memory may-write-registers mem mi-async mpx multiple-symbols non-stop observer
    opaque-type-resolution osabi output-radix overload-resolution pagination print prompt python radix
    range-stepping ravenscar record remote remoteaddresssize remotecache remoteflow remotelogbase remotelogfile
    remotetimeout remotewritesize schedule-multiple scheduler-locking script-extension serial
    solib-absolute-prefix solib-search-path source stack-cache startup-quietly startup-with-shell step-mode
    stop-on-solib-events struct-convention style substitute-path suppress-cli-notifications sysroot
    target-charset target-file-system-kind target-wide-charset tcp tdesc trace-buffer-size trace-commands
    trace-notes trace-stop-notes trace-user trust-readonly-sections tui unwind-on-terminating-exception
    unwindonsignal use-coredump-filter use-deprecated-index-sections var variable verbose watchdog width write
"""
SETTINGS = tuple(_SETTINGS_TEXT.split())

_BUFFER = 100


def command_named(word: str, whole: str = "") -> str:
    """Return the command a word means; `whole` is what gdb repeats of an ambiguous one. Raises GdbError."""
    return _named(word, whole, COMMANDS, ALIASES, "")


def info_named(word: str, whole: str = "") -> str:
    """Return the subcommand of `info` a word means. Raises GdbError."""
    return _named(word, whole, INFO, INFO_ALIASES, "info ")


def setting_named(word: str, whole: str) -> str:
    """Return the setting a word after `set` means, empty where it is none. Raises GdbError where it may be several."""
    if not any(name.startswith(word) for name in SETTINGS):
        return ""
    return _named(word, whole, SETTINGS, {"p": "print", "pr": "print"}, "set ")


def _named(word: str, whole: str, names: tuple[str, ...], aliases: Mapping[str, str], prefix: str) -> str:
    if word in aliases:
        return aliases[word]
    if word in names:
        return word
    found = sorted({n for n in (*names, *aliases) if n.startswith(word)})
    meant = {aliases.get(n, n) for n in found}
    if len(meant) == 1:
        return meant.pop()
    if not found:
        of = f"help {prefix.strip()}" if prefix else "help"
        said = whole if prefix and whole else word
        raise GdbError(f'Undefined {prefix}command: "{said}".  Try "{of}".')
    first = (whole or word).split()[0]  # with a format behind it, of which no name begins so
    listed = _listed([name for name in found if name.startswith(first)])
    raise GdbError(f'Ambiguous {prefix}command "{whole or word}": {listed}.')


def _listed(found: list[str]) -> str:
    """Join names as long as gdb's buffer has room."""
    text = "".join(found[:1])
    for name in found[1:]:
        if len(text) + len(name) + 6 >= _BUFFER:
            return text + ".."
        text += f", {name}"
    return text
