"""Writes down the accounts that callbacks are shown with a result, as those do that keep records."""

from __future__ import annotations

import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: recorder
type: notification
short_description: Writes down what callbacks are shown
description: Of the arguments of a task, the accounts.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"
    CALLBACK_NEEDS_ENABLED = True

    def record(self, result, **kwargs):
        with open(os.environ["RECORD"], "a") as file:
            file.write(f"{result._task_fields['args'].get('accounts')} {result._task.args.get('accounts')}\n")

    v2_runner_on_ok = v2_runner_on_failed = record
