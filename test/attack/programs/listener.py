"""Listens on a port and prints the address at which others would have to find it."""

import socket
import struct
import sys
import fcntl

probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    # SIOCGIFADDR of the cable; a sandbox without internet has its loopback alone.
    reply = fcntl.ioctl(probe.fileno(), 0x8915, struct.pack("256s", b"eth0"))
    address = socket.inet_ntoa(reply[20:24])
except OSError:
    address = "127.0.0.1"
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("0.0.0.0", int(sys.argv[1])))
server.listen()
print(address, flush=True)
while True:
    server.accept()
