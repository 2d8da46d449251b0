"""The shipped configs: they load, say what they are, keep to their listing, and fit the shipped JSON Schema."""

import json

import jsonschema
import pytest
import yaml
from helpers import config_of, shipped

from jena_rnn.config.deviations import deviations
from jena_rnn.config.loading import dump
from jena_rnn.config.loading import shipped as paths
from jena_rnn.config.nodes import read
from jena_rnn.config.schema import json_schema
from jena_rnn.tasks import SCHEMAS, parse

ALL = sorted(paths())
SCHEMA = json_schema(SCHEMAS)


@pytest.mark.parametrize("name", ALL)
def test_a_shipped_config_loads_under_its_own_name_and_dumps_back(name: str) -> None:
    config = shipped(name)
    assert config.name == name.replace("/", "_")
    assert parse(dump(config)) == config


@pytest.mark.parametrize("name", ALL)
def test_a_shipped_config_opens_with_its_schema_and_its_command(name: str) -> None:
    up = "../" * name.count("/")
    first, command, *_ = paths()[name].read_text().splitlines()
    assert first == f"# yaml-language-server: $schema={up}schema.json"
    assert command == f"# jena-rnn train configs/{name}.yaml"


@pytest.mark.parametrize("name", ALL)
def test_a_shipped_config_fits_the_schema_and_is_its_own_listing(name: str) -> None:
    values = read(paths()[name].read_text(), name).values
    jsonschema.validate(json.loads(json.dumps(values)), SCHEMA)
    assert deviations(shipped(name)) == []


@pytest.mark.parametrize("wrong", ["units: 3", "training: {epochs: 0}", "model: {name: grru}", "split: {train: [1]}"])
def test_the_schema_refuses_what_loading_refuses(wrong: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(wrong), SCHEMA)


def test_the_shipped_schema_is_that_of_the_program() -> None:
    shipped_schema = json.loads((paths()["gru"].parent / "schema.json").read_text())
    assert shipped_schema == SCHEMA, "make it anew: jena-rnn schema > configs/schema.json"


def test_deviations_name_what_differs_from_the_listing() -> None:
    changed = shipped("gru", "model.units=64", "seed=3", "training.jit_compile=true")
    assert deviations(changed) == ["model.units 64 instead of 32"]
    assert deviations(config_of("seed: 1")) == []
    assert deviations(config_of('book: {listing: "9.99", val_mae: 0.1}')) == []
