# shellcheck shell=bash disable=SC2034,SC2153 # names are shared with the script that reads this file
# deploy.sh check: everything that must be there before a deployment, told as one list.

check_all() { # tells all findings; MISSING_COUNT says how many things are missing
    step "Checking what a deployment of $NAME needs"
    check_tools
    if check_access; then
        check_region
        check_stacks
        check_bootstrap
        check_models
        check_concurrency
        check_network_quotas
        check_existing_network
    fi
}

command_check() {
    check_all
    need_nothing_more 'Everything needed is there.'
}

need_nothing_more() { # need_nothing_more GOOD_NEWS: ends the script when something is missing
    case $MISSING_COUNT in
        0) note "$1" ;;
        1) fail "$MISSING_FIRST" ;;
        *) fail "$MISSING_COUNT things are missing; put right what the lines marked \"missing\" say and try again." ;;
    esac
}

check_tools() {
    good "bash ${BASH_VERSION%%(*}, $("$PYTHON" --version 2>&1)"
    good "options: $NAME, stacks $(fact stack | tr '\n' ' ')"
    check_plugin
    if [ -x "$ROOT/cdk/node_modules/.bin/cdk" ]; then
        good "CDK $("$ROOT/cdk/node_modules/.bin/cdk" --version 2>/dev/null | head -n 1)"
    else
        good 'the CDK is not set up yet; deploy does that, in the folder cdk/'
    fi
}

check_plugin() {
    [ -n "$(fact bastion)" ] || return 0
    if command -v session-manager-plugin >/dev/null 2>&1; then
        good 'Session Manager plugin (for ssh_tunnel.sh)'
    else
        warn 'the Session Manager plugin was not found; ssh_tunnel.sh will need it'
    fi
}

# The rest of the checks ask AWS, so without an answer here they are left out.
check_access() {
    if ! command -v aws >/dev/null 2>&1; then
        lack 'The AWS CLI is needed and was not found; install it (https://aws.amazon.com/cli) and try again.'
        return 1
    fi
    good "$(aws --version 2>&1 | cut -d ' ' -f 1)"
    find_region
    if [ -z "$REGION" ]; then
        lack "$NO_REGION"
        return 1
    fi
    if ! read_account; then
        lack "$(credentials_sentence)"
        return 1
    fi
    good "credentials of account $ACCOUNT, region $REGION"
}

check_region() {
    local elsewhere
    if has_stacks; then
        good "deployed in $REGION already"
        return 0
    fi
    elsewhere=$(other_region)
    if [ -n "$elsewhere" ]; then
        lack "$NAME is deployed in $elsewhere and not in $REGION: set AWS_REGION=$elsewhere, or choose another \"name\" for a second deployment."
    else
        good "nothing of $NAME is deployed yet"
    fi
}

check_stacks() {
    local stack state sentence
    for stack in $(fact stack); do
        state=$(stack_state "$stack")
        sentence=$(half_created "$stack" "$state")
        [ -z "$sentence" ] || lack "$sentence"
    done
}

half_created() { # half_created STACK STATE: what to do about it, or nothing
    case $2 in
        REVIEW_IN_PROGRESS | ROLLBACK_COMPLETE | ROLLBACK_FAILED | CREATE_FAILED)
            echo "The stack $1 was left half-created ($2): remove it with \`aws cloudformation delete-stack --stack-name $1\`, then deploy again." ;;
        UPDATE_ROLLBACK_FAILED | UPDATE_FAILED)
            echo "The stack $1 was left between two versions ($2): run \`aws cloudformation continue-update-rollback --stack-name $1\`, then deploy again." ;;
        DELETE_FAILED)
            echo "The stack $1 could not be deleted wholly ($2): run ./deploy.sh destroy again." ;;
        *_IN_PROGRESS)
            echo "The stack $1 is being changed right now ($2): wait until ./deploy.sh status shows it complete, then try again." ;;
    esac
}

BOOTSTRAP_PARAMETER=/cdk-bootstrap/hnb659fds/version

is_bootstrapped() {
    ask ssm get-parameter --name "$BOOTSTRAP_PARAMETER" --query Parameter.Value --output text >"$SCRATCH/bootstrap"
}

check_bootstrap() {
    if is_bootstrapped; then
        good "the CDK's own stack is there (version $(cat "$SCRATCH/bootstrap"))"
    elif absent; then
        good "the CDK's own stack (CDKToolkit) is not there yet; deploy makes it"
    else
        warn "whether the CDK's own stack is there could not be checked: $(why)"
    fi
}

# --- Bedrock

check_models() {
    local model region
    if [ -n "$(fact bedrock_endpoint)" ]; then
        warn 'model access could not be checked: the models are behind an endpoint of your own'
        return 0
    fi
    region=$(fact model_region)
    region=${region:-$REGION}
    for model in $(fact model); do
        check_model "$model" "$region"
    done
}

