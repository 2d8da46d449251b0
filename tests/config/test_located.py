import math
import time
from typing import Any

import pytest
from jena_rnn.config.located import Located, Problem, read, read_value, scalar
from jena_rnn.config.safe_yaml import MAX_BYTES, MAX_DEPTH

from jena_rnn.base.errors import ConfigError
from jena_rnn.base.messages import one_line, shortened


def plain(tree: Located) -> Any:
    """Return the values alone."""
    if isinstance(tree.value, dict):
        return {key: plain(child) for key, child in tree.value.items()}
    return [plain(child) for child in tree.value] if isinstance(tree.value, list) else tree.value


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(text, "a.yaml", [])
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        ("010", 10),
        ("-7", -7),
        ("+7", 7),
        (".5", 0.5),
        ("5.", 5.0),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("2009-01-01", "2009-01-01"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", True),
        ("FALSE", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("-.inf", float("-inf")),
        ("９", "９"),
    ],
)
def test_plain_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_nan_is_read_as_a_number() -> None:
    value = scalar(".nan")
    assert isinstance(value, float)
    assert math.isnan(value)


def test_a_whole_number_of_any_length_is_read_and_fits_a_float() -> None:
    assert scalar("9" * 300) == 10**300 - 1
    assert scalar("9" * 301) == 1e301
    assert scalar("9" * 4000) == float("inf")


def test_quoted_scalars_are_text() -> None:
    assert plain(read("""{a: "1", b: '010', c: "", d: 'true'}""", "a.yaml", [])) == {
        "a": "1",
        "b": "010",
        "c": "",
        "d": "true",
    }


def test_every_value_knows_its_line_and_its_text() -> None:
    tree = read("name: a\nmodel:\n  units: 010\n  sizes:\n    - 1\n    - 2\n", "gru.yaml", [])
    assert tree.where == "gru.yaml:1"
    assert tree.nearest("model.units") == Located(10, "gru.yaml:3", "010")
    sizes = tree.nearest("model.sizes").value
    assert sizes == [Located(1, "gru.yaml:5", "1"), Located(2, "gru.yaml:6", "2")]


def test_nearest_is_the_closest_ancestor_that_was_written() -> None:
    tree = read("a: 1\nmodel:\n  units: 1\n", "a.yaml", [])
    assert tree.nearest("windows.step").where == "a.yaml:1"
    assert tree.nearest("model.dropout").where == "a.yaml:2"
    assert tree.nearest("model.units.more").where == "a.yaml:3"


def test_every_repeated_key_is_a_problem_and_the_first_one_counts() -> None:
    problems: list[Problem] = []
    tree = read("seed: 1\nmodel: {units: 1, units: 2}\nseed: 3\n", "a.yaml", problems)
    assert plain(tree) == {"seed": 1, "model": {"units": 1}}
    assert [str(problem) for problem in problems] == [
        "a.yaml:2: model.units: repeated; first given at a.yaml:2",
        "a.yaml:3: seed: repeated; first given at a.yaml:1",
    ]


@pytest.mark.parametrize("key", ["? [a, b]\n  : 1", "? {a: b}\n  : 1", "'': 1", "? \n  : 1"])
def test_a_key_is_a_plain_word(key: str) -> None:
    problems: list[Problem] = []
    assert plain(read(f"model:\n  {key}\n", "a.yaml", problems)) == {"model": {}}
    assert [str(problem) for problem in problems] == ["a.yaml:2: model: a key must be a plain word"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: &x 2", "a.yaml:2: anchors and aliases (& and *) are refused; write the value out"),
        ("a: &x [1]", "a.yaml:1: anchors and aliases (& and *) are refused; write the value out"),
        ("a: *x", "a.yaml:1: anchors and aliases (& and *) are refused; write the value out"),
        ("*x : 1", "a.yaml:1: anchors and aliases (& and *) are refused; write the value out"),
        ("a: !!int 1", "a.yaml:1: the tag 'tag:yaml.org,2002:int' is refused; plain values only"),
        ("\na: !x {b: 1}", "a.yaml:2: the tag '!x' is refused; plain values only"),
        ("a: ! 1", "a.yaml:1: the tag '!' is refused; plain values only"),
        (
            "!!python/object/apply:os.system [ls]",
            "a.yaml:1: the tag 'tag:yaml.org,2002:python/object/apply:os.system' is refused; plain values only",
        ),
        ("", "a.yaml: the file is empty; expected keys such as 'model:'"),
        ("# only this\n", "a.yaml: the file is empty; expected keys such as 'model:'"),
        (
            "a: 1\nb: {c: 1",
            "a.yaml:2: not YAML: expected ',' or '}', but got '<stream end>' (while parsing a flow mapping)",
        ),
        ("a: b: c", "a.yaml:1: not YAML: mapping values are not allowed here"),
        (
            "a: 1\n---\nb: 2\n",
            "a.yaml:2: not YAML: but found another document (expected a single document in the stream)",
        ),
        ("a: 1\nb: \x1b[31m", "a.yaml:2: not YAML: the character '\\x1b' is refused"),
        ("a: \ud800", "a.yaml:1: not YAML: the character '\\ud800' is refused"),
        *(
            (
                f"a: 1\n# b{end}c: 2",
                f"a.yaml:2: not YAML: the character {end!r} is refused, which ends a line there alone",
            )
            for end in "\x85\u2028\u2029"
        ),
        ("a\0b", "a.yaml:1: not YAML: the character '\\x00' is refused"),
        ('a: "\\UFFFFFFFF"', "a.yaml:1: not YAML: a number in an escape or directive is out of range"),
        ('a: "\\U00110000"', "a.yaml:1: not YAML: a number in an escape or directive is out of range"),
        (
            'a: 1\n# x\nb: ["c", "\\UFFFFFFFF"]\n',
            "a.yaml:3: not YAML: a number in an escape or directive is out of range",
        ),
        (
            f"%YAML 1.{'9' * 5000}\n---\na: 1",
            "a.yaml:1: not YAML: a number in an escape or directive is out of range",
        ),
        ("%YAML 3.0\n---\na: 1", "a.yaml:1: not YAML: found incompatible YAML document (version 1.* is required)"),
    ],
)
def test_what_is_no_safe_yaml_is_refused_with_its_line(text: str, message: str) -> None:
    assert refusal(text) == message


