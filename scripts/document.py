"""What README and docs show of the program, made by the program: `make docs` writes it, a test checks it."""

import dataclasses
import io
import os
import re
import subprocess
import sys
import tomllib
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

TAB, TAB_WRITTEN = "\t", '"\\t"'
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
    from jena_rnn.config.loading import load, shipped

    rows = []
    for name, path in shipped().items():
        if name.rpartition("/")[0] == folder:
            about = path.read_text().splitlines()[3].removeprefix("# ")
            rows.append([f"`{name}`", about, _printed(load(path).book)])
    return table(["config", "what it is", "the book"], rows, left=3) + "\n"


def _printed(book: Any) -> str:
    """Return the figure of a listing that a report compares with."""
    from jena_rnn.reviews.config import ReviewBook

    if isinstance(book, ReviewBook):
        return f"{book.val_accuracy}" if book.val_accuracy else f"{book.test_accuracy} (test)"
    return "" if book is None else f"{book.val_mae} (epoch {book.best_epoch})"


def keys(task: str = "forecast") -> str:
    """Return every key of a task's config with type, default and meaning, from the schema's own source.

    Models and the rules of training are told with forecasts alone.
    """
    from jena_rnn.config import models as options

    parts = []
    for title, kind in _sections()[task]:
        about = _about_fields(kind)
        hints = get_type_hints(kind)
        lines = [
            f"### {title}",
            "",
            (kind.__doc__ or "").splitlines()[0],
            "",
            "| key | type | default | |",
            "|---|---|---|---|",
        ]
        for field in dataclasses.fields(kind):
            if field.name == "name" and kind in options.MODELS.values():
                continue
            default = _default(field)
            if kind is options.Layer:  # each layer of a stack has defaults of its own
                layers = options.Stacked().first, options.Stacked().second
                default = ", then ".join(dict.fromkeys(f"`{getattr(layer, field.name)}`" for layer in layers))
            lines.append(
                f"| `{field.name}` | {_type(hints[field.name])}{_bounds(field)} | {default} "
                f"| {about.get(field.name, '')} |"
            )
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _sections() -> dict[str, list[tuple[str, type]]]:
    from jena_rnn.config import experiment as schema
    from jena_rnn.config import models as options
    from jena_rnn.reviews import config as review_schema

    models = [(f"model, name: {name}", kind) for name, kind in options.MODELS.items()]
    forecast: list[tuple[str, Any]] = [
        ("the file itself", schema.Config),
        ("data", schema.Data),
        ("split", schema.Split),
        ("windows", schema.Windows),
        *models,
        ("model.first and model.second of stacked", options.Layer),
        ("training", schema.Forecasting),
        ("training.early_stopping", schema.EarlyStopping),
        ("training.plateau", schema.Plateau),
        ("book", schema.Book),
    ]
    reviews: list[tuple[str, Any]] = [
        ("the file itself, task: reviews", review_schema.ReviewConfig),
        ("data, task: reviews", review_schema.ReviewData),
        ("split, task: reviews", review_schema.ReviewSplit),
        ("words, task: reviews", review_schema.Words),
        ("training, task: reviews", review_schema.Classifying),
        ("book, task: reviews", review_schema.ReviewBook),
    ]
    return {"forecast": forecast, "reviews": reviews}


def _about_fields(kind: type) -> dict[str, str]:
    """Return the docstring line below each field, base classes included."""
    import inspect

    found: dict[str, str] = {}
    for owner in reversed(kind.__mro__[:-1]):
        source = inspect.getsource(owner)
        for name, text in re.findall(
            r'^    (\w+):[^\n]*\n(?:        [^\n]*\n|    \)\n)*    """(.*?)"""', source, re.M | re.S
        ):
            found[name] = " ".join(text.split())
    return found


def _type(hint: Any) -> str:
    """Return a type as the config's own error messages name it."""
    from jena_rnn.config.binding import NAMES

    kinds = [kind for kind in get_args(hint) if kind is not type(None)]
    if get_origin(hint) is Literal:
        return ", ".join(
            f"`{str(word).lower()}`" if isinstance(word, bool) else f"`{word if word != TAB else TAB_WRITTEN}`"
            for word in kinds
        )
    if get_origin(hint) is tuple:
        return "list of texts" if Ellipsis in kinds else "[first, end]"
    if len(kinds) > 1 or any(dataclasses.is_dataclass(kind) for kind in (*kinds, hint)):
        return "section" + (" or null" if type(None) in get_args(hint) else "")
    if kinds:
        return f"{_type(kinds[0])} or null"
    return NAMES[hint].removeprefix("a ")


def _bounds(field: "dataclasses.Field[Any]") -> str:
    """Return a field's bounds in words."""
    words = {"at_least": "at least", "above": "more than", "below": "less than"}
    return "".join(f", {words[key]} {value:,}" for key, value in field.metadata.items() if key in words)


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default is dataclasses.MISSING:
        return ""
    value = field.default
    if isinstance(value, tuple):
        return f"`[{', '.join('null' if v is None else str(v) for v in value)}]`"
    if value is None or isinstance(value, bool):
        return f"`{str(value).lower() if value is not None else 'null'}`"
    return f"`{value}`" if value != "" else '`""`'


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
