"""
Update and compile locale/*/LC_MESSAGES/django.po without the gettext tools, and check that every message has a translation.

`--check` writes nothing. It fails if a message of the code or the templates is not in the catalog, is untranslated or fuzzy, or
if the compiled catalog is stale. Without it, the catalog is updated and compiled.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import django
import polib
import unfold
from django.conf import settings
from django.utils import translation
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOG = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOG.with_suffix(".mo")
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "gettext_noop"}
DJANGOS_APPS = ("admin", "auth", "contenttypes", "sessions", "messages")
PLURAL = {"ngettext", "ngettext_lazy"}
# The output of templatize for {% translate %} and {% blocktranslate %}.
_IN_TEMPLATE = re.compile(
    r"""\b(n?gettext|_)\((u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))(?:\s*,\s*(u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")))?"""
)

Message = tuple[str, str]


def main(arguments: list[str]) -> int:
    """Return 0 if all messages are translated and compiled."""
    used = sorted(set(_used()))
    catalog = polib.pofile(str(CATALOG)) if CATALOG.exists() else _new()
    if "--check" not in arguments:
        _update(catalog, used)
    problems = list(_problems(catalog, used))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _used() -> Iterator[Message]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.split():
        path = ROOT / name
        if name.startswith(("tests/", "tools/", "benchmarks/", "launch/")) or not path.exists():
            continue
        if path.suffix == ".py":
            yield from _in_code(path)
        elif path.suffix in (".html", ".txt") and name.startswith("templates/"):
            yield from _in_template(path)
    yield from _of_unfold()


def _of_unfold() -> Iterator[Message]:
    """Yield the messages of django-unfold that neither it nor Django translates into Chinese."""
    package = Path(unfold.__file__).parent
    used = [path for path in package.rglob("*.*") if "contrib" not in path.relative_to(package).parts]
    templates = [message for path in used if path.suffix == ".html" for message in _in_template(path)]
    code = [message for path in used if path.suffix == ".py" for message in _in_code(path)]
    with translation.override("zh-hans"):
        yield from (message for message in templates + code if translation.gettext(message[0]) == message[0])


def _in_code(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and _called(node) in CALLS and node.args:
            texts = [_text_of(argument) for argument in node.args[:2]]
            if texts[0]:
                yield texts[0], (texts[1] if _called(node) in PLURAL and len(texts) > 1 else "")


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _text_of(node: ast.expr) -> str:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""


def _in_template(path: Path) -> Iterator[Message]:
    for _, singular, plural in _IN_TEMPLATE.findall(templatize(path.read_text())):
        yield ast.literal_eval(singular), ast.literal_eval(plural) if plural else ""


def _new() -> polib.POFile:
    catalog = polib.POFile(wrapwidth=100)
    catalog.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hans",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return catalog


def _update(catalog: polib.POFile, used: list[Message]) -> None:
    known = {entry.msgid: entry for entry in catalog}
    catalog[:] = [known.get(singular) or _entry(singular, plural) for singular, plural in used]
    CATALOG.parent.mkdir(parents=True, exist_ok=True)
    catalog.save(str(CATALOG))
    catalog.save_as_mofile(str(COMPILED))


def _entry(singular: str, plural: str) -> polib.POEntry:
    if plural:
        return polib.POEntry(msgid=singular, msgid_plural=plural, msgstr_plural={0: ""})
    return polib.POEntry(msgid=singular, msgstr="")


def _problems(catalog: polib.POFile, used: list[Message]) -> Iterator[str]:
    entries = {entry.msgid: entry for entry in catalog}
    for singular, _ in used:
        entry = entries.get(singular)
        if entry is None or not entry.translated():
            yield f"Not translated: {singular!r}. Run `make docs`, then add the translation to {CATALOG.relative_to(ROOT)}."
    if not COMPILED.exists() or COMPILED.read_bytes() != catalog.to_binary():
        yield f"{COMPILED.relative_to(ROOT)} is stale. Run `make docs`."


if __name__ == "__main__":
    settings.configure(USE_I18N=True, INSTALLED_APPS=[f"django.contrib.{name}" for name in DJANGOS_APPS])
    django.setup()
    sys.exit(main(sys.argv[1:]))
