"""Three tiny routines in the host's machine code that the emulator calls instead of Python.

Unicorn calls a function at every basic block (to count instructions, which bounds a run and drives its clock)
and, while a program is recorded, at every instruction and every memory access. Python there would cost a factor of
fifty on code that is only stepped over, and of five on code that is recorded. On x86-64 hosts the common case is
therefore handled by the code below, written into an executable page; every other case, and every case on other
hosts, goes to the Python function given. Both ways give the same results (a test compares them).

Trusts nothing of the guest: the routines write into the arrays made here and nowhere else.
"""

from __future__ import annotations

import ctypes
import mmap
import platform
from collections.abc import Callable
from functools import lru_cache

BLOCK_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint32, ctypes.c_void_p)
ACCESS_FUNCTION = ctypes.CFUNCTYPE(
    None,
    ctypes.c_void_p,
    ctypes.c_int,
    ctypes.c_uint64,
    ctypes.c_int,
    ctypes.c_int64,
    ctypes.c_void_p,
)

_SLOTS = 1 << 14  # of the table from block address to instruction count
_TABLE = 12
"""Its first word. Before it: total, bound, Python's function, ask Python always, last block, its size, the lowest
and highest address between which Python is not asked always; for learning a block's number of instructions Unicorn's
function `uc_ctl`, two words of `struct uc_tb`, and what is asked of it."""

# void on_block(uc in rdi, address in rsi, size in edx, words in rcx); the upper half of rdx is 0 or dropped
_ON_BLOCK = bytes.fromhex(
    "48897120"  # mov    %rsi,0x20(%rcx)
    "48895128"  # mov    %rdx,0x28(%rcx)
    "89f0"  # mov    %esi,%eax
    "25ff3f0000"  # and    $0x3fff,%eax
    "c1e004"  # shl    $0x4,%eax
    "4c8d440160"  # lea    0x60(%rcx,%rax,1),%r8
    "493930"  # cmp    %rsi,(%r8)
    "7533"  # jne    learn
    "4139500c"  # cmp    %edx,0xc(%r8)
    "752d"  # jne    learn
    "418b4008"  # known: mov    0x8(%r8),%eax
    "480301"  # add    (%rcx),%rax
    "483b4108"  # cmp    0x8(%rcx),%rax
    "731d"  # jae    ask
    "4883791800"  # cmpq   $0x0,0x18(%rcx)
    "7412"  # je     count
    "483b7130"  # cmp    0x30(%rcx),%rsi
    "7210"  # jb     ask
    "4189d1"  # mov    %edx,%r9d
    "4901f1"  # add    %rsi,%r9
    "4c3b4938"  # cmp    0x38(%rcx),%r9
    "7704"  # ja     ask
    "488901"  # count: mov    %rax,(%rcx)
    "c3"  # ret
    "ff6110"  # ask: jmp    *0x10(%rcx)
    "56"  # learn: push   %rsi
    "52"  # push   %rdx
    "51"  # push   %rcx
    "57"  # push   %rdi
    "4150"  # push   %r8
    "4889f2"  # mov    %rsi,%rdx
    "8b7158"  # mov    0x58(%rcx),%esi
    "4c8b5940"  # mov    0x40(%rcx),%r11
    "488d4948"  # lea    0x48(%rcx),%rcx
    "31c0"  # xor    %eax,%eax
    "41ffd3"  # call   *%r11
    "4158"  # pop    %r8
    "5f"  # pop    %rdi
    "59"  # pop    %rcx
    "5a"  # pop    %rdx
    "5e"  # pop    %rsi
    "85c0"  # test   %eax,%eax
    "75da"  # jne    ask
    "498930"  # mov    %rsi,(%r8)
    "0fb74150"  # movzwl 0x50(%rcx),%eax
    "41894008"  # mov    %eax,0x8(%r8)
    "4189500c"  # mov    %edx,0xc(%r8)
    "eb9f"  # jmp    known
)

# void on_access(uc in rdi, kind in esi, address in rdx, size in ecx, value in r8, words in r9)
_ON_ACCESS = bytes.fromhex(
    "4983791800"  # cmpq   $0,0x18(%r9)
    "7430"  # je     done
    "498b01"  # mov    (%r9),%rax
    "493b4108"  # cmp    0x8(%r9),%rax
    "7328"  # jae    ask
    "488910"  # mov    %rdx,(%rax)
    "894810"  # mov    %ecx,0x10(%rax)
    "498b5120"  # mov    0x20(%r9),%rdx
    "488b12"  # mov    (%rdx),%rdx
    "48895018"  # mov    %rdx,0x18(%rax)
    "f7d9"  # neg    %ecx
    "c1e103"  # shl    $3,%ecx
    "49d3e0"  # shl    %cl,%r8
    "49d3e8"  # shr    %cl,%r8
    "4c894008"  # mov    %r8,0x8(%rax)
    "4883c020"  # add    $32,%rax
    "498901"  # mov    %rax,(%r9)
    "c3"  # done: ret
    "41ff6110"  # ask: jmp *0x10(%r9)
)

