"""What the project publishes as data: schemas and vectors, found wherever it is installed.

The schemas of one version are read once; what is handed out is a copy, so that no caller can
change the contract for another. ``python -m cets_conformance.published`` writes the bundle of all
schemas, ``all.schema.json``, to standard output.
"""

from __future__ import annotations

import copy
import sys
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from cets_conformance import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from referencing.jsonschema import SchemaRegistry

__all__ = ["VERSION", "bundle", "data_folder", "registry", "schema", "schema_names", "validator"]

VERSION = "v1"
"""Version folder of the schemas; a folder never changes meaning."""

_FORMATS = FormatChecker(formats=("date",))
"""Formats that are asserted; any other would be an annotation."""

_SUFFIX = ".schema.json"
_BUNDLE = "all"


@cache
def data_folder() -> Traversable:
    """Give the folder that holds ``schemas`` and ``vectors``: in the package, else the checkout.

    Raises ``FileNotFoundError`` where neither is there.
    """
    packaged = files("cets_conformance") / "_data"
    checkout = Path(__file__).resolve().parents[2]
    for folder in (packaged, checkout):
        if (folder / "schemas" / VERSION).is_dir():
            return folder
    raise FileNotFoundError(f"no published schemas in {packaged} nor in {checkout}")


@cache
def _schemas() -> Mapping[str, dict[str, Any]]:
    folder = data_folder() / "schemas" / VERSION
    names = sorted(
        item.name.removesuffix(_SUFFIX) for item in folder.iterdir() if item.name.endswith(_SUFFIX)
    )
    return MappingProxyType(
        {
            name: json_text.loads((folder / f"{name}{_SUFFIX}").read_bytes())
            for name in names
            if name != _BUNDLE
        }
    )


def schema_names() -> tuple[str, ...]:
    """Give the names of all schemas, sorted; the bundle is none of them."""
    return tuple(_schemas())


def schema(name: str) -> dict[str, Any]:
    """Give a schema by name, such as ``allocation-input``; ``LookupError`` if there is none."""
    return copy.deepcopy(_get(name))


def _get(name: str) -> dict[str, Any]:
    if name not in _schemas():
        raise LookupError(f"no schema {name!r}; there are {', '.join(_schemas())}")
    return _schemas()[name]


@cache
def registry() -> SchemaRegistry:
    """Give the registry that resolves every ``urn:cets:schema:v1:<name>``."""
    resources = ((item["$id"], DRAFT202012.create_resource(item)) for item in _schemas().values())
    return Registry().with_resources(resources).crawl()


@cache
def validator(name: str) -> Draft202012Validator:
    """Give the validator of a schema; ``LookupError`` if there is none of that name.

    It asserts the format ``date``: a day that does not exist is refused, as the operations do.
    """
    return Draft202012Validator(_get(name), registry=registry(), format_checker=_FORMATS)


def bundle() -> dict[str, Any]:
    """Make the content of ``all.schema.json``: every schema below ``$defs``, with its own id."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:cets:schema:{VERSION}:{_BUNDLE}",
        "title": "All schemas",
        "x-title-zh": "全部模式",
        "description": (
            "Every schema of this version in one document, for tools that resolve references "
            "only within a document. Made by cets_conformance.published; do not edit."
        ),
        "$defs": {name: schema(name) for name in schema_names()},
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(json_text.dumps(bundle(), pretty=True).encode("utf-8"))
