# shellcheck shell=bash disable=SC2034,SC2153 # names are shared with the script that reads this file
# deploy.sh cleanup: what destroy leaves on purpose and what piles up; lists it, asks, removes it.
# The list holds lines "kind<TAB>id<TAB>more<TAB>what it is".

command_cleanup() {
    need_account
    find_leftovers >"$SCRATCH/leftovers"
    if [ ! -s "$SCRATCH/leftovers" ]; then
        note 'Nothing to clean up.'
        return 0
    fi
    step "These are not needed by $NAME any more"
    cut -f 4 "$SCRATCH/leftovers" | sed 's/^/    /'
    confirm yes 'Type yes to remove them:'
    CHANGING='cleaning up'
    remove_leftovers
}

find_leftovers() {
    old_layers
    old_images
    orphaned_buckets
    orphaned_logs
    local_files
}

# shellcheck disable=SC2094 # the list is written first, and then only read
old_layers() { # versions of our layers before the ones that are deployed
    local current layer arn
    resources backend AWS::Lambda::LayerVersion >"$SCRATCH/layers.used"
    while read -r current; do
        layer=${current%:*}
        ask lambda list-layer-versions --layer-name "$layer" --query 'LayerVersions[].[LayerVersionArn]' \
            --output text >"$SCRATCH/layers" || continue
        while read -r arn; do
            [ "$arn" != None ] || continue
            ! grep -qxF "$arn" "$SCRATCH/layers.used" || continue
            printf 'layer\t%s\t%s\tlayer version %s\n' "$layer" "${arn##*:}" "$arn"
        done <"$SCRATCH/layers"
    done <"$SCRATCH/layers.used"
}

old_images() { # tags that are neither the latest nor in use by the page
    local repository tag current
    repository=$(output image RepositoryUri) current=$(output image ImageTag)
    [ -n "$repository" ] || return 0
    ask ecr describe-images --repository-name "${repository#*/}" --query 'imageDetails[].[imageTags[0]]' --output text >"$SCRATCH/tags" || return 0
    while read -r tag; do
        [ "$tag" != None ] && [ "$tag" != "$current" ] && [ "$tag" != "$(running_tag)" ] || continue
        printf 'image\t%s\t%s\timage %s:%s\n' "${repository#*/}" "$tag" "$repository" "$tag"
    done <"$SCRATCH/tags"
}

running_tag() {
    local definition image
    definition=$(ask ecs describe-services --cluster "$(output frontend ClusterName)" --services "$(output frontend ServiceName)" \
        --query 'services[0].taskDefinition' --output text) || return 0
    image=$(ask ecs describe-task-definition --task-definition "$definition" \
        --query 'taskDefinition.containerDefinitions[0].image' --output text) || return 0
    printf '%s\n' "${image##*:}"
}

orphaned_buckets() { # what a destroyed data stack kept: the log of who read which result
    local bucket owner
    [ -z "$(stack_state "$NAME-data")" ] || return 0
    ask s3api list-buckets --query "Buckets[?starts_with(Name, '$NAME-data-')].[Name]" --output text >"$SCRATCH/buckets" || return 0
    while read -r bucket; do
        [ "$bucket" != None ] || continue
        owner=$(ask s3api get-bucket-tagging --bucket "$bucket" \
            --query "TagSet[?Key=='aws:cloudformation:stack-name'].[Value]" --output text) || continue
        [ "$owner" = "$NAME-data" ] || continue
        printf 'bucket\t%s\t\tbucket %s with everything in it\n' "$bucket" "$bucket"
    done <"$SCRATCH/buckets"
}

orphaned_logs() { # log groups of ours whose stack is gone; exact names, since another name may begin like ours
    local group stack
    while read -r group stack; do
        [ -z "$(stack_state "$NAME-$stack")" ] || continue
        ask logs describe-log-groups --log-group-name-prefix "$group" --query 'logGroups[].[logGroupName]' --output text |
            grep -qxF "$group" || continue
        printf 'log\t%s\t\tlog group %s\n' "$group" "$group"
    done <<LIST
/aws/lambda/$NAME-data-analyst backend
/aws/lambda/$NAME-data-analyst-worker backend
/aws/lambda/$NAME-querybot backend
/$NAME/api-access backend
/$NAME/page frontend
/$NAME/image-build image
/$NAME/flow network
LIST
}

local_files() {
    local path
    for path in layers/build cdk/cdk.out; do
        [ ! -e "$ROOT/$path" ] || printf 'local\t%s\t\tlocal folder %s\n' "$path" "$path"
    done
}

remove_leftovers() {
    local kind id more what failed=0
    while IFS='|' read -r kind id more what; do
        if remove_one "$kind" "$id" "$more"; then
            note "removed: $what"
        else
            note "could not be removed: $what ($(why))"
            failed=$((failed + 1))
        fi
    done <<LIST
$(tr '\t' '|' <"$SCRATCH/leftovers")
LIST
    [ "$failed" = 0 ] || fail "$failed things could not be removed (above); all others are gone: run ./deploy.sh cleanup again."
}

remove_one() { # remove_one KIND ID MORE
    case $1 in
        layer) ask lambda delete-layer-version --layer-name "$2" --version-number "$3" ;;
        image) ask ecr batch-delete-image --repository-name "$2" --image-ids "imageTag=$3" >/dev/null ;;
        bucket) empty_bucket "$2" && ask s3api delete-bucket --bucket "$2" ;;
        log) ask logs delete-log-group --log-group-name "$2" ;;
        local) rm -rf "${ROOT:?}/$2" ;;
    esac
}
