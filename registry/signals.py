"""What the register tells whoever depends on it; it does not know who does."""

from __future__ import annotations

from django.dispatch import Signal

# The standing of official numbers, or which models they cover, has changed. Arguments: `numbers`, keys of numbers;
# `models`, keys of models. Sent inside the transaction of the change.
numbers_changed = Signal()
# What models derive from has changed. Argument: `models`, keys of models.
lineage_changed = Signal()
