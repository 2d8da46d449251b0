import dataclasses
import itertools
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jena_rnn.config.rules import broken_rules
from jena_rnn.config.safe_yaml import MAX_BYTES

from jena_rnn.base.errors import ConfigError, FileError
from jena_rnn.config.deviations import deviations
from jena_rnn.config.experiment import Book, Config, EarlyStopping, Forecasting, Split, Windows
from jena_rnn.config.loading import Override, dump, find, load, parse, places_of, shipped
from jena_rnn.config.models import MODELS, Conv, Gru, Lstm, Stacked

often = settings(database=None, deadline=None, max_examples=150)
NAMED = "expected a name of letters, digits, '.', '_' and '-' (64 at most), got"
KINDS = "dense or gru or lstm or simple_rnn or stacked or bidirectional or conv or conv_gru"


def errors_in(text: str, *overrides: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text, "gru.yaml", overrides)
    assert caught.value.exit_code == 2
    return str(caught.value).split("\n")


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], str]:
    """Return a function that writes `my.yaml` into the working directory, an empty one."""
    monkeypatch.chdir(tmp_path)

    def written(content: bytes) -> str:
        Path("my.yaml").write_bytes(content)
        return "my.yaml"

    return written


# ---- what a file says


def test_a_file_overrides_defaults_and_leaves_the_rest() -> None:
    config = parse("model: {name: lstm, units: 8}\ntraining: {learning_rate: 1e-3}\nseed: 010\n")
    assert config == Config(seed=10, model=Lstm(units=8), training=Forecasting(learning_rate=0.001))


@pytest.mark.parametrize("name", MODELS)
def test_the_name_of_a_model_picks_its_options(name: str) -> None:
    assert parse(f"model: {{name: {name}}}").model == MODELS[name]()


def test_an_option_of_another_model_is_unknown() -> None:
    assert parse("model: {name: conv, kernel_size: 3}").model == Conv(kernel_size=3)
    assert errors_in("model: {name: gru, kernel_size: 3}") == ["gru.yaml:1: model.kernel_size: unknown key"]
    assert errors_in("model: {name: gru, dropuot: 0}") == [
        "gru.yaml:1: model.dropuot: unknown key; did you mean 'dropout'?"
    ]


