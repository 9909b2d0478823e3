#!/usr/bin/env bash
# Deploys the product to an AWS account and looks after it: `./deploy.sh deploy` makes or updates everything,
# the other commands show, configure, clean up and remove it. `./deploy.sh --help` tells them all.
# This file reads the command line; what the commands do is in tools/shell/, one file each.
set -euo pipefail

where_is() { # where_is FILE: its real folder, also through symbolic links
    local file=$1 folder
    while [ -L "$file" ]; do
        folder=$(cd -P "$(dirname "$file")" && pwd)
        file=$(readlink "$file")
        case $file in /*) ;; *) file=$folder/$file ;; esac
    done
    cd -P "$(dirname "$file")" && pwd
}

ROOT=$(where_is "${BASH_SOURCE[0]}")
# shellcheck source=tools/shell/say.sh
. "$ROOT/tools/shell/say.sh"
# shellcheck source=tools/shell/start.sh
. "$ROOT/tools/shell/start.sh"
# shellcheck source=tools/shell/cloud.sh
. "$ROOT/tools/shell/cloud.sh"
# shellcheck source=tools/shell/check.sh
. "$ROOT/tools/shell/check.sh"
# shellcheck source=tools/shell/build.sh
. "$ROOT/tools/shell/build.sh"
# shellcheck source=tools/shell/configure.sh
. "$ROOT/tools/shell/configure.sh"
# shellcheck source=tools/shell/status.sh
. "$ROOT/tools/shell/status.sh"
# shellcheck source=tools/shell/destroy.sh
. "$ROOT/tools/shell/destroy.sh"
# shellcheck source=tools/shell/cleanup.sh
. "$ROOT/tools/shell/cleanup.sh"
# shellcheck source=tools/shell/commands.sh
. "$ROOT/tools/shell/commands.sh"

OPTIONS='' YES='' JSON='' COMMAND='' HELP=''
NAME='' REGION='' ACCOUNT='' PYTHON='' SCRATCH='' SOMETHING_NEW=''

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            --options)
                [ $# -ge 2 ] || usage_error '--options needs a file.'
                OPTIONS=$(absolute "$2")
                shift
                ;;
            --options=*) OPTIONS=$(absolute "${1#*=}") ;;
            --yes | -y) YES=yes ;;
            --json) JSON=yes ;;
            --help | -h) HELP=yes ;;
            -*) usage_error "There is no option $1." ;;
            *)
                [ -z "$COMMAND" ] || usage_error "One command at a time: $COMMAND or $1."
                COMMAND=$1
                ;;
        esac
        shift
    done
}

main() {
    read_arguments "$@"
    if [ -z "$COMMAND" ]; then
        [ -n "$HELP" ] || usage_error 'Which command?'
        help_all
        return 0
    fi
    is_command "$COMMAND" || usage_error "There is no command \"$COMMAND\"."
    if [ -n "$HELP" ]; then
        help_one "$COMMAND"
        return 0
    fi
    [ -z "$JSON" ] || [ "$COMMAND" = status ] || usage_error '--json belongs to status.'
    make_scratch
    trap 'rm -rf "$SCRATCH"' EXIT
    trap 'interrupted' INT TERM
    read_options
    "command_$(printf '%s' "$COMMAND" | tr - _)"
}

main "$@"
