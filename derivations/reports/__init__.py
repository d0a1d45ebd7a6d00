"""Reports for people and for programs: the terminal, and JSON with its schema."""
