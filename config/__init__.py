"""The project: settings, URLs and the Celery app of `registry` and `compliance`."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
