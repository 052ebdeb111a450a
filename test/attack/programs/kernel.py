"""The kernel itself: calls that no function needs."""

import ctypes
import errno
import mmap
import os
import socket
import struct

from trying import Escaped, IS_X86, LIBC, all_refused, call, refused, write_paths


def kernel_calls():
    attributes = bytes(128)
    return all_refused([
        lambda: call("bpf", 5, attributes, 128),
        lambda: call("perf_event_open", attributes, 0, -1, -1, 0),
        lambda: call("init_module", attributes, 128, b""),
        lambda: call("finit_module", 0, b"", 0),
        lambda: call("delete_module", b"loop", 0),
        lambda: call("kexec_load", 0, 0, 0, 0),
        lambda: call("reboot", 0xFEE1DEAD, 672274793, 0x1234567, 0),
        lambda: call("swapon", b"/tmp", 0),
        lambda: call("swapoff", b"/tmp"),
        lambda: call("userfaultfd", 0),
        lambda: call("acct", b"/tmp/acct"),
        lambda: call("quotactl", 0x800002, b"/dev/loop0", 0, 0),
        lambda: call("sethostname", b"mine", 4),
        lambda: call("settimeofday", bytes(16), 0),
        lambda: call("syslog", 3, ctypes.create_string_buffer(64), 64),
        lambda: call("fanotify_init", 0, 0),
        lambda: call("personality", 0x0040000),
        lambda: call("iopl", 3),
        lambda: call("ioperm", 0x70, 2, 1),
        lambda: call("modify_ldt", 0, ctypes.create_string_buffer(64), 64),
    ])


def machine_files():
    """How the machine was started, who has keys, and what the /tmp of others is like: disks, all of them."""
    def content(path):
        try:
            if os.path.isdir(path):
                return os.listdir(path)
            with open(path, "rb") as file:
                return file.read(64)
        except OSError:
            return None
    names = ("cmdline", "key-users", "keys", "locks", "diskstats", "partitions", "fs", "interrupts")
    told = [name for name in names if content(f"/proc/{name}")]
    if told:
        raise Escaped(f"reads {', '.join(told)}")
    return "nothing is told"


def keys():
    return all_refused([
        lambda: call("keyctl", 0, -3, 1),
        lambda: call("add_key", b"user", b"hearth", b"x", 1, -4),
        lambda: call("request_key", b"user", b"hearth", 0, -4),
    ])


def kernel_programs():
    """Programs that the kernel translates into memory of the machine's, until nobody else's find room."""
    code = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000))
    program = struct.pack("HxxxxxxQ", 1, ctypes.addressof(code))
    set_filter, filter_mode, of_thread, socket_filter, of_port = 1, 2, 22, 26, 51
    stream = socket.socket()
    return all_refused([
        lambda: call("seccomp", set_filter, 0, program),
        lambda: call("seccomp", 1 << 32 | set_filter, 0, program),
        lambda: call("prctl", of_thread, filter_mode, program, 0, 0),
        lambda: stream.setsockopt(socket.SOL_SOCKET, socket_filter, program),
        lambda: stream.setsockopt(socket.SOL_SOCKET, of_port, program),
    ])


def machine_room():
    """What the machine has once for all: operations that are under way, disks, the second thread of a core."""
    context, schedule_core, create = ctypes.create_string_buffer(8), 62, 1
    try:
        # No descriptor at all: who looks at it says so.
        call("syncfs", -1)
        call("sync")
    except OSError as error:
        raise Escaped(f"the disks are written to: {error}") from error
    return all_refused([
        lambda: call("io_setup", 1, context),
        lambda: call("prctl", schedule_core, create, 0, 1, 0),
    ])


def rings():
    return refused(lambda: call("io_uring_setup", 8, ctypes.create_string_buffer(120)), errno.EPERM)


def unknown_calls():
    """Numbers that no filter of a known list would name."""
    for number in (470, 600, 1000, 0x40000000 + 39, 0x40000000 + 165):
        if LIBC.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0) >= 0:
            raise Escaped(f"system call {number} answered")
        # The second table of x86_64 may also be refused call by call.
        if ctypes.get_errno() not in (errno.ENOSYS, errno.EPERM):
            raise Escaped(f"system call {number}: {os.strerror(ctypes.get_errno())}")
    return "unknown, or refused"


def old_calls():
    """The 32-bit table of an x86_64 kernel, by int 0x80: getpid is 20 there."""
    if not IS_X86:
        return "not on this machine"
    child = os.fork()
    if child == 0:
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
        address = ctypes.addressof(ctypes.c_char.from_buffer(page))
        result = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
        os._exit(1 if result == os.getpid() else 0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 1:
        raise Escaped("getpid answered")
    return f"status {status}"


def control_groups():
    groups = open("/proc/self/cgroup", encoding="utf8").read()
    for line in groups.splitlines():
        if not line.endswith(":/"):
            raise Escaped(f"sees {line}")
    written = write_paths("/sys/fs/cgroup/memory/tasks", "/sys/fs/cgroup/cgroup.procs")
    mounted = all_refused([
        lambda: call("mount", b"x", b"/tmp", b"cgroup2", 0, 0),
        lambda: call("mount", b"x", b"/tmp", b"cgroup", 0, b"memory"),
    ])
    return f"{written}; {mounted}"
