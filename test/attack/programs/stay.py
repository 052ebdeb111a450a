"""Code that wants to outlive the reset of its sandbox. `stay.py begin` leaves what might stay, prints READY and
waits; `stay.py look`, run after the reset, prints what is there, one thing a line, then END.
"""

import ctypes
import os
import signal
import socket
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
queues = libc if hasattr(libc, "mq_open") else ctypes.CDLL("librt.so.1")
CREATE = 0o1000
SUBREAPER = 36
KINDS = ("shm", "msg", "sem")


def child(body):
    """Runs `body` in a child without a terminal, a session or a signal that it would heed."""
    if os.fork() == 0:
        os.setsid()
        for number in range(1, 32):
            if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD):
                signal.signal(number, signal.SIG_IGN)
        body()
        os._exit(0)


def daemon():
    libc.prctl(SUBREAPER, 1)
    child(lambda: time.sleep(600))
    time.sleep(600)


def stopped():
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(600)


def hopping():
    """Never the same process for long: who looks for it finds the one before."""
    while os.fork() == 0:
        os.setsid()


def begin():
    with open("/dev/shm/left", "wb") as file:
        file.write(bytes(8 << 20))
    with open("/tmp/left", "w") as file:
        file.write("left")
    # With no rights for anybody: they are the creator's to remove all the same.
    libc.shmget(1, 4096, CREATE)
    libc.msgget(1, CREATE)
    libc.semget(1, 1, CREATE)
    queues.mq_open(b"/left", os.O_CREAT | os.O_RDWR, 0o600, None)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\0left")
    listener.listen()
    for body in (daemon, stopped, hopping):
        child(body)
    print("READY", flush=True)
    time.sleep(600)


def look():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if int(pid) != os.getpid():
            print("process", pid, open(f"/proc/{pid}/cmdline").read())
    for name in os.listdir("/dev/shm"):
        print("shared file", name)
    for kind in KINDS:
        for line in open(f"/proc/sysvipc/{kind}").readlines()[1:]:
            print("shared object", kind, line.split()[1])
    if queues.mq_open(b"/left", os.O_RDWR) >= 0:
        print("message queue")
    try:
        socket.socket(socket.AF_UNIX).connect("\0left")
        print("listener")
    except ConnectionRefusedError:
        pass
    print("file", open("/tmp/left").read())
    print("END", flush=True)


{"begin": begin, "look": look}[sys.argv[1]]()
