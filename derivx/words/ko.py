"""Korean: the names of the rules, as in the margin of a board, and one sentence of reason for each.

The same keys and placeholders as in English. A particle is written as a format: ``{u:을/를}``.
"""

from __future__ import annotations

from derivx.words.ko_errors import ERRORS
from derivx.words.ko_grading import GRADING
from derivx.words.ko_mistakes import MISTAKES
from derivx.words.ko_ui import UI
from derivx.words.ko_works import WORKS

RULES: dict[str, str] = {
    # Differentiation.
    "rule.constant": "상수함수의 미분",
    "rule.identity": "변수의 미분",
    "rule.constant_multiple": "상수배의 미분법",
    "rule.sum": "합의 미분법",
    "rule.product": "곱의 미분법",
    "rule.quotient": "몫의 미분법",
    "rule.reciprocal": "역수의 미분법",
    "rule.power": "거듭제곱의 미분법",
    "rule.exponential": "지수함수의 미분법",
    "rule.chain": "연쇄 법칙",
    "rule.chain_again": "연쇄 법칙",
    "rule.chain_paths": "다변수 연쇄 법칙(경로의 합)",
    "rule.logarithmic": "로그미분법",
    "rule.piecewise": "구간별 미분",
    "rule.function": "{op}의 도함수",
    "rule.grouping": "둘씩 묶기",
    "rule.undefined": "{f}의 도함수",
    "rule.implicit": "음함수의 미분법",
    "rule.backward": "{u:을/를} 거치는 연쇄 법칙",
    "rule.paths": "연쇄 법칙, 쓰인 곳마다 더하기",
    "rule.local": "국소 미분",
    "rule.stored": "저장한 기울기 넣기",
    # Names.
    "rule.substitute": "{u:을/를} 원래 식으로",
    "rule.name": "새 이름 붙이기",
    "rule.call_by_name": "{u:으로/로} 쓰기",
    "rule.share": "{p:으로/로} 나타내기",
    "rule.recognise": "{op}의 꼴로 쓰기",
    # Algebra.
    "rule.tidy": "식 정리",
    "rule.neutral": "인수 1과 항 0 지우기",
    "rule.signs": "부호 정리",
    "rule.numbers": "수 계산",
    "rule.arrange": "인수 순서 정리",
    "rule.brackets": "괄호 풀기",
    "rule.powers": "같은 인수를 거듭제곱으로",
    "rule.fraction": "하나의 분수로",
    "rule.cancel": "약분",
    "rule.like_terms": "동류항 정리",
    "rule.expand": "전개",
    "rule.factor": "인수분해",
    "rule.common_denominator": "통분",
    "rule.trig": "삼각함수 항등식",
    "rule.absolute": "절댓값",
    "rule.roots": "근호 합치기",
}

