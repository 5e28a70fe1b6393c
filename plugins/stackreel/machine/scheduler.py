"""Which thread runs: one at a time, the same in every run.

A thread runs until it waits, yields, or has executed a slice of instructions while others live; then the one that
has been ready longest runs. What waits is looked at only then. Where all wait, the clock jumps to the first
deadline; where there is none, the program waits for ever, and that ends the run. So does a day of the clock in which
it woke only to wait again, as the monitor of a Go runtime does, and printed nothing. Nothing of the host decides.
"""

from __future__ import annotations

import struct
from collections import deque
from typing import TYPE_CHECKING

from unicorn import x86_const

from stackreel.machine import signals
from stackreel.machine.clock import SECOND
from stackreel.machine.context import Context
from stackreel.machine.linux import Errno
from stackreel.machine.outcomes import LinuxError, Refused, Waits
from stackreel.machine.threads import Thread
from stackreel.machine.timers import Timers

if TYPE_CHECKING:
    from stackreel.machine.process import Process

SLICE = 400_000
"""Instructions a thread executes at a stretch when others are ready: 0.4 ms of the virtual clock."""

IDLE_TIME, IDLE_WAITS = 86_400 * SECOND, 1000
"""A program that printed nothing in so many nanoseconds and so many waits of all its threads waits for ever."""

_END = 1 << 62  # the end of time, as the clock has it


