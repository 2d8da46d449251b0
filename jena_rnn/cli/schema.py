"""`jena-rnn schema`: the JSON Schema of a config."""

import click

from jena_rnn.cli.terminal import json_result


@click.command()
def schema() -> None:
    """Print the JSON Schema of a config, with which editors complete and check keys."""
    from jena_rnn.config.schema import json_schema
    from jena_rnn.tasks import SCHEMAS

    json_result(json_schema(SCHEMAS))
