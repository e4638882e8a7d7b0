"""Vectors and matrices. ``d`` is the differential over whole arrays; the pullback is its transpose, worked out when it is needed.

A vector has one dimension, as in NumPy; ``@``, broadcasting and axes are NumPy's too. ``shape`` names the rule of the result's shape.
"""

from __future__ import annotations

from derivx.ops.card import Names, Op

_COOKBOOK = "Petersen and Pedersen 2012, The Matrix Cookbook"
_MAGNUS = "Magnus and Neudecker 2019, Matrix Differential Calculus"
_GOLUB = "Golub and Pereyra 1973, The differentiation of pseudo-inverses"
_MURRAY = "Murray 2016, Differentiation of the Cholesky decomposition"
_EINSTEIN = "Einstein 1916; NumPy, einsum"
_NUMPY = "Harris et al. 2020, Array programming with NumPy"
_DEEP = "Goodfellow, Bengio and Courville 2016, Deep Learning"

CARDS = (
    Op("matmul", "A, B", lambda xp, a, b: xp.matmul(a, b), "dA @ B + A @ dB", "matmul", latex="", names=Names("matrix product", "행렬곱"), source=f"{_COOKBOOK} (37)"),
    Op("transpose", "X", lambda xp, x: xp.transpose(x), "dX.T", "transpose", latex=r"^{\top}", names=Names("transpose", "전치"), source=f"{_COOKBOOK} (45)"),
    Op("inv", "X", lambda xp, x: xp.inv(x), "-y @ dX @ y", "square", latex="^{-1}", names=Names("inverse matrix", "역행렬", ("inverse",)), source=f"{_COOKBOOK} (40)"),
    Op("det", "X", lambda xp, x: xp.det(x), "y*tr(inv(X) @ dX)", "square_scalar", latex=r"\det", names=Names("determinant", "행렬식"), source=f"{_COOKBOOK} (41)"),
    Op("logdet", "X", lambda xp, x: xp.logdet(x), "tr(inv(X) @ dX)", "square_scalar", latex=r"\log\det", names=Names("log-determinant", "로그 행렬식"), source=f"{_COOKBOOK} (43)"),
    Op("tr", "X", lambda xp, x: xp.trace(x), "tr(dX)", "square_scalar", latex=r"\operatorname{tr}", names=Names("trace", "대각합", ("trace",)), source=f"{_COOKBOOK} (36)"),
    Op("sum", "x, axis=all, keepdims=0", lambda xp, x, axis, keep: xp.sum(x, axis, keep), "sum(dx, axis, keepdims)", "reduce", latex=r"\sum", names=Names("sum of the entries", "성분의 합"), source=_MAGNUS),
    Op("mean", "x, axis=all, keepdims=0", lambda xp, x, axis, keep: xp.mean(x, axis, keep), "mean(dx, axis, keepdims)", "reduce", latex=r"\operatorname{mean}", names=Names("mean of the entries", "성분의 평균"), source=_MAGNUS),
    Op("norm2", "x", lambda xp, x: xp.norm2(x), "sum(x*dx)/y", "scalar", latex=r"\lVert", names=Names("Euclidean norm", "유클리드 노름", ("norm", "norm_fro")), source=f"{_COOKBOOK} (129)"),
    Op("norm1", "x", lambda xp, x: xp.norm1(x), "sum(sign(x)*dx)", "scalar", latex=r"\lVert", names=Names("sum norm", "1-노름"), source=_MAGNUS),
    Op("matrix_power", "X, r", lambda xp, x, r: xp.matrix_power(x, r), None, "square", latex="^", names=Names("matrix power", "행렬 거듭제곱"), source=f"{_COOKBOOK} (90)"),
    Op("diag", "x", lambda xp, x: xp.diag(x), "diag(dx)", "diag", latex=r"\operatorname{diag}", names=Names("diagonal matrix", "대각행렬"), source=_MAGNUS),
    Op("diagonal", "X", lambda xp, x: xp.diagonal(x), "diagonal(dX)", "diagonal", latex=r"\operatorname{diagonal}", names=Names("diagonal of a matrix", "대각 성분"), source=_MAGNUS),
    Op("outer", "a, b", lambda xp, a, b: xp.outer(a, b), "outer(da, b) + outer(a, db)", "outer", latex=r"\otimes", names=Names("outer product", "외적"), source=_MAGNUS),
    Op("kron", "A, B", lambda xp, a, b: xp.kron(a, b), "kron(dA, B) + kron(A, dB)", "kron", latex=r"\otimes", names=Names("Kronecker product", "크로네커 곱"), source=f"{_COOKBOOK} (505)"),
    Op("softmax", "x, axis=last", lambda xp, x, axis: xp.softmax(x, axis), "y*(dx - sum(y*dx, axis, 1))", "same_axis", latex=r"\operatorname{softmax}", names=Names("softmax", "소프트맥스"), source=f"{_DEEP}, §6.2"),
    Op("log_softmax", "x, axis=last", lambda xp, x, axis: xp.log_softmax(x, axis), "dx - sum(softmax(x, axis)*dx, axis, 1)", "same_axis", latex=r"\log\operatorname{softmax}", names=Names("log-softmax", "로그 소프트맥스"), source=f"{_DEEP}, §6.2"),
    Op("logsumexp", "x, axis=last, keepdims=0", lambda xp, x, axis, keep: xp.logsumexp(x, axis, keep), "sum(softmax(x, axis)*dx, axis, keepdims)", "reduce", latex=r"\operatorname{logsumexp}", names=Names("log-sum-exp", "로그-합-지수"), source=f"{_DEEP}, §4.1"),
    Op("eye", "n", lambda xp, n: xp.eye(n), "", "eye", latex="I", names=Names("identity matrix", "단위행렬"), source=_MAGNUS),
    Op("ones", "n, ...", lambda xp, *sizes: xp.ones(*sizes), "", "sized", latex=r"\mathbf{1}", names=Names("array of ones", "모든 성분이 1인 배열"), source=_MAGNUS),
    Op("column", "x", lambda xp, x: xp.column(x), "column(dx)", "column", latex="", names=Names("column of one vector", "열벡터 하나의 행렬"), source=_MAGNUS),
    Op("row", "x", lambda xp, x: xp.row(x), "row(dx)", "row", latex="", names=Names("row of one vector", "행벡터 하나의 행렬"), source=_MAGNUS),
    Op("spread", "x, ...", lambda xp, x, *sizes: xp.spread(x, *sizes), "spread(dx, ...)", "spread", latex="", names=Names("repeated array", "되풀이한 배열"), source=_MAGNUS),
    Op("trace_of_power", "X, r", lambda xp, x, r: xp.trace(xp.matrix_power(x, r)), "r*tr(matrix_power(X, r - 1) @ dX)", "square_scalar", latex=r"\operatorname{tr}", names=Names("trace of a power", "거듭제곱의 대각합"), source=f"{_COOKBOOK} (121)"),
    Op("det_of_power", "X, r", lambda xp, x, r: xp.det(xp.matrix_power(x, r)), "r*y*tr(inv(X) @ dX)", "square_scalar", latex=r"\det", names=Names("determinant of a power", "거듭제곱의 행렬식"), source=f"{_COOKBOOK} (58)"),
    Op("commutation", "n, m", lambda xp, n, m: xp.commutation(n, m), "", "commutation", latex="K", names=Names("commutation matrix", "교환 행렬"), source=f"{_MAGNUS}, §3.7"),
    Op("conv1d", "x, w", lambda xp, x, w: xp.conv1d(x, w), "conv1d(dx, w) + conv1d(x, dw)", "conv1d", latex=r"\operatorname{conv}", names=Names("convolution", "합성곱"), source=f"{_DEEP}, §9.1"),
    Op("conv1d_transpose", "g, w", lambda xp, g, w: xp.conv1d_transpose(g, w), "conv1d_transpose(dg, w) + conv1d_transpose(g, dw)", "conv1d_transpose", latex=r"\operatorname{conv}^{\top}", names=Names("transposed convolution", "전치 합성곱"), source=f"{_DEEP}, §9.5"),
    Op("im2col", "x, q", lambda xp, x, q: xp.im2col(x, q), "im2col(dx, q)", "im2col", latex=r"\operatorname{im2col}", names=Names("windows of a vector", "창으로 펼친 행렬"), source=f"{_DEEP}, §9.5"),
    Op("col2im", "G", lambda xp, g: xp.col2im(g), "col2im(dG)", "col2im", latex=r"\operatorname{col2im}", names=Names("windows added back", "창을 되돌려 더한 벡터"), source=f"{_DEEP}, §9.5"),
    Op("prod", "x, axis=all, keepdims=0", lambda xp, x, axis, keep: xp.prod(x, axis, keep), "y*sum(dx/x, axis, keepdims)", "reduce", domain="x != 0", latex=r"\prod", names=Names("product of the entries", "성분의 곱"), source=_MAGNUS),
    Op("amax", "x, axis=all, keepdims=0", lambda xp, x, axis, keep: xp.amax(x, axis, keep), "sum(is_max(x, axis)*dx, axis, keepdims)", "reduce", kinks="min(max(is_max(x, axis), axis)) < 1", latex=r"\max", names=Names("largest entry", "가장 큰 성분"), source="Griewank and Walther 2008, §14.1", written="max"),
    Op("amin", "x, axis=all, keepdims=0", lambda xp, x, axis, keep: xp.amin(x, axis, keep), "sum(is_min(x, axis)*dx, axis, keepdims)", "reduce", kinks="min(max(is_min(x, axis), axis)) < 1", latex=r"\min", names=Names("smallest entry", "가장 작은 성분"), source="Griewank and Walther 2008, §14.1", written="min"),
    Op("is_max", "x, axis=all", lambda xp, x, axis: xp.is_max(x, axis), "0*dx", "same_axis", kinks="min(max(is_max(x, axis), axis)) < 1", latex=r"\mathbf{1}", names=Names("1 at the largest entry (shared by equal ones), else 0", "가장 큰 성분에서 1(같은 성분은 나누어 가짐), 나머지는 0"), source="Iverson 1962"),
    Op("is_min", "x, axis=all", lambda xp, x, axis: xp.is_min(x, axis), "0*dx", "same_axis", kinks="min(max(is_min(x, axis), axis)) < 1", latex=r"\mathbf{1}", names=Names("1 at the smallest entry (shared by equal ones), else 0", "가장 작은 성분에서 1(같은 성분은 나누어 가짐), 나머지는 0"), source="Iverson 1962"),
    Op("cumsum", "x, axis=last", lambda xp, x, axis: xp.cumsum(x, axis), "cumsum(dx, axis)", "cumulative", latex=r"\operatorname{cumsum}", names=Names("cumulative sum", "누적합"), source=_NUMPY),
    Op("revcumsum", "x, axis=last", lambda xp, x, axis: xp.revcumsum(x, axis), "revcumsum(dx, axis)", "cumulative", latex=r"\operatorname{revcumsum}", names=Names("cumulative sum from the end", "뒤에서부터의 누적합"), source=_NUMPY),
    Op("reshape", "x, ...", lambda xp, x, *sizes: xp.reshape(x, *sizes), "reshape(dx, ...)", "reshape", latex=r"\operatorname{reshape}", names=Names("array in another shape", "모양을 바꾼 배열"), source=_NUMPY),
    Op("vec", "X", lambda xp, x: xp.vec(x), "vec(dX)", "vec", latex=r"\operatorname{vec}", names=Names("stacked columns", "열을 쌓은 벡터"), source=f"{_MAGNUS}, §2.4"),
    Op("slice", "x, at", lambda xp, x, at: xp.slice(x, at), "slice(dx, at)", "slice", latex="", names=Names("part of an array", "배열의 일부"), source=_NUMPY),
    Op("place", "g, at, ...", lambda xp, g, at, *sizes: xp.place(g, at, *sizes), "place(dg, at, ...)", "place", latex=r"\operatorname{place}", names=Names("part placed among zeros", "0 사이에 놓은 부분"), source=_NUMPY),
    Op("concat", "a, b, ..., axis=0", lambda xp, *parts: xp.concat(*parts), "concat(da, db, ..., axis)", "concat", latex=r"\operatorname{concat}", names=Names("arrays joined along an axis", "이어 붙인 배열", ("concatenate",)), source=_NUMPY),
    Op("stack", "a, b, ..., axis=0", lambda xp, *parts: xp.stack(*parts), "stack(da, db, ..., axis)", "stack", latex=r"\operatorname{stack}", names=Names("arrays stacked along a new axis", "새 축으로 쌓은 배열"), source=_NUMPY),
    Op("einsum", "s, A, ...", lambda xp, s, *parts: xp.einsum(s, *parts), "einsum(s, dA, ...)", "einsum", latex=r"\operatorname{einsum}", names=Names("sum over indices", "첨자에 대한 합"), source=_EINSTEIN),
    Op("pinv", "X", lambda xp, x: xp.pinv(x), "-y @ dX @ y + y @ y.T @ dX.T - y @ y.T @ dX.T @ X @ y + dX.T @ y.T @ y - y @ X @ dX.T @ y.T @ y", "matrix_turned", latex="^{+}", names=Names("pseudo-inverse", "유사역행렬"), source=_GOLUB),
    Op("cholesky", "A", lambda xp, a: xp.cholesky(a), "y @ half_tril(inv(y) @ (dA + dA.T) @ inv(y).T)/2", "square", latex=r"\operatorname{chol}", names=Names("Cholesky factor", "촐레스키 인수"), source=_MURRAY),
    Op("half_tril", "X", lambda xp, x: xp.half_tril(x), "half_tril(dX)", "square", latex=r"\Phi", names=Names("lower triangle, the diagonal halved", "대각 성분을 반으로 한 아래 삼각 부분"), source=_MURRAY),
    Op("solve", "A, B", lambda xp, a, b: xp.solve(a, b), "inv(A) @ (dB - dA @ y)", "solve", latex="", names=Names("solution of A X = B", "A X = B의 해"), source=f"{_COOKBOOK} (40)"),
    Op("zeros", "n, ...", lambda xp, *sizes: xp.zeros(*sizes), "", "sized", latex=r"\mathbf{0}", names=Names("array of zeros", "모든 성분이 0인 배열"), source=_MAGNUS),
)  # fmt: skip
