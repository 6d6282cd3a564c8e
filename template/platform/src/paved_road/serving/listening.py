"""Where a server listens."""

import errno
import socket

from paved_road.findings import Problem, problem


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


def _cannot_listen(host: str, port: int, error: OSError) -> Problem:
    if error.errno == errno.EADDRINUSE:
        remedy = f"stop what listens there, or take another port: `road serve --port {port + 1}`"
        return problem("SERVE003", f"port {port} on {host} is in use", remedy)
    if error.errno == errno.EACCES:
        return problem("SERVE003", f"port {port} is not allowed for this user", "take one above 1023, such as 8000")
    return problem("SERVE003", f"cannot listen on {host}: {error.strerror or error}", "give an address of this machine")
