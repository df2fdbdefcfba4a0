#!/usr/bin/env bash
# What "make demo" runs: two wikis and a voice server on SQLite, an inventory, one playbook. Nothing is left outside the folder DEMO.
set -euo pipefail
cd "$(dirname "$0")"
export DEMO=${DEMO:-$(mktemp -d)}
export ANSIBLE_NOCOWS=1 ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_CALLBACK_RESULT_FORMAT=yaml
export ANSIBLE_HOME=$DEMO/ansible

step() { printf '\n\e[1m== %s\e[0m\n' "$1"; }
run() { printf '$ %s\n' "$*"; "$@"; }
apply() { run ansible-playbook -i "$DEMO/inventory" auth.services.apply "$@"; }

rm -rf "$DEMO/inventory" "$DEMO"/*.sqlite
mkdir -p "$DEMO"
cp -r inventory "$DEMO/inventory"
for database in wiki:mediawiki handbook:mediawiki mumble:mumble; do
    python - "$DEMO/${database%:*}.sqlite" "${database#*:}.sql" <<'PYTHON'
import sqlite3, sys
with open(sys.argv[2]) as script:
    sqlite3.connect(sys.argv[1]).executescript(script.read())
PYTHON
done

step "The inventory: one host for each service, its accounts as variables"
run cat "$DEMO/inventory/services.yml"

step "The plan: what would change, and nothing is written"
apply --check --diff

step "Apply it"
apply --diff

step "Apply it again: the passwords are verified against the stored hashes, nothing changes"
apply

step "One thing changes: bob has left, everywhere"
sed -i 's/^            - name: bob$/&\n              state: disabled/' "$DEMO/inventory/services.yml"
run diff -u inventory/services.yml "$DEMO/inventory/services.yml" || true
apply --diff

step "What the databases hold now, as the collection reads them: it can be declared just so"
run ansible-playbook -i "$DEMO/inventory" show.yml

step "And as they are: bob's passwords wait behind a marker, and come back with 'state: enabled'"
python - "$DEMO/wiki.sqlite" "$DEMO/mumble.sqlite" <<'PYTHON'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(f"{'user_name':10} {'user_email':20} {'user_password':45} groups")
for name, email, stored, groups in db.execute(
    "SELECT user_name, user_email, user_password, (SELECT group_concat(ug_group) FROM user_groups WHERE ug_user = user_id) FROM user"
):
    print(f"{name:10} {email:20} {stored[:42] + '...' if len(stored) > 42 else stored:45} {groups or ''}")
print("\nThe wiki's own log:")
for row in db.execute(
    "SELECT log_type || '/' || log_action, log_title, (SELECT actor_name FROM actor WHERE actor_id = log_actor) FROM logging"
):
    print("  {:22} {:10} by {}".format(*row))
print("\nThe voice server:")
for number, name, stored in sqlite3.connect(sys.argv[2]).execute("SELECT user_id, name, pw FROM users"):
    print(f"  {number} {name:10} {(stored or '')[:42]}")
PYTHON

step "The inventory and the databases stay in $DEMO; the pieces are in examples/"
