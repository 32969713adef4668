"""The Celery app and its schedule."""

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
IMPORTS_EVERY = 15.0
FIGURES_EVERY = 60.0
PUBLIC_FIGURES_EVERY = 600.0
REPORTS_EVERY = 60.0
HEARTBEAT_EVERY = 15.0

# Celery's own scheduler, with a heartbeat of beat.
app.conf.beat_scheduler = "compliance.watch.scheduler:WatchedScheduler"
app.conf.beat_schedule = {
    "heartbeat of the worker": {
        "task": "compliance.note_worker",
        "schedule": HEARTBEAT_EVERY,
        "options": {"expires": HEARTBEAT_EVERY},
    },
    "pick up what is due": {
        "task": "compliance.pick_up",
        "schedule": PICK_UP_EVERY,
        # A run that waited longer than this is obsolete: the next one does the same work.
        "options": {"expires": PICK_UP_EVERY * 4},
    },
    # Documents are counted when they are uploaded; this picks up those that were missed.
    "count what is left": {
        "task": "compliance.count_what_is_left",
        "schedule": COUNT_EVERY,
        "options": {"expires": COUNT_EVERY},
    },
    "tell of changes": {
        "task": "compliance.notify",
        "schedule": PICK_UP_EVERY,
        "options": {"expires": PICK_UP_EVERY * 4},
    },
    "tell people": {
        "task": "compliance.tell_people",
        "schedule": PICK_UP_EVERY,
        "options": {"expires": PICK_UP_EVERY * 4},
    },
    "invitations": {
        "task": "compliance.send_invitations",
        "schedule": PICK_UP_EVERY,
        "options": {"expires": PICK_UP_EVERY * 4},
    },
    "figures of the desk": {
        "task": "compliance.keep_desk_figures",
        "schedule": FIGURES_EVERY,
        "options": {"expires": FIGURES_EVERY},
    },
    "figures of the register": {
        "task": "compliance.keep_public_figures",
        "schedule": PUBLIC_FIGURES_EVERY,
        "options": {"expires": PUBLIC_FIGURES_EVERY},
    },
    # Runs hourly, after the sweep of the day; nobody is told twice of the same deadline.
    "notices of the day": {"task": "compliance.raise_notices_of_the_day", "schedule": crontab(minute="15")},
    # Imports are announced; this picks up what a killed worker held.
    "pick up imports": {
        "task": "compliance.pick_up_imports",
        "schedule": IMPORTS_EVERY,
        "options": {"expires": IMPORTS_EVERY},
    },
    "forget what is old": {"task": "compliance.forget_what_is_old", "schedule": crontab(minute="40")},
    # The daily sweep reads only due filings. It runs hourly, so an outage at midnight delays it by at most an hour.
    "sweep of the day": {"task": "compliance.sweep_of_the_day", "schedule": crontab(minute="1")},
    # Makes the runs whose period has ended, after an outage the missed ones too, and assigns what no worker holds.
    "reports": {
        "task": "compliance.write_due_reports",
        "schedule": REPORTS_EVERY,
        "options": {"expires": REPORTS_EVERY},
    },
    "open data of the day": {"task": "compliance.archive_register", "schedule": crontab(minute="25", hour="0")},
    "backup of the night": {"task": "compliance.back_up", "schedule": crontab(minute="30", hour="2")},
    "anchor of the day": {"task": "compliance.write_anchor", "schedule": crontab(minute="20", hour="0")},
    # Rechecks every filing that was not checked for a week, so that each filing is checked at least weekly.
    "weekly sweep": {"task": "compliance.sweep_of_the_week", "schedule": crontab(minute="10", hour="3")},
}
