"""The bill of one month, line by line: each line is one sum of quantities times prices."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from costing.from_code import endpoints, fixed
from costing.prices import HOURS, PriceFile

PROXY_CPUS = 2
"""RDS Proxy is charged for two processors at least."""
DAYS = 30
MB_PER_GB = 1024


@dataclass(frozen=True, kw_only=True)
class Case:
    """Whose bill it is: so many analysts, these options, this region."""

    analysts: int
    options: Any
    """A checked `Deployment`."""
    region: str
    prices: PriceFile

    def price(self, name: str, kind: str = "") -> float:
        """In dollars."""
        return self.prices.price(self.region, name, kind)

    def habit(self, name: str) -> float:
        """One of the usage's figures."""
        return float(self.prices.usage[name])

    @property
    def questions(self) -> float:
        """Of a month."""
        return self.analysts * self.habit("questions") * self.habit("working_days")

    @property
    def modelled(self) -> float:
        """Questions of a month that a model is asked for."""
        return self.questions * (1 - self.habit("answered_by_example"))

    @property
    def at_once(self) -> float:
        """Questions being answered at the busiest time."""
        an_hour = self.analysts * self.habit("questions") / self.habit("hours") * self.habit("peak")
        return an_hour * self.habit("seconds") / 3600

    @property
    def requests(self) -> float:
        """Calls of the API in a month."""
        looks = self.habit("seconds") * self.habit("looks_per_second")
        return self.questions * (looks + self.habit("other_requests"))

    @property
    def traffic_gb(self) -> float:
        """Through NAT or endpoints in a month."""
        return self.habit("traffic_gb_base") + self.questions * self.habit("traffic_mb") / MB_PER_GB


def bill(case: Case) -> dict[str, float]:
    """Dollars of a month by line."""
    lines: dict[str, Callable[[Case], float]] = {
        "models": models,
        "functions": functions,
        "API": api,
        "page": page,
        "database": database,
        "network": network,
        "bastion": bastion,
        "storage": storage,
        "logs": logs,
        "watch": watch,
    }
    return {name: line(case) for name, line in lines.items()}


def models(case: Case) -> float:
    """Tokens: SQL (with repairs), words, and one vector a question."""
    chosen, tokens, habit = case.options.models, case.prices.tokens, case.habit
    sql = tokens(chosen.sql, read=habit("draft_tokens_in"), written=habit("draft_tokens_out"))
    words = tokens(
        chosen.words or chosen.sql, read=habit("words_tokens_in"), written=habit("words_tokens_out")
    )
    vector = 0.0
    if case.options.embedder == "bedrock":
        vector = tokens(chosen.embedding, read=habit("embedding_tokens"), written=0)
    return case.modelled * (habit("drafts") * sql + words) + case.questions * vector


def functions(case: Case) -> float:
    """Memory times seconds, and calls."""
    memory = {name: mb / MB_PER_GB for name, mb in fixed().memory_mb.items()}
    gb_seconds = (
        memory["data-analyst"] * case.requests * case.habit("look_seconds")
        + memory["worker"] * case.questions * case.habit("seconds")
        + memory["querybot"] * case.modelled * case.habit("model_seconds")
    )
    calls = case.requests + case.questions + case.modelled * (case.habit("drafts") + 1)
    processor = case.options.architecture
    used = gb_seconds * case.price(f"lambda_gb_second_{processor}")
    return used + calls / 1e6 * case.price("lambda_requests_million") + _warm(case, sum(memory.values()))


def _warm(case: Case, memory_gb: float) -> float:
    """Environments that are kept warm."""
    if case.options.start != "provisioned":
        return 0.0
    price = case.price(f"lambda_provisioned_gb_second_{case.options.architecture}")
    environments: int = case.options.provisioned_environments
    return environments * memory_gb * HOURS * 3600 * price


