"""The commands on reviews: from made-up texts to a probability for one's own."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Result

from jena_rnn.reviews.sample import simulate, write_table

Command = Callable[..., Result]
Copy = Callable[[Path], Path]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a CSV of 200 made-up reviews."""
    path = tmp_path_factory.mktemp("reviews") / "mine.csv"
    with path.open("wb") as file:
        write_table(simulate(200, seed=1), file)
    return path


# A trained run


def test_a_run_leaves_accuracies_curves_and_words(trained_on_reviews: Path) -> None:
    run = trained_on_reviews
    names = {path.name for path in run.iterdir()}
    assert names >= {"config.yaml", "run.json", "history.csv", "metrics.json", "predictions.csv", "words.json"}
    assert {path.name for path in (run / "plots").iterdir()} >= {"accuracy.png", "loss.png", "confusion.png"}
    assert (run / "history.csv").read_text().startswith("epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,")
    assert (run / "predictions.csv").read_text().startswith("# made-up reviews: nobody wrote them\nreview,prob")
    test = json.loads((run / "metrics.json").read_text())["splits"]["test"]
    assert test["accuracy"] > test["majority"] + 0.15
    assert sum(map(sum, test["confusion"])) == test["reviews"] == 3_000


def test_the_report_has_baselines_confusions_and_the_worst_mistakes(
    trained_on_reviews: Path, jena_rnn: Command
) -> None:
    done = jena_rnn("report", trained_on_reviews)
    assert (done.code, done.err) == (0, "")
    assert re.match(r"# imdb_lstm, seed 0 \(made-up reviews\): .*test accuracy \d\d\.\d %, bag of words \d\d", done.out)
    for expected in (
        r"\| validation, best epoch \(\d\) +\| +\d\d\.\d % \|",
        r"\| validation, last epoch \(3\) +\|",
        r"\| is negative \| +[\d,]+ \| +[\d,]+ \|",
        r"- review [\d,]+ is (negative|positive); the model is \d\d\.\d\d % sure that it is (positive|negative): [\w…]",
        r"made-up reviews: nobody wrote them",
        r"!\[confusion\]\(plots/confusion\.png\)",
    ):
        assert re.search(expected, done.out), expected
    assert "The book" not in done.out, "made-up reviews are not the book's"


def test_evaluate_repeats_the_accuracy_of_the_run(trained_on_reviews: Path, jena_rnn: Command) -> None:
    found = json.loads(jena_rnn("evaluate", trained_on_reviews, "--json").out)
    kept = json.loads((trained_on_reviews / "metrics.json").read_text())["splits"]["test"]
    assert all(found[name] == kept[name] for name in ("accuracy", "loss", "majority", "bag_of_words", "confusion"))


