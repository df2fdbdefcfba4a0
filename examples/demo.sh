#!/usr/bin/env bash
# "make demo" runs this: two wikis and a voice server on SQLite, people, and the playbooks; then an application that nobody wrote a type for. It writes only to the folder DEMO.
set -euo pipefail
cd "$(dirname "$0")"
export DEMO=${DEMO:-$(mktemp -d)}
export ANSIBLE_NOCOWS=1 ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_CALLBACK_RESULT_FORMAT=yaml
export ANSIBLE_HOME=$DEMO/ansible

step() { printf '\n\e[1m== %s\e[0m\n' "$1"; }
run() { printf '$ %s\n' "$*"; "$@"; }
play() { run ansible-playbook -i "$DEMO/inventory" "auth.services.$1" "${@:2}"; }

rm -rf "$DEMO/inventory" "$DEMO/library" "$DEMO/inspect" "$DEMO/export" "$DEMO/access-review" "$DEMO"/*.sqlite
mkdir -p "$DEMO"
cp -r inventory "$DEMO/inventory"
cp -r library "$DEMO/library"
people=inventory/group_vars/all/people.yml
for database in wiki:mediawiki handbook:mediawiki mumble:mumble library:library; do
    python - "$DEMO/${database%:*}.sqlite" "${database#*:}.sql" <<'PYTHON'
import sqlite3, sys
with open(sys.argv[2]) as script:
    sqlite3.connect(sys.argv[1]).executescript(script.read())
PYTHON
done

step "The people, and the services with their rules"
run cat "$DEMO/$people" "$DEMO/inventory/services.yml"

step "The plan: what would change; nothing is written"
play apply --check --diff

step "Apply it"
play apply

step "Apply it again: the passwords match the stored hashes, so nothing changes"
play apply

step "Βασίλης moves from staff to members, so he loses the handbook and his group on the voice server; bob leaves for good"
sed -i '/name: Βασίλης$/,/groups:/s/\[staff\]/[members]/; s/^  - name: bob$/&\n    state: disabled/' "$DEMO/$people"
run diff -u "$people" "$DEMO/$people" || true

step "The access review shows what is not as declared, and changes nothing"
(cd "$DEMO" && play audit) || echo "(exit code $?: accounts differ)"

step "Apply it"
play apply --diff

step "The review again"
(cd "$DEMO" && play audit)

step "Alice must be disabled at once, whatever the inventory says"
play offboard -e person=alice

step "Export the accounts as an inventory, to start from existing services"
(cd "$DEMO" && play export)
run cat "$DEMO/export/group_vars/all/people.yml"

step "The databases: disabled passwords are kept behind a marker, and come back when the account is enabled"
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

step "Another application, that nobody wrote a type for: what is in its database?"
run cat "$DEMO/library/services.yml"
(cd "$DEMO" && run ansible-playbook -i library auth.services.inspect)
run cat "$DEMO/inspect/library.example.org/mapping.yml"

step "The draft becomes its variables, and its accounts are managed"
mkdir "$DEMO/library/host_vars"
run cp "$DEMO/inspect/library.example.org/mapping.yml" "$DEMO/library/host_vars/library.example.org.yml"
run ansible-playbook -i "$DEMO/library" auth.services.apply --diff
run ansible-playbook -i "$DEMO/library" auth.services.apply

step "Everything is in $DEMO: inventory, databases, inspect/library.example.org/report.html, access-review/access-review.html, export. The sources are in examples/"
