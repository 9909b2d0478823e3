"""A cloud on this machine with the product deployed to it by its own script."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import psutil
from houses import execute
from place import ACCOUNT, REGION
from tcp_postgres import HOST, TcpPostgres, free_port

from analyst.local import bound_child
from analyst.local.model_file import ModelFetch
from analyst.local.up import MODEL_PARTS
from analyst.settings import Settings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
READY_SECONDS = 60
SECOND_TRY_SECONDS = 16
"""Between an event that was lost and its second try: longer than a lost worker's lease, as in AWS (a minute)."""
REAL_KEY = "k" * 43
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
ANNA = "anna"
"""Who asks where a test does not say it."""
TICKET = re.compile(r"/\?ticket=(k8s-aws-v1\.[A-Za-z0-9_-]+)")


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(kw_only=True)
class Cloud:
    """The running cloud, its database and its models, and a clean copy of this project to deploy from."""

    base: Path
    database: TcpPostgres
    endpoint: str
    server: subprocess.Popen[bytes]
    seen: Path
    real_port: int
    """Where the endpoint looks for the real model."""
    options: dict[str, Any] = field(default_factory=dict)
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    """The AWS credentials of each person who has come."""
    tokens: dict[str, str] = field(default_factory=dict)
    """What each person is known by."""

    @property
    def copy(self) -> Path:
        """The copy of the project."""
        return self.base / "copy"

    @property
    def options_file(self) -> Path:
        """What --options names."""
        return self.base / "options.json"

    @property
    def name(self) -> str:
        """The deployment's name."""
        name: str = self.options["name"]
        return name

    def choose(self, **changes: Any) -> None:
        """Write the options file, with changes."""
        self.options |= changes
        self.options_file.write_text(json.dumps(self.options, indent=4), encoding="utf-8")

    # --- as whoever deploys

    @cached_property
    def environment(self) -> dict[str, str]:
        """Of the scripts: the endpoint, keys that open nothing, a home of their own."""
        foreign = ("AWS_", "ANALYST_", "CDK_", "XDG_", "VIRTUAL_ENV", "PYTHONPATH", "PYTEST")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        programs = self.base / "bin"
        programs.mkdir(exist_ok=True)
        (programs / "aws").symlink_to(Path(cloud_python()).parent / "aws")
        return {
            **kept,
            **KEYS,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.base / "home"),
            # What was downloaded once is not downloaded again.
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
            "NPM_CONFIG_CACHE": os.environ.get("NPM_CONFIG_CACHE", str(Path.home() / ".npm")),
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": HOST,
            "no_proxy": HOST,
        }

    def run(
        self, *command: str, seconds: float = 600, answer: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """One of the project's scripts, in the copy, with the options."""
        return subprocess.run(
            [f"./{command[0]}", "--options", str(self.options_file), *command[1:]],
            cwd=self.copy,
            env={**self.environment, **environment},
            input=answer,
            capture_output=True,
            text=True,
            timeout=seconds,
        )

    # --- as whoever looks into the account

    def client(self, service: str) -> Any:
        """A client of one of the cloud's services."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        )

    def stacks(self) -> dict[str, str]:
        """The deployment's stacks and their states."""
        found = self.client("cloudformation").describe_stacks()["Stacks"]
        ours = (stack for stack in found if stack["StackName"].startswith(f"{self.name}-"))
        return {stack["StackName"]: stack["StackStatus"] for stack in ours}

    def buckets(self) -> list[str]:
        """The deployment's buckets."""
        found = (bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"])
        return [name for name in found if name.startswith(f"{self.name}-")]

    def output(self, part: str, key: str) -> str:
        """An output of a stack."""
        stacks = self.client("cloudformation").describe_stacks(StackName=f"{self.name}-{part}")["Stacks"]
        found = {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}
        value: str = found[key]
        return value

    def secret(self, arn: str) -> str:
        """A secret's text."""
        value: str = self.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
        return value

    def dead_letters(self) -> list[dict[str, Any]]:
        """The events that were given up."""
        queue = self.client("sqs")
        url = self.output("backend", "DeadLetterQueueUrl")
        found = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [json.loads(message["Body"]) for message in found.get("Messages", [])]

    def make_real_database(self) -> None:
        """What RDS would have done: the role of the generated secret, and its database."""
        found = json.loads(self.secret(self.output("data", "DatabaseSecretArn")))
        assert (found["host"], int(found["port"])) == (HOST, self.database.port)
        self.database.add_role(found["username"], found["password"])
        self.database.add_database(found["dbname"], owner=found["username"])
        # RDS lets its first role create it.
        execute(self.database.url(found["dbname"]), "CREATE EXTENSION vector")

    def asked(self, purpose: str) -> list[str]:
        """The texts that models were asked, in their order, for "sql", "words" or "embedding"."""
        lines = self.seen.read_text(encoding="utf-8").splitlines() if self.seen.exists() else []
        found = (json.loads(line) for line in lines)
        return [line["text"] for line in found if line["purpose"] == purpose]

    def environments(self, function: str) -> list[psutil.Process]:
        """The processes in which a function runs right now."""
        wanted = f"{self.name}-{function}"
        return [
            process
            for process in psutil.Process(self.server.pid).children(recursive=True)
            if _variable(process, "AWS_LAMBDA_FUNCTION_NAME") == wanted
        ]

    def lose(self, *functions: str) -> None:
        """Kill every environment of these functions, as a lost machine does."""
        lost = [process for function in functions for process in self.environments(function)]
        assert lost
        for process in lost:
            process.kill()
        psutil.wait_procs(lost, timeout=10)

    # --- as people

    def arn(self, name: str) -> str:
        """Somebody as IAM calls them."""
        return f"arn:aws:iam::{ACCOUNT}:user/{name}"

    def ticket(self, name: str) -> str:
        """What the tunnel's script makes of somebody's own AWS credentials."""
        if name not in self.people:
            iam = self.client("iam")
            iam.create_user(UserName=name)
            made = iam.create_access_key(UserName=name)["AccessKey"]
            self.people[name] = {
                "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
            }
        done = self.run("ssh_tunnel.sh", "--direct", **self.people[name])
        found = TICKET.search(done.stdout)
        assert found, done.stdout + done.stderr
        return found[1]

    def token(self, name: str) -> str:
        """What the API knows somebody by, once they have shown a ticket."""
        if name not in self.tokens:
            entered = self.call("POST", "/entry", {"ticket": self.ticket(name)}, token="")
            assert entered.status == 201, entered
            self.tokens[name] = entered.document["token"]
        return self.tokens[name]

    # --- as the page

    @cached_property
    def key(self) -> str:
        """The API key, from where the page gets it."""
        return self.secret(self.output("backend", "ApiKeySecretArn"))

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        by: str = ANNA,
        token: str | None = None,
    ) -> Answered:
        """One request to the deployed API by somebody, or with that token; with none where it is empty."""
        at = f"{self.api_url}{path}"
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(at, data, method=method)
        request.add_header("content-type", "application/json")
        request.add_header("x-api-key", self.key if key is None else key)
        if sent := self.token(by) if token is None else token:
            request.add_header("authorization", f"Bearer {sent}")
        try:
            with _OPENER.open(request, timeout=60) as response:
                return Answered(status=response.status, headers=dict(response.headers), body=response.read())
        except urllib.error.HTTPError as error:
            return Answered(status=error.code, headers=dict(error.headers), body=error.read())

    @cached_property
    def api_url(self) -> str:
        """Where the cloud serves the deployed API."""
        return f"{self.endpoint}/restapis/{self.output('backend', 'ApiId')}/v1/_user_request_"

    @property
    def page_log(self) -> Path:
        """What the page logs."""
        return self.base / "page.log"

    def ask(self, question: str, *, by: str = ANNA, **fields: Any) -> str:
        """Put a question; its id."""
        asked = self.call("POST", "/query", {"question": question, **fields}, by=by)
        assert asked.status == 202, asked
        query_id: str = asked.document["query_id"]
        return query_id

    def ended(self, query_id: str, *, by: str = ANNA, seconds: float = 60) -> dict[str, Any]:
        """Wait for a question to end; its document."""
        deadline = time.monotonic() + seconds
        while True:
            document: dict[str, Any] = self.call("GET", f"/query/{query_id}", by=by).document
            if document["status"] not in ("queued", "running"):
                return document
            assert time.monotonic() < deadline, document
            time.sleep(0.3)

    def wait_asked(self, question: str, count: int = 1, *, seconds: float = 60) -> None:
        """Wait until the model has been asked for SQL for this question so many times."""
        deadline = time.monotonic() + seconds
        while sum(question in text for text in self.asked("sql")) < count:
            assert time.monotonic() < deadline, self.asked("sql")
            time.sleep(0.1)

    def wait_served(self, *, seconds: float = 90) -> None:
        """Wait until the API says that all is well."""
        deadline = time.monotonic() + seconds
        while (found := self.call("GET", "/health", token="")).status != 200:
            assert time.monotonic() < deadline, found
            time.sleep(0.5)


_BOUND = (
    *(sys.executable, "-I", "-S", bound_child.__file__),
    *("--parent", str(os.getpid()), "--signal", str(int(signal.SIGTERM)), "--"),
)
"""Begins a command that leads a process group of its own and ends when we do."""

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def cloud_python() -> str:
    """The Python that the cloud runs on, and the functions in it: that of its own environment where it is."""
    own = ROOT / ".venv-cloud" / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def _variable(process: psutil.Process, name: str) -> str:
    try:
        return process.environ().get(name, "")
    except psutil.Error:
        return ""


def _platform_options() -> dict[str, str]:
    """Functions run on the cloud's own Python, so layers are built for it."""
    code = "import sys; print(*sys.version_info[:2], sep='.')"
    version = subprocess.run([cloud_python(), "-c", code], capture_output=True, text=True, check=True)
    arm = platform.machine().lower() in ("aarch64", "arm64")
    return {"architecture": "arm64" if arm else "x86_64", "python": version.stdout.strip()}


def copy_of_the_tree(target: Path) -> None:
    """What a clone would hold, with what is not committed yet."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


@contextmanager
def running_models(base: Path, *, real_port: int) -> Iterator[tuple[str, Path]]:
    """The Bedrock-shaped endpoint: its URL, and the file of what it was asked.

    What is not in its table of cases it asks of the real model, which may be started on that port.
    """
    seen = base / "seen.jsonl"
    command = [sys.executable, str(HERE / "bedrock_endpoint.py"), "--cases", str(HERE / "cases.jsonl")]
    command += ["--seen", str(seen), "--bridge", f"http://{HOST}:{real_port}/v1", "--key", REAL_KEY]
    process = subprocess.Popen([*_BOUND, *command], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), seen
    finally:
        _end(process)


@contextmanager
def running_real_model(cloud: Cloud) -> Iterator[None]:
    """The local model's server, where the endpoint looks for it."""
    file = ModelFetch(folder=Settings.read().cache, parts=MODEL_PARTS).get()
    key = cloud.base / "real.key"
    key.write_text(REAL_KEY, encoding="ascii")
    command = [sys.executable, "-m", "analyst.local.model_server", "--model", str(file)]
    command += ["--port", str(cloud.real_port), "--key-file", str(key), "--parent", str(os.getpid())]
    with (cloud.base / "real.log").open("wb") as log:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "code")}
        process = subprocess.Popen([*_BOUND, *command], env=environment, stdout=log, stderr=log)
    try:
        _await(f"http://{HOST}:{cloud.real_port}/health", process, cloud.base / "real.log")
        yield
    finally:
        _end(process)


