"""Vectors and matrices. ``d`` is the differential over whole arrays; the pullback is its transpose, worked out when it is needed.

A vector has one dimension, as in NumPy; ``@``, broadcasting and axes are NumPy's too. ``shape`` names the rule of the result's shape.
"""

from __future__ import annotations

from derivx.ops.card import Names, Op

_COOKBOOK = "Petersen and Pedersen 2012, The Matrix Cookbook"
_MAGNUS = "Magnus and Neudecker 2019, Matrix Differential Calculus"
_DEEP = "Goodfellow, Bengio and Courville 2016, Deep Learning"

CARDS = (
    Op("matmul", "A, B", lambda xp, a, b: xp.matmul(a, b), "dA @ B + A @ dB", "matmul", latex="", names=Names("matrix product", "행렬곱"), source=f"{_COOKBOOK} (37)"),
    Op("transpose", "X", lambda xp, x: xp.transpose(x), "dX.T", "transpose", latex=r"^{\top}", names=Names("transpose", "전치"), source=f"{_COOKBOOK} (45)"),
    Op("inv", "X", lambda xp, x: xp.inv(x), "-y @ dX @ y", "square", latex="^{-1}", names=Names("inverse matrix", "역행렬", ("inverse",)), source=f"{_COOKBOOK} (40)"),
    Op("det", "X", lambda xp, x: xp.det(x), "y*tr(inv(X) @ dX)", "scalar", latex=r"\det", names=Names("determinant", "행렬식"), source=f"{_COOKBOOK} (41)"),
    Op("logdet", "X", lambda xp, x: xp.logdet(x), "tr(inv(X) @ dX)", "scalar", latex=r"\log\det", names=Names("log-determinant", "로그 행렬식"), source=f"{_COOKBOOK} (43)"),
    Op("tr", "X", lambda xp, x: xp.trace(x), "tr(dX)", "scalar", latex=r"\operatorname{tr}", names=Names("trace", "대각합", ("trace",)), source=f"{_COOKBOOK} (36)"),
    Op("sum", "x, axis=all, keepdims=0", lambda xp, x, axis, keep: xp.sum(x, axis, keep), "sum(dx, axis, keepdims)", "reduce", latex=r"\sum", names=Names("sum of the entries", "성분의 합"), source=_MAGNUS),
    Op("mean", "x, axis=all, keepdims=0", lambda xp, x, axis, keep: xp.mean(x, axis, keep), "mean(dx, axis, keepdims)", "reduce", latex=r"\operatorname{mean}", names=Names("mean of the entries", "성분의 평균"), source=_MAGNUS),
    Op("norm2", "x", lambda xp, x: xp.norm2(x), "sum(x*dx)/y", "scalar", latex=r"\lVert", names=Names("Euclidean norm", "유클리드 노름", ("norm",)), source=f"{_COOKBOOK} (129)"),
    Op("norm1", "x", lambda xp, x: xp.norm1(x), "sum(sign(x)*dx)", "scalar", latex=r"\lVert", names=Names("sum norm", "1-노름"), source=_MAGNUS),
    Op("matrix_power", "X, r", lambda xp, x, r: xp.matrix_power(x, r), None, "square_first", latex="^", names=Names("matrix power", "행렬 거듭제곱"), source=f"{_COOKBOOK} (90)"),
    Op("diag", "x", lambda xp, x: xp.diag(x), "diag(dx)", "diag", latex=r"\operatorname{diag}", names=Names("diagonal matrix", "대각행렬"), source=_MAGNUS),
    Op("diagonal", "X", lambda xp, x: xp.diagonal(x), "diagonal(dX)", "diagonal", latex=r"\operatorname{diagonal}", names=Names("diagonal of a matrix", "대각 성분"), source=_MAGNUS),
    Op("outer", "a, b", lambda xp, a, b: xp.outer(a, b), "outer(da, b) + outer(a, db)", "outer", latex=r"\otimes", names=Names("outer product", "외적"), source=_MAGNUS),
    Op("kron", "A, B", lambda xp, a, b: xp.kron(a, b), "kron(dA, B) + kron(A, dB)", "kron", latex=r"\otimes", names=Names("Kronecker product", "크로네커 곱"), source=f"{_COOKBOOK} (505)"),
    Op("softmax", "x", lambda xp, x: xp.softmax(x), "y*(dx - sum(y*dx, last, 1))", "same", latex=r"\operatorname{softmax}", names=Names("softmax", "소프트맥스"), source=f"{_DEEP}, §6.2"),
    Op("log_softmax", "x", lambda xp, x: xp.log_softmax(x), "dx - sum(softmax(x)*dx, last, 1)", "same", latex=r"\log\operatorname{softmax}", names=Names("log-softmax", "로그 소프트맥스"), source=f"{_DEEP}, §6.2"),
    Op("logsumexp", "x", lambda xp, x: xp.logsumexp(x), "sum(softmax(x)*dx, last, 0)", "last", latex=r"\operatorname{logsumexp}", names=Names("log-sum-exp", "로그-합-지수"), source=f"{_DEEP}, §4.1"),
    Op("eye", "n", lambda xp, n: xp.eye(n), "", "eye", latex="I", names=Names("identity matrix", "단위행렬"), source=_MAGNUS),
    Op("ones", "n, m=1", lambda xp, n, m: xp.ones(n, m), "", "ones", latex=r"\mathbf{1}", names=Names("array of ones", "모든 성분이 1인 배열"), source=_MAGNUS),
    Op("column", "x", lambda xp, x: xp.column(x), "column(dx)", "column", latex="", names=Names("column of one vector", "열벡터 하나의 행렬"), source=_MAGNUS),
    Op("row", "x", lambda xp, x: xp.row(x), "row(dx)", "row", latex="", names=Names("row of one vector", "행벡터 하나의 행렬"), source=_MAGNUS),
    Op("spread", "x, ...", lambda xp, x, *sizes: xp.spread(x, *sizes), None, "spread", latex="", names=Names("repeated array", "되풀이한 배열"), source=_MAGNUS),
    Op("trace_of_power", "X, r", lambda xp, x, r: xp.trace(xp.matrix_power(x, r)), None, "scalar", latex=r"\operatorname{tr}", names=Names("trace of a power", "거듭제곱의 대각합"), source=f"{_COOKBOOK} (121)"),
    Op("det_of_power", "X, r", lambda xp, x, r: xp.det(xp.matrix_power(x, r)), None, "scalar", latex=r"\det", names=Names("determinant of a power", "거듭제곱의 행렬식"), source=f"{_COOKBOOK} (58)"),
    Op("commutation", "n, m", lambda xp, n, m: xp.commutation(n, m), "", "commutation", latex="K", names=Names("commutation matrix", "교환 행렬"), source=f"{_MAGNUS}, §3.7"),
    Op("conv1d", "x, w", lambda xp, x, w: xp.conv1d(x, w), "conv1d(dx, w) + conv1d(x, dw)", "conv1d", latex=r"\operatorname{conv}", names=Names("convolution", "합성곱"), source=f"{_DEEP}, §9.1"),
    Op("conv1d_transpose", "g, w", lambda xp, g, w: xp.conv1d_transpose(g, w), "conv1d_transpose(dg, w) + conv1d_transpose(g, dw)", "conv1d_transpose", latex=r"\operatorname{conv}^{\top}", names=Names("transposed convolution", "전치 합성곱"), source=f"{_DEEP}, §9.5"),
    Op("im2col", "x, q", lambda xp, x, q: xp.im2col(x, q), "im2col(dx, q)", "im2col", latex=r"\operatorname{im2col}", names=Names("windows of a vector", "창으로 펼친 행렬"), source=f"{_DEEP}, §9.5"),
)  # fmt: skip
