from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from jena_rnn.config.binding import bind, choice, setting
from jena_rnn.config.located import Problem, read


@dataclass(frozen=True)
class Part:
    size: int = setting(1, at_least=1)
    note: str | None = None


@dataclass(frozen=True)
class Big(Part):
    name: Literal["big"] = "big"


@dataclass(frozen=True)
class Small:
    name: Literal["small"] = "small"
    share: float = setting(0.5, above=0, below=1)


@dataclass(frozen=True)
class Whole:
    label: str = setting("x", matches=("[a-z]+", "small letters"))
    count: int | None = setting(2, at_least=0, below=2**32)
    rate: float = 0.5
    on: bool = False
    mode: Literal["auto", True, False] = "auto"
    sep: Literal[",", "\t"] = ","
    pair: tuple[int, int | None] = setting((0, None), at_least=0)
    words: tuple[str, ...] | None = None
    part: Part = field(default_factory=Part)
    extra: Part | None = None
    kind: Big | Small = choice(Big, {"big": Big, "small": Small})


def bound(text: str) -> Whole:
    errors: list[Problem] = []
    value = bind(Whole, read(text, "w", errors), "", errors)
    assert errors == []
    return value


def errors_in(text: str) -> list[str]:
    errors: list[Problem] = []
    bind(Whole, read(text, "w", errors), "", errors)
    return [str(error) for error in errors]


