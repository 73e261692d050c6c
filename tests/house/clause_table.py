"""From clause to function, output field, table check and test: read off the project itself.

Writes ``cets_conformance/traceability.json`` and the table in ``reference/README.md``.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from cets_conformance import published
from cets_conformance.tables import CHECKS
from cets_reference.citations import IMPLEMENTERS
from cets_reference.clauses import CLAUSES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "reference" / "README.md"
DATA = ROOT / "conformance" / "cets_conformance" / "traceability.json"
BEGIN, END = "<!-- clauses:begin -->\n", "<!-- clauses:end -->"


def collect() -> dict[str, dict[str, list[str]]]:
    """Collect who implements, prints, checks and tests each clause."""
    fields, tests = _fields(), _tests()
    return {
        name: {
            "functions": list(IMPLEMENTERS[name]),
            "fields": fields.get(name, []),
            "checks": [check.id for check in CHECKS.values() if name in check.clauses],
            "tests": tests.get(name, []),
        }
        for name in CLAUSES
    }


def render_data() -> str:
    """Render the data file."""
    return json.dumps(collect(), ensure_ascii=False, indent=1) + "\n"


def render_page(page: str) -> str:
    """Give the page with its table made anew."""
    rows = [
        "| clause | 条款 | basis | functions | output fields | checks | tests |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, links in collect().items():
        clause = CLAUSES[name]
        cells = [name, f"{clause.title_zh} {clause.title_en}", clause.basis.value]
        cells += [" ".join(f"`{item}`" for item in items) for items in links.values()]
        rows.append("| " + " | ".join(cells) + " |")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + "\n".join(rows) + "\n" + END + after


def _fields() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in published.schema_names():
        if name.endswith("-output"):
            for field, about in published.schema(name).get("properties", {}).items():
                for clause in about.get("x-clause", []):
                    found.setdefault(clause, []).append(f"{name.removesuffix('-output')}.{field}")
    return found


def _tests() -> dict[str, list[str]]:
    """Find the test modules that quote a clause."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests" / "reference").rglob("test_*.py")):
        quoted = set(re.findall(r"\b[QSABIRC]-[0-9]\b", path.read_text("utf-8")))
        for clause in quoted & set(CLAUSES):
            found.setdefault(clause, []).append(path.stem)
    return found


if __name__ == "__main__":
    DATA.write_text(render_data(), "utf-8")
    PAGE.write_text(render_page(PAGE.read_text("utf-8")), "utf-8")
    sys.stdout.write(f"written: {DATA.relative_to(ROOT)}, {PAGE.relative_to(ROOT)}\n")
