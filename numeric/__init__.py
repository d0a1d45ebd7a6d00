"""Plain torch: devices, dtypes, random draws, reference computations, and algorithms of use by themselves. Imports nothing but torch.

Nothing here knows what a claim is; that makes these functions the independent side of every comparison.
"""