def test_all_errors_are_told_at_once_each_with_line_key_and_what_was_expected() -> None:
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
training: {learning_rate: .nan, epochs: 0, early_stopping: 3}
"""
    assert errors_in(text, "windows.stepp=2", "nothing") == [
        "gru.yaml:3: seed: repeated; first given at gru.yaml:2",
        "--set nothing: expected key.sub=value, such as model.units=64",
        f"gru.yaml:1: name: {NAMED} ../../x",
        "gru.yaml:2: seed: expected a whole number, got true",
        "gru.yaml:4: windoes: unknown key; did you mean 'windows'?",
        "gru.yaml:6: windows.lookback: expected a whole number, got 12:30:45",
        "gru.yaml:7: windows.protocol: expected book or strict, got strickt; did you mean 'strict'?",
        "--set windows.stepp=2: windows.stepp: unknown key; did you mean 'step'?",
        f"gru.yaml:9: model.name: expected {KINDS}, got gruu; did you mean 'gru'?",
        "gru.yaml:10: training.learning_rate: expected a finite number, got .nan",
        "gru.yaml:10: training.epochs: expected at least 1, got 0",
        "gru.yaml:10: training.early_stopping: expected keys and values, got 3",
    ]


def test_a_broken_rule_stands_where_its_key_was_written() -> None:
    text = "windows:\n  step: 7\nsplit:\n  val: [9, 300000]\n"
    assert errors_in(text) == [
        "gru.yaml:1: windows.lookback: expected a multiple of windows.step (7), got 1440",
        "gru.yaml:4: split.val: expected to begin at or after the end of split.train (200000), got 9",
    ]
    assert errors_in("windows:\n  lookback: 12\n", "windows.lookback=1441") == [
        "--set windows.lookback=1441: windows.lookback: expected a multiple of windows.step (6), got 1441"
    ]


def test_what_is_wrong_with_a_key_stands_where_the_key_does() -> None:
    text = "traning:\n  # how long\n  epochs: 5\nmodel:\n\n  # big\n  units: 3\n"
    text += "model:\n  unitz: 4\ndata:\n  - x\nseed:\n  abc\n"
    assert [error.removeprefix("gru.yaml:") for error in errors_in(text)] == [
        "8: model: repeated; first given at gru.yaml:4",
        "1: traning: unknown key; did you mean 'training'?",
        "9: model.unitz: unknown key; did you mean 'units'?",
        "10: data: expected keys and values, got [x]",
        "12: seed: expected a whole number, got abc",
    ]


def test_all_values_of_a_repeated_key_are_looked_at() -> None:
    text = "seed: 1\nseed: abc\nmodel: 3\nmodel: {unitz: 1}\nmodel: {units: x}\ntraining:\n  epochs: 0\n  epochs: -1\n"
    assert [error.removeprefix("gru.yaml:") for error in errors_in(text)] == [
        "2: seed: repeated; first given at gru.yaml:1",
        "4: model: repeated; first given at gru.yaml:3",
        "5: model: repeated; first given at gru.yaml:3",
        "8: training.epochs: repeated; first given at gru.yaml:7",
        "2: seed: expected a whole number, got abc",
        f"3: model: expected keys and values, name ({KINDS}) among them, got 3",
        "4: model.unitz: unknown key; did you mean 'units'?",
        "5: model.units: expected a whole number, got x",
        "7: training.epochs: expected at least 1, got 0",
        "8: training.epochs: expected at least 1, got -1",
    ]


def test_a_repeated_name_or_task_is_told_as_repeated_alone() -> None:
    assert errors_in("model: {name: gru, name: lstm}\ntask: forecast\ntask: reviews\n") == [
        "gru.yaml:1: model.name: repeated; first given at gru.yaml:1",
        "gru.yaml:3: task: repeated; first given at gru.yaml:2",
    ]


def test_an_unknown_task_hides_nothing_that_is_wrong_in_any() -> None:
    text = (
        "task: Reviews\nseed: x\nname: ../../y\nfoo: 1\nwindows: {step: x}\nwords: {count: x}\ntraining: {epochs: 0}\n"
    )
    errors = errors_in(text)
    assert [error.removeprefix("gru.yaml:").partition(": expected")[0] for error in errors] == [
        *("1: task", "2: seed", "3: name", "4: foo: unknown key", "7: training.epochs"),
    ]


def test_a_repeated_key_is_refused_even_where_all_else_is_right() -> None:
    assert errors_in("seed: 1\nseed: 1\n") == ["gru.yaml:2: seed: repeated; first given at gru.yaml:1"]


@pytest.mark.parametrize("name", ["../../x", "a/b", ".hidden", "-rf", "a b", "", "é", "x" * 65, "..", "C:x"])
def test_a_name_that_could_leave_its_directory_is_refused(name: str) -> None:
    shown = name or "''"
    assert errors_in(f"name: '{name}'") == [f"gru.yaml:1: name: {NAMED} {shown}"]


def test_control_characters_of_a_file_never_reach_the_terminal() -> None:
    assert errors_in('"\\e]0;x\\a": 1\nmodel: {name: "a\\nb\\r\\x9b"}\n') == [
        "gru.yaml:1: \\x1b]0;x\\x07: unknown key",
        f"gru.yaml:2: model.name: expected {KINDS}, got a\\nb\\r\\x9b",
    ]


def test_a_long_key_is_cut_in_its_message() -> None:
    assert errors_in(f"{'k' * 999}: 1") == [f"gru.yaml:1: {'k' * 79}…: unknown key"]


# ---- overrides


@pytest.mark.parametrize(
    ("override", "changes"),
    [
        ("seed=3", {"seed": 3}),
        (" seed =3", {"seed": 3}),
        ("name=b", {"name": "b"}),
        ("data.path=a=b.csv", {"data": {"path": "a=b.csv"}}),
        ('data.path="a#b c.csv"', {"data": {"path": "a#b c.csv"}}),
        ("data.columns=[T (degC), p (mbar)]", {"data": {"columns": ("T (degC)", "p (mbar)")}}),
        ("split.train=[0,50000]", {"split": {"train": (0, 50000)}}),
        ("model.units=64", {"model": {"units": 64}}),
        ("training.learning_rate=1e-4", {"training": {"learning_rate": 0.0001}}),
        ("training.steps_per_epoch= 7 ", {"training": {"steps_per_epoch": 7}}),
    ],
)
def test_an_override_wins_over_the_file(override: str, changes: dict[str, Any]) -> None:
    text = "name: a\nseed: 1\ndata: {path: x}\nmodel: {name: gru, units: 8}\ntraining: {learning_rate: 1}\n"
    expected = parse(text)
    for key, value in changes.items():
        new = dataclasses.replace(getattr(expected, key), **value) if isinstance(value, dict) else value
        expected = dataclasses.replace(expected, **{key: new})
    assert parse(text, overrides=[override]) == expected


def test_the_last_override_of_a_key_wins() -> None:
    assert parse("seed: 1", overrides=["seed=2", "seed=3"]).seed == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("split: {train: [5, 2], val: [1]}", ["split.val: expected a list of 2", "split.train: expected [first, end]"]),
        (
            "split: {train: [0, null], val: [200001, null], test: [-5, null]}",
            ["split.test: expected at least 0", "split.train: expected an end", "split.val: expected an end"],
        ),
        ("{book: 6.39, training: {steps_per_epoch: null}}", ["book: expected keys", "training.steps_per_epoch: "]),
        ("{books: {x: 1}, training: {steps_per_epoch: null}}", ["books: unknown", "training.steps_per_epoch: "]),
        ("{data: {columns: [seed, seed]}, seed: x}", ["seed: expected a whole", "data.columns: expected each column"]),
        ("{data: {date_format: '%d seed'}, seed: x}", ["seed: expected a whole", "data.date_format: "]),
        ("split: {train: [0, x]}", ["split.train: expected a list of 2 whole numbers in brackets, got [0, x]"]),
        ("data: {columns: [a, true]}", ["data.columns: expected a list of texts in brackets or null, got [a, true]"]),
        (
            'data: {decimal: ",", delimiter: ",", max_rows: abc, columns: [a, a]}',
            ["data.max_rows: expected a whole", "data.decimal: expected another", "data.columns: expected each column"],
        ),
        ("split: {train: [0, 9], vall: [9, 20]}", ["split.vall: unknown key"]),
        ("{windows: {lookback: 10, step: x}}", ["windows.step: expected a whole"]),
        (
            "{windows: {lookback: 10, step: 3, delay: x}}",
            ["windows.delay: expected", "windows.lookback: expected a mul"],
        ),
        ("{model: {name: grru}, windows: {lookback: 10, step: 3}}", ["model.name", "windows.lookback"]),
        (
            'data: {pth: x.csv, decimal: ",", columns: [], date_format: "%d.%Y"}',
            ["data.pth: unknown key", "data.decimal: ", "data.columns: ", "data.date_format: "],
        ),
        (
            "windows: {lookbak: 3, lookback: 10, step: 3}",
            ["windows.lookbak: unknown", "windows.lookback: expected a mul"],
        ),
        ("windows: {lookbak: 3, step: 7}", ["windows.lookbak: unknown"]),
        ("windows: {history: 3, step: 7}", ["windows.history: unknown"]),
        (
            "windows: {history: 3, step: 7, lookback: 10}",
            ["windows.history: unknown", "windows.lookback: expected a m"],
        ),
        ("{lookback: 14, windows: {step: 7}}", ["lookback: unknown key; did you mean 'windows.lookback'"]),
        ("{data: {lookback: 14}, windows: {step: 7}}", ["data.lookback: unknown key"]),
        ("{window: {lookback: 14}, split: {train: [5, 5]}}", ["window: unknown", "split.train: expected [first"]),
        ("{foo: {lookback: 14}, windows: {step: 7}}", ["foo: unknown", "windows.lookback: expected a mul"]),
        ("{foo: 1, training: {steps_per_epoch: null}}", ["foo: unknown", "training.steps_per_epoch: expected"]),
        ("{trainin: 1, training: {steps_per_epoch: null}}", ["trainin: unknown", "training.steps_per_epoch: expected"]),
        ("{window: {protocol: strict}, training: {steps_per_epoch: null}}", ["window: unknown"]),
        ("training: {lr: 2, plateau: {minimum: 1}}", ["training.lr: unknown"]),
        (
            "training: {steps_per_epoch: null, plateau: {factor: 2}}",
            ["training.plateau.factor: expected less than 1", "training.steps_per_epoch: expected a number"],
        ),
        (
            "training: {early_stopping: {patience: 0}, plateau: {minimum: 1}, fast_layers: true, jit_compile: true}",
            ["training.early_stopping.patience", "training.jit_compile: ", "training.plateau.minimum: "],
        ),
        ("training: {plateau: {minimun: 1, factor: 2}}", ["plateau.minimun: unknown", "plateau.factor: expected"]),
        ("training: {plateau: 5, fast_layers: true, jit_compile: true}", ["plateau: expected keys", "jit_compile: "]),
        (
            "{model: {name: stacked, first: {name: grru}}, windows: {lookback: 10, step: 3}}",
            ["model.first.name: ", "windows.lookback: "],
        ),
        ("{model: {name: dens}, training: {fast_layers: true}}", ["model.name: "]),
        (
            "windows: {step: 1}\nwindows: {stepp: 2, lookback: x}",
            ["windows: repeated", "windows.stepp: unknown", "windows.lookback: expected a whole"],
        ),
    ],
)
def test_a_key_that_cannot_be_read_hides_no_other_error(text: str, expected: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(expected), lines
    assert all(start in line for start, line in zip(expected, lines, strict=True)), lines


def test_an_override_makes_the_sections_on_its_way() -> None:
    patient = EarlyStopping(patience=2)
    for text in ("seed: 0", "training:", "training: {early_stopping: null}"):
        assert parse(text, overrides=["training.early_stopping.patience=2"]).training.early_stopping == patient


def test_a_model_can_be_named_in_short() -> None:
    for override in ("model=lstm", "model={name: lstm}"):
        assert parse("model: {name: conv, filters: 8}", overrides=[override]).model == Lstm()
    assert errors_in("seed: 0", "model=lstn") == [
        f"--set model=lstn: model.name: expected {KINDS}, got lstn; did you mean 'lstm'?"
    ]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("seed", "--set seed: expected key.sub=value, such as model.units=64"),
        ("", "--set : expected key.sub=value, such as model.units=64"),
        ("=1", "--set =1: expected key.sub=value, such as model.units=64"),
        ("model..units=1", "--set model..units=1: expected key.sub=value, such as model.units=64"),
        (
            ".".join("a" * 21) + "=1",
            f"--set {'.'.join('a' * 21)}=1: expected key.sub=value, such as model.units=64",
        ),
        ("seed=", "--set seed=: seed: expected a whole number, got null"),
        ("seed=x", "--set seed=x: seed: expected a whole number, got x"),
        ("seed=1\nname: b", "--set seed=1\\nname: b: seed: expected one value after '='"),
        (
            "seed=1\n---\n2",
            "--set seed=1\\n---\\n2: seed: not YAML: but found another document"
            " (expected a single document in the stream)",
        ),
        ("seed=\x1b[2J", "--set seed=\\x1b[2J: seed: not YAML: the character '\\x1b' is refused"),
        ("seed=\udcff", "--set seed=\\udcff: seed: not YAML: the character '\\udcff' is refused"),
        ("se\x1b=1", "--set se\\x1b=1: se\\x1b: unknown key"),
        (
            "seed=*a",
            "--set seed=*a: seed: anchors and aliases (& and *) are refused; write the value out; "
            "as text: 'seed=\"*a\"'",
        ),
        (
            "seed=!!int 1",
            "--set seed=!!int 1: seed: the tag 'tag:yaml.org,2002:int' is refused; plain values only; "
            "as text: 'seed=\"!!int 1\"'",
        ),
        (
            "data.target=Temp #2",
            "--set data.target=Temp #2: data.target: expected a value, got a comment in YAML: #2; "
            "as text: 'data.target=\"Temp #2\"'",
        ),
        (
            "data.date=#t",
            "--set data.date=#t: data.date: expected a value, got a comment in YAML: #t; as text: 'data.date=\"#t\"'",
        ),
        (
            "data.delimiter=|",
            "--set data.delimiter=|: data.delimiter: expected a value, got the beginning of a block in YAML: |; "
            "as text: 'data.delimiter=\"|\"'",
        ),
        ("task=", "--set task=: task: expected forecast or reviews, got null"),
        ("data.path=''", "--set data.path='': data.path: expected text that is not empty, got ''"),
        ("data.columns=['']", "--set data.columns=['']: data.columns: expected text that is not empty, got ['']"),
        ("task=[reviews]", "--set task=[reviews]: task: expected forecast or reviews, got [reviews]"),
        ("SEED=1", "--set SEED=1: SEED: unknown key; did you mean 'seed'?"),
        ("seed=a: b", "--set seed=a: b: seed: not YAML: mapping values are not allowed here; as text: 'seed=\"a: b\"'"),
        (
            "data.date_format=%d.%m",
            "--set data.date_format=%d.%m: data.date_format: not YAML: found character '%' that cannot start any token "
            "(while scanning for the next token); as text: 'data.date_format=\"%d.%m\"'",
        ),
        ("model.kernel_size=3", "--set model.kernel_size=3: model.kernel_size: unknown key"),
        ("name.x=1", "--set name.x=1: name.x: expected a section above it, got a value"),
        ("name.x.y=1", "--set name.x.y=1: name.x.y: expected a section above it, got a value"),
        ("sead=1", "--set sead=1: sead: unknown key; did you mean 'seed'?"),
        ("sead.x=1", "--set sead.x=1: sead: unknown key; did you mean 'seed'?"),
        (
            "data.path." + ".".join("a" * 18) + "=1",
            f"--set data.path.{'.'.join('a' * 18)}=1: data.path.{'.'.join('a' * 18)}:"
            " expected a section above it, got a value",
        ),
        ("seed=" + "9" * 4000, f"--set seed={'9' * 74}…: seed: expected a whole number, got {'9' * 79}…"),
        ("seed=" + "[" * 50_000, f"--set seed={'[' * 74}…: seed: nested more than 20 deep"),
    ],
)
def test_a_bad_override_is_named_by_itself(override: str, message: str) -> None:
    assert errors_in("name: a\ndata: {path: x}\nmodel: {name: gru}", override) == [message]


def test_a_deep_value_under_a_deep_key_is_told_in_one_line() -> None:
    (message,) = errors_in("seed: 1", "data.path." + ".".join("a" * 18) + "={" + "a: {" * 18 + "}" * 19)
    assert "data.path: expected text, got {a: {a: {a:" in message


# ---- files


def test_the_name_of_the_file_names_its_runs(write: Callable[[bytes], str]) -> None:
    assert load(write(b"seed: 2")).name == "my"
    assert load(write(b"name: other")).name == "other"
    assert load(write(b"name: other"), ["name=third"]).name == "third"


@pytest.mark.parametrize(
    ("file", "name"), [("a b.yaml", "a_b"), ("-x.yaml", "x"), ("é.yaml", "experiment"), ("x" * 99 + ".yaml", "x" * 64)]
)
def test_a_file_name_that_is_no_name_is_made_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(file).write_text("seed: 1")
    assert load(file).name == name


def test_a_csv_is_no_config(tmp_path: Path) -> None:
    path = tmp_path / "station.csv"
    path.write_text("a,b\n")
    with pytest.raises(ConfigError, match=r"station\.csv: expected a YAML config; data is named with --data "):
        load(path)


def test_an_options_override_is_named_by_the_option() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("{}", "x.yaml", [Override("training.epochs=0", "--epochs 0")])
    assert str(caught.value) == "--epochs 0: training.epochs: expected at least 1, got 0"


def test_rules_between_keys_are_told_with_the_others_unless_their_keys_are_wrong_themselves() -> None:
    text = "windows: {lookback: 1441}\nmodle: 1\n"
    with pytest.raises(ConfigError) as caught:
        parse(text, "x.yaml")
    assert str(caught.value).splitlines() == [
        "x.yaml:2: modle: unknown key; did you mean 'model'?",
        "x.yaml:1: windows.lookback: expected a multiple of windows.step (6), got 1441",
    ]
    with pytest.raises(ConfigError) as caught:
        parse("windows: {lookback: 1441, step: six}\n", "x.yaml")
    assert str(caught.value) == "x.yaml:1: windows.step: expected a whole number, got six"


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfseed: 5\n", b"seed: 5\r\n# x\r\n", b"---\nseed: 5\n...\n"])
def test_byte_order_mark_and_line_ends_change_nothing(content: bytes, write: Callable[[bytes], str]) -> None:
    assert load(write(content)) == Config(name="my", seed=5)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"seed: 1\n# \xff\n", "my.yaml:2: not UTF-8 text"),
        ("seed: 1".encode("utf-16"), "my.yaml:1: not UTF-8 text"),
        (b"", "my.yaml: the file is empty; expected keys such as 'model:'"),
        (b"a" * (MAX_BYTES + 1), "my.yaml: a config of more than 64 KiB is refused"),
        (b"\xff" * (MAX_BYTES + 1), "my.yaml: a config of more than 64 KiB is refused"),
        (b"- a\n", "my.yaml:1: expected keys and values, got [a]"),
        (b"gru\n", "my.yaml:1: expected keys and values, got gru"),
        (b"seed: \0\n", "my.yaml:1: not YAML: the character '\\x00' is refused"),
    ],
)
def test_a_file_that_is_no_config_is_refused(content: bytes, message: str, write: Callable[[bytes], str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(content))
    assert str(caught.value) == message


def test_overrides_add_nothing_to_what_is_wrong_with_a_file_that_is_no_config() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("- a", "my.yaml", [Override("data.path=x.csv", "--data x.csv"), Override("seed=1", "--seed 1")])
    assert str(caught.value) == "my.yaml:1: expected keys and values, got [a]"


def test_a_missing_file_names_the_shipped_ones_and_the_nearest(write: Callable[[bytes], str]) -> None:
    known = ", ".join(shipped())
    folder = "is not a file; expected a YAML file (of a run, its config.yaml)"
    Path("folder").mkdir()
    Path("loop.yaml").symlink_to("loop.yaml")
    for file, message in [
        ("lstn", f"lstn: no such config; shipped ones can be named: {known}; did you mean 'lstm'?"),
        ("a\x1b\n\0.yaml", f"a\\x1b\\n\\x00.yaml: no such config; shipped ones can be named: {known}"),
        (
            "my/configs/gruu.yaml",
            f"my/configs/gruu.yaml: no such config; shipped ones can be named: {known}; did you mean 'gru'?",
        ),
        ("folder", f"folder: {folder}; shipped ones can be named: {known}"),
        (".", f".: {folder}; shipped ones can be named: {known}"),
        ("loop.yaml", f"loop.yaml: a symbolic link that leads nowhere; shipped ones can be named: {known}"),
        ("", f"'': {folder}; shipped ones can be named: {known}"),
        ("/", f"/: {folder}; shipped ones can be named: {known}"),
    ]:
        with pytest.raises(ConfigError) as caught:
            load(file)
        assert str(caught.value) == message
        assert caught.value.exit_code == 2


@pytest.mark.parametrize("call", ["is_file", "read_bytes"])
def test_a_file_that_the_system_does_not_give_is_a_file_error(
    call: str, write: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = write(b"seed: 1")
    monkeypatch.setattr(Path, call, refuse)
    with pytest.raises(FileError) as caught:
        load(file)
    assert str(caught.value) == "my.yaml: cannot read the config: Permission denied"
    assert caught.value.exit_code == 4


def test_shipped_configs_can_be_named_and_a_file_of_that_name_wins(write: Callable[[bytes], str]) -> None:
    assert isinstance(load("gru").model, Gru)
    assert find("gru") == shipped()["gru"]
    Path("gru").mkdir()
    assert find("gru") == shipped()["gru"]
    Path("lstm").write_text("seed: 99")
    assert load("lstm").seed == 99


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_shipped_config_loads_under_its_own_name_and_dumps_back(name: str) -> None:
    config = load(name)
    assert config.name == name.replace("/", "_")
    assert parse(dump(config)) == config


# ---- properties


def values(hint: Any, bounds: Any) -> st.SearchStrategy[Any]:
    """Return what a field of this type and these bounds may hold."""
    if dataclasses.is_dataclass(hint):
        return made(hint)
    if get_origin(hint) is types.UnionType:
        return st.one_of([values(kind, bounds) for kind in get_args(hint)])
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if get_origin(hint) is tuple and get_args(hint)[-1] is Ellipsis:
        return st.lists(values(get_args(hint)[0], bounds), min_size=1, max_size=4).map(tuple)
    if get_origin(hint) is tuple:
        return st.tuples(*[values(kind, bounds) for kind in get_args(hint)])
    return single(hint, bounds)


def single(hint: Any, bounds: Any) -> st.SearchStrategy[Any]:
    if hint is int:
        return st.integers(bounds.get("at_least", -5), bounds.get("below", 10_000) - 1)
    if hint is float:
        low, high = bounds.get("at_least", bounds.get("above")), bounds.get("below")
        shape = {"exclude_min": "above" in bounds, "exclude_max": "below" in bounds}
        return st.floats(low, high, allow_nan=False, allow_infinity=False, **shape)
    if hint is str and "matches" in bounds:
        return st.from_regex(bounds["matches"][0], fullmatch=True)
    words = st.sampled_from(
        ["1e-3", "010", "12:30", "true", "null", "~", "", " x ", "#", "- a", "a: b", "'", "<<", "="]
    )
    letters = st.characters(exclude_categories=("Cc", "Cs"))
    texts = words | st.text(letters | st.just("\t"), max_size=30)
    return {str: texts.filter(bool) if "filled" in bounds else texts, bool: st.booleans()}.get(hint, st.none())


def made(cls: Any) -> st.SearchStrategy[Any]:
    hints, parts = get_type_hints(cls), {}
    for field in dataclasses.fields(cls):
        options = field.metadata.get("options", {})
        choices = [made(option) for option in options.values()]
        parts[field.name] = st.one_of(choices) if choices else values(hints[field.name], field.metadata)
    return st.builds(cls, **parts)


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Return a config of any model that breaks no rule."""
    config: Config = draw(made(Config))
    rows = sorted(draw(st.lists(st.integers(0, 10**6), min_size=6, max_size=6, unique=True)))
    step = config.windows.step
    dates = draw(st.sampled_from([None, "%d.%m.%Y %H:%M:%S", "%Y-%m-%dT%H:%M", "le %d é %m: '%y'"]))
    config = dataclasses.replace(
        config,
        data=dataclasses.replace(config.data, date_format=dates),
        split=Split((rows[0], rows[1]), (rows[2], rows[3]), (rows[4], None), rows[5], config.split.scale),
        windows=dataclasses.replace(config.windows, lookback=step * draw(st.integers(300, 2000))),
    )
    if config.training.steps_per_epoch is None:
        windows = dataclasses.replace(config.windows, protocol="strict")
        config = dataclasses.replace(config, windows=windows)
    if any(broken.path == "model" for broken in broken_rules(config)):
        config = dataclasses.replace(config, model=dataclasses.replace(config.model, kernel_size=1, pool_size=1))
    assume(not broken_rules(config))
    return config


