# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of tables and columns as words: split, singular, and what the words mean."""

from __future__ import annotations

import re
from functools import lru_cache


def listed(text: str) -> frozenset[str]:
    """A set of words, written one behind the other."""
    return frozenset(text.split())


LONGEST_NAME = 128
"""Of a name, so many characters are looked at; no engine takes longer ones but SQLite."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")
_IRREGULAR = {
    "people": "person",
    "persons": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "mice": "mouse",
    "data": "data",
    "media": "media",
    "news": "news",
    "series": "series",
    "species": "species",
    "status": "status",
    "statuses": "status",
    "indices": "index",
    "matrices": "matrix",
    "vertices": "vertex",
    "aliases": "alias",
    "addresses": "address",
    "address": "address",
    "access": "access",
    "accesses": "access",
    "process": "process",
    "processes": "process",
    "classes": "class",
    "class": "class",
    "buses": "bus",
    "boxes": "box",
    "taxes": "tax",
    "movies": "movie",
    "cookies": "cookie",
    "caches": "cache",
    "campuses": "campus",
    "lenses": "lens",
    "usr": "user",
    "usrs": "user",
    "grp": "group",
    "grps": "group",
    "dept": "department",
    "depts": "department",
    "org": "organization",
    "orgs": "organization",
    "organisation": "organization",
    "organisations": "organization",
    "msg": "message",
    "msgs": "message",
    "cat": "category",
    "cats": "category",
    "benutzer": "benutzer",
    "gruppen": "gruppe",
    "rollen": "rolle",
    "personen": "person",
    "konten": "konto",
    "utilisateurs": "utilisateur",
    "usuarios": "usuario",
    "alumni": "alumnus",
    "analyses": "analysis",
    "bases": "base",
    "leaves": "leaf",
    "lives": "life",
    "knives": "knife",
}


@lru_cache(maxsize=65536)
def split(name: str) -> tuple[str, ...]:
    """The words of a name, in small letters: ``createdById``, ``created_by_id`` -> created, by, id."""
    return tuple(word.lower() for word in _WORD.findall(name[:LONGEST_NAME]))


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    """A word without its plural, by the spelling alone."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is", "as")):
        return word[:-1]
    return word


@lru_cache(maxsize=65536)
def glued(words: tuple[str, ...]) -> str:
    """Words as one, each singular: what names are compared by."""
    return "".join(singular(word) for word in words)


@lru_cache(maxsize=65536)
def spellings(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words as one in the ways that people glue them: sales_channel is salechannel and saleschannel."""
    last = "".join(words[:-1]) + singular(words[-1]) if words else ""
    return tuple(dict.fromkeys((glued(words), last)))


MARKS = frozenset({"id", "fk", "uuid", "guid", "no", "nr", "pk", "oid"})
"""Words that say of a column that it refers."""

PERSON_TABLES = listed(
    """user account member person people staff operator admin administrator customer client employee login usr
    principal subscriber player agent profile benutzer konto mitglied mitarbeiter utilisateur membre compte
    usuario cuenta utente gebruiker mailbox userbase participant teacher student pessoa userinfo userdata
    personne"""
)
"""Words that a table of accounts is called by."""

PERSONS = listed(
    """grader assessor evaluator examiner instructor author creator owner poster editor sender receiver recipient
    submitter approver requestor requester assignee moderator manager reviewer reporter uploader modifier
    updater admin administrator follower inviter invitee doer assigner responsible maintainer commenter user
    userid uid usr person member account staff employee benutzer ersteller besitzer autor verfasser bearbeiter
    empfaenger absender auteur createur proprietaire destinataire expediteur utilisateur usuario propietario
    creador autore mitglied mitarbeiter purchaser impersonator impersonating grantor grantee muted voter rater
    liker referrer referer teacher trainer tutor mentor mentee seller buyer winner loser resolver deleter
    remover committer pusher merger callee modifiedby createdby updatedby"""
)
"""Words for a person in some part."""

PERSONS_IF_MARKED = listed(
    """operator agent partner driver locker login lead leader judge player banned blocked resolved friend buddy
    actor blocker starter closer opener publisher solver writer initiator contributor organizer organiser
    opponent coach beneficiary translator supervisor approved assigned invited followed"""
)
"""Words that are a person only where something says that they refer."""

BY = frozenset({"by", "von", "par", "por", "da"})
PARTICIPLES = listed(
    """created updated modified changed edited deleted removed uploaded posted reported approved reviewed assigned
    invited added published closed opened locked banned blocked hidden zapped processed resolved submitted
    started finished cancelled canceled archived granted revoked issued requested ordered paid sent received
    used owned mentioned checked verified accepted rejected declined completed signed merged pinned muted
    quarantined moderated handled saved last first accessed read viewed entered recorded registered authored
    written translated claimed booked performed executed triggered generated imported exported shared followed
    installed update create erstellt geaendert"""
)
"""With ``by`` behind them they say that a person did it."""

SELF = frozenset(
    {
        "parent",
        "parentid",
        "pid",
        "ancestor",
        "predecessor",
        "successor",
        "eltern",
        "previous",
        "prev",
        "next",
        "root",
        "supersede",
        "superseded",
        "clone",
        "cloned",
        "duplicate",
        "original",
        "padre",
        "vater",
    }
)
"""Words for another row of the same table."""

POLYMORPHIC = ("type", "table", "class", "model", "kind", "name", "entity", "tablename", "object")
"""Words beside a reference that say that another column says what it refers to."""

GENERIC = listed(
    """object item entity target resource subject foreign model related ref external remote source thing content
    relation element node value record row instance key parent auditable trackable"""
)
"""Words that say of nothing in particular that it is referred to."""

NOT_REFERRING = listed(
    """count counts counter total time date timestamp size length width height weight position order sort level
    version number amount price rate ratio score rank percent enabled disabled active flag flags hash token url
    uri path text title description comment notes body subject label code lang language locale color colour mode
    state status type priority sum max min avg limit offset days hours minutes seconds year month day ip port host
    format mime ext extension password passwd email phone name index sequence seq public private visible hidden
    default required deleted at on ts duration interval quota expire expires expiry age hits views visits posts
    topics threads messages replies comments files points likes votes diskspace traffic bandwidth"""
)
"""Last words of columns without a mark that hold a value of their own."""

COUNTED = frozenset(
    {
        "num",
        "max",
        "min",
        "count",
        "total",
        "nb",
        "allow",
        "show",
        "hide",
        "enable",
        "is",
        "has",
        "can",
        "label",
        "last",
        "current",
    }
)
"""First words of columns without a mark that hold a number or a switch, not a reference."""

SWITCHES = COUNTED - {"last", "current", "label"}
"""Of these, the ones that no reference begins with."""
