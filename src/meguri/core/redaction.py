"""Removes secrets from text that is kept: command lines, diffs, addresses."""

from __future__ import annotations

import re

HIDDEN = "[hidden]"

SECRET_NAME = re.compile(
    r"(^|[^a-z])(pass|password|passwd|passphrase|pwd|secrets?|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|auth)($|[^a-z])",
    re.IGNORECASE,
)
"""Matches the name of an option or a variable that usually holds a secret."""

_NAME = r"(?:login|passw(?:or)?d|passphrase|pwd|secret|token(?!s)|api[-_]?key|access[-_]?key|private[-_]?key|credential)[\w.-]{0,60}"
# Every repetition is bounded, so that a long line without spaces takes no more time than its length.
_RULES = (
    # The name and password in an address, also where the password holds a slash.
    (
        re.compile(r"(?P<kept>[a-z][a-z0-9+.-]{0,30}://)(?:[^\s/?#'\"]{0,300}|[^\s/@'\"]{1,100}:[^\s@'\"]{0,60})@", re.IGNORECASE),
        r"\g<kept>",
    ),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), HIDDEN),
    # password=..., also in a connection string or a query: up to its end or the next separator.
    (re.compile(rf"(?P<kept>{_NAME}=)(?!\s)(?:'[^'\n]*'|\"[^\"\n]*\"|[^\s&;,'\"()]+(?![\w(),]))", re.IGNORECASE), rf"\g<kept>{HIDDEN}"),
    # password = "...", password: "...", "password": "..."
    (re.compile(rf"(?P<kept>{_NAME}['\"]?\s*[=:]\s*)(?P<quote>['\"])[^'\"\n]+(?P=quote)", re.IGNORECASE), rf"\g<kept>{HIDDEN}"),
    (re.compile(r"(?P<kept>\b(?:bearer|basic)\s+)[\w.~+/-]{12,}=*", re.IGNORECASE), rf"\g<kept>{HIDDEN}"),
    (
        re.compile(
            r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{20,}|hf_\w{20,}"
            r"|AIza[\w-]{35}|(?:ses|meguri)_[\w-]{40,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+)"
        ),
        HIDDEN,
    ),
)


def redact(text: str) -> str:
    """The text without the secrets that can be recognised: passwords in addresses and connection strings, values assigned to names such as
    `password` or `api_key`, private keys, and tokens with a known prefix. The rest stays as it is, so a program still reads as one."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
