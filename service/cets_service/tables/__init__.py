"""The tables of the database. Times are whole seconds since 1970 UTC; JSON is kept as text.

No amount is a number of the database: figures stand in JSON, exact. One module for each group of
tables; every one must be imported here, or the migrations' test does not see it.
"""

from __future__ import annotations

from cets_service.tables.accounts import (
    links,
    organisations,
    people,
    sessions,
    sign_in_attempts,
    systems,
    tokens,
)
from cets_service.tables.appeals import appeal_entries, appeals
from cets_service.tables.audit import audit_log
from cets_service.tables.base import metadata
from cets_service.tables.checks import checks, verdict_rows, verdict_subjects, verdicts
from cets_service.tables.comparisons import (
    comparison_results,
    comparison_rows,
    comparison_tables,
    comparisons,
)
from cets_service.tables.exams import certificates, exams, signing_keys
from cets_service.tables.jobs import jobs, workers

__all__ = [
    "appeal_entries",
    "appeals",
    "audit_log",
    "certificates",
    "checks",
    "comparison_results",
    "comparison_rows",
    "comparison_tables",
    "comparisons",
    "exams",
    "jobs",
    "links",
    "metadata",
    "organisations",
    "people",
    "sessions",
    "sign_in_attempts",
    "signing_keys",
    "systems",
    "tokens",
    "verdict_rows",
    "verdict_subjects",
    "verdicts",
    "workers",
]
