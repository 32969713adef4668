"""Telling the administrators when the jobs are silent, once, and again when they are back. The web process does it: the jobs cannot."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import close_old_connections, transaction
from django.dispatch import receiver
from django.utils import timezone

from compliance.watch.heartbeats import Pulse, pulses
from compliance.watch.models import Watch
from registry.models import Role, User
from registry.signals import account_locked

logger = logging.getLogger(__name__)

LOOK_EVERY = 60.0
_SILENT = """The background jobs of the registry are silent: {parts}.
Checks, reports and mails wait until they run again. Nothing is lost.
Start the worker and the beat, and see {url}/health/ready for what is late.

登记系统的后台任务没有响应：{parts}。
检查、报告和邮件将等待其恢复，数据不会丢失。
请启动 worker 和 beat，延误情况见 {url}/health/ready。
"""
_BACK = """The background jobs of the registry run again, after a silence since {since}.
What waited is being done.

登记系统的后台任务已恢复（自 {since} 起没有响应）。
积压的任务正在处理。
"""
_HEADING_SILENT = "The background jobs are silent · 后台任务没有响应"
_HEADING_BACK = "The background jobs run again · 后台任务已恢复"


@transaction.atomic
def look_after_jobs() -> str:
    """Look once, and return what was told: `silent`, `back` or an empty text. One web process looks at a time."""
    Watch.objects.get_or_create(pk=1)
    watch = Watch.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if watch is None:
        return ""
    silent = [pulse for pulse in pulses(since=watch.started_at) if pulse.is_silent]
    if silent and watch.notified_at is None:
        watch.silent_since = watch.silent_since or _since(silent, watch)
        return _tell_of_silence(watch, silent)
    if not silent and watch.notified_at is not None:
        return _tell_of_return(watch)
    return ""


def _since(silent: list[Pulse], watch: Watch) -> datetime:
    return min(pulse.at or watch.started_at for pulse in silent)


def _tell_of_silence(watch: Watch, silent: list[Pulse]) -> str:
    named = [f"{pulse.part} ({_shown(pulse.at) if pulse.at else '–'})" for pulse in silent]
    text = _SILENT.format(parts=", ".join(named), url=settings.BASE_URL)
    if _mail(_HEADING_SILENT, text):
        watch.notified_at = timezone.now()
    watch.save()
    return "silent" if watch.notified_at else ""


def _tell_of_return(watch: Watch) -> str:
    assert watch.silent_since is not None
    if not _mail(_HEADING_BACK, _BACK.format(since=_shown(watch.silent_since))):
        return ""
    watch.silent_since = watch.notified_at = None
    watch.save()
    return "back"


@receiver(account_locked)
def _tell_of_lock_out(user: User, address: str, **_more: object) -> None:
    name = user.get_username()
    text = f"Several wrong passwords were tried for the account {name}, the last one from {address}. Nobody was let in."
    _mail(
        f"Too many passwords for {name}",
        f"{text}\n\n账号 {name} 多次被尝试错误密码，最近一次来自 {address}，均未成功登录。",
    )


def addresses_of_administrators() -> list[str]:
    people = User.objects.filter(is_active=True).exclude(email="").order_by("pk")
    to = [person.email for person in people.filter(staff_roles__role=Role.ADMINISTRATOR).distinct()]
    return to + [person.email for person in people.filter(is_superuser=True) if person.email not in to]


def _mail(heading: str, text: str) -> bool:
    """Mail all administrators; return whether the mail server took it. Without administrators there is nobody to tell."""
    to = addresses_of_administrators()
    if not to:
        logger.error("%s, and no administrator has an e-mail address.", heading)
        return True
    try:
        send_mail(heading, text, None, to)
    except OSError as error:
        logger.warning("The administrators could not be told: %s", error)
        return False
    return True


def _shown(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def start_watch() -> None:
    """Look every minute, in a thread of the web process."""
    threading.Thread(target=_watch, name="watch", daemon=True).start()


def _watch() -> None:
    while True:
        time.sleep(LOOK_EVERY)
        try:
            look_after_jobs()
        except Exception:
            logger.exception("The watch over the jobs failed; it looks again.")
        finally:
            close_old_connections()
