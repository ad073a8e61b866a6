"""`make` runs this first: one clear line when Python cannot run Nexus.

It must parse on every Python that a machine may still have, so: no annotations, no f-strings.
"""

import sys

OLDEST = (3, 11)


def main():  # type: () -> str | None  # noqa: ANN201
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        return "nexus: Python 3.11 or newer is needed, this is {}; try: make PYTHON=...".format(  # noqa: UP032
            found
        )
    try:
        import ensurepip  # noqa: F401, PLC0415 (may be absent)
        import venv  # noqa: F401, PLC0415
    except ImportError:
        return "nexus: Python's venv module is needed (on Debian: the package python3-venv)"
    return None


if __name__ == "__main__":
    sys.exit(main())
