"""Code that wants out. `attack.py NAME [ARGUMENT]...` tries one way and prints one line:
`BLOCKED why` or `ESCAPED what`. A way that it does not know is an error, never a success.
"""

import ctypes
import errno
import mmap
import os
import platform
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading

LIBC = ctypes.CDLL(None, use_errno=True)
IS_X86 = platform.machine() == "x86_64"

# By name: number on x86_64, number on aarch64 (None where there is none).
CALLS = {
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268), "clone": (56, 220), "clone3": (435, 435),
    "bpf": (321, 280), "perf_event_open": (298, 241), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225),
    "io_uring_setup": (425, 425), "userfaultfd": (323, 282), "personality": (135, 92),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "acct": (163, 89), "quotactl": (179, 60), "sethostname": (170, 161), "settimeofday": (164, 170),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "mount_setattr": (442, 442), "syslog": (103, 116), "fanotify_init": (300, 262),
    "iopl": (172, None), "ioperm": (173, None), "modify_ldt": (154, None), "capset": (126, 91),
    "kcmp": (312, 272), "mknodat": (259, 33),
}
NAMESPACES = {
    "user": 0x10000000, "mount": 0x00020000, "pid": 0x20000000, "net": 0x40000000,
    "ipc": 0x08000000, "uts": 0x04000000, "cgroup": 0x02000000, "time": 0x00000080,
}


class Escaped(Exception):
    """What could be done."""


def call(name, *arguments):
    """The bare system call; its result, or OSError."""
    number = CALLS[name][0 if IS_X86 else 1]
    if number is None:
        raise OSError(errno.ENOSYS, "not on this machine")
    values = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = LIBC.syscall(ctypes.c_long(number), *values)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def refused(action, *allowed):
    """Runs what must fail; the refusals that it met."""
    try:
        result = action()
    except OSError as error:
        if allowed and error.errno not in allowed:
            raise Escaped(f"refused for another reason: {error}") from error
        return str(error)
    raise Escaped(f"it answered {result!r}")


def all_refused(actions):
    return "; ".join(refused(action) for action in actions)


def read_paths(*paths):
    """Every one of these paths of the host must be missing or closed."""
    def read(path):
        if os.path.isdir(path):
            return os.listdir(path)
        with open(path, "rb") as file:
            return file.read(64)
    return all_refused([lambda path=path: read(path) for path in paths])


def write_paths(*paths):
    def write(path):
        with open(path, "ab") as file:
            file.write(b"x")
    return all_refused([lambda path=path: write(path) for path in paths])


def host_files(*paths):
    always = ("/etc/shadow", "/root", "/home", "/var/lib", "/var/log", "/run", "/sys", "/mnt", "/boot")
    return read_paths(*always, *paths)


def parents():
    seen = os.listdir("/" + "../" * 20)
    if "root" in seen or "home" in seen:
        raise Escaped(f"the host's root: {seen}")
    return f"only {sorted(seen)}"


def other_sandboxes(secret):
    """A file that another sandbox keeps in its /tmp, by every path that could lead to it."""
    found = []
    for directory, below, files in os.walk("/", followlinks=False):
        if directory == "/":
            below.remove("usr")
        found += [os.path.join(directory, name) for name in files if name == secret]
    for pid in filter(str.isdigit, os.listdir("/proc")):
        path = os.path.join("/proc", pid, "root", "tmp", secret)
        if os.path.exists(path):
            found.append(path)
    if found:
        raise Escaped(str(found))
    return "nowhere to be found"


def code_links():
    """Links in the function's code that point out of it."""
    return read_paths("/var/task/shadow-link", "/var/task/root-link", "/var/task/far-link")


def system_writes():
    return write_paths(
        "/var/task/new", "/opt/new", "/usr/new", "/etc/passwd", "/new", "/dev/new", "/var/new",
        "/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger",
        "/proc/self/oom_score_adj", "/proc/1/oom_score_adj", "/usr/bin/python3",
    )


def remount():
    flags = 32  # MS_REMOUNT
    paths = [b"/", b"/usr", b"/var/task", b"/proc", b"/tmp"]
    return all_refused([
        lambda path=path: call("mount", b"", path, b"", flags, 0) for path in paths
    ])


def mounts():
    return all_refused([
        lambda: call("mount", b"proc", b"/tmp", b"proc", 0, 0),
        lambda: call("mount", b"/", b"/tmp", b"", 4096, 0),
        lambda: call("umount2", b"/proc", 2),
        lambda: call("umount2", b"/tmp", 2),
        lambda: call("pivot_root", b"/tmp", b"/tmp"),
        lambda: call("chroot", b"/tmp"),
        lambda: call("open_tree", -100, b"/", 1),
        lambda: call("move_mount", -100, b"/tmp", -100, b"/dev", 0),
        lambda: call("fsopen", b"tmpfs", 0),
        lambda: call("mount_setattr", -100, b"/", 0, bytes(32), 32),
    ])


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


