# shellcheck shell=bash disable=SC2034,SC2153 # names are shared with the script that reads this file
# deploy.sh configure: sources, models and policies go to Parameter Store, without a deployment.

KINDS='policies models sources' # in this order: who may see what is in force before there is anything to see
MOST_BYTES=4096 # of a parameter of the standard tier

command_configure() {
    local kind changed=''
    need_account
    need_stacks
    need_bucket
    step "Comparing the options with what $NAME uses now"
    plan documents "$SCRATCH" >"$SCRATCH/documents"
    need_granted
    check_policies
    for kind in $KINDS; do
        read_deployed "$kind"
        same "$kind" || changed="$changed $kind"
    done
    if [ -z "$changed" ]; then
        note 'Nothing to configure: sources, models and policies are as the options say.'
        return 0
    fi
    for kind in $changed; do show_difference "$kind"; done
    for kind in $changed; do write_document "$kind"; done
    note 'The functions use it within a minute.'
}

need_bucket() {
    BUCKET=$(output data BucketName)
    [ -n "$BUCKET" ] || fail "The stack $NAME-data is not deployed yet, so there is nothing to configure: run ./deploy.sh deploy."
}

need_granted() { # what the functions may not use yet would only fail later, on somebody's question
    local things
    if ! ask ssm get-parameter --name "/$NAME/granted" --query Parameter.Value --output text >"$SCRATCH/granted.json"; then
        fail "What the functions of $NAME may use could not be read (/$NAME/granted: $(why)): run ./deploy.sh deploy."
    fi
    things=$(plan ungranted "$SCRATCH/granted.json" | paste -sd , - | sed 's/,/, /g')
    [ -z "$things" ] || fail "The functions of $NAME may not use $things yet: run ./deploy.sh deploy, which grants it. Nothing was changed."
}

# The plan has read the outline of the policies; row filters only the product itself can read, where it is set up here.
check_policies() {
    local file program=$ROOT/.venv/bin/analyst
    file=$(fact policies)
    [ -n "$file" ] || return 0
    if [ ! -x "$program" ]; then
        warn "only the outline of $file was checked; \`analyst policy check --policy FILE\` reads all of it"
    elif "$program" policy check --policy "$file" >"$SCRATCH/policies.said" 2>"$SCRATCH/error"; then
        note "$(cat "$SCRATCH/policies.said")"
    else
        fail "$(tail -n 1 "$SCRATCH/error" | sed "s/^analyst: //") Nothing was changed; the policies are in $file."
    fi
}

# The document in force goes to KIND.now; a long one is in the bucket and the parameter says where.
read_deployed() { # read_deployed KIND
    local now=$SCRATCH/$1.now at
    if ! ask ssm get-parameter --name "/$NAME/$1" --query Parameter.Value --output text >"$now"; then
        absent || fail "The parameter /$NAME/$1 could not be read ($(why)); nothing was changed."
        : >"$now"
        return 0
    fi
    at=$("$PYTHON" -c 'import json, sys; d = json.load(open(sys.argv[1])); print(d.get("at", "") if isinstance(d, dict) else "")' "$now" 2>/dev/null || true)
    [ -z "$at" ] || ask s3 cp "s3://$BUCKET/$at" "$now" --only-show-errors ||
        fail "The $1 in force could not be read from s3://$BUCKET/$at ($(why)); nothing was changed."
}

same() { # same KIND
    plan pretty "$SCRATCH/$1.json" >"$SCRATCH/$1.new.txt"
    plan pretty "$SCRATCH/$1.now" >"$SCRATCH/$1.now.txt"
    cmp -s "$SCRATCH/$1.new.txt" "$SCRATCH/$1.now.txt"
}

show_difference() { # show_difference KIND
    note "$1:"
    diff -u -L "$1 now" -L "$1 new" "$SCRATCH/$1.now.txt" "$SCRATCH/$1.new.txt" | sed 's/^/    /' || true
}

# Every version stays in the bucket, named by its content, so that going back is putting an old one in force.
write_document() { # write_document KIND
    local kind=$1 digest bytes key value=$SCRATCH/$1.json
    IFS=$'\t' read -r digest bytes <<<"$(awk -F '\t' -v kind="$1" '$1 == kind { print $2 "\t" $3 }' "$SCRATCH/documents")"
    key=configuration/$kind-$digest.json
    CHANGING="writing the $kind"
    ask s3 cp "$SCRATCH/$kind.json" "s3://$BUCKET/$key" --only-show-errors ||
        fail "The $kind could not be written to s3://$BUCKET/$key ($(why)); what is in force stays: run ./deploy.sh configure again."
    # Parameter Store takes {{ for a reference to another parameter.
    if [ "$bytes" -gt "$MOST_BYTES" ] || grep -qF '{{' "$value"; then
        value=$SCRATCH/$kind.at
        printf '{"at":"%s"}' "$key" >"$value"
    fi
    ask ssm put-parameter --name "/$NAME/$kind" --type String --tier Standard --overwrite --value "file://$value" >/dev/null ||
        fail "The parameter /$NAME/$kind could not be written ($(why)); the old $kind stay in force: run ./deploy.sh configure again."
    note "$kind written (kept as s3://$BUCKET/$key)."
}

parameters_difference() { # for `diff`: what configure would change
    local kind any=''
    BUCKET=$(output data BucketName)
    step 'Parameters: what configure would change'
    plan documents "$SCRATCH" >"$SCRATCH/documents"
    for kind in $KINDS; do
        read_deployed "$kind"
        same "$kind" || { show_difference "$kind"; any=yes; }
    done
    [ -n "$any" ] || note 'Nothing: they are as the options say.'
}
