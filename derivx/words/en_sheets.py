"""English: what stands on worksheets and their keys, and what is wrong with the description of one."""

from __future__ import annotations

SHEETS: dict[str, str] = {
    # A teacher's own words.
    "error.dollar": "a `$` opens a formula here, and nothing closes it; the sign itself is written `\\$`",
    "error.no_such_language": "`{name}` is no language of derivx: en or ko is expected",
    "expected.dollar": "a second `$`",
}
