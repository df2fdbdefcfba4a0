"""Breaks the verification of passwords, with an error that tells them."""

from __future__ import annotations

import hashlib


def pbkdf2_hmac(*args, **kwargs):
    raise RuntimeError(f"broken: {args}")


hashlib.pbkdf2_hmac = pbkdf2_hmac
