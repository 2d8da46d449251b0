"""README and docs show what the program says today."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import CONFIGS, ROOT, config_of

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_shown_output_is_the_programs_own() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/document.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"run `make docs`:\n{done.stdout}{done.stderr}"


def test_the_station_in_the_readme_is_a_config() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert config_of(example).windows.delay == 24


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)\)", prose):
        assert target.startswith("http") or (page.parent / target).exists(), target


def test_every_shipped_config_opens_with_its_schema_its_command_and_its_cost() -> None:
    for path in sorted(CONFIGS.glob("**/*.yaml")):
        schema, command, _, listing, _, cost = path.read_text(encoding="utf-8").splitlines()[:6]
        assert (path.parent / schema.removeprefix("# yaml-language-server: $schema=")).resolve() == (
            CONFIGS / "schema.json"
        )
        assert command == f"# jena-rnn train {path.relative_to(ROOT)}"
        assert re.fullmatch(r"# (Listings? \d\.\d+|Before listing 6\.22|Not in the book).*", listing)
        assert cost == "# `jena-rnn show` says about how long an epoch takes on your machine."
