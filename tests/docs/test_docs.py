"""Docs cannot rot: the pages say what the tables and the program say, in both languages."""

from __future__ import annotations

import dataclasses
import doctest
import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import click
import pytest

import derivx
from derivx import ops
from derivx.apps.main import _COMMANDS, cli
from derivx.check.verdict import Verdict
from derivx.errors import CheckFailed, DerivxError, LimitError, NotSupported, ReadError, RendererMissing, UsageError
from derivx.grading import GradeResult, Question
from derivx.grading.compare import Verdict as GradeVerdict
from derivx.grading.outcome import Outcome
from derivx.grading.reading import Vocabulary, read_answer
from derivx.syntax import read, write
from derivx.words.en import EN
from derivx.words.ko import KO

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
MADE = {"docs/rules.md": "rules_page", "docs/ops.md": "ops_page", "docs/mistakes.md": "mistakes_page"}
LANGUAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
GRADING = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
INDEX = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")


def generator() -> ModuleType:
    """``docs/generate.py`` as a module."""
    spec = importlib.util.spec_from_file_location("derivx_docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measured(text: str) -> str:
    """The text without the digits that a referee measured: they depend on the machine."""
    return re.sub(r"\b\d+(?= (?:·|digits)|자리)", "N", text)


@pytest.mark.parametrize("page", MADE)
def test_the_tables_of_the_pages_are_those_of_the_program(page: str) -> None:
    expected = getattr(generator(), MADE[page])()
    assert (ROOT / page).read_text(encoding="utf-8") == expected, "run python docs/generate.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_the_outputs_shown_are_what_the_program_prints(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert measured(generator().refreshed(text)) == measured(text), "run python docs/generate.py"


def test_the_readme_shows_outputs() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\$ (derivx .*)$", text, re.MULTILINE)
    assert len(shown) >= 3
    assert any("--lang ko" in command for command in shown)
    for command in (
        'python -m venv .venv && .venv/bin/pip install . && .venv/bin/derivx explain "sigmoid(w*x+b)"',
        'python -m venv .venv && .venv/bin/pip install -e ".[test]" && .venv/bin/pytest',
    ):
        assert f"```\n{command}\n```" in text


@pytest.mark.parametrize("page", ["README.md", "docs/grading.md"])
def test_the_python_examples_are_true(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    source = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    example = doctest.DocTestParser().get_doctest(source, {}, page, page, 0)
    try:
        assert len(example.examples) >= 8
        assert doctest.DocTestRunner(verbose=False).run(example).failed == 0
    finally:
        if ops.known("swish3"):
            ops.unregister("swish3")


def test_every_link_leads_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            assert target.startswith("https://") or (page.parent / target).exists(), (page.name, target)


ROWS = [
    pair
    for row in re.findall(r"^\| (`.*) \| (`.*) \|$", LANGUAGE, re.MULTILINE)
    for pair in zip(*(re.findall(r"`([^`]+)`", cell.replace(r"\|", "|")) for cell in row), strict=True)
]


@pytest.mark.parametrize(("typed", "tree"), ROWS)
def test_the_language_is_read_as_documented(typed: str, tree: str) -> None:
    assert write(read(typed)) == tree


CONVENTIONS = [
    (typed, read_as, refused == "refused")
    for cell, read_as, refused in re.findall(r"^\| (`.*`) \| `([^`]+)`.* \| (refused|the same) \|$", GRADING, re.MULTILINE)
    for typed in re.findall(r"`([^`]+)`", cell)
]


@pytest.mark.parametrize(("typed", "read_as", "refused"), CONVENTIONS)
def test_answers_are_read_as_documented(typed: str, read_as: str, refused: bool) -> None:
    names = Vocabulary.of(("x", "y"))
    plain = read_answer(read_as, names, ambiguous="refuse").expr
    assert read_answer(typed, names).expr == plain
    if refused:
        with pytest.raises(ReadError, match="two"):
            read_answer(typed, names, ambiguous="refuse")
    else:
        assert read_answer(typed, names, ambiguous="refuse").expr == plain


def test_the_grader_is_documented() -> None:
    assert len(CONVENTIONS) >= 15
    for word in (*Outcome, *GradeVerdict, *(f.name for f in dataclasses.fields(GradeResult)), *Question.__init__.__annotations__):
        assert f"`{word}`" in GRADING or word == "return", word
    for name in (n for n in dir(GradeResult) if n.startswith("to_")):
        assert f"result.{name}(" in GRADING, name


def commands() -> list[str]:
    """The commands, and those of a group behind it."""
    found = {name: cli.get_command(click.Context(cli), name) for name in _COMMANDS}
    return [name for one, group in found.items() for name in (one, *(f"{one} {sub}" for sub in getattr(group, "commands", ())))]


def options(command: str) -> set[str]:
    name, _, sub = command.partition(" ")
    found = cli.get_command(click.Context(cli), name)
    found = found.commands[sub] if isinstance(found, click.Group) and sub else found
    assert found is not None
    return {name for p in found.params if isinstance(p, click.Option) for name in (*p.opts, *p.secondary_opts)}


@pytest.mark.parametrize("command", commands())
def test_every_command_and_option_is_documented_in_both_languages(command: str) -> None:
    section = re.split(r"\n##+ ", INDEX.split(f"### derivx {command}")[1])[0]
    assert re.search("[가-힣]", section)
    for name in options(command):
        assert f"`{name}" in section, name
    for row in (r for r in section.split("\n") if r.startswith("| `--")):
        assert re.search("[가-힣]", row), row


def test_every_exit_code_is_documented() -> None:
    codes = {e.exit_code for e in (CheckFailed, UsageError, ReadError, NotSupported, LimitError, RendererMissing)}
    assert codes == set(range(1, 7))
    assert issubclass(RendererMissing, DerivxError)
    documented = re.findall(r"^\| (\d) \| .+ \| .*[가-힣].* \|$", INDEX, re.MULTILINE)
    assert {int(code) for code in documented} == codes | {0}


def test_every_rule_and_card_has_names_in_both_languages() -> None:
    rules, cards = ((ROOT / page).read_text(encoding="utf-8") for page in ("docs/rules.md", "docs/ops.md"))
    for key in (k for k in EN if k.startswith("rule.")):
        assert f"| `{key[5:]}` | {EN[key]} | {KO[key]} |" in rules
    for op in ops.cards():
        if op.source != "user":
            assert op.names.en in cards
            assert op.names.ko in cards


def test_every_verdict_and_referee_is_documented() -> None:
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    for verdict in Verdict:
        assert f"| `{verdict}` |" in page
    for key in (k for k in EN if k.startswith("referee.")):
        assert f"`{key[8:]}`" in page


def test_every_field_of_the_json_is_documented() -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    data = derivx.explain("relu(w*x)", "w").to_dict()  # type: ignore[union-attr]
    fields = {*data, *data["steps"][0], *(key for check in data["checks"] for key in check)}
    for name in fields:
        assert f"`{name}`" in page or f"[].{name}`" in page or f'"{name}"' in page, name
    shown = json.loads(re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0])
    assert list(shown) == ["schema", "derivations"]
    assert set(shown["derivations"][0]) == set(data)
    assert set(shown["derivations"][0]["steps"][0]) == set(data["steps"][0])
