"""Config: YAML files to checked, frozen objects, and back.

Read in the order of loading: `nodes` (text to values with lines), `checking` (values to a pydantic model, errors to
messages), `loading` (files, overrides, dump, digest). The keys are in `section` (the base), `models` and `experiment`;
each task adds its own in its folder. `schema` makes the JSON Schema.
"""

from jena_rnn.config.experiment import Experiment, Place, Training
from jena_rnn.config.loading import Override, digest_of, dump
from jena_rnn.config.section import Broken, Section

__all__ = ["Broken", "Experiment", "Override", "Place", "Section", "Training", "digest_of", "dump"]
