"""Templates: uploaded, taken out of use, and found for a purpose and a language."""

from __future__ import annotations

import hashlib

from django.db import transaction

from compliance.models import DocumentTemplate
from compliance.templating.rendering import checked_template
from compliance.templating.values import sample_values
from registry.models import User


@transaction.atomic
def keep_template(purpose: str, language: str, filename: str, content: bytes, *, by: User) -> DocumentTemplate:
    """Keep a template and use it from now on; what was in use before is kept. Raises TemplateRefused."""
    checked_template(purpose, content, sample_values(purpose))
    in_use = DocumentTemplate.objects.select_for_update().filter(purpose=purpose, language=language, is_active=True)
    in_use.update(is_active=False)
    return DocumentTemplate.objects.create(
        purpose=purpose,
        language=language,
        filename=filename[:255],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
    )


def stop_using(template: DocumentTemplate) -> None:
    """Use the product's own form again."""
    DocumentTemplate.objects.filter(pk=template.pk).update(is_active=False)


def template_for(purpose: str, language: str) -> DocumentTemplate | None:
    """Return the template that is in use, if there is one."""
    return DocumentTemplate.objects.filter(purpose=purpose, language=language, is_active=True).first()
