"""English: the names of the rules, as in the margin of a board, and one sentence of reason for each.

``rule.X`` is the name and ``why.X`` the sentence of the rule ``X``. The tables of errors and of the interface
stand in files of their own; ``EN`` is all three.
"""

from __future__ import annotations

from derivx.words.en_errors import ERRORS
from derivx.words.en_exports import EXPORTS
from derivx.words.en_grading import GRADING
from derivx.words.en_help import HELP
from derivx.words.en_methods import METHODS
from derivx.words.en_mistakes import MISTAKES
from derivx.words.en_problems import PROBLEMS
from derivx.words.en_sheets import SHEETS
from derivx.words.en_speech import SPEECH
from derivx.words.en_ui import UI
from derivx.words.en_works import WORKS

RULES: dict[str, str] = {
    # Differentiation.
    "rule.constant": "constant rule",
    "rule.identity": "derivative of the variable",
    "rule.constant_multiple": "constant multiple rule",
    "rule.sum": "sum rule",
    "rule.product": "product rule",
    "rule.quotient": "quotient rule",
    "rule.reciprocal": "reciprocal rule",
    "rule.power": "power rule",
    "rule.exponential": "exponential rule",
    "rule.chain": "chain rule",
    "rule.chain_again": "chain rule",
    "rule.chain_paths": "chain rule, path by path",
    "rule.logarithmic": "logarithmic differentiation",
    "rule.piecewise": "piecewise differentiation",
    "rule.function": "derivative of the {op}",
    "rule.grouping": "two arguments at a time",
    "rule.undefined": "derivative of {f}",
    "rule.implicit": "implicit differentiation",
    "rule.backward": "chain rule through {u}",
    "rule.paths": "chain rule, summed over all that use it",
    "rule.local": "local derivatives",
    "rule.stored": "stored gradients put in",
    # Names.
    "rule.substitute": "put {u} back",
    "rule.name": "new name",
    "rule.call_by_name": "write {u}",
    "rule.share": "write with {p}",
    "rule.recognise": "recognise the {op}",
    # Algebra.
    "rule.tidy": "tidy up",
    "rule.neutral": "drop factors 1 and terms 0",
    "rule.signs": "signs",
    "rule.numbers": "arithmetic",
    "rule.arrange": "order of factors",
    "rule.brackets": "remove brackets",
    "rule.powers": "equal factors as powers",
    "rule.fraction": "one fraction",
    "rule.cancel": "cancel",
    "rule.like_terms": "like terms",
    "rule.expand": "expand",
    "rule.factor": "factor",
    "rule.common_denominator": "common denominator",
    "rule.trig": "trigonometric identity",
    "rule.absolute": "absolute values",
    "rule.roots": "combine roots",
}

