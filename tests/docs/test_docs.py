"""README and docs show what the program says today."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from jena_rnn.tasks import parse

ROOT = Path(__file__).parents[2]


def test_shown_output_is_the_programs_own() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/document.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"run `make docs`:\n{done.stdout}{done.stderr}"


def test_the_readmes_own_station_is_a_config() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    assert parse(example, "my_station.yaml").windows.delay == 24


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#]+)\)", prose):
        assert target.startswith("http") or (page.parent / target).exists(), target


def test_every_config_says_which_listing_it_is_and_what_it_costs() -> None:
    for path in sorted((ROOT / "configs").glob("**/*.yaml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert re.fullmatch(r"# (Listings? \d\.\d+|Before listing 6\.22|Not in the book).*", lines[3])
        assert lines[5] == "# `jena-rnn show` says about how long an epoch takes on your machine."
