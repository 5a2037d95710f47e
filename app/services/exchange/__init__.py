"""What sheets of an entity hold, out and in: its columns and cells, names of linked rows, which row is meant."""
