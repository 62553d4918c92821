"""Secrets are unreadable at rest, opened only with their key, and never named in an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar import addresses
from workers.secrets import LONGEST, SecretError, Secrets, keys_of
from workers.settings import Settings

URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11111111-2222"
KEY, OTHER = "k" * 32, "o" * 32


@given(st.text(min_size=1, max_size=400))
def test_what_was_sealed_comes_back(plain: str) -> None:
    if len(plain.encode()) > LONGEST:
        return
    secrets = Secrets((KEY,), {})
    sealed = secrets.seal(plain)
    assert sealed.startswith(addresses.SEALED) and secrets.open(sealed) == plain


def test_nothing_of_the_secret_can_be_read_and_two_seals_differ() -> None:
    secrets = Secrets((KEY,), {})
    one, two = secrets.seal(URL), secrets.seal(URL)
    assert one != two and "1111" not in one and "qyapi" not in one
    assert addresses.fingerprint(one) == addresses.fingerprint(two) == addresses.fingerprint(URL)


@pytest.mark.parametrize("spoil", [0, 20, -1])
def test_a_changed_seal_or_another_key_opens_nothing(spoil: int) -> None:
    sealed = Secrets((KEY,), {}).seal(URL)
    head, _, body = sealed.rpartition(":")
    changed = body[:spoil] + ("A" if body[spoil] != "A" else "B") + (body[spoil + 1 :] if spoil != -1 else "")
    for secrets, kept in ((Secrets((KEY,), {}), f"{head}:{changed}"), (Secrets((OTHER,), {}), sealed)):
        with pytest.raises(SecretError) as refused:
            secrets.open(kept)
        assert refused.value.code == "secret.unopened" and "1111" not in str(refused.value)


def test_an_old_key_still_opens_after_a_new_one_was_put_first() -> None:
    old = Secrets((KEY,), {}).seal(URL)
    both = Secrets(keys_of(f"{OTHER}, {KEY}"), {})
    assert both.open(old) == URL
    assert Secrets((OTHER,), {}).open(both.seal(URL)) == URL


def test_without_a_key_nothing_is_sealed_and_a_short_key_is_none() -> None:
    with pytest.raises(SecretError, match="CHONGFEN_SECRET_KEY"):
        Secrets((), {}).seal(URL)
    with pytest.raises(SecretError, match="太短"):
        keys_of("short")
    with pytest.raises(SecretError, match="太长"):
        Secrets((KEY,), {}).seal("x" * (LONGEST + 1))


def test_a_data_folder_makes_a_key_of_its_own_at_the_first_need(tmp_path: Path) -> None:
    here = Settings(data_dir=tmp_path)
    assert not (tmp_path / "secret.key").exists()
    sealed = here.secrets.seal(URL)
    assert Settings(data_dir=tmp_path).secrets.open(sealed) == URL
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    served = Settings(data_dir=tmp_path, database_url="postgresql://x/y", broker_url="redis://x/0")
    assert served.secrets.open(sealed) == URL  # several processes over one data folder
    with pytest.raises(SecretError, match="每台机器"):
        Settings(data_dir=tmp_path / "another machine").secrets.open(sealed)


def test_a_reference_names_only_variables_meant_for_it() -> None:
    environ = {"CHONGFEN_LANE_A": f" {URL} ", "CHONGFEN_SECRET_KEY": KEY, "PATH": "/bin"}
    secrets = Secrets((KEY,), environ)
    assert secrets.open("env:CHONGFEN_LANE_A") == URL
    for name in ("CHONGFEN_SECRET_KEY", "PATH", "CHONGFEN_LANE_B", ""):
        with pytest.raises(SecretError, match="没有设置"):
            secrets.open(f"env:{name}")


def test_settings_never_show_the_key() -> None:
    settings = Settings(secret_key=KEY)  # type: ignore[arg-type]
    assert KEY not in repr(settings) and settings.secrets.open(settings.secrets.seal(URL)) == URL
