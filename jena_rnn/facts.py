"""What run.json says of the model of a run, and what tells two runs of a config apart.

info = provenance(command) | task.facts() | model_facts(model)
"""

from typing import Any

from jena_rnn.backend import keras, tf


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
