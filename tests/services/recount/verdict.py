"""What the counts of a recount say: (value, numerator, denominator, suggestion), by the words of the checklist and no code of the service."""

NONE = (None, None, None, None)


def measure(good, total, target=100):
    return "pass" if 100 * good >= target * total else "partly" if 100 * good >= 0.8 * target * total else "fail"


def percent(part, whole):
    """To one decimal; 100 is all, 0 is none."""
    rounded = round(100 * part / whole, 1)
    if part < whole and rounded > 99.9:
        return 99.9
    return 0.1 if part and rounded < 0.1 else rounded


def share(good, total, target=100, suggestion=""):
    return (percent(good, total), good, total, suggestion if suggestion != "" else measure(good, total, target)) if total else NONE


def part(rows, good, target=100):
    """Rows of which each is good or not."""
    return share(sum(bool(good(row)) for row in rows), len(rows), target)


def faults(bad, total, suggestion=""):
    return (bad, bad, total, suggestion if suggestion != "" else "fail" if bad else "pass") if total else NONE


def faulty(rows, bad):
    return faults(sum(bool(bad(row)) for row in rows), len(rows))


def paced(good, total, over, target=100):
    """Due at the end of a period, of which some days of all are over."""
    gone, days = over
    if not total or gone == days or 100 * good >= target * total:
        return share(good, total, target)
    return share(good, total, target, "partly" if good < gone * target * total // (100 * days) else None)


def reached(count, needed, over=(1, 1)):
    gone, days = over
    if not needed or count >= needed:
        advice = "pass"
    elif gone < days:
        advice = "partly" if count < gone * needed // days else None
    else:
        advice = measure(count, needed)
    return count, count, needed, advice
