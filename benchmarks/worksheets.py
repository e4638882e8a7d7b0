"""How long a class set takes: variants of the sample sheets with their keys as PDF, in CPU time and on the clock, with the floor.

    python benchmarks/worksheets.py [VARIANTS] [SHEET ...]

First in one process, stage by stage: drawing and deriving, printing the source, setting the PDF. Then the whole with two processes.
The floor is ten seconds for 100 variants and their keys.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from pathlib import Path

from derivx.api.worksheets import read_sheet
from derivx.render import to_typst
from derivx.render.pdf import typst_pdf
from derivx.worksheet.build import Plan, build
from derivx.worksheet.pages import key_pages, sheet_pages
from derivx.worksheet.sheet import Sheet
from derivx.worksheet.variants import drawn, numbered

SHEETS = Path(__file__).parents[1] / "docs" / "worksheets"
FLOOR, OF = 10.0, 100  # seconds for so many variants and their keys, on two processors
STAGES = ("deriving", "printing", "setting")


def stages(sheet: Sheet, count: int) -> list[float]:
    """CPU seconds of each stage, in this process, the first variant left out: it loads what is needed."""
    spent = [0.0] * len(STAGES)
    for i, taker in enumerate(numbered(count + 1)):
        marks = [time.process_time()]
        variant = drawn(sheet, taker)
        marks.append(time.process_time())
        sources = [to_typst(pages) for pages in (sheet_pages(variant), key_pages(variant))]
        marks.append(time.process_time())
        for source in sources:
            typst_pdf(source)
        marks.append(time.process_time())
        if i:
            spent = [s + b - a for s, (a, b) in zip(spent, pairwise(marks), strict=True)]
    return spent


def whole(sheet: Sheet, count: int) -> float:
    """Seconds on the clock, with two processes, from nothing."""
    start = time.perf_counter()
    made = list(build(Plan(sheet, ("pdf",)), numbered(count), 2))
    if any(one.error for one in made):
        raise SystemExit(next(str(one.error) for one in made if one.error))
    return time.perf_counter() - start


def main(count: int, names: list[str]) -> None:
    """A row for each sheet."""
    print(
        f"{'sheet':<12}{'ms of CPU a PDF':>16}" + "".join(f"{stage:>10}" for stage in STAGES) + f"{'2 processes':>13}{'of the floor':>14}"
    )
    for path in sorted(SHEETS.glob("*.toml")):
        if names and path.stem not in names:
            continue
        sheet = read_sheet(path)
        spent, seconds = stages(sheet, min(count, 20)), whole(sheet, count)
        each = 1e3 * sum(spent) / (2 * min(count, 20))
        shares = "".join(f"{share / sum(spent):>10.0%}" for share in spent)
        print(f"{path.stem:<12}{each:>16.0f}{shares}{seconds:>11.1f} s{seconds / (FLOOR * count / OF):>14.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else OF, sys.argv[2:])
