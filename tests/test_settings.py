"""Settings say what is meant: a typo is an error, a secret is refused, every default has its reason."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

import msgspec
import pytest

from archive import settings as module
from archive.errors import InputError
from archive.record import Record, to_json
from archive.settings import (
    Fetch,
    People,
    Settings,
    describe_settings,
    load_settings,
    parse_settings,
    proxies_with_logins,
)
from archive.words import RobotsPolicy

SECTIONS = {
    name: type(value)
    for name, value in msgspec.structs.asdict(Settings()).items()
    if isinstance(value, Record)
}
DEFAULTS = dict(describe_settings())


def documented(source: str, name: str) -> Iterator[tuple[str, str | None]]:
    """Give the fields of a class with the text that stands right behind each."""
    (found,) = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ClassDef) and n.name == name)
    for field, behind in zip(found.body, [*found.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match behind:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield field.target.id, text
                case _:
                    yield field.target.id, None


# What is documented


@pytest.mark.parametrize("name", SECTIONS)
def test_every_setting_has_its_reason_beside_it(name):
    """Each key of each section is followed by a sentence, and each section says what it is about."""
    kind = SECTIONS[name]
    texts = dict(documented(inspect.getsource(module), kind.__name__))
    assert tuple(texts) == kind.__struct_fields__
    for key, text in texts.items():
        assert text is not None, f"{name}.{key} has no reason"
        assert len(text.split()) > 3
    assert kind.__doc__


def test_the_look_for_reasons_can_fail():
    """A field without a sentence behind it is found."""
    source = "class A:\n    a: int = 1\n    b: int = 2\n    'Why it is two.'\n"
    assert dict(documented(source, "A")) == {"a": None, "b": "Why it is two."}


def test_every_setting_is_listed_with_its_default():
    """The list that the documentation is made of has every key once, with the value in force."""
    assert list(DEFAULTS) == [
        *(f"{name}.{key}" for name, kind in SECTIONS.items() for key in kind.__struct_fields__),
        "proxies",
    ]
    assert DEFAULTS["fetch.delay"] == 1.0
    assert DEFAULTS["proxies"] == {}


@pytest.mark.parametrize("key", [key for key in DEFAULTS if "." in key])
def test_every_default_can_be_written_into_the_file(key):
    """A default that is written out is accepted and changes nothing; null is what is left out."""
    section, _, name = key.partition(".")
    value = DEFAULTS[key]
    text = "" if value is None else f"[{section}]\n{name} = {to_json(value).decode()}\n"
    assert parse_settings(text) == Settings()


# What is read


def test_without_a_file_the_defaults_hold(tmp_path):
    """No file is no error."""
    assert load_settings(tmp_path / "saqta.toml") == Settings()


def test_a_file_changes_what_it_names(tmp_path):
    """Only the keys that stand in the file differ from the defaults."""
    path = tmp_path / "saqta.toml"
    path.write_text(
        '[fetch]\ndelay = 2\nrobots = "obey"\n[proxies]\n"example.org" = "socks5://127.0.0.1:9050"\n'
    )
    read = load_settings(path)
    assert (read.fetch.delay, read.fetch.robots) == (2.0, RobotsPolicy.OBEY)
    assert read.proxies == {"example.org": "socks5://127.0.0.1:9050"}
    assert read == Settings(fetch=Fetch(delay=2.0, robots=RobotsPolicy.OBEY), proxies=read.proxies)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[fetch]\ndely = 2", "the setting 'fetch.dely' is not known. Did you mean 'delay'?"),
        ("[fetsh]\ndelay = 2", "the setting 'fetsh' is not known. Did you mean 'fetch'?"),
        ("delay = 2", "the setting 'delay' is not known. Known are: fetch, store, extract"),
        ("[store]\nxyz = 1", "the setting 'store.xyz' is not known. Known are: compression."),
        ("[serve]\nports = 1", "Did you mean 'port'?"),
    ],
)
def test_a_typo_is_an_error_that_knows_better(text, said):
    """An unknown key is refused, with the nearest key or with all there are."""
    with pytest.raises(InputError) as caught:
        parse_settings(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[fetch]\ndelay = "2"', "$.fetch.delay"),
        ("[fetch]\ndelay = -1", "$.fetch.delay"),
        ("[fetch]\ndelay = nan", "$.fetch.delay"),
        ("[fetch]\ndelay = inf", "$.fetch.delay"),
        ("[fetch]\nretries = 1.5", "$.fetch.retries"),
        ("[fetch]\nretries = true", "$.fetch.retries"),
        ("[fetch]\nmax_bytes = 0", "$.fetch.max_bytes"),
        ('[fetch]\nrobots = "ignore"', "$.fetch.robots"),
        ("[fetch]\ncontact = 5", "$.fetch.contact"),
        ("[store]\ncompression = 10", "$.store.compression"),
        ("fetch = 1", "$.fetch"),
        ("proxies = []", "$.proxies"),
        ('[proxies]\n"a.example" = 1', "$.proxies[...]"),
    ],
)
def test_a_value_of_the_wrong_type_or_size_is_named(text, place):
    """A value that cannot be meant is refused with its place."""
    with pytest.raises(InputError) as caught:
        parse_settings(text)
    assert str(caught.value).endswith(f"at `{place}`.")


def test_what_is_no_toml_is_named(tmp_path):
    """A broken file is an error that names file and line."""
    path = tmp_path / "saqta.toml"
    path.write_text("[fetch\n")
    with pytest.raises(InputError, match=r"saqta\.toml: this is not TOML: .*line 1"):
        load_settings(path)


def test_a_file_that_is_no_text_is_named(tmp_path):
    """A file in another encoding is an error that says what to do."""
    path = tmp_path / "saqta.toml"
    path.write_bytes("[people]\noperator = 'Айгуль'\n".encode("cp1251"))
    with pytest.raises(InputError, match=r"saqta\.toml cannot be read .*save it as UTF-8"):
        load_settings(path)


def test_a_folder_is_no_settings_file(tmp_path):
    """What cannot be opened is an error in a sentence."""
    with pytest.raises(InputError, match="cannot be read"):
        load_settings(tmp_path)


# Secrets


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://user:secret@127.0.0.1:9050",
        "http://user@proxy.example:8080",
        "socks5://$lower@127.0.0.1:9050",
        "socks5://$USER:$PASSWORD@127.0.0.1:9050",
    ],
)
def test_a_login_in_a_proxy_is_refused(proxy):
    """The settings stand in every capture: a password may not, and the message does not repeat it."""
    with pytest.raises(InputError, match="environment variable") as caught:
        parse_settings(f'[proxies]\n"example.org" = "{proxy}"')
    assert "secret" not in str(caught.value)
    assert "example.org" in str(caught.value)


def test_a_login_comes_from_the_environment():
    """The name of a variable stands in the file, its value only in the request."""
    read = parse_settings(
        '[proxies]\n"a.example" = "socks5://$LOGIN@127.0.0.1:1"\n"b.example" = "http://p:2"'
    )
    found = proxies_with_logins(read, {"LOGIN": "user:secret"})
    assert found == {"a.example": "socks5://user:secret@127.0.0.1:1", "b.example": "http://p:2"}
    assert b"secret" not in to_json(read)


def test_a_login_that_is_not_there_is_named():
    """A variable that is not set is an error, not a request without a login."""
    read = parse_settings('[proxies]\n"a.example" = "socks5://$LOGIN@127.0.0.1:1"')
    with pytest.raises(InputError, match="needs the environment variable LOGIN"):
        proxies_with_logins(read, {"OTHER": "x"})


# The hash


def test_the_hash_names_the_settings():
    """Equal settings have one hash, other settings another."""
    assert Settings().sha256 == parse_settings("").sha256
    assert Settings(fetch=Fetch(delay=2.0)).sha256 != Settings().sha256
    assert len(Settings().sha256) == 64


def test_the_hash_gives_nobody_away():
    """Who runs the tool is no part of the hash that every job carries, and cannot be guessed from it."""
    named = Settings(people=People(operator="A. Omarova", organisation="A Group"))
    assert named.sha256 == Settings().sha256
    assert named.without_people == Settings()
