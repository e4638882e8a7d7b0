"""What a command says: from the word tables, in both languages, and nothing else."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from derivx.apps.main import _COMMANDS, cli
from derivx.apps.worded import Worded, key_of, language, table
from derivx.words.en import EN
from derivx.words.ko import KO

SOURCE = Path(__file__).parents[2] / "derivx"
SHOWS = {"echo", "secho", "fail", "style", "ClickException", "UsageError", "BadParameter", "confirm", "prompt", "print"}
ENGLISH = re.compile(r"(?<![\w\\$%<./-])[A-Za-z]{3,}(?![\w(=.\"-])")
NAMES = {"out", "derivx", "explain", "worksheet", "build", "Python", "SymPy"}  # commands and programs are called alike in every language


def commands() -> Iterator[tuple[str, click.Command]]:
    for name in _COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        yield name, command
        yield from ((f"{name} {sub}", one) for sub, one in getattr(command, "commands", {}).items())


ALL = dict(commands())


@pytest.mark.parametrize("name", ALL)
def test_a_command_is_told_by_the_tables(name: str) -> None:
    """It has no words of its own, and each of its options has them in both languages."""
    command = ALL[name]
    scope = name.replace(" ", "_").replace("-", "_")
    assert isinstance(command, Worded)
    for param in command.params:
        if isinstance(param, click.Option) and param.name != "help":
            assert key_of(scope, param.name or "") in EN, f"put help.{scope}.{param.name} into words/en_help.py and ko_help.py"


def test_no_option_has_words_in_the_code() -> None:
    for path in sorted((SOURCE / "apps").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                assert not [k for k in node.keywords if k.arg in ("help", "epilog", "short_help")], (path.name, node.lineno)


@pytest.mark.parametrize("name", ["", *ALL])
def test_help_in_both_languages(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {}
    for lang in ("en", "ko"):
        monkeypatch.setenv("DERIVX_LANG", lang)
        found = CliRunner().invoke(cli, [*name.split(), "--help"])
        assert found.exit_code == 0, found.output
        pages[lang] = found.output
    assert not re.search("[가-힣]", pages["en"])
    shown = re.findall(r"^  +(?:-\w, )?(--[\w-]+)", pages["en"], re.MULTILINE)
    assert shown == re.findall(r"^  +(?:-\w, )?(--[\w-]+)", pages["ko"], re.MULTILINE)
    assert len(re.findall("[가-힣]+", pages["ko"])) > len(shown)


def test_no_help_without_a_use() -> None:
    used = {key_of(n.replace(" ", "_").replace("-", "_"), p.name or "") for n, c in ALL.items() for p in c.params}
    scopes = {n.replace(" ", "_").replace("-", "_") for n in ALL} | {"cli"}
    more = {f"help.{s}{end}" for s in scopes for end in ("", ".short", ".epilog")} | {"help.no_command"}
    assert {k for k in table("en") if k.startswith("help.")} - used - more == set()


@pytest.mark.parametrize(("env", "lang"), [
    ({}, "en"), ({"LANG": "ko_KR.UTF-8"}, "ko"), ({"LANG": "en_US.UTF-8"}, "en"), ({"DERIVX_LANG": "ko", "LANG": "C"}, "ko"),
    ({"DERIVX_LANG": "en", "LANG": "ko_KR"}, "en"), ({"LC_ALL": "C", "LANG": "ko_KR"}, "en"), ({"LC_MESSAGES": "ko_KR", "LANG": "C"}, "ko"),
])  # fmt: skip
def test_the_language_of_the_user(env: dict[str, str], lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DERIVX_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert language() == lang


@pytest.mark.parametrize(("typed", "said"), [
    (["explain", "--layout", "x", "x"], "오류: '--layout'의 값이 잘못됨: 'x': 'gradient', 'numerator', 'denominator', 'mixed' 가운데 하나여야 합니다."),
    (["explain"], "오류: 빠진 인수 'TEXT'."),
    (["explain", "--nix", "x"], "오류: '--nix' 옵션은 없습니다."),
    (["explan", "x"], "'explan'이라는 명령은 없습니다. derivx explain ...을 뜻했습니까?"),
])  # fmt: skip
def test_usage_errors_in_korean(typed: list[str], said: str) -> None:
    """In a process of its own: click is made to speak Korean once."""
    env = {**os.environ, "DERIVX_LANG": "ko", "PYTHONIOENCODING": "utf-8"}
    found = subprocess.run([sys.executable, "-m", "derivx", *typed], capture_output=True, text=True, encoding="utf-8", env=env, check=False)
    assert found.returncode == 2
    assert said in found.stderr


def test_help_loads_no_other_words() -> None:
    """The help of the whole command needs one table of one language."""
    code = "import sys; from derivx.apps.main import cli; cli(['--help'], standalone_mode=False); print([m for m in sys.modules if m.startswith('derivx.words.')])"
    env = {**os.environ, "DERIVX_LANG": "en"}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    loaded = set(ast.literal_eval(found.stdout.strip().split("\n")[-1]))
    assert loaded == {"derivx.words.josa", "derivx.words.reading", "derivx.words.en_help"}


def _unseen(tree: ast.AST) -> set[int]:
    """Documentation, tables of names, and patterns of what other programs say."""
    found = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) or (isinstance(n, ast.Attribute) and n.attr == "split")}
    patterns = (n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "re.compile")
    return found | {id(part) for call in patterns for part in ast.walk(call)}


def _shown(tree: ast.AST) -> Iterator[ast.Constant]:
    """The texts handed to what shows them to a user."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SHOWS:
                yield from (c for arg in node.args for c in _texts(arg))


