"""A form that comes again with other words: what it had made stands, what was typed is given back, and the way to either is told."""

from __future__ import annotations

from flask_babel import gettext as _
from markupsafe import Markup


def told(message: str, url: str, button: str) -> Markup:
    """The message, and what to do: press the button once more, as the page given back has a new token; or open what was made.

    ``button``: what it says; "" where nothing more can be made.
    """
    link = Markup('<a href="{}">{}</a>').format(url, _("打开已保存的那一条"))
    more = _("。要另外新建一条，请再点一次“%(button)s”。", button=button) if button else ""
    return Markup("{}{} · {}").format(message, more, link)
