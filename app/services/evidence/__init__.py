"""The figures beside the ticks. Importing this package registers every evidence.

``assess(session, school, items, on)`` → {item code: Evidence}; ``compute(session, school, name, on, params)``
for one; ``rows_of(session, evidence)`` for the rows behind it. See core.py.
"""

from app.models.parameters import FIGURES, TAKES
from app.services.evidence import (  # noqa: F401  each registers its figures
    bus,
    canteen,
    care,
    cases,
    children,
    documents,
    equipment,
    findings,
    guardians,
    log_checks,
    log_work,
    register,
    rides,
    runs,
    safety,
    samples,
    staff,
    talks,
    typed,
)
from app.services.evidence.core import REGISTRY, ROW_LIMIT, Evidence, Rows, assess, by_ids, compute, evidence, ids_of, rows_of

__all__ = ["REGISTRY", "ROW_LIMIT", "Evidence", "Rows", "assess", "by_ids", "compute", "evidence", "ids_of", "rows_of"]

# What a checklist item may be computed by, and with which parameters: the choices of its form.
FIGURES.update((name, source.label) for name, source in REGISTRY.items())
TAKES.update((name, source.defaults) for name, source in REGISTRY.items())
