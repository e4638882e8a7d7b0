"""XML as text: elements in order, one a line. Nothing that a user wrote can end an element, a section or an attribute."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from derivx.grading.safe import markup, plain

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def el(name: str, *inner: str, **attributes: str) -> str:
    """An element around others (or text that is escaped already); ``for_`` and ``xml__lang`` stand for ``for`` and ``xml:lang``."""
    given = "".join(f' {key.rstrip("_").replace("__", ":")}="{markup(value)}"' for key, value in attributes.items())
    if not inner:
        return f"<{name}{given}/>"
    body = "".join(inner)
    return (
        f"<{name}{given}>\n{body}\n</{name}>" if body.startswith("<") and not body.startswith("<![") else f"<{name}{given}>{body}</{name}>"
    )


def lines(*elements: str) -> str:
    """Elements one below the other."""
    return "\n".join(e for e in elements if e)


def leaf(name: str, text: str = "", **attributes: str) -> str:
    """An element with text."""
    return el(name, markup(text), **attributes) if text else el(name, **attributes)


def cdata(html: str) -> str:
    """A section that is taken as it stands; what would end it is cut in two."""
    return f"<![CDATA[{_legal(html).replace(']]>', ']]]]><![CDATA[>')}]]>" if html else ""


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Files in one, in their order and without times: the same files are the same bytes, by any library."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            about = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            about.create_system, about.external_attr = 3, 0o644 << 16
            archive.writestr(about, data)
    return out.getvalue()


def _legal(html: str) -> str:
    """Without what XML does not hold; line breaks and tabs are kept."""
    return "\n".join("\t".join(map(plain, line.split("\t"))) for line in html.split("\n"))
