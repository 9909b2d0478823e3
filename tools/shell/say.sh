# shellcheck shell=bash disable=SC2034,SC2153 # names are shared with the script that reads this file
# What the scripts say and how they end: steps, findings, one sentence when something is wrong.
# Written for bash 3.2, which is what macOS has.

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    BOLD=$'\033[1m' GREEN=$'\033[32m' YELLOW=$'\033[33m' RED=$'\033[31m' PLAIN=$'\033[0m'
else
    BOLD='' GREEN='' YELLOW='' RED='' PLAIN=''
fi

# The mark of what is changing right now, for whoever interrupts: empty while nothing was changed.
CHANGING=''

step() { # step TEXT: what is done now
    printf '%s==> %s%s\n' "$BOLD" "$1" "$PLAIN"
}

note() { # note TEXT: a line below a step
    printf '    %s\n' "$1"
}

fail() { # fail SENTENCE [CODE]: the end; the sentence says what to do next
    printf '%s\n' "$1" >&2
    exit "${2:-1}"
}

usage_error() { # usage_error SENTENCE
    fail "$1 See ${0##*/} --help." 2
}

confirm() { # confirm WORD PROMPT: goes on only when the word is typed, or with --yes
    local typed=''
    [ -n "$YES" ] && return 0
    printf '%s ' "$2"
    IFS= read -r typed || true
    [ "$typed" = "$1" ] || fail "Nothing was changed, because \"$1\" was not typed."
}

# --- findings of a check: all of them are told, and counted

MISSING_COUNT=0
MISSING_FIRST=''

good() { printf '  %sok%s       %s\n' "$GREEN" "$PLAIN" "$1"; }

warn() { printf '  %swarning%s  %s\n' "$YELLOW" "$PLAIN" "$1"; }

lack() {
    printf '  %smissing%s  %s\n' "$RED" "$PLAIN" "$1"
    MISSING_COUNT=$((MISSING_COUNT + 1))
    [ -n "$MISSING_FIRST" ] || MISSING_FIRST=$1
}

tell_findings() { # lines "ok|warning|missing<TAB>sentence" from a file
    local kind sentence
    while IFS=$'\t' read -r kind sentence; do
        case $kind in
            ok) good "$sentence" ;;
            warning) warn "$sentence" ;;
            missing) lack "$sentence" ;;
        esac
    done <"$1"
}
