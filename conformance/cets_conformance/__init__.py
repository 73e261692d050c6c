"""Judges systems and tables against the reference, and says where and why they part."""

__version__ = "0.1.0"
