"""Diagnosis: plausible misreadings of the rules, as variants of the reference."""
