"""Gradescope: an autograder that is built as it is, with the questions of all variants as JSON beside it."""

from __future__ import annotations

import re

from derivx.grading.safe import json_text
from derivx.version import VERSION
from derivx.words import say
from derivx.worksheet.exports.pack import Pack

RUN = '''#!/usr/bin/env python3
"""Gradescope runs this for each submission: the answers stand in `answers.txt`, one `name: answer` a line."""

from pathlib import Path

from derivx.grading.autograder import run

if __name__ == "__main__":
    run(Path(__file__).resolve().parent)  # /autograder, where `source/questions.json` lies
'''
SETUP = """#!/usr/bin/env bash
# Gradescope runs this once, when the autograder is built. A folder or a wheel of derivx beside this file is taken before PyPI.
set -euo pipefail
apt-get update
apt-get install -y python3-pip
cd /autograder/source
for found in derivx derivx_math-*.whl; do
  if [ -e "$found" ]; then pip3 install --break-system-packages "./$found"; exit; fi
done
pip3 install --break-system-packages "derivx-math==%s"
"""


def gradescope(pack: Pack) -> dict[str, bytes]:
    """The folder whose files are zipped and uploaded, and the file that a student fills in."""
    variants = {
        pack.label(variant): {name: row for item in variant.items for name, row in pack.rows(item).items()} for variant in pack.variants
    }
    several = len(pack.variants) > 1
    names = sorted({name for rows in variants.values() for name in rows}, key=lambda name: (int(re.sub(r"\D.*", "", name[1:])), name))
    blank = "".join(f"{name}: \n" for name in ([*(["variant"] if several else []), *names]))
    return {
        "gradescope/questions.json": (json_text({"variants": variants}) + "\n").encode(),
        "gradescope/run_autograder": RUN.encode(),
        "gradescope/setup.sh": (SETUP % VERSION).encode(),
        "gradescope-students/answers.txt": blank.encode(),
        "gradescope-students/README.txt": "".join(f"{_told(lang, several=several)}\n" for lang in pack.langs).encode(),
    }


def _told(lang: str, *, several: bool) -> str:
    return " ".join(say(key, lang) for key in ("export.answers_file", *(["export.variant_line"] if several else [])))
