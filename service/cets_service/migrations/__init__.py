"""Revisions of the database's schema, applied by ``cets db upgrade``."""
