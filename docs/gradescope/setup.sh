#!/usr/bin/env bash
# Gradescope runs this once, when the autograder is built.
set -euo pipefail
apt-get install -y python3-pip
pip3 install --break-system-packages /autograder/source/derivx
