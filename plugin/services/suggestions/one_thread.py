"""Keeps the arithmetic on one processor; imported before anything that imports numpy.

The threads of numpy's linear algebra wait for each other by spinning. For our many small systems
that costs ten times the work itself on a machine that has other things to do.
"""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
