"""The texts of the command line, in English and Chinese. What the API answers is in the language of the request already."""

from __future__ import annotations

from filing_client.settings import Language

_EN = {
    "description": "File AI models and services with the registry, and read what is missing.",
    "check": "check dossiers against the rules; nothing is stored",
    "submit": "open a filing with a dossier and submit it",
    "status": "show a filing",
    "flags": "show the flags of a filing",
    "upload": "upload documents of a filing",
    "import": "import many dossiers from .ndjson or .zip",
    "export": "export filings",
    "url": "base URL of the API (or FILING_URL)",
    "token": "API token (better: FILING_TOKEN, which other users of the machine cannot read)",
    "language": "language of all texts (or FILING_LANGUAGE)",
    "format": "form of the output",
    "as_of": "check as of this day, such as 2026-06-01",
    "wait": "wait for the check; exit status 1 if errors are open",
    "timeout": "seconds to wait at most",
    "state": "flags to show; waived ones are among the open ones",
    "dry_run": "only check what would be imported",
    "submit_all": "submit each imported filing",
    "output": "file to write; standard output if not given",
    "filter": "only filings with this {name}",
    "no_url": "No address of the API is given. Set FILING_URL or --url, such as http://127.0.0.1:8000/api/v1.",
    "bad_url": "The address of the API begins with http:// or https://, such as http://127.0.0.1:8000/api/v1.",
    "bad_token": "The token has characters that no token has. Copy it again, without spaces and line breaks.",
    "unknown_form": "{path} is neither .ndjson nor .zip. Import a file of one of these forms.",
    "bad_language": "The language {value} is not known. Set FILING_LANGUAGE to en or zh-hans.",
    "usage": "{message}. See `{program} --help`.",
    "unreachable": "The server at {url} does not answer ({reason}). Check the address and the network, then try again.",
    "unexpected": "The answer is not one of the registry ({reason}). Check that {url} is the address of its API.",
    "unreadable": "{path}: {reason}. Check the path and its permissions.",
    "not_ready": "Not finished within {seconds:g} seconds. The server goes on: ask again later, or give --timeout.",
    "unauthorized": "Set FILING_TOKEN to a valid token. An administrator, or the page “API tokens”, makes one.",
    "throttled": "Wait a minute, then try again.",
    "server": "Try again later. If it goes on, send the request id to the administrator.",
    "request_id": "Request id: {value}",
    "stopped": "Stopped.",
    "is_fine": "{name}: no findings",
    "no_flags": "No flags.",
    "fix": "Fix: {value}",
    "waived": "waived until {until}: {reason}",
    "resolved": "resolved {at}",
    "check_due": "The check is not finished. Read the flags in a few seconds: filing flags {id}",
    "open_flags": "Open flags: {error} errors, {warning} warnings, {info} notes; {waived} waived",
    "uploaded": "{name}: uploaded, SHA-256 {sha256}",
    "progress": "{percent:3.0f} %  {done} of {total}  opened {opened}, known {known}, refused {refused}",
    "refused": "{name}: refused",
    "dry": "Dry run: nothing was stored.",
    "exported": "Written: {path}",
}
_ZH = {
    "description": "向登记系统提交人工智能模型和服务的备案，并查看缺少的内容。",
    "check": "按规则检查备案材料，不保存任何内容",
    "submit": "新建备案并提交",
    "status": "查看备案",
    "flags": "查看备案的问题",
    "upload": "上传备案的文件",
    "import": "从 .ndjson 或 .zip 文件批量导入",
    "export": "导出备案",
    "url": "接口地址（或环境变量 FILING_URL）",
    "token": "接口令牌（最好用环境变量 FILING_TOKEN，同机其他用户读不到）",
    "language": "文字的语言（或环境变量 FILING_LANGUAGE）",
    "format": "输出格式",
    "as_of": "按这一天的规则检查，例如 2026-06-01",
    "wait": "等待检查完成；有未解决的错误时退出码为 1",
    "timeout": "最长等待秒数",
    "state": "要显示的问题；已豁免的属于未解决",
    "dry_run": "只检查，不导入",
    "submit_all": "导入后逐件提交",
    "output": "输出文件；不指定则写到标准输出",
    "filter": "只要 {name} 为此值的备案",
    "no_url": "没有指定接口地址。请设置 FILING_URL 或 --url，例如 http://127.0.0.1:8000/api/v1。",
    "bad_url": "接口地址以 http:// 或 https:// 开头，例如 http://127.0.0.1:8000/api/v1。",
    "bad_token": "令牌含有不可能出现的字符。请重新复制，不要带空格或换行。",
    "unknown_form": "{path} 既不是 .ndjson 也不是 .zip。请导入这两种格式之一的文件。",
    "bad_language": "不支持语言 {value}。请把 FILING_LANGUAGE 设为 en 或 zh-hans。",
    "usage": "{message}。用法见 `{program} --help`。",
    "unreachable": "服务器 {url} 没有响应（{reason}）。请检查地址和网络，然后重试。",
    "unexpected": "收到的不是登记系统的回答（{reason}）。请确认 {url} 是其接口地址。",
    "unreadable": "{path}：{reason}。请检查路径和权限。",
    "not_ready": "{seconds:g} 秒内没有完成。服务器仍在处理：请稍后再查，或用 --timeout 延长等待。",
    "unauthorized": "请把 FILING_TOKEN 设为有效的令牌。令牌由管理员创建，或在“API 令牌”页面创建。",
    "throttled": "请等一分钟再试。",
    "server": "请稍后重试。如果仍然失败，请把请求编号发给管理员。",
    "request_id": "请求编号：{value}",
    "stopped": "已停止。",
    "is_fine": "{name}：没有发现问题",
    "no_flags": "没有问题。",
    "fix": "改正方法：{value}",
    "waived": "豁免至 {until}：{reason}",
    "resolved": "已于 {at} 解决",
    "check_due": "检查尚未完成。请过几秒查看问题：filing flags {id}",
    "open_flags": "未解决的问题：错误 {error}，警告 {warning}，提示 {info}；已豁免 {waived}",
    "uploaded": "{name}：已上传，SHA-256 {sha256}",
    "progress": "{percent:3.0f} %  {done}/{total}  新建 {opened}，已有 {known}，拒收 {refused}",
    "refused": "{name}：拒收",
    "dry": "仅检查：没有保存任何内容。",
    "exported": "已写入：{path}",
}
TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "zh-hans": _ZH}

# Parts of the messages of argparse, which is in English only.
USAGE_IN_CHINESE = {
    "the following arguments are required": "缺少参数",
    "unrecognized arguments": "无法识别的参数",
    "expected one argument": "需要一个值",
    "expected at least one argument": "至少需要一个值",
    "invalid choice": "无效的选项",
    "invalid int value": "不是整数",
    "invalid float value": "不是数字",
    "choose from": "可选",
    "argument ": "参数 ",
}


class Texts:
    """The texts of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, name: str, /, **values: object) -> str:
        """Return a text with its values."""
        text = TEXTS[self.language][name]
        return text.format(**values) if values else text

    def usage(self, message: str) -> str:
        """Return a message of argparse in this language."""
        if self.language == "en":
            return message
        for english, chinese in USAGE_IN_CHINESE.items():
            message = message.replace(english, chinese)
        return message