def test_evaluate_scores_a_table_of_ones_own(
    trained_on_reviews: Path, table: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    out = tmp_path / "said.csv"
    done = jena_rnn("evaluate", trained_on_reviews, "--data", table, "--predictions", out)
    assert done.code == 0, done.err
    assert re.search(r"\| all +\| +\d\d\.\d % \|.* 200 \|\n", done.out)
    assert len(out.read_text().splitlines()) == 202


@pytest.mark.parametrize("damage", [lambda text: text.replace('"', '"x', 1), None], ids=["damaged", "lost"])
def test_resume_writes_lost_or_damaged_words_again(
    trained_on_reviews: Path, copy: Copy, damage: Callable[[str], str] | None, jena_rnn: Command
) -> None:
    run = copy(trained_on_reviews)
    words = run / "words.json"
    before = words.read_text()
    if damage is None:
        words.unlink()
    else:
        words.write_text(damage(before))
    done = jena_rnn("predict", run, "--text", "good film")
    assert (done.code, done.err.startswith(f"jena-rnn: {words}: ")) == (4, True)
    assert jena_rnn("resume", run).code == 0
    assert words.read_text() == before


# predict


def test_predict_tells_good_from_bad(
    trained_on_reviews: Path, jena_rnn: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = simulate()
    good = next(word for word in corpus.words if word in {"wonderful", "great", "excellent", "brilliant"})
    bad = next(word for word in corpus.words if word in {"awful", "terrible", "boring", "dreadful"})
    texts = "--text", f"{good} {good} {good}", "--text", f"{bad} {bad} {bad}"
    done = jena_rnn("predict", trained_on_reviews, *texts, "--json")
    better, worse = (each["probability"] for each in json.loads(done.out))
    assert better > 0.5 > worse
    said = f"{good} {good} {good}\n\n{bad}\x1b[31m\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(said.encode())))
    done = jena_rnn("predict", trained_on_reviews)
    assert (done.code, len(done.out.splitlines())) == (0, 2)
    assert done.out.splitlines()[0] == f"{better:.4f}  {good} {good} {good}"
    assert "\x1b" not in done.out


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_predict_reads_utf_8_in_any_locale(
    encoding: str, trained_on_reviews: Path, jena_rnn: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for said, code in (("a fine café film".encode(), 0), (b"good\na caf\xe9\n", 3)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(said), encoding))
        done = jena_rnn("predict", trained_on_reviews)
        assert (done.code, bool(done.out)) == (code, code == 0), done.err
        assert code == 0 or done.err.startswith("jena-rnn: stdin: ")


def test_predict_says_which_words_it_does_not_know(trained_on_reviews: Path, jena_rnn: Command) -> None:
    texts = [part for text in ("the film", "qwxyz the foo", "", "multi\nline") for part in ("--text", text)]
    done = jena_rnn("predict", trained_on_reviews, *texts)
    assert (done.code, len(done.out.splitlines()), r"multi\nline" in done.out) == (0, 4, True)
    assert done.err.startswith("text 2: the run knows 1 of its 3 words\ntext 3: no words\n")


def test_predict_with_a_forecast_is_refused(trained: Path, jena_rnn: Command) -> None:
    done = jena_rnn("predict", trained, "--text", "good")
    assert (done.code, done.out) == (2, "")
    assert (
        done.err
        == f"jena-rnn: {trained}: a run of task forecast, which reads no texts; expected a run of task reviews\n"
    )


# Damaged files


@pytest.mark.parametrize("key", ["confusion", "most_wrong", "accuracy"])
def test_metrics_without_a_key_are_damaged(trained_on_reviews: Path, copy: Copy, key: str, jena_rnn: Command) -> None:
    path = copy(trained_on_reviews) / "metrics.json"
    metrics: Any = json.loads(path.read_text())
    del metrics["splits"]["test"][key]
    path.write_text(json.dumps(metrics))
    for verb in ("report", "plot"):
        done = jena_rnn(verb, path.parent)
        assert (done.code, done.err) == (4, f"jena-rnn: {path}: damaged: missing: splits.test.{key}\n")


@pytest.mark.parametrize("name", ["metrics.json", "history.csv"])
def test_files_of_another_task_are_refused(
    name: str, trained_on_reviews: Path, trained: Path, copy: Copy, jena_rnn: Command
) -> None:
    for own, other in ((trained_on_reviews, trained), (trained, trained_on_reviews)):
        path = copy(own) / name
        path.write_bytes((other / name).read_bytes())
        for verb in ("report", "plot"):
            done = jena_rnn(verb, path.parent)
            assert (done.code, f"{path}: damaged: " in done.err) == (4, True), done.err


# show --trace


def test_a_trace_shows_where_the_cell_writes(trained_on_reviews: Path, copy: Copy, jena_rnn: Command) -> None:
    run = copy(trained_on_reviews)
    done = jena_rnn("show", run, "--trace", "--text", "a wonderful film")
    assert done.code == 0, done.err
    assert re.match(r"the text: \d\d?\.\d % sure that it is positive\n\nlstm, forward: where it wrote", done.out)
    assert done.err == f"drawn: {run / 'plots' / 'trace.png'}\n"
    found = json.loads(jena_rnn("show", run, "--trace", "--number", "7", "--json").out)
    (layer,) = found["layers"]
    assert set(layer["gates"]) == {"input", "forget", "output", "candidate", "cell"}
    assert len(layer["written"]) == len(layer["gates"]["forget"]) == len(found["labels"]) <= 60


def test_a_trace_of_a_forecast_counts_hours(gru_run: Path, copy: Copy, jena_rnn: Command) -> None:
    done = jena_rnn("show", copy(gru_run), "--trace", "--number", "5")
    assert done.code == 0, done.err
    assert re.match(r"test, window 5, newest input 20\d\d.*: forecast -?\d+\.\d\d °C, truth -?\d+\.\d\d °C\n", done.out)
    assert re.search(r"\| hours before the newest input +\| +written \|", done.out)


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (("--trace", "--number", "3000"), "expected a sample from 0 to 2,999 of test, got 3,000"),
        (("--trace", "--set", "seed=1"), "--trace uses a run's own data"),
        (("--trace", "--text", "a", "--number", "1"), "--text cannot be combined with --split and --number"),
        (("--number", "1"), "need --trace"),
    ],
)
def test_a_wrong_trace_is_refused(
    trained_on_reviews: Path, arguments: tuple[str, ...], wrong: str, jena_rnn: Command
) -> None:
    done = jena_rnn("show", trained_on_reviews, *arguments)
    assert (done.code, wrong in done.err) == (2, True), done.err


def test_a_model_without_a_recurrent_layer_has_no_trace(trained: Path, jena_rnn: Command) -> None:
    done = jena_rnn("show", trained, "--trace")
    assert (done.code, "no recurrent layer to trace" in done.err) == (2, True)


# Data


def test_sample_writes_reviews_that_can_be_read(tmp_path: Path, jena_rnn: Command) -> None:
    path = tmp_path / "mine.csv"
    done = jena_rnn("sample", path, "--task", "reviews", "--rows", "300")
    assert (done.code, done.err) == (0, f"{path}: 300 made-up reviews\n")
    assert path.read_text().startswith("# made-up reviews: ")
    found = json.loads(jena_rnn("baseline", "imdb/lstm", "--data", path, "--json").out)
    assert [found[split]["reviews"] for split in ("val", "test")] == [48, 60]
    assert found["source"] == f"made-up reviews ({path})"


