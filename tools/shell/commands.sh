# shellcheck shell=bash disable=SC2034,SC2153 # names are shared with the script that reads this file
# deploy.sh: its commands, their help, and what is said when somebody interrupts.

COMMANDS='deploy redeploy destroy status configure build-layers cleanup check diff'

is_command() {
    case " $COMMANDS " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

command_deploy() {
    check_all
    need_nothing_more 'Everything needed is there.'
    set_up_tools
    build_layers_if_needed
    bootstrap_if_needed
    deploy_stacks network data backend image
    build_image
    deploy_stacks frontend access observe
    command_configure
    command_status
    what_now
}

command_redeploy() { # code only: what has not changed is left as it is
    need_account
    need_stacks
    need_whole_stacks
    set_up_tools
    build_layers_if_needed
    deploy_stacks backend image
    build_image
    deploy_stacks frontend
    if [ -z "$SOMETHING_NEW" ]; then
        note 'Nothing has changed since the last deployment.'
    else
        note 'The new code is deployed.'
    fi
}

need_whole_stacks() {
    local stack sentence
    for stack in $(fact stack); do
        sentence=$(half_created "$stack" "$(stack_state "$stack")")
        [ -z "$sentence" ] || fail "$sentence Nothing was changed."
    done
}

command_build_layers() {
    build_layers
}

command_diff() {
    need_account
    set_up_tools
    build_layers_if_needed
    step "Stacks: what a deployment would change"
    cdk_app diff || fail 'The difference could not be told (the lines above say why); nothing was changed.'
    if [ -n "$(output data BucketName)" ]; then
        parameters_difference
    else
        note 'The parameters are not there yet.'
    fi
}

said_state() { # what is said of a deployment under way
    if [ -n "$CHANGING" ]; then
        printf ' Now: %s.' "$(stacks_told)"
    else
        printf ' Nothing was changed in AWS.'
    fi
}

interrupted() {
    trap '' INT TERM
    if [ -n "$CHANGING" ]; then
        fail "Interrupted while $CHANGING; AWS may still be finishing it. Now: $(stacks_told). Run ./deploy.sh $COMMAND again to go on, or ./deploy.sh status to look." 130
    fi
    fail 'Interrupted; nothing was changed in AWS.' 130
}

# --- help

help_all() {
    cat <<'TEXT'
Usage: ./deploy.sh [--options FILE] [--yes] COMMAND

  check         say what is missing for a deployment; changes nothing
  deploy        check, then make or update everything, configure it, show it
  redeploy      code only: layers, functions, page
  diff          what deploy and configure would change
  configure     put sources, models and policies of the options in force, without deploying
  status        what is there and how it is (--json for programs)
  build-layers  build the functions' packages in layers/build
  cleanup       remove old images, orphaned logs and local builds; asks first
  destroy       remove everything but the database's last snapshot; asks first

  --options FILE  a JSON file laid over "deployment" in cdk/cdk.json
  --yes           do not ask
  --json          status as JSON
  --help          this, or with a command its own help

The account is that of your AWS credentials (AWS_PROFILE), the region that of AWS_REGION or your profile.
Exit codes: 0 done; 1 something is missing or failed, and one sentence says what to do; 2 wrong usage or a
wrong option; 130 interrupted.
TEXT
}

help_one() {
    printf 'Usage: ./deploy.sh [--options FILE] [--yes] %s%s\n\n' "$1" "$([ "$1" != status ] || printf ' [--json]')"
    help_text "$1"
    printf '\nExit codes: %s; 2 wrong usage or a wrong option; 130 interrupted.\n' "$(help_codes "$1")"
}

help_text() {
    case $1 in
        check) cat <<'TEXT' ;;
Lists what a deployment needs and finds: tools, credentials, region, options, Bedrock model access, quotas, an
existing network, half-created stacks. Everything is told, not only the first. Changes nothing.
TEXT
        deploy) cat <<'TEXT' ;;
Runs check, sets up the CDK, builds layers where their locks are newer, deploys network, data, backend and image,
has CodeBuild make the page's image, deploys frontend, access and observe, then configures and shows the status.
Run it again after any failure: what is done already is left as it is.
TEXT
        redeploy) cat <<'TEXT' ;;
Deploys code only: layers if their locks changed, functions, the page's image and the page.
TEXT
        diff) cat <<'TEXT' ;;
Shows what deploy would change in the stacks, and configure in the parameters. Changes nothing.
TEXT
        configure) cat <<'TEXT' ;;
Writes sources, models and policies of the options to Parameter Store, after showing what changes. The functions
use them within a minute. What they may not use yet is named: that needs ./deploy.sh deploy. Every version stays in
the bucket under configuration/.
TEXT
        status) cat <<'TEXT' ;;
Shows stacks, health, page, database, dead letters, alarms, configuration and the command for the tunnel. Works on
a deployment that is half there.
TEXT
        build-layers) cat <<'TEXT' ;;
Builds the packages of the functions for their platform in layers/build, without Docker.
TEXT
        cleanup) cat <<'TEXT' ;;
Lists and then removes old layer versions, old images, log groups of stacks that are gone, layers/build and
cdk/cdk.out. Asks first; --yes does not ask.
TEXT
        destroy) cat <<'TEXT' ;;
Names what would be lost, asks for the deployment's name (--yes does not ask), turns protection off, empties the
buckets, removes all stacks and parameters. The database's last snapshot is kept, and its id is told.
TEXT
    esac
}

help_codes() {
    case $1 in
        check) echo '0 everything is there; 1 something is missing' ;;
        status) echo '0 shown, whatever is deployed; 1 AWS could not be asked' ;;
        *) echo '0 done; 1 failed, and one sentence says what is left half-done' ;;
    esac
}
