"""Settings for tests: a fast password hasher, and the database named by TEST_ON (sqlite or postgresql)."""

from __future__ import annotations

import os
import tempfile

from config.settings import *  # noqa: F403
from config.settings import DATABASES, env

SECRET_KEY = "for tests alone"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
# Each process of the tests counts by itself.
RATE_LIMIT_STORAGE = ""
# The tests of the second factor ask for it.
SECOND_FACTOR_FOR: list[str] = []
# Nor does each first page of a test write that its session is used.
SESSION_IDLE_MINUTES = 0
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
LOG_LEVEL = "WARNING"
TEST_ON = os.environ.get("TEST_ON", "sqlite")

if TEST_ON == "postgresql":
    DATABASES["default"] = {
        **env.db_url("TEST_DATABASE_URL", default="postgres://postgres@127.0.0.1:5432/postgres"),
        "TEST": {"NAME": f"test_registry_{os.getpid()}"},
    }
else:
    DATABASES["default"] = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }

TEST_SERVER = env.str("TEST_DATABASE_URL", default="postgres://postgres@127.0.0.1:5432/postgres")
TEST_REDIS_URL = env.str("TEST_REDIS_URL", default="redis://127.0.0.1:6379/15")

MEDIA_ROOT = tempfile.mkdtemp(prefix="registry-tests-")