check_model() { # check_model MODEL REGION: a model's id, or an inference profile's
    local foundation=$1 found
    if is_profile "$1"; then
        foundation=$(foundation_of "$1" "$2") || { tell_unknown_model "$1" "$2"; return 0; }
    else
        is_served_by_its_own_id "$1" "$2" || return 0
    fi
    if found=$(ask bedrock get-foundation-model-availability --model-id "$foundation" --region "$2" --output text \
        --query '[authorizationStatus, agreementAvailability.status, entitlementAvailability, regionAvailability]'); then
        judge_model "$1" "$2" "$found"
    else
        check_model_is_listed "$1" "$foundation" "$2"
    fi
}

is_profile() {
    case $1 in
        global.* | us.* | us-gov.* | eu.* | apac.* | jp.* | au.* | ca.* | sa.* | arn:*:inference-profile/* | arn:*:application-inference-profile/*) return 0 ;;
        *) return 1 ;;
    esac
}

foundation_of() { # foundation_of PROFILE REGION: the model behind an inference profile
    local arn
    arn=$(ask bedrock get-inference-profile --inference-profile-identifier "$1" --region "$2" \
        --query 'models[0].modelArn' --output text) || return 1
    printf '%s\n' "${arn##*/}"
}

# Newer models answer through an inference profile only, and say so when the first question comes; better now.
is_served_by_its_own_id() { # is_served_by_its_own_id MODEL REGION: false when it is not, which is told
    local types
    if types=$(ask bedrock get-foundation-model --model-identifier "$1" --region "$2" \
        --query 'modelDetails.inferenceTypesSupported' --output text); then
        case $types in
            *ON_DEMAND*) return 0 ;;
            *) lack "$(needs_profile "$1" "$2")"; return 1 ;;
        esac
    fi
    # That there is no such model is told by what is asked next.
    ! unanswerable || warn "whether the model $1 answers to its own id in $2 could not be checked: $(why)"
}

needs_profile() { # needs_profile MODEL REGION: the sentence that names profiles to use instead
    local profiles
    if ! profiles=$(ask bedrock list-inference-profiles --region "$2" --type-equals SYSTEM_DEFINED --output text \
        --query "inferenceProfileSummaries[?models[?ends_with(modelArn, '/${1##*/}')]].[inferenceProfileId]"); then
        profiles=$(guessed_profiles "${1##*/}" "$2")
    fi
    profiles=$(printf '%s\n' "$profiles" | grep -v '^None$' | sort -u | paste -sd , - | sed 's/,/, /g')
    if [ -n "$profiles" ]; then
        echo "Bedrock serves the model $1 in $2 through an inference profile only: put one of its profiles in its place (models in the options): $profiles."
    else
        echo "Bedrock serves the model $1 in $2 neither by its own id nor through an inference profile: choose another model (models in the options) or another model_region."
    fi
}

guessed_profiles() { # guessed_profiles MODEL REGION: one a line, by how profiles are named in that part of the world
    case $2 in
        us-gov-*) echo "us-gov.$1"; return 0 ;;
        us-* | ca-*) echo "us.$1" ;;
        eu-*) echo "eu.$1" ;;
        ap-northeast-1 | ap-northeast-3) echo "jp.$1"; echo "apac.$1" ;;
        ap-southeast-2 | ap-southeast-4) echo "au.$1"; echo "apac.$1" ;;
        ap-*) echo "apac.$1" ;;
    esac
    echo "global.$1"
}

# Older endpoints do not tell availability; that the region lists the model is the next best thing.
check_model_is_listed() { # check_model_is_listed MODEL FOUNDATION REGION
    local listed
    if ! unanswerable; then
        tell_unknown_model "$1" "$3"
    elif listed=$(ask bedrock list-foundation-models --region "$3" --query 'modelSummaries[].[modelId]' --output text); then
        if printf '%s\n' "$listed" | grep -qxF "$2"; then
            warn "the model $1 exists in $3; whether this account has access could not be checked"
        else
            lack "$(no_such_model "$1" "$3")"
        fi
    else
        warn "access to the model $1 could not be checked: $(why)"
    fi
}

tell_unknown_model() { # tell_unknown_model MODEL REGION
    if unanswerable; then
        warn "access to the model $1 could not be checked: $(why)"
    else
        lack "$(no_such_model "$1" "$2")"
    fi
}

no_such_model() {
    echo "The model $1 is not offered in $2: choose another model (models in the options) or another model_region."
}

judge_model() { # judge_model MODEL REGION "AUTHORIZATION AGREEMENT ENTITLEMENT REGION"
    local authorization agreement entitlement offered
    read -r authorization agreement entitlement offered <<<"$3"
    if [ "$offered" = NOT_AVAILABLE ]; then
        lack "$(no_such_model "$1" "$2")"
    elif [ "$agreement" = NOT_AVAILABLE ] || [ "$entitlement" = NOT_AVAILABLE ]; then
        lack "This account has no access to the model $1 in $2: open it in the Bedrock console's model catalog (https://$2.console.aws.amazon.com/bedrock/home?region=$2#/model-catalog), fill in what it asks for (Anthropic wants the use case once), and try again."
    elif [ "$authorization" != AUTHORIZED ]; then
        lack "This account may not use the model $1 in $2: ask who administers the account to allow it (bedrock:InvokeModel, aws-marketplace:Subscribe, or an organization's policy), and try again."
    else
        [ "$agreement" != PENDING ] || warn "access to the model $1 was asked for and is not given yet"
        good "access to the model $1 in $2"
    fi
}