@settings(often, max_examples=50)
@given(configs())
def test_dump_and_parse_are_inverse(config: Config) -> None:
    assert parse(dump(config)) == config


def outcome(run: Callable[[], Config]) -> Config | str:
    try:
        return run()
    except ConfigError as error:
        return str(error)


def config_or_its_errors(run: Callable[[], Config]) -> None:
    """Fail on any other outcome, and on a message that is not printable lines."""
    got = outcome(run)
    if isinstance(got, str):
        assert all(line and line.isprintable() for line in got.split("\n"))
    else:
        assert broken_rules(got) == []
        assert parse(dump(got)) == got


KEYS = sorted({field.name for cls in (Config, Windows, Forecasting, Split, Conv) for field in dataclasses.fields(cls)})
BITS = [
    ": ",
    ":",
    "\n",
    "\n  ",
    "- ",
    ", ",
    "[",
    "]",
    "{",
    "}",
    "#",
    "'",
    '"',
    "|",
    ">",
    "?",
    "!",
    "&a ",
    "*a",
    "%",
    "---",
]
WORDS = [
    "gru",
    "1",
    "-1",
    "1e999",
    ".nan",
    "9" * 400,
    "true",
    "~",
    "\\",
    "\\U99999999",
    "\t",
    "\0",
    "\ud800",
    "\x85",
    "é",
]
scraps = st.lists(st.sampled_from([*KEYS, *BITS, *WORDS]), max_size=25).map("".join)
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([*MODELS, "book", "1e5"])
    | st.text(max_size=5)
)
keys = st.sampled_from(KEYS) | st.text(max_size=5)
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)


