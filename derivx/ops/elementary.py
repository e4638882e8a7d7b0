"""Roots, exponentials, logarithms, and the special functions erf and gamma."""

from __future__ import annotations

from derivx.ops.card import Names, Op

CARDS = (
    Op("sqrt", "x", lambda xp, x: xp.sqrt(x), "dx/(2*y)", domain="x > 0", latex=r"\sqrt", names=Names("square root", "제곱근"), source="DLMF 4.7.9", notation="sqrt"),
    Op("cbrt", "x", lambda xp, x: xp.sign(x) * xp.power(xp.abs(x), 1 / xp.number(3)), "dx/(3*y^2)", domain="x != 0", latex=r"\operatorname{cbrt}", names=Names("cube root", "세제곱근"), source="DLMF 4.7.9"),
    Op("exp", "x", lambda xp, x: xp.exp(x), "y*dx", latex=r"\exp", names=Names("exponential function", "지수함수"), source="DLMF 4.7.4"),
    Op("log", "x", lambda xp, x: xp.log(x), "dx/x", domain="x > 0", latex=r"\log", names=Names("natural logarithm", "자연로그", ("ln",)), source="DLMF 4.7.1"),
    Op("logb", "x, b", lambda xp, x, b: xp.log(x) / xp.log(b), "dx/(x*log(b)) - y*db/(b*log(b))", domain="x > 0; b > 0; b != 1", latex=r"\log", names=Names("logarithm to a base", "밑이 있는 로그", ("log",)), source="DLMF 4.2.20", written="log"),
    Op("log2", "x", lambda xp, x: xp.log(x) / xp.log(xp.number(2)), "dx/(x*log(2))", domain="x > 0", latex=r"\log_{2}", names=Names("binary logarithm", "밑이 2인 로그"), source="DLMF 4.2.20"),
    Op("log10", "x", lambda xp, x: xp.log(x) / xp.log(xp.number(10)), "dx/(x*log(10))", domain="x > 0", latex=r"\log_{10}", names=Names("common logarithm", "상용로그", ("lg",)), source="DLMF 4.2.20"),
    Op("log1p", "x", lambda xp, x: xp.log1p(x), "dx/(1 + x)", domain="x > -1", latex=r"\operatorname{log1p}", names=Names("logarithm of 1 + x", "1 + x의 로그"), source="IEEE 754 logp1"),
    Op("expm1", "x", lambda xp, x: xp.expm1(x), "exp(x)*dx", latex=r"\operatorname{expm1}", names=Names("exponential minus 1", "지수함수 빼기 1"), source="IEEE 754 expm1"),
    Op("erf", "x", lambda xp, x: xp.erf(x), "2*exp(-x^2)/sqrt(pi)*dx", latex=r"\operatorname{erf}", names=Names("error function", "오차함수"), source="DLMF 7.2.1"),
    Op("gamma", "x", lambda xp, x: xp.gamma(x), "y*digamma(x)*dx", domain="x > 0", latex=r"\Gamma", names=Names("gamma function", "감마 함수", ("Gamma",)), source="DLMF 5.2.2"),
    Op("lgamma", "x", lambda xp, x: xp.lgamma(x), "digamma(x)*dx", domain="x > 0", latex=r"\log\Gamma", names=Names("logarithm of the gamma function", "로그 감마 함수", ("loggamma", "gammaln")), source="DLMF 5.2.2"),
    Op("digamma", "x", lambda xp, x: xp.polygamma(0, x), "polygamma(1, x)*dx", domain="x > 0", latex=r"\psi", names=Names("digamma function", "디감마 함수", ("psi",)), source="DLMF 5.2.2"),
    Op("polygamma", "n, x", lambda xp, n, x: xp.polygamma(n, x), "polygamma(n + 1, x)*dx", domain="x > 0; n = floor(n)", latex=r"\psi", names=Names("polygamma function", "폴리감마 함수"), source="DLMF 5.15.1"),
)  # fmt: skip
