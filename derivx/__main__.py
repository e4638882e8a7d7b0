"""The command ``derivx``, also as ``python -m derivx``."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    import gc

    # short-lived and full of imports: collecting while they run costs a third of the start
    gc.disable()
    from derivx.apps.main import cli

    cli(prog_name="derivx")


if __name__ == "__main__":
    main()
