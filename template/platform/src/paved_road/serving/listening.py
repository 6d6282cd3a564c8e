"""Where a server listens, and how it stops to."""

import ctypes
import errno
import socket
import struct
import sys

from paved_road.findings import Problem, problem

_ATTACH_FILTER = 26
"""Linux' SO_ATTACH_FILTER; Python has no name for it."""
_NO_SYN = struct.pack("HBBI" * 4, 0x30, 0, 0, 13, 0x45, 0, 1, 0x02, 0x06, 0, 0, 0, 0x06, 0, 0, 0xFFFFFFFF)
"""A program for Linux' packet filter: load the flags of TCP's header, drop what has SYN among them, let in the rest."""


def bind(host: str, port: int) -> socket.socket:
    """A socket on that host and port.

    Raises:
        Problem: the port is in use or not allowed, or the host is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _cannot_listen(host, port, error) from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(2048)
    except OSError as error:
        bound.close()
        raise _cannot_listen(host, port, error) from error
    return bound


def turn_away(listening: socket.socket) -> bool:
    """Let nobody begin a connection any more, and finish those that were begun: none that a caller has is cut off.

    A socket that is just closed cuts off what the system took for it after the last look; at this one it can be looked
    until nothing is left. The filter needs no rights: <https://docs.kernel.org/networking/filter.html>.

    Returns:
        Whether the system can do so; only Linux can.
    """
    if sys.platform != "linux":
        return False
    program = ctypes.create_string_buffer(_NO_SYN, len(_NO_SYN))
    try:
        listening.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("HP", 4, ctypes.addressof(program)))
    except OSError:  # a sandbox without it
        return False
    return True


def _cannot_listen(host: str, port: int, error: OSError) -> Problem:
    if error.errno == errno.EADDRINUSE:
        remedy = f"stop what listens there, or take another port: `road serve --port {port + 1}`"
        return problem("SERVE003", f"port {port} on {host} is in use", remedy)
    if error.errno == errno.EACCES:
        return problem("SERVE003", f"port {port} is not allowed for this user", "take one above 1023, such as 8000")
    return problem("SERVE003", f"cannot listen on {host}: {error.strerror or error}", "give an address of this machine")
