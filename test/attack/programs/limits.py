"""As much as there is, of everything."""

import contextlib
import errno
import os
import resource
import signal
import socket
import threading


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


def until_blocked(action):
    """How many bytes were moved by then."""
    moved = 0
    try:
        while (count := action()) > 0:
            moved += count
    except BlockingIOError:
        pass
    return moved


def fill_sockets(mib):
    """Has so many MiB wait in sockets that nobody reads, or as many as it may."""
    held = []
    sent = 0
    with socket.create_server(("127.0.0.1", 0)) as server:
        try:
            while sent < int(mib) << 20:
                near = socket.create_connection(server.getsockname())
                held += [near, server.accept()]
                near.setblocking(False)
                sent += until_blocked(lambda: near.send(bytes(1 << 18)))
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENOBUFS, errno.ENOMEM):
                raise
    print(f"COUNT {sent >> 20}")
    return "held"


def netlink_sockets():
    """Each keeps answers that nobody reads, in memory of the machine's; those that are closed count no more."""
    for _ in range(500):
        socket.if_nameindex()
    held = []
    try:
        while len(held) < 900:
            held.append(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))
    except OSError as error:
        if error.errno != errno.ENOBUFS:
            raise
    count = len(held)
    while held:
        held.pop().close()
    if not socket.if_nameindex():
        raise OSError("no address is told")
    print(f"COUNT {count}")
    return "no more"


def netlink_crowd():
    """All who ask at the same moment, of whom none goes on as long as anybody else may."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    held, gate = [], threading.Event()

    def ask():
        gate.wait()
        with contextlib.suppress(OSError):
            held.append(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))

    threading.stack_size(65536)
    threads = [threading.Thread(target=ask) for _ in range(800)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    print(f"COUNT {len(held)}")
    return "no more"


def netlink_uncounted():
    """The first process is of its user, whose limits it may lower: then it opens nothing any more."""
    held = []
    resource.prlimit(1, resource.RLIMIT_NOFILE, (4, 4))
    with contextlib.suppress(OSError):
        while len(held) < 900:
            held.append(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))
    print(f"COUNT {len(held)}")
    return "no more"


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