def keys():
    return all_refused([
        lambda: call("keyctl", 0, -3, 1),
        lambda: call("add_key", b"user", b"hearth", b"x", 1, -4),
        lambda: call("request_key", b"user", b"hearth", 0, -4),
    ])


def rings():
    return refused(lambda: call("io_uring_setup", 8, ctypes.create_string_buffer(120)), errno.EPERM)


def file_handles():
    handle = struct.pack("Ii", 8, 1) + struct.pack("Q", 2)
    return all_refused([
        lambda: call("name_to_handle_at", -100, b"/usr", ctypes.create_string_buffer(128),
                     ctypes.create_string_buffer(8), 0),
        lambda: call("open_by_handle_at", os.open("/usr", os.O_RDONLY), handle, 0),
    ])


def unknown_calls():
    """Numbers that no filter of a known list would name."""
    for number in (470, 600, 1000, 0x40000000 + 39, 0x40000000 + 165):
        if LIBC.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0) >= 0:
            raise Escaped(f"system call {number} answered")
        if ctypes.get_errno() != errno.ENOSYS:
            raise Escaped(f"system call {number}: {os.strerror(ctypes.get_errno())}")
    return "ENOSYS"


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


def sockets():
    kinds = {
        "raw": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        "raw6": (socket.AF_INET6, socket.SOCK_RAW, 58),
        "packet": (17, socket.SOCK_RAW, 0),
        "algorithms": (38, socket.SOCK_SEQPACKET, 0),
        "vsock": (40, socket.SOCK_STREAM, 0),
        "bluetooth": (31, socket.SOCK_RAW, 0),
        "xdp": (44, socket.SOCK_RAW, 0),
        "audit": (socket.AF_NETLINK, socket.SOCK_RAW, 9),
        "netfilter": (socket.AF_NETLINK, socket.SOCK_RAW, 12),
        "uevents": (socket.AF_NETLINK, socket.SOCK_RAW, 15),
    }
    return all_refused([lambda kind=kind: socket.socket(*kind) for kind in kinds.values()])


def interfaces():
    """Its own network, through the one kind of netlink that it may open."""
    link = struct.pack("IHHIIBxHiII", 32, 16, 5, 1, 0, 0, 0, 1, 0, 1)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as route:
        route.send(link)
        reply = route.recv(4096)
    code = -struct.unpack_from("i", reply, 16)[0]
    if code == 0:
        raise Escaped("an interface went down")
    return os.strerror(code)


def devices():
    character, block = 0o020000, 0o060000
    return all_refused([
        lambda: os.mknod("/tmp/mem", 0o666 | character, os.makedev(1, 1)),
        lambda: os.mknod("/tmp/disk", 0o666 | block, os.makedev(254, 0)),
        lambda: open("/dev/mem", "rb"),
        lambda: open("/dev/kmsg", "rb"),
        lambda: open("/dev/loop-control", "rb"),
        lambda: open("/dev/fuse", "rb"),
        lambda: open("/dev/tty", "rb"),
        lambda: open("/dev/ptmx", "rb"),
    ])


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


def set_user_files():
    """Programs that run as their owner: of the host, and of one's own making."""
    status = open("/proc/self/status", encoding="utf8").read()
    if "NoNewPrivs:\t1" not in status:
        raise Escaped("new privileges are possible")
    for line in open("/proc/mounts", encoding="utf8"):
        _, target, _, options, *_ = line.split()
        if "nosuid" not in options.split(","):
            raise Escaped(f"{target} honours set-user files")
    for program in ("/usr/bin/su", "/usr/bin/passwd", "/usr/bin/mount", "/usr/bin/newgrp"):
        if os.path.exists(program):
            shown = subprocess.run([program, "--help"], capture_output=True, check=False)
            if shown.returncode < 0:
                raise Escaped("killed, not refused")
    return "no new privileges, nosuid everywhere"


def capabilities():
    for line in open("/proc/self/status", encoding="utf8"):
        name, _, value = line.partition(":")
        if name.startswith("Cap") and int(value, 16) != 0:
            raise Escaped(line.strip())
    return "none in any set"


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


def descriptors():
    """What is open that nobody opened here."""
    strange = []
    for name in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        if int(name) > 2 and not target.startswith(f"/proc/{os.getpid()}"):
            strange.append(f"{name} -> {target}")
    if strange:
        raise Escaped(str(strange))
    return "0, 1 and 2"


