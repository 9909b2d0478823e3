"""ssh_tunnel.sh: what it needs, how it connects, that it comes back, and that nothing of it stays."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from typing import Any

import pytest
from script_desk import HERE, Desk

MADE = json.loads((HERE / "answers" / "healthy" / "eks" / "get-token.json").read_text())
TICKET = MADE["status"]["token"]
SIGN_IN = {
    "ui_domain": "data.example.com",
    "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/1",
    "oidc_issuer": "https://login.example.com",
    "oidc_authorization_endpoint": "https://login.example.com/authorize",
    "oidc_token_endpoint": "https://login.example.com/token",
    "oidc_user_info_endpoint": "https://login.example.com/userinfo",
    "oidc_client_id": "page",
    "oidc_client_secret_arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:page-AbCdEf",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """The output up to a line with these words."""
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"{words!r} was not said: {said}{process.stderr and process.stderr.read()}")


def refused(desk: Desk, *more: str) -> str:
    """The one sentence of a tunnel that was not opened."""
    done = desk.run("ssh_tunnel.sh", "-l", str(free_port()), *more)
    assert done.returncode == 1, done.stdout
    assert done.stderr.count("\n") == 1
    assert desk.calls("ssh") == desk.changes == []
    return done.stderr.strip()


def test_the_page_is_reached(desk: Desk) -> None:
    port = free_port()
    process = desk.start("ssh_tunnel.sh", "-l", str(port), "--open")
    assert f"http://localhost:{port}" in read_until(process, "The page is at")
    read_until(process, f"http://localhost:{port}/?ticket={TICKET}\n")
    desk.wait_for("xdg-open")
    os.kill(process.pid, signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert "The tunnel is closed." in out
    command = desk.calls("ssh")[0]
    assert f"127.0.0.1:{port}:internal-analyst-page-1.eu-west-1.elb.amazonaws.com:80" in command
    assert command[-1] == "ec2-user@i-0123456789abcdef0"
    assert any(
        word == "ProxyCommand=aws ssm start-session --target %h --document-name AWS-StartSSHSession "
        "--parameters portNumber=%p"
        for word in command
    )
    key = desk.calls("send-ssh-public-key")[0]
    assert key[key.index("--instance-os-user") + 1] == "ec2-user"
    assert not os.path.exists(command[command.index("-i") + 1])
    with socket.socket() as probe:
        time.sleep(0.5)
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_ctrl_c_ends_it_in_peace(desk: Desk) -> None:
    process = desk.start("ssh_tunnel.sh", "-l", str(free_port()))
    read_until(process, "The page is at")
    _, err = desk.interrupt(process)
    assert (process.returncode, err) == (0, "")


def test_it_connects_again_with_a_new_key(desk: Desk) -> None:
    (desk.folder / "ssh").write_text("drop\nfail connection closed\n\n")
    process = desk.start("ssh_tunnel.sh", "-l", str(free_port()))
    read_until(process, "The page is at")
    said = read_until(process, "The page is at")
    desk.interrupt(process)
    assert "connection closed" in said
    assert len(desk.calls("send-ssh-public-key")) == len(desk.calls("ssh-keygen")) == 3
    assert len(desk.calls("get-token")) == 1, "who is signed in stays so"
    assert TICKET in said and said.index(TICKET) < said.index("connection closed")


def test_it_does_not_try_forever(desk: Desk) -> None:
    (desk.folder / "ssh").write_text("fail Permission denied (publickey).\n")
    done = desk.run("ssh_tunnel.sh", "-l", str(free_port()))
    assert done.returncode == 1
    assert done.stderr.startswith(
        "The tunnel could not be opened in 6 attempts (Permission denied (publickey).)"
    )
    pauses = [float(call[1]) for call in desk.calls("sleep") if float(call[1]) >= 1]
    assert pauses == [1, 2, 4, 8, 16]


def with_https(desk: Desk, **more: Any) -> None:
    """The deployment has a name and a certificate, and what is given."""
    desk.options(**{key: SIGN_IN[key] for key in ("ui_domain", "certificate_arn")}, **more)
    path = HERE / "answers" / "healthy" / "cloudformation" / "describe-stacks.analyst_frontend.json"
    answer = json.loads(
        path.read_text().replace(
            "http://internal-analyst-page-1.eu-west-1.elb.amazonaws.com", "https://data.example.com"
        )
    )
    desk.answer("cloudformation/describe-stacks.analyst_frontend", answer)


def test_the_ticket_is_made_for_this_deployment_and_stays_out_of_sight(desk: Desk) -> None:
    port = free_port()
    process = desk.start("ssh_tunnel.sh", "-l", str(port), "--open")
    read_until(process, TICKET)
    desk.wait_for("xdg-open")
    (call,) = desk.calls("get-token")
    assert call == [
        "aws",
        "eks",
        "get-token",
        "--cluster-name",
        "data-analyst-bi.analyst",
        "--output",
        "json",
    ]
    desk.interrupt(process)
    rights, page = (desk.folder / "opened").read_text().split("\n", 1)
    assert f'url=http://localhost:{port}/?ticket={TICKET}"' in page
    assert rights == "0", "nobody else can read it"
    assert not any(TICKET in word for one in desk.log for word in one["args"])


def test_a_fresh_address_for_a_tunnel_that_is_up(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as tunnel:
        port = tunnel.getsockname()[1]
        done = desk.run("ssh_tunnel.sh", "--ticket", "-l", str(port))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f" http://localhost:{port}/?ticket={TICKET}\n")
    assert desk.calls("ssh") == desk.calls("ssh-keygen") == desk.calls("xdg-open") == desk.changes == []


def test_a_fresh_address_needs_a_tunnel(desk: Desk) -> None:
    port = free_port()
    assert refused(desk, "--ticket", "-l", str(port)) == (
        f"No tunnel is up on port {port}: run ./ssh_tunnel.sh, or name the port of yours with -l."
    )


def test_a_fresh_address_needs_neither_ssh_nor_a_bastion(desk: Desk) -> None:
    for program in ("ssh", "ssh-keygen", "session-manager-plugin"):
        desk.without(program)
    desk.options(bastion=False)
    desk.stack("analyst-access", "DELETE_COMPLETE")
    done = desk.run("ssh_tunnel.sh", "--direct", "--open")
    assert (done.returncode, done.stderr) == (0, "")
    address = f"http://internal-analyst-page-1.eu-west-1.elb.amazonaws.com/?ticket={TICKET}"
    assert done.stdout.endswith(f" {address}\n")
    assert address in (desk.folder / "opened").read_text()


def test_with_a_certificate_the_ticket_goes_to_the_pages_name(desk: Desk) -> None:
    with_https(desk)
    process = desk.start("ssh_tunnel.sh", "-l", str(port := free_port()))
    said = read_until(process, "ticket=")
    desk.interrupt(process)
    assert f"https://data.example.com:{port}/?ticket={TICKET}\n" in said
    assert '"127.0.0.1 data.example.com" must stand in /etc/hosts' in said


def test_where_people_sign_in_with_oidc_there_are_no_tickets(desk: Desk) -> None:
    with_https(desk, **{key: text for key, text in SIGN_IN.items() if key.startswith("oidc")})
    process = desk.start("ssh_tunnel.sh", "-l", str(port := free_port()), "--open")
    read_until(process, "The page is at")
    desk.wait_for("xdg-open", f"https://data.example.com:{port}")
    out, _ = desk.interrupt(process)
    assert desk.calls("get-token") == [] and "ticket" not in out
    assert refused_sentence(desk, "--direct") == (
        "People sign in at the load balancer of analyst, so there are no tickets: open https://data.example.com."
    )


def refused_sentence(desk: Desk, *arguments: str) -> str:
    done = desk.run("ssh_tunnel.sh", *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stdout + done.stderr
    return done.stderr.strip()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("aws: error: argument operation: Invalid choice, valid choices are:", "This AWS CLI is too old"),
        ("Unable to locate credentials. You can configure credentials.", "No AWS credentials were found"),
        ("Error when retrieving token from sso: Token has expired", "The AWS credentials have expired"),
        ("An error occurred (AccessDenied) when calling AssumeRole: no", "With these credentials no ticket"),
        ({"kind": "ExecCredential", "apiVersion": "v1", "spec": {}, "status": {}}, "The AWS CLI made no ticket"),
    ],
)  # fmt: skip
def test_no_ticket_is_one_sentence_and_ends_the_tunnel(desk: Desk, answer: Any, sentence: str) -> None:
    desk.answer("eks/get-token", answer)
    port = free_port()
    assert refused_sentence(desk, "-l", str(port)).startswith(sentence)
    assert len(desk.calls("ssh")) == 1
    time.sleep(0.5)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_port_in_use_names_its_holder(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = desk.run("ssh_tunnel.sh", "-l", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} is in use by ")
    assert f"(process {os.getpid()})" in done.stderr
    assert desk.calls("aws") == []


def test_a_port_in_use_whose_holder_nobody_knows(desk: Desk) -> None:
    desk.without("ss")
    if (desk.bin / "lsof").exists():
        desk.without("lsof")
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = desk.run("ssh_tunnel.sh", "-l", str(server.getsockname()[1]))
    assert " is in use: end that, or choose another port with -l." in done.stderr


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("session-manager-plugin", "The Session Manager plugin is needed"),
        ("ssh", "ssh is needed"),
        ("ssh-keygen", "ssh-keygen is needed"),
        ("aws", "The AWS CLI is needed"),
    ],
)
def test_a_program_is_missing(desk: Desk, program: str, words: str) -> None:
    desk.without(program)
    assert refused(desk).startswith(words)


def test_without_credentials(desk: Desk) -> None:
    desk.answer("sts/get-caller-identity", "Unable to locate credentials.")
    assert refused(desk).startswith("No AWS credentials were found")


def test_a_stopped_bastion(desk: Desk) -> None:
    desk.answer("ec2/describe-instances", {"Reservations": [{"Instances": [{"State": {"Name": "stopped"}}]}]})
    assert "aws ec2 start-instances --instance-ids i-0123456789abcdef0" in refused(desk)


def test_no_bastion(desk: Desk) -> None:
    desk.options(bastion=False)
    desk.stack("analyst-access", "DELETE_COMPLETE")
    assert refused(desk).startswith("analyst has no bastion")


def test_nothing_deployed(desk: Desk) -> None:
    desk.nothing_deployed()
    assert refused(desk).startswith("Nothing of analyst is deployed in eu-west-1")


@pytest.mark.parametrize("wrong", [("-l",), ("-l", "http"), ("-l", "0"), ("-l", "70000"), ("-x",), ("here",)])
def test_wrong_usage(desk: Desk, wrong: tuple[str, ...]) -> None:
    done = desk.run("ssh_tunnel.sh", *wrong)
    assert (done.returncode, done.stderr.count("\n"), desk.log) == (2, 1, [])


def test_help(desk: Desk) -> None:
    done = desk.run("ssh_tunnel.sh", "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: ./ssh_tunnel.sh [-l PORT]")
