from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = _("Register")

    def ready(self) -> None:
        """Connect the receivers of the signals of signing in, and of the log of changes."""
        from registry.accounts import checks, devices, second_factor  # noqa: F401
        from registry.audit.watched import watch_all

        watch_all()
