"""What takes longer than two seconds: work that a process of its own does for somebody, with that one's scope and masks.

``store`` is the table, ``kinds`` names what can be done, ``run`` does one job, ``queue`` is the bell that wakes
the worker. The table is the truth: a bell that was not heard is rung again, one rung twice does nothing.
"""