def environment():
    strange = sorted(set(os.environ) - {
        "AWS_LAMBDA_RUNTIME_API", "AWS_ENDPOINT_URL", "PATH", "LC_CTYPE", "PWD",
    })
    if strange:
        raise Escaped(str(strange))
    return "only its own"


def connect(*addresses):
    """TCP and UDP to addresses that must not answer."""
    def reach(host, port):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as stream:
            stream.settimeout(1)
            stream.connect((host, port))
            return f"{host}:{port} is open"
    pairs = [(text.rpartition("/")[0], int(text.rpartition("/")[2])) for text in addresses]
    return all_refused([lambda pair=pair: reach(*pair) for pair in pairs])


def abstract_sockets(name):
    def reach():
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
            stream.connect("\0" + name)
            return "connected"
    return refused(reach)


def terminal():
    def push():
        with open("/proc/self/fd/0", "rb") as stream:
            import fcntl
            fcntl.ioctl(stream, 0x5412, b"x")
    def control():
        return os.open("/dev/tty", os.O_RDWR)
    return all_refused([push, control])


def fork_bomb():
    """Forks until refused; tells how many lived at once."""
    children = []
    try:
        while len(children) < 5000:
            child = os.fork()
            if child == 0:
                signal.pause()
                os._exit(0)
            children.append(child)
    except OSError as error:
        if error.errno != errno.EAGAIN:
            raise
    count = len(children) + 1
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    print(f"COUNT {count}")
    return "stopped"


def thread_bomb():
    threading.stack_size(65536)
    gate = threading.Event()
    threads = []
    try:
        while len(threads) < 5000:
            thread = threading.Thread(target=gate.wait)
            thread.start()
            threads.append(thread)
    except RuntimeError:
        pass
    count = len(threads) + 1
    gate.set()
    for thread in threads:
        thread.join()
    print(f"COUNT {count}")
    return "stopped"


def open_files():
    opened = []
    try:
        while len(opened) < 5000:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        if error.errno != errno.EMFILE:
            raise
    highest = max(opened)
    for descriptor in opened:
        os.close(descriptor)
    print(f"COUNT {highest + 1}")
    return "stopped"


def raise_limits():
    def more(kind):
        try:
            resource.setrlimit(kind, (1 << 20, 1 << 20))
        except ValueError as error:
            raise OSError(errno.EPERM, str(error)) from error
    return all_refused([
        lambda: more(resource.RLIMIT_NOFILE),
        lambda: more(resource.RLIMIT_MEMLOCK),
        lambda: os.nice(-5),
        lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    ])


def allocate(mib):
    """Touches so many MiB of memory and tells that it lived."""
    held = bytearray(int(mib) << 20)
    print(f"COUNT {len(held) >> 20}")
    return "held"


def shared_memory(mib):
    """The same in /dev/shm, which is memory too."""
    with open("/dev/shm/x", "wb") as file:
        for _ in range(int(mib)):
            file.write(bytes(1 << 20))
    print(f"COUNT {mib}")
    return "held"


def fill_disk(mib):
    """Writes so many MiB to /tmp, or as many as it may."""
    written = 0
    piece = bytes(1 << 20)
    with open("/tmp/x", "wb", buffering=0) as file:
        try:
            for _ in range(int(mib)):
                written += file.write(piece)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            print(f"COUNT {written}")
            return "no space left"
    print(f"COUNT {written}")
    return "written"


def fill_inodes():
    count = 0
    try:
        while count < 10_000_000:
            os.close(os.open(f"/tmp/{count}", os.O_CREAT | os.O_WRONLY))
            count += 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    print(f"COUNT {count}")
    return "no inode left"


ATTACKS = {
    function.__name__.replace("_", "-"): function
    for function in (
        host_files, parents, other_sandboxes, code_links, system_writes, remount, mounts, namespaces,
        clone3, enter_namespaces, init_process, init_signals, host_processes, trace, kernel_calls,
        keys, rings, file_handles, unknown_calls, old_calls, sockets, interfaces, devices,
        become_root, set_user_files, capabilities, control_groups, descriptors, environment, connect,
        abstract_sockets, terminal, fork_bomb, thread_bomb, open_files, raise_limits, allocate,
        shared_memory, fill_disk, fill_inodes,
    )
}


def main():
    name, *arguments = sys.argv[1:]
    try:
        print("BLOCKED", ATTACKS[name](*arguments), flush=True)
    except Escaped as escape:
        print("ESCAPED", escape, flush=True)


main()
