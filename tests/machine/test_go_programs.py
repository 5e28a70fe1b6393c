"""Go programs: the runtime's threads, its signals and panics, and recordings that follow a goroutine."""

from __future__ import annotations

import pickle
import struct

import pytest

from stackreel.machine import Recording
from support.emulated import emulated, native, watch
from support.go import BOTH, NEW, OLD, PLAIN, STRIPPED, compile_go
from support.go_sources import CALLS_C, MIXED, PIE

PANICS = """
package main

import "fmt"

type T struct{ a, b int }

func f(p *T) int { return p.b }
func try(g func()) {
	defer func() { fmt.Println("recovered:", recover()) }()
	g()
}
func main() {
	z := 0
	try(func() { fmt.Println(f(nil)) })
	try(func() { fmt.Println(1 / z) })
	try(func() { var a []int; fmt.Println(a[z+3]) })
	f(nil)
}
"""
SELECTS = """
package main

import (
	"fmt"
	"sync"
	"time"
)

func worker(n int, jobs <-chan int, out chan<- int, quit <-chan struct{}) {
	for {
		select {
		case j := <-jobs:
			out <- j*j
		case <-quit:
			return
		}
	}
}

func main() {
	jobs, out, quit := make(chan int), make(chan int, 4), make(chan struct{})
	var wg sync.WaitGroup
	for i := 0; i < 20; i++ {
		wg.Add(1)
		go func(n int) { defer wg.Done(); worker(n, jobs, out, quit) }(i)
	}
	go func() {
		for i := 0; i < 100; i++ {
			jobs <- i
		}
	}()
	total := 0
	for i := 0; i < 100; i++ {
		select {
		case v := <-out:
			total += v
		case <-time.After(time.Second):
			fmt.Println("late")
		}
	}
	close(quit)
	wg.Wait()
	fmt.Println(total)
}
"""
GROWS = """
package main

import "fmt"

func deep(n int) int {
	var a [64]int
	a[n%64] = n
	if n == 0 {
		return 0
	}
	return deep(n-1) + a[n%64]
}

func main() {
	x := 5
	p := &x
	fmt.Println(deep(100), *p)
}
"""
SPINS = """
package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
)

func main() {
	runtime.GOMAXPROCS(2)
	var flag int32
	go func() { atomic.StoreInt32(&flag, 1) }()
	for atomic.LoadInt32(&flag) == 0 {
	}
	n := 0
	done := make(chan bool)
	go func() {
		for i := 0; ; i++ {
			n += i
		}
	}()
	go func() { done <- true }()
	fmt.Println(<-done)
}
"""
WAITS = """
package main

func main() { <-make(chan int) }
"""
TIMES = """
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	begin := time.Now()
	time.Sleep(90 * time.Minute)
	fmt.Println(time.Since(begin).Round(time.Minute))
	tick := time.NewTicker(time.Second)
	for i := 0; i < 3; i++ {
		<-tick.C
	}
	fmt.Println(time.Since(begin).Round(time.Second))
	r, w, err := os.Pipe()
	go func() { time.Sleep(time.Second); w.Write([]byte("late")); w.Close() }()
	b := make([]byte, 10)
	n, _ := r.Read(b)
	fmt.Println(string(b[:n]), err)
	r.SetReadDeadline(time.Now().Add(time.Second))
	n, err = r.Read(b)
	fmt.Println(n, err)
}
"""


def recorded(source: str, toolchain: str, *functions: str) -> tuple[Recording, bytes]:
    binary = compile_go(source, *PLAIN, toolchain=toolchain)
    report = emulated(binary, watch=watch(binary, *functions))
    assert report.recording is not None
    return report.recording, pickle.dumps(report)


@pytest.mark.oracle
@pytest.mark.parametrize("toolchain", BOTH)
def test_panics_are_recovered_or_end_the_program_as_natively(toolchain: str) -> None:
    binary = compile_go(PANICS, *PLAIN, toolchain=toolchain)
    ours, report = native(binary), emulated(binary)
    assert (report.ending.reason, report.ending.status) == ("exited", 2) == ("exited", ours.returncode)
    assert b"nil pointer" in ours.stdout
    assert b"divide by zero" in ours.stdout
    assert report.stdout == ours.stdout
    assert b"goroutine 1 [running]" in ours.stderr
    assert report.stderr == ours.stderr


@pytest.mark.oracle
@pytest.mark.parametrize("toolchain", BOTH)
def test_a_goroutine_that_waits_for_ever_is_the_runtimes_to_find(toolchain: str) -> None:
    binary = compile_go(WAITS, *PLAIN, toolchain=toolchain)
    ours, report = native(binary), emulated(binary)
    assert report.ending.status == ours.returncode == 2
    assert report.stderr == ours.stderr
    assert b"all goroutines are asleep" in ours.stderr


