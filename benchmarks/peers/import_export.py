"""django-import-export's xlsx: ``python -m benchmarks.peers.import_export <url> <rows> <target>``."""

import sys
from pathlib import Path

from benchmarks.cost import told
from benchmarks.peers import django_site, server

django_site.start(sys.argv[1])

from import_export import resources  # noqa: E402 - Django's parts can be imported only once it is set up

Child = django_site.child_model(whole=True)


class ChildResource(resources.ModelResource):
    class Meta:
        model = Child


def main(rows: int, target: Path) -> int:
    """The whole table as one data set, which becomes one workbook: that is how it ships."""
    found = ChildResource().export(Child.objects.filter(id__lte=rows).order_by("id"))
    target.write_bytes(found.xlsx)
    return len(found)


told(lambda: main(int(sys.argv[2]), Path(sys.argv[3])), server.behind_django())
