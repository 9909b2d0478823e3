# shellcheck shell=bash disable=SC2034,SC2153 # names are shared with the script that reads this file
# deploy.sh destroy: names what would be lost, asks, removes it, and says what is kept. Can be run again.

command_destroy() {
    need_account
    if ! has_stacks; then
        destroy_nothing
        return 0
    fi
    need_calm
    DATABASE=$(output data DatabaseId)
    tell_losses
    confirm "$NAME" "Type $NAME to destroy all of this:"
    set_up_tools
    build_layers_if_needed # the CDK reads the whole app, whatever it is to do
    unprotect
    empty_storage
    destroy_stacks
    delete_parameters
    tell_kept
}

destroy_nothing() {
    local elsewhere
    elsewhere=$(other_region)
    [ -z "$elsewhere" ] || fail "$NAME is deployed in $elsewhere and not in $REGION: set AWS_REGION=$elsewhere and try again. Nothing was changed."
    delete_parameters
    note "Nothing of $NAME is deployed in $REGION."
}

need_calm() {
    local stack state
    for stack in $(fact any_stack); do
        state=$(stack_state "$stack")
        case $state in
            REVIEW_IN_PROGRESS) ;;
            *_IN_PROGRESS) fail "$(half_created "$stack" "$state" | sed 's/^The/Nothing was changed, because the/')" ;;
        esac
    done
}

# --- what would be lost

tell_losses() {
    local stack state bucket
    step "This would destroy $NAME in account $ACCOUNT, region $REGION"
    for stack in $(fact any_stack); do
        state=$(stack_state "$stack")
        [ -z "$state" ] || note "stack $stack ($state)"
    done
    [ -z "$DATABASE" ] || note "database $DATABASE with all questions and sessions (a last snapshot is kept)"
    note "approved examples: $(approved_examples)"
    for bucket in $(buckets); do
        note "bucket $bucket: $(bucket_content "$bucket")"
    done
    note "parameters /$NAME/sources, /$NAME/models, /$NAME/policies"
}

buckets() { # those of the data stack, but for the access log, which is kept on purpose
    ask cloudformation list-stack-resources --stack-name "$NAME-data" --output text \
        --query "StackResourceSummaries[?ResourceType=='AWS::S3::Bucket' && ResourceStatus!='DELETE_COMPLETE' && !starts_with(LogicalResourceId, 'AccessLogs')].[PhysicalResourceId]" |
        grep -vx 'None' || true
}

approved_examples() {
    if ask_errand count_examples; then
        "$PYTHON" -c 'import json, sys; print(int(json.load(open(sys.argv[1]))["approved"]))' \
            "$SCRATCH/answer.json" 2>/dev/null && return 0
    fi
    echo 'their number is not known'
}

resources() { # resources PART TYPE: physical ids in the stack NAME-PART
    ask cloudformation list-stack-resources --stack-name "$NAME-$1" --output text \
        --query "StackResourceSummaries[?ResourceType=='$2' && ResourceStatus!='DELETE_COMPLETE'].[PhysicalResourceId]" |
        grep -vx 'None' || true
}

bucket_content() { # bucket_content BUCKET: how much is in it
    # shellcheck disable=SC2016 # the backquotes are the query's
    ask s3api list-object-versions --bucket "$1" --max-items 10000 --output json \
        --query '[length(Versions || `[]`), sum(Versions[].Size || `[]`)]' | tr -d '[],\n' |
        awk '{ printf "%s%d objects and old versions, %.1f MB\n", ($1 >= 10000 ? "at least " : ""), $1, $2 / 1e6 }' ||
        echo 'what is in it is not known'
}

# --- removing

unprotect() {
    local stack
    for stack in $(fact any_stack); do
        [ "$(stack_fact "$stack" Protected)" = True ] || continue
        note "Turning off the protection of the stack $stack"
        ask cloudformation update-termination-protection --no-enable-termination-protection --stack-name "$stack" >/dev/null ||
            fail "The protection of the stack $stack could not be turned off ($(why)); nothing was destroyed."
    done
    [ -z "$DATABASE" ] || unprotect_database
}

unprotect_database() {
    local protected
    protected=$(ask rds describe-db-instances --db-instance-identifier "$DATABASE" \
        --query 'DBInstances[0].DeletionProtection' --output text) || return 0
    [ "$protected" = True ] || return 0
    step "Turning off the deletion protection of the database $DATABASE"
    CHANGING='turning off protection'
    ask rds modify-db-instance --db-instance-identifier "$DATABASE" --no-deletion-protection --apply-immediately >/dev/null ||
        fail "The database's deletion protection could not be turned off ($(why)); nothing was destroyed."
    ask rds wait db-instance-available --db-instance-identifier "$DATABASE" || true
}

