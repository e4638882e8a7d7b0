"""``derivx.read_sheet`` and ``derivx.build_worksheet``: worksheets and keys from Python, as the command makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derivx.errors import DerivxError
from derivx.worksheet.build import Made, Plan, build, manifest, together
from derivx.worksheet.check import Checked, check
from derivx.worksheet.describe import read_sheet as described
from derivx.worksheet.sheet import Sheet, Taker, Variant
from derivx.worksheet.variants import drawn, numbered, roster

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Built:
    """What was made: ``files`` in the order of the variants, then the manifest; ``errors`` of the variants that could not be made."""

    files: tuple[Path, ...]
    errors: tuple[DerivxError, ...]


def read_sheet(source: str | Path) -> Sheet:
    """A sheet from a TOML file (a ``Path``, or a name that ends in ``.toml``), or from the text of one.

    Raises ``UsageError`` with the line at fault.
    """
    if isinstance(source, Path) or ("\n" not in source and source.endswith(".toml")):
        path = Path(source)
        return described(path.read_text(encoding="utf-8-sig"), path.name)
    return described(source)


def draw_worksheet(sheet: Sheet, variants: int | None = None, *, seed: int | str | None = None, students: Any = None) -> list[Variant]:
    """The drawn sheets: numbered ones, or one for each student (a CSV file, or ids)."""
    return [drawn(sheet, taker, seed) for taker in takers_of(sheet, variants, students)]


def takers_of(sheet: Sheet, variants: int | None = None, students: Any = None) -> tuple[Taker, ...]:
    """For whom a sheet is drawn: ``students`` is the path of a CSV file, or a list of ids; else the ``variants`` are numbered."""
    if students is None:
        return numbered(sheet.variants if variants is None else variants)
    if isinstance(students, str | Path):
        path = Path(students)
        return roster(path.read_text(encoding="utf-8-sig"), path.name)
    return tuple(Taker(str(one), student=True) for one in students)


def build_worksheet(
    sheet: Sheet | str | Path,
    out: str | Path,
    *,
    variants: int | None = None,
    seed: int | str | None = None,
    students: Any = None,
    formats: Sequence[str] = ("latex",),
    engine: str = "typst",
    workers: int = 0,
    told: Callable[[int, int], object] = lambda _done, _of: None,
) -> Built:
    """Write every variant of a sheet and its key, and ``manifest.json``, to the folder ``out``.

    ``variants`` and ``seed`` replace those of the sheet; ``students``: a CSV file or a list of ids, a sheet for each. ``formats``: such as
    ``latex``, ``pdf``, ``html``, ``markdown``; ``engine``: ``typst`` or ``latex``, for PDF. ``workers``: processes, 0 for this one; more
    need a main module that can be imported. ``told`` is called with how many are done, of how many.

    A variant that cannot be made is left out and told in ``errors``. Raises ``UsageError`` for what the sheet or the call says.
    """
    one = sheet if isinstance(sheet, Sheet) else read_sheet(sheet)
    plan, takers = Plan(one, tuple(formats), seed, engine), takers_of(one, variants, students)
    return written(plan, build(plan, takers, workers), Path(out), len(takers), told)


def check_worksheet(
    sheet: Sheet | str | Path, *, draws: int = 200, variants: int | None = None, seed: int | str | None = None, students: Any = None
) -> list[Checked]:
    """The keys of a sheet, and of ``draws`` further draws of its kinds, judged by referees that never saw how they were made.

    Each row of the result is a kind at a level, with how many ``keys`` were judged, how many are ``wrong``, and the ``bad`` ones.
    """
    one = sheet if isinstance(sheet, Sheet) else read_sheet(sheet)
    return check(one, takers_of(one, variants, students), draws, seed)


def written(plan: Plan, all_made: Iterable[Made], out: Path, count: int, told: Callable[[int, int], object]) -> Built:
    """Write the files as they come, and the manifest last."""
    done, files = list[Made](), list[Path]()
    for one in all_made:
        out.mkdir(parents=True, exist_ok=True)
        files += _put(out, one.files)
        done.append(one)
        told(len(done), count)
    shared = together(plan, [one.taker for one in done if one.error is None])
    files += _put(out, shared)
    (out / MANIFEST).write_bytes(manifest(plan, done, shared))
    return Built((*files, out / MANIFEST), tuple(one.error for one in done if one.error is not None))


def _put(out: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files below a folder; a script may be run."""
    for name, data in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if data.startswith(b"#!"):
            path.chmod(0o755)
    return [out / name for name in files]
