"""Waiting for other threads at a word of memory: futex (kernel/futex). All threads share one address space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackreel.machine.linux import Errno
from stackreel.machine.outcomes import LinuxError, Waits
from stackreel.machine.syscalls.clocks import span

if TYPE_CHECKING:
    from stackreel.machine.process import Process
    from stackreel.machine.syscalls import Arguments

FUTEX_WAIT, FUTEX_WAKE, FUTEX_REQUEUE, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP = 0, 1, 3, 4, 5
FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET = 9, 10
_OPERATION, _REALTIME = 0x7F, 0x100
_ALL = 0xFFFF_FFFF


def futex(p: Process, a: Arguments) -> int:
    """Wait at a word, or wake who waits there."""
    word, how, value = a[0], a[1], a[2] & _ALL
    if word % 4:
        raise LinuxError(Errno.EINVAL)
    match how & _OPERATION:
        case 0:
            return _wait(p, a, _ALL)
        case 9:
            return _wait(p, a, a[5] & _ALL)
        case 1:
            return p.scheduler.wake_at(word, _count(value))
        case 10:
            return p.scheduler.wake_at(word, _count(value), _bitset(a[5]))
        case 3:
            return _requeue(p, a)[0]
        case 4:
            if _load(p, word) != a[5] & _ALL:
                raise LinuxError(Errno.EAGAIN)
            return sum(_requeue(p, a))
        case 5:
            return _wake_op(p, a)
        case _:
            raise LinuxError(Errno.ENOSYS)


def _load(p: Process, word: int) -> int:
    return int.from_bytes(p.read(word, 4), "little")


def _signed(value: int, bits: int = 32) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def _count(value: int) -> int:
    """How many to wake: a kernel wakes one where the number is not positive."""
    return max(1, _signed(value))


def _bitset(value: int) -> int:
    if not value & _ALL:
        raise LinuxError(Errno.EINVAL)
    return value & _ALL


def _wait(p: Process, a: Arguments, bitset: int) -> int:
    word, how, value, timeout = a[0], a[1], a[2] & _ALL, a[3]
    _bitset(bitset)
    if _load(p, word) != value:
        raise LinuxError(Errno.EAGAIN)
    raise Waits(
        _deadline(p, timeout, how) if timeout else None,
        word=word,
        bitset=bitset,
        timed_out=-Errno.ETIMEDOUT,
        restarts=not timeout,
        what=f"in futex for the word at {word:#x}",
    )


def _deadline(p: Process, address: int, how: int) -> int:
    time = span(p, address)
    if how & _OPERATION == FUTEX_WAIT:
        return p.clock.now() + time
    return p.clock.now() + time - (p.clock.wall() if how & _REALTIME else p.clock.now())


def _requeue(p: Process, a: Arguments) -> tuple[int, int]:
    wake, move = _signed(a[2]), _signed(a[3])
    if wake < 0 or move < 0:
        raise LinuxError(Errno.EINVAL)
    return p.scheduler.wake_at(a[0], wake), p.scheduler.requeue(a[0], move, a[4])


def _wake_op(p: Process, a: Arguments) -> int:
    """FUTEX_WAKE_OP: change the second word, wake at the first, and at the second where its old value compares."""
    first, wake, wake_second, second, code = a[0], a[2], a[3], a[4], a[5] & _ALL
    old = _load(p, second)
    operation, comparison = code >> 28 & 0xF, code >> 24 & 0xF
    operand, against = _signed(code >> 12, 12), _signed(code, 12)
    if operation & 8:
        operand = 1 << (operand & 31)
    results = {0: operand, 1: old + operand, 2: old | operand, 3: old & ~operand, 4: old ^ operand}
    if operation & 7 not in results:
        raise LinuxError(Errno.ENOSYS)
    before = _signed(old)
    holds = {
        0: before == against,
        1: before != against,
        2: before < against,
        3: before <= against,
        4: before > against,
        5: before >= against,
    }
    if comparison not in holds:
        raise LinuxError(Errno.ENOSYS)
    p.write(second, (results[operation & 7] & _ALL).to_bytes(4, "little"))
    woken = p.scheduler.wake_at(first, _count(wake))
    if holds[comparison]:
        woken += p.scheduler.wake_at(second, _count(wake_second))
    return woken


TABLE = {202: futex}