# void on_code(uc in rdi, address in rsi, size in edx, words in rcx); goes on in uc_reg_read_batch
_ON_CODE = bytes.fromhex(
    "4883791800"  # cmpq   $0,0x18(%rcx)
    "753f"  # jne    ask
    "48397128"  # cmp    %rsi,0x28(%rcx)
    "7439"  # je     ask
    "48397130"  # cmp    %rsi,0x30(%rcx)
    "7433"  # je     ask
    "488b01"  # mov    (%rcx),%rax
    "483b4108"  # cmp    0x8(%rcx),%rax
    "732a"  # jae    ask
    "48897128"  # mov    %rsi,0x28(%rcx)
    "48ff4120"  # incq   0x20(%rcx)
    "4c8b4138"  # mov    0x38(%rcx),%r8
    "418810"  # mov    %dl,(%r8)
    "48ff4138"  # incq   0x38(%rcx)
    "4889c2"  # mov    %rax,%rdx
    "48034140"  # add    0x40(%rcx),%rax
    "488901"  # mov    %rax,(%rcx)
    "488b7148"  # mov    0x48(%rcx),%rsi
    "488b4158"  # mov    0x58(%rcx),%rax
    "8b4950"  # mov    0x50(%rcx),%ecx
    "ffe0"  # jmp *%rax
    "ff6110"  # ask: jmp *0x10(%rcx)
)


@lru_cache(maxsize=1)
def is_supported() -> bool:
    """Whether this host can run the routines, and lets us; elsewhere Python does it all."""
    if platform.system() != "Linux" or platform.machine() not in ("x86_64", "AMD64"):
        return False
    try:
        Routine(_ON_ACCESS)
    except OSError:
        return False
    return True


def access_routine() -> Routine:
    """Return the routine at a memory access; its words are `AccessLog`'s, see `accesses.py`."""
    return Routine(_ON_ACCESS)


def code_routine() -> Routine:
    """Return the routine at an instruction; its words are `StateLog`'s, see `states.py`."""
    return Routine(_ON_CODE)


class Routine:
    """A page of machine code; `address` is where Unicorn is to call. Freed with the object.

    Raises OSError where the host does not allow executable memory.
    """

    def __init__(self, code: bytes) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
        self._page.write(code)
        self._view = ctypes.c_char.from_buffer(self._page)
        self.address = ctypes.addressof(self._view)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mprotect(
            ctypes.c_void_p(self.address), ctypes.c_size_t(mmap.PAGESIZE), mmap.PROT_READ | mmap.PROT_EXEC
        ):
            raise OSError(ctypes.get_errno(), "the host does not allow executable memory")


class BlockCounter:
    """Counts the instructions of every block that is entered.

    `total` is the count; from `bound` on, and while `always` is set at every block that is not wholly in the quiet
    range, `ask(address, size)` is called after counting. `count(address)` gives the number of instructions of the
    block just entered; `control` are the address of `uc_ctl` and its argument for the same.
    """

    def __init__(
        self,
        count: Callable[[int], int],
        ask: Callable[[int, int], None],
        *,
        control: tuple[int, int],
        native: bool,
    ) -> None:
        self._count = count
        self._ask = ask
        self._known: dict[tuple[int, int], int] = {}
        self.words = (ctypes.c_uint64 * (_TABLE + 2 * _SLOTS))()
        self.function = BLOCK_FUNCTION(self._on_block)
        self._python = ctypes.cast(self.function, ctypes.c_void_p).value or 0
        self.words[1] = (1 << 64) - 1
        self.words[2] = self._python
        self.words[8], self.words[11] = control
        self._routine = Routine(_ON_BLOCK) if native else None
        self.address = self._routine.address if self._routine else self._python
        self.user = ctypes.addressof(self.words)

    @property
    def total(self) -> int:
        """Instructions of all blocks entered so far."""
        return int(self.words[0])

    @total.setter
    def total(self, value: int) -> None:
        self.words[0] = value

    @property
    def last(self) -> tuple[int, int]:
        """Address and size of the block entered last."""
        return int(self.words[4]), int(self.words[5]) & 0xFFFF_FFFF

    def set_bound(self, value: int) -> None:
        """Ask from this many instructions on."""
        self.words[1] = value

    def set_always(self, on: bool) -> None:
        """Ask at every block, or only beyond the bound."""
        self.words[3] = int(on)

    def set_quiet(self, low: int, high: int) -> None:
        """Do not ask at blocks within this half-open range for being set to always."""
        self.words[6], self.words[7] = low, high

    def _on_block(self, _uc: int, address: int, size: int, _user: int) -> None:
        words = self.words
        words[4], words[5] = address, size
        count = self._known.get((address, size))
        if count is None:
            count = self._known[address, size] = self._count(address)
        slot = _TABLE + 2 * (address & (_SLOTS - 1))
        words[slot] = address
        words[slot + 1] = count | size << 32
        words[0] += count
        is_quiet = not words[3] or (words[6] <= address and address + size <= words[7])
        if not is_quiet or words[0] >= words[1]:
            self._ask(address, size)

    def forget(self) -> None:
        """Drop what is known of blocks: code was changed or mapped elsewhere."""
        self._known.clear()
        ctypes.memset(ctypes.addressof(self.words) + 8 * _TABLE, 0, 16 * _SLOTS)
