"""Seccomp filter: refuse the system calls that start, reach or change anything outside a process.

It complements Landlock, which restricts files but not processes. pyseccomp generates the BPF
program that the kernel runs; it needs the library libseccomp, part of most distributions.
"""

import ctypes
import errno
import os
import socket
import tempfile
from typing import Any

from .libc import checked, prctl

# The refused system calls, by what hostile code would use them on.
REFUSED = {
    "other programs and processes": "fork vfork execve execveat setsid setpgid",
    "another process": "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease "
    "kcmp pidfd_open pidfd_getfd pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo tkill "
    "setpriority ioprio_set sched_setscheduler sched_setparam sched_setattr migrate_pages "
    "move_pages perf_event_open",
    "sockets": "socket connect bind listen accept accept4 sendmsg sendmmsg",
    "what outlives the process": "shmget shmat shmctl msgget msgsnd semget semop mq_open mq_unlink "
    "add_key request_key keyctl memfd_create memfd_secret",
    "names and rights of files, which Landlock does not see": "chmod fchmod fchmodat chown fchown "
    "lchown fchownat utime utimes futimesat utimensat setxattr lsetxattr fsetxattr removexattr "
    "lremovexattr fremovexattr truncate ftruncate fallocate open_by_handle_at name_to_handle_at "
    "fanotify_init",
    "queues of calls past the filter": "io_uring_setup io_uring_enter io_uring_register io_setup",
    "the kernel": "bpf userfaultfd unshare setns mount umount2 pivot_root chroot open_tree "
    "move_mount fsopen fsconfig fsmount fspick mount_setattr quotactl quotactl_fd init_module "
    "finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff acct syslog "
    "settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname iopl ioperm "
    "personality vhangup",
    "another user": "setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid "
    "setfsgid capset",
}
# System calls newer than this list: given ENOSYS, the C library does without them.
NEWER = range(450, 512)
CLONE_THREAD = 0x10000
PR_SET_PDEATHSIG = 1
PR_SET_SECCOMP, MODE_FILTER = 22, 2
PR_SET_NO_NEW_PRIVS = 38
BYTES_AN_INSTRUCTION = 8


class Filter:
    """The seccomp filter: the zygote compiles it once, each worker applies it to itself."""

    def __init__(self) -> None:
        """Compile it. Raises ImportError, or without libseccomp OSError or RuntimeError."""
        import pyseccomp

        self.pyseccomp = pyseccomp
        self.rules: Any = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        self._refuse_all()
        # Compiled only once: that takes longer than all other layers together.
        with tempfile.TemporaryFile() as file:
            self.rules.export_bpf(file)
            file.seek(0)
            self.program = file.read()

    def _refuse_all(self) -> None:
        for names in REFUSED.values():
            for name in names.split():
                self._refuse(name)
        for number in NEWER:
            self._refuse(number, code=errno.ENOSYS)
        # clone may start a thread, not a process. clone3 has its arguments in memory, which no
        # filter can read: given ENOSYS, the C library falls back to clone.
        self._refuse("clone", self._bits(0, CLONE_THREAD, 0))
        self._refuse("clone3", code=errno.ENOSYS)
        # asyncio needs a pair of Unix sockets; a pair of another family would be a way out.
        self._refuse("socketpair", self._is_not(0, socket.AF_UNIX))
        self._refuse("sendto", self._is_not(4, 0))  # with an address: a datagram to any socket
        self._refuse("prlimit64", self._is_not(0, 0))  # the limits of another process
        self._refuse("sched_setaffinity", self._is_not(0, 0))
        # It must die with the zygote. The kernel reads only the lower 32 bits of this argument.
        self._refuse("prctl", self._bits(0, 2**32 - 1, PR_SET_PDEATHSIG))

    def apply(self) -> None:
        """Apply the filter to this process and its future threads, irrevocably. Raises OSError."""
        # A process may signal itself, as abort() does.
        signals = self.pyseccomp.SyscallFilter(self.pyseccomp.ALLOW)
        for name in ("kill", "tgkill"):
            refusal = self.pyseccomp.ERRNO(errno.EPERM)
            signals.add_rule(refusal, name, self._is_not(0, os.getpid()))
        signals.load()
        _load(self.program)

    def _refuse(self, call: str | int, *conditions: Any, code: int = errno.EPERM) -> None:
        try:
            self.rules.add_rule(self.pyseccomp.ERRNO(code), call, *conditions)
        except (OSError, ValueError):
            if isinstance(call, int):
                raise
            return  # unknown to this architecture, or to this libseccomp

    def _is_not(self, argument: int, value: int) -> Any:
        return self.pyseccomp.Arg(argument, self.pyseccomp.NE, value)

    def _bits(self, argument: int, mask: int, value: int) -> Any:
        return self.pyseccomp.Arg(argument, self.pyseccomp.MASKED_EQ, mask, value)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def _load(program: bytes) -> None:
    """Apply a BPF program to this process. Raises OSError."""
    whole = _Program(len(program) // BYTES_AN_INSTRUCTION, program)
    loaded = prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(whole))
    checked(loaded, "the filter of system calls could not be loaded")


def no_new_privileges() -> None:
    """Set no_new_privs, irrevocably: Landlock and seccomp require it. Raises OSError."""
    checked(prctl(PR_SET_NO_NEW_PRIVS, 1))