class Scheduler:
    """The threads of a process; `current` runs, or was the last to run."""

    def __init__(self, process: Process, first: int) -> None:
        self._process = process
        self.current = Thread(first)
        self.threads = [self.current]
        self.timers = Timers(process.clock)
        self.sleepers: list[Thread] = []
        self._ready: deque[Thread] = deque()
        self._next_tid = first + 1
        self._gives_way = self._ended = False
        self._slice_end = SLICE
        self._bound = 0
        self._at_bound = False
        self._printed = self._idle_since = self._idle_waits = 0
        self.set_bound()

    # -- bounds ------------------------------------------------------------------------------------------------

    def set_bound(self) -> None:
        """Have the engine stop where something is due: the limit of the run, the end of the slice, a timer."""
        now = self._process.engine.instructions
        bound = self._process.job.limits.instructions
        soonest = self.timers.soonest()
        if soonest is not None:
            bound = min(bound, now + max(1, soonest))
        if len(self.threads) > 1:
            bound = min(bound, self._slice_end)
        self._bound = bound
        self._process.engine.counter.set_bound(bound)

    def bound_reached(self) -> None:
        """The engine stops because of the bound."""
        self._at_bound = True

    # -- what threads do ---------------------------------------------------------------------------------------

    def start(self, context: Context) -> Thread:
        """Add a thread with these registers; it runs when its turn comes."""
        current = self.current
        thread = Thread(self._next_tid, context, current.name, current.is_named, current.blocked)
        self._next_tid += 1
        self.threads.append(thread)
        self._ready.append(thread)
        self._slice_end = self._process.engine.instructions + SLICE
        self.set_bound()
        return thread

    def new_tid(self) -> int:
        """Return the number the next thread gets."""
        return self._next_tid

    def give_way(self) -> None:
        """The current thread lets others run first."""
        self._gives_way = True

    def wait(self, wait: Waits) -> None:
        """The current thread waits, unless a signal is there for it."""
        thread = self.current
        if signals.has_deliverable(self._process, thread):
            thread.interrupted = wait
            return
        if wait.deadline is not None:
            wait.deadline = min(wait.deadline, _END)
        thread.waiting = wait
        thread.pc = self._process.engine.pc
        self.sleepers.append(thread)

    def wake(self, thread: Thread, *, result: int | None = None, again: bool = False) -> None:
        """End a thread's wait."""
        self.sleepers.remove(thread)
        thread.waiting, thread.result, thread.again = None, result, again
        self._ready.append(thread)

    def interrupt(self, thread: Thread) -> None:
        """End a thread's wait because a signal is there for it."""
        wait = thread.waiting
        if wait is not None:
            self.wake(thread)
            thread.interrupted = wait

    def wake_at(self, word: int, count: int, bitset: int = 0xFFFF_FFFF) -> int:
        """Wake up to `count` threads that wait at a futex, first come first served; return how many."""
        found = [
            t for t in self.sleepers if t.waiting and t.waiting.word == word and t.waiting.bitset & bitset
        ]
        for thread in found[:count]:
            self.wake(thread, result=0)
        return len(found[:count])

    def requeue(self, word: int, count: int, other: int) -> int:
        """Have up to `count` threads that wait at one futex wait at another; return how many."""
        found = [t for t in self.sleepers if t.waiting and t.waiting.word == word][:count]
        for thread in found:
            if thread.waiting is not None:
                thread.waiting.word = other
                self.sleepers.remove(thread)
                self.sleepers.append(thread)
        return len(found)

    def end(self) -> None:
        """The current thread is over; others live."""
        self.threads.remove(self.current)
        self._ended = True

    def find(self, tid: int) -> Thread | None:
        """Return the thread of a number."""
        return next((t for t in self.threads if t.tid == tid), None)

    # -- who runs ----------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Before the program goes on: let timers go off, and change to another thread where it is time.

        Raises Refused where all threads wait for ever.
        """
        hit, lead = self._at_bound, 0
        if hit:  # the block that would pass the bound has not run: what is due at its end is due now
            self._at_bound = False
            lead = max(0, self._bound - self._process.engine.instructions)
        stays = self.current.waiting is None and not self._ended
        self._ring(lead)
        is_over = hit and self._bound >= self._slice_end and len(self.threads) > 1
        if stays and not self._gives_way and not is_over:
            if hit:
                self.set_bound()
            return
        self._gives_way = False
        self._wake_due(lead)
        if stays:
            self._ready.append(self.current)
        while not self._run_next():
            pass
        self._slice_end = self._process.engine.instructions + lead + SLICE
        self.set_bound()

    def _run_next(self) -> bool:
        """Change to the next thread; False where it only waits again."""
        self._process.check_limits()
        while not self._ready:
            self._pass_time()
        self._change_to(self._ready.popleft())
        return self._go_on(self.current)

    def _ring(self, lead: int) -> None:
        for timer in self.timers.take_due(lead):
            if timer.signal is not None:
                signals.send(self._process, timer.signal, timer.thread)

    def _wake_due(self, lead: int) -> None:
        now = self._process.clock.now() + lead
        due: list[tuple[int, Thread]] = []
        for thread in list(self.sleepers):
            wait = thread.waiting
            if wait is None:
                continue
            if wait.ready is not None and wait.ready():
                self.wake(thread, again=True)
            elif wait.deadline is not None and wait.deadline <= now:
                due.append((wait.deadline, thread))
        for _, thread in sorted(due, key=lambda row: (row[0], row[1].tid)):
            if thread.waiting is not None:
                self.wake(thread, result=thread.waiting.timed_out)

    def _pass_time(self) -> None:
        """All wait: the clock jumps to the first deadline."""
        ends = [t.waiting.deadline for t in self.sleepers if t.waiting and t.waiting.deadline is not None]
        timer = self.timers.next_wake()
        if timer is not None:
            ends.append(timer)
        if not ends:
            raise Refused(f"the program waits for ever: {self.describe()}")
        self._end_if_idle()
        self._process.clock.advance_to(min(ends))
        self._process.check_limits()
        self._ring(0)
        self._wake_due(0)

    def _end_if_idle(self) -> None:
        """Raise Refused where the program has long done nothing but wait."""
        now, printed = self._process.clock.elapsed(), self._process.output.written
        if printed != self._printed or not self._idle_waits:
            self._printed, self._idle_since, self._idle_waits = printed, now, 0
        self._idle_waits += 1
        if self._idle_waits > IDLE_WAITS and now - self._idle_since > IDLE_TIME:
            raise Refused(
                f"the program waits for ever: a day of its clock passed and it printed nothing; {self.describe()}"
            )

    def _change_to(self, thread: Thread) -> None:
        before = self.current
        if thread is before:
            return
        self._process.leaving()
        if self._ended:
            self._ended = False
        elif before.context is None:
            before.context = Context(self._process.engine.uc)
        else:
            before.context.save()
        self.current = thread
        if thread.context is not None:
            thread.context.restore()

    def _go_on(self, thread: Thread) -> bool:
        """Finish the system call a thread waited in; False where it waits again."""
        result, again = thread.result, thread.again
        thread.result, thread.again = None, False
        if result is not None:
            self._process.engine.set(x86_const.UC_X86_REG_RAX, result & 0xFFFF_FFFF_FFFF_FFFF)
        elif again:
            self._process.system_call()
            return thread.waiting is None and not self._ended
        return True

    def describe(self) -> str:
        """Say what every thread waits for."""
        if len(self.threads) == 1:
            wait = self.current.waiting
            return wait.what if wait else "nothing"
        return "; ".join(
            f"thread {t.tid} at {t.pc:#x} {t.waiting.what if t.waiting else 'is ready'}" for t in self.threads
        )

    def interrupted_call(self, thread: Thread, *, restarts: bool) -> None:
        """Finish a system call that a signal ended: with EINTR, or so that it is done once more."""
        engine = self._process.engine
        if restarts:
            engine.pc -= 2  # the length of the instruction `syscall`; rax still holds the number
        else:
            engine.set(x86_const.UC_X86_REG_RAX, -Errno.EINTR & 0xFFFF_FFFF_FFFF_FFFF)
            self._tell_time_left(thread)
        thread.interrupted = None

    def _tell_time_left(self, thread: Thread) -> None:
        wait = thread.interrupted
        if wait is None or not wait.left_at or wait.deadline is None:
            return
        left = max(0, wait.deadline - self._process.clock.now())
        try:
            self._process.write(wait.left_at, struct.pack("<qq", *divmod(left, SECOND)))
        except LinuxError:
            return


def leave_futex(process: Process, thread: Thread) -> None:
    """Write 0 where a thread that ends wants it, and wake who waits there."""
    if thread.clear_tid:
        try:
            process.write(thread.clear_tid, bytes(4))
        except LinuxError:
            return
        process.scheduler.wake_at(thread.clear_tid, 1)
