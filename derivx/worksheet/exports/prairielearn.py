"""PrairieLearn: a folder for each exercise, whose variants are drawn from PrairieLearn's seed.

``question.html`` and ``server.py`` are the same for every exercise: what is particular lies in ``variants.json``, which is never run.
"""

from __future__ import annotations

import json
import uuid

from derivx.grading.safe import json_text
from derivx.worksheet.exports.pack import Pack, answers, digest, feedback, slug
from derivx.worksheet.exports.page import hint, option, question, solution
from derivx.worksheet.sheet import Item, Variant

SERVER = '''"""The variants lie in `variants.json`; derivx draws one from the seed, reads the answers and grades them."""

from derivx.grading import prairielearn


def generate(data):
    prairielearn.generate(data)


def parse(data):
    prairielearn.parse(data)


def grade(data):
    prairielearn.grade(data)
'''
PAGE = """<pl-question-panel>
{{{params.body}}}
</pl-question-panel>

{{#params.choices}}
<pl-multiple-choice answers-name="{{name}}">
{{#options}}
  <pl-answer correct="{{right}}" feedback="{{hint}}">{{{shown}}}</pl-answer>
{{/options}}
</pl-multiple-choice>
{{/params.choices}}

{{#params.inputs}}
<p>{{{label}}} <pl-string-input answers-name="{{name}}" remove-spaces="false" size="50"></pl-string-input></p>
{{/params.inputs}}

<pl-answer-panel>
{{{params.solution}}}
</pl-answer-panel>
"""


def prairielearn(pack: Pack) -> dict[str, bytes]:
    """The folders of ``questions/`` in a course."""
    out: dict[str, bytes] = {}
    for number, pool in enumerate(pack.by_exercise(), 1):
        title = f"{pack.titled()} {number}"
        folder = f"prairielearn/questions/{slug(pack.titled() or 'derivx')}/{number:02d}"
        identity = digest("prairielearn", title, *(item.problem.identity for _, item in pool))
        kinds = sorted({item.problem.kind for _, item in pool})
        info = {
            "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, identity)),
            "title": title,
            "topic": kinds[0],
            "tags": ["derivx", *kinds],
            "type": "v3",
        }
        variants = [_variant(pack, variant, item) for variant, item in pool]
        out |= {
            f"{folder}/info.json": (json.dumps(info, indent=4) + "\n").encode(),
            f"{folder}/question.html": PAGE.encode(),
            f"{folder}/server.py": SERVER.encode(),
            f"{folder}/variants.json": (json_text(variants) + "\n").encode(),
        }
    return out


def _variant(pack: Pack, variant: Variant, item: Item) -> dict[str, object]:
    """What the page shows, and the rows by which answers are graded."""
    shown = {
        "body": question(pack, item),
        "solution": solution(pack, item),
        "choices": _choices(pack, item),
        "inputs": [
            {"name": name, "label": f"{option(asked.name, pack.langs, item.problem.style)} ="}
            for name, asked in answers(item)
            if asked is not None
        ],
    }
    return {"variant": pack.label(variant), "shown": shown, "rows": pack.rows(item)}


def _choices(pack: Pack, item: Item) -> list[dict[str, object]]:
    """PrairieLearn's own element shuffles and grades the options."""
    choices = item.problem.choices
    if choices is None:
        return []
    asked = item.problem.asked[0] if item.problem.asked else None
    options = []
    for i, shown in enumerate(choices.options):
        told = feedback(shown, asked) if asked is not None and i != choices.right else {}
        right = "true" if i == choices.right else "false"
        options.append({"right": right, "shown": option(shown, pack.langs, item.problem.style), "hint": hint(pack, told)})
    return [{"name": name, "options": options} for name, _ in answers(item)]