def test_what_is_left_out_keeps_its_default() -> None:
    assert bound("rate: 1.5") == Whole(rate=1.5)
    assert bound("{}") == Whole()
    assert bound("kind: {size: 3}") == Whole(kind=Big(size=3))


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("label: abc", "label", "abc"),
        ("count: 010", "count", 10),
        ("count: ~", "count", None),
        ("rate: 1e-3", "rate", 0.001),
        ("rate: 3", "rate", 3.0),
        ("on: true", "on", True),
        ("mode: false", "mode", False),
        ("mode: auto", "mode", "auto"),
        ('sep: "\\t"', "sep", "\t"),
        ("pair: [1, null]", "pair", (1, None)),
        ("pair: [1, 2]", "pair", (1, 2)),
        ("words: [a, 010, 1e-3]", "words", ("a", "010", "1e-3")),
        ("words: []", "words", ()),
        ("words: null", "words", None),
        ("part: {size: 3, note: 12:30}", "part", Part(3, "12:30")),
        ("extra: {}", "extra", Part()),
        ("extra: null", "extra", None),
        ("kind: {name: small, share: 0.25}", "kind", Small(share=0.25)),
        ("kind: {size: 4, name: big}", "kind", Big(size=4)),
    ],
)
def test_values_are_taken_as_the_type_that_the_field_names(text: str, key: str, value: Any) -> None:
    taken = getattr(bound(text), key)
    assert taken == value
    assert type(taken) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("count: true", "w:1: count: expected a whole number or null, got true"),
        ("count: 1.0", "w:1: count: expected a whole number or null, got 1.0"),
        ('count: "5"', "w:1: count: expected a whole number or null, got '5'"),
        ("count: 12:30:45", "w:1: count: expected a whole number or null, got 12:30:45"),
        ("count: class int", "w:1: count: expected a whole number or null, got class int"),
        ("count: -1", "w:1: count: expected at least 0, got -1"),
        ("count: 4294967296", "w:1: count: expected less than 4294967296, got 4294967296"),
        (
            "part: {size: 1000000000000000}",
            "w:1: part.size: expected a whole number of at most 15 digits, got 1" + "0" * 15,
        ),
        ("rate: true", "w:1: rate: expected a number, got true"),
        ("rate: fast", "w:1: rate: expected a number, got fast"),
        ("rate: null", "w:1: rate: expected a number, got null"),
        ("rate: .inf", "w:1: rate: expected a finite number, got .inf"),
        ("rate: .nan", "w:1: rate: expected a finite number, got .nan"),
        ("rate: 1e999", "w:1: rate: expected a finite number, got 1e999"),
        ("rate: 1" + "0" * 4000, "w:1: rate: expected a finite number, got 1" + "0" * 78 + "…"),
        ("count: 1" + "0" * 299, "w:1: count: expected a whole number of at most 15 digits, got 1" + "0" * 78 + "…"),
        ("count: 1" + "0" * 4000, "w:1: count: expected a whole number or null, got 1" + "0" * 78 + "…"),
        ("on: 1", "w:1: on: expected true or false, got 1"),
        ("on: yes", "w:1: on: expected true or false, got yes"),
        ("mode: 1", "w:1: mode: expected auto or true or false, got 1"),
        ("mode: aut", "w:1: mode: expected auto or true or false, got aut; did you mean 'auto'?"),
        ('mode: "true"', "w:1: mode: expected auto or true or false, got 'true'; write it without its quotes"),
        ("sep: x", 'w:1: sep: expected , or "\\t", got x'),
        ("sep: \\t", 'w:1: sep: expected , or "\\t", got \\t; did you mean \'"\\t"\'?'),
        ("label: ABC", "w:1: label: expected small letters, got ABC"),
        ('label: ""', "w:1: label: expected small letters, got ''"),
        ("label: [a, {b: ~, c: }]", "w:1: label: expected text, got [a, {b: ~, c: null}]"),
        ("label: null", "w:1: label: expected text, got null"),
        ("label: true", "w:1: label: expected text, got true"),
        ('label: "a\\e[31m"', "w:1: label: expected text without control characters, got a\\x1b[31m"),
        ('label: "a\\0"', "w:1: label: expected text without control characters, got a\\x00"),
        ('label: "\\ud800"', "w:1: label: expected text without control characters, got \\ud800"),
        ("label: |\n  a\n", "w:1: label: expected text without control characters, got a\\n"),
        ("pair: 5", "w:1: pair: expected a list of 2 whole numbers in brackets, got 5"),
        ("pair: [1]", "w:1: pair: expected a list of 2 whole numbers in brackets, got [1]"),
        ("pair: [1, 2, 3]", "w:1: pair: expected a list of 2 whole numbers in brackets, got [1, 2, 3]"),
        ("pair: [null, 1]", "w:1: pair: expected a list of 2 whole numbers in brackets, got [null, 1]"),
        ("pair: [0, -1]", "w:1: pair: expected at least 0, got [0, -1]"),
        ("words: abc", "w:1: words: expected a list of texts in brackets or null, got abc"),
        ("words: [a, ~]", "w:1: words: expected a list of texts in brackets or null, got [a, ~]"),
        (
            'words: [a, "b\\e"]',
            "w:1: words: expected a list of texts in brackets without control characters or null, got [a, b\\x1b]",
        ),
        ("part: null", "w:1: part: expected keys and values, got null"),
        ("part: 3", "w:1: part: expected keys and values, got 3"),
        ("extra: [a]", "w:1: extra: expected keys and values, got [a]"),
        ("- a", "w:1: expected keys and values, got [a]"),
        ("counts: 1", "w:1: counts: unknown key; did you mean 'count'?"),
        ("zzz: 1", "w:1: zzz: unknown key"),
        ("part: {sise: 1}", "w:1: part.sise: unknown key; did you mean 'size'?"),
        ("Count: 1", "w:1: Count: unknown key; did you mean 'count'?"),
        ("kind: {name: smal}", "w:1: kind.name: expected big or small, got smal; did you mean 'small'?"),
        ("kind: {name: 5}", "w:1: kind.name: expected big or small, got 5"),
        ("kind: {name: [big]}", "w:1: kind.name: expected big or small, got [big]"),
        ("kind: {name: }", "w:1: kind.name: expected big or small, got null"),
        ("kind: {share: 1}", "w:1: kind.share: unknown key"),
        ("kind: big", "w:1: kind: expected keys and values, name (big or small) among them, got big"),
        ("kind: {name: small, size: 1}", "w:1: kind.size: unknown key"),
        ("kind: {name: small, share: 0}", "w:1: kind.share: expected more than 0, got 0"),
        ("kind: {name: small, share: 1}", "w:1: kind.share: expected less than 1, got 1"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_what_was_expected(text: str, message: str) -> None:
    assert errors_in(text) == [message]


def test_all_errors_are_found_at_once_in_the_order_of_the_file() -> None:
    assert errors_in("count: x\npart:\n  size: 0\n  zzz: 1\nkind: {name: big, size: no}\nlabel: B\n") == [
        "w:1: count: expected a whole number or null, got x",
        "w:3: part.size: expected at least 1, got 0",
        "w:4: part.zzz: unknown key",
        "w:5: kind.size: expected a whole number, got no",
        "w:6: label: expected small letters, got B",
    ]


def test_a_message_shows_a_long_value_cut() -> None:
    (message,) = errors_in("count: [" + "1, " * 9999 + "1]")
    assert message == "w:1: count: expected a whole number or null, got [" + "1, " * 26 + "…"


def test_errors_found_before_do_not_stop_a_good_tree() -> None:
    errors = [Problem("w:9", "", "another")]
    assert bind(Part, read("size: 2", "w", errors), "", errors) == Part(2)
