"""Code that wants out. `attack.py NAME [ARGUMENT]...` tries one way and prints one line:
`BLOCKED why` or `ESCAPED what`. A way that it does not know is an error, never a success.
"""

import importlib
import os
import sys

# Ways by their kind: a module each, of which the one that is asked for is loaded alone.
KINDS = {
    "files": (
        "host-files", "parents", "other-sandboxes", "code-links", "system-writes", "remount",
        "mounts", "file-handles", "devices", "making-devices", "set-user-files", "descriptors",
        "file-powers",
    ),
    "processes": (
        "namespaces", "clone3", "enter-namespaces", "init-process", "init-signals",
        "host-processes", "trace", "become-root", "capabilities", "environment", "terminal",
        "raise-limits", "raise-priority", "core-dumps",
    ),
    "kernel": (
        "kernel-calls", "kernel-programs", "machine-room", "machine-files", "keys", "rings", "unknown-calls",
        "old-calls", "control-groups",
    ),
    "network": (
        "sockets", "protocols", "pairs", "many-connections", "socket-powers", "socket-memory",
        "neighbours", "interfaces", "connect", "abstract-sockets", "flood",
    ),
    "limits": (
        "fork-bomb", "thread-bomb", "open-files", "allocate", "shared-memory", "fill-disk",
        "fill-inodes", "fill-sockets", "netlink-sockets", "netlink-crowd",
        "netlink-uncounted",
    ),
}


def main():
    name, *arguments = sys.argv[1:]
    (kind,) = [kind for kind, names in KINDS.items() if name in names]
    sys.path.insert(0, os.path.dirname(__file__))
    from trying import Escaped

    way = getattr(importlib.import_module(kind), name.replace("-", "_"))
    try:
        print("BLOCKED", way(*arguments), flush=True)
    except Escaped as escape:
        print("ESCAPED", escape, flush=True)


main()
