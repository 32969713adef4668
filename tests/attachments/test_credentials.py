"""Possible credentials, and text that only mentions them."""

from __future__ import annotations

import pytest

from tests.attachments.files import (
    A1A,
    QUESTION_HEADINGS,
    a_docx,
    a_package,
    a_pdf,
    a_workbook,
    contents,
)

SECRET = "sk-4f9QzXk2LmPq81RtYuIo55AsDf"
FOUND = [
    ("DB_PASSWORD=Abc@12345", "password"),
    ("密码（初始）：Abc@12345", "password"),
    ("密 码：Abc@12345", "password"),
    ("password is Abc@12345", "password"),
    ("mysql://root:Passw0rd@10.0.0.1/db", "password"),
    ("测试账号（普通用户）：test01", "test_account"),
    ("密码：Abc123456", "password"),
    ("登录密码为 Test@2026", "password"),
    ("password: hunter2hunter", "password"),
    ("PWD=Zx9!kkk", "password"),
    ("api_key = 9aF3kLm2Qw8Zx7Cv6Bn5", "api_key"),
    ("API Key：9aF3kLm2Qw8Zx7Cv6Bn5", "api_key"),
    ("密钥：9aF3kLm2Qw8Zx7Cv6Bn5", "api_key"),
    (f"调用时使用 {SECRET}", "api_key"),
    ("AKIAIOSFODNN7EXAMPLE", "api_key"),
    ("LTAI5tExample9Abc2Def", "api_key"),
    ("Authorization: Bearer abcdef0123456789abcdef0123", "api_key"),
    ("-----BEGIN RSA PRIVATE KEY-----", "api_key"),
    ("测试账号：tester01", "test_account"),
    ("体验账号为 demo@sample.example", "test_account"),
    ("test account: reviewer-1", "test_account"),
]
NOT_FOUND = [
    "用户密码：AES-256加密存储",
    "口令：SHA256加盐哈希",
    "Password: TLS1.2 protected",
    "商用密码：GM/T0054-2018",
    "密钥为TLS_AES_256_GCM_SHA384",
    "找回密码：https://example.com/help/123456",
    "密码：******12",
    "API key=YOUR_API_KEY_HERE_123",
    "测试账号：None",
    "测试账号是VIP",
    "用户应妥善保管密码，不得泄露。",
    "密码：不得少于八位",
    "密码长度为8-16位",
    "密码：8-16位",
    "Password: must not be shared",
    "password: ********",
    "请输入密码：",
    "测试账号另行提供",
    "账号：样例问答",
    "API Key 由平台另行发放",
    "公司邮箱：contact@sample.example",
    "sha256: 8321aabfb319e8e82a5c09771a7828591a584a5b04a2b629505d75987d445118",
    "统一社会信用代码：91440300708461136T",
]


def kinds(file):
    return [found.kind for found in contents(file).credentials]


@pytest.mark.parametrize(("line", "kind"), FOUND)
def test_a_credential_is_found_in_text_and_docx(line, kind):
    assert kinds(line.encode()) == [kind]
    assert kinds(a_docx("正文", line)) == [kind]


@pytest.mark.parametrize("line", NOT_FOUND)
def test_text_about_credentials_is_not_a_credential(line):
    assert kinds(line.encode()) == []
    assert kinds(a_docx("正文", line)) == []


def test_a_credential_is_found_in_a_pdf_with_its_page():
    (found,) = contents(a_pdf("password: hunter2hunter")).credentials
    assert (found.kind, found.place, found.shown) == ("password", "p. 1", "password: hu…")


def test_a_credential_is_found_in_any_sheet_with_its_row():
    file = a_workbook({"说明": [["联系方式"], ["测试账号", "tester01"], ["测试账号：tester01"]], "空": []})
    assert [(found.kind, found.place, found.shown) for found in contents(file).credentials] == [
        ("test_account", "说明 2", "测试账号 | te…"),
        ("test_account", "说明 3", "测试账号:te…"),
    ]


def test_a_credential_is_found_in_a_comment_of_a_workbook():
    comments = f"<comments><comment><text><r><t>{SECRET}</t></r></text></comment></comments>"
    file = a_package({"xl/workbook.xml": "<workbook/>", "xl/comments1.xml": comments})
    assert kinds(file) == ["api_key"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("我的密码是123456，安全吗？", []),
        ("如何破解密码为abcdef1的账号", []),
        ("测试账号：tester01 怎么注册", []),
        ("登录密码：Adm1n@2026#x", ["password"]),
        (f"密钥 {SECRET} 怎么用", ["api_key"]),
    ],
)
def test_a_question_may_mention_passwords(question, expected):
    file = a_workbook({"生成内容测试题": [QUESTION_HEADINGS, [1, question, *A1A, "答", "合格"]]})
    assert kinds(file) == expected


def test_the_secret_itself_is_not_stored():
    (found,) = contents(a_docx(f"密钥：{SECRET}")).credentials[:1]
    assert SECRET not in str(contents(a_docx(f"密钥：{SECRET}")).plain())
    assert found.shown == "密钥:sk…"
