"""Korean: verdicts on answers, and what went wrong in them."""

from __future__ import annotations

GRADING: dict[str, str] = {
    "grade.equal": "정답",
    "grade.equal_on_domain": "문제의 정의역에서 정답",
    "grade.within_tolerance": "허용 오차 안에서 정답",
    "grade.wrong_form": "값은 맞지만 요구한 꼴이 아니다",
    "grade.up_to_transpose": "오답: 정답의 전치이다",
    "grade.up_to_sign": "오답: 부호가 반대이다",
    "grade.up_to_constant": "오답: 정답과 상수만큼 다르다",
    "grade.near_miss": "오답이지만 정답에 아주 가깝다",
    "grade.different": "오답",
    "grade.undecided": "판정할 수 없어 사람이 확인한다",
    "grade.at_step": "풀이의 {step}번째 줄: {hint}",
    "grade.form.simplified": "더 간단히 할 수 있다",
    "grade.form.factored": "더 인수분해할 수 있다",
    "grade.form.expanded": "전개할 괄호가 남아 있다",
    "grade.form.must_contain": "`{word}`{word:-이/가} 빠져 있다",
    "grade.form.must_not_contain": "`{word}`{word:-이/가} 있으면 안 된다",
    "grade.lost": "이 답을 채점하던 프로세스가 끝났다. 사람이 확인한다",
    "grade.progress": "{rows}행, 초당 {speed}행",
}
