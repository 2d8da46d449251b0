"""What README and docs show of the program, made by the program: `make docs` writes it, a test checks it."""

import io
import json
import os
import subprocess
import sys
import tomllib
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

LARGEST = 10**15
"""Bounds from here on are not shown."""
ROOT = Path(__file__).parent.parent


def command(arguments: str, until: str | None = None) -> str:
    """Return a command and its output as a code block, up to the line that begins with `until`."""
    from jena_rnn.cli import run

    out = io.StringIO()
    with redirect_stdout(out):
        code = run(arguments.split())
    if code:
        raise SystemExit(f"jena-rnn {arguments}: exit {code}")
    text = out.getvalue()
    shown = text if until is None else text[: text.index(f"\n{until}")] + "\n…"
    lines = shown.rstrip().splitlines()
    return "\n".join(["```", f"$ jena-rnn {arguments}", *(line.rstrip() for line in lines), "```", ""])


def experiments(folder: str = "") -> str:
    """Return a table of the shipped configs in a folder, from their own opening lines."""
    from jena_rnn.base.tables import table
    from jena_rnn.config.loading import shipped
    from jena_rnn.tasks import load

    rows = []
    for name, path in shipped().items():
        if name.rpartition("/")[0] == folder:
            about = path.read_text().splitlines()[3].removeprefix("# ")
            rows.append([f"`{name}`", about, _printed(load(path).book)])
    return table(["config", "what it is", "the book"], rows, left=3) + "\n"


def _printed(book: Any) -> str:
    """Return the figure of a listing that a report compares with."""
    if book is None:
        return ""
    figures = book.model_dump()
    if "val_mae" in figures:
        return f"{book.val_mae} (epoch {book.best_epoch})"
    return f"{book.val_accuracy}" if book.val_accuracy else f"{book.test_accuracy} (test)"


def keys(task: str, *sections: str) -> str:
    """Return a table of the keys of a task's config for each of its sections: type, default and meaning.

    Sections are dotted paths; "" is the file itself, "model" stands for each model. All come from the JSON Schema.
    """
    from jena_rnn.config.models import MODELS
    from jena_rnn.config.schema import json_schema
    from jena_rnn.tasks import SCHEMAS

    whole = json_schema({task: SCHEMAS[task]})
    parts = []
    for section in sections:
        if section == "model":
            kinds = {f"model, name: {name}": whole["$defs"][kind.__name__] for name, kind in MODELS.items()}
        else:
            kinds = {section or "the file itself": _find(whole, section)}
        parts += [_table(title, kind, whole) for title, kind in kinds.items()]
    return "\n\n".join(parts) + "\n"


def _find(schema: dict[str, Any], section: str) -> dict[str, Any]:
    """Return the part of a JSON Schema that describes a section."""
    found = schema
    for key in section.split(".") if section else ():
        if found is schema and key == "model":  # its layers are those of a stack
            found = schema["$defs"]["Stacked"]
            continue
        options = found["properties"][key].get("anyOf", [found["properties"][key]])
        found = schema["$defs"][next(each["$ref"] for each in options if "$ref" in each).rpartition("/")[2]]
    return found


def _table(title: str, schema: dict[str, Any], whole: dict[str, Any]) -> str:
    about = schema.get("description") or whole["description"]
    lines = [f"### {title}", "", about, "", "| key | type | default | |", "|---|---|---|---|"]
    for key, field in schema["properties"].items():
        if "const" in field and key == "name":
            continue
        default = "" if isinstance(field.get("default"), dict) or "$ref" in field else _code(field.get("default"))
        lines.append(f"| `{key}` | {_type(field)} | {default} | {field.get('description', '')} |")
    return "\n".join(lines)


def _type(field: dict[str, Any]) -> str:
    """Return the type and the bounds of a key in words."""
    if "anyOf" in field:
        kinds = list(dict.fromkeys(_type(each) for each in field["anyOf"]))
        return " or ".join(kinds)
    if "enum" in field or "const" in field:
        return ", ".join(_code(word) for word in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return "[first, end]" if "prefixItems" in field else "list of texts"
    words = {
        "integer": "whole number",
        "number": "number",
        "string": "text",
        "boolean": "true or false",
        "null": "null",
    }
    bounds = {"minimum": "at least", "exclusiveMinimum": "more than", "exclusiveMaximum": "less than"}
    told = [f", {word} {field[key]:,}" for key, word in bounds.items() if key in field and field[key] < LARGEST]
    return words.get(field.get("type", ""), "section") + "".join(told)


def _code(value: Any) -> str:
    if value == "\t":
        return '`"\\t"`'
    return f"`{value}`" if isinstance(value, str) and value else f"`{json.dumps(value, ensure_ascii=False)}`"


def layers() -> str:
    """Return the layers of the import contract, the highest first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (found,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return "\n".join(["```", *(line for line in found if line != "__main__"), "```", ""])


def update(check: bool) -> int:
    """Run cog over README and docs; with `check`, only say whether they are true."""
    files = ["README.md", *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").glob("*.md")))]
    how = ["--check", "--diff"] if check else ["-r"]
    cog = [sys.executable, "-m", "cogapp", "-I", str(ROOT), *how, *files]
    return subprocess.run(cog, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    os.environ["COLUMNS"] = "100"  # the width that help text is folded to
    sys.exit(update(check="--check" in sys.argv))
