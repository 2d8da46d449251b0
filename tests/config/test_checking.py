"""Values to configs: every error at once, each with its line, its key and what was expected."""

import pytest

from jena_rnn.base.errors import ConfigError
from jena_rnn.config.models import MODELS, Conv
from jena_rnn.tasks import parse

KINDS = "dense or gru or lstm or simple_rnn or stacked or bidirectional or conv or conv_gru"


def errors_in(text: str, *overrides: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text, "x.yaml", overrides)
    assert caught.value.exit_code == 2
    return [line.removeprefix("x.yaml:") for line in str(caught.value).split("\n")]


@pytest.mark.parametrize("name", MODELS)
def test_the_name_of_a_model_picks_its_keys(name: str) -> None:
    assert parse(f"model: {{name: {name}}}").model == MODELS[name]()


def test_a_model_without_a_name_is_the_default_of_its_task() -> None:
    assert parse("model: {units: 3}").model.name == "gru"
    assert parse("task: reviews\nmodel: {units: 3}").model.name == "lstm"


def test_a_section_without_keys_is_all_defaults() -> None:
    assert parse("training:\nmodel:\ndata:\n") == parse("seed: 0")


def test_keys_left_out_of_a_layer_of_a_stack_are_as_if_the_section_were_left_out() -> None:
    part = parse("model: {name: stacked, first: {units: 8}, second: {activation: tanh}}").model
    whole = parse("model: {name: stacked}").model
    assert part == whole.but(first=whole.first.but(units=8), second=whole.second.but(activation="tanh"))


def test_all_errors_are_reported_at_once() -> None:
    text = """\
name: ../../x
seed: true
seed: 4
windoes: {step: 6}
windows:
  lookback: 12:30:45
  protocol: strickt
model:
  name: gruu
training: {learning_rate: .nan, epochs: 0, early_stopping: 3, fast_layers: yes}
split: {train: [0, x], val: [9, 5]}
data: {columns: [a, ''], target: ''}
"""
    assert sorted(errors_in(text, "windows.stepp=2", "nothing")) == sorted(
        [
            "3: seed: repeated; first given at x.yaml:2",
            "--set nothing: expected key.sub=value, such as model.units=64",
            "1: name: expected a name of letters, digits, '.', '_' and '-' (64 at most), got ../../x",
            "2: seed: expected a whole number, got true",
            "4: windoes: unknown key; did you mean 'windows'?",
            "6: windows.lookback: expected a whole number, got 12:30:45",
            "7: windows.protocol: expected book or strict, got strickt; did you mean 'strict'?",
            "--set windows.stepp=2: windows.stepp: unknown key; did you mean 'step'?",
            f"9: model.name: expected {KINDS}, got gruu; did you mean 'gru'?",
            "10: training.learning_rate: expected a finite number, got .nan",
            "10: training.epochs: expected at least 1, got 0",
            "10: training.early_stopping: expected keys and values, got 3",
            "10: training.fast_layers: expected auto or true or false, got yes",
            "11: split.train: expected a list of 2 whole numbers in brackets, such as [0, 200000], got [0, x]",
            "11: split.val: expected [first, end] with first < end, got [9, 5]",
            "12: data.columns: expected a list of texts in brackets, none of them empty, got [a, '']",
            "12: data.target: expected text that is not empty, got ''",
        ]
    )


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("model: {name: gru, kernel_size: 3}", ["1: model.kernel_size: unknown key"]),
        ("model: {name: stacked, first: {unitz: 3}}", ["1: model.first.unitz: unknown key; did you mean 'units'?"]),
        ("units: 3", ["1: units: unknown key; did you mean 'model.units'?"]),
        ("model: 3", [f"1: model: expected keys and values, name ({KINDS}) among them, got 3"]),
        ("model: {name: 5}", [f"1: model.name: expected {KINDS}, got 5"]),
        ("- a", ["1: expected keys and values, got [a]"]),
        ("training: {fast_layers: 'true'}", ["1: training.fast_layers: expected auto or true or false, "]),
        ("training: {plateau: {factor: 1}}", ["1: training.plateau.factor: expected less than 1, got 1"]),
        ("seed: 10000000000000000", ["1: seed: expected less than 4294967296, got 10000000000000000"]),
        ("data: {sample: 1}", ["1: data.sample: expected true or false, got 1"]),
        ('data: {path: "a\\nb"}', ["1: data.path: expected text without control characters, got a\\nb"]),
    ],
)
def test_an_error_names_its_key_and_what_was_expected(text: str, errors: list[str]) -> None:
    found = errors_in(text)
    assert len(found) == len(errors)
    assert all(line.startswith(start) for line, start in zip(found, errors, strict=True)), found


def test_an_option_of_one_model_fits_only_that_model() -> None:
    assert parse("model: {name: conv, kernel_size: 3}").model == Conv(kernel_size=3)


def test_a_number_is_taken_as_text_where_text_is_due() -> None:
    assert parse("book: {listing: 6.40}").book.listing == "6.40"
    assert parse("data: {columns: [a], target: 5}").data.target == "5"


def test_a_whole_number_is_taken_as_a_number() -> None:
    rate = parse("training: {learning_rate: 1}").training.learning_rate
    assert (rate, type(rate)) == (1.0, float)


def test_the_words_of_a_literal_are_quoted_back_without_their_quotes() -> None:
    (error,) = errors_in("training: {jit_compile: 'false'}")
    assert error.endswith("; write it without its quotes")


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("windows: {lookback: 1441}\nmodle: 1", ["windows.lookback"]),
        ("windows: {lookback: 1441, step: six}", []),
        ("windows: {lookbak: 12, step: 7}", []),
        ("windows: {history: 12, step: 7}", []),
        ("training: {steps_per_epoch: null, epochs: 0}", ["training.steps_per_epoch"]),
        ("windows: {protocol: x}\ntraining: {steps_per_epoch: null}", []),
        ("seed: x\ndata: {decimal: ','}", ["data.decimal"]),
        ("model: {name: grru}\ntraining: {fast_layers: true}", []),
        ("seed: 1\nseed: 2\nsplit: {train: [5, 5]}", ["split.train"]),
    ],
)
def test_a_rule_between_keys_is_reported_unless_one_of_its_keys_is_wrong_itself(text: str, rules: list[str]) -> None:
    expected_of_rules = [line for line in errors_in(text) if any(f" {rule}: expected" in line for rule in rules)]
    assert len(expected_of_rules) == len(rules)
    others = [line for line in errors_in(text) if line not in expected_of_rules]
    assert not any("multiple of" in line or "protocol is book" in line for line in others)


def test_control_characters_of_a_file_never_reach_the_terminal() -> None:
    assert errors_in('"\\e]0;x\\a": 1') == ["1: \\x1b]0;x\\x07: unknown key"]


def test_a_long_key_is_cut_in_its_message() -> None:
    assert errors_in(f"{'k' * 999}: 1") == [f"1: {'k' * 79}…: unknown key"]
