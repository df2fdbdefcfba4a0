# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What WordPress makes of names and texts before it stores them (wp-includes/formatting.php, user.php). Pure."""

from __future__ import annotations

import html
import html.entities
import re

LOGIN = re.compile(r"[A-Za-z0-9 _.\-@]+")  # sanitize_user(), strict
NETWORK_LOGIN = re.compile(r"(?=.*[a-z])[a-z0-9]{4,}")  # wpmu_validate_user_signup()
EMAIL = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+@(?:(?!-)[A-Za-z0-9-]+(?<!-)\.)+(?!-)[A-Za-z0-9-]+(?<!-)", re.ASCII)
URL = re.compile(r"https?://[\w\-~+.?#=!&;,/:%@$|*'()\[\]\x80-\U0010ffff]+", re.ASCII)  # esc_url()
STRIPPED = re.compile(r"<[^<>]*>|%[0-9a-fA-F]{2}")  # sanitize_text_field()
NUMBERED = re.compile(r"&#(?:[0-9]{1,20}|[xX][0-9A-Fa-f]{1,20});")
LONGEST_ENTITY = 40  # names in HTML have 33 characters at most
MAX_LOGIN, MAX_NICENAME, MAX_EMAIL, MAX_URL, MAX_DISPLAY_NAME = 60, 50, 100, 100, 250
MAX_NAME = 1000
"""Characters of a first or last name, for which WordPress has no limit. Of a longer one no more is read."""
MOST_STORED = MAX_NAME * len("&amp;")
"""Characters that such a name can take where it is stored."""
MARK = ".disabled.invalid"
"""After the e-mail address of a disabled account: no mail to it ever arrives (RFC 6761)."""


def login(name: str) -> str:
    """A name as the login form takes it.

    :raises ValueError: for one that no account can have
    """
    name = " ".join(name.split())
    if not name:
        raise ValueError("the name is empty")
    if len(name) > MAX_LOGIN or not name.isprintable():
        raise ValueError(f"a user name has at most {MAX_LOGIN} characters, printable ones only")
    return name


def new_login_problem(name: str, network: bool) -> str:
    """Why WordPress does not create an account of this name; empty when it does."""
    if network and not NETWORK_LOGIN.fullmatch(name):
        return ("WordPress does not allow this user name on a network. Use at least 4 lower-case letters and digits,"
                " not digits alone")
    if not LOGIN.fullmatch(name) or not nicename(name):
        return ("WordPress does not allow this user name. Use A-Z, a-z, 0-9, space and _ . - @, with at least one"
                " letter or digit")
    return ""


def nicename(name: str) -> str:
    """The slug of an ASCII name (sanitize_title())."""
    slug = re.sub(r"[^a-z0-9 _-]", "", name[:MAX_NICENAME].lower().replace(".", "-"))
    return re.sub("-+", "-", slug.replace(" ", "-")).strip("-")


def numbered_nicename(slug: str, number: int) -> str:
    """The slug that is tried when others are taken; the first number is 2."""
    return f"{slug[:MAX_NICENAME - 1 - len(str(number))]}-{number}"


def stored(text: str) -> str:
    """A text as it is stored: WordPress escapes before it writes."""
    return html.escape(text, quote=False)


def shown(text: str) -> str:
    """A stored text as a person reads it. Declaring it again must not change it: nothing is left to unescape.

    The work grows with the length of the text alone, however often it was escaped.
    """
    if "&" not in text:
        return text
    # What an entity stands for can be the end or the beginning of another one. So what was read stays in parts, each
    # from an & on, and only the last of them can become an entity.
    parts: list[list[str]] = [[]]
    sizes = [0]
    for match in re.finditer("[^&;]+|[&;]", text):
        piece = match[0]
        while piece:
            if piece == "&":
                parts.append([])
                sizes.append(0)
            parts[-1].append(piece)
            sizes[-1] += len(piece)
            if piece != ";" or sizes[-1] > LONGEST_ENTITY or len(parts) == 1:
                break
            entity = "".join(parts[-1])
            if not NUMBERED.fullmatch(entity) and entity[1:] not in html.entities.html5:
                break
            piece = html.unescape(entity)
            parts.pop()
            sizes.pop()
    return "".join("".join(part) for part in parts)


def read(text: str) -> str:
    """A text in the form in which it is compared and shown: what it stands for, without needless blanks, and cut.

    What already has this form is returned unchanged.
    """
    return normal(text[:MOST_STORED])[:MAX_NAME].rstrip()


def normal(text: str) -> str:
    """A declared text in the form that ``read`` gives, but whole."""
    return " ".join(shown(text).split())


def person_name(option: str, value: str) -> str:
    """A display name, first or last name.

    :raises ValueError: for what WordPress would take out of it
    """
    value, most = normal(value), MAX_DISPLAY_NAME if option == "display_name" else MAX_NAME
    if len(value) > most or (option == "display_name" and len(stored(value)) > most):
        raise ValueError(f"{option} has more than {most} characters")
    if STRIPPED.search(value):
        raise ValueError(f"{option}: WordPress strips HTML tags and codes such as %20")
    return value


def email(value: str) -> str:
    """An e-mail address, or nothing.

    :raises ValueError: for what is_email() refuses
    """
    value = normal(value)
    if len(stored(value)) > MAX_EMAIL:
        raise ValueError(f"email has more than {MAX_EMAIL} characters")
    if value and not EMAIL.fullmatch(value):
        raise ValueError("email: WordPress does not accept this e-mail address")
    if value.endswith(MARK):
        raise ValueError(f"email ends with {MARK}, the mark of disabled accounts")
    return value


def url(value: str) -> str:
    """A web address, or nothing.

    :raises ValueError: for one that WordPress would alter
    """
    value = normal(value)
    if len(stored(value)) > MAX_URL:
        raise ValueError(f"url has more than {MAX_URL} characters")
    if value and (not URL.fullmatch(value) or re.search("%0[ad]", value, re.IGNORECASE)):
        raise ValueError("url must begin with http:// or https://, and have spaces and special characters as %-codes")
    return value
