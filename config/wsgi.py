"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# The jobs cannot tell that they are silent; the web process looks after them.
from compliance.watch.telling import start_watch  # noqa: E402 - models can be imported only now

start_watch()
