"""LaTeX: the notation as one table, and the writer of terms, claims and derivations."""
