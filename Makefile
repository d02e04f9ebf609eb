# The same commands as in README.md, for those who have make.
.PHONY: check demo bench generate transcript

check:  ## the whole gate
	python3 bootstrap.py test

demo:  ## the main job
	python3 bootstrap.py demo

bench:  ## the measurements beside peers
	python3 bootstrap.py bench

generate:  ## everything that is generated: pins, reference pages
	.venv/bin/python tools/pin.py
	.venv/bin/python tools/reference.py

transcript:  ## real output into README.md and the tutorial, about two minutes
	.venv/bin/python tools/transcript.py
