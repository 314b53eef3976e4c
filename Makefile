.DEFAULT_GOAL := help
.PHONY: help run test test-fast bench campaign screens guide format migration messages

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up and start everything with the demonstration (PORT=8000)
	@sh scripts/setup.sh run
	@DEMO=$${DEMO-1} .venv/bin/flask --app wsgi serve

test: ## Set up and run everything that CI runs
	@sh scripts/test.sh

test-fast: ## The tests of every minute: no browser, no slow one, SQLite only
	@sh scripts/test.sh fast

campaign: ## A test at its full size, its figures kept in docs/campaigns (NAME=kills; without: the list)
	@sh scripts/setup.sh test
	@.venv/bin/python scripts/campaign.py $(NAME)

screens: ## Every page state at each width, light and dark, checked and pictured (build/screens)
	@sh scripts/setup.sh test
	@SCREENS_EVERY=1 .venv/bin/python -m pytest tests/screens -m screens -q -s -n $$(nproc) --dist loadfile

guide: ## Play the journeys of each role and put their pictures in the user's guide
	@sh scripts/setup.sh test
	@.venv/bin/pytest -q tests/journeys/test_roles.py && .venv/bin/python scripts/build_guide.py

bench: ## Measure every speed goal beside bare Flask (an hour; ARGS="--only gallery --out build/bench.md")
	@sh scripts/setup.sh test
	@.venv/bin/python -m bench $(ARGS)

format: ## Format the code
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .

migration: ## Write a migration from the models (NAME="what it does")
	@.venv/bin/flask --app wsgi db migrate -m "$(NAME)"

messages: ## Collect every string of the screen and the mails (build/messages.pot)
	@mkdir -p build && .venv/bin/pybabel -q extract -F pyproject.toml -k _l -k plural:1,2 -k personal:1 -o build/messages.pot .
