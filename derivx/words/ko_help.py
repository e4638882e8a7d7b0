"""Korean: what ``--help`` says of commands and options, and what click itself says. The same keys as in English."""

from __future__ import annotations

HELP: dict[str, str] = {
    "help.cli": '미분을 한 줄씩 설명하고, 줄마다 증명한다.\n\n예:  derivx explain "sigmoid(w*x+b)" --lang ko',
    "help.explain.short": "도함수를 한 줄씩 구하고 줄마다 증명한다.",
    "help.backprop.short": "프로그램을 역전파한다. 기울기마다 한 번씩.",
    "help.graph.short": "프로그램의 계산 그래프를 그린다.",
    "help.network.short": "완전 연결 신경망의 기울기를 층마다 구한다.",
    "help.check.short": "누군가 쓴 풀이를 한 줄씩 검사한다.",
    "help.grade.short": "답을 채점한다. 꼴이 달라도 맞으면 맞고, 틀리면 까닭을 말한다.",
    "help.grade_batch.short": "답 파일을 여러 작업자로 채점한다.",
    "help.ops.short": "derivx가 아는 연산을 나열하거나 찾는다.",
    "help.doctor.short": "무엇이 설치되어 있고 어떤 검증이 되는지 말한다.",
    "help.completion.short": "셸의 자동 완성을 켜는 줄을 출력한다.",
    "help.explain": (
        'TEXT의 도함수를 한 줄씩 구하고 줄마다 증명한다.\n\nTEXT는 식("sigmoid(w*x+b)", "y = w*x + b", "f(x) = x^2", '
        "LaTeX)이나 표준 입력을 뜻하는 -이다."
    ),
    "help.backprop": (
        'PROGRAM을 역전파한다. 기울기마다 한 번 계산하여 다시 쓰고 증명한다.\n\nPROGRAM은 출력이 마지막에 오는 식들("z = '
        'w*x + b; L = (z - y)^2")이나 그 파일의 이름, 또는 표준 입력을 뜻하는 -이다.'
    ),
    "help.graph": "PROGRAM의 계산 그래프를 그린다. 수가 있으면 위에 값, 아래에 기울기를 적는다.",
    "help.network": (
        '완전 연결 신경망의 기울기를 층마다 구한다.\n\nLAYERS는 "2-3-1 tanh mse"나 "784-128-10 relu softmax-ce" 같은 '
        "목록이나 TOML 파일이다."
    ),
    "help.check": (
        "풀이를 한 줄씩 검사한다. 처음 틀린 줄과 그 실수, 거기서 이어진 것을 말한다.\n\nFILE에 줄들이 있고, -이면 표준 "
        "입력에서 읽는다. 줄은 읽기만 하고 실행하지 않는다."
    ),
    "help.grade": (
        "ANSWER를 채점한다. --problem을 --wrt로 미분한 답이며, -이면 표준 입력에서 읽는다.\n\n답은 읽기만 하고 실행하지 않는다."
    ),
    "help.grade_batch": (
        "ANSWERS(.csv, .jsonl, .parquet)의 행을 차례대로 채점한다.\n\n행에는 답이 있고, id와 그 행만의 문제(problem, "
        "wrt, ...)가 있을 수 있다. 출력에 이 행들의 결과가 있으면 그다음부터 잇는다."
    ),
    "help.ops": "derivx가 아는 연산을 나열한다. SEARCH가 있으면 이름이나 별명, 설명에 그 말이 있는 것만.",
    "help.doctor": "무엇이 설치되어 있고 어떤 검증이 되는지 말한다. 필요한 것이 안 되면 1로 끝난다.",
    "help.completion": "SHELL의 시작 파일에 넣을 줄을 출력한다.",
    "help.explain.epilog": (
        "\b\n종료 코드: 0 정상, 1 검증 실패, 2 사용법, 3 읽을 수 없는 입력,\n4 지원하지 않음, 5 한도 초과, 6 출력 도구 없음."
    ),
    "help.check.epilog": (
        "\b\n종료 코드: 0 모든 줄이 맞음, 1 틀린 줄이 있거나 답에 이르지 못함,\n2 문제의 잘못, 3 문제를 읽을 수 없음, 4 "
        "기계가 판정할 수 없거나\n읽을 수 없는 줄(사람이 정한다)."
    ),
    "help.grade.epilog": (
        "\b\n종료 코드: 0 맞음, 1 맞지 않음, 2 문제의 잘못, 3 답을 읽을 수 없음,\n4 판정하지 못함(사람이 정한다), 5 답이 한도를 넘음."
    ),
    "help.grade_batch.epilog": (
        "\b\n종료 코드: 0 모든 행을 채점함, 1 사람이 볼 행이 있음(판정하지 못함,\n행의 잘못, 사라진 작업자), 2 사용법."
    ),
    "help.worksheet.kinds": "내가 만든 문제 유형의 파일(TOML 또는 Python, Python 파일은 실행된다). 여러 번 쓸 수 있다.",
    "help.worksheet.short": "문제지와 풀이: 시작하기, 만들기, 검사하기.",
    "help.worksheet": "문제지와 풀이: 새로 시작하고, 여러 벌을 만들고, 정답을 검사한다.",
    "help.worksheet_new": "문제지를 시작한다. FILE [기본값: sheet.toml]에 주석이 달린 설명을 쓰며, 그대로 만들 수 있다.",
    "help.worksheet_build": (
        "TOML 파일 SHEET의 문제지와 풀이를 모두 만들고 목록을 남긴다.\n\n"
        "시드가 같으면 파일도 같다. --students를 쓰면 학생마다 다른 문제지가 나온다."
    ),
    "help.worksheet_check": "SHEET의 모든 정답과 더 뽑아 본 문제의 정답을, 풀이 과정을 보지 않는 검증 방법으로 다시 확인한다.",
    "help.worksheet.draws": "이 문제지의 유형에서 더 뽑아 볼 문제의 수.",
    "help.worksheet.topics": "주제나 문제 유형. 예: chain,backprop.  [기본값: 주제마다 하나]",
    "help.worksheet.start": "식이나 프로그램 하나를 다루는 문제.",
    "help.worksheet.force": "있는 파일을 덮어쓴다.",
    "help.worksheet.variants": "번호를 매긴 문제지의 수.  [기본값: 문제지에 적힌 수]",
    "help.worksheet.students": "id와 name이 있는 CSV 파일. 학생마다 한 부.",
    "help.worksheet.seed": "문제지에 적힌 것과 다른 시드. 수나 낱말.",
    "help.worksheet.fmt": "쓸 형식. 예: latex,pdf,html.",
    "help.worksheet.engine": "PDF를 만드는 엔진.",
    "help.worksheet.output": "쓸 폴더.",
    "help.worksheet.workers": "프로세스의 수. 0이면 이 프로세스에서.  [기본값: 프로세서마다 하나]",
    "help.worksheet.lang": "메시지의 언어.",
    "help.option.fmt": "출력 형식.",
    "help.option.lang": "말의 언어.",
    "help.option.names": "변수를 알린다. 그러면 wx는 w*x이다.",
    "help.option.define": '직접 정의하는 연산. 예: "swish2(x) = x*sigmoid(2*x)".',
    "help.option.shape": "배열의 모양. 예: W=m,n. 여러 번 쓸 수 있다.",
    "help.option.layout": "배열에 대한 도함수의 배치.",
    "help.option.ascii_only": "아스키 문자만 쓴다.",
    "help.option.width": "글의 너비. 기본은 80까지.",
    "help.option.output": "파일에 쓴다.",
    "help.option.engine": "--format pdf에서 조판하는 도구.",
    "help.option.also": "더할 검증. 설치되어 있어야 한다.",
    "help.option.seed": "표본점을 뽑는 비밀 값.",
    "help.option.order": "미분하는 횟수.",
    "help.explain.wrt": "미분하는 변수. 예: w,b. 기본은 쓰인 차례대로 모두.",
    "help.explain.mixed": "섞인 편도함수 하나. 예: w,b이면 먼저 w, 다음에 b.",
    "help.explain.implicit": "식 TEXT가 정하는 이름. 그 곡선에서 dy/dx를 구한다.",
    "help.explain.at": "풀이에 넣을 수. 예: w=0.5,x=2,b=1.",
    "help.explain.vec": "행렬의 행렬에 대한 도함수를 열을 쌓은 벡터의 행렬로 쓴다.",
    "help.explain.method": "배열에 대한 도함수를 설명하는 방법.",
    "help.explain.part": "--method index에서 증명할 단계 하나. 예: X@w, 또는 그 이름.",
    "help.explain.dims": "행렬곱마다 인수의 크기를 적는다.",
    "help.explain.detail": "줄의 수. 기본은 brief, JSON은 normal.",
    "help.explain.standalone": "--format latex에서 그대로 컴파일되는 문서.",
    "help.explain.full_sentences": "이유를 온전한 문장으로 쓴다.",
    "help.explain.check": "줄마다 증명한다.  [기본값: check]",
    "help.explain.hint": "한 줄씩 보인다. Enter를 누르면 다음 줄이 나온다.",
    "help.explain.upto": "처음 STEP줄만 보인다.",
    "help.explain.width": "글의 너비. 기본은 터미널의 너비로, 80까지.",
    "help.network.batch": "표본 N개마다 한 행. 문자나 수. 기본은 표본 하나.",
    "help.network.show_program": "고쳐 쓰고 설명할 수 있는 프로그램을 출력한다.",
    "help.network.init": "매개변수와 자료를 뽑아 수로 계산해 보인다.",
    "help.network.rate": "갱신의 학습률.",
    "help.network.standalone": "LaTeX에서 그대로 컴파일되는 문서.",
    "help.option.check": "기울기마다 증명한다.  [기본값: check]",
    "help.program.wrt": "미분하는 이름. 기본은 매개변수, 없으면 모든 입력.",
    "help.program.at": "수. 예: w=0.5,x=2. 또는 파일: csv, json, npz.",
    "help.program.nodes": "식마다 노드 하나, 또는 연산마다 노드 하나.",
    "help.program.standalone": "LaTeX와 TikZ에서 그대로 컴파일되는 문서.",
    "help.backprop.detail": "기울기마다 얼마나 보일지.",
    "help.backprop.paths": "이 이름들에서 출력까지의 경로를 나열한다.",
    "help.backprop.rate": "이 학습률로 경사 하강법 한 걸음.",
    "help.backprop.digits": "수의 자릿수.",
    "help.graph.fmt": "그림의 형식.",
    "help.ops.lang": "이름의 언어.",
    "help.check.problem": "미분할 식이나 프로그램. 기본은 풀이에 적힌 것.",
    "help.check.wrt": "미분하는 변수. 이름이 여럿이면 고계 도함수.",
    "help.check.domain": "줄을 견주는 구간. 예: x=0.1:2. 여러 번 쓸 수 있다.",
    "help.check.assume": '이름에 대해 아는 것. 예: "x > 0". 여러 번 쓸 수 있다.',
    "help.check.names": "풀이에 더 쓸 수 있는 이름.",
    "help.check.max_skip": "한 줄에서 미분해도 되는 연산의 수.",
    "help.check.points": "맞은 풀이의 점수.  [기본값: 1]",
    "help.grade.fmt": "출력 형식.  [기본값: text]",
    "help.grade.lang": "말의 언어.  [기본값: en]",
    "help.grade_batch.output": "results.jsonl 또는 .csv.",
    "help.grade_batch.workers": "프로세스의 수. 0이면 이 프로세스에서.  [기본값: 프로세서마다 하나]",
    "help.grade_batch.dask": "dask 클러스터의 스케줄러. 예: tcp://host:8786.",
    "help.grade_batch.size": "작업마다 행의 수.  [기본값: 256, 클러스터에서는 1000]",
    "help.grade_batch.fresh": "이미 결과가 있어도 모든 행을 다시 채점한다.",
    "help.grade_batch.encoding": "CSV와 JSON 줄의 인코딩. 예: cp949.  [기본값: utf-8]",
    "help.grade_batch.lang": "메시지의 언어.  [기본값: en]",
    "help.grade_batch.progress": "얼마나 되었는지 stderr에.  [기본값: 터미널에서]",
    "help.question.problem": "미분할 식, 또는 --shape와 함께 프로그램.",
    "help.question.wrt": "미분하는 변수. 이름이 여럿이면 섞인 편도함수.",
    "help.question.order": "미분하는 횟수.  [기본값: 1]",
    "help.question.names": "답에 더 쓸 수 있는 이름.",
    "help.question.at": "답이 수인 문제의 점. 여러 번 쓸 수 있다.",
    "help.question.domain": "답을 견주는 구간. 예: x=0.1:2. 여러 번 쓸 수 있다.",
    "help.question.let": "답에 쓸 수 있는 이름. 예: s=sigmoid(X @ W).",
    "help.question.ambiguous": "두 가지로 읽히는 답을 어떻게 할지.",
    "help.question.form": "답이 갖추어야 할 꼴.",
    "help.question.must_contain": "답에 있어야 할 이름이나 함수. 예: exp,x.",
    "help.question.must_not_contain": "답에 없어야 할 이름이나 함수.",
    "help.question.tolerance": "반올림한 소수를 위한 상대 오차.",
    "help.question.partial": "부분 점수. 예: up_to_sign=0.5. 여러 번 쓸 수 있다.",
    "help.question.points": "맞은 답의 점수.  [기본값: 1]",
    "help.question.diagnose": "틀린 답의 실수를 말할지.",
    "help.question.confirm": "판정하지 못한 것을 SymPy가 다른 프로세스에서 본다.",
    "help.no_command": "'{name}'{name:-이라는/라는} 명령은 없습니다. derivx {close} ...을 뜻했습니까?",
    "click.usage": "사용법:",
    "click.options": "옵션",
    "click.commands": "명령",
    "click.help": "이 도움말을 보이고 끝낸다.",
    "click.version": "버전을 보이고 끝낸다.",
    "click.default": "기본값: {default}",
    "click.required": "필수",
    "click.error": "오류: {message}",
    "click.try": "도움말: '{command} {option}'",
    "click.missing_argument": "빠진 인수",
    "click.missing_option": "빠진 옵션",
    "click.missing_parameter": "빠진 매개변수",
    "click.missing_command": "명령이 없습니다.",
    "click.no_option": "{name} 옵션은 없습니다",
    "click.no_option_older": "{name!r} 옵션은 없습니다.",
    "click.bad_value": "잘못된 값: {message}",
    "click.bad_value_for": "{param_hint}의 값이 잘못됨: {message}",
    "click.no_choice": "{value!r}: {choices} 가운데 하나여야 합니다.",
    "click.no_number": "{value!r}: 올바른 {number_type} 값이 아닙니다.",
    "click.no_range": "{value}: {range} 범위 밖입니다.",
    "click.did_you_mean": "혹시 {possibility}?",
    "click.no_such_command": "{name!r} 명령은 없습니다.",
}