# --- quotas

check_concurrency() {
    local limit free needed reserved ours=0
    needed=$(fact concurrency_needed)
    reserved=$(fact reserved)
    if ! limit=$(ask lambda get-account-settings --output text \
        --query 'AccountLimit.[ConcurrentExecutions, UnreservedConcurrentExecutions]'); then
        warn "the quota of Lambda's concurrent executions could not be checked: $(why)"
        return 0
    fi
    read -r limit free <<<"$limit"
    [ -z "$(stack_state "$NAME-backend")" ] || ours=$(reserved_already)
    if [ $((free + ours)) -lt "$needed" ]; then
        lack "Lambda lets this account run $limit functions at once in $REGION, $((free + ours)) of them free; the options reserve $reserved and 100 must stay free: ask for at least $((limit + needed - free - ours)) in Service Quotas (\"Concurrent executions\"), or lower api_concurrency, worker_concurrency and querybot_concurrency."
    else
        good "Lambda's concurrent executions: $((free + ours)) free, $reserved to be reserved"
    fi
}

reserved_already() { # what our own functions hold of the account's concurrency
    local name one sum=0
    for name in data-analyst data-analyst-worker querybot; do
        one=$(ask lambda get-function-concurrency --function-name "$NAME-$name" \
            --query ReservedConcurrentExecutions --output text) || one=0
        case $one in '' | *[!0-9]*) one=0 ;; esac
        sum=$((sum + one))
    done
    printf '%s\n' "$sum"
}

check_network_quotas() { # only a network that is still to be made takes from them
    [ -z "$(fact vpc)" ] && [ -z "$(stack_state "$NAME-network")" ] || return 0
    check_quota vpc L-F678F1CE VPCs 1 'give an existing one (vpc_id)' \
        ec2 describe-vpcs --query 'Vpcs[].[VpcId]'
    [ -n "$(fact nat_gateways)" ] && [ "$(fact nat_gateways)" -gt 0 ] || return 0
    check_quota ec2 L-0263D0A3 'elastic IP addresses' "$(fact nat_gateways)" 'set egress to endpoints' \
        ec2 describe-addresses --query 'Addresses[].[PublicIp]'
}

check_quota() { # check_quota SERVICE CODE WHAT NEEDED INSTEAD COMMAND…: a listing whose lines are counted
    local service=$1 code=$2 what=$3 needed=$4 instead=$5 limit used
    shift 5
    if ! limit=$(ask service-quotas get-service-quota --service-code "$service" --quota-code "$code" \
        --query Quota.Value --output text) || ! ask "$@" --output text >"$SCRATCH/used"; then
        warn "the quota of $what could not be checked: $(why)"
        return 0
    fi
    limit=${limit%%.*}
    used=$(grep -cv '^None$' "$SCRATCH/used" || true)
    if [ $((used + needed)) -gt "$limit" ]; then
        lack "This account has $used of $limit $what in $REGION and $needed more needed: ask for more in Service Quotas ($service $code), or $instead."
    else
        good "quota of $what: $used of $limit used, $needed needed"
    fi
}

# --- an existing network

check_existing_network() {
    [ -n "$(fact vpc)" ] || return 0
    if ! describe_network; then
        warn "the existing network could not be checked: $(why)"
        return 0
    fi
    "$PYTHON" "$ROOT/tools/shell/network_findings.py" "$SCRATCH" >"$SCRATCH/findings"
    tell_findings "$SCRATCH/findings"
}

describe_network() { # every description goes to a file; what does not exist is an empty list there
    local vpc subnets
    vpc=$(fact vpc)
    subnets=$( (fact private && fact isolated) | paste -sd , -)
    describe vpcs --filters "Name=vpc-id,Values=$vpc" &&
        describe subnets --filters "Name=subnet-id,Values=$subnets" &&
        describe route-tables --filters "Name=vpc-id,Values=$vpc" &&
        describe vpc-endpoints --filters "Name=vpc-id,Values=$vpc" &&
        describe_source_groups
}

describe_source_groups() {
    local groups
    groups=$(fact source_group | cut -f 2 | sort -u | paste -sd , -)
    [ -n "$groups" ] || return 0
    describe security-groups --filters "Name=group-id,Values=$groups" &&
        describe security-group-rules --filters "Name=group-id,Values=$groups"
}

describe() { # describe WHAT ARGUMENT…
    local what=$1
    shift
    ask ec2 "describe-$what" "$@" --output json >"$SCRATCH/$what.json"
}