@often
@given(scraps | st.text(max_size=40), st.lists(scraps, max_size=2))
def test_any_text_and_overrides_give_a_config_or_config_error(text: str, overrides: list[str]) -> None:
    config_or_its_errors(lambda: parse(text, overrides=overrides))
    config_or_its_errors(lambda: parse("seed: 1", overrides=[f"{key}={text}" for key in ("model", "data.path")]))


@often
@given(st.dictionaries(keys, trees, max_size=5))
def test_any_mapping_gives_a_config_or_config_error(tree: dict[str, Any]) -> None:
    config_or_its_errors(lambda: parse(yaml.safe_dump(tree)))


VALID = dump(Config(model=Conv(), training=Forecasting(early_stopping=EarlyStopping())))


@often
@given(st.integers(0, len(VALID)), st.integers(0, 12), scraps)
def test_any_mutated_config_gives_a_config_or_config_error(at: int, cut: int, scrap: str) -> None:
    config_or_its_errors(lambda: parse(VALID[:at] + scrap + VALID[at + cut :]))


@often
@given(st.integers(0, len(VALID)), st.integers(0, 2), st.binary(max_size=3), st.booleans())
def test_any_bytes_in_a_file_give_a_config_or_config_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, junk: bytes, alone: bool
) -> None:
    file = tmp_path_factory.getbasetemp() / "junk.yaml"
    file.write_bytes(junk if alone else VALID.encode()[:at] + junk + VALID.encode()[at + cut :])
    config_or_its_errors(lambda: load(file))


