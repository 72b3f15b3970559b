from __future__ import annotations

from tools.environment import from_pip


def test_a_machine_without_settings_leaves_uv_alone() -> None:
    assert from_pip("") == {}


def test_the_index_that_pip_uses_is_the_one_that_uv_uses() -> None:
    listed = """:env:.cert='/certificates.pem'
global.index-url='https://mirror.example/simple'
global.extra-index-url='https://one.example/simple https://two.example/simple'
global.find-links='/wheels\\n/more-wheels'
install.trusted-host='mirror.example'
global.timeout='60'
"""
    assert from_pip(listed) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/wheels,/more-wheels",
        "UV_INSECURE_HOST": "mirror.example",
        "SSL_CERT_FILE": "/certificates.pem",
    }


def test_the_environment_wins_over_files() -> None:
    listed = ":env:.index-url='https://near.example/simple'\nglobal.index-url='https://far.example/simple'\n"
    assert from_pip(listed) == {"UV_DEFAULT_INDEX": "https://near.example/simple"}
