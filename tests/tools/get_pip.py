# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stand-in for the get-pip.py that ansible-test downloads.

ansible-test bootstraps pip in each environment it makes with a script from a file server of its own
(https://github.com/ansible/ansible/issues/77304). Python carries pip, and everything else
comes from where pip is configured to look, so this needs no other server.
"""

from __future__ import annotations

import subprocess
import sys

subprocess.run([sys.executable, '-m', 'ensurepip', '--default-pip'], check=True, stdout=subprocess.DEVNULL)
wanted = [argument for argument in sys.argv[1:] if argument not in ('--no-setuptools', '--no-wheel')]
subprocess.run([sys.executable, '-m', 'pip', 'install', *wanted], check=True)
