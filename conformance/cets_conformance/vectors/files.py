"""The published files: made from the cases, read back, and held against their hashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from cets_conformance import direct, json_text, published
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_conformance.messages import LANGUAGES, text
from cets_conformance.vectors.cases import drafts
from cets_conformance.vectors.filling import fill
from cets_conformance.vectors.model import Case

__all__ = [
    "broken_files",
    "checkout_folder",
    "load",
    "load_mistakes",
    "make_files",
    "manifest_sha256",
    "write_files",
]

MANIFEST, MISTAKES_FILE = "manifest.json", "mistakes.json"


def make_files() -> dict[str, bytes]:
    """Make every file by its path below ``vectors/``: cases, mistakes and, last, the manifest."""
    ruleset = direct.rules()["ruleset"]
    made: dict[str, bytes] = {}
    listed = []
    for operation in direct.operation_names():
        cases = [fill(draft) for draft in drafts(operation)]
        path = f"{ruleset}/{operation}.json"
        made[path] = _canonical({"ruleset": ruleset, "operation": operation, "cases": cases})
        listed.append(
            {"path": path, "operation": operation, "cases": len(cases), "sha256": _hash(made[path])}
        )
    made[MISTAKES_FILE] = _canonical(_mistakes())
    made[MANIFEST] = _canonical(
        {
            "ruleset": ruleset,
            "reference": direct.version(),
            "files": listed,
            "mistakes": {"path": MISTAKES_FILE, "sha256": _hash(made[MISTAKES_FILE])},
        }
    )
    return made


def _mistakes() -> list[dict[str, Any]]:
    return [
        {
            "id": name,
            "clause": mistake.clause,
            **({"reading": mistake.reading} if mistake.reading else {}),
            "text": {language: text(f"mistake.{name}", language) for language in LANGUAGES},
        }
        for name, mistake in MISTAKES.items()
    ]


def _canonical(value: Any) -> bytes:
    return json_text.dumps(value, pretty=True, sort_keys=True).encode()


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()


def checkout_folder() -> Path:
    """Give ``vectors/`` of the checkout; ``FileNotFoundError`` where there is no checkout."""
    root = Path(__file__).resolve().parents[3]
    if not ((root / "pyproject.toml").is_file() and (root / "vectors").is_dir()):
        raise FileNotFoundError(f"{root} is no checkout: vectors are written only into one")
    return root / "vectors"


def write_files(folder: Path) -> list[str]:
    """Write every file below ``folder`` and give the paths of those that changed."""
    changed = []
    for path, data in make_files().items():
        target = folder / path
        if not target.is_file() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            changed.append(path)
    return changed


@cache
def load(*operations: str) -> Sequence[Case]:
    """Load the published cases of some operations, or of all, in the order of the manifest.

    Every file is held against its hash first: ``ValueError`` says which does not have it.
    """
    folder = published.data_folder() / "vectors"
    manifest = json_text.loads((folder / MANIFEST).read_bytes())
    found: list[Case] = []
    for entry in manifest["files"]:
        if not operations or entry["operation"] in operations:
            document = json_text.loads(_read(folder, entry))
            found += (_case(entry["operation"], item) for item in document["cases"])
    return tuple(found)


def load_mistakes() -> Sequence[Mapping[str, Any]]:
    """Load the published list of mistakes: ``id``, ``clause``, ``reading``?, ``text``."""
    folder = published.data_folder() / "vectors"
    entry = json_text.loads((folder / MANIFEST).read_bytes())["mistakes"]
    mistakes: list[dict[str, Any]] = json_text.loads(_read(folder, entry))
    return tuple(mistakes)


def manifest_sha256() -> str:
    """Give the SHA-256 of the published manifest: it stands for all vectors at once."""
    return _hash((published.data_folder() / "vectors" / MANIFEST).read_bytes())


def _read(folder: Traversable, entry: Mapping[str, Any]) -> bytes:
    data = folder.joinpath(*entry["path"].split("/")).read_bytes()
    if _hash(data) != entry["sha256"]:
        raise ValueError(f"{entry['path']} does not have the SHA-256 that {MANIFEST} gives")
    return data


def _case(operation: str, item: Mapping[str, Any]) -> Case:
    return Case(
        id=item["id"],
        operation=operation,
        description=item["description"],
        clauses=tuple(item["clauses"]),
        mistakes=tuple(item["mistakes"]),
        input=item["input"],
        expected=item["expected"],
        readings=tuple(item.get("readings", ())),
    )


def broken_files() -> Iterator[tuple[str, str]]:
    """Give (path, ``missing`` or ``differs`` or ``unlisted``) of files that are not as made.

    Every file is made again from the cases; one that is made the same has its hash as well.
    """
    folder = published.data_folder() / "vectors"
    made = make_files()
    for path, data in made.items():
        file = folder.joinpath(*path.split("/"))
        if not file.is_file():
            yield path, "missing"
        elif file.read_bytes() != data:
            yield path, "differs"
    ruleset = direct.rules()["ruleset"]
    if (folder / ruleset).is_dir():
        names = sorted(item.name for item in (folder / ruleset).iterdir())
        yield from (
            (f"{ruleset}/{name}", "unlisted") for name in names if f"{ruleset}/{name}" not in made
        )
