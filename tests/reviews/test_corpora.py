import json
import os
from pathlib import Path

import numpy as np
import pytest

from jena_rnn.base.errors import DataError, NoDataError
from jena_rnn.reviews.corpora import read_reviews


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "index.json"
    path.write_text(json.dumps({"good": 1, "bad": 2}))
    return path


def test_an_npz_a_table_and_a_folder_say_the_same(tmp_path: Path, index: Path) -> None:
    lists = np.array([[1], [2]])
    np.savez(tmp_path / "x.npz", x_train=lists, y_train=np.array([1, 0]), x_test=lists, y_test=np.array([0, 1]))
    (tmp_path / "X.CSV").write_text("text,label\ngood,1\nbad,0\n")
    for kind, text in {"pos": "good", "neg": "bad"}.items():
        (tmp_path / "texts" / kind).mkdir(parents=True)
        (tmp_path / "texts" / kind / "1.txt").write_text(text)
    for name in ("x.npz", "X.CSV", "texts"):
        corpus = read_reviews(tmp_path / name, index)
        assert (corpus.train.ranks.tolist(), corpus.train.labels.tolist()) == ([1, 2], [1, 0]), name
        assert corpus.words == ("good", "bad")
        assert len(read_reviews(tmp_path / name, None).train) == 2


def test_columns_of_a_table_can_be_named(tmp_path: Path, index: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b,c\ngood,1,bad\n")
    assert read_reviews(tmp_path / "x.csv", index, text="c", label="b").train.ranks.tolist() == [2]


def test_where_nothing_is_the_ways_to_get_reviews_are_told(tmp_path: Path) -> None:
    with pytest.raises(NoDataError) as caught:
        read_reviews(tmp_path / "imdb.npz", None)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/imdb.npz"[:79])
    for way in ("no such file", "scripts/download_imdb.sh", "--data", "--sample"):
        assert way in message


def test_a_missing_index_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("text,label\ngood,1\n")
    with pytest.raises(NoDataError, match=r"none\.json: no such file"):
        read_reviews(tmp_path / "x.csv", tmp_path / "none.json")


def test_other_kinds_of_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("good")
    with pytest.raises(DataError, match=r"x\.txt: expected reviews in a folder, a \.csv or an \.npz"):
        read_reviews(tmp_path / "x.txt", None)
    os.mkfifo(tmp_path / "x.csv")
    with pytest.raises(DataError, match=r"x\.csv: expected a file or a folder, not a pipe or device"):
        read_reviews(tmp_path / "x.csv", None)
