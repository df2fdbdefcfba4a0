# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the certificates of the tests in a folder: certificates.py FOLDER.

With cryptography, which ansible-core needs itself: openssl's command line does not write expired certificates everywhere.
"""

from __future__ import annotations

import datetime
import ipaddress
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FOLDER = Path(sys.argv[1])
DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.timezone.utc)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def write(file, key, certificate, encryption=None):
    encryption = encryption or serialization.NoEncryption()
    key_file = FOLDER / f"{file}.key"
    key_file.touch(0o600)
    key_file.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption))
    (FOLDER / f"{file}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def signed(subject, issuer=None, end=NOW + 2 * DAY, key=None, addresses=()):
    """A key and its certificate; without an issuer that of an authority."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    issuer_key, issuer_name = (issuer[0], issuer[1].subject) if issuer else (key, name(subject))
    builder = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(issuer_name)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(NOW - 3 * DAY).not_valid_after(end)
               .add_extension(x509.BasicConstraints(ca=not issuer, path_length=None), critical=True))
    if addresses:
        names = [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return key, builder.sign(issuer_key, hashes.SHA256())


ca, other = signed("ca"), signed("other")
server = signed("server", ca, addresses=["127.0.0.1", "::1"])
client = signed("holder", ca)
write("ca", *ca)
write("other", *other)
write("server", *server)
write("expired", *signed("server", ca, end=NOW - DAY, key=server[0], addresses=["127.0.0.1", "::1"]))
write("client", *client)
write("locked", *client, encryption=serialization.BestAvailableEncryption(b"Passphrase-1"))
write("stranger", *signed("holder", other))
