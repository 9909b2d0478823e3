#!/usr/bin/env bash
# Shows what the parts of a deployment have logged: one component, or all of them merged by time; one question followed
# through every component by its request id; or everything new as it comes.
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

COMPONENTS='page api data-analyst worker querybot database build'
OPTIONS='' SCRATCH='' COMPONENT='' FOLLOW='' SINCE=1h REQUEST='' LAST=''

help() {
    cat <<'TEXT'
Usage: ./view_logs.sh COMPONENT|all [-f] [-s 1h] [--request ID] [-l N] [--options FILE]

  COMPONENT       page, api, data-analyst, worker, querybot, database or build
  all             all of them, merged by time
  -f              go on and show what is new (Ctrl-C ends it)
  -s SINCE        since when: 30m, 1h, 2d, or a time such as 2030-01-31T12:00 (1h)
  --request ID    only what belongs to this request (its id is in the receipt and in every error)
  -l N            the last N lines only
  --options FILE  the options file that the deployment was made with
  --help          this

Exit codes: 0 shown; 1 not there or not allowed, and one sentence says so; 2 wrong usage.
TEXT
}

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            -s | -l | --request | --options) [ $# -ge 2 ] || usage_error "$1 needs a value." ;;
        esac
        case $1 in
            -f) FOLLOW=yes ;;
            -s) SINCE=$2 && shift ;;
            -l) LAST=$2 && shift ;;
            --request) REQUEST=$2 && shift ;;
            --options) OPTIONS=$(absolute "$2") && shift ;;
            --options=*) OPTIONS=$(absolute "${1#*=}") ;;
            --help | -h) help && exit 0 ;;
            -*) usage_error "There is no option $1." ;;
            *)
                [ -z "$COMPONENT" ] || usage_error "One component at a time: $COMPONENT or $1, or all."
                COMPONENT=$1
                ;;
        esac
        shift
    done
    check_arguments
}

check_arguments() {
    [ -n "$COMPONENT" ] || usage_error 'Which component?'
    case " all $COMPONENTS " in
        *" $COMPONENT "*) ;;
        *) usage_error "There is no component \"$COMPONENT\": $COMPONENTS, or all." ;;
    esac
    case $LAST in *[!0-9]*) usage_error "-l needs a number, not \"$LAST\"." ;; esac
    case $REQUEST in *[!A-Za-z0-9_-]*) usage_error "\"$REQUEST\" is no request id." ;; esac
}

log_group() { # log_group COMPONENT: its log group's name, or nothing when that is not known yet
    local id
    case $1 in
        page) echo "/$NAME/page" ;;
        api) echo "/$NAME/api-access" ;;
        data-analyst) echo "/aws/lambda/$NAME-data-analyst" ;;
        worker) echo "/aws/lambda/$NAME-data-analyst-worker" ;;
        querybot) echo "/aws/lambda/$NAME-querybot" ;;
        build) echo "/$NAME/image-build" ;;
        database)
            id=$(output data DatabaseId)
            [ -z "$id" ] || echo "/aws/rds/instance/$id/postgresql"
            ;;
    esac
}

wanted() {
    if [ "$COMPONENT" = all ]; then echo "$COMPONENTS"; else echo "$COMPONENT"; fi
}

# Reads everything of one component since START into a file. 0 read, 1 there is no such log yet.
fetch() { # fetch COMPONENT START
    local group
    group=$(log_group "$1")
    [ -n "$group" ] || return 1
    if ask logs filter-log-events --log-group-name "$group" --start-time "$2" \
        ${REQUEST:+--filter-pattern "\"$REQUEST\""} --query 'events[].[eventId, timestamp, message]' \
        --output json >"$SCRATCH/$1.events"; then
        return 0
    fi
    rm -f "$SCRATCH/$1.events"
    ! absent || return 1
    fail "The log of $1 ($group) could not be read ($(why)): sign in with rights to read it and try again."
}

fetch_all() { # fetch_all START [QUIET]: every component wanted; those without a log yet are named once
    local component none='' some=''
    for component in $(wanted); do
        if fetch "$component" "$1"; then some=yes; else none="$none $component"; fi
    done
    [ -n "$some" ] || fail "There is no log of$none in $REGION yet: it comes with the first deployment and the first use; see ./deploy.sh status."
    [ -z "$none" ] || [ -n "${2:-}" ] || printf 'No log yet:%s\n' "$none" >&2
}

show() { # show ARGUMENT…: what was fetched, merged, without what was shown before
    "$PYTHON" "$ROOT/tools/shell/log_lines.py" show "$SCRATCH" "$@"
}

follow() { # a second look a little back: events may arrive late
    local start
    while :; do
        sleep 2
        start=$("$PYTHON" "$ROOT/tools/shell/log_lines.py" since 1m)
        fetch_all "$start" quietly
        show
    done
}

main() {
    local start
    read_arguments "$@"
    make_scratch
    trap 'rm -rf "$SCRATCH"' EXIT
    trap 'exit 0' INT TERM
    read_options
    start=$("$PYTHON" "$ROOT/tools/shell/log_lines.py" since "$SINCE") || exit 2
    need_account
    need_stacks
    fetch_all "$start"
    show ${LAST:+--last "$LAST"}
    [ -z "$FOLLOW" ] || follow
}

main "$@"