def test_nesting_is_taken_up_to_the_limit_and_refused_beyond_it() -> None:
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert isinstance(read(deep, "a.yaml", []).value, list)
    assert refusal(f"[{deep}]") == "a.yaml:1: nested more than 20 deep"


@pytest.mark.parametrize("text", ["[" * 50_000, "{" * 50_000, "- " * 30_000, "? " * 30_000, "a: " + "{a: " * 15_000])
def test_fifty_thousand_brackets_are_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    assert refusal(text) == "a.yaml:1: nested more than 20 deep"
    assert time.perf_counter() - start < 2


def test_the_size_is_counted_in_bytes_and_limited() -> None:
    assert plain(read("a: b".ljust(MAX_BYTES), "a.yaml", [])) == {"a": "b"}
    for text in ("a: b".ljust(MAX_BYTES + 1), "a: " + "é" * (MAX_BYTES // 2)):
        assert refusal(text) == "a.yaml: a config of more than 64 KiB is refused"


def test_everything_in_an_override_stands_at_the_override() -> None:
    problems: list[Problem] = []
    value = read_value("{a: 1, b: [2, x], a: 3}", "--set m={…}", "m", problems)
    assert value is not None
    assert plain(value) == {"a": 1, "b": [2, "x"]}
    assert value.where == value.nearest("a").where == "--set m={…}"
    assert [str(problem) for problem in problems] == [
        "--set m={…}: m.a: repeated; first given at --set m={…}",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1\nname: x", "--set: seed: expected one value after '='"),
        ("1\nvalue: x", "--set: seed: expected one value after '='"),
        (
            "1\n---\nname: x",
            "--set: seed: not YAML: but found another document (expected a single document in the stream)",
        ),
        ("\x07", "--set: seed: not YAML: the character '\\x07' is refused"),
        ("[1", "--set: seed: not YAML: expected ',' or ']', but got '<stream end>' (while parsing a flow sequence)"),
        ("*a", "--set: seed: anchors and aliases (& and *) are refused; write the value out; as text: 'seed=\"*a\"'"),
        ("[" * 50_000, "--set: seed: nested more than 20 deep"),
        ("1" * MAX_BYTES, "--set: seed: a config of more than 64 KiB is refused"),
    ],
)
def test_an_override_that_is_not_one_safe_value_is_a_problem(text: str, message: str) -> None:
    problems: list[Problem] = []
    assert read_value(text, "--set", "seed", problems) is None
    assert [str(problem) for problem in problems] == [message]


def test_messages_show_control_characters_and_obey_none() -> None:
    assert one_line("a\x1b[31m\n\u2028\u202e\x9b\ud800é°–") == "a\\x1b[31m\\n\\u2028\\u202e\\x9b\\ud800é°–"
    assert str(Problem("a\n.yaml:1", "k\rey", "\x07")) == "a\\n.yaml:1: k\\rey: \\x07"


def test_messages_cut_what_is_too_long() -> None:
    assert shortened("x" * 80) == "x" * 80
    assert shortened("x" * 81) == "x" * 79 + "…"
