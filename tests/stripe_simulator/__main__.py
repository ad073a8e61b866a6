"""`python -m tests.stripe_simulator`: serve until SIGTERM or Ctrl-C."""

import argparse
import signal
import sys
from pathlib import Path

from tests.stripe_simulator.server import Options, Simulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="stripe_simulator")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--webhook-url", default="", help="without it no webhooks are sent")
    parser.add_argument("--webhook-secret", default="whsec_simulated")
    parser.add_argument("--state", type=Path, help="a file that keeps everything")
    parser.add_argument("--retry-after", type=float, default=1.0, help="seconds, then doubled")
    given = vars(parser.parse_args())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        Simulator(Options(**given)).serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
