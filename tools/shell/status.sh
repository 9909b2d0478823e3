# shellcheck shell=bash disable=SC2034,SC2153 # names are shared with the script that reads this file
# deploy.sh status: what is there, how it is, and how to get in. Works on a deployment that is half there.
# Everything is gathered as lines "part<TAB>item<TAB>field<TAB>value", then shown as text or as JSON.

command_status() {
    need_account
    gather >"$SCRATCH/status"
    if [ -n "$JSON" ]; then
        "$PYTHON" "$ROOT/tools/shell/as_json.py" <"$SCRATCH/status"
        return 0
    fi
    step "Status of $NAME"
    awk -F '\t' -f "$ROOT/tools/shell/status.awk" "$SCRATCH/status"
}

told() { # told PART ITEM FIELD VALUE
    printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4"
}

gather() {
    told account "$ACCOUNT" region "$REGION"
    gather_stacks
    gather_drift
    gather_health
    gather_page
    gather_database
    gather_watch
    gather_access
}

gather_stacks() {
    local stack
    for stack in $(fact stack); do
        told stacks "$stack" state "$(stack_state "$stack" | grep . || echo 'not deployed')"
        told stacks "$stack" updated "$(stack_fact "$stack" Updated)"
    done
}

gather_drift() { # what is in force, and whether the options say something else
    local kind
    BUCKET=$(output data BucketName)
    plan documents "$SCRATCH" >"$SCRATCH/documents"
    for kind in $KINDS; do
        (read_deployed "$kind") 2>/dev/null || : >"$SCRATCH/$kind.now"
        told configuration "$kind" 'in force' "$(tr -d '\n' <"$SCRATCH/$kind.now" | tr '\t' ' ')"
        if [ ! -s "$SCRATCH/$kind.now" ]; then
            told configuration "$kind" options 'not configured yet'
        elif same "$kind"; then
            told configuration "$kind" options 'as the options say'
        else
            told configuration "$kind" options 'the options say something else (./deploy.sh configure)'
        fi
    done
}

ask_health() { # data-analyst's answer to GET /health, the one question that is answered to whoever asks
    local context='"stage":"v1","httpMethod":"GET","path":"/health","resourcePath":"/{proxy+}","protocol":"HTTP/1.1","identity":{"sourceIp":"127.0.0.1","userAgent":"deploy.sh"}'
    printf '{"resource":"/{proxy+}","path":"/health","httpMethod":"GET","headers":{},"multiValueHeaders":{},"queryStringParameters":null,"multiValueQueryStringParameters":null,"pathParameters":{"proxy":"health"},"stageVariables":null,"requestContext":{"requestId":"status-%s",%s},"body":null,"isBase64Encoded":false}' \
        "$$" "$context" >"$SCRATCH/event.json"
    invoke_data_analyst
}

# An errand is for whoever may invoke the function; nobody gets one through the API, where a token would be needed.
ask_errand() { # ask_errand OPERATION: data-analyst's answer to it
    printf '{"operation":"%s","request_id":"status-%s"}' "$1" "$$" >"$SCRATCH/event.json"
    invoke_data_analyst
}

invoke_data_analyst() { # sends event.json; the answer goes to answer.json
    local qualifier
    qualifier=$(fact qualifier)
    [ -n "$(output backend DataAnalystName)" ] || return 1
    ask lambda invoke --function-name "$(output backend DataAnalystName)" ${qualifier:+--qualifier "$qualifier"} \
        --payload "fileb://$SCRATCH/event.json" --query FunctionError --output text "$SCRATCH/answer.json" >"$SCRATCH/invoked"
}

gather_health() {
    if ask_health; then
        "$PYTHON" "$ROOT/tools/shell/health_lines.py" "$SCRATCH/answer.json"
    elif [ -z "$(output backend DataAnalystName)" ]; then
        told health data-analyst state 'not deployed'
    else
        told health data-analyst state "could not be asked: $(why)"
    fi
}

gather_page() {
    local cluster counts running desired
    cluster=$(output frontend ClusterName)
    if [ -z "$cluster" ]; then
        told page tasks state 'not deployed'
    elif counts=$(ask ecs describe-services --cluster "$cluster" --services "$(output frontend ServiceName)" \
        --query 'services[0].[runningCount, desiredCount]' --output text); then
        read -r running desired <<<"$counts"
        told page tasks state "$running of $desired running"
    else
        told page tasks state "could not be asked: $(why)"
    fi
    told page address url "$(output frontend PageUrl)"
}

gather_database() {
    local id state
    id=$(output data DatabaseId)
    if [ -z "$id" ]; then
        state='not deployed'
    elif ! state=$(ask rds describe-db-instances --db-instance-identifier "$id" \
        --query 'DBInstances[0].DBInstanceStatus' --output text); then
        state="could not be asked: $(why)"
    fi
    told database "${id:-database}" state "$state"
}

gather_watch() {
    local queue count alarms
    queue=$(output backend DeadLetterQueueUrl)
    if [ -n "$queue" ]; then
        count=$(ask sqs get-queue-attributes --queue-url "$queue" --attribute-names ApproximateNumberOfMessages \
            --query Attributes.ApproximateNumberOfMessages --output text) || count="could not be asked: $(why)"
        told watch 'dead letters' state "$count"
    fi
    [ -n "$(stack_state "$NAME-observe")" ] || return 0
    if alarms=$(ask cloudwatch describe-alarms --state-value ALARM --alarm-name-prefix "$NAME-" \
        --query 'MetricAlarms[].AlarmName' --output text); then
        [ "$alarms" != None ] || alarms=''
        told watch alarms state "$(printf '%s' "${alarms:-none}" | tr '\t' ' ')"
    else
        told watch alarms state "could not be asked: $(why)"
    fi
}

gather_access() {
    if [ -n "$(output access BastionId)" ] && [ -n "$(output frontend LoadBalancerDns)" ]; then
        told access tunnel command "./ssh_tunnel.sh${OPTIONS:+ --options $OPTIONS}"
    elif [ -z "$(fact bastion)" ]; then
        told access tunnel command 'none: the options have no bastion'
    fi
}

what_now() {
    [ -n "$(fact bastion)" ] || return 0
    step 'What now'
    note "Open the page: ./ssh_tunnel.sh${OPTIONS:+ --options $OPTIONS} --open"
}
