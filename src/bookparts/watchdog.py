"""Stop what goes on for too long, on any system, and know where it was."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType

__all__ = ["Watchdog"]

_WAITS = 6  # what waits computes nothing: it may take so many times as long
_GRACE = 3.0  # seconds that the interrupted code has to stop


class Watchdog:
    """Interrupts the main thread if the block takes too long; where that is in vain, ends it all.

    A `KeyboardInterrupt` stops any Python code that does not catch it, on Windows, too, and in a
    process that a shell has made deaf to Ctrl-C, as it does in the background. Code that catches
    it, or that never comes back from a call, ends with the process.
    """

    def __init__(self, seconds: float, give_up: Callable[[str], None]) -> None:
        """Watch over a `with` block.

        Args:
            seconds: How long it may compute; waiting, it may take six times as long.
            give_up: Called if an interrupt was in vain, just before the process ends, with the
                file and the line at which the main thread is.
        """
        self.seconds, self.give_up = seconds, give_up
        self.fired = ""
        """What was too long, as in `20 seconds`; empty if nothing was."""
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watchdog:
        self._deaf = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        if self._deaf:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:  # either it fires before this, or never
            self._done.set()
        if self._deaf:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _watch(self) -> None:
        computed, began = time.process_time(), time.monotonic()
        spent = ""
        while not self._done.wait(0.1) and not spent:
            if time.process_time() - computed > self.seconds:
                spent = f"{self.seconds:g} seconds"
            elif time.monotonic() - began > self.seconds * _WAITS:
                spent = f"{self.seconds * _WAITS:g} seconds of waiting"
        with self._lock:
            if self._done.is_set():
                return
            self.fired = spent
            _thread.interrupt_main()
        if not self._done.wait(_GRACE):
            try:
                self.give_up(_place())
            finally:
                os._exit(1)


def _place() -> str:
    """Name the file and line that the main thread is at, a file of torch or Python left aside."""
    frame: FrameType | None = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None:
        file = frame.f_code.co_filename
        if "site-packages" not in file and not file.startswith((sys.base_prefix, "<")):
            return f"{file}:{frame.f_lineno}"
        frame = frame.f_back
    return ""
