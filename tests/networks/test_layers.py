"""Layer lists: programs, gradients by autograd and PyTorch, pages."""

from __future__ import annotations

import importlib.util
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from derivx import ops
from derivx.api.networks import explain_network
from derivx.apps.main import cli
from derivx.check.matrix import draw
from derivx.check.passes import check_pass
from derivx.errors import LimitError, UsageError
from derivx.expr import Num, mul, neg
from derivx.networks.layers import LOSSES, read_layers, read_toml
from derivx.numeric import COMPLEX, space
from derivx.numeric.array_value import array_value
from derivx.render.block import columns
from derivx.syntax import write
from derivx.syntax.program import read_program

ACTIVATIONS = ("relu", "tanh", "sigmoid", "silu", "gelu", "softplus", "elu", "leaky_relu")


def test_a_list_is_a_program() -> None:
    program = read_layers("2-3-1 tanh mse").program()
    assert program.splitlines()[-4:] == ["z1 = W1 @ x + b1", "a1 = tanh(z1)", "z2 = W2 @ a1 + b2", "L = mean((z2 - y)^2)"]
    assert read_program(program).wrt == ("W1", "b1", "W2", "b2")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("3-1 sigmoid mse", ["a1 = sigmoid(z1)", "L = mean((a1 - y)^2)"]),  # the only layer's
        ("3-4-1 sigmoid mse", ["z2 = W2 @ a1 + b2", "L = mean((z2 - y)^2)"]),  # the hidden layers'
        ("3-4-1 tanh sigmoid mse", ["a2 = sigmoid(z2)", "L = mean((a2 - y)^2)"]),
        ("3-1 bce", ["a1 = sigmoid(z1)", "L = -mean(y*log(a1) + (1 - y)*log(1 - a1))"]),
        ("3-1", ["z1 = W1 @ x + b1", "L = mean((z1 - y)^2)"]),
    ],
)
def test_whose_activation_it_is(text: str, lines: list[str]) -> None:
    assert read_layers(text).program().splitlines()[-2:] == lines


def test_the_chapter_of_a_network() -> None:
    found = explain_network(read_layers("4-8-8-3 tanh softmax-ce", "N"))
    assert found.verdict == "PASS"
    assert {n: write(e) for n, e in found.adjoints.items()} == {
        "delta3": "(softmax(Z3) - Y)/N",
        "delta2": "delta3 @ W3.T*(1 - A2^2)",
        "delta1": "delta2 @ W2.T*(1 - A1^2)",
    }
    assert {n: write(a.formula) for n, a in found.answers.items()}["b2"] == "sum(delta2, axis=0)"


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("batch", [None, "N"])
def test_every_loss(loss: str, batch: str | None) -> None:
    assert explain_network(read_layers(f"3-4-5 tanh {loss}", batch)).verdict == "PASS"


@pytest.mark.parametrize("name", [op.name for op in ops.cards() if op.source and len(op.params) == 1 and op in ops.activation.CARDS])
def test_every_activation(name: str) -> None:
    assert explain_network(read_layers(f"3-4-2 {name} mse")).verdict == "PASS"


def test_a_wide_network_is_checked_at_a_smaller_width() -> None:
    found = explain_network(read_layers("784-128-10 relu softmax-ce"))
    assert found.verdict == "PASS"
    assert found.answers["W1"].shape == (128, 784)


@pytest.mark.parametrize("spec", ["2-3-1 tanh mse", "4-8-8-3 tanh softmax-ce N", "30-30-30-30 sigmoid mse"])
def test_a_wrong_gradient_or_adjoint_is_named(spec: str) -> None:
    layers, batch = (spec[:-2], "N") if spec.endswith(" N") else (spec, None)
    found = explain_network(read_layers(layers, batch), check=False)
    answers = dict(found.answers)
    first = answers["W1"]
    for name, answer in answers.items():
        judged = check_pass(found.question, {**answers, name: replace(answer, formula=mul(Num(Decimal("1.0001")), answer.formula))}, 7)
        assert [k for k, checks in judged.items() if any(c.verdict == "FAIL" for c in checks)] == [name]
    for name, formula in first.where.items():
        where = {**first.where, name: neg(formula)}
        judged = check_pass(found.question, {k: replace(a, where=where) for k, a in answers.items()}, 7)
        assert any(c.verdict == "FAIL" for c in judged[name])


