#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image. It takes some minutes.
# On Linux the plain torch brings CUDA along, which nothing here uses. To spare its gigabytes, set
# PIP_EXTRA_INDEX_URL to the index of PyTorch's CPU builds in the next line, and remove the "#".
# export PIP_EXTRA_INDEX_URL=
set -euo pipefail

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends libseccomp2 python3 python3-venv

PYTHON=python3
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  apt-get install -y --no-install-recommends python3.11 python3.11-venv
  PYTHON=python3.11
fi

COURSE=/autograder/source
"$PYTHON" -m venv "$COURSE/.venv"
"$COURSE/.venv/bin/python" -m pip install --no-cache-dir \
  --constraint "$COURSE/constraints.txt" --editable "$COURSE"
