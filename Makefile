# Two commands do everything on a fresh machine:
#   make demo   installs what is missing, runs the whole job on the demo corpus, opens the window if there is a display
#   make test   installs what is missing and checks everything
PYTHON ?= python3
VENV   := .venv
STATE  := .state
BIN    := $(VENV)/bin

# Libraries of the window, and for the tests sound, a virtual screen, keys and a voice.
SYSTEM_RUN  := libglib2.0-0 libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libpulse0 libxrandr2 libxcb-cursor0 \
               libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0 fonts-dejavu-core fonts-nanum
SYSTEM_TEST := xvfb xauth pulseaudio pulseaudio-utils xdotool espeak-ng

.PHONY: demo run test bench lint install clean

demo: $(STATE)/run
	$(BIN)/annotator demo annotator-demo

run: $(STATE)/run
	$(BIN)/annotator

install: $(STATE)/run

test: $(STATE)/test
	sh .ci/check $(BIN)

lint: $(STATE)/test
	sh .ci/check $(BIN) lint

bench: $(STATE)/test
	@for name in $(BENCHMARKS); do echo "== $$name"; $(BIN)/python benchmarks/$$name.py --quick || exit 1; done

BENCHMARKS := waveform frames segmentation storage agreement splits export features train startup

$(STATE)/system-run: Makefile
	@mkdir -p $(STATE)
	sh .ci/system-packages $(SYSTEM_RUN)
	@touch $@

$(STATE)/system-test: Makefile
	@mkdir -p $(STATE)
	sh .ci/system-packages $(SYSTEM_RUN) $(SYSTEM_TEST)
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Annotator needs Python 3.11 or later; give it as: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(STATE)/run: $(STATE)/system-run $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(STATE)/test: $(STATE)/system-test $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(STATE)/run

clean:
	rm -rf $(VENV) $(STATE) build dist annotator-demo
