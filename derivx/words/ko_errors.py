"""Korean: what went wrong, what was expected there, and what the reader decided in doubt.

``{name:-은/는}`` is the particle alone, for a name that stands in quotation marks.
"""

from __future__ import annotations

ERRORS: dict[str, str] = {
    # The text.
    "error.ambiguous_argument": "`{found}`의 인수가 어디서 끝나는지 분명하지 않습니다. 괄호로 묶어 주세요",
    "error.arguments": "`{name}`에는 인수 {count}개를 쓸 수 없습니다",
    "error.character": "이 문자({name})는 여기서 쓸 수 없습니다",
    "error.derivative_of": "D에는 식과 미분할 변수의 이름이 필요합니다",
    "error.derivative_order": "이 도함수에서 위와 아래의 차수가 다릅니다",
    "error.derivative_or_quotient": "도함수인지 몫인지 분명하지 않습니다. 둘 중 하나로 분명하게 써 주세요",
    "error.empty": "읽을 내용이 없습니다",
    "error.ends_early": "식이 도중에 끝났습니다",
    "error.equation": "등식이 아니라 식이 필요합니다",
    "error.latex_command": "`{found}`{found:-은/는} derivx가 읽는 LaTeX 명령이 아닙니다",
    "error.needs_argument": "`{name}`{name:-은/는} 함수이므로 인수가 필요합니다",
    "error.not_closed": "이 괄호가 닫히지 않았습니다",
    "error.not_opened": "`{found}`에 맞는 여는 괄호가 없습니다",
    "error.not_text": "글이 필요한 자리에 {found} 값이 들어왔습니다",
    "error.power_of_function": "함수 `{name}`의 거듭제곱을 이렇게 쓰면 읽을 수 없습니다",
    "error.product_or_function": "`{name}(...)`: 곱인지 함수인지 분명하지 않습니다. 곱이면 `*`를 써 주세요",
    "error.two_equals": "등호가 두 번 나옵니다",
    "error.unexpected": "`{found}`{found:-은/는} 여기에 올 수 없습니다",
    "error.unknown_function": "`{name}`{name:-이라는/라는} 함수는 없습니다",
    "error.where_condition": "`where`의 첫 인수는 비교식이어야 합니다",
    # Budgets.
    "error.number_too_large": "이 식에 {limit:을/를} 넘는 수가 있습니다",
    "error.number_too_long": "수가 너무 깁니다. {limit}자리까지 읽습니다",
    "error.too_deep": "식이 너무 깊게 겹쳐 있습니다. {limit}겹까지 읽습니다",
    "error.too_long": "글이 {size}자입니다. {limit}자까지 읽습니다",
    "error.too_many_steps": "풀이가 너무 깁니다. {limit}줄까지 풉니다",
    "error.too_many_tokens": "글이 너무 깁니다. 기호 {limit}개까지 읽습니다",
    # Questions, options, files.
    "error.bad_option": "`{value}`{value:-은/는} 옵션 `{option}`에 맞지 않습니다",
    "error.bad_value": "`{value}`{value:-은/는} `{name}`의 값이 될 수 없습니다",
    "error.bad_wrt": "`{name}`{name:-으로/로} 미분할 수 없습니다. 변수의 이름이 필요합니다",
    "error.check_failed": "검증({referee})에서 틀린 것으로 나타나 이 결과를 보여 주지 않습니다. 오류를 알려 주세요",
    "error.missing_value": "`{name}`의 값이 필요합니다",
    "error.needs_implicit": "이것은 등식입니다. --implicit {name}처럼 등식이 정하는 이름을 알려 주세요",
    "error.no_such_op": "`{name}`에 맞는 연산이 없습니다",
    "error.undefined_there": "이 값에서 식이 정의되지 않습니다",
    "error.op_name": "`{name}`{name:-은/는} 연산의 이름이 될 수 없습니다",
    "error.no_such_variable": "식에 `{name}`{name:-이/가} 없습니다",
    "error.not_supported": "derivx는 아직 {what:을/를} 미분하지 못합니다",
    "error.no_rule": "derivx에는 {found:을/를} 미분하는 법칙이 없습니다",
    "error.renderer_missing": "`{format}` 출력에 필요한 패키지가 설치되어 있지 않습니다",
    "error.sympy_object": "derivx가 읽을 수 없는 SymPy 객체입니다: {found}",
    # Cards.
    "error.op_taken": "`{name}`{name:-이라는/라는} 연산이 이미 있습니다",
    # What comes after.
    "error.expected": "필요한 것: {expected}",
    "error.hint": "`{hint}`{hint:-을/를} 쓰려고 했나요?",
    "expected.argument": "괄호 안의 인수",
    "expected.ascii": "자판의 글자, 숫자나 기호",
    "expected.closing": "닫는 괄호",
    "expected.comparison": "x > 0과 같은 비교식",
    "expected.exponent": "지수가 되는 정수나 문자",
    "expected.expression": "식",
    "expected.function": "함수의 이름",
    "expected.group": "중괄호로 묶은 부분",
    "expected.no_comparison": "`where` 밖에서는 비교식이 아닌 식",
    "expected.operand": "수, 이름이나 여는 괄호",
    "expected.operator": "+나 *와 같은 연산자",
    "expected.variable": "변수의 이름",
    # Decisions in doubt.
    "note.absent": "`{name}`{name:-은/는} 식에 나오지 않습니다",
    "note.inverse": "`{typed}`{typed:-을/를} 역함수 `{read}`{read:-으로/로} 읽었습니다",
    "note.one_name": "`{name}`{name:-을/를} 하나의 이름으로 읽었습니다. `{mend}`{mend:-이라면/라면} 그렇게 써 주세요",
    "note.over_product": "분모에는 수만 있는 것으로 읽었습니다. 분모가 더 길면 괄호로 묶어 주세요",
    "note.snug": "`{read}`{read:-을/를} 함수의 인수로 읽었습니다",
}
