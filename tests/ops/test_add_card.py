"""Adding an operation touches one file, in at most ten lines, and its tests appear by themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CARD = """    Op(
        "bent_identity", "x", lambda xp, x: (xp.sqrt(x * x + 1) - 1) / 2 + x, "(x/(2*sqrt(x^2 + 1)) + 1)*dx",
        latex=r"\\\\operatorname{bent}", names=Names("bent identity function", "굽은 항등 함수"), source="a card added by a test",
    ),
"""


def collected(root: Path) -> list[str]:
    """The cases that pytest finds in the tests of cards of a checkout."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--collect-only",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/ops/test_cards.py",
            "tests/ops/test_values.py",
        ],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_a_new_card_has_its_tests(tmp_path: Path) -> None:
    for part in ("derivx", "tests"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    before = collected(tmp_path)
    family = tmp_path / "derivx" / "ops" / "activation.py"
    text = family.read_text("utf-8")
    assert text.count("CARDS = (\n") == 1
    family.write_text(text.replace("CARDS = (\n", f"CARDS = (\n{CARD}".replace("\\\\\\\\", "\\\\")), "utf-8")
    assert CARD.count("\n") <= 10
    new = sorted(set(collected(tmp_path)) - set(before))
    assert len(new) >= 3
    assert all("bent_identity" in case for case in new)
    # the new cases run, and pass (but for the textbook's value, which is a second opinion written by hand)
    chosen = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/ops/test_cards.py", "-k", "bent_identity"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert chosen.returncode == 0, chosen.stdout
    assert " passed" in chosen.stdout
