"""Activations of neural networks. At a kink the derivative is what ``d`` gives there (relu'(0) = 0)."""

from __future__ import annotations

from typing import Any

from derivx.ops.card import Names, Op

# Klambauer et al. 2017, from the fixed point of mean 0 and variance 1.
_SCALE, _ALPHA = "1.0507009873554805", "1.6732632423543772"


def _sigmoid(xp: Any, x: Any) -> Any:
    return 1 / (1 + xp.exp(-x))


def _gelu(xp: Any, x: Any) -> Any:
    return x * (1 + xp.erf(x / xp.sqrt(xp.number(2)))) / 2


def _gelu_tanh(xp: Any, x: Any) -> Any:
    return x * (1 + xp.tanh(xp.sqrt(2 / xp.pi) * (x + xp.number("0.044715") * x * x * x))) / 2


def _selu(xp: Any, x: Any) -> Any:
    return xp.number(_SCALE) * xp.where(xp.gt(x, 0), x, xp.number(_ALPHA) * xp.expm1(x))


def _hard_sigmoid(xp: Any, x: Any) -> Any:
    return xp.where(xp.ge(x, 3), 1.0, xp.where(xp.le(x, -3), 0.0, x / 6 + 1 / xp.number(2)))


_T = "tanh(sqrt(2/pi)*(x + 0.044715*x^3))"

CARDS = (
    Op("sigmoid", "x", _sigmoid, "y*(1 - y)*dx", latex=r"\sigma", names=Names("sigmoid function", "시그모이드 함수", ("sigma", "σ", "logistic", "expit")), source="Verhulst 1845; Rumelhart et al. 1986"),
    Op("relu", "x", lambda xp, x: xp.where(xp.gt(x, 0), x, 0.0), "step(x)*dx", kinks="x = 0", latex=r"\operatorname{relu}", names=Names("ReLU function", "ReLU 함수", ("ReLU", "Relu")), source="Nair and Hinton 2010"),
    Op("leaky_relu", "x, a=0.01", lambda xp, x, a: xp.where(xp.gt(x, 0), x, a * x), "where(x > 0, 1, a)*dx + where(x > 0, 0, x)*da", kinks="x = 0", latex=r"\operatorname{lrelu}", names=Names("leaky ReLU function", "leaky ReLU 함수", ("lrelu", "LeakyReLU")), source="Maas et al. 2013"),
    Op("elu", "x, a=1", lambda xp, x, a: xp.where(xp.gt(x, 0), x, a * xp.expm1(x)), "where(x > 0, 1, a*exp(x))*dx + where(x > 0, 0, exp(x) - 1)*da", kinks="x = 0", latex=r"\operatorname{elu}", names=Names("ELU function", "ELU 함수", ("ELU",)), source="Clevert et al. 2015"),
    Op("selu", "x", _selu, f"where(x > 0, {_SCALE}, {_SCALE}*{_ALPHA}*exp(x))*dx", kinks="x = 0", latex=r"\operatorname{selu}", names=Names("SELU function", "SELU 함수", ("SELU",)), source="Klambauer et al. 2017"),
    Op("gelu", "x", _gelu, "((1 + erf(x/sqrt(2)))/2 + x*exp(-x^2/2)/sqrt(2*pi))*dx", latex=r"\operatorname{gelu}", names=Names("GELU function", "GELU 함수", ("GELU",)), source="Hendrycks and Gimpel 2016"),
    Op("gelu_tanh", "x", _gelu_tanh, f"((1 + {_T})/2 + x*(1 - {_T}^2)*sqrt(2/pi)*(1 + 0.134145*x^2)/2)*dx", latex=r"\operatorname{gelu}_{\tanh}", names=Names("GELU function, tanh form", "tanh로 근사한 GELU 함수"), source="Hendrycks and Gimpel 2016, eq. (2)"),
    Op("silu", "x", lambda xp, x: x * _sigmoid(xp, x), "(sigmoid(x) + x*sigmoid(x)*(1 - sigmoid(x)))*dx", latex=r"\operatorname{silu}", names=Names("SiLU (swish) function", "SiLU(swish) 함수", ("swish", "SiLU")), source="Elfwing et al. 2017; Ramachandran et al. 2017"),
    Op("mish", "x", lambda xp, x: x * xp.tanh(xp.softplus(x)), "(tanh(softplus(x)) + x*(1 - tanh(softplus(x))^2)*sigmoid(x))*dx", latex=r"\operatorname{mish}", names=Names("mish function", "mish 함수"), source="Misra 2019"),
    Op("softplus", "x", lambda xp, x: xp.softplus(x), "sigmoid(x)*dx", latex=r"\operatorname{softplus}", names=Names("softplus function", "softplus 함수"), source="Dugas et al. 2001"),
    Op("softsign", "x", lambda xp, x: x / (1 + xp.abs(x)), "dx/(1 + abs(x))^2", latex=r"\operatorname{softsign}", names=Names("softsign function", "softsign 함수"), source="Bergstra et al. 2009"),
    Op("hard_sigmoid", "x", _hard_sigmoid, "where(x > 3, 0, where(x > -3, 1/6, 0))*dx", kinks="x = 3; x = -3", latex=r"\operatorname{hardsigmoid}", names=Names("hard sigmoid function", "hard sigmoid 함수", ("hardsigmoid",)), source="Howard et al. 2019"),
    Op("hard_swish", "x", lambda xp, x: x * _hard_sigmoid(xp, x), "where(x > 3, 1, where(x > -3, x/3 + 1/2, 0))*dx", kinks="x = 3; x = -3", latex=r"\operatorname{hardswish}", names=Names("hard swish function", "hard swish 함수", ("hardswish",)), source="Howard et al. 2019"),
    Op("log_sigmoid", "x", lambda xp, x: -xp.softplus(-x), "sigmoid(-x)*dx", latex=r"\log\sigma", names=Names("log-sigmoid function", "로그 시그모이드 함수", ("logsigmoid",)), source="Goodfellow et al. 2016, §3.10"),
)  # fmt: skip
