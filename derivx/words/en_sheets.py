"""English: what stands on worksheets and their keys, and what is wrong with the description of one."""

from __future__ import annotations

SHEETS: dict[str, str] = {
    # On a page.
    "sheet.key": "answer key",
    "sheet.variant": "Variant {number}",
    "sheet.student": "{name} ({id})",
    "sheet.student_id": "Student {id}",
    "sheet.in_all": "{points} points in all",
    "sheet.field_name": "Name",
    "sheet.field_number": "Student number",
    "sheet.field_class": "Class",
    "sheet.field_date": "Date",
    "sheet.field_score": "Score",
    "sheet.checked": (
        "Every line and every answer of this key was measured by referees that know no rule of differentiation:"
        " the complex step, automatic differentiation, finite differences."
    ),
    # What the command says.
    "sheet.written": "{files} files in {folder}: {variants} sheets, each with its key",
    # A teacher's own words.
    "error.dollar": "a `$` opens a formula here, and nothing closes it; the sign itself is written `\\$`",
    "error.no_such_language": "`{name}` is no language of derivx: en or ko is expected",
    "expected.dollar": "a second `$`",
}
