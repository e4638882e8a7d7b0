"""How Korean reads letters, Greek letters, numbers and the usual names aloud: 더블유, 알파, 이십삼, 로스.

One table for both that need it: the particle behind a formula, and the formula spoken.
"""

from __future__ import annotations

LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "에이 비 시 디 이 에프 지 에이치 아이 제이 케이 엘 엠 엔 오 피 큐 알 에스 티 유 브이 더블유 엑스 와이 제트".split(),
        strict=True,
    )
)
GREEK = {
    "alpha": "알파", "beta": "베타", "gamma": "감마", "delta": "델타", "epsilon": "엡실론", "zeta": "제타", "eta": "에타",
    "theta": "세타", "iota": "요타", "kappa": "카파", "lambda": "람다", "mu": "뮤", "nu": "뉴", "xi": "크사이", "omicron": "오미크론",
    "pi": "파이", "rho": "로", "sigma": "시그마", "tau": "타우", "upsilon": "입실론", "phi": "그리스 문자 피", "chi": "카이",
    "psi": "프사이", "omega": "오메가",
}  # fmt: skip
_SIGNS = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", GREEK.values(), strict=True)) | {"ϵ": "엡실론", "ϕ": "그리스 문자 피", "ϑ": "세타", "µ": "뮤"}
WORDS = {
    "hat": "햇", "bar": "바", "tilde": "틸데", "in": "인", "out": "아웃", "net": "넷", "input": "인풋", "output": "아웃풋",
    "target": "타깃", "weight": "웨이트", "bias": "바이어스", "loss": "로스", "cost": "코스트", "error": "에러", "grad": "그래드",
    "step": "스텝", "rate": "레이트", "layer": "레이어", "unit": "유닛", "hidden": "히든", "logit": "로짓", "logits": "로짓",
    "score": "스코어", "pred": "프레드", "true": "트루", "new": "새 값", "old": "옛 값", "max": "맥스", "min": "민", "sum": "합",
    "mean": "평균", "var": "바르", "std": "표준편차", "next": "넥스트", "sin": "사인", "cos": "코사인", "tan": "탄젠트",
    "cot": "코탄젠트", "sec": "시컨트", "csc": "코시컨트", "asin": "역사인", "acos": "역코사인", "atan": "역탄젠트", "arcsin": "역사인",
    "arccos": "역코사인", "arctan": "역탄젠트", "sinh": "쌍곡사인", "cosh": "쌍곡코사인", "tanh": "쌍곡탄젠트", "exp": "지수함수",
    "log": "로그", "ln": "로그", "sqrt": "루트", "abs": "절댓값", "sigmoid": "시그모이드", "relu": "렐루", "softmax": "소프트맥스",
    "softplus": "소프트플러스", "huber": "후버", "hinge": "힌지", "swish": "스위시", "mish": "미시", "floor": "플로어", "tr": "대각합",
    "det": "행렬식", "data": "데이터", "train": "트레인", "test": "테스트", "label": "레이블", "total": "토털", "model": "모델",
}  # fmt: skip
_DIGITS = "영일이삼사오육칠팔구"
_PLACES = ("", "십", "백", "천")
_THOUSANDS = ("", "만", "억", "조", "경")
_SPELT = 3  # letters up to which an unknown word is spelt out


def number(text: str) -> str:
    """A number without sign: ``12`` is 십이, ``0.25`` 영 점 이오, ``3e-5`` 삼 곱하기 십의 마이너스 오 제곱."""
    mantissa, power, exponent = text.lower().partition("e")
    if power:
        size = ("마이너스 " if exponent.startswith("-") else "") + number(exponent.lstrip("+-"))
        raised = f"십의 {size} 제곱"
        return raised if mantissa == "1" else f"{number(mantissa)} 곱하기 {raised}"
    whole, point, rest = mantissa.partition(".")
    return _whole(whole or "0") + (f" 점 {_digits(rest)}" if point else "")


def _digits(text: str) -> str:
    return "".join(_DIGITS[int(c)] for c in text)


def _whole(text: str) -> str:
    """By tens of thousands, 만 and 억; digit by digit where there are no words for it."""
    if len(text) > 4 * len(_THOUSANDS) or (len(text) > 1 and text[0] == "0"):
        return _digits(text)
    groups = [text[max(0, end - 4) : end] for end in range(len(text), 0, -4)]
    parts: list[str] = []
    for group, unit in reversed(list(zip(groups, _THOUSANDS, strict=False))):
        if said := _group(group):
            parts.append(unit if said == "일" and unit == "만" and not parts else said + unit)
    return " ".join(parts) or _DIGITS[0]


def _group(text: str) -> str:
    pairs = [(int(c), _PLACES[len(text) - 1 - i]) for i, c in enumerate(text)]
    return "".join(("" if d == 1 and place else _DIGITS[d]) + place for d, place in pairs if d)


def word(text: str) -> str:
    """A letter, a Greek letter, a number or a word of a name; an unknown word that is not short stays as it is."""
    if text.isascii() and text.isdecimal():
        return number(text)
    low = text.lower()
    known = LETTERS.get(low) or GREEK.get(low) or _SIGNS.get(low) or WORDS.get(low)
    if known:
        return known
    if text.isascii() and text.isalpha() and len(text) <= _SPELT:
        return "".join(LETTERS[c] for c in low)
    return text
