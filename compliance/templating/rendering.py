"""Filling a Word template. Templates are a small language (Jinja): they run in a sandbox, and an unknown name is a fault."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from compliance.attachments.packages import opened
from compliance.attachments.refused import CannotRead
from compliance.language import Bilingual
from compliance.templating.fields import FIELDS

LARGEST = 5 * 1024 * 1024
_DOCTYPE = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)


@dataclass(eq=False)
class TemplateRefused(Exception):
    """A template cannot be used; `text` says what is wrong in it, and what to write instead."""

    text: Bilingual


class _Undefined(StrictUndefined):
    """An unknown name, also one within a list or an entry, is a fault wherever it is used."""


def checked_template(purpose: str, content: bytes, sample: Mapping[str, Any]) -> None:
    """Try a template with sample values of its purpose. Raises TemplateRefused, which names what is unknown or where the syntax breaks."""
    _check_package(content)
    try:
        unknown = sorted(DocxTemplate(io.BytesIO(content)).get_undeclared_template_variables(_environment()))
    except TemplateError as error:
        raise _syntax(error) from error
    except Exception as error:
        raise _not_word() from error
    known = {field.name for field in FIELDS[purpose]}
    if wrong := [name for name in unknown if name not in known]:
        listed, fields = ", ".join(wrong), ", ".join(sorted(known))
        raise TemplateRefused(
            Bilingual(
                f"Unknown: {listed}. The fields of this template are: {fields}.",
                f"未知字段：{listed}。可用字段：{fields}。",
            )
        )
    filled_template(content, sample)


def filled_template(content: bytes, values: Mapping[str, Any]) -> bytes:
    """Return a template filled with values, as a Word document. Raises TemplateRefused."""
    document = DocxTemplate(io.BytesIO(content))
    try:
        document.render(dict(values), jinja_env=_environment(), autoescape=True)
    except UndefinedError as error:
        raise TemplateRefused(
            Bilingual(f"Unknown name in the template: {error}.", f"模板中有未知名称：{error}。")
        ) from error
    except TemplateError as error:
        raise _syntax(error) from error
    except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError) as error:
        raise TemplateRefused(
            Bilingual(f"The template cannot be filled: {error}.", f"模板无法填充：{error}。")
        ) from error
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=True, undefined=_Undefined)


def _check_package(content: bytes) -> None:
    """Refuse what is no Word document, too large, or declares entities."""
    if len(content) > LARGEST:
        megabytes = LARGEST // 1024**2
        raise TemplateRefused(
            Bilingual(
                f"The file is larger than {megabytes} MB. Leave out large pictures.",
                f"文件超过 {megabytes} MB，请去除大图片。",
            )
        )
    try:
        with opened(io.BytesIO(content)) as package:
            names = package.namelist()
            if "word/document.xml" not in names:
                raise _not_word()
            for name in names:
                if name.endswith((".xml", ".rels")) and _DOCTYPE.search(package.read(name)):
                    raise _not_word()
    except CannotRead as error:
        raise _not_word() from error


def _not_word() -> TemplateRefused:
    return TemplateRefused(
        Bilingual(
            "This is not a Word document (.docx), or it is damaged. Save it anew in Word and upload it again.",
            "该文件不是 Word 文档（.docx）或者已损坏，请在 Word 中重新保存后上传。",
        )
    )


def _syntax(error: TemplateError) -> TemplateRefused:
    return TemplateRefused(
        Bilingual(
            f"The template has a fault: {error}. Fields are written as {{{{ title }}}}, loops as {{%tr for row in rows %}} … "
            "{%tr endfor %}.",
            f"模板有语法错误：{error}。字段写作 {{{{ title }}}}，循环写作 {{%tr for row in rows %}} … {{%tr endfor %}}。",
        )
    )
