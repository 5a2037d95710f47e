"""What a database is filled with at first: divisions, the checklist, a fictional county."""
