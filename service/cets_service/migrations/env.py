"""Runs the revisions on the connection that :mod:`cets_service.database` hands over."""

from __future__ import annotations

from alembic import context

from cets_service.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
