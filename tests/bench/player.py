"""A reel of a thousand steps: what a step weighs in the page, and how long changing it takes in a browser."""

import gzip
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from support.browser import chromium
from support.build import compile_c
from support.project import environment

PROMISED_WEIGHT = 1024
PROMISED_TIME = 16.0
LOOP = """int sum(int n) {
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i;
    return s;
}

int main(void) { return sum(240); }
"""
CHANGES = """() => {
    const slider = document.querySelector('.sd-slider');
    const click = (name) => document.querySelector(name).click();
    const jump = (at) => {
        slider.value = String((at * 577) % Number(slider.max));
        slider.dispatchEvent(new Event('input'));
    };
    return [...Array(300)].map((_, at) => {
        const before = slider.value;
        const begin = performance.now();
        if (at % 3 === 2) jump(at);
        else click(at % 50 < 30 ? '.sd-next' : '.sd-previous');
        document.body.getBoundingClientRect();
        const took = performance.now() - begin;
        if (slider.value === before) throw new Error(`the step stayed ${before}`);
        return took;
    }).sort((a, b) => a - b);
}"""
"""Each change is one: to a step beside, on and back, and to a far one. The layout it needs is counted."""


def measure() -> bool:
    """Print weight and time; tell whether both are within what is promised."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "loop.c"
        source.write_text(LOOP)
        program = compile_c(source, "-O0", "-g", "-fno-pie", "-no-pie", "-fcf-protection=none")
        page = Path(folder) / "page.html"
        code = "from stackreel.hosts.cli import main; main()"
        command = [sys.executable, "-c", code, "reel", str(program), "-o", str(page)]
        subprocess.run(command, env=environment(), check=True)
        text = page.read_text(encoding="utf-8")
        found = re.search(r"<stack-reel.*</stack-reel>", text, re.DOTALL)
        assert found is not None
        with chromium() as browser:
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(page.as_uri())
            tab.locator(".sd-live").wait_for()
            steps = int(tab.locator(".sd-slider").get_attribute("max") or 0)
            times = tab.evaluate(CHANGES)
    weight = len(gzip.compress(found[0].encode(), 9)) / steps
    middle, slow = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"a reel of {steps} steps")
    print(f"  a step in the page    {weight:>9.0f} B after gzip; promised: {PROMISED_WEIGHT}")
    print(
        f"  changing the step     {middle:>9.1f} ms, 99 in 100 within {slow:.1f} ms; promised: {PROMISED_TIME}"
    )
    return weight <= PROMISED_WEIGHT and slow < PROMISED_TIME
