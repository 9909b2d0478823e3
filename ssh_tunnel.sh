#!/usr/bin/env bash
# Opens the private page on this computer: a tunnel through the bastion, by Session Manager, with a key that is made
# for this run, lives a minute in EC2 Instance Connect, and is gone afterwards. Reconnects by itself with a new key.
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

OPTIONS='' PORT=8080 OPEN='' SCRATCH='' TUNNEL=''
BASTION='' BALANCER='' REMOTE_PORT='' ADDRESS=''
LONGEST_PAUSE=30 # seconds between two attempts
HOPELESS=6       # attempts in a row that did not connect

help() {
    cat <<'TEXT'
Usage: ./ssh_tunnel.sh [-l PORT] [--options FILE] [--open]

  -l PORT         the port on this computer (8080)
  --options FILE  the options file that the deployment was made with
  --open          open the browser when the tunnel is up
  --help          this

Needs the AWS CLI with credentials, the Session Manager plugin and ssh. Ctrl-C ends it.
Exit codes: 0 ended by you; 1 no tunnel, and one sentence says why; 2 wrong usage.
TEXT
}

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            -l | --options) [ $# -ge 2 ] || usage_error "$1 needs a value." ;;
        esac
        case $1 in
            -l) PORT=$2 && shift ;;
            --options) OPTIONS=$(absolute "$2") && shift ;;
            --options=*) OPTIONS=$(absolute "${1#*=}") ;;
            --open) OPEN=yes ;;
            --help | -h) help && exit 0 ;;
            *) usage_error "There is no argument $1." ;;
        esac
        shift
    done
    case $PORT in
        '' | *[!0-9]* | ??????*) usage_error "-l needs a port from 1 to 65535, not \"$PORT\"." ;;
    esac
    { [ "$PORT" -ge 1 ] && [ "$PORT" -le 65535 ]; } || usage_error "-l needs a port from 1 to 65535, not \"$PORT\"."
}

# --- before connecting

need_programs() {
    local program
    need_aws
    command -v session-manager-plugin >/dev/null 2>&1 ||
        fail 'The Session Manager plugin is needed and was not found; install it (https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html) and try again.'
    for program in ssh ssh-keygen; do
        command -v "$program" >/dev/null 2>&1 || fail "$program is needed and was not found; install OpenSSH and try again."
    done
}

answers() { # true when something listens on our port
    (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null
}

need_free_port() {
    local holder
    answers || return 0
    holder=$(port_holder)
    fail "Port $PORT is in use${holder:+ by $holder}: end that, or choose another port with -l."
}

port_holder() { # who listens there, if a tool of this computer knows
    local line=''
    if command -v ss >/dev/null 2>&1; then
        line=$(ss -Hltnp "sport = :$PORT" 2>/dev/null | sed -n 's/.*(("\([^"]*\)",pid=\([0-9]*\).*/\1 (process \2)/p' | head -n 1)
    fi
    if [ -z "$line" ] && command -v lsof >/dev/null 2>&1; then
        line=$(lsof -nP -iTCP:"$PORT" -sTCP:LISTEN 2>/dev/null | awk 'NR == 2 { print $1 " (process " $2 ")" }')
    fi
    printf '%s\n' "$line"
}

find_ends() {
    local url
    need_stacks
    BASTION=$(output access BastionId) BALANCER=$(output frontend LoadBalancerDns) url=$(output frontend PageUrl)
    [ -n "$BASTION" ] || fail "$NAME has no bastion: set \"bastion\": true in the options and run ./deploy.sh deploy."
    [ -n "$BALANCER" ] || fail "The page of $NAME is not deployed yet: run ./deploy.sh deploy."
    REMOTE_PORT=80 ADDRESS=http://localhost:$PORT
    case $url in
        https:*) REMOTE_PORT=443 ADDRESS=https://$(fact domain):$PORT ;;
    esac
}

