"""The bare system calls, and what must be refused."""

import ctypes
import errno
import os
import platform

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
    "kcmp": (312, 272), "mknodat": (259, 33), "socketpair": (53, 199), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fspick": (433, 433), "open_tree_attr": (467, 467), "statmount": (457, 457),
    "listmount": (458, 458),
    "io_setup": (206, 0), "sync": (162, 81), "syncfs": (306, 267),
    "setrlimit": (160, 164), "prlimit64": (302, 261), "seccomp": (317, 277), "prctl": (157, 167),
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
    """Every one of these paths of the host must be missing, closed or empty."""
    def read(path):
        if os.path.isdir(path):
            return os.listdir(path) or os.open(path + "/empty", os.O_RDONLY)
        with open(path, "rb") as file:
            return file.read(64)
    return all_refused([lambda path=path: read(path) for path in paths])


def write_paths(*paths):
    def write(path):
        with open(path, "ab") as file:
            file.write(b"x")
    return all_refused([lambda path=path: write(path) for path in paths])