def test_a_config_of_no_listing_deviates_from_none() -> None:
    assert deviations(Config()) == []
    assert deviations(Config(book=Book(listing="9.99", val_mae=0.1))) == []


def test_every_shipped_config_is_its_own_listing() -> None:
    for path in shipped().values():
        assert deviations(load(path)) == []


def test_what_differs_from_the_listing_is_named() -> None:
    assert deviations(load("gru", ["model.units=64", "seed=3", "training.jit_compile=true"])) == [
        "model.units 64 instead of 32"
    ]


def test_keys_left_out_of_a_section_are_as_if_the_section_were() -> None:
    whole = parse("model: {name: stacked}").model
    assert isinstance(whole, Stacked)
    part = parse("model: {name: stacked, first: {units: 8}, second: {activation: tanh}}").model
    assert part == replace(whole, first=replace(whole.first, units=8), second=replace(whole.second, activation="tanh"))


def test_places_are_the_files_that_a_config_names() -> None:
    reviews = "task: reviews\ndata: {path: a.npz, index: %s, sample: %s}"
    assert places_of(parse(reviews % ("b.json", "false")).data) == [Path("a.npz"), Path("b.json")]
    assert places_of(parse(reviews % ("auto", "false")).data) == [Path("a.npz")]
    assert places_of(parse(reviews % ("b.json", "true")).data) == []
    assert places_of(parse("data: {path: a.csv}").data) == [Path("a.csv")]