need_running_bastion() {
    local state
    state=$(ask ec2 describe-instances --instance-ids "$BASTION" --output text \
        --query 'Reservations[0].Instances[0].State.Name') ||
        fail "The bastion $BASTION could not be found ($(why)): run ./deploy.sh deploy, or set AWS_REGION to where it is."
    case $state in
        running) ;;
        stopped) fail "The bastion $BASTION is stopped: start it with \`aws ec2 start-instances --instance-ids $BASTION\`, wait a minute and try again." ;;
        *) fail "The bastion $BASTION is $state: wait a minute and try again, or run ./deploy.sh deploy to have it made anew." ;;
    esac
}

# --- the tunnel

new_key() {
    rm -f "$SCRATCH/key" "$SCRATCH/key.pub"
    ssh-keygen -q -t ed25519 -N '' -C tunnel -f "$SCRATCH/key" &&
        ask ec2-instance-connect send-ssh-public-key --instance-id "$BASTION" --instance-os-user ec2-user \
            --ssh-public-key "file://$SCRATCH/key.pub" --query Success --output text >/dev/null
}

# The user's own ssh settings are left out: a ProxyCommand or an agent of theirs would be in the way.
start_tunnel() {
    ssh -F /dev/null -N -i "$SCRATCH/key" -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes \
        -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile="$SCRATCH/known_hosts" \
        -o ExitOnForwardFailure=yes -o ConnectTimeout=30 -o ServerAliveInterval=15 -o ServerAliveCountMax=3 \
        -o LogLevel=ERROR -o "ProxyCommand=aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p" \
        -L "127.0.0.1:$PORT:$BALANCER:$REMOTE_PORT" "ec2-user@$BASTION" 2>"$SCRATCH/ssh.error" &
    TUNNEL=$!
}

wait_until_up() { # true when the port answers, false when ssh ended first
    while kill -0 "$TUNNEL" 2>/dev/null; do
        ! answers || return 0
        sleep 0.3
    done
    return 1
}

tell_up() {
    step "The page is at $ADDRESS (Ctrl-C ends the tunnel)"
    [ "$REMOTE_PORT" = 80 ] || note "For this address, \"127.0.0.1 $(fact domain)\" must stand in /etc/hosts."
    [ -z "$OPEN" ] || open_browser
    OPEN=''
}

open_browser() {
    local opener
    for opener in open xdg-open; do
        if command -v "$opener" >/dev/null 2>&1; then
            "$opener" "$ADDRESS" >/dev/null 2>&1 || true
            return 0
        fi
    done
    note 'No browser could be opened; open the address yourself.'
}

keep_up() { # connects again and again, each time with a new key, until it is hopeless
    local attempts=0 pause=1
    while :; do
        if new_key; then
            start_tunnel
            if wait_until_up; then
                tell_up
                attempts=0 pause=1
            fi
            wait "$TUNNEL" || true
            TUNNEL=''
        else
            cp "$SCRATCH/error" "$SCRATCH/ssh.error"
        fi
        attempts=$((attempts + 1))
        [ "$attempts" -lt "$HOPELESS" ] || give_up
        note "The tunnel is not up ($(last_words)); trying again in $pause s"
        sleep "$pause"
        pause=$((pause * 2 < LONGEST_PAUSE ? pause * 2 : LONGEST_PAUSE))
        need_running_bastion
    done
}

last_words() {
    grep . "$SCRATCH/ssh.error" 2>/dev/null | tail -n 1 | cut -c 1-200 | grep . || echo 'the connection was lost'
}

give_up() {
    fail "The tunnel could not be opened in $HOPELESS attempts ($(last_words)): see that you may use ssm:StartSession and ec2-instance-connect:SendSSHPublicKey, and that the bastion shows in Session Manager."
}

clean_up() {
    [ -z "$TUNNEL" ] || kill "$TUNNEL" 2>/dev/null || true
    [ -z "$SCRATCH" ] || rm -rf "$SCRATCH"
}

main() {
    read_arguments "$@"
    need_programs
    need_free_port
    make_scratch
    trap clean_up EXIT
    trap 'note "The tunnel is closed."; exit 0' INT TERM HUP
    read_options
    need_account
    find_ends
    need_running_bastion
    step "Connecting to $BALANCER through the bastion $BASTION"
    keep_up
}

main "$@"
