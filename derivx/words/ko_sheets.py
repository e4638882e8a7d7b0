"""Korean: what stands on worksheets and their keys, and what is wrong with the description of one."""

from __future__ import annotations

SHEETS: dict[str, str] = {
    # On a page.
    "sheet.key": "정답과 풀이",
    "sheet.variant": "{number}번 문제지",
    "sheet.student": "{name} ({id})",
    "sheet.student_id": "학번 {id}",
    "sheet.in_all": "총 {points}점",
    "sheet.field_name": "이름",
    "sheet.field_number": "학번",
    "sheet.field_class": "분반",
    "sheet.field_date": "날짜",
    "sheet.field_score": "점수",
    "sheet.checked": (
        "이 풀이의 모든 줄과 모든 답은 미분법을 전혀 모르는 검증 방법, 곧 복소수 증분법, 자동미분, 유한차분으로 수치를 재어 확인했습니다."
    ),
    # What the command says.
    "sheet.written": "{folder}에 파일 {files}개를 썼습니다. 문제지 {variants}부와 각각의 풀이입니다",
    # A teacher's own words.
    "error.dollar": "여기서 `$`로 연 수식이 닫히지 않았습니다. 기호 자체는 `\\$`로 적습니다",
    "error.no_such_language": "`{name}`{name:-은/는} derivx의 언어가 아닙니다. en이나 ko로 적어 주세요",
    "expected.dollar": "짝이 되는 `$`",
}