@pytest.mark.parametrize(
    "date_format",
    [
        *("%Q", "%", "%Y-%Y", "mixed", "ISO8601", "%Y-%m-%d %z", "%d.%m.%Y %Z", "%V", "%Y %U", "%j %G", "%H:%M"),
        *("%%Y %d", "%F %T", "%Y-%m-%d %H:%M %p", "%d.%m.%Y %I:%M"),
    ],
)
def test_a_date_format_that_is_none_is_told_with_all_other_errors(date_format: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"data:\n  date_format: '{date_format}'\nseed: x\n", "x.yaml")
    told = str(caught.value).splitlines()
    expected = "x.yaml:2: data.date_format: expected fields of a local time such as '%d.%m.%Y %H:%M:%S', got "
    assert any(line.startswith(expected + repr(date_format)) for line in told)
    assert any("seed: expected a whole number" in line for line in told)


@pytest.mark.parametrize(
    ("date_format", "why"),
    [
        ("%F", "'F' is a bad directive in format '%F'"),
        ("%Y%Y", "%Y stands twice"),
        ("-", "it has no year"),
        ("%d.%m.", "it says the month, but not the year"),
        ("%d.%Y", "it says the day, but not the month"),
        ("%Y-%m %H:%M", "it says the hour, but not the day"),
        ("%Y-%m-%d %S", "it says the second, but not the hour"),
        ("%Y %j %m", "%j and %m both say the month"),
        ("%Y %U %w %d", "%w and %d both say the day"),
        ("%d.%m.%Y %H %I%p", "%H and %I both say the hour"),
        ("%Y %z", "%z is a time zone"),
        ("%Y-%m-%d %I", "%p and %I, hours to 12, go together"),
    ],
)
def test_what_is_wrong_with_a_date_format_is_told(date_format: str, why: str) -> None:
    with pytest.raises(ConfigError, match=r"data\.date_format") as caught:
        parse(f"data: {{date_format: '{date_format}'}}")
    assert str(caught.value).endswith(f"got {date_format!r}: {why}")


