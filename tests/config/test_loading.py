"""Files, overrides and shipped configs; and back to YAML."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_rnn.base.errors import ConfigError, FileError
from jena_rnn.config.experiment import Experiment, Place
from jena_rnn.config.loading import Override, digest_of, dump, find, moved, places_of, plain, shipped
from jena_rnn.config.models import MODELS, Gru, Lstm
from jena_rnn.config.nodes import MAX_BYTES
from jena_rnn.tasks import SCHEMAS, load, parse

often = settings(database=None, deadline=None, max_examples=100)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], str]:
    """Return a function that writes `my.yaml` into an empty working directory."""
    monkeypatch.chdir(tmp_path)

    def written(content: bytes) -> str:
        Path("my.yaml").write_bytes(content)
        return "my.yaml"

    return written


def error_of(call: Callable[[], object]) -> str:
    with pytest.raises(ConfigError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("override", "section", "changes"),
    [
        ("seed=3", None, {"seed": 3}),
        (" seed =3", None, {"seed": 3}),
        ("data.path=a=b.csv", "data", {"path": "a=b.csv"}),
        ('data.path="a#b c.csv"', "data", {"path": "a#b c.csv"}),
        ("data.columns=[T (degC), p (mbar)]", "data", {"columns": ("T (degC)", "p (mbar)")}),
        ("split.train=[0,50000]", "split", {"train": (0, 50000)}),
        ("model.units=64", "model", {"units": 64}),
        ("training.learning_rate=1e-4", "training", {"learning_rate": 0.0001}),
    ],
)
def test_an_override_wins_over_the_file(override: str, section: str | None, changes: dict[str, Any]) -> None:
    text = "name: a\nseed: 1\ndata: {path: x}\nmodel: {name: gru, units: 8}\ntraining: {learning_rate: 1}\n"
    before = parse(text)
    expected = before.but(**(changes if section is None else {section: getattr(before, section).but(**changes)}))
    assert parse(text, overrides=[override]) == expected


def test_the_last_override_of_a_key_wins() -> None:
    assert parse("seed: 1", overrides=["seed=2", "seed=3"]).seed == 3


def test_an_override_makes_the_sections_on_its_way() -> None:
    for text in ("seed: 0", "training:", "training: {early_stopping: null}"):
        stopping = parse(text, overrides=["training.early_stopping.patience=2"]).training.early_stopping
        assert stopping is not None
        assert stopping.patience == 2


def test_a_model_can_be_named_in_short() -> None:
    for override in ("model=lstm", "model={name: lstm}"):
        assert parse("model: {name: conv, filters: 8}", overrides=[override]).model == Lstm()


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("seed", "--set seed: expected key.sub=value, such as model.units=64"),
        ("model..units=1", "--set model..units=1: expected key.sub=value, such as model.units=64"),
        ("seed=", "--set seed=: seed: expected a whole number, got null"),
        ("seed=*a", "--set seed=*a: seed: anchors and aliases (& and *) are refused"),
        ("name.x=1", "--set name.x=1: name.x: expected a section above it, got a value"),
        ("sead.x=1", "--set sead.x=1: sead: unknown key; did you mean 'seed'?"),
        ("task=[reviews]", "--set task=[reviews]: task: expected forecast or reviews, got [reviews]"),
        ("task=review", "--set task=review: task: expected forecast or reviews, got review; did you mean 'reviews'?"),
        ("seed=" + "[" * 50_000, f"--set seed={'[' * 74}…: seed: nested more than 20 deep"),
    ],
)
def test_a_bad_override_is_named_by_itself(override: str, message: str) -> None:
    found = error_of(lambda: parse("name: a\ndata: {path: x}\nmodel: {name: gru}", overrides=[override]))
    assert found.startswith(message)
    assert "\n" not in found


def test_the_override_of_an_option_is_named_by_the_option() -> None:
    found = error_of(lambda: parse("{}", "x.yaml", [Override("training.epochs=0", "--epochs 0")]))
    assert found == "--epochs 0: training.epochs: expected at least 1, got 0"


def test_the_file_names_its_runs(write: Callable[[bytes], str]) -> None:
    assert load(write(b"seed: 2")).name == "my"
    assert load(write(b"name: other")).name == "other"
    assert load(write(b"name: other"), ["name=third"]).name == "third"


@pytest.mark.parametrize(
    ("file", "name"), [("a b.yaml", "a_b"), ("-x.yaml", "x"), ("é.yaml", "experiment"), ("x" * 99 + ".yaml", "x" * 64)]
)
def test_a_file_name_that_cannot_name_a_run_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(file).write_text("seed: 1")
    assert load(file).name == name


@pytest.mark.parametrize("name", ["../../x", "a/b", ".hidden", "-rf", "a b", "", "é", "x" * 65, ".."])
def test_a_name_that_could_leave_its_directory_is_refused(name: str) -> None:
    assert "name: expected a name of letters" in error_of(lambda: parse(f"name: '{name}'"))


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfseed: 5\n", b"seed: 5\r\n# x\r\n", b"---\nseed: 5\n...\n"])
def test_byte_order_mark_and_line_ends_change_nothing(content: bytes, write: Callable[[bytes], str]) -> None:
    assert load(write(content)) == parse("name: my\nseed: 5")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"seed: 1\n# \xff\n", "my.yaml:2: not UTF-8 text"),
        (b"", "my.yaml: the file is empty; expected keys such as 'model:'"),
        (b"a" * (MAX_BYTES + 1), "my.yaml: a config of more than 64 KiB is refused"),
        (b"gru\n", "my.yaml:1: expected keys and values, got gru"),
        (b"a: [\n", "my.yaml:2: not YAML: "),
    ],
)
def test_a_file_that_is_no_config_is_refused(content: bytes, message: str, write: Callable[[bytes], str]) -> None:
    assert error_of(lambda: load(write(content), ["seed=1"])).startswith(message)


def test_a_missing_config_names_the_shipped_ones_and_the_nearest(write: Callable[[bytes], str]) -> None:
    Path("folder").mkdir()
    Path("loop.yaml").symlink_to("loop.yaml")
    Path("station.csv").write_text("a,b\n")
    for file, message in [
        ("lstn", "lstn: no such config; shipped configs: "),
        ("my/configs/gruu.yaml", "my/configs/gruu.yaml: no such config"),
        ("imdb/simple_rn", "imdb/simple_rn: no such config"),
        ("folder", "folder: is not a file; expected a YAML file"),
        ("loop.yaml", "loop.yaml: a symbolic link that leads nowhere"),
        ("", "'': is not a file"),
        ("station.csv", "station.csv: expected a YAML config; data is named with --data station.csv"),
    ]:
        assert error_of(lambda file=file: load(file)).startswith(message)
    assert error_of(lambda: load("lstn")).endswith("; did you mean 'lstm'?")
    assert error_of(lambda: load("imdb/simple_rn")).endswith("; did you mean 'imdb/simple_rnn'?")


@pytest.mark.parametrize("call", ["is_file", "read_bytes"])
def test_a_file_that_the_system_refuses_is_a_file_error(
    call: str, write: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = write(b"seed: 1")
    monkeypatch.setattr(Path, call, refuse)
    with pytest.raises(FileError, match=r"my\.yaml: cannot read the config: Permission denied"):
        load(file)


def test_shipped_configs_can_be_named_and_a_file_of_that_name_wins(write: Callable[[bytes], str]) -> None:
    assert isinstance(load("gru").model, Gru)
    Path("gru").mkdir()
    assert find("gru") == shipped()["gru"]
    Path("lstm").write_text("seed: 99")
    assert load("lstm").seed == 99


def test_a_config_too_large_to_be_read_again_is_not_written() -> None:
    wide = parse("name: wide").but(name="wide", data=parse("{}").data.but(columns=("é" * MAX_BYTES,)))
    assert "this config takes 129 KiB, over the limit of 64" in error_of(lambda: dump(wide))


def test_places_are_the_files_that_a_config_names() -> None:
    reviews = "task: reviews\ndata: {path: a.npz, index: %s, sample: %s}"
    assert places_of(parse(reviews % ("b.json", "false")).data) == [Path("a.npz"), Path("b.json")]
    assert places_of(parse(reviews % ("auto", "false")).data) == [Path("a.npz")]
    assert places_of(parse(reviews % ("b.json", "true")).data) == []


def test_a_place_is_whole_unless_a_task_says_what_may_be_left_out() -> None:
    assert Place(path="x").whole() == Place(path="x")
    assert parse("data: {max_rows: 5}").data.whole().max_rows is None


def test_moved_data_changes_nothing_but_their_path() -> None:
    config = parse("data: {path: a.csv, max_rows: 5}")
    assert moved(config, parse("data: {path: b.csv}").data) == parse("data: {path: b.csv, max_rows: 5}")


@pytest.mark.parametrize("same", ["name=other", "training.epochs=60", "data.path=other.csv"])
def test_the_digest_ignores_what_does_not_change_an_epoch(same: str) -> None:
    assert digest_of(parse("{}", overrides=[same])) == digest_of(parse("{}"))


@pytest.mark.parametrize(
    "other", ["seed=1", "model.units=5", "training.learning_rate=1e-2", "windows.delay=13", "data.max_rows=999"]
)
def test_the_digest_holds_everything_else(other: str) -> None:
    assert digest_of(parse("{}", overrides=[other])) != digest_of(parse("{}"))


def test_the_digest_of_a_config_is_that_of_version_0_1_0() -> None:
    """Else no run of that version could be resumed."""
    assert digest_of(load("gru_dropout")) == GRU_DROPOUT
    assert digest_of(load("imdb/lstm")) == IMDB_LSTM


GRU_DROPOUT = "87966329ffa1e35040dbc53599cc0a2bfbc01a73b88d4dcb59df12194886549b"
IMDB_LSTM = "d21397b166ad64304d122bc205590afcd4a427d15befb753a9b23569d368f9d0"


# ---- properties


def instances(schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:  # noqa: PLR0911
    """Return JSON values that fit a part of our JSON Schema."""
    if "$ref" in schema:
        return instances(defs[schema["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in schema:
        return st.one_of([instances(each, defs) for each in schema["anyOf"]])
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    kind = schema.get("type")
    if kind == "object":
        keys = {key: instances(each, defs) for key, each in schema["properties"].items()}
        always = {
            key: keys.pop(key) for key in ("name", "task") if key in keys and "const" in schema["properties"][key]
        }
        return st.fixed_dictionaries(always, optional=keys)
    if kind == "array" and "prefixItems" in schema:
        return st.tuples(*[instances(each, defs) for each in schema["prefixItems"]]).map(list)
    if kind == "array":
        return st.lists(instances(schema["items"], defs), min_size=1, max_size=3, unique=True)
    if kind == "integer":
        return st.integers(schema.get("minimum", 0), min(schema.get("exclusiveMaximum", 2000), 2000) - 1)
    if kind == "number":
        low = schema.get("minimum", schema.get("exclusiveMinimum", -1e6))
        shape = {"exclude_min": "exclusiveMinimum" in schema, "exclude_max": True}
        return st.floats(low, schema.get("exclusiveMaximum", 1e6), allow_nan=False, **shape)
    words = st.sampled_from(["1e-3", "010", "12:30", "true", "null", "~", " x ", "# a", "- a", "a: b", "'", "<<", "é"])
    return {"string": words, "boolean": st.booleans()}.get(str(kind), st.none())


@st.composite
def mappings(draw: st.DrawFn) -> dict[str, Any]:
    """Return a mapping that fits the schema of one task; rules between keys may be broken."""
    from jena_rnn.config.schema import json_schema

    task = draw(st.sampled_from(["forecast", "reviews"]))
    schema = json_schema({task: SCHEMAS[task]})
    mapping: dict[str, Any] = draw(instances(schema, schema["$defs"]))
    return mapping | {"task": task, "name": draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True))}


def outcome(text: str, *overrides: str) -> Experiment | str:
    """Return a config or the message of its ConfigError; anything else is raised."""
    try:
        return parse(text, overrides=overrides)
    except ConfigError as error:
        assert all(line and line.isprintable() for line in str(error).split("\n"))
        return str(error)


@often
@given(mappings())
def test_a_mapping_that_fits_the_schema_breaks_no_more_than_rules_and_dumps_back(mapping: dict[str, Any]) -> None:
    found = outcome(yaml.safe_dump(mapping, allow_unicode=True))
    if isinstance(found, str):
        assert "unknown key" not in found
        return
    assert parse(dump(found)) == found
    assert json.dumps(plain(found), sort_keys=True)


KEYS = ["model", "windows", "split", "units", "name", "lookback", "training", "epochs", "seed", "task", "data"]
BITS = ": |:|\n|\n  |- |, |[|]|{|}|#|'|\"|?|!|&a |*a|%|---|>"
SCRAPS = [*KEYS, *BITS.split("|"), *["|", "gru", "1", "-1", "1e999", ".nan", "true", "~", "\\", "\t", "\0", "é"]]
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([*MODELS, "book", "1e5"])
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@often
@given(st.lists(st.sampled_from(SCRAPS), max_size=25).map("".join) | st.text(max_size=40))
def test_any_text_and_any_override_give_a_config_or_config_error(text: str) -> None:
    outcome(text)
    outcome("seed: 1", f"model={text}", f"data.path={text}")


@often
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), trees, max_size=5))
def test_any_mapping_gives_a_config_or_config_error(tree: dict[str, Any]) -> None:
    outcome(yaml.safe_dump(tree))
