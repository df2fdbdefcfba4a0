# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


def account(service, name, field, secret):
    """An account of one service, with its secret."""
    email = {"email": f"{name}@example.org"} if service.get("email") else {}
    return {"name": f"{name}{service.get('suffix', '')}", field: secret, **email}


def reader_accounts(services, mark, odd):
    """Accounts by type of service, each with a password of its own."""
    return {kind: [account(service, f"reader{number}", "password", f"{mark}-of-{number}-{odd}") for number in range(6)]
            for kind, service in services.items()}


def one_account(services, name, field, secret=None):
    """One account by type of service; its secret is the type's hash where none is given."""
    return {kind: account(service, name, field, secret or service["hash"]) for kind, service in services.items()}


def secrets_in(rows, services):
    """The ends of all stored passwords that are long enough to be looked for."""
    return sorted({str(row[column])[-40:] for kind, service in services.items() for table, column in service["stored"].items()
                   for row in rows[kind][table] if len(str(row[column] or "")) >= 20})


class FilterModule:
    """Accounts with secrets."""

    def filters(self):
        return {"reader_accounts": reader_accounts, "one_account": one_account, "secrets_in": secrets_in}
