"""Wait for a process, but not for ever."""

import os
import signal
import time


def wait(child: int, seconds: float) -> int | None:
    """Return its exit status; None if it had to be killed, with its group."""
    until = time.monotonic() + seconds
    pause = 0.002
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(pause * 1.3, 0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None
