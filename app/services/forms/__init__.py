"""Official forms: read from their declaration, filled in the asker's scope, drawn as workbooks."""
