"""Archives and documents that grow, refer outside, or leave their folder: refused, or read without either."""

from __future__ import annotations

import io
import json
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from compliance.api.imports import describe
from compliance.documents import counting
from compliance.imports import running
from compliance.models import Document, Filing
from tests.attachments.files import KEYWORD_HEADINGS, a_docx, a_package, a_raw_workbook, a_workbook
from tests.building import a_document
from tests.making_filings import a_filing, document_of

MEGABYTE = 1024 * 1024
# A page of a PDF may unpack to 75 MB, twice at once; everything else is read in pieces.
MOST_MEMORY = 250 * MEGABYTE
SECRET = "the content of another file"
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 20}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"x" * 50_000}">]>'
CELL = '<row><c t="inlineStr"><is><t>{}</t></is></c></row>'


def memory() -> int:
    """Return the most memory that this process has had so far, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def entity(path: str) -> str:
    return f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{path}">]>'


def parameter_entity(path: str) -> str:
    return f'<!DOCTYPE x [<!ENTITY % p SYSTEM "file://{path}"><!ENTITY % q "<!ENTITY e \'%p;\'>">%q;]>'


def nested(depth: int) -> bytes:
    content = b"0" * MEGABYTE
    for _ in range(depth):
        content = a_package({"inner.zip": content})
    return content


def docx_of(body: str, head: str = "") -> bytes:
    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return a_package({"word/document.xml": f"{head}<w:document {word}><w:body>{body}</w:body></w:document>"})


def overlapping(count: int) -> bytes:
    """Return an archive whose entries all lead to the same compressed bytes, a megabyte each."""
    data = zlib.compress(b"a" * MEGABYTE, 9)[2:-4]
    crc, name = zlib.crc32(b"a" * MEGABYTE), b"word/document.xml"
    local = (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(data), MEGABYTE, len(name), 0) + name + data
    )
    entry = b"".join(
        struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(data), MEGABYTE, len(name), 0, 0, 0, 0, 0, 0
        )
        + name
        for _ in range(count)
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(entry), len(local), 0)
    return local + entry + end


def a_pdf_bomb() -> bytes:
    """Return a PDF whose only page unpacks to 100 MB of operators."""
    packer, operators = zlib.compressobj(9), b"BT /F1 9 Tf (x) Tj ET\n" * 45_000
    stream = b"".join(packer.compress(operators) for _ in range(100)) + packer.flush()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
    return out + end % (table, len(out))


BOMBS: dict[str, Callable[[], bytes]] = {
    "one large member": lambda: a_package({"xl/workbook.xml": b" " * 201 * MEGABYTE}),
    "a sheet of blanks": lambda: a_raw_workbook(" " * 30 * MEGABYTE),
    "many members": lambda: a_package({str(number): b"" for number in range(3_000)}),
    "zips in zips": lambda: nested(6),
    "overlapping members": lambda: overlapping(1_900),
    "laughs in a sheet": lambda: a_raw_workbook(CELL.format("&i;"), head=LAUGHS),
    "laughs in shared strings": lambda: a_raw_workbook(
        CELL.format("x"), strings=f"{LAUGHS}<sst><si><t>&i;</t></si></sst>"
    ),
    "laughs in a text": lambda: docx_of("<w:p><w:r><w:t>&i;</w:t></w:r></w:p>", LAUGHS),
    "one entity many times": lambda: docx_of(f"<w:p><w:r><w:t>{'&a;' * 20_000}</w:t></w:r></w:p>", QUADRATIC),
    "deep elements": lambda: docx_of("<w:p>" * 100_000),
    "many attributes": lambda: docx_of("<w:p " + " ".join(f"a{number}=''" for number in range(50_000)) + "/>"),
    "a long text": lambda: docx_of(f"<w:p><w:r><w:t>{'a' * 20 * MEGABYTE}</w:t></w:r></w:p>"),
    "a stream of a PDF": a_pdf_bomb,
}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    return secret


@pytest.fixture
def url(api) -> str:
    document = a_document("generative", {"/documents/-": {"kind": "keyword_list", "title": "列表"}})
    return f"/api/v1/filings/{api.post('/api/v1/filings/', document, format='json').json()['id']}/"


def uploaded(api, url: str, content: bytes, name: str = "list.xlsx"):
    return api.post(f"{url}documents/", {"file": SimpleUploadedFile(name, content)}, format="multipart")


def counted(api, url: str, content: bytes, name: str = "list.xlsx") -> str:
    """Upload a file and count its contents as a worker does; return all that is shown of it."""
    answer = uploaded(api, url, content, name)
    if answer.status_code >= 400:
        assert (answer.status_code < 500, answer.headers["Content-Type"]) == (True, "application/problem+json")
        assert not Document.objects.exists()
        return ""
    for sha256 in counting.left_to_count():
        counting.count(sha256)
    return json.dumps(api.get(f"{url}documents/").json(), ensure_ascii=False)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_or_counted_within_bounds(api, url, name):
    content = BOMBS[name]()
    assert len(content) < 3 * MEGABYTE
    before = memory()
    shown = counted(api, url, content)
    assert memory() - before < MOST_MEMORY
    assert len(shown) < 50_000


@pytest.mark.parametrize("make", [entity, parameter_entity])
@pytest.mark.parametrize("part", ["sheet", "strings", "text", "workbook", "relations"])
def test_an_external_entity_reads_no_other_file(api, url, folder, make, part):
    head = make(folder)
    workbook = {
        "xl/workbook.xml": f"{head}<workbook><sheets><sheet name='&e;' sheetId='1'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"{head}<Relationships>&e;</Relationships>",
    }
    content = {
        "sheet": lambda: a_raw_workbook(CELL.format("&e;"), head=head),
        "strings": lambda: a_raw_workbook(CELL.format("x"), strings=f"{head}<sst><si><t>&e;</t></si></sst>"),
        "text": lambda: docx_of("<w:p><w:r><w:t>&e;</w:t></w:r></w:p>", head),
        "workbook": lambda: a_raw_workbook(CELL.format("x"), **{"xl/workbook.xml": workbook["xl/workbook.xml"]}),
        "relations": lambda: a_raw_workbook(
            CELL.format("x"), **{"xl/_rels/workbook.xml.rels": workbook["xl/_rels/workbook.xml.rels"]}
        ),
    }[part]()
    shown = counted(api, url, content)
    assert SECRET not in shown


@pytest.mark.parametrize(
    "target", ["../../secret.txt", "/etc/passwd", "file:///etc/passwd", "http://169.254.169.254/", "\\\\host\\share\\x"]
)
def test_a_relation_leads_to_no_file_outside_the_package(api, url, target):
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Target="{target}" TargetMode="External"/></Relationships>'
    )
    content = a_raw_workbook(CELL.format("x"), **{"xl/_rels/workbook.xml.rels": relations})
    shown = counted(api, url, content)
    assert "root:" not in shown
    assert SECRET not in shown


@pytest.mark.parametrize(
    "name", ["../../../evil.txt", "/tmp/evil.txt", "..\\..\\evil.txt", "C:\\evil.txt", "xl/../../evil.txt"]
)
def test_a_member_with_another_folder_in_its_name_is_written_nowhere(api, url, folder, name):
    content = a_workbook({"词库": [KEYWORD_HEADINGS]})
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr(name, SECRET)
    shown = counted(api, url, out.getvalue())
    assert SECRET not in shown
    assert [path.name for path in folder.parent.rglob("*evil*")] == []


@pytest.mark.parametrize("name", ["deep elements", "laughs in a sheet", "zips in zips"])
def test_a_bomb_as_the_workbook_of_filings_is_refused_and_nothing_is_stored(filer, organization, name):
    web, before = Client(), Filing.objects.count()
    web.force_login(filer)
    file = SimpleUploadedFile("filings.xlsx", BOMBS[name]())
    used = memory()
    answer = web.post(f"/workspace/{organization.uid}/workbook/", {"file": file, "take": "1"})
    assert (answer.status_code, Filing.objects.count()) == (422, before)
    assert memory() - used < MOST_MEMORY


@pytest.mark.parametrize("make", [entity, parameter_entity])
def test_an_external_entity_in_the_workbook_of_filings_reads_no_other_file(filer, organization, folder, make):
    web = Client()
    web.force_login(filer)
    content = a_raw_workbook(CELL.format("&e;"), head=make(folder))
    answer = web.post(f"/workspace/{organization.uid}/workbook/", {"file": SimpleUploadedFile("f.xlsx", content)})
    assert answer.status_code == 422
    assert SECRET not in answer.content.decode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\0" * 18,
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        a_docx("正文"),
    ],
)
def test_what_is_no_workbook_of_filings_is_refused(filer, organization, content):
    web = Client()
    web.force_login(filer)
    answer = web.post(
        f"/workspace/{organization.uid}/workbook/", {"file": SimpleUploadedFile("f.xlsx", content), "take": "1"}
    )
    assert (answer.status_code, Filing.objects.count()) == (422, 0)


# --- archives of an import --------------------------------------------------------------------------------------------


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def a_link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        member = zipfile.ZipInfo("a.json")
        member.external_attr = 0o120777 << 16
        made.writestr(member, "/etc/passwd")
    return out.getvalue()


DOSSIER = json.dumps(a_document("algorithm")).encode()
ARCHIVES: dict[str, Callable[[], bytes]] = {
    "a parent folder": lambda: archive({"../a.json": DOSSIER}),
    "an absolute path": lambda: archive({"/tmp/a.json": DOSSIER}),
    "a path of Windows": lambda: archive({"C:\\a.json": DOSSIER}),
    "a parent folder of Windows": lambda: archive({"a\\..\\..\\b.json": DOSSIER}),
    "a link": a_link,
    "a member that grows": lambda: archive({"a.json": DOSSIER, "b.pdf": b" " * 120 * MEGABYTE}),
    "overlapping members": lambda: overlapping(5_000),
    "no archive": lambda: b"PK\x03\x04" + b"\0" * 100,
    "no dossier": lambda: archive({"inner.zip": archive({"a.json": DOSSIER})}),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_hostile_archive_is_refused_whole_and_nothing_is_stored(api, name, folder):
    answer = api.generic("POST", "/api/v1/imports/", ARCHIVES[name](), content_type="application/zip")
    if answer.status_code == 202:
        for key in running.runs_to_divide():
            running.divide(key)
        for key in running.parts_to_do():
            running.do_part(key, describe)
        run = api.get(answer.headers["Location"]).json()
        assert (run["state"], run["counts"].get("opened", 0)) == ("refused", 0)
    else:
        assert answer.status_code in (400, 413, 415, 422)
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Filing.objects.exists()
    assert [path.name for path in folder.parent.rglob("a.json")] == []


def test_a_hostile_model_card_builds_no_objects_and_does_not_grow(api, filer):
    filing = a_filing(filer, "generative")
    before = document_of(filing)
    laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join([f'*{last}'] * 9)}]\n" for last, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for head in ("x: !!python/object/apply:os.system ['touch /tmp/evil']", laughs, "base_model: " + "[" * 5_000):
        card = f"---\n{head}\n---\n# Sample\n".encode()
        answer = api.generic("POST", f"/api/v1/filings/{filing.uid}/model_card/", card, content_type="text/markdown")
        assert answer.status_code < 500
        assert len(answer.content) < 100_000
        if answer.status_code >= 400:
            assert document_of(filing) == before
