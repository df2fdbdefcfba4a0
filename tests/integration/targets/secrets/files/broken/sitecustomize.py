"""Breaks hashing of passwords, with an error that tells them."""

from __future__ import annotations

import functools
import hashlib
import os
import runpy


def breaking(function):
    @functools.wraps(function)
    def broken(*args, **kwargs):
        if b"-of-" in b"".join(value for value in args if isinstance(value, bytes)):
            raise RuntimeError(f"broken: {args}")
        return function(*args, **kwargs)

    return broken


for name in ("md5", "sha512", "pbkdf2_hmac"):
    setattr(hashlib, name, breaking(getattr(hashlib, name)))
runpy.run_path(os.path.join(os.path.dirname(os.path.dirname(__file__)), "shim", "sitecustomize.py"), run_name="sitecustomize")
