"""Losses of one prediction ``p`` (or logit ``z``) and one target ``t``."""

from __future__ import annotations

from typing import Any

from derivx.ops.card import Names, Op


def _huber(xp: Any, p: Any, t: Any, k: Any) -> Any:
    r = xp.abs(p - t)
    return xp.where(xp.le(r, k), (p - t) * (p - t) / 2, k * (r - k / xp.number(2)))


_HUBER = "where(abs(p - t) <= k, p - t, k*sign(p - t))"

CARDS = (
    Op("squared_error", "p, t", lambda xp, p, t: (p - t) * (p - t), "2*(p - t)*dp - 2*(p - t)*dt", latex=r"\operatorname{se}", names=Names("squared error", "제곱오차", ("squared_loss",)), source="Gauss 1809"),
    Op("absolute_error", "p, t", lambda xp, p, t: xp.abs(p - t), "sign(p - t)*dp - sign(p - t)*dt", kinks="p = t", latex=r"\operatorname{ae}", names=Names("absolute error", "절대오차", ("absolute_loss",)), source="Boscovich 1757"),
    Op("huber", "p, t, k=1", _huber, f"{_HUBER}*dp - {_HUBER}*dt + where(abs(p - t) <= k, 0, abs(p - t) - k)*dk", domain="k > 0", latex=r"\operatorname{huber}", names=Names("Huber loss", "후버 손실함수"), source="Huber 1964"),
    Op("log_cosh", "p, t", lambda xp, p, t: xp.log(xp.cosh(p - t)), "tanh(p - t)*dp - tanh(p - t)*dt", latex=r"\operatorname{logcosh}", names=Names("log-cosh loss", "log-cosh 손실함수", ("logcosh",)), source="Saleh and Saleh 2022"),
    Op("hinge", "p, t", lambda xp, p, t: xp.where(xp.gt(1 - t * p, 0), 1 - t * p, 0.0), "-t*step(1 - t*p)*dp - p*step(1 - t*p)*dt", kinks="t*p = 1", latex=r"\operatorname{hinge}", names=Names("hinge loss", "힌지 손실함수"), source="Cortes and Vapnik 1995"),
    Op("bce", "p, t", lambda xp, p, t: -(t * xp.log(p) + (1 - t) * xp.log(1 - p)), "(p - t)/(p*(1 - p))*dp + (log(1 - p) - log(p))*dt", domain="p > 0; p < 1", latex=r"\operatorname{bce}", names=Names("binary cross-entropy", "이진 교차 엔트로피 오차", ("binary_cross_entropy",)), source="Bishop 2006, eq. (4.90)"),
    Op("bce_with_logits", "z, t", lambda xp, z, t: xp.softplus(z) - t * z, "(sigmoid(z) - t)*dz - z*dt", latex=r"\operatorname{bce}_{\sigma}", names=Names("binary cross-entropy with logits", "로짓의 이진 교차 엔트로피 오차"), source="Bishop 2006, eq. (4.91)"),
)  # fmt: skip
