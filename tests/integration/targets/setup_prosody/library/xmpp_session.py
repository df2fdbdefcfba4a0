#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xmpp_session
short_description: Log in to an XMPP server as a client does
description:
  - Opens a stream for each session, registers an account if asked to, logs in by SASL, and sends stanzas.
  - Speaks XMPP and SCRAM itself (RFC 6120, RFC 5802), so that nothing of the collection under test is involved.
author:
  - The auth.services developers (@auth-services)
options:
  port:
    description: Where the server listens on 127.0.0.1, without TLS.
    type: int
    required: true
  host:
    description: The XMPP domain, for sessions that name none.
    type: str
    required: true
  sessions:
    description:
      - Dictionaries of C(name), C(password), C(host), C(register) (create the account first, in-band), C(mechanism) (C(PLAIN),
        C(SCRAM-SHA-1), C(SCRAM-SHA-256); none - do not log in), C(message) (an address to send a message to) and C(send), a
        list of the contents of IQ stanzas of type set, or of type get where C(get) stands in front.
      - C(expect) is what must become of the session, by key of RV(sessions); else the task fails.
    type: list
    elements: dict
    required: true
  hold:
    description:
      - Once the last session is logged in, create the file with this name, and go on when the file is gone.
    type: path
"""

EXAMPLES = r"""
- name: Log in
  xmpp_session:
    port: 5222
    host: example.org
    sessions:
      - {name: alice, password: secret, mechanism: SCRAM-SHA-1, expect: {login: success}}
"""

RETURN = r"""
sessions:
  description: >-
    For each session, C(login) (C(success), the condition of the failure, C(closed) where the server closed the stream,
    C(silent) where it did not answer), C(registered) (the same) and C(answers), the stanzas that came back, as XML.
  returned: always
  type: list
"""

import base64
import hashlib
import hmac
import os
import secrets
import socket
import time
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.expectations import finish

STREAM = "{http://etherx.jabber.org/streams}"
SASL = "{urn:ietf:params:xml:ns:xmpp-sasl}"
PATIENCE = 5


class Ended(Exception):
    """The server closed the stream, or does not answer."""


class Stream:
    def __init__(self, port, host):
        self.host = host
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.features = self.open()

    def open(self):
        self.parser = ElementTree.XMLPullParser(["start", "end"])
        self.depth = 0
        self.send("<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0'"
                  f" xmlns:stream='http://etherx.jabber.org/streams' to={quoteattr(self.host)}>")
        return self.read()

    def send(self, text):
        self.socket.sendall(text.encode())

    def read(self):
        """The next stanza."""
        while True:
            for event, element in self.parser.read_events():
                self.depth += 1 if event == "start" else -1
                if event == "end" and self.depth == 0:
                    raise Ended("closed")
                if event == "end" and self.depth == 1:
                    return element
            try:
                data = self.socket.recv(65536)
            except socket.timeout as error:
                raise Ended("silent") from error
            if not data:
                raise Ended("closed")
            self.parser.feed(data)

    def answer(self, kind, content):
        """What comes back for an IQ."""
        number = secrets.token_hex(4)
        self.send(f"<iq type='{kind}' id='{number}'>{content}</iq>")
        while True:
            stanza = self.read()
            if stanza.get("id") == number:
                return stanza

    def register(self, name, password):
        stanza = self.answer("set", "<query xmlns='jabber:iq:register'>"
                             f"<username>{escape(name)}</username><password>{escape(password)}</password></query>")
        return "success" if stanza.get("type") == "result" else condition(stanza.find("{jabber:client}error"))

    def login(self, mechanism, name, password):
        offered = [element.text for element in self.features.iter(SASL + "mechanism")]
        if mechanism not in offered:
            return f"not offered, only {', '.join(offered)}"
        if mechanism == "PLAIN":
            self.auth(mechanism, f"\0{name}\0{password}".encode())
            answer = self.read()
        else:
            answer = self.scram(mechanism, name, password)
        if answer.tag != SASL + "success":
            return condition(answer)
        self.open()
        self.answer("set", "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
        return "success"

    def auth(self, mechanism, data):
        text = base64.b64encode(data).decode()
        self.send(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='{mechanism}'>{text}</auth>")

    def scram(self, mechanism, name, password):
        algorithm = mechanism[6:].replace("-", "").lower()
        first = f"n={name.replace('=', '=3D').replace(',', '=2C')},r={secrets.token_hex(12)}"
        self.auth(mechanism, b"n,," + first.encode())
        answer = self.read()
        if answer.tag != SASL + "challenge":
            return answer
        challenge = base64.b64decode(answer.text).decode()
        values = dict(part.split("=", 1) for part in challenge.split(","))
        final = f"c=biws,r={values['r']}"
        salted = hashlib.pbkdf2_hmac(algorithm, password.encode(), base64.b64decode(values["s"]), int(values["i"]))
        client_key = hmac.digest(salted, b"Client Key", algorithm)
        message = ",".join((first, challenge, final)).encode()
        signature = hmac.digest(hashlib.new(algorithm, client_key).digest(), message, algorithm)
        proof = bytes(left ^ right for left, right in zip(client_key, signature))
        last = f"{final},p={base64.b64encode(proof).decode()}"
        self.send(f"<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{base64.b64encode(last.encode()).decode()}</response>")
        answer = self.read()
        if answer.tag == SASL + "success":
            server_key = hmac.digest(salted, b"Server Key", algorithm)
            wanted = b"v=" + base64.b64encode(hmac.digest(server_key, message, algorithm))
            if base64.b64decode(answer.text) != wanted:
                raise Ended("the server does not know the password")
        return answer


def condition(element):
    return element[0].tag.rpartition("}")[2]


def session(stream, options, hold):
    unknown = options.keys() - {"name", "password", "host", "register", "mechanism", "message", "send", "expect"}
    if unknown:
        raise ValueError(f"Unknown keys of a session: {sorted(unknown)}")
    result = {"name": options.get("name")}
    try:
        if options.get("register"):
            result["registered"] = stream.register(options["name"], options["password"])
        if options.get("mechanism"):
            result["login"] = stream.login(options["mechanism"], options["name"], options["password"])
        if hold:
            with open(hold, "w"):
                pass
            while os.path.exists(hold):
                time.sleep(0.1)
        if result.get("login") == "success":
            result["answers"] = []
            if options.get("message"):
                stream.send(f"<message type='chat' to={quoteattr(options['message'])}><body>Hello</body></message>")
            for content in options.get("send", []):
                kind = "get" if content.startswith("get") else "set"
                stanza = stream.answer(kind, content[3:] if kind == "get" else content)
                result["answers"].append(ElementTree.tostring(stanza, "unicode"))
    except Ended as error:
        result["ended"] = str(error)
        result.setdefault("login", str(error))
    return result


def main():
    module = AnsibleModule(
        argument_spec={
            "port": {"type": "int", "required": True},
            "host": {"type": "str", "required": True},
            "sessions": {"type": "list", "elements": "dict", "required": True, "no_log": True},
            "hold": {"type": "path"},
        },
    )
    sessions = module.params["sessions"]
    module.no_log_values.clear()  # names would be masked, too
    results = []
    for number, options in enumerate(sessions, 1):
        stream = Stream(module.params["port"], options.get("host") or module.params["host"])
        hold = module.params["hold"] if number == len(sessions) else None
        results.append(session(stream, options, hold))
        stream.socket.close()
    finish(module, sessions, results, sessions=results)


if __name__ == "__main__":
    main()
