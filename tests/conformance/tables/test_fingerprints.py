"""Fingerprints leave nothing out: what stands twice is told to, whatever the texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from cets_conformance.tables import fingerprints as module
from cets_conformance.tables.fingerprints import fingerprints, repeated
from cets_conformance.tables.reading.grid import STRING

IDS = st.none() | st.text("a甲0", max_size=3) | st.text("ab", min_size=7, max_size=18)
ROWS = st.lists(st.tuples(IDS, st.sampled_from([2024, 2025])), min_size=1, max_size=30)


def column(texts: list[str | None], cut: int) -> pa.ChunkedArray:
    """In two chunks, the second at an offset of its own."""
    return pa.chunked_array(
        [pa.array(texts[:cut], STRING), pa.array(["x", *texts[cut:]], STRING)[1:]]
    )


@given(ROWS, st.integers(0, 30))
def test_rows_of_the_same_text_and_number_are_found(rows: list[Any], cut: int) -> None:
    texts, years = [text for text, _ in rows], np.array([year for _, year in rows], np.int32)
    found = fingerprints(column(texts, cut), years)
    known = np.array([at for at, text in enumerate(texts) if text is not None], np.int64)
    twice = [at for at in known.tolist() if sum(rows[at] == row for row in rows) > 1]
    assert repeated(found, known).tolist() == twice


def test_a_million_ids_have_a_million_fingerprints() -> None:
    texts = pa.chunked_array([pa.array([f"SYN-{at:08d}" for at in range(10**6)], STRING)])
    found = fingerprints(texts, np.full(10**6, 2025))
    assert len(np.unique(found)) == 10**6


def test_texts_whose_fingerprints_are_alike_are_told_apart_by_themselves(monkeypatch) -> None:
    """A fingerprint that says nothing makes the check slower and no other."""
    from cets_conformance.tables import Options, check_rows

    monkeypatch.setattr(module, "_mixed", lambda words: words * np.uint64(0))
    rows = [
        {"year": "2025", "sector": "cement", "unit_id": unit, "verified_emissions": "1",
         "allowance": "1"}
        for unit in ("a", "b", "a", "c", "a")
    ]  # fmt: skip
    report = check_rows(rows, options=Options()).report()
    (finding,) = [found for found in report["findings"] if found["check"] == "T-03"]
    assert [(row["row"], row["values"]["other_row"]) for row in finding["rows"]] == [
        (3, "1"),
        (5, "1"),
    ]
