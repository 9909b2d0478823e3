# shellcheck shell=bash disable=SC2034,SC2153 # names are shared with the script that reads this file
# What every script begins with: a scratch folder that goes with it, a Python, the options, the region.

export AWS_PAGER=''

make_scratch() {
    SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/analyst-XXXXXX") || fail 'No temporary folder could be made; free some space or set TMPDIR.'
    chmod 700 "$SCRATCH"
}

# A name on PATH may be an empty shim, so each is tried by running it.
find_python() {
    local python
    for python in "$ROOT/cdk/.venv/bin/python" python3 python3.13 python3.12 python3.11 python; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            PYTHON=$python
            return 0
        fi
    done
    fail 'Python 3.11 or newer is needed and none was found; install one and try again.'
}

plan() { # plan COMMAND…: what the options say
    PYTHONDONTWRITEBYTECODE=1 "$PYTHON" "$ROOT/cdk/plan.py" ${OPTIONS:+--options "$OPTIONS"} "$@"
}

absolute() { # absolute FILE
    case $1 in
        /*) printf '%s\n' "$1" ;;
        *) printf '%s/%s\n' "$PWD" "$1" ;;
    esac
}

# The facts are read once; a wrong option ends everything here, with the sentence of who found it.
read_options() {
    find_python
    plan facts >"$SCRATCH/facts" || exit 2
    NAME=$(fact name)
}

fact() { # fact KEY: its values, one a line
    awk -F '\t' -v key="$1" '$1 == key { sub(/^[^\t]*\t/, ""); print }' "$SCRATCH/facts"
}

need_aws() {
    command -v aws >/dev/null 2>&1 ||
        fail 'The AWS CLI is needed and was not found; install it (https://aws.amazon.com/cli) and try again.'
}

# Version 1 of the CLI does not read AWS_REGION and the CDK does, so both names are set to one value.
find_region() {
    REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region 2>/dev/null || true)}}
    export AWS_REGION=$REGION AWS_DEFAULT_REGION=$REGION
}

# shellcheck disable=SC2016 # the backquotes are for people
NO_REGION='No AWS region is set: set AWS_REGION, or run `aws configure set region …`, and try again.'

need_region() {
    find_region
    [ -n "$REGION" ] || fail "$NO_REGION"
}

need_account() {
    need_aws
    need_region
    read_account || fail "$(credentials_sentence)"
}
