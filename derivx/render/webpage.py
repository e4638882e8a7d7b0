"""A whole page of HTML in one file: its own font and style, no script, nothing from outside, and a policy that holds browsers to it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files

from derivx.render.document import Document, Heading
from derivx.render.exercise import Masthead
from derivx.render.html import article, spans, steps_css
from derivx.render.mathml import escape
from derivx.render.sentences import Sentence, sentence
from derivx.words import say

_STYLE = re.compile(r"<style>(.*?)</style>\n?", re.DOTALL)
BOLD = {"bold": ((0x1D400, 0x1D433), (0x1D7CE, 0x1D7D7)), "greek": ((0x1D71C, 0x1D755),)}  # faces of the font for arrays, where they occur
_TAG, _QUOTED = re.compile(r"<[^<>]*>"), re.compile(r'="([\w.-]+)"(?=[ >])')  # quotes that an attribute does without
_MARK = "\ue0ff"
_LEAST = "default-src 'none'; style-src {styles}; font-src data:; base-uri 'none'; form-action 'none'"


def to_html(pages: Sequence[Document], title: Sentence) -> str:
    """The pages one after the other in a file of their own; ``title`` stands above them where they have none."""
    langs = pages[0].langs
    body, css = _body(pages)
    letters = set(map(ord, body))
    bold = (_font(face, f"-{face}") for face, ranges in BOLD.items() if any(a <= letter <= b for letter in letters for a, b in ranges))
    css = f"{_font('math')}{''.join(bold)}{_sheet()}{css}"
    policy = _LEAST.format(styles=f"'sha256-{b64encode(sha256(css.encode()).digest()).decode()}'")
    titled = next((part.text if isinstance(part, Heading) else sentence(part.title, langs[0]) for part in pages[0].parts
                   if isinstance(part, Heading | Masthead)), "")  # fmt: skip
    head = _languages(langs) + ("" if titled else f"<h1>{spans(pages[0], title)}</h1>\n")
    head = f"<header>\n{head}</header>\n" if head else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{langs[0]}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(titled or sentence(title, langs[0]))}</title>\n<style>{css}</style>\n</head>\n"
        f'<body class="dx">\n{head}<main>\n{body}\n</main>\n</body>\n</html>\n'
    )


def fragment(pages: Sequence[Document]) -> str:
    """The pages for a notebook: a piece of HTML with its style, without the font."""
    body, css = _body(pages, alone=False)
    return f'<div class="dx">\n<style>{_sheet()}{css}</style>\n{body}\n</div>\n'


def _body(pages: Sequence[Document], *, alone: bool = True) -> tuple[str, str]:
    """What stands on the page, and the style of its drawings.

    Where it does not stand ``alone`` (a notebook shows many), its buttons are named after what is on it; no text of a user's has the
    character that stands for that name.
    """
    keys = [f"s{at}{_MARK}" for at in range(1, len(pages) + 1)]
    body = "\n".join(article(page, key) for page, key in zip(pages, keys, strict=True))
    styles = [*dict.fromkeys(_STYLE.findall(body)), *(steps_css(page, key) for page, key in zip(pages, keys, strict=True))]
    own = "" if alone else f"-{sha256(body.encode()).hexdigest()[:6]}"
    css = "\n".join(filter(None, [_next(pages[0].langs), *styles])).replace(_MARK, own)
    return _TAG.sub(lambda tag: _QUOTED.sub(r"=\1", tag[0]), _STYLE.sub("", body).replace(_MARK, own)), css


def _next(langs: Sequence[str]) -> str:
    """The words on the labels behind the steps, once for all of them."""
    words = {lang: say("ui.next_step", lang) for lang in langs}
    shown = {"": " / ".join(words.values())} | (
        {f":has(#show-{lang}:checked)": text for lang, text in words.items()} if len(langs) > 1 else {}
    )
    return "\n".join(f'.dx{where} .next:empty::after{{content:"{text}"}}' for where, text in shown.items())


def _languages(langs: Sequence[str]) -> str:
    """Buttons to show one language or all; the style sheet hides the others."""
    if len(langs) == 1:
        return ""
    names = {lang: f'<span lang="{lang}">{say("ui.this_language", lang)}</span>' for lang in langs}
    names["all"] = _each("ui.both_languages", langs)
    boxes = "".join(f'<label><input type="radio" name="language" id="show-{key}"> {name}</label>' for key, name in names.items())
    checked = boxes.replace('-all"', '-all" checked')
    legend = _each("ui.shown_languages", langs)
    return f'<fieldset class="languages"><legend>{legend}</legend>{checked}</fieldset>\n'


def _each(key: str, langs: Sequence[str]) -> str:
    return "".join(f'<span lang="{lang}">{say(key, lang)}</span>' for lang in langs)


@cache
def _font(family: str, cut: str = "") -> str:
    data = b64encode((files("derivx") / "fonts" / f"stix-two-math{cut}.woff2").read_bytes()).decode()
    return f'@font-face{{font-family:"derivx {family}";src:url(data:font/woff2;base64,{data}) format("woff2")}}\n'


@cache
def _sheet() -> str:
    return (files("derivx") / "render" / "page.css").read_text(encoding="utf-8")
