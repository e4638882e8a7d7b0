"""English: what stands in the files for other systems."""

from __future__ import annotations

EXPORTS: dict[str, str] = {
    "export.exercise": "Exercise {number}",
    "export.choose": "the letter of your choice, as in B",
    "export.type": "your answer, as in 2*x*cos(x^2)",
    "export.answers_file": "Write each answer behind its name in answers.txt, and hand in that file. A choice is a letter, such as B.",
    "export.variant_line": "Your variant stands on your sheet: write it behind `variant`.",
    "export.column_variant": "variant",
    "export.column_number": "number",
    "export.column_kind": "kind",
    "export.column_level": "level",
    "export.column_points": "points",
    "export.column_question": "question",
    "export.column_answer": "answer",
    "grade.no_choice": "a letter from A to {last} is expected",
    "grade.no_variant": "It is not known which variant this is: write it behind `variant:` in answers.txt, as it stands on your sheet.",
}
