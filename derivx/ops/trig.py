"""Trigonometric and hyperbolic functions and their inverses."""

from __future__ import annotations

from derivx.ops.card import Names, Op


def _arc(name: str, *more: str) -> tuple[str, ...]:
    return (f"arc{name}", *more)


def _ar(name: str) -> tuple[str, ...]:
    return (f"ar{name}", f"arc{name}")


CARDS = (
    Op("sin", "x", lambda xp, x: xp.sin(x), "cos(x)*dx", latex=r"\sin", names=Names("sine", "사인 함수"), source="DLMF 4.20.1"),
    Op("cos", "x", lambda xp, x: xp.cos(x), "-sin(x)*dx", latex=r"\cos", names=Names("cosine", "코사인 함수"), source="DLMF 4.20.2"),
    Op("tan", "x", lambda xp, x: xp.sin(x) / xp.cos(x), "(1 + y^2)*dx", domain="cos(x) != 0", latex=r"\tan", names=Names("tangent", "탄젠트 함수", ("tg",)), source="DLMF 4.20.3"),
    Op("cot", "x", lambda xp, x: xp.cos(x) / xp.sin(x), "-(1 + y^2)*dx", domain="sin(x) != 0", latex=r"\cot", names=Names("cotangent", "코탄젠트 함수", ("ctg", "cotan")), source="DLMF 4.20.6"),
    Op("sec", "x", lambda xp, x: 1 / xp.cos(x), "y*tan(x)*dx", domain="cos(x) != 0", latex=r"\sec", names=Names("secant", "시컨트 함수"), source="DLMF 4.20.5"),
    Op("csc", "x", lambda xp, x: 1 / xp.sin(x), "-y*cot(x)*dx", domain="sin(x) != 0", latex=r"\csc", names=Names("cosecant", "코시컨트 함수", ("cosec",)), source="DLMF 4.20.4"),
    Op("asin", "x", lambda xp, x: xp.asin(x), "dx/sqrt(1 - x^2)", domain="abs(x) < 1", latex=r"\arcsin", names=Names("inverse sine", "역사인 함수", _arc("sin")), source="DLMF 4.24.7"),
    Op("acos", "x", lambda xp, x: xp.acos(x), "-dx/sqrt(1 - x^2)", domain="abs(x) < 1", latex=r"\arccos", names=Names("inverse cosine", "역코사인 함수", _arc("cos")), source="DLMF 4.24.8"),
    Op("atan", "x", lambda xp, x: xp.atan(x), "dx/(1 + x^2)", latex=r"\arctan", names=Names("inverse tangent", "역탄젠트 함수", _arc("tan")), source="DLMF 4.24.9"),
    Op("acot", "x", lambda xp, x: xp.atan(1 / x), "-dx/(1 + x^2)", domain="x != 0", latex=r"\operatorname{arccot}", names=Names("inverse cotangent", "역코탄젠트 함수", _arc("cot")), source="DLMF 4.24.12"),
    Op("asec", "x", lambda xp, x: xp.acos(1 / x), "dx/(abs(x)*sqrt(x^2 - 1))", domain="abs(x) > 1", latex=r"\operatorname{arcsec}", names=Names("inverse secant", "역시컨트 함수", _arc("sec")), source="DLMF 4.24.11"),
    Op("acsc", "x", lambda xp, x: xp.asin(1 / x), "-dx/(abs(x)*sqrt(x^2 - 1))", domain="abs(x) > 1", latex=r"\operatorname{arccsc}", names=Names("inverse cosecant", "역코시컨트 함수", _arc("csc")), source="DLMF 4.24.10"),
    Op("sinh", "x", lambda xp, x: xp.sinh(x), "cosh(x)*dx", latex=r"\sinh", names=Names("hyperbolic sine", "쌍곡사인 함수"), source="DLMF 4.34.1"),
    Op("cosh", "x", lambda xp, x: xp.cosh(x), "sinh(x)*dx", latex=r"\cosh", names=Names("hyperbolic cosine", "쌍곡코사인 함수"), source="DLMF 4.34.2"),
    Op("tanh", "x", lambda xp, x: xp.tanh(x), "(1 - y^2)*dx", latex=r"\tanh", names=Names("hyperbolic tangent", "쌍곡탄젠트 함수"), source="DLMF 4.34.3"),
    Op("coth", "x", lambda xp, x: 1 / xp.tanh(x), "(1 - y^2)*dx", domain="x != 0", latex=r"\coth", names=Names("hyperbolic cotangent", "쌍곡코탄젠트 함수"), source="DLMF 4.34.6"),
    Op("sech", "x", lambda xp, x: 1 / xp.cosh(x), "-y*tanh(x)*dx", latex=r"\operatorname{sech}", names=Names("hyperbolic secant", "쌍곡시컨트 함수"), source="DLMF 4.34.5"),
    Op("csch", "x", lambda xp, x: 1 / xp.sinh(x), "-y*coth(x)*dx", domain="x != 0", latex=r"\operatorname{csch}", names=Names("hyperbolic cosecant", "쌍곡코시컨트 함수", ("cosech",)), source="DLMF 4.34.4"),
    Op("asinh", "x", lambda xp, x: xp.asinh(x), "dx/sqrt(x^2 + 1)", latex=r"\operatorname{arsinh}", names=Names("inverse hyperbolic sine", "역쌍곡사인 함수", _ar("sinh")), source="DLMF 4.38.9"),
    Op("acosh", "x", lambda xp, x: xp.acosh(x), "dx/sqrt(x^2 - 1)", domain="x > 1", latex=r"\operatorname{arcosh}", names=Names("inverse hyperbolic cosine", "역쌍곡코사인 함수", _ar("cosh")), source="DLMF 4.38.10"),
    Op("atanh", "x", lambda xp, x: xp.atanh(x), "dx/(1 - x^2)", domain="abs(x) < 1", latex=r"\operatorname{artanh}", names=Names("inverse hyperbolic tangent", "역쌍곡탄젠트 함수", _ar("tanh")), source="DLMF 4.38.11"),
    Op("acoth", "x", lambda xp, x: xp.atanh(1 / x), "dx/(1 - x^2)", domain="abs(x) > 1", latex=r"\operatorname{arcoth}", names=Names("inverse hyperbolic cotangent", "역쌍곡코탄젠트 함수", _ar("coth")), source="DLMF 4.38.14"),
    Op("asech", "x", lambda xp, x: xp.acosh(1 / x), "-dx/(x*sqrt(1 - x^2))", domain="x > 0; x < 1", latex=r"\operatorname{arsech}", names=Names("inverse hyperbolic secant", "역쌍곡시컨트 함수", _ar("sech")), source="DLMF 4.38.13"),
    Op("acsch", "x", lambda xp, x: xp.asinh(1 / x), "-dx/(abs(x)*sqrt(1 + x^2))", domain="x != 0", latex=r"\operatorname{arcsch}", names=Names("inverse hyperbolic cosecant", "역쌍곡코시컨트 함수", _ar("csch")), source="DLMF 4.38.12"),
)  # fmt: skip
