"""Korean: what stands on worksheets and their keys, and what is wrong with the description of one."""

from __future__ import annotations

SHEETS: dict[str, str] = {
    # A teacher's own words.
    "error.dollar": "여기서 `$`로 연 수식이 닫히지 않았습니다. 기호 자체는 `\\$`로 적습니다",
    "error.no_such_language": "`{name}`{name:-은/는} derivx의 언어가 아닙니다. en이나 ko로 적어 주세요",
    "expected.dollar": "짝이 되는 `$`",
}
