"""What the article shows `go vet` say of hand-written assembly is what it says."""

import re
import subprocess
from pathlib import Path

import pytest

from support.go import NEW, environment, toolchain
from support.project import ROOT

pytestmark = pytest.mark.oracle

EXAMPLE = ROOT / "traces/go-asm-1.27"
SHOWN = re.findall(
    r"^asm_amd64\.s:.*$", (ROOT / "docs/zh/go-beyond.md").read_text(encoding="utf-8"), re.MULTILINE
)


@pytest.mark.parametrize(("slip", "told"), list(zip(("b+16(FP)", "c+8(FP)"), SHOWN, strict=True)))
def test_go_vet_says_what_is_shown(slip: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module asm\n")
    (tmp_path / "main.go").write_bytes((EXAMPLE / "main.go").read_bytes())
    assembly = (EXAMPLE / "asm_amd64.s").read_text(encoding="utf-8")
    (tmp_path / "asm_amd64.s").write_text(assembly.replace("ADDQ b+8(FP)", f"ADDQ {slip}"))
    root = toolchain(NEW).root
    assert root is not None
    done = subprocess.run(
        [str(root / "bin/go"), "vet", "."],
        cwd=tmp_path, env=dict(environment(NEW)), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert [line.removeprefix("./") for line in done.stderr.splitlines() if "asm_amd64.s" in line] == [told]
