# The front door: one line per verb, the work is in bin/. `make help` lists them.

.PHONY: help run test test-clients check bench lock clean

help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 21

run:  ## serve the site on http://$HOST:$PORT (127.0.0.1:8000); DEMO=0 starts empty
	@exec bin/run

test:  ## install what the tests need and run them all, or some: make test ARGS=tests/test_servers.py
	@exec bin/run-tests $(ARGS)

test-clients:  ## subscribe with real calendar programs, those that take long to install included
	@exec bin/test-clients

check:  ## format, lint and types, changing nothing
	@exec bin/check

bench:  ## measure the public side beside nginx, and how its cost grows
	@exec bin/bench

lock:  ## pin requirements*.in, with hashes, into requirements*.txt
	@exec bin/lock

clean:  ## remove what can be made again; the data in instance/ stays
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find translations -name '*.mo' -delete 2>/dev/null || true
