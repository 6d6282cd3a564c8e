"""A model's process, as its server sees it: started with nothing, asked with a deadline, and ended with the server."""

import socket
import subprocess
import sys
import weakref

from paved_road.native.frames import Gone, receive, send

# Another thread is worth nothing to a single record, and the sandbox allows none.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Child:
    """A process that knows no model yet.

    Attributes:
        pid: its number.
    """

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-I", "-X", "utf8", "-m", "paved_road.native", str(theirs.fileno())]
            process = subprocess.Popen(
                command,
                env=_ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl+C is for the server, which still answers what is under way
            )
        self._line, self._process, self.pid = ours, process, process.pid
        self._end = weakref.finalize(self, _end, process, ours)

    def ask(self, request: bytes, *, most: int, patience: float) -> bytes:
        """Send a frame, and receive one.

        Raises:
            Gone: it ended, does not answer in so many seconds, or says more than `most` bytes.
        """
        self.tell(request, patience)
        try:
            return receive(self._line, most, patience)
        except Gone as gone:
            raise self._why(gone) from gone

    def tell(self, content: bytes, patience: float) -> None:
        """Send a frame.

        Raises:
            Gone: it ended, or does not take it in so many seconds.
        """
        try:
            send(self._line, content, patience)
        except Gone as gone:
            raise self._why(gone) from gone

    def end(self) -> None:
        """Kill it, if it still runs."""
        self._end()

    def _why(self, gone: Gone) -> Gone:
        if str(gone) != "ended":
            return gone
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return gone
        return Gone(f"was ended by signal {-code}" if code < 0 else f"ended with code {code}")


def _end(process: "subprocess.Popen[bytes]", line: socket.socket) -> None:
    line.close()
    process.kill()
    process.wait()