def test_reviews_in_the_working_directory_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jena_rnn: Command
) -> None:
    for kind in ("pos", "neg"):
        (tmp_path / kind).mkdir()
        for number in range(10):
            (tmp_path / kind / f"{number}.txt").write_text(f"{kind} film {number}")
    monkeypatch.chdir(tmp_path)
    done = jena_rnn("inspect", "imdb/lstm", "--data", ".", "--no-plots", "--json")
    assert (done.code, json.loads(done.out)["parts"][0]["reviews"]) == (0, 20)


def test_baseline_show_and_inspect_speak_of_reviews(tmp_path: Path, jena_rnn: Command) -> None:
    done = jena_rnn("baseline", "imdb/lstm", "--sample", "--json")
    assert 0.75 < json.loads(done.out)["test"]["bag_of_words"] < 0.9
    done = jena_rnn("show", "imdb/conv", "--sample")
    assert "1,315,937 parameters" in done.out
    assert "A sample is the last 500 tokens of a review, in order" in done.out
    assert "in no order" in jena_rnn("show", "imdb/dense_bow", "--sample").out
    assert "from the last of them to the first" in jena_rnn("show", "imdb/lstm_reversed", "--sample").out
    done = jena_rnn("inspect", "imdb/lstm", "--sample", "--plots", tmp_path)
    assert (done.code, done.err) == (0, f"drawn: {tmp_path / 'lengths.png'}\n")
    assert re.search(r"\| train +\| +3,000 \|", done.out)


def test_copies_are_counted_though_their_words_have_no_rank(tmp_path: Path, jena_rnn: Command) -> None:
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


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    """Return an npz of ranks, without the words that they stand for."""
    corpus, arrays = simulate(200), {}
    assert corpus.test is not None
    for name, part in (("train", corpus.train), ("test", corpus.test)):
        arrays[f"x_{name}"] = np.array([part.ranks[a : a + 5] for a in part.starts[:-1]], np.int64).clip(1)
        arrays[f"y_{name}"] = part.labels.astype(np.int64)
    np.savez(tmp_path / "mine.npz", **arrays)
    return tmp_path / "mine.npz"


def _train_on(numbers: Path, jena_rnn: Command) -> Path:
    small = ("--set", "words.length=5", "--set", "model.units=4", "--smoke", "--runs-dir", numbers.parent / "runs")
    done = jena_rnn("train", "imdb/lstm", "--data", numbers, *small)
    assert done.code == 0, done.err
    (run,) = (numbers.parent / "runs").iterdir()
    return run


def test_a_run_without_words_reads_no_texts(numbers: Path, table: Path, jena_rnn: Command) -> None:
    run = _train_on(numbers, jena_rnn)
    wordless = "the run knows no words: it had no word index (data.index), or words.count leaves room for none\n"
    done = jena_rnn("predict", run, "--text", "good")
    assert (done.code, done.err) == (2, f"jena-rnn: {wordless}")
    done = jena_rnn("evaluate", run, "--data", table)
    assert (done.code, done.out, done.err) == (3, "", f"jena-rnn: {table}: {wordless}")


def test_the_word_index_beside_an_npz_belongs_to_the_run(numbers: Path, jena_rnn: Command) -> None:
    words = simulate(200).words
    index, path = {word: rank for rank, word in enumerate(words, 1)}, numbers.parent / "imdb_word_index.json"
    path.write_text(json.dumps(index))
    run = _train_on(numbers, jena_rnn)
    assert f"index: {path}" in (run / "config.yaml").read_text()
    assert jena_rnn("predict", run, "--text", "good").code == 0
    path.write_text(json.dumps(index | {words[-2]: len(index), words[-1]: len(index) - 1}))
    done = jena_rnn("resume", run)
    assert (done.code, f"{numbers} and {path}: not the data that {run} was trained on" in done.err) == (3, True)
    elsewhere = path.rename(path.with_name("elsewhere.json"))
    elsewhere.write_text(json.dumps(index))
    done = jena_rnn("evaluate", run)
    assert (done.code, done.err.startswith(f"jena-rnn: {path}: no such file, and data.index names it")) == (3, True)
    assert jena_rnn("evaluate", run, "--data", numbers, "--set", f"data.index={elsewhere}").code == 0


def test_an_index_without_the_words_of_the_reviews_is_named(table: Path, tmp_path: Path, jena_rnn: Command) -> None:
    strange = tmp_path / "strange.json"
    strange.write_text('{"no_word_of_theirs": 1}')
    done = jena_rnn("baseline", "imdb/lstm", "--data", table, "--set", f"data.index={strange}")
    assert f"data: no word of the training reviews is in {strange}" in done.out


def test_real_reviews_give_the_accuracy_of_a_bag_of_words(real_data: Path, jena_rnn: Command) -> None:
    found = json.loads(jena_rnn("baseline", "imdb/lstm", "--data", real_data / "imdb.npz", "--json").out)
    assert (found["val"]["reviews"], found["test"]["reviews"]) == (5_000, 25_000)
    assert found["test"]["majority"] == 0.5
    assert 0.88 < found["test"]["bag_of_words"] < 0.89
