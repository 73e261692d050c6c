"""The API, one package a version; a version never changes meaning."""