@contextmanager
def running_page(cloud: Cloud) -> Iterator[str]:
    """The page with the address and the key that its container gets; where it is served."""
    port = free_port()
    app = cloud.copy / "streamlit" / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.address", HOST]
    environment = {
        **os.environ,
        "PYTHONPATH": str(cloud.copy / "code"),
        "ANALYST_API_URL": cloud.api_url,
        "ANALYST_API_KEY": cloud.key,
        "ANALYST_ENTRANCE": "aws",
    }
    with cloud.page_log.open("wb") as log:
        process = subprocess.Popen(
            [*_BOUND, *command, "--server.port", str(port)], env=environment, stdout=log, stderr=log
        )
    try:
        _await(f"http://{HOST}:{port}/_stcore/health", process, cloud.page_log)
        yield f"http://{HOST}:{port}"
    finally:
        _end(process)


@contextmanager
def running_ministack(base: Path, *, database_port: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """MiniStack with nothing of our environment and folders of its own: its URL, and its process."""
    port = free_port()
    for name in ("tmp", "s3", "state", "ministack-home"):
        (base / name).mkdir()
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(base / "ministack-home"),
        "TMPDIR": str(base / "tmp"),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",
        "STATE_DIR": str(base / "state"),
        "S3_DATA_DIR": str(base / "s3"),
        "DOCKER_HOST": f"unix://{base}/no-docker.sock",
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": str(SECOND_TRY_SECONDS),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_PROXY": "*",
    }
    command = [cloud_python(), str(HERE / "ministack_server.py"), "--database-port", str(database_port)]
    with (base / "ministack.log").open("wb") as log:
        process = subprocess.Popen(
            [*_BOUND, *command], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        url = f"http://{HOST}:{port}"
        _await(f"{url}/_ministack/ready", process, base / "ministack.log")
        yield url, process
    finally:
        _end(process)


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            with _OPENER.open(url, timeout=2):
                return
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)


