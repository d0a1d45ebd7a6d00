"""Refutation and proof: the only place where a claim becomes `proved`."""
