"""`with running_stripe() as stripe:` a simulator of one's own, in a process on a free port."""

import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.server import ROOT, free_port
from tests.stripe_simulator.steering import StripeSimulator


class RunningStripe(StripeSimulator):
    """The simulator and its process."""

    def __init__(self, webhook_url: str, secret: str, folder: Path) -> None:
        port = free_port()
        super().__init__(f"http://127.0.0.1:{port}", secret)
        self._command = [sys.executable, "-m", "tests.stripe_simulator", "--port", str(port)]
        self._command += ["--webhook-url", webhook_url, "--webhook-secret", secret]
        self._command += ["--state", str(folder / "state.json"), "--retry-after", "0.2"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=ROOT)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"the simulator ended with {self._process.returncode}")
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("the simulator did not start within 15 s")

    def stop(self) -> None:
        """Away: connections are refused. `start` brings it back with all it knew."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def running_stripe(
    *, webhook_url: str = "", secret: str = "whsec_of_this_test"
) -> Iterator[RunningStripe]:
    """With a state of its own; ready when yielded."""
    with tempfile.TemporaryDirectory(prefix="nexus-stripe-") as folder:
        simulator = RunningStripe(webhook_url, secret, Path(folder))
        simulator.start()
        try:
            yield simulator
        finally:
            simulator.stop()
