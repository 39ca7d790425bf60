"""Terms of an agreement are taken from the settings of the same names."""

import pytest
from pydantic import SecretStr

from connectors.kit import ConnectorSettings, Misconfigured, setting
from connectors.kit.settings import terms_of
from mappings.structs import FrozenStruct


class Settings(ConnectorSettings):
    account: str = setting("Account", "账号", default="")
    password: SecretStr = setting("Password", "密码", default=SecretStr(""))
    other: int = setting("Other", "其他", default=1)


class Terms(FrozenStruct):
    account: str
    password: str


def test_terms_hold_what_they_name_with_secrets_in_plain():
    settings = Settings(account="A", password="secret")
    assert terms_of(settings, Terms) == Terms(account="A", password="secret")


@pytest.mark.parametrize("name", ["account", "password"])
def test_an_empty_setting_that_is_needed_is_named(name):
    settings = Settings(**{"account": "A", "password": "secret", name: ""})
    with pytest.raises(Misconfigured) as caught:
        terms_of(settings, Terms, needs=("account", "password"))
    assert caught.value.setting == name


def test_what_is_not_needed_may_be_empty():
    assert terms_of(Settings(), Terms) == Terms(account="", password="")