@pytest.mark.parametrize(("activation", "batch"), [("tanh", "N"), ("sigmoid", None), ("relu", "32")])
def test_steps_and_nodes_are_linear_in_the_depth(activation: str, batch: str | None) -> None:
    steps, nodes = [], []
    for layers in (10, 20, 30):
        found = explain_network(read_layers("-".join(["4"] * (layers + 1)) + f" {activation} mse", batch), check=False)
        first = found.answers["W1"]
        steps.append(len(first.steps))
        nodes.append(sum(e.size for e in (*first.where.values(), *(a.formula for a in found.answers.values()))))
    assert steps[2] - steps[1] == steps[1] - steps[0] > 0
    assert nodes[2] - nodes[1] == nodes[1] - nodes[0] > 0


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_vanishing_gradients_are_checked(activation: str) -> None:
    assert explain_network(read_layers("-".join(["4"] * 41) + f" {activation} mse", "N")).verdict == "PASS"


def test_numbers_and_an_update() -> None:
    found = explain_network(read_layers("2-3-1 tanh mse"), seed=1)
    assert found.learning is not None
    assert found.learning.after < found.learning.values["L"]
    assert "With numbers" in found.text()
    numbers = found.to_dict()["numbers"]
    for name in found.answers:
        assert np.array(numbers["updated"][name]) == pytest.approx(np.array(numbers[name]) - 0.1 * np.array(numbers[f"d{name}"]))


TOML = 'input = 4\nloss = "softmax-ce"\n[[layer]]\nunits = 5\nactivation = "relu"\n[[layer]]\nunits = 3\nbias = false\n'


def test_toml(tmp_path: Path) -> None:
    found = read_toml(TOML)
    assert found.parameters == ["W1", "b1", "W2"]
    assert tomllib.loads(TOML)["input"] == found.sizes[0]
    file = tmp_path / "net.toml"
    file.write_text(TOML)
    assert "W2 @ a1\n" in CliRunner().invoke(cli, ["network", str(file), "--show-program"]).output


