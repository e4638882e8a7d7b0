#!/usr/bin/env bash
# Gradescope runs this once, when the autograder is built. A folder or a wheel of derivx beside this file is taken before PyPI.
set -euo pipefail
apt-get update
apt-get install -y python3-pip
cd /autograder/source
for found in derivx derivx_math-*.whl; do
  if [ -e "$found" ]; then pip3 install --break-system-packages "./$found"; exit; fi
done
pip3 install --break-system-packages "derivx-math==0.1.0"
