"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no defect of the code: examples are many, not timed.
settings.register_profile("saqta", deadline=None)
settings.load_profile("saqta")
