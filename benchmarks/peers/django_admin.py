"""Django admin's list: ``python -m benchmarks.peers.django_admin <database file>``."""

from benchmarks.desk import serve
from benchmarks.peers import case, django_site, tables
from benchmarks.wire import Browser

database, asked = case.read()
django_site.start(f"sqlite:///{database}")

from django.contrib import admin  # noqa: E402 - Django's parts can be imported only once it is set up
from django.contrib.auth.models import User  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection  # noqa: E402
from django.urls import path  # noqa: E402

Child = django_site.child_model()


@admin.register(Child)
class ChildAdmin(admin.ModelAdmin):
    list_display = tables.COLUMNS
    list_filter = ["left_behind"]
    list_select_related = ["school_class"]  # as shipped it does not follow a link that may be empty: one statement a row
    search_fields = ["name"]
    ordering = ["pinyin", "id"]
    list_per_page = tables.SIZE


urlpatterns = [path("admin/", admin.site.urls)]
COUNTED = [0]


def count(execute, sql, params, many, context):  # noqa: ANN001, ANN201 - the shape is Django's
    COUNTED[0] += 1
    return execute(sql, params, many, context)


def main() -> None:
    if not User.objects.filter(username="peer").exists():
        User.objects.create_superuser("peer", "peer@example.org", "peer")
    browser = Browser(WSGIHandler())
    browser.log_in("/admin/login/?next=/admin/", "peer", "peer")
    connection.execute_wrappers.append(count)
    listed = "/admin/peers/child/"
    addresses = {"list": listed, "deep": f"{listed}?p={asked['page']}", "by name": f"{listed}?o=-1",
                 "filtered": f"{listed}?left_behind__exact=2", "name": f"{listed}?q={asked['name']}"}
    serve({name: lambda a=address: browser.get(a) for name, address in addresses.items()}, lambda: COUNTED[0])


if __name__ == "__main__":
    main()
