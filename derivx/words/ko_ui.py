"""Korean: what stands around the mathematics on a page, a screen and a table."""

from __future__ import annotations

UI: dict[str, str] = {
    # Around a derivation.
    "ui.answer": "답",
    "ui.rejected": "검증 실패",
    "ui.where": "단,",
    "ui.condition": "조건 {condition}",
    "ui.kink": "{point}에서 미분 불가능",
    "ui.convention": "미분 불가능한 점에서는 딥러닝 라이브러리의 관례에 따른 값을 쓴다.",
    "ui.cases_otherwise": "그 밖의 경우",
    "ui.note": "참고",
    "ui.loading": "검증 준비 중 ...",
    "ui.curve": "곡선",
    "ui.numbers": "수를 넣으면",
    # Checks.
    "ui.checked": "검증",
    "ui.not_verified": "확인되지 않음",
    "ui.digits": "{n}자리",
    "ui.exact": "정확히 일치",
    "referee.autograd": "자동미분",
    "referee.complex_step": "복소 증분법",
    "referee.finite_difference": "유한차분",
    "referee.jax": "JAX",
    "referee.mpmath": "mpmath",
    "referee.sympy": "SymPy",
    "referee.torch": "PyTorch",
    "verdict.FAIL": "틀림",
    "verdict.ILL_CONDITIONED": "수치 조건이 나쁨",
    "verdict.KINK": "미분 불가능한 점",
    "verdict.PASS": "확인됨",
    "verdict.SKIPPED": "건너뜀",
    "verdict.STRUCTURAL_ZERO": "항상 0",
    "verdict.UNDEFINED": "정의되지 않음",
    "skip.definition": "이름을 붙이는 줄",
    "skip.implicit": "음함수의 미분",
    "skip.no_scipy": "SciPy가 설치되어 있지 않음",
    "skip.no_point": "정의역에서 표본점을 찾지 못함",
    "skip.nested": "미분이 너무 깊이 겹침",
    "skip.not_installed": "설치되어 있지 않음",
    "skip.not_proved": "증명을 찾지 못함",
    "skip.pending": "계산하지 않은 도함수가 남아 있음",
    "skip.too_large": "식이 너무 커서 정확한 증명을 건너뜀",
    # Tables.
    "ui.table_formula": "식",
    "ui.table_reason": "이유",
    # Hints.
    "ui.hint": "힌트",
    # The doctor.
    "ui.doctor_referees": "검증 방법",
    "ui.doctor_missing": "설치되어 있지 않음",
    "ui.doctor_sympy": "SymPy가 하는 일",
    "ui.doctor_sympy_text": "국소 미분을 증명하고, 각 줄과 답이 같음을 증명하며, 인수분해와 약분을 맡는다. 글을 읽는 데에는 쓰지 않는다.",
}
