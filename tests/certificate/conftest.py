"""An office with one certificate, made once; `made` is what most tests look at."""

from typing import NamedTuple

import pytest

from tests.certificate.issued import Certificate, Office


class Made(NamedTuple):
    """The office, and the certificate of its item."""

    office: Office
    item: str
    one: Certificate


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Not to be changed: what more it records changes no test."""
    office = Office(tmp_path_factory.mktemp("office"))
    item = office.member.seize("JM/1")
    return Made(office, item, office.certificate(item))
