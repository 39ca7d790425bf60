"""The one address of the Taobao Open Platform: public parameters, signature, one POST per call."""

from collections.abc import Mapping
from typing import TypeVar

from connectors.kit import OutcomeUnknown, Outside, PlatformClient, UnexpectedPayload
from connectors.kit.signing import hmac_hex_upper, md5_hex_upper
from connectors.stores.taobao.refusals import classify
from connectors.stores.taobao.settings import TaobaoSettings
from mappings.errors import MappingError
from mappings.stores.taobao.answers import unwrap
from mappings.stores.taobao.trade import BEIJING

T = TypeVar("T")

TIME = "%Y-%m-%d %H:%M:%S"
_HEADERS = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}


def sign(parameters: Mapping[str, str], secret: str, method: str) -> str:
    """Names and values in byte order of the names, nothing in between, digested with the secret."""
    text = "".join(f"{name}{parameters[name]}" for name in sorted(parameters, key=str.encode))
    if method == "md5":
        return md5_hex_upper(f"{secret}{text}{secret}")
    return hmac_hex_upper(secret, text, {"hmac": "md5", "hmac-sha256": "sha256"}[method])


class Gateway:
    """Calls methods by name and decodes what stands in the envelope."""

    def __init__(self, settings: TaobaoSettings, outside: Outside) -> None:
        self._settings = settings
        self._now = outside.now
        self._client = PlatformClient(outside, classify=classify)

    async def call(self, method: str, parameters: Mapping[str, str], shape: type[T], *, write: bool) -> T:
        """The answer in the declared shape."""
        answer, _ = await self.call_raw(method, parameters, shape, write=write)
        return answer

    async def call_raw(
        self, method: str, parameters: Mapping[str, str], shape: type[T], *, write: bool
    ) -> tuple[T, bytes]:
        """The answer, and its bytes as they came. Signed anew in each attempt: the time is signed."""
        response = await self._client.send(
            "POST",
            self._settings.gateway,
            write=write,
            headers=_HEADERS,
            fresh=lambda: self._signed(method, parameters),
        )
        try:
            return unwrap(response.content, shape), response.content
        except MappingError as error:
            unreadable = OutcomeUnknown if write else UnexpectedPayload
            raise unreadable(f"{method}: the answer is not in the agreed shape: {error}") from None

    def _signed(self, method: str, parameters: Mapping[str, str]) -> dict[str, str]:
        settings = self._settings
        signed = {
            **parameters,
            "method": method,
            "app_key": settings.app_key,
            "session": settings.session_key.get_secret_value(),
            "timestamp": self._now().astimezone(BEIJING).strftime(TIME),
            "format": "json",
            "v": "2.0",
            "sign_method": settings.sign_method,
        }
        signed["sign"] = sign(signed, settings.app_secret.get_secret_value(), settings.sign_method)
        return signed
