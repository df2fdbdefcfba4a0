"""Writes down all that callbacks are handed with a result, as those do that keep records."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: recorder
type: notification
short_description: Writes down what callbacks are handed
description: The result, the fields of the task, and its arguments.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"
    CALLBACK_NEEDS_ENABLED = True

    def record(self, result, **kwargs):
        with open(os.environ["RECORD"], "a") as file:
            file.write(json.dumps([result._result, dict(result._task_fields), result._task.args], default=repr, ensure_ascii=False) + "\n")

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_skipped = v2_runner_retry = record
    v2_runner_item_on_ok = v2_runner_item_on_failed = record
