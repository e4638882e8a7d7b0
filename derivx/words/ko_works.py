"""Korean: what is said of a work, line by line."""

from __future__ import annotations

WORKS: dict[str, str] = {
    "work.line_right": "맞음",
    "work.line_given": "주어진 것으로 봄",
    "work.line_carried": "위의 틀린 줄에서 옳게 이어지므로 이 단계 자체는 맞음",
    "work.line_wrong": "앞에서 이어지지 않음",
    "work.line_too_far": "맞지만 한 번에 너무 많은 단계를 건너뜀",
    "work.line_undecided": "확인할 수 없어 사람이 확인한다",
    "work.unknown_name": "이 줄의 {name:이/가} 무엇인지 풀이에 나와 있지 않음",
    "work.no_path": "`{name}`{name:-은/는} `{by}`{by:-과/와} 관계가 없다. 연쇄 법칙은 한 값에서 그 값을 만든 값으로만 이어진다",
    "work.instead": "옳은 식: {right}",
    "work.score": "점수: {most}점 중 {score}점",
    "work.is_right": "모든 줄이 맞습니다.",
    "work.is_unfinished": "틀린 줄은 없지만, 풀이가 미분을 끝까지 계산하지 않고 멈췄습니다.",
    "work.is_wrong": "처음 틀린 곳은 {line}번째 줄입니다.",
    "work.is_too_far": "틀린 줄은 없지만, 한 단계가 너무 큽니다.",
    "work.is_unread": "틀린 줄은 찾지 못했지만, 확인하지 못한 줄이 있습니다.",
}
