"""YAML text to values: YAML 1.2 scalars, lines, and what is refused as unsafe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_rnn.config.nodes import MAX_BYTES, RefusedError, Tree, read, read_value, scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("010", 10),
        ("-5", -5),
        ("+.5", 0.5),
        ("3.", 3.0),
        ("12:30:45", "12:30:45"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("yes", "yes"),
        ("True", True),
        ("~", None),
        ("", None),
        (".inf", float("inf")),
        ("2021-01-01", "2021-01-01"),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_quoted_scalars_are_text() -> None:
    assert read("a: '1'\nb: \"true\"\n", "x").values == {"a": "1", "b": "true"}


def test_every_value_knows_its_line() -> None:
    tree = read("model:\n  units: 3\nsplit: {train: [0,\n  5]}\n", "x.yaml")
    assert tree.values == {"model": {"units": 3}, "split": {"train": (0, 5)}}
    assert tree.where(("model", "units")) == "x.yaml:2"
    assert tree.where(("split", "train", 1)) == "x.yaml:4"
    assert tree.where(("model", "dropout")) == "x.yaml:1"
    assert Tree({}, "x.yaml").where(("seed",)) == "x.yaml"


def test_a_value_is_written_back_on_one_line() -> None:
    tree = read("a: {b: [1e-3, x], c: }\nd: 'true'\n", "x")
    assert tree.written(("a",)) == "{b: [1e-3, x], c: null}"
    assert tree.written(("d",)) == "'true'"
    assert tree.at(("a", "b", 7)) is None


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: &x 1\nb: *x\n", "anchors and aliases", 1),
        ("a: 1\nb: *x\n", "anchors and aliases", 2),
        ("a: !!python/object:os.system x\n", "the tag 'tag:yaml.org,2002:python/object:os.system' is refused", 1),
        ("[" * 30, "nested more than 20 deep", 1),
        ("a: [1\n", "not YAML: expected ',' or ']'", 2),
        ("a: 1\n---\nb: 2\n", "not YAML: but found another document", 2),
        ("a: \x00\n", "not YAML: ", None),
        ('a: "\\UFFFFFFFF"\n', "not YAML: ", None),
        ("", "the file is empty", None),
        ("x" * (MAX_BYTES + 1), "a config of more than 64 KiB is refused", None),
    ],
)
def test_unsafe_or_broken_yaml_is_refused_with_its_line(text: str, message: str, line: int | None) -> None:
    with pytest.raises(RefusedError) as caught:
        read(text, "x.yaml")
    assert message in str(caught.value)
    assert caught.value.line == line


def test_repeated_keys_and_keys_that_are_no_words_are_problems() -> None:
    tree = read("seed: 1\nseed: 2\n? [a]\n: 3\n", "x.yaml")
    assert [str(problem) for problem in tree.problems] == [
        "x.yaml:2: seed: repeated; first given at x.yaml:1",
        "x.yaml:3: a key must be a plain word",
    ]
    assert tree.values == {"seed": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Temp #2", "got a comment in YAML: #2; as text: 'data.date=\"Temp #2\"'"),
        ("|", "got the beginning of a block in YAML: |"),
        ("%d.%m", "as text: 'data.date=\"%d.%m\"'"),
        ("1\nb: 2", "expected one value after '='"),
        ("[1", "not YAML"),
    ],
)
def test_an_option_is_one_value_and_shows_the_quotes_that_it_needs(text: str, message: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read_value(text, "--set", "data.date")
    assert message in str(caught.value)


def test_a_tree_is_put_below_another_with_its_own_place() -> None:
    tree = read("a: {b: {c: 1}}\nd: 2\n", "x.yaml")
    assert tree.put(("a", "b"), read_value("[5]", "--set a.b", "a.b"))
    assert tree.put(("e", "f"), read_value("6", "--set e.f", "e.f"))
    assert tree.values == {"a": {"b": (5,)}, "d": 2, "e": {"f": 6}}
    assert (tree.where(("a", "b", 0)), tree.where(("e",))) == ("--set a.b", "--set e.f")
    assert not tree.put(("d", "x"), read_value("1", "--set", "d.x"))


@given(st.text(max_size=60) | st.lists(st.sampled_from("ab:- \n[]{}#'\"|>&*!%?,\t"), max_size=30).map("".join))
def test_any_text_gives_a_tree_or_is_refused(text: str) -> None:
    try:
        assert isinstance(read(text, "x"), Tree)
    except RefusedError as error:
        assert str(error)