def api(case: Case) -> float:
    """Requests, and the endpoint through which the page sends them."""
    own = 0 if case.options.existing_endpoints else fixed().zones
    return case.requests / 1e6 * case.price("api_requests_million") + own * HOURS * case.price(
        "endpoint_hour"
    )


def page(case: Case) -> float:
    """Tasks (more in working hours, when many pages are open), the load balancer, builds and images."""
    options, processor = case.options, case.options.architecture
    an_hour = options.ui_cpu / 1024 * case.price(f"fargate_cpu_hour_{processor}")
    an_hour += options.ui_memory_mb / MB_PER_GB * case.price(f"fargate_gb_hour_{processor}")
    at_work = min(options.ui_tasks_max, max(options.ui_tasks_min, _tasks(case)))
    work_hours = case.habit("working_days") * case.habit("hours")
    task_hours = options.ui_tasks_min * HOURS + (at_work - options.ui_tasks_min) * work_hours
    balancer = HOURS * (case.price("balancer_hour") + case.price("balancer_unit_hour"))
    return float(task_hours * an_hour + balancer + _image(case))


def _tasks(case: Case) -> int:
    return math.ceil(case.analysts / case.habit("analysts_per_task"))


def _image(case: Case) -> float:
    if case.options.ui_image_uri:
        return 0.0
    minutes = case.habit("build_minutes") * case.price(f"build_minute_{case.options.architecture}")
    return minutes + case.habit("image_gb") * case.price("image_gb")


def database(case: Case) -> float:
    """The instance and its disk, twice with a standby, and the proxy; backups up to the disk's size are free."""
    options = case.options
    kept = case.questions / DAYS * options.keep_questions_days * case.habit("question_kb") / MB_PER_GB**2
    one = HOURS * case.price("database_hour", options.database_instance)
    one += max(options.database_storage_gb, kept) * case.price("database_gb")
    proxy = PROXY_CPUS * HOURS * case.price("proxy_cpu_hour") if options.database_proxy else 0
    return float(one * (2 if options.database_multi_az else 1) + proxy)


def network(case: Case) -> float:
    """NAT gateways, or endpoints; an existing network is paid for already."""
    options = case.options
    if options.vpc_id:
        return 0.0
    if options.egress == "nat":
        an_hour = case.price("nat_hour") + case.price("public_address_hour")
        gateways: int = options.nat_gateways
        return gateways * HOURS * an_hour + case.traffic_gb * case.price("nat_gb")
    # The API's own endpoint is in the API's line, with either way out.
    count = (endpoints(options) - 1) * fixed().zones
    return count * HOURS * case.price("endpoint_hour") + case.traffic_gb * case.price("endpoint_gb")


def bastion(case: Case) -> float:
    """The tunnel's machine and its disk."""
    if not case.options.bastion:
        return 0.0
    machine = HOURS * case.price("instance_hour", case.options.bastion_instance)
    return machine + fixed().bastion_disk_gb * case.price("disk_gb")


def storage(case: Case) -> float:
    """Results and exports for as long as they are kept."""
    kept = case.questions / DAYS * case.options.keep_results_days * case.habit("result_mb") / MB_PER_GB
    return float(kept) * case.price("storage_gb") + case.questions / 1000 * case.price("storage_put_thousand")


def logs(case: Case) -> float:
    """Taken in, and kept."""
    gb = case.habit("log_gb_base") + case.questions * case.habit("log_kb") / MB_PER_GB**2
    months: float = case.options.log_days / DAYS
    return gb * (case.price("log_gb") + months * case.price("log_kept_gb"))


def watch(case: Case) -> float:
    """Alarms, dashboard, traces, secrets and the key."""
    has = fixed()
    flat = has.alarms * case.price("alarm") + case.price("dashboard")
    flat += has.secrets * case.price("secret") + has.keys * case.price("key")
    # Tracing takes a sample of the requests: one a second, and one in twenty of the rest.
    return flat + case.requests / 4 / 1e6 * case.price("trace_million")
