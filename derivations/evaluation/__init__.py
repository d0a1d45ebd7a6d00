"""The interpreter of terms and its number systems: exact rationals, complex balls, torch tensors; SymPy in and out."""
