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
    """Due at the end of a period, of which some is over."""
    if not total or over >= 1 or 100 * good >= target * total:
        return share(good, total, target)
    return share(good, total, target, "partly" if good / total < over * target / 100 else None)


def reached(count, needed, over=1):
    if not needed or count >= needed:
        advice = "pass"
    elif over < 1:
        advice = "partly" if count < over * needed else None
    else:
        advice = measure(count, needed)
    return count, count, needed, advice