WHY: dict[str, str] = {
    "why.constant": "A constant does not change, so its derivative is 0.",
    "why.identity": "The derivative of a variable with respect to itself is 1.",
    "why.constant_multiple": "By the constant multiple rule, the constant factor {c} stays in front of the derivative.",
    "why.sum": "By the sum rule, a sum is differentiated term by term.",
    "why.product": "By the product rule, each factor is differentiated in turn while the others stay, and the results are added.",
    "why.quotient": (
        "By the quotient rule: derivative of the numerator times the denominator, minus the numerator times the "
        "derivative of the denominator, all over the denominator squared."
    ),
    "why.reciprocal": "By the reciprocal rule, the derivative of one over u is minus the derivative of u, over u squared.",
    "why.power": "By the power rule, the exponent {n} comes down as a factor and the exponent becomes one less.",
    "why.exponential": "An exponential with the constant base {a} is its own derivative, times the natural logarithm of the base.",
    "why.chain": "By the chain rule with {u} = {inner}: the outer derivative at {u}, times the inner derivative.",
    "why.chain_again": "By the chain rule: the outer derivative at {u}, times the derivative of {u}.",
    "why.chain_paths": "By the chain rule with {names}: one product for each path, and their sum.",
    "why.logarithmic": (
        "Base and exponent both vary, so the power is written as an exponential: "
        "the natural logarithm of the base, times the exponent, goes up."
    ),
    "why.piecewise": "A piecewise function is differentiated piece by piece, inside each piece.",
    "why.function": "This is the known derivative of the {op}.",
    "why.grouping": "The {op} of several values is taken two at a time, from the left.",
    "why.undefined": "The function {f} is not given, so its derivative keeps a name: a prime marks it.",
    "why.implicit": (
        "By the implicit function theorem the derivative is minus the partial derivative of the curve by the variable, "
        "over the one by {y}; in these {y} is a plain variable."
    ),
    "why.backward": "By the chain rule: the gradient at {u}, times the derivative of {u}.",
    "why.paths": "Several nodes use this one: the gradient at each, times its derivative, and the sum of all.",
    "why.local": "Put in the local derivatives, each of one formula by one name in it.",
    "why.stored": "These gradients were computed before and stored: put them in.",
    "reason.add": "passed on as it is",
    "reason.op": "{op}",
    "reason.neg": "the sign changes",
    "reason.scale": "scalar factor",
    "reason.broadcast": "repeated by broadcasting, so summed over the copies",
    "reason.product": "product: ⟨{upstream}, {moved}⟩ = ⟨{back}, {step}⟩",
    "reason.matmul": "matrix product",
    "reason.inner": "inner product: d(aᵀ b) = aᵀ\u00a0db + bᵀ\u00a0da",
    "reason.norm2_squared": "squared norm: d‖z‖² = 2\u00a0zᵀ\u00a0dz",
    "reason.transpose": "transpose: ⟨G, dZᵀ⟩ = ⟨Gᵀ, dZ⟩",
    "reason.inv": "inverse: d(Z⁻¹) = −Z⁻¹\u00a0dZ\u00a0Z⁻¹",
    "reason.det": "determinant: d\u00a0det\u00a0Z = det\u00a0Z\u00a0tr(Z⁻¹\u00a0dZ)",
    "reason.logdet": "log-determinant: d\u00a0log\u00a0det\u00a0Z = tr(Z⁻¹\u00a0dZ)",
    "reason.tr": "trace: d\u00a0tr\u00a0Z = ⟨I, dZ⟩",
    "reason.norm2": "norm: d‖z‖ = zᵀ\u00a0dz/‖z‖",
    "reason.diag": "diagonal matrix: only the diagonal of the gradient counts",
    "reason.diagonal": "diagonal: the gradient stands on the diagonal",
    "reason.softmax": "softmax p: dp = p\u00a0⊙\u00a0(dz\u00a0−\u00a0pᵀ\u00a0dz)",
    "reason.log_softmax": "log-softmax: its differential is dz\u00a0−\u00a0pᵀ\u00a0dz, p the softmax",
    "reason.logsumexp": "log-sum-exp: its gradient is the softmax",
    "reason.norm1": "sum norm: d‖x‖₁ = sign(x)ᵀ dx",
    "reason.kron": "Kronecker product: each block of the gradient meets the other factor",
    "reason.cumsum": "cumulative sum: an entry counts in all sums from it on, so the gradient is summed from the end",
    "reason.revcumsum": "cumulative sum from the end: the gradient is summed from the beginning",
    "reason.prod": "product of entries: dy = y sum(dx/x)",
    "reason.amax": "maximum: only the largest entry passes the gradient on",
    "reason.amin": "minimum: only the smallest entry passes the gradient on",
    "reason.reshape": "another shape: the gradient gets the old one back",
    "reason.vec": "stacked columns: the gradient goes back into columns",
    "reason.slice": "a part: its gradient stands among zeros",
    "reason.place": "zeros around a part: only that part of the gradient counts",
    "reason.concat": "joined arrays: each gets its part of the gradient",
    "reason.stack": "stacked arrays: each gets its part of the gradient",
    "reason.einsum": "sum over indices: the same sum with the gradient in the operand's place",
    "reason.pinv": "pseudo-inverse: dX⁺ = −X⁺ dX X⁺ + X⁺ (X⁺)ᵀ dXᵀ (I − X X⁺) + (I − X⁺ X) dXᵀ (X⁺)ᵀ X⁺",
    "reason.cholesky": "Cholesky factor: dL = L Φ(L⁻¹ dA L⁻ᵀ), Φ the lower triangle with half the diagonal",
    "reason.half_tril": "lower triangle: only there does the gradient count",
    "reason.conv1d": "convolution: by the input the transposed convolution, by the kernel the input convolved with the gradient",
    "reason.conv1d_transpose": "transposed convolution: the gradient is convolved",
    "reason.im2col": "windows: each entry collects the gradients of its copies",
    "reason.col2im": "windows added back: each window gets the gradient of its place",
    "reason.matrix_power": "matrix power: d(Xʳ) is the sum of all X…dX…X",
    "reason.trace_of_power": "trace of a power: d tr Xʳ = r tr(Xʳ⁻¹ dX)",
    "reason.det_of_power": "determinant of a power: d det Xʳ = r det Xʳ tr(X⁻¹ dX)",
    "why.substitute": "Put back what {u} stands for: {u} = {inner}.",
    "why.name": "The part that keeps coming back is given a name: {names}.",
    "why.call_by_name": "This part already has a name: {u} = {inner}.",
    "why.share": "The share of each term in the softmax is called {p}, and the derivative is written with it.",
    "why.recognise": "This part is the {op}, so write it as such.",
    "why.tidy": "Tidy up: {moves}.",
    "why.tidy_plain": "Tidy up.",
    "why.neutral": "A factor 1 and a term 0 change nothing, so they are dropped.",
    "why.signs": "Gather the minus signs: two of them make a plus, and one goes to the front.",
    "why.numbers": "Carry out the arithmetic with the numbers.",
    "why.arrange": "Put the factors in order: the number first, then the names, with one sign in front.",
    "why.brackets": "These brackets change nothing in a sum or a product, so they are removed.",
    "why.powers": "Gather equal factors as a power by adding their exponents.",
    "why.fraction": "Write the product as one fraction.",
    "why.cancel": "Cancel the common factor of the numerator and the denominator.",
    "why.like_terms": "Collect like terms by adding their coefficients.",
    "why.expand": "Expand by the distributive law: multiply out the brackets.",
    "why.factor": "Factor the expression: write it as a product.",
    "why.common_denominator": "Bring the fractions to a common denominator and add them.",
    "why.trig": "Use the trigonometric identity {identity}.",
    "why.trig_plain": "A trigonometric identity makes this part shorter.",
    "why.absolute": "A number times its sign is its absolute value, and the square of a sign is 1.",
    "why.roots": "Combine the roots: a product of square roots is the square root of the product.",
}

EN: dict[str, str] = {
    **RULES,
    **WHY,
    **ERRORS,
    **UI,
    **GRADING,
    **MISTAKES,
    **WORKS,
    **METHODS,
    **PROBLEMS,
    **SHEETS,
    **SPEECH,
    **HELP,
    **EXPORTS,
}
