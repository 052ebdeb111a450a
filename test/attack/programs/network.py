"""Other networks, and sockets that are no one's business."""

import os
import socket
import struct

from trying import Escaped, all_refused, refused


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
