"""Other processes: of the host, of the sandbox, of the launcher."""

import ctypes
import errno
import os
import resource
import signal
import struct

from trying import Escaped, all_refused, call, read_paths, refused

NAMESPACES = {
    "user": 0x10000000, "mount": 0x00020000, "pid": 0x20000000, "net": 0x40000000,
    "ipc": 0x08000000, "uts": 0x04000000, "cgroup": 0x02000000, "time": 0x00000080,
}


def namespaces():
    actions = [lambda flag=flag: call("unshare", flag) for flag in NAMESPACES.values()]
    actions += [
        lambda flag=flag: call("clone", flag | signal.SIGCHLD, 0, 0, 0, 0)
        for name, flag in NAMESPACES.items() if name != "time"
    ]
    return all_refused(actions)


def clone3():
    arguments = struct.pack("11Q", NAMESPACES["user"], 0, 0, 0, signal.SIGCHLD, *([0] * 6))
    return refused(lambda: call("clone3", arguments, len(arguments)), errno.ENOSYS)


def enter_namespaces():
    def enter(pid, kind):
        return call("setns", os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY), 0)
    return all_refused([
        lambda pid=pid, kind=kind: enter(pid, kind)
        for pid in (1, os.getpid()) for kind in ("mnt", "pid", "net", "user")
    ])


def init_process():
    """Into the first process of the sandbox, which is of ours."""
    base = "/proc/1"
    return read_paths(f"{base}/environ", f"{base}/root", f"{base}/fd", f"{base}/mem", f"{base}/maps",
                      f"{base}/cwd", f"{base}/ns/mnt")


def init_signals():
    """No signal ends the first process, as none but the launcher may end the sandbox."""
    def send(number):
        os.kill(1, number)
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP, signal.SIGSEGV):
        try:
            send(number)
        except OSError:
            pass
    os.kill(1, 0)
    return "it lives"


def host_processes(*pids):
    seen = [int(pid) for pid in os.listdir("/proc") if pid.isdigit()]
    # Ours: python, and the first process where it is not hidden.
    strangers = [pid for pid in seen if pid not in (1, os.getpid(), os.getppid())]
    if strangers:
        raise Escaped(f"sees {strangers}")
    answers = [
        refused(lambda pid=pid: os.kill(int(pid), 0), errno.ESRCH, errno.EPERM) for pid in pids
    ]
    return "; ".join(answers)


def trace():
    child = os.fork()
    if child == 0:
        signal.pause()
        os._exit(0)
    memory = ctypes.create_string_buffer(64)
    vector = struct.pack("2Q", ctypes.addressof(memory), 64)
    try:
        return all_refused([
            lambda: call("ptrace", 16, 1, 0, 0),
            lambda: call("ptrace", 16, child, 0, 0),
            lambda: call("process_vm_readv", 1, vector, 1, vector, 1, 0),
            lambda: call("pidfd_getfd", call("pidfd_open", 1, 0), 0, 0),
            lambda: call("kcmp", 1, os.getpid(), 0, 0, 0),
        ])
    finally:
        os.kill(child, signal.SIGKILL)


def become_root():
    header = struct.pack("Ii", 0x20080522, 0)
    everything = struct.pack("6I", *([0xFFFFFFFF] * 6))
    return all_refused([
        lambda: os.setuid(0),
        lambda: os.setgid(0),
        lambda: os.setgroups([0]),
        lambda: call("capset", header, everything),
        lambda: os.chown("/tmp", 0, 0),
    ])


def capabilities():
    for line in open("/proc/self/status", encoding="utf8"):
        name, _, value = line.partition(":")
        if name.startswith("Cap") and int(value, 16) != 0:
            raise Escaped(line.strip())
    return "none in any set"


def environment():
    strange = sorted(set(os.environ) - {
        "AWS_LAMBDA_RUNTIME_API", "AWS_ENDPOINT_URL", "PATH", "LC_CTYPE", "PWD", "HOME",
    })
    if strange:
        raise Escaped(str(strange))
    return "only its own"


def terminal():
    def push():
        with open("/proc/self/fd/0", "rb") as stream:
            import fcntl
            fcntl.ioctl(stream, 0x5412, b"x")
    def control():
        return os.open("/dev/tty", os.O_RDWR)
    return all_refused([push, control])


def raise_limits():
    def more(kind):
        try:
            resource.setrlimit(kind, (1 << 20, 1 << 20))
        except ValueError as error:
            raise OSError(errno.EPERM, str(error)) from error
    return all_refused([
        lambda: more(resource.RLIMIT_NOFILE),
        lambda: more(resource.RLIMIT_MEMLOCK),
        lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    ])


def core_dumps():
    """The limit of 1 is the one by which the kernel starts no program of the machine's for a crash."""
    none = struct.pack("2Q", 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    call("setrlimit", resource.RLIMIT_CORE, none)
    call("prlimit64", 0, resource.RLIMIT_CORE, none, 0)
    # The kernel reads no more of the number than its lower half.
    call("setrlimit", 1 << 32 | resource.RLIMIT_CORE, none)
    call("prlimit64", 0, 1 << 32 | resource.RLIMIT_CORE, none, 0)
    # What it was, asked in the same call, nobody fills in.
    room = struct.pack("2Q", 7, 7)
    for old in (room, 1 << 32):
        try:
            call("prlimit64", 0, resource.RLIMIT_CORE, none, old)
            raise Escaped("a new limit is taken, and the old one is not told")
        except PermissionError:
            pass
    if resource.getrlimit(resource.RLIMIT_CORE) != (1, 1):
        raise Escaped(f"the limit is {resource.getrlimit(resource.RLIMIT_CORE)}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (1000, 1000))
    if resource.getrlimit(resource.RLIMIT_NOFILE) != (1000, 1000):
        raise Escaped("other limits cannot be lowered")
    return "no handler"


def raise_priority():
    return refused(lambda: os.nice(-5))
