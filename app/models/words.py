"""Words that people read: Chinese in the source, translated where they are shown."""


def _(text: str) -> str:
    """Mark `text` for extraction into the catalogue and return it unchanged.

    Models and services know no request and so no language; panel and views
    pass what they get from them through gettext.
    """
    return text


N_ = _
"""The same mark, for modules of the panel where ``_`` already is the translator."""
