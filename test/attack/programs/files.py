"""The files of others: of the host, of the server, of another sandbox."""

import ctypes
import fcntl
import os
import struct
import subprocess

from trying import Escaped, all_refused, call, read_paths, write_paths


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
        lambda: call("fsconfig", 0, 6, 0, 0, 0),
        lambda: call("fsmount", 0, 0, 0),
        lambda: call("fspick", -100, b"/", 0),
        lambda: call("open_tree_attr", -100, b"/", 1, 0, 0),
        lambda: call("statmount", bytes(32), ctypes.create_string_buffer(512), 512, 0),
        lambda: call("listmount", bytes(32), ctypes.create_string_buffer(512), 64, 0),
    ])


def file_powers():
    """What its own files could be made to do, and its own file system."""
    with open("/tmp/powers", "w"):
        pass
    capability = struct.pack("<5I", 0x02000001, 0xFFFFFFFF, 0, 0, 0)
    file = os.open("/tmp/powers", os.O_RDONLY)
    directory = os.open("/tmp", os.O_RDONLY)
    immutable, freeze, trim, shutdown = 0x40086602, 0xC0045877, 0xC0185879, 0x8004587D
    return all_refused([
        lambda: os.setxattr("/tmp/powers", "security.capability", capability),
        lambda: os.setxattr("/tmp/powers", "trusted.powers", b"x"),
        lambda: fcntl.ioctl(file, immutable, struct.pack("l", 0x10)),
        lambda: fcntl.ioctl(directory, freeze, 0),
        lambda: fcntl.ioctl(directory, trim, bytes(24)),
        lambda: fcntl.ioctl(directory, shutdown, bytes(4)),
        lambda: os.link("/usr/bin/su", "/tmp/su"),
        lambda: fcntl.fcntl(os.open("/usr/bin/env", os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK),
    ])


def file_handles():
    handle = struct.pack("Ii", 8, 1) + struct.pack("Q", 2)
    return all_refused([
        lambda: call("name_to_handle_at", -100, b"/usr", ctypes.create_string_buffer(128),
                     ctypes.create_string_buffer(8), 0),
        lambda: call("open_by_handle_at", os.open("/usr", os.O_RDONLY), handle, 0),
    ])


def devices():
    character, block = 0o020000, 0o060000
    return all_refused([
        lambda: os.mknod("/tmp/mem", 0o666 | character, os.makedev(1, 1)),
        lambda: os.mknod("/tmp/disk", 0o666 | block, os.makedev(254, 0)),
        lambda: open("/dev/mem", "rb"),
        lambda: open("/dev/kmsg", "rb"),
        lambda: open("/dev/loop-control", "rb"),
        lambda: open("/dev/tty", "rb"),
    ])


def making_devices():
    return all_refused([lambda: open("/dev/fuse", "rb"), lambda: open("/dev/ptmx", "rb")])


def has_set_user_files(mount, options, others):
    """Whether a mount has some, or could have: one that is read-only has what is there."""
    if "ro" not in options.split(","):
        return True
    for directory, below, files in os.walk(mount):
        below[:] = [name for name in below if os.path.join(directory, name) not in others]
        for name in files:
            if os.lstat(os.path.join(directory, name)).st_mode & 0o6000:
                return True
    return False


def set_user_files():
    """Programs that run as their owner: of the host, and of one's own making."""
    status = open("/proc/self/status", encoding="utf8").read()
    if "NoNewPrivs:\t1" not in status:
        raise Escaped("new privileges are possible")
    mounted = [line.split() for line in open("/proc/mounts", encoding="utf8")]
    targets = {target for _, target, *_ in mounted}
    for _, target, _, options, *_ in mounted:
        if "nosuid" not in options.split(",") and has_set_user_files(target, options, targets):
            raise Escaped(f"{target} honours set-user files")
    for program in ("/usr/bin/su", "/usr/bin/passwd", "/usr/bin/mount", "/usr/bin/newgrp"):
        if os.path.exists(program):
            shown = subprocess.run([program, "--help"], capture_output=True, check=False)
            if shown.returncode < 0:
                raise Escaped("killed, not refused")
    return "no new privileges, nosuid everywhere"


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
