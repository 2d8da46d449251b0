"""words.json: the vocabulary of a run that reads words, by rank."""

import json
from collections.abc import Sequence


def words_text(words: Sequence[str]) -> str:
    """Return words.json, one word a line."""
    return json.dumps(list(words), ensure_ascii=False, indent=0) + "\n"
