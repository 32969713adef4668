"""The Celery app and its timetable."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("registry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

PICK_UP_EVERY = 5.0
COUNT_EVERY = 30.0

app.conf.beat_schedule = {
    "pick up what is due": {
        "task": "compliance.pick_up",
        "schedule": PICK_UP_EVERY,
        # A pick-up that waited longer is not worth running: the next one does the same.
        "options": {"expires": PICK_UP_EVERY * 4},
    },
    # Documents are counted as they come; this finds those that were not.
    "count what is left": {
        "task": "compliance.count_what_is_left",
        "schedule": COUNT_EVERY,
        "options": {"expires": COUNT_EVERY},
    },
    # The night's sweep, hourly so that an outage at midnight costs an hour at most; it reads only what is due.
    "sweep of the day": {"task": "compliance.sweep_of_the_day", "schedule": crontab(minute="1")},
    # Reconciliation: whatever was not read for a week is read, so that each filing is read at least weekly.
    # Weekly reports, asked for hourly: the first time after Monday 00:00 writes them, and after an outage the missed ones.
    "weekly reports": {"task": "compliance.write_due_reports", "schedule": crontab(minute="20")},
    "weekly sweep": {"task": "compliance.sweep_of_the_week", "schedule": crontab(minute="10", hour="3")},
}
