"""Signals that the register sends when it changes. The receivers are in other apps."""

from __future__ import annotations

from django.dispatch import Signal

# Sent when the status of official numbers, or the models that they cover, have changed. Arguments: `numbers`, the keys
# of the numbers; `models`, the keys of the models. Sent in the transaction of the change.
numbers_changed = Signal()
# Sent when the ancestors of models have changed. Argument: `models`, the keys of the models.
lineage_changed = Signal()
# Sent when too many passwords were tried for an account. Arguments: `user`; `address`, from which the last one came.
account_locked = Signal()
