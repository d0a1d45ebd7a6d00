"""Shapes, terms, assumptions, claims, verdicts, errors: plain data. Imports nothing but the standard library."""
