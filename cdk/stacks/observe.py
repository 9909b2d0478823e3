"""The watch: a dashboard to look at, alarms that write to somebody, and a budget."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from deployment import Deployment
from pieces.alarm_topic import alarm_topic
from pieces.alarms import Watched, alarms
from pieces.budget import monthly_budget
from pieces.dashboard import dashboard_rows
from stacks.backend import BackendStack
from stacks.data import DataStack
from stacks.frontend import FrontendStack


class ObserveStack(Stack):
    """Looks at the other stacks and changes nothing in them."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        data: DataStack,
        backend: BackendStack,
        frontend: FrontendStack,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, description=f"{deployment.name}: dashboard and alarms", **kwargs)
        watched = Watched(deployment=deployment, data=data, backend=backend, frontend=frontend)
        self.topic = alarm_topic(self, "Alarms", deployment=deployment)
        made = alarms(self, watched)
        for alarm in made:
            alarm.add_alarm_action(actions.SnsAction(self.topic))
            alarm.add_ok_action(actions.SnsAction(self.topic))
        self.dashboard = cloudwatch.Dashboard(
            self, "Dashboard", dashboard_name=deployment.name, widgets=dashboard_rows(watched, made)
        )
        if deployment.monthly_budget_usd:
            monthly_budget(self, "Budget", deployment=deployment, topic=self.topic)
        CfnOutput(self, "DashboardName", value=self.dashboard.dashboard_name)
        CfnOutput(self, "AlarmTopicArn", value=self.topic.topic_arn)
