"""Each promise of docs/reliability.md names a test that exists."""

import re
from pathlib import Path

TESTS = Path(__file__).parent.parent
PAGE = (TESTS.parent / "docs" / "reliability.md").read_text()


def test_there_are_at_most_forty_promises_and_each_names_a_test() -> None:
    promises = re.findall(r"(?m)^\d+\. .*(?:\n +.*)*", PAGE)
    assert 0 < len(promises) <= 40
    for promise in promises:
        found = re.search(r"\(`(\w+/\w+\.py)::(\w+)`\)", promise)
        assert found is not None, promise
        assert f"def {found[2]}(" in (TESTS / found[1]).read_text(), promise