empty_storage() {
    local bucket repository
    for bucket in $(buckets); do
        step "Emptying the bucket $bucket"
        CHANGING="emptying the bucket $bucket"
        empty_bucket "$bucket"
    done
    for repository in $(resources image AWS::ECR::Repository); do
        step "Emptying the image repository $repository"
        empty_repository "$repository"
    done
}

empty_bucket() { # empty_bucket BUCKET: every version and every mark of deletion, a thousand at a time
    local page=$SCRATCH/versions.json count=0
    while :; do
        # shellcheck disable=SC2016 # the backquotes are the query's
        ask s3api list-object-versions --bucket "$1" --no-paginate --output json --query \
            '{Quiet: `true`, Objects: [Versions || `[]`, DeleteMarkers || `[]`][].{Key: Key, VersionId: VersionId}}' >"$page" || break
        grep -q '"Key"' "$page" || break
        ask s3api delete-objects --bucket "$1" --delete "file://$page" >/dev/null ||
            fail "The bucket $1 could not be emptied ($(why)); part of its objects are gone and all stacks are still there: mend it and run ./deploy.sh destroy again."
        count=$((count + $(grep -c '"Key"' "$page")))
        note "$count objects and old versions deleted"
    done
}

empty_repository() { # empty_repository NAME
    local page=$SCRATCH/images.json
    while :; do
        ask ecr list-images --repository-name "$1" --max-items 100 --query 'imageIds[]' --output json >"$page" || break
        grep -q imageDigest "$page" || break
        ask ecr batch-delete-image --repository-name "$1" --image-ids "file://$page" >/dev/null || break
    done
}

destroy_stacks() {
    step "Destroying the stacks of $NAME"
    CHANGING='destroying the stacks'
    if ! cdk_app destroy --all --force; then
        note 'Not everything went; what may have been written meanwhile is emptied, then once more.'
        forget_stacks
        empty_storage
        cdk_app destroy --all --force || true
    fi
    forget_stacks
    remove_unwanted_stacks
    forget_stacks
    ! has_stacks || tell_left
}

remove_unwanted_stacks() { # stacks of earlier options, which the CDK does not know any more
    local stack
    for stack in $(fact any_stack | sort -r); do
        ! fact stack | grep -qxF "$stack" && [ -n "$(stack_state "$stack")" ] || continue
        note "Removing $stack, which the options do not name any more"
        ask cloudformation delete-stack --stack-name "$stack" &&
            ask cloudformation wait stack-delete-complete --stack-name "$stack" || true
    done
}

tell_left() {
    local stack left=''
    for stack in $(fact any_stack); do
        [ -z "$(stack_state "$stack")" ] || left="$left${left:+, }$stack ($(stack_state "$stack"))"
    done
    fail "Not removed: $left; the lines above say why: mend it and run ./deploy.sh destroy again."
}

delete_parameters() {
    local kind
    for kind in $KINDS; do
        if ask ssm delete-parameter --name "/$NAME/$kind" >/dev/null; then
            note "Parameter /$NAME/$kind deleted."
        elif ! absent; then
            fail "The parameter /$NAME/$kind could not be deleted ($(why)); everything else is gone: run ./deploy.sh destroy again."
        fi
    done
}

tell_kept() {
    local snapshot=''
    step "$NAME is destroyed"
    [ -z "$DATABASE" ] || snapshot=$(ask rds describe-db-snapshots --snapshot-type manual --output text \
        --query "DBSnapshots[?DBInstanceIdentifier=='$DATABASE'].[SnapshotCreateTime, DBSnapshotIdentifier]" |
        sort | tail -n 1 | cut -f 2) || true
    if [ -n "$snapshot" ] && [ "$snapshot" != None ]; then
        note "Kept: the database's last snapshot, $snapshot. To have its data back:"
        note "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier $NAME-restored --db-snapshot-identifier $snapshot"
        note "To be rid of it: aws rds delete-db-snapshot --db-snapshot-identifier $snapshot"
    else
        note 'No snapshot of the database was found.'
    fi
    note './deploy.sh cleanup removes what else is left: the bucket of access logs, logs, local files.'
}