WHY: dict[str, str] = {
    "why.constant": "상수는 변하지 않으므로 도함수는 0이다.",
    "why.identity": "변수를 그 자신으로 미분하면 1이다.",
    "why.constant_multiple": "상수배의 미분법에 따라 상수 {c:은/는} 도함수 앞에 그대로 남는다.",
    "why.sum": "합의 미분법에 따라 각 항을 따로 미분하여 더한다.",
    "why.product": "곱의 미분법에 따라 나머지 인수는 그대로 두고 인수를 하나씩 미분하여 더한다.",
    "why.quotient": "몫의 미분법에 따라 분자의 도함수와 분모의 곱에서 분자와 분모의 도함수의 곱을 빼고, 분모의 제곱으로 나눈다.",
    "why.reciprocal": "역수의 미분법에 따라 u의 역수의 도함수는 u의 도함수를 u의 제곱으로 나누고 음의 부호를 붙인 것이다.",
    "why.power": "거듭제곱의 미분법에 따라 지수 {n:이/가} 계수로 내려오고 지수는 1만큼 작아진다.",
    "why.exponential": "밑이 상수 {a}인 지수함수의 도함수는 그 자신에 밑의 자연로그를 곱한 것이다.",
    "why.chain": "연쇄 법칙에 따라 {u} = {inner:으로/로} 놓고, {u}에서의 바깥 도함수에 안쪽 도함수를 곱한다.",
    "why.chain_again": "연쇄 법칙에 따라 {u}에서의 바깥 도함수에 {u}의 도함수를 곱한다.",
    "why.chain_paths": "다변수 연쇄 법칙에 따라 {names:으로/로} 놓고, 경로마다 도함수를 곱하여 모두 더한다.",
    "why.logarithmic": "밑과 지수가 모두 변하므로, 지수와 밑의 자연로그의 곱을 지수로 하는 지수함수로 바꾸어 쓴다.",
    "why.piecewise": "구간별 함수는 각 구간 안에서 따로 미분한다.",
    "why.function": "{op}의 알려진 도함수이다.",
    "why.grouping": "여러 값의 {op:은/는} 왼쪽부터 둘씩 묶어 구한다.",
    "why.undefined": "함수 {f:은/는} 식이 주어지지 않았으므로 도함수를 프라임 기호로 나타낸다.",
    "why.implicit": (
        "음함수 정리에 따라 도함수는 곡선의 식을 변수로 편미분한 것을 {y:으로/로} 편미분한 것으로 "
        "나누고 음의 부호를 붙인 것이다. 이때 {y:은/는} 하나의 변수로 본다."
    ),
    "why.backward": "연쇄 법칙에 따라 {u}에서의 기울기에 {u}의 도함수를 곱한다.",
    "why.paths": "이 노드를 쓰는 곳이 여럿이므로, 곳마다 그곳의 기울기에 도함수를 곱하여 모두 더한다.",
    "why.local": "국소 미분을 넣는다. 식 하나를 그 안의 이름 하나로 미분한 것이다.",
    "why.stored": "앞에서 계산하여 저장한 기울기를 넣는다.",
    "reason.add": "그대로 넘긴다",
    "reason.op": "{op}",
    "reason.neg": "부호가 바뀐다",
    "reason.scale": "스칼라 인수",
    "reason.broadcast": "브로드캐스팅으로 되풀이되므로 그 방향으로 더한다",
    "reason.product": "곱: ⟨{upstream}, {moved}⟩ = ⟨{back}, {step}⟩",
    "reason.matmul": "행렬곱",
    "reason.inner": "내적: d(aᵀ b) = aᵀ\u00a0db + bᵀ\u00a0da",
    "reason.norm2_squared": "노름의 제곱: d‖z‖² = 2\u00a0zᵀ\u00a0dz",
    "reason.transpose": "전치: ⟨G, dZᵀ⟩ = ⟨Gᵀ, dZ⟩",
    "reason.inv": "역행렬: d(Z⁻¹) = −Z⁻¹\u00a0dZ\u00a0Z⁻¹",
    "reason.det": "행렬식: d\u00a0det\u00a0Z = det\u00a0Z\u00a0tr(Z⁻¹\u00a0dZ)",
    "reason.logdet": "로그 행렬식: d\u00a0log\u00a0det\u00a0Z = tr(Z⁻¹\u00a0dZ)",
    "reason.tr": "대각합: d\u00a0tr\u00a0Z = ⟨I, dZ⟩",
    "reason.norm2": "노름: d‖z‖ = zᵀ\u00a0dz/‖z‖",
    "reason.diag": "대각행렬: 기울기의 대각 성분만 남는다",
    "reason.diagonal": "대각 성분: 기울기가 대각선에 놓인다",
    "reason.softmax": "소프트맥스 p: dp = p\u00a0⊙\u00a0(dz\u00a0−\u00a0pᵀ\u00a0dz)",
    "reason.log_softmax": "로그 소프트맥스: 미분은 dz\u00a0−\u00a0pᵀ\u00a0dz, p는 소프트맥스",
    "reason.logsumexp": "로그-합-지수: 기울기는 소프트맥스",
    "why.substitute": "{u:이/가} 나타내는 식을 다시 넣는다: {u} = {inner}.",
    "why.name": "되풀이되는 부분에 이름을 붙인다: {names}.",
    "why.call_by_name": "이 부분은 이미 이름이 있다: {u} = {inner}.",
    "why.share": "소프트맥스에서 각 항이 차지하는 비율을 {p:으로/로} 놓고 도함수를 나타낸다.",
    "why.recognise": "이 부분은 {op:과/와} 같으므로 그 꼴로 쓴다.",
    "why.tidy": "식을 정리한다: {moves}.",
    "why.tidy_plain": "식을 정리한다.",
    "why.neutral": "1을 곱하거나 0을 더해도 값이 같으므로 인수 1과 항 0을 지운다.",
    "why.signs": "음의 부호를 모은다. 둘이면 양이 되고, 하나면 맨 앞에 쓴다.",
    "why.numbers": "수를 계산한다.",
    "why.arrange": "수를 맨 앞에, 그다음 문자를 쓰고, 부호는 맨 앞에 하나만 둔다.",
    "why.brackets": "합이나 곱에서 괄호가 없어도 값이 같으므로 괄호를 푼다.",
    "why.powers": "같은 인수의 지수를 더하여 하나의 거듭제곱으로 쓴다.",
    "why.fraction": "곱을 하나의 분수로 쓴다.",
    "why.cancel": "분자와 분모의 공통인수를 약분한다.",
    "why.like_terms": "계수를 더하여 동류항을 정리한다.",
    "why.expand": "분배법칙으로 괄호를 풀어 전개한다.",
    "why.factor": "식을 곱의 꼴로 인수분해한다.",
    "why.common_denominator": "분수를 통분하여 더한다.",
    "why.trig": "삼각함수 항등식 {identity:을/를} 쓴다.",
    "why.trig_plain": "삼각함수 항등식을 써서 이 부분을 간단히 한다.",
    "why.absolute": "수에 그 부호를 곱하면 절댓값이고, 부호의 제곱은 1이다.",
    "why.roots": "근호를 합친다. 제곱근의 곱은 곱의 제곱근이다.",
}

KO: dict[str, str] = {**RULES, **WHY, **ERRORS, **UI, **GRADING, **MISTAKES, **WORKS}
