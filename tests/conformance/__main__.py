"""`make conformance`: Go's own test programs, emulated and on the CPU. Exits with 1 where too many differ.

`python -m conformance [TOOLCHAIN…] [NAME…]`: names are parts of programs' paths; without any, all.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

from conformance.go_compare import compare
from conformance.go_programs import name_of, programs
from stackreel.machine import Emulator
from support.go import BOTH

PROMISED = 0.95
JOBS = 2


def measure(toolchain: str, parts: list[str]) -> bool:
    """Print every program that differs and the share that does not; tell whether it is the promised one."""
    chosen = [p for p in programs() if not parts or any(part in name_of(p) for part in parts)]
    with Emulator(JOBS) as emulator, ThreadPoolExecutor(JOBS) as pool:
        outcomes = list(pool.map(lambda p: compare(p, toolchain, emulator), chosen))
    counted = [o for o in outcomes if o.kind != "not counted"]
    same = sum(o.kind == "same" for o in counted)
    for outcome in outcomes:
        if outcome.kind != "same":
            print(f"  {outcome.kind}: {name_of(outcome.program)}: {outcome.why}")
    share = same / len(counted) if counted else 0.0
    print(f"{toolchain}: {same} of {len(counted)} run as on the CPU ({share:.1%}); promised: {PROMISED:.0%}")
    return share >= PROMISED


if __name__ == "__main__":
    asked = [a for a in sys.argv[1:] if a in BOTH]
    rest = [a for a in sys.argv[1:] if a not in BOTH]
    kept = [measure(toolchain, rest) for toolchain in asked or BOTH]
    sys.exit(0 if all(kept) else 1)
