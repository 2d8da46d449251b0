"""What run.json says of the model of a run, and what tells two runs of a config apart.

info = provenance(command) | task.facts() | model_facts(model)
"""

from typing import Any

from jena_rnn.training.backend import keras, tf


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
    old, new = before["versions"], now["versions"]
    versions = [_changed(name, old, new) for name in sorted(old | new)]
    codes = {each["code_sha256"] for each in (before, now) if each.get("code_sha256")}
    code = "the code of jena-rnn has changed" if len(codes) > 1 else ""
    keys = [_changed(name, before, now) for name in ("machine", "processor", "cores", "devices", "threads")]
    old, new = before.get("flags") or {}, now.get("flags") or {}
    flags = [_changed(name, old, new) for name in sorted(old | new)]
    return [change for change in (*versions, code, *keys, *flags) if change]


def _changed(name: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    if old.get(name) == new.get(name):
        return ""
    return f"{name} {old.get(name, 'not set')} then, {new.get(name, 'not set')} now"