@pytest.mark.parametrize("toolchain", BOTH)
def test_a_program_whose_runtime_only_watches_over_it_waits_for_ever(toolchain: str) -> None:
    # a pipe nobody writes to: the runtime's detector does not count it, and its monitor wakes each minute
    source = """
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	for i := 0; i < 2000; i++ {
		time.Sleep(time.Minute)
		if i%1000 == 0 {
			fmt.Println("a while")
		}
	}
	r, w, _ := os.Pipe()
	n, err := r.Read(make([]byte, 1))
	fmt.Println(n, err, w)
}
"""
    report = emulated(compile_go(source, toolchain=toolchain))
    assert report.stdout == b"a while\na while\n"  # in more than a day, but within each
    assert report.ending.reason == "unsupported"
    told = "the program waits for ever: a day of its clock passed and it printed nothing; thread 1000 at 0x"
    assert report.ending.detail.startswith(told)
    assert " for a descriptor; thread 1001 at 0x" in report.ending.detail
    assert " asleep; thread 1002 at 0x" in report.ending.detail


@pytest.mark.parametrize("toolchain", BOTH)
def test_twenty_goroutines_and_a_select_give_the_same_bytes_each_time(toolchain: str) -> None:
    (first, bytes_of_first), (_, bytes_of_second) = (
        recorded(SELECTS, toolchain, "main.main", "main.worker") for _ in range(2)
    )
    assert bytes_of_first == bytes_of_second
    assert len(first.sizes) > 1000


@pytest.mark.parametrize("toolchain", BOTH)
def test_only_the_goroutine_that_entered_the_start_is_recorded(toolchain: str) -> None:
    recording, _ = recorded(SELECTS, toolchain, "main.main", "main.worker")
    binary = compile_go(SELECTS, *PLAIN, toolchain=toolchain)
    looked_at = watch(binary, "main.main", "main.worker")
    low, high = looked_at.ranges[1]
    pcs = column(recording, "rip")
    assert not any(low <= pc < high for pc in pcs)
    pointers = column(recording, "rsp")
    (first, last), *others = [recording.stack, *(move.after for move in recording.moves)]
    assert all(first <= sp < last or any(a <= sp < b for a, b in others) for sp in pointers)


@pytest.mark.parametrize("toolchain", BOTH)
def test_a_stack_that_is_copied_is_followed(toolchain: str) -> None:
    recording, _ = recorded(GROWS, toolchain, "main.main", "main.deep")
    assert recording.moves
    frames, bases = column(recording, "rsp"), column(recording, "rbp")
    low, high = recording.stack
    for move in recording.moves:
        assert move.before[0] <= low < high <= move.before[1] or (low, high) == move.before
        assert move.after[1] - move.after[0] > move.before[1] - move.before[0]
        assert recording.over[move.step] == 1
        sp, after = frames[move.step], frames[move.step + 1]
        assert move.before[1] - sp == move.after[1] - after
        assert move.after[0] <= bases[move.step + 1] < move.after[1]
        written = addresses_written(recording, move.step)
        assert set(range(after, move.after[1] - 7, 8)) <= written
        low, high = move.after
    assert frames[-1] - frames[0] == 8 + recording.moves[-1].after[1] - recording.moves[0].before[1]


def column(recording: Recording, name: str) -> list[int]:
    """The values of a register of 64 bits, also where it is kept once because it never changes."""
    contents = recording.columns[recording.registers.index(name)]
    values = list(struct.unpack(f"<{len(contents) // 8}Q", contents))
    return values * (len(recording.sizes) + 1) if len(values) == 1 else values


def addresses_written(recording: Recording, step: int) -> set[int]:
    steps = struct.unpack(f"<{len(recording.write_steps) // 4}I", recording.write_steps)
    addresses = struct.unpack(f"<{len(recording.write_addresses) // 8}Q", recording.write_addresses)
    return {address for at, address in zip(steps, addresses, strict=True) if at == step}


@pytest.mark.oracle
@pytest.mark.parametrize(("source", "toolchain"), [(SPINS, NEW), (TIMES, OLD), (TIMES, NEW)])
def test_busy_and_sleeping_goroutines_take_turns(source: str, toolchain: str) -> None:
    report = emulated(compile_go(source, toolchain=toolchain))
    assert (report.ending.reason, report.ending.status) == ("exited", 0)
    expected = "true\n" if source == SPINS else "1h30m0s\n1h30m3s\nlate <nil>\n0 EOF\n"
    assert report.stdout.decode() == expected


HUGE = """
package main

import (
	"fmt"
	"os"
)

func main() {
	data, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")
	fmt.Printf("%q %v\\n", data, err)
}
"""


@pytest.mark.oracle
def test_the_size_of_a_huge_page_is_the_kernels() -> None:
    binary = compile_go(HUGE, toolchain=NEW)
    assert emulated(binary).stdout == native(binary).stdout == b'"2097152\\n" <nil>\n'


@pytest.mark.oracle
@pytest.mark.parametrize("toolchain", BOTH)
@pytest.mark.parametrize(
    ("source", "flags", "cgo"),
    [(MIXED, PIE, False), (MIXED, STRIPPED, False), (CALLS_C, PLAIN, True), (CALLS_C, PIE, True)],
    ids=["pie", "stripped", "cgo", "cgo-pie"],
)
def test_other_ways_to_build_print_the_same(
    source: str, flags: tuple[str, ...], cgo: bool, toolchain: str
) -> None:
    binary = compile_go(source, *flags, toolchain=toolchain, cgo=cgo)
    ours, report = native(binary), emulated(binary)
    assert (report.ending.status, report.stderr) == (ours.returncode, ours.stderr)
    assert ours.stderr
