from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    name = "compliance"
    verbose_name = _("Compliance")

    def ready(self) -> None:
        from compliance import checks  # noqa: F401  (registers the system check)
        from compliance.checking.consequences import connect
        from compliance.evidence.models import ReferenceSketch
        from compliance.watch import telling  # noqa: F401  (hears of locked accounts)
        from registry.audit.recording import watch

        connect()
        watch(ReferenceSketch, "name", "seed", "file_hashes", "committed_at", "added_at", "source")
