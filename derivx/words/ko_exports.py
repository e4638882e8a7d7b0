"""Korean: what stands in the files for other systems."""

from __future__ import annotations

EXPORTS: dict[str, str] = {
    "export.exercise": "문제 {number}",
    "export.choose": "고른 보기의 기호, 예: B",
    "export.type": "답, 예: 2*x*cos(x^2)",
    "export.answers_file": "answers.txt의 각 이름 뒤에 답을 적어 그 파일을 제출한다. 객관식의 답은 B와 같은 기호로 적는다.",
    "export.variant_line": "`variant` 뒤에는 시험지에 적힌 유형을 적는다.",
    "export.column_variant": "유형",
    "export.column_number": "번호",
    "export.column_kind": "종류",
    "export.column_level": "난이도",
    "export.column_points": "배점",
    "export.column_question": "문제",
    "export.column_answer": "답",
    "grade.no_choice": "A부터 {last}까지의 기호 하나를 적어야 한다",
    "grade.no_variant": "어느 유형의 답인지 알 수 없다. 시험지에 적힌 유형을 answers.txt의 `variant:` 뒤에 적어야 한다.",
}
