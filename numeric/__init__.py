"""Plain torch: devices, dtypes, random draws, and independent reference computations. Imports nothing but torch.

Nothing here knows what a claim is; that makes these functions the independent side of every comparison.
"""
