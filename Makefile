# "make demo" and "make test" need Debian or Ubuntu with python3, make and git, and set up everything
# else below .build. CONTRIBUTING.md describes each part.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?=
BUILD  ?= $(CURDIR)/.build
VENV   := $(BUILD)/venv
# "make test" runs parts side by side, in two such trees
LANE   ?=
COLLECTIONS := $(BUILD)/collections$(LANE)
STAGE  := $(COLLECTIONS)/ansible_collections/auth/services
LOGS   := $(BUILD)/logs
TOOLS  := tests/tools
TARGET ?=
FAULTS_LONG ?= false
SEED   ?=
TARGETS = $(if $(TARGET),$(TARGET),$(notdir $(filter-out $(wildcard tests/integration/targets/setup_*),$(wildcard tests/integration/targets/*))))

# Where modules run in the integration tests: "old" has the oldest ansible-core that we admit, and the libraries that Debian 12,
# Ubuntu 22.04 and RHEL 9 package; "new" has today's libraries and the newest ansible-core that the machine's Python can run;
# "bare" has nothing and shows what a missing library says. "newest" has the newest ansible-core that we admit: it is "new" itself
# where that can be, else it runs on the Python of Debian 13, unpacked. The unit tests run in all of them but bare, and in "between".
OLD     := $(BUILD)/python-old
BETWEEN := $(BUILD)/python-between
NEWEST  := $(BUILD)/python-newest
NEW     := $(VENV)
BARE    := $(BUILD)/python-bare

# Only the tools in our environment and the system's: ansible-test takes every pythonX.Y on PATH for real, shims too.
export PATH := $(VENV)/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export ANSIBLE_COLLECTIONS_PATH := $(COLLECTIONS)
export LC_ALL := C.UTF-8
ifeq ($(MAKE_TERMOUT),)
export NO_COLOR := 1
endif
ORIGINAL_PATH := $(shell echo "$$PATH")
PYVER = $(shell $(VENV)/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')

# neither compat-% nor mysql/%: make looks for no pattern rule for a phony target
.PHONY: help demo test lint docs generate description type sanity sanity-all unit compat integration mysql faults build benchmark benchmark/strangers benchmark/leaving benchmark/reviewing fuzz introspection drafts stage pythons python3.13 debian-13 packages clean

help:
	@echo "make demo         shows what the collection does, on SQLite (no root, no server)"
	@echo "make test         runs all tests; needs root or passwordless sudo for Debian packages"
	@echo "make unit         runs the unit tests (no root)"
	@echo "make compat       runs unit tests and demo with older ansible-core, SQLAlchemy and drivers (no root)"
	@echo "make sanity       runs ansible-test sanity (no root); sanity-all: also with other versions of ansible-core"
	@echo "make lint docs    runs ruff, mypy, ansible-lint; checks documentation and changelog (no root)"
	@echo "make generate     writes the parts of files that are generated; make docs checks them (no root)"
	@echo "make type         writes the skeleton of a service type: NAME=guestbook (no root)"
	@echo "make integration  tests on real servers and applications; TARGET=mediawiki_user for one target"
	@echo "make mysql        runs integration targets on MySQL instead of MariaDB (make test runs one of them)"
	@echo "make faults       kills, disconnects and fills servers while a module writes: the long form"
	@echo "make build        builds the artifact, installs it and reads its documentation (no root)"
	@echo "make debian-13    runs make test in a Debian 13 below .build; needs root and debootstrap (not in make test)"
	@echo "make benchmark    compares speed with other ways, ten minutes; SIZES='1 1000' for a try (not in make test)"
	@echo "make benchmark/strangers  compares runs among a thousand and a million accounts (not in make test)"
	@echo "make benchmark/leaving    compares one person who leaves among a thousand and a million (not in make test)"
	@echo "make benchmark/reviewing  compares audits among a thousand and a million accounts (not in make test)"
	@echo "make fuzz         tries a million bad inputs; INPUTS=20000 SEED=1 for a try (not in make test)"
	@echo "make introspection  measures what is found in the tables of applications; TRUTH=folder says where they are"
	@echo "make drafts       tries drafted mappings on the tables of applications; TRUTH=folder says where they are"
	@echo "make clean        removes .build"

# Packages first: they can be impossible, and the rest would only hide what that says.
test: packages stage pythons
	@$(TOOLS)/parts.sh $(addprefix integration/,$(TARGETS)) mysql/privileges lint docs sanity unit demo compat-old compat-between compat-newest build

# --- environments -----------------------------------------------------------------------------------

define environment # $(1) folder, $(2) what pip installs
	set -e; python=$$(PATH="$(ORIGINAL_PATH)" $(TOOLS)/python.sh $(PYTHON)); \
	echo "$(1): $(2)"; \
	PATH="$(ORIGINAL_PATH)" "$$python" -m venv --clear $(1); \
	$(1)/bin/python -m pip install -q $(2) </dev/null; \
	touch $(1)/.done
endef

$(VENV)/.done: requirements.txt requirements-dev.txt tests/unit/requirements.txt tests/integration/requirements.txt
	@$(call environment,$(VENV),-r requirements-dev.txt)

# The same on the Python of Debian 13, unpacked. pip comes from its wheel in Debian's packages: their ensurepip looks for it in /usr.
define debian_environment
	set -e; \
	$(MAKE) --no-print-directory python3.13; \
	echo "$(1): $(2), on Debian 13's Python"; \
	$(BUILD)/debian-python/root/usr/bin/python3.13 -m venv --clear --without-pip $(1); \
	wheel=$$(ls $(BUILD)/debian-python/root/usr/share/python-wheels/pip-*.whl); \
	$(1)/bin/python $$wheel/pip install -q --no-index $$wheel; \
	$(1)/bin/python -m pip install -q $(2) </dev/null; \
	touch $(1)/.done
endef

# Whether the machine's Python 3 is at least this
is_python = $(VENV)/bin/python -c 'import sys; sys.exit(sys.version_info[1] < $(1))'

# Neither ansible-core 2.19 nor SQLAlchemy 1.4 is for Python 3.14
$(OLD)/.done: $(VENV)/.done tests/requirements-old.txt
	@if $(call is_python,14); then \
	$(call debian_environment,$(OLD),-r tests/requirements-old.txt); \
	else \
	$(call environment,$(OLD),-r tests/requirements-old.txt); \
	fi

$(BETWEEN)/.done: tests/requirements-between.txt
	@$(call environment,$(BETWEEN),-r tests/requirements-between.txt)

python3.13: $(VENV)/.done
	@$(TOOLS)/debian_python.sh $(BUILD)/debian-python $(VENV)/bin/python -m pip

$(NEWEST)/.done: $(VENV)/.done tests/requirements-newest.txt requirements.txt tests/unit/requirements.txt
	@rm -rf $(NEWEST); \
	if $(call is_python,12); then \
	ln -s venv $(NEWEST); \
	else \
	$(call debian_environment,$(NEWEST),-r tests/requirements-newest.txt); \
	fi

$(BARE)/.done: $(VENV)/.done
	@$(VENV)/bin/python -m venv --clear --without-pip $(BARE)
	@touch $@

pythons: $(OLD)/.done $(BETWEEN)/.done $(NEWEST)/.done $(BARE)/.done

stage: $(VENV)/.done
	@$(VENV)/bin/python $(TOOLS)/stage.py . $(STAGE)

packages:
	@$(TOOLS)/apt.sh $$(sed 's/#.*//' tests/integration/packages.txt) || { \
	    echo "make test and make integration need these Debian packages; make unit and make sanity need none of them." >&2; exit 1; }

# --- parts --------------------------------------------------------------------------------------------

demo: stage
	@DEMO=$(BUILD)/demo examples/demo.sh

lint: stage
	cd $(STAGE) && ruff check --cache-dir $(BUILD)/cache/ruff .
	cd $(STAGE) && MYPYPATH=$(COLLECTIONS) mypy --config-file mypy.ini --cache-dir $(BUILD)/cache/mypy -p ansible_collections.auth.services.plugins
	cd $(STAGE) && ansible-lint --offline --profile production

docs: stage
	cd $(STAGE) && antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=self --disallow-unknown-collection-refs .
	cd $(STAGE) && antsibull-changelog lint
	cd $(STAGE) && PYTHONPATH=$(COLLECTIONS) PYTHONDONTWRITEBYTECODE=1 python $(TOOLS)/generate.py --check .

# The skeleton of a service type
NAME ?=
type: $(VENV)/.done
	@$(VENV)/bin/python $(TOOLS)/new_type.py '$(NAME)' .
	@$(MAKE) --no-print-directory generate

# The description of an adapter, from what auth.services.inspect drafted: MAPPING=inspect/forum.example.org/mapping.yml
description: stage
	@PYTHONPATH=$(COLLECTIONS) PYTHONDONTWRITEBYTECODE=1 $(VENV)/bin/python $(TOOLS)/drafted_description.py '$(MAPPING)'

# What stands in several files and comes from one
generate: stage
	@PYTHONPATH=$(COLLECTIONS) PYTHONDONTWRITEBYTECODE=1 $(VENV)/bin/python $(TOOLS)/generate.py .

# ansible-test looks here for the bootstrap of pip before it downloads it (see get_pip.py); 2.19 wants the first, 2.20 and 2.21 the second
define bootstrap
	@mkdir -p ~/.ansible/test/cache
	@for version in 24_2 25_2; do [ -e ~/.ansible/test/cache/get_pip_$$version.py ] || cp $(TOOLS)/get_pip.py ~/.ansible/test/cache/get_pip_$$version.py; done
endef

sanity: stage
	$(bootstrap)
	cd $(STAGE) && $(CURDIR)/$(TOOLS)/checked.sh $(LOGS)/sanity.log 'Running sanity test "validate-modules"' \
	    ansible-test sanity --color no --python $(PYVER)

# The same with the other versions of ansible-core that are here: minutes, the first time
sanity-all: sanity pythons
	@for python in $(OLD) $(BETWEEN) $(NEWEST); do \
	    version=$$($$python/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	    cd $(STAGE) && PATH="$$python/bin:$$PATH" $(CURDIR)/$(TOOLS)/checked.sh $(LOGS)/sanity-$$(basename $$python).log 'Running sanity test "validate-modules"' \
	        ansible-test sanity --color no --python $$version; \
	done

unit: stage
	cd $(STAGE) && $(CURDIR)/$(TOOLS)/checked.sh $(LOGS)/unit.log '[0-9]+ passed' \
	    ansible-test units --color no --python $(PYVER)

compat: compat-old compat-between compat-newest

compat-%: stage $(BUILD)/python-%/.done
	@$(BUILD)/python-$*/bin/python -m pip list --format freeze | grep -iE '^(ansible-core|SQLAlchemy|PyMySQL|psycopg)' | paste -sd ' '
	@if [ -L $(BUILD)/python-$* ]; then echo "On this machine make unit and make demo have these."; exit; fi; \
	cd $(STAGE) && PATH="$(BUILD)/python-$*/bin:$$PATH" PYTHONPATH=$(COLLECTIONS) PYTHONDONTWRITEBYTECODE=1 $(CURDIR)/$(TOOLS)/checked.sh $(LOGS)/$@.log '[0-9]+ passed' \
	    $(BUILD)/python-$*/bin/python -m pytest -q -p no:cacheprovider -n 2 --import-mode importlib tests/unit; \
	echo "The demo with these: role and playbook too, see $(LOGS)/demo-$*.log"; \
	PATH="$(BUILD)/python-$*/bin:$$PATH" DEMO=$(BUILD)/demo-$* examples/demo.sh </dev/null > $(LOGS)/demo-$*.log 2>&1 || { tail -n 50 $(LOGS)/demo-$*.log; exit 1; }

integration: stage pythons packages
	@$(TOOLS)/integration.sh $(STAGE) $(LOGS) python_old=$(OLD)/bin/python python_new=$(NEW)/bin/python python_newest=$(NEWEST)/bin/python python_bare=$(BARE)/bin/python \
	    test_cache=$(BUILD)/cache faults_long=$(FAULTS_LONG) faults_seed=$(SEED) $(VARS) -- $(TARGETS)

# MySQL in place of MariaDB, where a target does not start servers of its own or has no use for one. In sql_user only Cacti would
# use it, whose schema asks for a mode that MySQL 9 does not have.
mysql: $(addprefix mysql/,$(filter-out audit_page connections export_roundtrip faults mediawiki_names sql_user,$(TARGETS)))

mysql/%:
	@$(MAKE) --no-print-directory LANE=$(LANE) integration TARGET=$* VARS="setup_mariadb_server=mysql $(VARS)" LOGS=$(LOGS)/mysql

# Everything on Debian 13, whatever this machine is. WHAT="unit demo" for less
WHAT ?= test
debian-13:
	@$(TOOLS)/debian.sh trixie $(BUILD)/debian-13 $(WHAT)

# The short form is a part of "make test". SEED=... repeats what a run before left to chance
faults: TARGET = faults
faults: FAULTS_LONG = true
faults: integration

# from the staged tree: galaxy packs whatever lies in the folder, and a checkout holds more than the collection
build: export ANSIBLE_COLLECTIONS_PATH := $(BUILD)/installed
build: stage
	@rm -rf $(BUILD)/dist $(BUILD)/installed
	cd $(STAGE) && ansible-galaxy collection build --output-path $(BUILD)/dist
	ansible-galaxy collection install --offline -p $(BUILD)/installed $(BUILD)/dist/auth-services-*.tar.gz
	cd $(BUILD) && modules=$$(ansible-doc --list --type module auth.services | cut -d ' ' -f 1) && test -n "$$modules" && ansible-doc $$modules > $(BUILD)/dist/modules.txt && grep '^> MODULE' $(BUILD)/dist/modules.txt

# What is compared with, in an environment of its own. community.mysql is to be had from PyPI as a part of ansible only.
BENCHMARK := $(BUILD)/benchmark
SIZES ?=

$(BENCHMARK)/.done: tests/benchmark/requirements.txt
	@$(call environment,$(BENCHMARK),-r tests/benchmark/requirements.txt)
	@$(BENCHMARK)/bin/pip download -q --no-deps -d $(BENCHMARK)/download ansible
	@cd $(BENCHMARK)/download && $(BENCHMARK)/bin/python -c "import glob, zipfile as z; f = z.ZipFile(glob.glob('*.whl')[0]); \
	    f.extractall('..', [n for n in f.namelist() if n.startswith('ansible_collections/community/mysql/')])"
	@touch $@

benchmark: stage packages $(BENCHMARK)/.done
	@ANSIBLE_COLLECTIONS_PATH=$(COLLECTIONS):$(BENCHMARK) $(BENCHMARK)/bin/python $(STAGE)/tests/benchmark/benchmark.py \
	    $(VENV) $(BUILD)/cache $(BENCHMARK)/results $(SIZES)
	$(if $(SIZES),,@$(BENCHMARK)/bin/python tests/benchmark/report.py $(BENCHMARK)/results docs/performance.md)

benchmark/strangers: stage packages $(BENCHMARK)/.done
	@ANSIBLE_COLLECTIONS_PATH=$(COLLECTIONS):$(BENCHMARK) $(BENCHMARK)/bin/python $(STAGE)/tests/benchmark/strangers.py \
	    $(VENV) $(BUILD)/cache $(BENCHMARK)/strangers $(if $(SIZES),--sizes $(SIZES),--page docs/performance.md)

benchmark/leaving: stage packages $(BENCHMARK)/.done
	@ANSIBLE_COLLECTIONS_PATH=$(COLLECTIONS):$(BENCHMARK) $(BENCHMARK)/bin/python $(STAGE)/tests/benchmark/leaving.py \
	    $(VENV) $(BUILD)/cache $(BENCHMARK)/leaving $(if $(SIZES),--sizes $(SIZES))

benchmark/reviewing: stage packages $(BENCHMARK)/.done
	@ANSIBLE_COLLECTIONS_PATH=$(COLLECTIONS):$(BENCHMARK) $(BENCHMARK)/bin/python $(STAGE)/tests/benchmark/reviewing.py \
	    $(VENV) $(BUILD)/cache $(BENCHMARK)/reviewing $(if $(SIZES),--sizes $(SIZES)) $(if $(ONLY),--only $(ONLY))

# What is found in the tables of applications, and what others find: TRUTH is a folder of files, mkdb.py and score.py are beside it
INTROSPECTION := $(BUILD)/introspection

$(INTROSPECTION)/.done: tests/introspection/requirements.txt
	@$(call environment,$(INTROSPECTION),-r tests/introspection/requirements.txt)

introspection: stage $(INTROSPECTION)/.done
	@if [ ! -d "$(TRUTH)" ]; then echo "make introspection needs TRUTH=folder: the tables of applications, with mkdb.py and score.py beside it" >&2; exit 1; fi
	@PYTHONPATH=$(COLLECTIONS) PYTHONDONTWRITEBYTECODE=1 $(VENV)/bin/python $(STAGE)/tests/introspection/measure.py \
	    $(abspath $(TRUTH)) $(INTROSPECTION)/results --others $(INTROSPECTION)/bin/python

# Atheris has wheels for few Pythons, so it has an environment of its own
FUZZ := $(BUILD)/fuzz
INPUTS ?= 1000000
SEED ?=

$(FUZZ)/.done: tests/fuzz/requirements.txt requirements.txt tests/unit/requirements.txt
	@$(call environment,$(FUZZ),-r tests/fuzz/requirements.txt)

fuzz: stage $(FUZZ)/.done
	@cd $(STAGE) && PYTHONPATH=$(COLLECTIONS) PYTHONDONTWRITEBYTECODE=1 $(FUZZ)/bin/python tests/fuzz/run.py --output $(FUZZ)/findings \
	    --inputs $(INPUTS) $(if $(SEED),--seed $(SEED))

TRUTH ?= ../shared/truth/public

drafts: stage $(VENV)/.done
	@cd $(STAGE) && PYTHONPATH=$(COLLECTIONS) PYTHONDONTWRITEBYTECODE=1 $(VENV)/bin/python tests/tools/drafts.py $(abspath $(TRUTH))

clean:
	rm -rf $(BUILD)