def _texts(node: ast.AST) -> Iterator[ast.Constant]:
    """The literal texts of an argument, without those that are looked up or passed on to a call inside it."""
    if isinstance(node, ast.Call | ast.Subscript | ast.Compare):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    for inner in ast.iter_child_nodes(node):
        yield from _texts(inner)


def _english(source: str) -> list[tuple[int, str]]:
    texts = [(text.lineno, str(text.value)) for text in _shown(ast.parse(source))]
    return [(n, text) for n, text in texts if set(ENGLISH.findall(text)) - NAMES and not re.fullmatch(r"[a-z_.]+", text)]


def test_nothing_shown_is_written_in_the_code() -> None:
    """No English in what a command prints, whichever room it stands in; keys of the tables have no spaces."""
    found = {str(p.relative_to(SOURCE)): _english(p.read_text(encoding="utf-8")) for p in sorted(SOURCE.rglob("*.py"))}
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize("source", [
    'click.echo("Nothing was found.")', 'click.echo(f"{n} files written")', 'raise click.ClickException("No such file")',
    'click.echo("a" if x else "no such thing")', 'ctx.fail("Unknown: " + name)',
])  # fmt: skip
def test_words_in_the_code_would_be_found(source: str) -> None:
    assert _english(source)


PHRASE = re.compile(r"(?<![\\\w/-])[A-Z][a-z]+,? [a-z]+,? [a-z]+\b")


@pytest.mark.parametrize("room", ["apps", "render", "picture", "works", "grading"])
def test_no_printer_has_words_of_its_own(room: str) -> None:
    """A capital letter and three English words, outside docstrings and mark-up, are a sentence that has no Korean."""
    found = []
    for path in sorted((SOURCE / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = _unseen(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                text = re.sub(r"<[^>]*>?|\\[A-Za-z]+(\{[^}]*\})*|derivx [a-z ]+", "", node.value)
                if PHRASE.search(text):
                    found.append((path.name, node.lineno, node.value))
    assert found == []


def test_click_is_told_in_both_languages() -> None:
    keys = {k for k in EN if k.startswith("click.")}
    assert keys
    for key in keys:
        assert set(re.findall(r"{(\w+)", EN[key])) == set(re.findall(r"{(\w+)", KO[key]))
