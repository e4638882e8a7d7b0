"""Pages of HTML in a browser: steps, languages, fonts, accessibility, and that nothing of a user's is ever run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from derivx.render import to_html
from derivx.render.sentences import Said
from tests.render.pages import HOSTILE, PAGES, page, sheet

pytestmark = pytest.mark.browser
CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
BUILT = [f"{sample}_{kind}" for sample in ("backprop", "quiz") for kind in ("sheet", "key")]  # as `worksheet build` writes them
VALUES, GRADIENTS = 'svg text.v:not([class$=" v"])', 'svg text.g:not([class$=" g"])'  # not those of the legend
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
if CHROMIUM is None:
    pytest.skip("Chromium is not installed", allow_module_level=True)


@cache
def axe() -> str:
    """The checks of accessibility, a script that the test puts into the page from outside its policy."""
    found = pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
    return (Path(found.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


class Tab:
    """A page of a browser, with all that it complained of, asked for, or put before the user."""

    def __init__(self, browser: Any, folder: Path, **options: Any) -> None:
        self.context = browser.new_context(offline=True, viewport={"width": 1000, "height": 900}, **options)
        self.page, self.folder, self.seen = self.context.new_page(), folder, list[str]()
        self.page.on("console", lambda message: self.seen.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.seen.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else self.seen.append(request.url))

    def show(self, text: str) -> Any:
        path = self.folder / "page.html"
        path.write_text(text, encoding="utf-8")
        self.page.goto(path.as_uri())
        return self.page


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def tab(browser: Any, tmp_path: Path) -> Iterator[Tab]:
    opened = Tab(browser, tmp_path)
    yield opened
    opened.context.close()


def visible(shown: Any, css: str) -> list[bool]:
    script = "e => e.map(x => x.checkVisibility({checkVisibilityCSS: true, checkOpacity: true}))"
    return list(shown.eval_on_selector_all(css, script))


@pytest.mark.parametrize("name", [*PAGES, *BUILT])
def test_opens_without_a_complaint(tab: Tab, name: str) -> None:
    shown = tab.show(page(name))
    assert tab.seen == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= 1000
    assert all(visible(shown, ".steps > li > .f"))


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_page_is_wider_than_the_screen(tab: Tab, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 700})
    for name in ("explain_both", "backprop_both", "sheet_both", "matrices"):
        assert tab.show(page(name)).evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize("name", ["explain_both", "matrices", *BUILT])
def test_formulas_are_set_in_the_font_of_the_page(tab: Tab, name: str) -> None:
    shown = tab.show(page(name))
    shown.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    shown.evaluate("document.fonts.ready")
    assert set(shown.evaluate("[...document.fonts].map(font => font.status)")) == {"loaded"}
    session = tab.context.new_cdp_session(shown)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    used = dict[str, int]()
    for node in session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "math mi, math mo, math mn"})["nodeIds"]:
        for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]:
            used[font["familyName"]] = used.get(font["familyName"], 0) + font["glyphCount"]
    assert set(used) == {"STIX Two Math"}
    assert used["STIX Two Math"] > 50


def test_a_derivation_is_shown_line_by_line(tab: Tab) -> None:
    shown = tab.show(page("explain_ko"))
    lines = len(visible(shown, ".steps > li > .f"))
    shown.get_by_text("한 단계씩").click()
    for at in range(1, lines + 1):
        assert visible(shown, ".steps > li > .f") == [i < at for i in range(lines)]
        assert visible(shown, ".answer") == [at == lines]
        if at < lines:
            shown.locator("li > .next:visible").click()
    shown.keyboard.press("ArrowUp")
    assert visible(shown, ".steps > li > .f") == [*[True] * (lines - 1), False]
    shown.get_by_text("모든 단계").click()
    assert all(visible(shown, ".steps > li > .f, .answer"))
    assert tab.seen == []


def test_the_passes_are_stepped_through_over_the_graph(tab: Tab) -> None:
    shown = tab.show(page("backprop_both"))
    formulas = len(visible(shown, ".steps > li > .f"))
    every = {css: len(visible(shown, css)) for css in (VALUES, GRADIENTS)}
    shown.locator(".pick .next").click()
    assert sum(visible(shown, VALUES)) == every[VALUES] - 2  # what is given, and the first value
    assert sum(visible(shown, GRADIENTS)) == 0
    states = list[tuple[int, int]]()
    for _ in range(formulas - 1):
        shown.keyboard.press("ArrowDown")
        states.append((sum(visible(shown, VALUES)), sum(visible(shown, GRADIENTS))))
    assert states == sorted(states)
    assert states[1] == (every[VALUES], 0)  # the whole forward pass, no gradient yet
    assert states[2] == (every[VALUES], 2)  # the output's and the first one
    assert states[-1] == tuple(every.values())
    for _ in range(formulas):
        shown.keyboard.press("ArrowUp")
    assert all(visible(shown, f"{VALUES}, {GRADIENTS}, .steps > li > .f"))  # back to all steps
    assert tab.seen == []


def test_languages_are_switched(tab: Tab) -> None:
    shown = tab.show(page("explain_both"))
    for button, expected in (("English", (True, False)), ("한국어", (False, True)), ("English and Korean", (True, True))):
        shown.get_by_label(button, exact=button != "English and Korean").check()
        for lang, there in zip(("en", "ko"), expected, strict=True):
            assert set(visible(shown, f"main [lang={lang}]:not(details p, .next *)")) == {there}, button
    assert tab.seen == []


@pytest.mark.parametrize("name", BUILT)
def test_a_sheet_is_read_in_one_language_and_its_key_step_by_step(tab: Tab, name: str) -> None:
    shown = tab.show(page(name))
    for button, other in (("English", "ko"), ("한국어", "en")):
        shown.get_by_label(button, exact=True).check()
        assert not any(visible(shown, f"main [lang={other}]"))
    starts = shown.locator(".pick .next")
    assert bool(starts.count()) == name.endswith("key")
    for at in range(starts.count()):
        key = shown.locator("article:has(.pick)").nth(at).get_attribute("id")
        lines = f"#{key} .steps > li:has(> input) > .f"
        starts.nth(at).click()
        every = visible(shown, lines)
        assert every == [True] + [False] * (len(every) - 1)
        for seen in range(2, len(every) + 1):
            shown.keyboard.press("ArrowDown")
            assert sum(visible(shown, lines)) == seen
    assert tab.seen == []


def test_a_printed_page_shows_every_step(tab: Tab) -> None:
    shown = tab.show(page("backprop_both"))
    shown.locator(".pick .next").click()
    shown.emulate_media(media="print")
    assert all(visible(shown, f".steps > li > .f, {VALUES}, {GRADIENTS}"))
    assert not any(visible(shown, ".pick, .languages, .next"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, *BUILT])
def test_accessible(browser: Any, tmp_path: Path, name: str, scheme: str) -> None:
    tab = Tab(browser, tmp_path, color_scheme=scheme, bypass_csp=True)
    shown = tab.show(page(name))
    shown.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    shown.evaluate(axe())
    found = shown.evaluate("axe.run()")["violations"]
    tab.context.close()
    assert not found, json.dumps([(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in found], indent=1)


def test_formulas_have_a_name_that_is_read_aloud(tab: Tab) -> None:
    shown = tab.show(page("explain_en"))
    tree = tab.context.new_cdp_session(shown).send("Accessibility.getFullAXTree")["nodes"]
    names = [node["name"]["value"] for node in tree if node.get("role", {}).get("value", "").lower() == "mathmlmath" and "name" in node]
    assert any("squared" in name for name in names)


def test_nothing_of_a_user_is_run(tab: Tab) -> None:
    title = Said("ui.page_derivation")
    tab.show(to_html([part for text in HOSTILE[:40] for part in sheet(text)], title))
    for text in HOSTILE:
        shown = tab.show(to_html(sheet(text, ("en", "ko")), title))
        assert shown.evaluate("document.scripts.length") == 0
        assert shown.evaluate("document.querySelectorAll('article').length") == 3
        assert (
            shown.evaluate("[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()).filter(n => /^on|^style$/.test(n))")
            == []
        )
        assert tab.seen == [], text
