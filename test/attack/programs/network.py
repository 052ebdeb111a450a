"""Other networks, and sockets that are no one's business."""

import errno
import os
import signal
import socket
import struct

from trying import Escaped, all_refused, call, refused


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
        "diagnosis": (socket.AF_NETLINK, socket.SOCK_RAW, 4),
        "generic": (socket.AF_NETLINK, socket.SOCK_RAW, 16),
        "connector": (socket.AF_NETLINK, socket.SOCK_RAW, 11),
    }
    return all_refused([lambda kind=kind: socket.socket(*kind) for kind in kinds.values()])


def protocols():
    """Whose modules the kernel would load for whoever asks: SCTP, DCCP, L2TP, UDP-Lite, MPTCP, SMC."""
    kinds = ((socket.SOCK_STREAM, 132), (6, 33), (socket.SOCK_DGRAM, 115), (socket.SOCK_DGRAM, 136),
             (socket.SOCK_STREAM, 262), (socket.SOCK_STREAM, 256))
    return all_refused([
        lambda family=family, kind=kind: socket.socket(family, *kind)
        for family in (socket.AF_INET, socket.AF_INET6) for kind in kinds
    ])


def pairs():
    """Families whose sockets a pair makes, if only to throw them away: EOPNOTSUPP comes after that."""
    families = {"tipc": 30, "rds": 21, "vsock": 40, "algorithms": 38, "packet": 17, "netlink": 16,
                "inet": 2, "bluetooth": 31}
    return "; ".join(
        refused(lambda family=family: call("socketpair", family, 1, 0, bytes(8)), errno.EAFNOSUPPORT)
        for family in families.values()
    )


def socket_powers():
    """Options that let a socket pass by the rules of a network."""
    stream = socket.socket()
    mark, more_room, transparent, repair, tables = 36, 33, 19, 19, 64
    return all_refused([
        lambda: stream.setsockopt(socket.SOL_SOCKET, mark, 1),
        lambda: stream.setsockopt(socket.SOL_SOCKET, more_room, 1 << 28),
        lambda: stream.setsockopt(socket.IPPROTO_IP, transparent, 1),
        lambda: stream.setsockopt(socket.IPPROTO_TCP, repair, 1),
        lambda: stream.getsockopt(socket.IPPROTO_IP, tables, 84),
    ])


def socket_memory():
    """Options by which a socket has memory of the machine's that its function is not charged with."""
    stream, datagram, newer = socket.socket(), socket.socket(type=socket.SOCK_DGRAM), socket.socket(socket.AF_INET6)
    stamping, stamping_2038, software = 37, 65, 2 | 16
    key = struct.pack("HH4s", 2, 0, bytes([10, 0, 0, 1])).ljust(128, b"\0") + struct.pack("BBHI", 0, 0, 4, 0) + bytes(80)
    group = bytes([0xFF, 2]) + bytes(13) + b"\x99" + struct.pack("I", 1)
    group_request = struct.pack("Q", 1) + (struct.pack("HHI", 10, 0, 0) + group[:16]).ljust(128, b"\0")
    answers = all_refused([
        lambda: datagram.setsockopt(socket.SOL_SOCKET, stamping, software),
        lambda: datagram.setsockopt(socket.SOL_SOCKET, stamping_2038, software),
        lambda: stream.setsockopt(socket.IPPROTO_TCP, 14, key),
        lambda: stream.setsockopt(socket.IPPROTO_TCP, 32, key),
        lambda: newer.setsockopt(socket.IPPROTO_IPV6, 20, group),
        lambda: newer.setsockopt(socket.IPPROTO_IPV6, 42, group_request),
        lambda: datagram.setsockopt(socket.IPPROTO_UDP, 100, 2),
    ])
    # Resolvers ask for it, and end where they are refused.
    datagram.setsockopt(socket.IPPROTO_IP, 11, 1)
    if datagram.getsockopt(socket.IPPROTO_IP, 11) != 0:
        raise Escaped("errors are kept for it")
    if stamps_are_kept(datagram, stamping):
        raise Escaped("times are kept for a message that asked for them")
    if not os.path.exists("/proc/sys/net/ipv4/igmp_max_memberships"):
        return answers
    for last in range(1, 4):
        try:
            membership = bytes([239, 1, 1, last, 127, 0, 0, 1])
            datagram.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        except OSError as error:
            return f"{answers}, {error.strerror}"
    raise Escaped("a socket is in any number of groups")


def stamps_are_kept(datagram, stamping):
    """Whether the message itself comes back. Some kernels know of no network's own wish."""
    if not os.path.exists("/proc/sys/net/core/tstamp_allow_data"):
        return False
    datagram.bind(("127.0.0.1", 0))
    wish = [(socket.SOL_SOCKET, stamping, struct.pack("I", 2))]
    datagram.sendmsg([b"stamped"], wish, 0, datagram.getsockname())
    datagram.recv(100)
    try:
        return datagram.recv(100, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return False


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


def hold_connections(address, asked):
    """So many connections to the server, or as many as it takes."""
    held = []
    try:
        while len(held) < asked:
            held.append(socket.create_connection(address, timeout=30))
            # The server says hello to those that it takes.
            if held[-1].recv(1) == b"":
                held.pop()
                break
    except ConnectionError:
        held.pop()
    return held


def many_connections(host, port, asked):
    """As many, of two processes, since one alone has descriptors for fewer; tells how many it held."""
    address = (host, int(port))
    first, second = os.pipe()
    if os.fork() == 0:
        held = hold_connections(address, int(asked) // 2)
        os.write(second, struct.pack("i", len(held)))
        signal.pause()
    (count,) = struct.unpack("i", os.read(first, 4))
    count += len(hold_connections(address, int(asked) - count))
    print(f"COUNT {count}")
    return "no more"


def neighbours(name):
    """What another sandbox shares under a name or a key, among its own."""
    for kind in ("shm", "msg", "sem"):
        with open(f"/proc/sysvipc/{kind}", encoding="utf8") as objects:
            if len(objects.readlines()) > 1:
                raise Escaped(f"sees objects of the kind {kind}")
    return abstract_sockets(name)


def abstract_sockets(name):
    def reach():
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
            stream.connect("\0" + name)
            return "connected"
    return refused(reach)


def flood(*_mark):
    """Prints its address, and sends as much as its cable takes to where nobody lets it; a mark tells it from others."""
    nowhere = ("10.0.0.1", 9)
    datagrams = socket.socket(type=socket.SOCK_DGRAM)
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(nowhere)
        except OSError:
            print("127.0.0.1", flush=True)
            return "no network"
        print(probe.getsockname()[0], flush=True)
    while True:
        datagrams.sendto(bytes(60000), nowhere)
