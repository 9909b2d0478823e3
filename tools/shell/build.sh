# shellcheck shell=bash disable=SC2034,SC2153 # names are shared with the script that reads this file
# What deploy.sh does to build: the tools, the layers, the stacks, the page's image.

set_up_tools() { # the CDK for this folder; instant when it is there already
    step 'Setting up the CDK (in cdk/)'
    "$PYTHON" "$ROOT/tools/prepare.py" deploy || fail 'The CDK could not be set up; mend what the lines above say and try again. Nothing was changed.'
    find_python
}

cdk() { # cdk ARGUMENT…: the CDK on this app, with the options
    PATH="$ROOT/cdk/.venv/bin:$PATH" CDK_DISABLE_CLI_TELEMETRY=true \
        "$ROOT/cdk/node_modules/.bin/cdk" "$@"
}

cdk_app() { # cdk_app ARGUMENT…
    (cd "$ROOT/cdk" && cdk "$@" --no-notices ${OPTIONS:+-c "options=$OPTIONS"})
}

# --- layers

layers_script() { # layers_script ARGUMENT…: layers/build.sh for this deployment's platform
    local minilm='' rds=--without-rds bundle
    ! fact layer | grep -qx minilm || minilm=--with-minilm
    ! fact layer | grep -qx rds || rds=''
    bundle=$(fact rds_bundle)
    "$ROOT/layers/build.sh" --architecture "$(fact architecture)" --python "$(fact python)" $minilm $rds \
        ${bundle:+--rds-bundle "$bundle"} "$@"
}

build_layers() {
    step "Building the layers for Python $(fact python) on $(fact architecture)"
    layers_script || fail "The layers could not be built; mend what the lines above say and run ./deploy.sh build-layers.$(said_state)"
}

build_layers_if_needed() {
    if layers_script --check >/dev/null 2>&1; then
        note "The layers are up to date ($(fact layers))."
    else
        build_layers
        SOMETHING_NEW=yes
    fi
}

# --- stacks

bootstrap_if_needed() { # from another folder: inside cdk/ it would overwrite what was synthesized
    is_bootstrapped && return 0
    absent || return 0
    step "Making the CDK's own stack (CDKToolkit) in account $ACCOUNT, region $REGION"
    CHANGING='making the stack CDKToolkit'
    (cd "$SCRATCH" && cdk bootstrap "aws://$ACCOUNT/$REGION") ||
        fail "The stack CDKToolkit could not be made; mend what the lines above say and run ./deploy.sh deploy again. Nothing of $NAME was changed."
}

deploy_stacks() { # deploy_stacks PART…: those of them that the options want
    local part stack wanted=''
    for part in "$@"; do
        stack=$NAME-$part
        ! fact stack | grep -qxF "$stack" || wanted="$wanted $stack"
    done
    step "Deploying$wanted"
    CHANGING="deploying$wanted"
    # shellcheck disable=SC2086 # names of stacks hold no blanks
    if ! cdk_app deploy $wanted --require-approval never --progress events 2>&1 | tee "$SCRATCH/cdk.log"; then
        fail "The deployment stopped (the lines above say why); now: $(stacks_told). Mend it and run ./deploy.sh deploy again, or ./deploy.sh destroy."
    fi
    forget_stacks
    # shellcheck disable=SC2086
    [ "$(grep -c 'no changes' "$SCRATCH/cdk.log")" -ge "$(set -- $wanted; echo $#)" ] || SOMETHING_NEW=yes
}

# --- the page's image

build_image() {
    local repository tag build
    [ -n "$(fact builds_image)" ] || return 0
    repository=$(output image RepositoryUri) tag=$(output image ImageTag)
    if image_exists "${repository#*/}" "$tag"; then
        note "The page's image $tag is in the repository already."
        return 0
    fi
    step "Building the page's image $tag in CodeBuild"
    CHANGING="building the page's image"
    build=$(ask codebuild start-build --project-name "$(output image BuildProject)" --query build.id --output text \
        --environment-variables-override "name=TAG,value=$tag,type=PLAINTEXT") ||
        fail "The image build could not be started ($(why)); now: $(stacks_told). Run ./deploy.sh deploy again."
    follow_build "$build"
    SOMETHING_NEW=yes
}

image_exists() { # image_exists REPOSITORY TAG
    ask ecr describe-images --repository-name "$1" --image-ids "imageTag=$2" --query 'imageDetails[0].imageDigest' \
        --output text >/dev/null
}

follow_build() { # follow_build ID: every new phase is a line; ends with the build
    local id=$1 line state='' phase='' shown='' began=$SECONDS
    while :; do
        if line=$(ask codebuild batch-get-builds --ids "$id" --query 'builds[0].[buildStatus, currentPhase]' --output text); then
            read -r state phase <<<"$line"
        fi
        if [ "$phase" != "$shown" ]; then
            note "$phase ($((SECONDS - began)) s)"
            shown=$phase
        fi
        case $state in
            SUCCEEDED) return 0 ;;
            IN_PROGRESS | '') sleep 5 ;;
            *) tell_failed_build "$id" "$state" ;;
        esac
    done
}

tell_failed_build() { # tell_failed_build ID STATE: its last log lines, and where all of them are
    local where group stream
    where=$(ask codebuild batch-get-builds --ids "$1" --query 'builds[0].logs.[groupName, streamName]' --output text) || where=''
    read -r group stream <<<"$where"
    if [ -n "$stream" ]; then
        ask logs get-log-events --log-group-name "$group" --log-stream-name "$stream" --limit 20 \
            --query 'events[].[message]' --output text | sed 's/^/    /' || true
    fi
    fail "The page's image could not be built ($2; ./view_logs.sh build shows the whole log ${group:-}); the functions are deployed and the page is as before: mend it and run ./deploy.sh deploy again."
}
