"""A teacher's own words: text with formulas between dollar signs."""

from __future__ import annotations

import pytest

from derivx.errors import DerivxError
from derivx.expr import Expr
from derivx.render.sentences import sentence
from derivx.worksheet.own import own


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Find the derivative.", "Find the derivative."),
        ("Find $dL/dw$ of $L = (y - p)^2$.", "Find [D(L, w)] of [L] = [(y - p)^2]."),
        (r"It costs 5\$, or $x$\$.", "It costs 5$, or [x]$."),
        (r"$\frac{1}{2}x$ 를 미분하라", "[1/2*x] 를 미분하라"),
        ("", ""),
    ],
)
def test_formulas_in_a_text(text: str, shown: str) -> None:
    from derivx.syntax import write

    assert sentence(own(text), "en", lambda e: f"[{write(e)}]") == shown


def test_by_language() -> None:
    said = own({"en": "By $wx$.", "ko": "$wx$로."}, names=["w", "x"])
    assert sentence(said, "ko") == "w*x로."
    assert isinstance(said.pieces["en"][1], Expr)
    assert sentence(own({"ko": "하나"}), "en") == "하나"


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("5$ each", "dollar"),
        ("$a$ and $", "dollar"),
        ("$x+$", "ends_early"),
        ("$$", "empty"),
        ("$x >= 1$", "unexpected"),
        ({"fr": "x"}, "no_such_language"),
    ],
)
def test_what_cannot_be_read(given: str | dict[str, str], key: str) -> None:
    with pytest.raises(DerivxError) as found:
        own(given)
    assert found.value.key == key
