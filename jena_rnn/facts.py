"""What run.json says of the data, the windows and the model of a run.

info = provenance(command) | data_facts(config, series, task) | model_facts(model)
"""

from typing import Any

from jena_rnn.audit import audit
from jena_rnn.backend import keras, tf
from jena_rnn.config import digest_of
from jena_rnn.schema import Config
from jena_rnn.series import Series
from jena_rnn.tasks import Task


def data_facts(config: Config, series: Series, task: Task) -> dict[str, Any]:
    """Return where the data came from, what is wrong with it, and how it was scaled and cut."""
    source, scaling = series.source, task.windows.scaling
    data = {
        "name": source.name,
        "sha256": source.sha256,
        "edition": source.edition,
        "made_up": source.made_up,
        "rows": len(series),
        "faults": audit(series, config.data.sentinel).summary(),
        "repairs": list(task.repairs),
        "columns": list(task.windows.columns),
        "mean": scaling.mean.tolist(),
        "std": scaling.std.tolist(),
        "target_mean": scaling.target_mean,
        "target_std": scaling.target_std,
    }
    return {
        "seed": config.seed,
        "config_sha256": digest_of(config),
        "data": data,
        "windows": {split: len(rows) for split, rows in task.rows.items()},
        "row_hours": task.row_hours,
        "lead_hours": task.lead_hours,
        "steps_per_epoch": task.steps,
    }


def model_facts(model: keras.Model) -> dict[str, Any]:
    """Return the model's size, and the devices and threads that it runs on."""
    return {
        "parameters": model.count_params(),
        "devices": [device.name for device in tf.config.list_logical_devices()],
        "threads": {
            "intra_op": tf.config.threading.get_intra_op_parallelism_threads(),
            "inter_op": tf.config.threading.get_inter_op_parallelism_threads(),
        },
    }


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return what changed between two run.json that can change the last bits of a result, in plain words."""
    found = []
    for package in ("tensorflow", "keras", "numpy", "numba", "llvmlite"):
        old, new = before["versions"].get(package), now["versions"].get(package)
        if old != new:
            found.append(f"{package} {old} then, {new} now")
    for key in ("machine", "processor", "cores", "flags", "devices", "threads"):
        if before.get(key) != now.get(key):
            found.append(f"{key} {before.get(key)} then, {now.get(key)} now")
    return found
