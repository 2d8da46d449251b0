"""An experiment on one page: config -> data -> model -> fit -> run directory.

run = train(load("gru"), runs=Path("runs"), command=sys.argv, listener=listener)
run.metrics()["splits"]["test"]["mae_unit"]                  # °C
"""

import statistics
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from jena_rnn import tasks
from jena_rnn.audit import audit
from jena_rnn.backend import keras, tf
from jena_rnn.errors import DivergedError, StoppedError
from jena_rnn.models import build
from jena_rnn.provenance import provenance
from jena_rnn.records import EpochRecord, best
from jena_rnn.rundir import RunDir
from jena_rnn.schema import Config
from jena_rnn.scoring import predictions, score
from jena_rnn.series import Series
from jena_rnn.stations import open_series
from jena_rnn.tasks import Task
from jena_rnn.training import Listener, compile_model, epochs, predict, worth_compiling


def train(
    config: Config,
    *,
    runs: Path,
    command: list[str],
    overrides: tuple[str, ...] = (),
    force: bool = False,
    listener: Listener,
) -> RunDir:
    """Train `config` and return its run directory: config, history, metrics, predictions and model.

    Raises DataError before anything is written if the data does not do; FileError where the disk refuses;
    DivergedError if the loss stops being a number, with the last good epoch kept.
    """
    series = open_series(config.data)
    task = tasks.forecast(config, series)
    steps = task.steps * config.training.epochs
    jit = worth_compiling(config.training.jit_compile, steps)
    config = resolved(config, task, jit=jit)
    run = RunDir.create(runs, config.name, config.seed, force=force)
    info = provenance(command) | {"overrides": list(overrides)} | _data_facts(config, series, task)
    compiled = "compiled with XLA" if jit else "not compiled"
    begins = f"{config.name} on {series.source.name}: {task.steps} steps an epoch, {compiled}\n{run.path}"
    listener.begins(begins, task.unit, task.unit_per_normalised)
    del series
    keras.utils.set_random_seed(config.seed)
    model = build(config.model, task.input_shape, task.head)
    compile_model(model, config.training, jit=jit)
    run.write_config(config)
    run.write_info(info | _model_facts(model))
    history = _fit(model, task, config, run, listener)
    _finish(model, task, config, run, history)
    return run


def resolved(config: Config, task: Task, *, jit: bool) -> Config:
    """Return `config` with everything that was left to be decided written out."""
    return replace(
        config,
        split=task.split,
        data=replace(config.data, columns=task.windows.columns),
        training=replace(config.training, jit_compile=jit, steps_per_epoch=task.steps),
    )


def _fit(model: keras.Model, task: Task, config: Config, run: RunDir, listener: Listener) -> list[EpochRecord]:
    """Train to the end; after each epoch the history stands on disk, and the weights if they are the best so far."""
    history: list[EpochRecord] = []
    log = _tensorboard(run)
    try:
        for record in epochs(model, task, config.training, seed=config.seed, history=history, listener=listener):
            is_best = best(history) is record
            if is_best:
                run.write_best(model.get_weights())
            run.write_history(history)
            for name in ("loss", "val_mae"):
                log(name, getattr(record, name), record.epoch)
            listener.epoch_ends(record, is_best)
    except KeyboardInterrupt:
        raise StoppedError(f"stopped in epoch {len(history) + 1}; {_kept(run)}") from None
    except DivergedError as error:
        raise DivergedError(
            f"{error}; {_kept(run)}. Try a smaller training.learning_rate "
            f"(it is {config.training.learning_rate:g}), or tanh instead of relu."
        ) from None
    return history


def _kept(run: RunDir) -> str:
    """Return what stands on disk of a run that ends early."""
    history = run.history()
    if not history:
        return f"no epoch was finished; {run.path}"
    return f"{len(history)} finished, the best of them (epoch {best(history).epoch}) kept in {run.path}"


def _tensorboard(run: RunDir) -> Callable[[str, float, int], None]:
    """Return a function that logs a number, and does nothing where tensorboard is not installed."""
    try:
        from tensorboard.summary import Writer
    except ImportError:
        return lambda name, value, epoch: None
    writer = Writer(str(run.tensorboard))

    def log(name: str, value: float, epoch: int) -> None:
        writer.add_scalar(name, value, epoch)
        writer.flush()

    return log


def _finish(model: keras.Model, task: Task, config: Config, run: RunDir, history: list[EpochRecord]) -> None:
    """Score the best epoch on validation and test, and write forecasts, metrics and model."""
    model.set_weights(run.best())
    size = config.training.eval_batch_size
    forecasts = {split: predict(model, task, split, size) for split in ("val", "test")}
    scores = {split: score(task, split, forecast) for split, forecast in forecasts.items()}
    run.write_predictions(predictions(task, "test", forecasts["test"]))
    run.write_model(model.save)
    run.write_metrics(
        {
            "best_epoch": best(history).epoch,
            "epochs": len(history),
            "best_val_mae": best(history).val_mae,
            "last_val_mae": history[-1].val_mae,
            "seconds_per_epoch": statistics.median(record.seconds for record in history),
            "seconds": sum(record.seconds for record in history),
            "splits": {split: score.as_dict() for split, score in scores.items()},
        }
    )


def _data_facts(config: Config, series: Series, task: Task) -> dict[str, Any]:
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
    windows = {split: len(rows) for split, rows in task.rows.items()}
    return {
        "seed": config.seed,
        "data": data,
        "windows": windows,
        "lead_hours": task.lead_hours,
        "steps_per_epoch": task.steps,
    }


def _model_facts(model: keras.Model) -> dict[str, Any]:
    return {
        "parameters": model.count_params(),
        "devices": [device.name for device in tf.config.list_logical_devices()],
        "threads": {
            "intra_op": tf.config.threading.get_intra_op_parallelism_threads(),
            "inter_op": tf.config.threading.get_inter_op_parallelism_threads(),
        },
    }
