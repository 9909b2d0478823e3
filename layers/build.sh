#!/usr/bin/env bash
# Builds the functions' layers with pip, for Lambda's platform and not this machine's; no Docker.
#
#   base    every function: boto3, of botocore's service descriptions only those that are used
#   data    data-analyst and its worker: HTTP interface, guard, database driver, exports
#   minilm  only with the option "embedder": "minilm": the embedding model and what runs it
#   rds     no packages: AWS's certificate authorities of RDS and Aurora, in build/rds (rds.toml pins the file)
#
# What goes in is pinned in <layer>.txt (`make lock` writes it from <layer>.in, with requirements/run.txt's
# versions). What comes out is build/<architecture>-<python>/<layer>/python and, beside the layers,
# built.json: {layer: {"lock": sha256 of <layer>.txt, "recipe": sha256 of recipe.py, "compiled": bool,
# "bytes": n, "zipped": n}}. A layer that is current is not built again; --check only says whether all are.
#
# A function's file system is read-only, so Python would compile every module anew at each cold start, which
# doubles its time. Where the function's own Python (python3.12, say) is found on PATH or in pyenv, the layers
# carry compiled modules, taken as they are (unchecked), that name files as Lambda does (/opt/python/…).
# Same lock, recipe and Python: same bytes.
set -euo pipefail

layers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Any Python from 3.11 on can build; a name on PATH may be an empty shim, so each is tried by running it.
for python in ${PYTHON:+"$PYTHON"} "$layers/../cdk/.venv/bin/python" "$layers/../.venv/bin/python" \
	python3.13 python3.12 python3.11 python3 python; do
	if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
		exec "$python" "$layers/recipe.py" "$@"
	fi
done
echo 'Python 3.11 or newer is needed and none was found; install one or name it: PYTHON=/path/to/python3 layers/build.sh' >&2
exit 1
