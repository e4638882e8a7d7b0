"""Arithmetic and comparison: the operations with signs of their own, and the piecewise ones."""

from __future__ import annotations

from derivx.ops.card import Names, Op

_CALCULUS = "Leibniz 1684, Nova methodus; Stewart, Calculus §3"

CARDS = (
    Op("add", "a, b, ...", lambda xp, a, b: a + b, "da + db", latex="+", names=Names("sum", "합"), source=_CALCULUS, notation="sum"),
    Op("neg", "a", lambda xp, a: -a, "-da", latex="-", names=Names("opposite", "부호를 바꾼 값"), source=_CALCULUS, notation="neg"),
    Op(
        "mul", "a, b, ...", lambda xp, a, b: a * b, "b*da + a*db",
        latex=r"\cdot", names=Names("product", "곱"), source=_CALCULUS, notation="product",
    ),
    Op(
        "div", "a, b", lambda xp, a, b: a / b, "da/b - a*db/b^2", domain="b != 0",
        latex=r"\frac", names=Names("quotient", "몫"), source=_CALCULUS, notation="fraction",
    ),
    Op(
        "pow", "a, b", lambda xp, a, b: xp.power(a, b), "b*a^(b - 1)*da + y*log(a)*db", domain="a > 0",
        latex="^", names=Names("power", "거듭제곱"), source="DLMF 4.7.9", notation="power",
    ),
    Op(
        "abs", "x", lambda xp, x: xp.abs(x), "sign(x)*dx", kinks="x = 0",
        latex=r"\left|", names=Names("absolute value", "절댓값"), source="Stewart, Calculus §2.8", notation="bars",
    ),
    Op(
        "sign", "x", lambda xp, x: xp.sign(x), "0*dx", kinks="x = 0",
        latex=r"\operatorname{sign}", names=Names("sign", "부호 함수", ("sgn",)), source="DLMF 1.16",
    ),
    Op(
        "step", "x", lambda xp, x: xp.where(xp.gt(x, 0), 1.0, 0.0), "0*dx", kinks="x = 0",
        latex=r"\operatorname{step}", names=Names("step function", "계단 함수", ("heaviside",)),
        source="McCulloch and Pitts 1943; step(0) = 0",
    ),
    Op(
        "max", "a, b, ...", lambda xp, a, b: xp.where(xp.ge(a, b), a, b), "step(a - b)*da + step(b - a)*db", kinks="a = b",
        latex=r"\max", names=Names("maximum", "최댓값", ("Max",)), source="Griewank and Walther 2008, §14.1",
    ),
    Op(
        "min", "a, b, ...", lambda xp, a, b: xp.where(xp.le(a, b), a, b), "step(b - a)*da + step(a - b)*db", kinks="a = b",
        latex=r"\min", names=Names("minimum", "최솟값", ("Min",)), source="Griewank and Walther 2008, §14.1",
    ),
    Op(
        "where", "c, a, b", lambda xp, c, a, b: xp.where(c, a, b), "where(c, da, db)", kinks="c",
        latex=r"\begin{cases}", names=Names("piecewise function", "구간별 함수"), source="Stewart, Calculus §1.1", notation="where",
    ),
    Op(
        "floor", "x", lambda xp, x: xp.floor(x), "0*dx", kinks="x = floor(x)",
        latex=r"\lfloor", names=Names("floor", "바닥 함수"), source="Iverson 1962", notation="floor",
    ),
    Op(
        "ceil", "x", lambda xp, x: -xp.floor(-x), "0*dx", kinks="x = ceil(x)",
        latex=r"\lceil", names=Names("ceiling", "천장 함수", ("ceiling",)), source="Iverson 1962", notation="ceil",
    ),
    Op("gt", "a, b", lambda xp, a, b: xp.gt(a, b), "", latex=">", names=Names("greater than", "보다 크다"), source="order", notation="compare"),
    Op("lt", "a, b", lambda xp, a, b: xp.lt(a, b), "", latex="<", names=Names("less than", "보다 작다"), source="order", notation="compare"),
    Op("ge", "a, b", lambda xp, a, b: xp.ge(a, b), "", latex=r"\ge", names=Names("at least", "이상"), source="order", notation="compare"),
    Op("le", "a, b", lambda xp, a, b: xp.le(a, b), "", latex=r"\le", names=Names("at most", "이하"), source="order", notation="compare"),
    Op("eq", "a, b", lambda xp, a, b: xp.eq(a, b), "", latex="=", names=Names("equal to", "같다"), source="order", notation="compare"),
    Op("ne", "a, b", lambda xp, a, b: xp.ne(a, b), "", latex=r"\ne", names=Names("not equal to", "같지 않다"), source="order", notation="compare"),
)  # fmt: skip