@pytest.mark.parametrize(
    ("text", "batch", "key", "hint"),
    [
        ("2", None, "bad_layers", ""),
        ("", None, "bad_layers", ""),
        ("2-0-1", None, "bad_size", ""),
        ("2-x!-1 tanh mse", None, "bad_size", ""),
        ("2--1 mse", None, "bad_size", ""),
        ("2-3 mse", "0", "bad_size", ""),
        ("2-3 mse", "-5", "bad_size", ""),
        ("2-3 mse", "", "bad_size", ""),
        ("2-y mse", None, "size_taken", ""),
        ("2-3 mse", "W1", "size_taken", ""),
        ("2-3-1 tahn mse", None, "no_such_op", "tanh"),
        ("2-3-1 add mse", None, "no_such_op", ""),
        ("2-3-1 tanh msee", None, "no_such_loss", "mse"),
        ("2-3-1 tanh cross-entropy", None, "no_such_loss", "softmax-ce"),
        ("a b c", None, "no_such_op", ""),
        ("2-3-1 relu tanh sigmoid relu mse", None, "activations", ""),
        ("2-1 sse/(n-2)", None, "too_few_samples", ""),
        ("2-3 sse/(n-2)", "2", "too_few_samples", ""),
    ],
)
def test_what_is_no_network_is_refused(text: str, batch: str | None, key: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_layers(text, batch)
    assert (caught.value.key, caught.value.hint) == (key, hint)
    for lang in ("en", "ko"):
        assert "{" not in caught.value.message(lang)


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ("input = [4", "bad_toml", ""),
        ("input = 4", "bad_layers", ""),
        ("input = 4\nlayer = 3", "bad_layers", ""),
        ("input = 4\nlayer = [3]", "bad_layers", ""),
        ("[[layer]]\nunits = 3", "missing_field", ""),
        ("input = 4\n[[layer]]\nbias = true", "missing_field", ""),
        ("input = 4\n[[layer]]\nunit = 3", "no_such_field", "units"),
        ("input = 4\nlos = 'mse'\n[[layer]]\nunits = 3", "no_such_field", "loss"),
        ("input = 4\n[[layer]]\nunits = -3", "bad_size", ""),
        ("input = 4\n[[layer]]\nunits = true", "bad_size", ""),
        ("input = 4\nbatch = [2]\n[[layer]]\nunits = 2", "bad_size", ""),
        ("input = 4\n[[layer]]\nunits = 3\nactivation = 'rleu'", "no_such_op", "relu"),
        ("input = 4\nloss = 'foo'\n[[layer]]\nunits = 3", "no_such_loss", ""),
    ],
)
def test_a_file_that_is_no_network_is_refused(text: str, key: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_toml(text)
    assert (caught.value.key, caught.value.hint) == (key, hint)


def test_the_batch_of_the_command_counts_before_that_of_the_file() -> None:
    text = "input = 4\nbatch = 'B'\n[[layer]]\nunits = 'h'\n"
    assert (read_toml(text).batch, read_toml(text, "32").batch) == ("B", 32)


@pytest.mark.parametrize("activation", ["softmax", "log_softmax"])
@pytest.mark.parametrize("batch", [None, "N"])
def test_activations_of_a_whole_sample(activation: str, batch: str | None) -> None:
    assert explain_network(read_layers(f"3-4-2 relu {activation} mse", batch)).verdict == "PASS"


def test_a_network_too_large_for_numbers() -> None:
    network = read_layers("20000-20000-1 tanh mse")
    assert explain_network(network).verdict == "PASS"
    with pytest.raises(LimitError):
        explain_network(network, seed=1)


@pytest.mark.parametrize("lang", ["en", "ko", "both"])
@pytest.mark.parametrize("spec", ["2-3-1 tanh mse", "4-8-8-3 tanh softmax-ce --batch N"])
@pytest.mark.parametrize("fmt", ["text", "latex", "markdown", "json"])
def test_the_command(lang: str, spec: str, fmt: str) -> None:
    layers, _, more = spec.partition(" --")
    arguments = ["network", layers, *(f"--{more}".split() if more else []), "--lang", lang, "--format", fmt]
    result = CliRunner(env={"COLUMNS": "80"}).invoke(cli, arguments)
    assert result.exit_code == 0
    if fmt == "text":
        assert max(map(columns, result.output.split("\n"))) <= 80


@pytest.mark.torch
@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch")
@pytest.mark.parametrize("seed", range(20))
def test_gradients_are_those_of_pytorch(seed: int) -> None:
    import torch

    rng = Random(seed)
    sizes = [rng.randint(2, 6) for _ in range(rng.randint(2, 5))]
    activation, loss = rng.choice(("relu", "tanh", "sigmoid")), rng.choice(("mse", "softmax-ce", "sse"))
    network = read_layers(f"{'-'.join(map(str, sizes))} {activation} {loss}", str(rng.randint(2, 5)))
    found = explain_network(network, check=False)
    env = draw(found.question, next(iter(found.answers.values())), 0, seed)
    tensors: dict[str, Any] = {n: torch.tensor(env[n], dtype=torch.float64, requires_grad=n[0] in "Wb") for n in found.question.shapes}
    value = tensors["X"]
    count = len(sizes) - 1
    for i in range(1, count + 1):
        value = value @ tensors[f"W{i}"] + tensors[f"b{i}"]
        value = getattr(torch, activation)(value) if i < count or count == 1 else value
    target = tensors["Y"]
    if loss == "softmax-ce":
        total = torch.nn.CrossEntropyLoss()(value, target)
    else:
        total = ((value - target) ** 2).mean() if loss == "mse" else ((value - target) ** 2).sum()
    total.backward()
    here = dict(env)
    for name, formula in (*found.question.let, *next(iter(found.answers.values())).where.items()):
        here[name] = np.real(array_value(formula, here, space(COMPLEX)))
    for name, answer in found.answers.items():
        ours = np.real(array_value(answer.formula, here, space(COMPLEX)))
        theirs = tensors[name].grad.numpy()
        assert np.max(np.abs(ours - theirs)) <= 1e-12 * max(1.0, float(np.max(np.abs(theirs)))), name
