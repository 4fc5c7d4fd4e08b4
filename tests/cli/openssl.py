"""`openssl ts` as a time-stamping authority: a root, an intermediate, and certificates for time-stamping, made here.

Its clock is this machine's, whatever freezegun says to the tests: stations work in the past.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

CONFIG = """
[req]
distinguished_name = nobody
[nobody]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[tsa]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ts]
default_tsa = one
[one]
serial = serial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.55555.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_alg = sha256
"""


class OpensslAuthority:
    """An authority in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "openssl.cnf").write_text(CONFIG)
        (folder / "serial").write_text("01\n")
        self._certify("root", None, "root")
        self._certify("middle", "root", "root")
        self._certify("tsa", "middle", "tsa")

    @property
    def root(self) -> str:
        """The root certificate, PEM."""
        return str(self.folder / "root.pem")

    def openssl(self, *words: str | Path) -> str:
        """Runs it in the folder."""
        done = subprocess.run(["openssl", *map(str, words)], cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _certify(self, name: str, by: str | None, extensions: str) -> None:
        key, common = f"{name}.key", ("-config", "openssl.cnf", "-subj", f"/O=Time Authority/CN={name}")
        self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key)
        if by is None:
            words = ("-x509", "-days", "3650", "-extensions", extensions, "-out", f"{name}.pem")
            self.openssl("req", "-new", "-key", key, *common, *words)
            return
        self.openssl("req", "-new", "-key", key, *common, "-out", f"{name}.csr")
        signer = ("-CA", f"{by}.pem", "-CAkey", f"{by}.key", "-CAcreateserial", "-days", "365")
        given = ("-extfile", "openssl.cnf", "-extensions", extensions)
        self.openssl("x509", "-req", "-in", f"{name}.csr", *signer, *given, "-out", f"{name}.pem")

    def reply(self, query: str | Path, target: str | Path) -> None:
        """Answers a query, as a server would; its certificate and the intermediate's come along."""
        signer = ("-signer", "tsa.pem", "-inkey", "tsa.key", "-chain", "middle.pem")
        asked = ("-queryfile", Path(query).absolute(), "-out", Path(target).absolute())
        self.openssl("ts", "-reply", "-config", "openssl.cnf", "-section", "one", *asked, *signer)


@pytest.fixture(scope="session")
def openssl_authority(tmp_path_factory: pytest.TempPathFactory) -> OpensslAuthority:
    """One for all tests."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: nobody is here to give time-stamps")
    return OpensslAuthority(tmp_path_factory.mktemp("authority") / "tsa")
