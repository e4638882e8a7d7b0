"""Text of a student on its way out: each output has characters that must not act there."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

# controls, what turns the direction of text, half characters, what no XML may hold; a line break is let through
_ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]")
_MARKUP = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#x27;"}
_FORMULA = ("=", "+", "-", "@", "|", "%")
_JSON = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029\x7f"}


def plain(text: str) -> str:
    """Text that a terminal shows and does not obey; what would act is shown as a replacement sign."""
    return _ACTING.sub("�", text)


def markup(text: str) -> str:
    """Text for HTML and XML, in elements and in attributes."""
    return plain(text).translate(_MARKUP)


def cell(text: str) -> str:
    """Text for a spreadsheet: what would be a formula starts with an apostrophe."""
    shown = plain(text).replace("\n", " ")
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


def json_text(data: Any) -> str:
    """JSON in one line that may stand inside a page, too: no tag, no line separator, no half character, no NaN."""
    written = json.dumps(_finite(data), ensure_ascii=False, allow_nan=False, default=str)
    return re.sub("[\ud800-\udfff\x80-\x9f]", lambda m: f"\\u{ord(m[0]):04x}", written.translate(_JSON))


def _finite(data: Any) -> Any:
    """The same data with infinities and NaN as words, which JSON lacks."""
    if isinstance(data, float):
        return data if math.isfinite(data) else str(data)
    if isinstance(data, Mapping):
        return {str(k): _finite(v) for k, v in data.items()}
    return [_finite(v) for v in data] if isinstance(data, list | tuple) else data
