# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""read_models.py MODELS LOGIN: reads a row with every model, and looks up the account with number 1 as the first lines say."""

from __future__ import annotations

import importlib.util
import json
import re
import sys

import sqlalchemy

path, login = sys.argv[1], json.loads(sys.argv[2])
spec = importlib.util.spec_from_file_location("models", path)
models = importlib.util.module_from_spec(spec)
spec.loader.exec_module(models)
models.configure_mappers()
drivers = {"mysql": "mysql+pymysql", "postgresql": "postgresql+psycopg", "sqlite": "sqlite"}
query = {}
if login.get("login_unix_socket"):
    query = {"unix_socket": login["login_unix_socket"]} if login["login_engine"] == "mysql" else {"host": login["login_unix_socket"]}
url = sqlalchemy.URL.create(drivers[login.get("login_engine", "mysql")], login.get("login_user"), login.get("login_password"),
                            login.get("login_host"), login.get("login_port"), login["login_db"], query)
with models.Session(sqlalchemy.create_engine(url)) as session:
    mappers = list(models.Base.registry.mappers)
    for mapper in mappers:
        for row in session.scalars(sqlalchemy.select(mapper.class_).limit(50)):
            for relationship in mapper.relationships:
                if not relationship.uselist:
                    getattr(row, relationship.key)
    for table in models.Base.metadata.tables.values():
        session.execute(sqlalchemy.select(table).limit(50)).all()
    line = re.search(r">>> (session\.(?:get|scalars)\(.*)", models.__doc__)[1]
    try:
        first = eval(line, {"session": session, "models": models, "sqlalchemy": sqlalchemy})
    except (AttributeError, sqlalchemy.exc.NoResultFound, sqlalchemy.exc.MultipleResultsFound) as error:
        first = repr(error)
print(json.dumps({"classes": len(mappers), "tables": len(models.Base.metadata.tables), "keyless": len(models.Base.metadata.tables) - len(mappers),
                  "first": str(first)}))
