"""The command ``derivx``, also as ``python -m derivx``."""

from __future__ import annotations


def main() -> None:
    """Run the command line, and end the process at once."""
    import gc
    import os
    import sys

    # short-lived and full of imports: collecting while they run costs a third of the start
    gc.disable()
    from derivx.apps.main import cli

    code: object = 0
    try:
        cli(prog_name="derivx")
    except SystemExit as end:
        code = end.code
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # the reader of a pipe has gone
        code = code or 1
    # taking SymPy and NumPy down object by object is work that nobody sees
    os._exit(code if isinstance(code, int) else int(code is not None))


# CPython keeps frames in chunks of 16 KB, and maps and unmaps memory at every call of a loop that straddles the end of one:
# 4,800 times in a derivation, a tenth of its time. A first frame that asks for more gives all those above it one stretch.
main.__code__ = main.__code__.replace(co_stacksize=1 << 15)


if __name__ == "__main__":
    main()
