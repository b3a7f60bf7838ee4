"""What the process that runs scripts gives up before it reads the first one.

The engine already has no door to the outside. This is the second wall, for a fault of the engine itself: the kernel
refuses the process new files, sockets, programs and threads, and more memory than a script can need.
Imports nothing of ours: the process starts without Django.
"""

import contextlib
import ctypes
import os
import platform
import resource
import struct

_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

_ADDRESS_SPACE_BYTES = 192 * 1024 * 1024
_NICENESS = 5

# What computing, and talking through the descriptors that are already open, takes: everything else answers EPERM.
# Per machine: the kernel's name of it for filters, then the numbers of its system calls.
_MACHINES: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "read": 0, "write": 1, "close": 3, "poll": 7, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12,
            "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25,
            "madvise": 28, "getitimer": 36, "setitimer": 38, "getpid": 39, "exit": 60, "gettimeofday": 96,
            "getrusage": 98, "times": 100, "sigaltstack": 131, "futex": 202, "restart_syscall": 219,
            "clock_gettime": 228, "clock_getres": 229, "exit_group": 231, "getrandom": 318, "rseq": 334,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "close": 57, "read": 63, "write": 64, "ppoll": 73, "exit": 93, "exit_group": 94, "futex": 98,
            "getitimer": 102, "setitimer": 103, "clock_gettime": 113, "clock_getres": 114, "sched_yield": 124,
            "restart_syscall": 128, "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135,
            "rt_sigreturn": 139, "times": 153, "getrusage": 165, "gettimeofday": 169, "getpid": 172, "brk": 214,
            "munmap": 215, "mremap": 216, "mmap": 222, "mprotect": 226, "madvise": 233, "getrandom": 278, "rseq": 293,
        },
    ),
}  # fmt: skip

# Classic BPF (linux/filter.h, linux/seccomp.h).
_LOAD = 0x20
_JUMP_IF_EQUAL = 0x15
_RETURN = 0x06
_NUMBER_OFFSET, _MACHINE_OFFSET = 0, 4
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | 1  # EPERM
_KILL = 0x80000000


def _filter(machine: int, numbers: list[int]) -> bytes:
    """Return the program: another machine's calls kill, listed calls pass, others are refused."""
    program = [
        (_LOAD, 0, 0, _MACHINE_OFFSET),
        (_JUMP_IF_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_OFFSET),
        *((_JUMP_IF_EQUAL, len(numbers) - index, 0, number) for index, number in enumerate(numbers)),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def _limit_resources() -> None:
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 3),
        (getattr(resource, "RLIMIT_NPROC", None), 0),
        (resource.RLIMIT_AS, _ADDRESS_SPACE_BYTES),
    ):
        if kind is not None:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(kind, (value, value))


def _filter_system_calls() -> bool:
    machine, numbers = _MACHINES.get(platform.machine(), (0, {}))
    if not numbers or platform.system() != "Linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    code = _filter(machine, list(numbers.values()))
    program = _Program(len(code) // 8, code)
    return bool(library.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program), 0, 0) == 0)


def confine() -> bool:
    """Give up what the process does not need; returns whether the kernel filters its system calls.

    It does on Linux on x86-64 and 64-bit ARM; elsewhere the limits of the engine and of the parent remain.
    """
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    os.chdir("/")
    os.environ.clear()
    _limit_resources()
    return _filter_system_calls()
