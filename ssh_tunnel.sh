#!/usr/bin/env bash
# Opens the private page on this computer: a tunnel through the bastion, by Session Manager, with a key that is made
# for this run, lives a minute in EC2 Instance Connect, and is gone afterwards. Reconnects by itself with a new key.
# Who you are is told to the page by a ticket: a signed request that lets it ask AWS, once, whose credentials these are.
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

OPTIONS='' PORT=8080 OPEN='' WANTED=tunnel SCRATCH='' TUNNEL=''
BASTION='' BALANCER='' REMOTE_PORT='' ADDRESS='' PAGE_URL=''
TICKET='' SIGNED_IN='' # a ticket is made once, when the tunnel is up for the first time
LONGEST_PAUSE=30 # seconds between two attempts
HOPELESS=6       # attempts in a row that did not connect
BROWSER_STARTS=5 # seconds until it has read what it was given

help() {
    cat <<'TEXT'
Usage: ./ssh_tunnel.sh [-l PORT] [--options FILE] [--open] [--ticket | --direct]

  -l PORT         the port on this computer (8080)
  --options FILE  the options file that the deployment was made with
  --open          open the browser at the address
  --ticket        only an address for signing in, for a tunnel that is up already
  --direct        only an address for signing in, for a network that reaches the page without a tunnel
  --help          this

The address has a ticket in it, which is made from your AWS credentials, signs you in once, and is good for 15
minutes: give it to nobody. Where people sign in with OIDC there are no tickets.

Needs the AWS CLI with credentials, and for the tunnel the Session Manager plugin and ssh. Ctrl-C ends it.
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
            --ticket) WANTED=ticket ;;
            --direct) WANTED=direct ;;
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

need_tunnel() {
    answers || fail "No tunnel is up on port $PORT: run ./ssh_tunnel.sh, or name the port of yours with -l."
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

find_page() {
    need_stacks
    BALANCER=$(output frontend LoadBalancerDns) PAGE_URL=$(output frontend PageUrl)
    [ -n "$BALANCER" ] || fail "The page of $NAME is not deployed yet: run ./deploy.sh deploy."
    REMOTE_PORT=80 ADDRESS=http://localhost:$PORT
    case $PAGE_URL in
        https:*) REMOTE_PORT=443 ADDRESS=https://$(fact domain):$PORT ;;
    esac
}

find_bastion() {
    BASTION=$(output access BastionId)
    [ -n "$BASTION" ] || fail "$NAME has no bastion: set \"bastion\": true in the options and run ./deploy.sh deploy."
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

# --- the ticket

has_tickets() { # false where the load balancer signs people in
    [ -z "$(fact oidc_issuer)" ]
}

# A request of sts:GetCallerIdentity, signed here and sent by nobody: whoever has it can only learn, and for a quarter
# of an hour, whose credentials signed it. The name in it keeps other deployments from taking it. It stays out of the
# arguments of programs, which every user of this computer can see.
make_ticket() {
    AWS_STS_REGIONAL_ENDPOINTS=regional ask eks get-token --cluster-name "data-analyst-bi.$NAME" --output json \
        >"$SCRATCH/ticket" || fail "$(ticket_sentence)"
    TICKET=$(tr -d ' \n\r' <"$SCRATCH/ticket" | sed -n 's/.*"token":"\(k8s-aws-v1\.[A-Za-z0-9_-]*\)".*/\1/p')
    rm -f "$SCRATCH/ticket"
    [ -n "$TICKET" ] || fail 'The AWS CLI made no ticket that could be read; update it (https://aws.amazon.com/cli) and try again.'
}

ticket_sentence() {
    if grep -qiE 'invalid choice|unknown options' "$SCRATCH/error"; then
        echo 'This AWS CLI is too old to make a ticket for the page; update it (https://aws.amazon.com/cli) and try again.'
    elif grep -qiE 'AccessDenied|not authorized' "$SCRATCH/error"; then
        echo "With these credentials no ticket for the page can be made ($(why | tr -d '()')): sign in with others, then try again."
    else
        credentials_sentence
    fi
}

sign_in() { # sign_in ADDRESS: the address that signs in, told or opened
    make_ticket
    step "Sign in at this address (good once, for 15 minutes; give it to nobody)"
    note "$1/?ticket=$TICKET"
    if [ -n "$OPEN" ]; then
        leading_page "$1/?ticket=$TICKET" >"$SCRATCH/open.html"
        open_browser "$SCRATCH/open.html"
    fi
    TICKET='' SIGNED_IN=yes
}

# A file that only this user can read leads the browser on.
leading_page() { # leading_page ADDRESS
    printf '<!doctype html>\n<meta charset="utf-8"><meta http-equiv="refresh" content="0;url=%s">\n' "$1"
    printf '<title>Data Analyst BI</title><a href="%s">Open the page</a>\n' "$1"
}

open_browser() { # open_browser WHAT: an address or a file
    local opener
    for opener in open xdg-open; do
        if command -v "$opener" >/dev/null 2>&1; then
            "$opener" "$1" >/dev/null 2>&1 || true
            return 0
        fi
    done
    note 'No browser could be opened; open the address yourself.'
}

only_sign_in() { # for --ticket and --direct
    has_tickets || fail "People sign in at the load balancer of $NAME, so there are no tickets: open $1."
    sign_in "$1"
    [ -z "$OPEN" ] || sleep "$BROWSER_STARTS"
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
    if has_tickets; then
        [ -n "$SIGNED_IN" ] || sign_in "$ADDRESS"
    elif [ -n "$OPEN" ]; then
        open_browser "$ADDRESS"
    fi
    OPEN=''
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

prepare() {
    make_scratch
    trap clean_up EXIT
    read_options
    need_account
    find_page
}

tunnel() {
    need_programs
    need_free_port
    trap 'note "The tunnel is closed."; exit 0' INT TERM HUP
    prepare
    find_bastion
    need_running_bastion
    step "Connecting to $BALANCER through the bastion $BASTION"
    keep_up
}

main() {
    read_arguments "$@"
    case $WANTED in
        tunnel)
            tunnel
            ;;
        ticket)
            need_aws
            need_tunnel
            prepare
            only_sign_in "$ADDRESS"
            ;;
        direct)
            prepare
            only_sign_in "$PAGE_URL"
            ;;
    esac
}

main "$@"
