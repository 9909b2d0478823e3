# shellcheck shell=bash disable=SC2034,SC2153 # names are shared with the script that reads this file
# Questions to AWS: one call, its error kept for whoever has to explain it; stacks read once.

ask() { # ask ARGUMENT…: the AWS CLI; its error is kept in the scratch folder
    aws "$@" 2>"$SCRATCH/error"
}

why() { # the kept error as one line, without the CLI's opening words
    sed -e '/^ *$/d' -e 's/^An error occurred //' "$SCRATCH/error" | tail -n 1 | cut -c 1-300
}

# True when these credentials, this CLI or this endpoint cannot answer at all: that proves nothing wrong.
unanswerable() {
    grep -qiE 'AccessDenied|Unauthorized|not authorized|NotAuthorized|not (yet )?(been )?(implemented|supported)|NotImplemented|Unknown ?(Operation|Action|Service)|InvalidAction|Invalid choice|Could not connect to the endpoint|SubscriptionRequired|\(404\)|\(501\)' "$SCRATCH/error"
}

absent() {
    grep -qE 'does not exist|NotFound|NoSuch|not found|Not Found|non-existent' "$SCRATCH/error"
}

read_account() {
    ACCOUNT=$(ask sts get-caller-identity --query Account --output text)
}

credentials_sentence() {
    if grep -qE 'locate credentials|config profile|NoCredentials' "$SCRATCH/error"; then
        echo 'No AWS credentials were found: sign in (aws configure, aws sso login) or name a profile in AWS_PROFILE, then try again.'
    elif grep -qiE 'expired' "$SCRATCH/error"; then
        echo 'The AWS credentials have expired: sign in again (aws sso login, or new keys), then try again.'
    elif grep -qE 'Could not connect|Name or service not known|resolve' "$SCRATCH/error"; then
        echo "AWS could not be reached in the region $REGION: check the network and the region's name, then try again."
    else
        echo "AWS refuses these credentials ($(why | tr -d '()')): sign in with others, then try again."
    fi
}

# --- stacks

STACK_QUERY="Stacks[0].[[['StackStatus', StackStatus], ['Updated', LastUpdatedTime || CreationTime], ['Protected', EnableTerminationProtection]], Outputs[].[OutputKey, OutputValue]][]"

load_stack() { # load_stack STACK: its state and outputs, read once; empty when it is not there
    local file=$SCRATCH/stack-$1
    [ ! -e "$file" ] || return 0
    if ! ask cloudformation describe-stacks --stack-name "$1" --query "$STACK_QUERY" --output text >"$file.new"; then
        absent || fail "The state of the stack $1 could not be read ($(why)); sign in with rights to describe stacks and try again."
        : >"$file.new"
    fi
    mv "$file.new" "$file"
}

forget_stacks() {
    rm -f "$SCRATCH"/stack-*
}

stack_fact() { # stack_fact STACK KEY
    load_stack "$1"
    awk -F '\t' -v key="$2" '$1 == key && $2 != "None" { print $2 }' "$SCRATCH/stack-$1"
}

stack_state() { # stack_state STACK: "" when it is not there
    stack_fact "$1" StackStatus
}

output() { # output PART KEY: an output of the stack NAME-PART
    stack_fact "$NAME-$1" "$2"
}

has_stacks() { # true when anything of this deployment is there
    local stack
    for stack in $(fact any_stack); do
        [ -z "$(stack_state "$stack")" ] || return 0
    done
    return 1
}

need_stacks() {
    local elsewhere
    has_stacks && return 0
    elsewhere=$(other_region)
    if [ -n "$elsewhere" ]; then
        fail "$NAME is deployed in $elsewhere and not in $REGION: set AWS_REGION=$elsewhere and try again."
    fi
    fail "Nothing of $NAME is deployed in $REGION: run ./deploy.sh deploy first, or set AWS_REGION to where it is."
}

# Bucket names are seen from every region, so the data bucket betrays where a deployment lives.
other_region() {
    local bucket region owner
    ask s3api list-buckets --query "Buckets[?starts_with(Name, '$NAME-data-bucket')].[Name]" --output text >"$SCRATCH/buckets" || return 0
    while read -r bucket; do
        [ -n "$bucket" ] && [ "$bucket" != None ] || continue
        region=$(ask s3api get-bucket-location --bucket "$bucket" --query LocationConstraint --output text) || continue
        [ "$region" != None ] || region=us-east-1
        [ "$region" != "$REGION" ] || continue
        owner=$(ask s3api get-bucket-tagging --bucket "$bucket" --region "$region" \
            --query "TagSet[?Key=='aws:cloudformation:stack-name'].[Value]" --output text) || continue
        if [ "$owner" = "$NAME-data" ]; then
            printf '%s\n' "$region"
            return 0
        fi
    done <"$SCRATCH/buckets"
}

stacks_told() { # one line: every stack with its state
    local stack state told=''
    forget_stacks
    for stack in $(fact stack); do
        state=$(stack_state "$stack" 2>/dev/null || echo 'not known')
        told="$told${told:+, }$stack ${state:-not there}"
    done
    printf '%s\n' "$told"
}
