"""The commands on reviews, as a user meets them: from made-up texts to a probability for one's own."""

import json
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import CONFIGS, Result

from jena_rnn.cli import run as run_command
from jena_rnn.reviews.corpus import decode
from jena_rnn.reviews.sample import simulate, write_table

Command = Callable[..., Result]
SMALL = (
    *("--sample", "--set", "words.length=60", "--set", "words.embedding=8", "--set", "model.units=8"),
    *("--set", "training.fast_layers=false", "--set", "training.learning_rate=0.01", "--quiet"),
)


@pytest.fixture(scope="module")
def lstm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of a small LSTM on made-up reviews, three epochs."""
    runs = tmp_path_factory.mktemp("reviews")
    assert run_command(["train", "imdb/lstm", *SMALL, "--epochs", "3", "--runs-dir", str(runs)]) == 0
    (found,) = runs.iterdir()
    return found


def test_a_run_leaves_accuracies_curves_and_words(lstm: Path) -> None:
    names = {path.name for path in lstm.iterdir()}
    assert names >= {"config.yaml", "run.json", "history.csv", "metrics.json", "predictions.csv", "words.json"}
    assert {path.name for path in (lstm / "plots").iterdir()} == {"accuracy.png", "loss.png", "confusion.png"}
    assert (lstm / "history.csv").read_text().startswith("epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,")
    assert (lstm / "predictions.csv").read_text().startswith("# made-up reviews: nobody wrote them\nreview,prob")
    assert json.loads((lstm / "run.json").read_text())["task"] == "reviews"


def test_the_model_learns_more_than_the_commoner_label(lstm: Path) -> None:
    test = json.loads((lstm / "metrics.json").read_text())["splits"]["test"]
    assert test["accuracy"] > test["majority"] + 0.15
    assert sum(map(sum, test["confusion"])) == test["reviews"] == 3_000


def test_the_report_tells_baselines_confusions_and_the_worst_mistakes(lstm: Path, jena_rnn: Command) -> None:
    done = jena_rnn("report", lstm)
    assert (done.code, done.err) == (0, "")
    assert re.match(r"# imdb_lstm, seed 0 \(made-up reviews\): .*test accuracy \d\d\.\d %, bag of words \d\d", done.out)
    for expected in (
        r"\| validation, best epoch \(\d\) +\| \d\d\.\d % \|",
        r"\| validation, last epoch \(3\) +\|",
        r"\| is negative \| +[\d,]+ \| +[\d,]+ \|",
        r"- review [\d,]+ is (negative|positive); the model is \d\d\.\d\d % sure that it is (positive|negative): [\w…]",
        r"made-up reviews: nobody wrote them",
        r"!\[confusion\]\(plots/confusion\.png\)",
    ):
        assert re.search(expected, done.out), expected
    assert "The book" not in done.out, "made-up reviews are not the book's"


def test_evaluate_gives_the_accuracy_that_the_run_kept(lstm: Path, jena_rnn: Command) -> None:
    done = jena_rnn("evaluate", lstm, "--json")
    kept = json.loads((lstm / "metrics.json").read_text())["splits"]["test"]
    found = json.loads(done.out)
    assert all(found[name] == kept[name] for name in ("accuracy", "loss", "majority", "bag_of_words", "confusion"))


@pytest.mark.parametrize("damage", [lambda text: text.replace('"', '"x', 1), lambda text: text[:9], None])
def test_resume_makes_lost_or_changed_words_again(
    lstm: Path, tmp_path: Path, damage: Callable[[str], str] | None, jena_rnn: Command
) -> None:
    run = Path(shutil.copytree(lstm, tmp_path / "run"))
    words = run / "words.json"
    before = words.read_text()
    if damage is None:
        words.unlink()
    else:
        words.write_text(damage(before))
    assert jena_rnn("predict", run, "--text", "good film").code == 4
    assert jena_rnn("resume", run).code == 0
    assert words.read_text() == before


def test_evaluate_scores_a_table_of_ones_own(lstm: Path, tmp_path: Path, jena_rnn: Command) -> None:
    table, out = tmp_path / "mine.csv", tmp_path / "said.csv"
    with table.open("wb") as file:
        write_table(simulate(200, seed=1), file)
    done = jena_rnn("evaluate", lstm, "--data", table, "--predictions", out)
    assert done.code == 0, done.err
    assert re.search(r"\| all +\| \d\d\.\d % \| \d\.\d{4} \| +200 \|\n\n\| +\| said negative", done.out)
    assert len(out.read_text().splitlines()) == 202


def test_evaluate_refuses_what_says_nothing_of_the_reviews_that_it_is_shown(
    lstm: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    table = tmp_path / "mine.csv"
    with table.open("wb") as file:
        write_table(simulate(200, seed=1), file)
    done = jena_rnn("evaluate", lstm, "--data", table, "--set", "data.index=nope.json")
    words = "expected it left out, since texts are read by the words that the run knows"
    assert (done.code, done.err) == (2, f"jena-rnn: --set data.index=nope.json: data.index: {words}\n")
    done = jena_rnn("evaluate", lstm, "--sample", "--set", "data.text=words", "--set", "data.index=null")
    columns = "expected it left out, since only a CSV has columns"
    assert (done.code, done.err) == (2, f"jena-rnn: --set data.text=words: data.text: {columns}\n")
    assert jena_rnn("evaluate", lstm, "--data", table, "--set", "data.text=text").code == 0


def test_sample_writes_reviews_that_can_be_trained_on(tmp_path: Path, jena_rnn: Command) -> None:
    path = tmp_path / "mine.csv"
    done = jena_rnn("sample", path, "--task", "reviews", "--rows", "300")
    assert (done.code, done.err) == (0, f"{path}: 300 made-up reviews\n")
    assert path.read_text().startswith("# made-up reviews: ")
    done = jena_rnn("baseline", "imdb/lstm", "--data", path, "--json")
    assert [json.loads(done.out)[split]["reviews"] for split in ("val", "test")] == [48, 60]
    assert json.loads(done.out)["source"] == f"made-up reviews ({path})"


def test_reviews_in_the_folder_one_stands_in_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jena_rnn: Command
) -> None:
    for kind in ("pos", "neg"):
        (tmp_path / kind).mkdir()
        for number in range(10):
            (tmp_path / kind / f"{number}.txt").write_text(f"{kind} film {number}")
    monkeypatch.chdir(tmp_path)
    done = jena_rnn("inspect", "imdb/lstm", "--data", ".", "--no-plots", "--json")
    assert (done.code, json.loads(done.out)["parts"][0]["reviews"]) == (0, 20)
    assert jena_rnn("baseline", "imdb/lstm", "--sample", "--set", "data.path=.").code == 0


def test_predict_tells_good_from_bad(lstm: Path, jena_rnn: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    corpus = simulate()
    good = next(word for word in corpus.words if word in {"wonderful", "great", "excellent", "brilliant"})
    bad = next(word for word in corpus.words if word in {"awful", "terrible", "boring", "dreadful"})
    done = jena_rnn("predict", lstm, "--text", f"{good} {good} {good}", "--text", f"{bad} {bad} {bad}", "--json")
    better, worse = (each["probability"] for each in json.loads(done.out))
    assert better > 0.5 > worse
    said = f"{good} {good} {good}\n\n{bad}\x1b[31m\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(said.encode())))
    done = jena_rnn("predict", lstm)
    assert (done.code, len(done.out.splitlines())) == (0, 2)
    assert done.out.splitlines()[0] == f"{better:.4f}  {good} {good} {good}"
    assert "\x1b" not in done.out


def _predicted(run: Path, said: bytes, encoding: str) -> subprocess.CompletedProcess[str]:
    command, settings = [sys.executable, "-m", "jena_rnn", "predict", run], os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(command, input=said, env=settings, capture_output=True, check=False)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_predict_waits_for_a_stdin_that_does_not_wait(lstm: Path) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    command = [sys.executable, "-m", "jena_rnn", "predict", str(lstm)]
    with subprocess.Popen(command, stdin=reading, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        os.write(writing, b"good film\nbad fi")
        while select.select([reading], [], [], 0)[0]:  # until it has been read
            time.sleep(0.05)
        time.sleep(0.2)
        os.write(writing, b"lm\nthird film\n")
        os.close(writing)
        said, told = process.communicate()
    os.close(reading)
    assert (process.returncode, told) == (0, "")
    assert [line.split("  ")[1] for line in said.splitlines()] == ["good film", "bad film", "third film"]


def test_a_stdin_that_cannot_be_read_is_named(lstm: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jena_rnn", "predict", str(lstm)]
    with (tmp_path / "x").open("wb") as file:
        done = subprocess.run(command, stdin=file, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        4,
        "",
        "jena-rnn: stdin: cannot be read: Bad file descriptor\n",
    )


def test_a_text_to_trace_is_read_as_one_to_predict(lstm: Path, jena_rnn: Command) -> None:
    for command in (("predict", lstm), ("show", lstm, "--trace")):
        done = jena_rnn(*command, "--text", os.fsdecode(b"a caf\xe9"))
        assert (done.code, done.out) == (2, "")
        assert "Invalid value for '--text': expected text in UTF-8, got 'a caf\\udce9'" in done.err
        assert "the run knows 0 of its 2 words" in jena_rnn(*command, "--text", "zzzz qqqq", "--json").err


def test_predict_reads_utf_8_whatever_the_locale_and_refuses_what_is_none(lstm: Path) -> None:
    told = {_predicted(lstm, "a fine caf\u00e9 film".encode(), encoding).stdout[:6] for encoding in ("utf-8", "ascii")}
    assert len(told) == 1
    for said, wrong in (
        (b"good\na caf\xe9\n", "stdin:2: not UTF-8, in which texts are expected; iconv -t UTF-8 converts it"),
        (b"a\0b\n", "stdin:1: holds a NUL byte; expected text"),
    ):
        done = _predicted(lstm, said, "utf-8")
        assert (done.returncode, done.stdout, done.stderr) == (3, "", f"jena-rnn: {wrong}\n")


def test_predict_says_which_words_it_does_not_know(lstm: Path, jena_rnn: Command) -> None:
    done = jena_rnn("predict", lstm, "--text", "the film", "--text", "qwxyz the foo", "--text", "")
    assert (done.code, len(done.out.splitlines())) == (0, 3)
    assert done.err == "text 2: the run knows 1 of its 3 words\ntext 3: no words\n"


def test_predict_with_a_forecast_says_so(lstm: Path, trained: Path, jena_rnn: Command) -> None:
    done = jena_rnn("predict", trained, "--text", "good")
    assert (done.code, done.out) == (2, "")
    assert done.err == f"jena-rnn: {trained}: of task forecast, which reads no texts; runs of configs/imdb do\n"


def test_damaged_words_are_named(lstm: Path, tmp_path: Path, jena_rnn: Command) -> None:
    run = shutil.copytree(lstm, tmp_path / "run")
    (run / "words.json").write_text('["good"]')
    done = jena_rnn("predict", run, "--text", "good")
    assert (done.code, done.err) == (4, f"jena-rnn: {run / 'words.json'}: damaged: not the words that run.json knows\n")
    (run / "words.json").unlink()
    assert jena_rnn("predict", run, "--text", "good").code == 4


def _damaged(lstm: Path, folder: Path, name: str, change: Callable[[Any], Any]) -> Path:
    run = Path(shutil.copytree(lstm, folder / "run"))
    (run / name).write_text(json.dumps(change(json.loads((run / name).read_text()))))
    return run


@pytest.mark.parametrize(
    ("key", "value", "wrong"),
    [
        ("confusion", [[1]], "splits.test.confusion: expected two rows of two whole numbers"),
        ("confusion", [[1, 2, 3]] * 3, "splits.test.confusion: expected two rows of two whole numbers"),
        ("confusion", [], "splits.test.confusion: expected two rows of two whole numbers"),
        (
            "most_wrong",
            [{}],
            "splits.test.most_wrong: expected a list, each an object of review, probability, ",
        ),
        ("accuracy", 2, "splits.test.accuracy: expected a number from 0 to 1"),
    ],
)
def test_damaged_metrics_are_named(
    lstm: Path, tmp_path: Path, key: str, value: object, wrong: str, jena_rnn: Command
) -> None:
    def change(metrics: Any) -> Any:
        metrics["splits"]["test"][key] = value
        return metrics

    run = _damaged(lstm, tmp_path, "metrics.json", change)
    for verb in ("report", "plot"):
        done = jena_rnn(verb, run)
        assert (done.code, done.err.count("\n")) == (4, 1)
        assert done.err.startswith(f"jena-rnn: {run / 'metrics.json'}: damaged: {wrong}")


def test_files_of_another_task_are_named(lstm: Path, trained: Path, tmp_path: Path, jena_rnn: Command) -> None:
    for own, other in ((lstm, trained), (trained, lstm)):
        for name, wrong in (("metrics.json", "task: expected "), ("history.csv", "not what the run wrote")):
            run = Path(shutil.copytree(own, tmp_path / f"{own.name}-{name}"))
            shutil.copy(other / name, run / name)
            for verb in ("report", "plot"):
                done = jena_rnn(verb, run)
                assert (done.code, f"{run / name}: damaged: {wrong}" in done.err) == (4, True), done.err


def test_a_history_of_impossible_accuracies_is_damaged(lstm: Path, tmp_path: Path, jena_rnn: Command) -> None:
    run = Path(shutil.copytree(lstm, tmp_path / "run"))
    (run / "metrics.json").unlink()  # as if it had not finished: nothing but its lines says what they must be
    header = (run / "history.csv").read_text().splitlines()[0]
    (run / "history.csv").write_text(f"{header}\n1,0.5,2,0.5,0.5,0.001,1\n")
    done = jena_rnn("report", run)
    assert (done.code, "expected accuracies from 0 to 1, got 2.0 and 0.5" in done.err) == (4, True)


def test_resume_writes_lost_words_again(lstm: Path, tmp_path: Path, jena_rnn: Command) -> None:
    run = Path(shutil.copytree(lstm, tmp_path / "run"))
    before = (run / "words.json").read_bytes()
    (run / "words.json").unlink()
    assert jena_rnn("resume", run, "--epochs", "4").code == 0
    assert (run / "words.json").read_bytes() == before


def test_control_characters_in_an_index_and_in_a_text_are_shown(lstm: Path, jena_rnn: Command) -> None:
    done = jena_rnn("predict", lstm, "--text", "multi\nline")
    assert (len(done.out.splitlines()), r"multi\nline" in done.out) == (1, True)
    words = ("good\nfilm", "bad\x1b[31m", "\ttab")
    assert decode([4, 5, 6], words) == r"good\nfilm bad\x1b[31m \ttab"


def test_runs_are_compared_by_accuracy_and_not_across_tasks(
    lstm: Path, trained: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    out = tmp_path / "compare.png"
    assert jena_rnn("plot", lstm, lstm, "--out", out).code == 0
    assert out.stat().st_size > 10_000
    done = jena_rnn("plot", lstm, trained, "--out", tmp_path / "no.png")
    assert (done.code, done.err) == (4, "jena-rnn: the runs are of different tasks: forecast, reviews\n")


def test_a_trace_shows_where_the_cell_writes(lstm: Path, jena_rnn: Command) -> None:
    done = jena_rnn("show", lstm, "--trace", "--text", "a wonderful film")
    assert done.code == 0, done.err
    assert re.match(r"the text: \d\d?\.\d % sure that it is positive\n\nlstm, forward: where it wrote", done.out)
    assert done.err == f"drawn: {lstm / 'plots' / 'trace.png'}\n"
    done = jena_rnn("show", lstm, "--trace", "--number", "7", "--json")
    found = json.loads(done.out)
    (layer,) = found["layers"]
    assert set(layer["gates"]) == {"input", "forget", "output", "candidate", "cell"}
    assert len(layer["written"]) == len(layer["gates"]["forget"]) == len(found["labels"]) <= 60


@pytest.mark.parametrize(
    ("arguments", "code", "wrong"),
    [
        (("--trace", "--number", "3000"), 2, "expected a sample from 0 to 2,999 of test, got 3,000"),
        (("--trace", "--set", "seed=1"), 2, "--trace is of a run and its own data"),
        (("--trace", "--text", "a", "--number", "1"), 2, "--text is no sample of the run's data"),
        (("--number", "1"), 2, "go with --trace"),
    ],
)
def test_a_trace_asked_for_wrongly_is_refused(
    lstm: Path, arguments: tuple[str, ...], code: int, wrong: str, jena_rnn: Command
) -> None:
    done = jena_rnn("show", lstm, *arguments)
    assert (done.code, wrong in done.err) == (code, True), done.err


def test_a_trace_of_a_forecast_counts_hours_and_of_a_dense_model_is_refused(
    trained: Path, made_up_csv: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    done = jena_rnn("show", trained, "--trace")
    assert (done.code, "no recurrent layer to trace" in done.err) == (2, True)
    done = jena_rnn("train", "gru", "--data", made_up_csv, "--smoke", "--runs-dir", tmp_path)
    assert done.code == 0, done.err
    (run,) = tmp_path.iterdir()
    done = jena_rnn("show", run, "--trace", "--number", "5")
    assert done.code == 0, done.err
    assert re.match(r"test, window 5, newest input 20\d\d.*: forecast -?\d+\.\d\d °C, truth -?\d+\.\d\d °C\n", done.out)
    assert "| hours before the newest input | written |" in done.out


def test_baseline_show_and_inspect_speak_of_reviews(tmp_path: Path, jena_rnn: Command) -> None:
    done = jena_rnn("baseline", "imdb/lstm", "--sample", "--json")
    assert 0.75 < json.loads(done.out)["test"]["bag_of_words"] < 0.9
    assert "| test  |   3,000 |" in jena_rnn("baseline", "imdb/lstm", "--sample").out
    done = jena_rnn("show", "imdb/conv", "--sample")
    assert "1,315,937 parameters" in done.out
    assert "A sample is the last 500 tokens of a review, in order" in done.out
    assert "in no order" in jena_rnn("show", "imdb/dense_bow", "--sample").out
    assert "from the last of them to the first" in jena_rnn("show", "imdb/lstm_reversed", "--sample").out
    done = jena_rnn("inspect", "imdb/lstm", "--sample", "--plots", tmp_path)
    assert (done.code, done.err) == (0, f"drawn: {tmp_path / 'lengths.png'}\n")
    assert "| train |   3,000 |" in done.out


def test_copies_are_of_words_though_these_have_no_rank(tmp_path: Path, jena_rnn: Command) -> None:
    texts = {"train": ["good film", "bad film", "the film", "a film"], "test": ["odd a", "queer b", "odd c", "odd a"]}
    for part, told in texts.items():
        for number, text in enumerate(told):
            folder = tmp_path / "reviews" / part / ("pos" if number % 2 else "neg")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number}.txt").write_text(text)
    (tmp_path / "index.json").write_text('{"film": 1}')
    for index in ([], ["--set", f"data.index={tmp_path / 'index.json'}"]):
        asked = jena_rnn("inspect", "imdb/lstm", "--data", tmp_path / "reviews", *index, "--no-plots", "--json")
        found = json.loads(asked.out)
        assert [(part["different"], part["copies"]) for part in found["parts"]] == [(5, 0), (5, 1)]
        assert found["shared"] == 0


def test_without_reviews_show_still_explains_and_train_says_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jena_rnn: Command
) -> None:
    monkeypatch.chdir(tmp_path)
    done = jena_rnn("show", "imdb/lstm")
    assert done.code == 0
    assert done.out.startswith("The reviews cannot be counted: data/imdb.npz: no such file.")
    done = jena_rnn("train", "imdb/lstm")
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert "scripts/download_imdb.sh" in done.err


def test_a_run_without_words_reads_no_texts(tmp_path: Path, jena_rnn: Command) -> None:
    corpus = simulate(200)
    assert corpus.test is not None
    arrays = {}
    for name, part in (("train", corpus.train), ("test", corpus.test)):
        arrays[f"x_{name}"] = np.array([part.ranks[a : a + 5] for a in part.starts[:-1]], np.int64).clip(1)
        arrays[f"y_{name}"] = part.labels.astype(np.int64)
    np.savez(tmp_path / "mine.npz", **arrays)
    data = "--data", tmp_path / "mine.npz"
    small = ("--set", "words.length=5", "--set", "model.units=4", "--smoke")
    done = jena_rnn("train", "imdb/lstm", *data, *small, "--runs-dir", tmp_path / "runs")
    assert done.code == 0, done.err
    (run,) = (tmp_path / "runs").iterdir()
    done = jena_rnn("predict", run, "--text", "good")
    wordless = "the run knows no words: it had no word index (data.index), or words.count leaves room for none\n"
    assert (done.code, done.err) == (2, f"jena-rnn: {wordless}")
    table = tmp_path / "mine.csv"
    with table.open("wb") as file:
        write_table(corpus, file)
    done = jena_rnn("evaluate", run, "--data", table)
    assert (done.code, done.out, done.err) == (3, "", f"jena-rnn: {table}: {wordless}")
    done = jena_rnn("evaluate", run, "--sample")
    assert (done.code, done.out, done.err) == (3, "", f"jena-rnn: made-up reviews: {wordless}")
    index = {word: rank for rank, word in enumerate(corpus.words, 1)}
    (tmp_path / "imdb_word_index.json").write_text(json.dumps(index))
    assert jena_rnn("evaluate", run).code == 0, "an index that came later is not the run's"
    done = jena_rnn("train", "imdb/lstm", *data, *small, "--runs-dir", tmp_path / "named")
    (named,) = (tmp_path / "named").iterdir()
    assert f"index: {tmp_path / 'imdb_word_index.json'}" in (named / "config.yaml").read_text()
    assert jena_rnn("predict", named, "--text", "good").code == 0
    (tmp_path / "strange.json").write_text('{"no_word_of_theirs": 1}')
    strange = "--set", f"data.index={tmp_path / 'strange.json'}"
    done = jena_rnn("train", "imdb/lstm", "--data", table, *strange, *small, "--runs-dir", tmp_path / "one")
    strangers = f"no word of the training reviews is in {tmp_path / 'strange.json'}"
    assert strangers in done.err
    assert f"data: {strangers}" in jena_rnn("baseline", "imdb/lstm", "--data", table, *strange).out
    swapped = index | {corpus.words[-2]: len(index), corpus.words[-1]: len(index) - 1}
    (tmp_path / "imdb_word_index.json").write_text(json.dumps(swapped))
    done = jena_rnn("resume", named)
    either = f"{tmp_path / 'mine.npz'} and {tmp_path / 'imdb_word_index.json'}"
    all_of_it = "all of which counts, not only what was used"  # of which --smoke takes a few
    assert (done.code, done.err) == (3, f"jena-rnn: {either}: not the data that {named} was trained on, {all_of_it}\n")
    (tmp_path / "imdb_word_index.json").unlink()
    done = jena_rnn("evaluate", named)
    gone = f"{tmp_path / 'imdb_word_index.json'}: no such file, and data.index names it as the words of"
    then = f"it was not so when {named} was trained; --data scores another file"
    assert (done.code, done.err) == (3, f"jena-rnn: {gone} {tmp_path / 'mine.npz'} by rank; {then}\n")
    (tmp_path / "elsewhere.json").write_text(json.dumps(index))
    elsewhere = "--set", f"data.index={tmp_path / 'elsewhere.json'}"
    assert jena_rnn("evaluate", named, *data, *elsewhere).code == 0


def test_a_run_in_a_folder_of_an_odd_name_is_drawn_traced_and_resumed(
    lstm: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/surr\xff $\\frac{"))
    shutil.copytree(lstm, odd)
    assert jena_rnn("plot", odd, lstm, "--out", tmp_path / "two.png").code == 0
    assert jena_rnn("show", odd, "--trace").code == 0
    assert jena_rnn("resume", odd, "--epochs", "4").code == 0


@pytest.mark.parametrize("name", ["dense_bow", "conv"])
def test_models_without_recurrence_train_end_to_end(name: str, tmp_path: Path, jena_rnn: Command) -> None:
    done = jena_rnn("train", CONFIGS / "imdb" / f"{name}.yaml", "--sample", "--smoke", "--runs-dir", tmp_path)
    assert done.code == 0, done.err
    assert done.out.startswith(f"imdb_{name}, seed 0 (made-up reviews): ")
    assert re.search(r"epoch 1/1  loss \d\.\d{4}  accuracy \d+\.\d %  val loss \d\.\d{4}  val accuracy", done.err)


def test_real_reviews_give_the_accuracy_of_a_bag_of_words(real_data: Path, jena_rnn: Command) -> None:
    done = jena_rnn("baseline", "imdb/lstm", "--data", real_data / "imdb.npz", "--json")
    found = json.loads(done.out)
    assert (found["val"]["reviews"], found["test"]["reviews"]) == (5_000, 25_000)
    assert found["test"]["majority"] == 0.5
    assert 0.88 < found["test"]["bag_of_words"] < 0.89