def _end(process: subprocess.Popen[Any]) -> None:
    """End a process and all that it started."""
    if process.poll() is not None:
        return
    left = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for number in (signal.SIGTERM, signal.SIGKILL):
        if left:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            _, left = psutil.wait_procs(left, timeout=3)
    assert left == [], "processes of the local cloud are left"


@contextmanager
def running_cloud(base: Path) -> Iterator[Cloud]:
    """An empty cloud, a source to ask, models, a clean copy of the project and its options."""
    for name in ("home", "copy", "database"):
        (base / name).mkdir()
    (base / "database").chmod(0o755)
    copy_of_the_tree(base / "copy")
    real_port = free_port()
    with (
        TcpPostgres(base / "database") as database,
        running_models(base, real_port=real_port) as (models, seen),
        running_ministack(base, database_port=database.port) as (endpoint, server),
    ):
        cloud = Cloud(
            base=base, database=database, endpoint=endpoint, server=server, seen=seen, real_port=real_port
        )
        cloud.options = json.loads((HERE / "options.json").read_text(encoding="utf-8"))
        cloud.choose(**_platform_options(), bedrock_endpoint_url=models, sources=[_shop(cloud)])
        yield cloud


def _shop(cloud: Cloud) -> dict[str, Any]:
    """The database that is asked, with a reader whose password is a secret of the account."""
    password = "a password with 'quotes' and %"
    cloud.database.add_role("reader", password)
    execute(cloud.database.url(), "CREATE DATABASE shop")
    execute(cloud.database.url("shop"), (HERE / "shop.sql").read_text(encoding="utf-8"))
    execute(cloud.database.url("shop"), "GRANT SELECT ON orders TO reader")
    secret = cloud.client("secretsmanager").create_secret(
        Name="shop-reader", SecretString=json.dumps({"username": "reader", "password": password})
    )
    return {
        "name": "shop",
        "engine": "postgres",
        "address": f"{HOST}:{cloud.database.port}",
        "database": "shop",
        "secret_arn": secret["ARN"],
        "tls": "disable",
    }