@pytest.mark.parametrize(
    "date_format",
    ["%Y-%m-%d %%z", "%Y %j", "%G-%V-%u", "%y%m%d", "%Y年%m月%d日", "%c", "%a %d.%m.%Y %H", "%Y-%m", "%Y %W %a"],
)
def test_a_date_format_with_a_year_does(date_format: str) -> None:
    assert parse(f"data: {{date_format: '{date_format}'}}").data.date_format == date_format


def test_a_sign_that_begins_a_block_is_told_as_it_was_written() -> None:
    with pytest.raises(ConfigError, match=r'^x\.yaml:2: data\.delimiter: expected , or ; or "\\t", got \|$'):
        parse("data:\n  delimiter: |\n", "x.yaml")


@pytest.mark.parametrize("text", ["? [a]\n: 3\n", "'': 3\n"])
def test_an_error_without_a_key_hides_no_other(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"{text}windows: {{lookback: 1441}}\nsplit: {{train: [5, 5]}}\n", overrides=["units"])
    for key in ("--set units: ", "a key must be a plain word", "windows.lookback: ", "split.train: "):
        assert key in str(caught.value)


FAULTS: dict[str, dict[str, Any]] = {
    "name": {"name": "../../x"},
    "seed": {"seed": "abc"},
    "an unknown section": {"foo": 3},
    "a section misspelt": {"trainin": {"epochs": 3}},
    "book": {"book": {"listing": 5, "x": 3}},
    "an unknown key of data": {"data": {"pth": "x"}},
    "decimal": {"data": {"decimal": ",", "delimiter": ","}},
    "columns": {"data": {"columns": ["seed", "seed"]}},
    "max_rows": {"data": {"max_rows": "x"}},
    "date_format": {"data": {"date_format": "%d.%Y"}},
    "train": {"split": {"train": [5, 5]}},
    "val": {"split": {"val": [1]}},
    "test": {"split": {"test": [-5, None]}},
    "an unknown key of split": {"split": {"tran": [1, 2]}},
    "scale": {"split": {"scale": True, "rows": 5}},
    "lookback": {"windows": {"lookback": 1441, "step": 6}},
    "step": {"windows": {"step": "x"}},
    "delay": {"windows": {"delay": -1}},
    "protocol": {"windows": {"protocol": "boook"}},
    "units": {"model": {"units": 0}},
    "an unknown key of model": {"model": {"foo": 0}},
    "the model's name": {"model": {"name": "grru"}},
    "too many convolutions": {"model": {"name": "conv", "kernel_size": 9, "convolutions": 99}},
    "reset_after": {"model": {"name": "bidirectional", "cell": "lstm", "reset_after": False}},
    "epochs": {"training": {"epochs": 0}},
    "steps": {"training": {"steps_per_epoch": None}},
    "fast_layers": {"training": {"fast_layers": True, "jit_compile": True}},
    "minimum": {"training": {"plateau": {"minimum": 1}}},
    "factor": {"training": {"plateau": {"factor": 2}}},
    "patience": {"training": {"early_stopping": {"patience": 0}}},
    "learning_rate": {"training": {"learning_rate": 0}},
}
HANGS_ON = {
    ("train", "scale"),  # which is told with the other train
    ("val", "scale"),
    ("test", "scale"),
    ("an unknown key of split", "scale"),  # another train may have been meant
    ("step", "too many convolutions"),
    ("protocol", "steps"),
    ("units", "the model's name"),
    ("an unknown key of model", "the model's name"),
    ("units", "too many convolutions"),  # which has none
    ("an unknown key of model", "too many convolutions"),  # pool_size may have been meant
    ("minimum", "learning_rate"),
}
"""Faults of which the second is not told, or told otherwise, beside the first, or the first beside the second."""


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any] | None:
    """Return both, or None if they give one key two values."""
    both = dict(one)
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(both.get(key), dict):
            both[key] = _merged(both[key], value)
            if both[key] is None:
                return None
        elif key in both:
            return None
        else:
            both[key] = value
    return both


def _told(config: dict[str, Any]) -> set[str]:
    """Return what is wrong with a config, without its lines."""
    text = yaml.safe_dump(config, default_flow_style=True, width=10_000)
    return {error.partition(": ")[2] for error in errors_in(text)}


def test_of_two_errors_none_hides_the_other_unless_it_hangs_on_it() -> None:
    alone = {fault: _told(config) for fault, config in FAULTS.items()}
    assert all(alone.values())
    hidden = set()
    for one, other in itertools.combinations(FAULTS, 2):
        both = _merged(FAULTS[one], FAULTS[other])
        if both is not None and not alone[one] | alone[other] <= _told(both):
            hidden.add((one, other))
    assert hidden == HANGS_ON
