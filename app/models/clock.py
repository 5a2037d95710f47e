"""What day it is, and calendar arithmetic: the one clock of all layers.

It stands in models because rules of values need today; services and all
that stands right of them import it as `app.services.clock`.
"""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, timezone

# A fixed offset: China keeps no summer time since 1992, and Windows ships no zone data.
_AHEAD = timedelta(hours=8)
SHANGHAI = timezone(_AHEAD, "Asia/Shanghai")

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The present day in China, whatever the zone of the machine."""
    frozen = _frozen.get()
    return (datetime.now(SHANGHAI) if frozen is None else frozen + _AHEAD).date()  # quick: rules of values ask for each cell


def local(moment: datetime) -> datetime:
    """`moment` in Asia/Shanghai; a naive one is read as UTC, as SQLite gives it back."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(SHANGHAI)


@contextmanager
def freeze(moment: date | datetime) -> Iterator[None]:
    """Hold the clock at `moment` in this context; a bare date means its noon in China.

    Threads started inside do not inherit it.
    """
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(12), SHANGHAI)
    elif moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def add_months(day: date, months: int) -> date:
    """The corresponding day `months` later, else the last of that month (Civil Code 202)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def age_on(birth: date, day: date) -> int:
    """Full years of age on `day`, reached on the birthday; negative before birth.

    Who was born on 29 February comes of age on 28 February in a common year.
    """
    years = day.year - birth.year
    return years if add_months(birth, 12 * years) <= day else years - 1
