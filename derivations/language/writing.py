"""Placeholder until the writer lands."""
def text(v: object) -> str:
    """."""
    return type(v).__name__ + repr(v.values() if hasattr(v,'values') else (v.left,v.symbol,v.right))
def verdict_text(v: object) -> str:
    """."""
    return ""
def report_text(v: object) -> str:
    """."""
    return ""
