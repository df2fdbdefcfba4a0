#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: mumble_session
short_description: Be a client of a Mumble server
description:
  - Connects as clients do, over TLS with Mumble's own protocol, and does what a user or an administrator does there.
  - A refusal is a result, not a failure. The task fails if the server does not answer, or answers otherwise than a session expects.
author:
  - The auth.services developers (@auth-services)
options:
  server:
    description: Entry of C(setup_mumble_servers).
    type: dict
    required: true
  sessions:
    description: What clients do, one after the other.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name that is typed.
        type: str
        required: true
      password:
        description: Password that is typed.
        type: str
        default: ''
      certificate:
        description: V(one) or V(two), the certificates of clients that C(setup_mumble) created.
        type: str
      register:
        description: Register oneself, which stores the certificate.
        type: bool
        default: false
      rename:
        description: Registered users to rename, new names by number.
        type: dict
        default: {}
      groups:
        description: Groups of the root channel, numbers of their members by name, to write as the dialogue of the client does.
        type: dict
      expect:
        description: What must become of it, by key of RV(sessions).
        type: dict
"""

EXAMPLES = r"""
- name: Log in by password, with a certificate that the server will know afterwards, and then by that alone
  mumble_session:
    server: "{{ server }}"
    sessions:
      - {name: alice, password: "{{ password }}", certificate: one, expect: {login: ok}}
      - {name: anybody, certificate: one, expect: {login: ok, name: alice}}
"""

RETURN = r"""
sessions:
  description: What became of each.
  returned: always
  type: list
  elements: dict
  contains:
    login:
      description: V(ok) or the kind of the refusal, such as V(WrongUserPW).
      type: str
    name:
      description: Name that the server knows the user by.
      type: str
    id:
      description: Number of the registered user, after what was done; none for a guest.
      type: int
    write:
      description: Whether the user may write to the root channel, which its group C(admin) may.
      type: bool
    groups:
      description: Groups of the root channel, numbers of their members by name; none for users who may not see them.
      type: dict
"""

import os
import socket
import ssl
import struct

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.expectations import finish

VERSION, AUTHENTICATE, PING, REJECT, SYNC, STATE, DENIED, ACL, USERS = 0, 2, 3, 4, 5, 9, 12, 13, 18
REJECTS = ["None", "WrongVersion", "InvalidUsername", "WrongUserPW", "WrongServerPW", "UsernameInUse", "ServerFull",
           "NoCertificate", "AuthenticatorFail"]


def number(value):
    """A variable-length integer of Protocol Buffers."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode(*fields):
    """A message: pairs of field number and value; text and bytes have a length, integers none."""
    out = b""
    for field, value in fields:
        if isinstance(value, int):
            out += number(field << 3) + number(value)
        else:
            value = value.encode() if isinstance(value, str) else value
            out += number(field << 3 | 2) + number(len(value)) + value
    return out


def decode(data):
    """The values of each field, in order."""
    fields, at = {}, 0

    def take():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = take()
        if key & 7 == 0:
            value = take()
        else:
            size = {1: 8, 5: 4}.get(key & 7)
            size = take() if size is None else size
            value = data[at:at + size]
            at += size
        fields.setdefault(key >> 3, []).append(value)
    return fields


def text(fields, field):
    return fields.get(field, [b""])[0].decode()


class Client:
    """One connection."""

    def __init__(self, server, certificate):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if certificate:
            path = os.path.join(server["clients"], certificate)
            context.load_cert_chain(path + ".crt", path + ".key")
        raw = socket.create_connection((server["host"], server["port"]), timeout=20)
        self.socket = context.wrap_socket(raw)
        self.data = b""
        self.users = {}

    def send(self, kind, *fields):
        body = encode(*fields)
        self.socket.sendall(struct.pack(">HI", kind, len(body)) + body)

    def until(self, *kinds):
        """The next message of one of these kinds, with its kind; what others say of users is kept."""
        while True:
            while len(self.data) < 6 or len(self.data) < 6 + struct.unpack(">HI", self.data[:6])[1]:
                more = self.socket.recv(65536)
                if not more:
                    raise OSError("the server hung up")
                self.data += more
            kind, size = struct.unpack(">HI", self.data[:6])
            body, self.data = self.data[6:6 + size], self.data[6 + size:]
            fields = decode(body) if kind in (PING, REJECT, SYNC, STATE, DENIED, ACL) else {}
            if kind == STATE:
                self.users.setdefault(fields[1][0], {}).update(fields)
            if kind in kinds:
                return kind, fields

    def close(self):
        """Hang up, and wait until the server has noticed: it writes when somebody leaves."""
        self.socket.shutdown(socket.SHUT_WR)
        self.socket.settimeout(2)
        try:
            while self.socket.recv(65536):
                pass
        except OSError:
            pass
        self.socket.close()

    def done(self):
        """Wait until the server has done what was sent before."""
        self.send(PING, (1, 1))
        self.until(PING)

    def login(self, name, password):
        self.send(VERSION, (1, 1 << 16 | 3 << 8 | 4), (2, "test"), (3, "Linux"), (4, "1"))
        self.send(AUTHENTICATE, (1, name), (2, password), (5, 1))
        return self.until(REJECT, SYNC)

    def groups(self, new=None):
        """Groups of the root channel, as they are or with other members."""
        self.send(ACL, (1, 0), (5, 1))
        kind, acl = self.until(ACL, DENIED)
        if kind == DENIED:
            return None
        if new is None:
            return {text(group, 1): group.get(5, []) for group in map(decode, acl.get(3, []))}
        chan_groups = [(3, encode((1, name), (3, 1), (4, 1), *((5, member) for member in members)))
                       for name, members in new.items()]
        self.send(ACL, (1, 0), (2, 1), *chan_groups, *((4, rule) for rule in acl.get(4, [])))
        self.done()
        return self.groups()


def session(server, wanted):
    """One connection, and what became of it."""
    client = Client(server, wanted["certificate"])
    try:
        kind, answer = client.login(wanted["name"], wanted["password"])
        if kind == REJECT:
            return {"login": REJECTS[answer.get(1, [0])[0]]}
        number = answer[1][0]
        if wanted["register"]:
            client.send(STATE, (1, number), (4, 0))
        if wanted["rename"]:
            client.send(USERS, *((1, encode((1, int(key)), (2, name))) for key, name in wanted["rename"].items()))
        client.done()
        groups = client.groups(wanted["groups"])
        client.done()
        user = client.users[number]
        return {"login": "ok", "name": text(user, 3), "id": user.get(4, [None])[0], "groups": groups,
                "write": bool(answer.get(4, [0])[0] & 1)}
    finally:
        client.close()


def main():
    module = AnsibleModule(
        argument_spec={
            "server": {"type": "dict", "required": True},
            "sessions": {"type": "list", "elements": "dict", "required": True, "options": {
                "name": {"type": "str", "required": True},
                "password": {"type": "str", "no_log": True, "default": ""},
                "certificate": {"type": "str"},
                "register": {"type": "bool", "default": False},
                "rename": {"type": "dict", "default": {}},
                "groups": {"type": "dict"},
                "expect": {"type": "dict"},
            }},
        },
    )
    server = module.params["server"]
    try:
        sessions = [session(server, wanted) for wanted in module.params["sessions"]]
    except OSError as error:
        module.fail_json(msg=f"{server['name']} does not answer: {error}")
    finish(module, module.params["sessions"], sessions, sessions=sessions)


if __name__ == "__main__":
    main()
