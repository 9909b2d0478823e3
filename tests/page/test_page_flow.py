from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from stand_in_api import HOSTILE, QUESTIONS, Script, StandIn
from streamlit.testing.v1 import AppTest

from connection import COOKIE

ANNA, BEN = "a" * 43, "b" * 43
PAGE = str(Path(__file__).parents[2] / "streamlit" / "page.py")


@pytest.fixture
def tunnel(api: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """The service as in AWS, where anna and ben are signed in with a token each."""
    monkeypatch.setenv("ANALYST_ENTRANCE", "aws")
    api.entrance = "aws"
    api.tokens.update({ANNA: "anna", BEN: "ben"})
    return api


def signed_in(cookies: dict[str, str], token: str) -> AppTest:
    cookies[COOKIE] = token
    return AppTest.from_file(PAGE, default_timeout=20).run()


def elements(page: AppTest, kind: str) -> list[Any]:
    """All elements of a kind, as they are."""
    return list(page.get(kind))


def texts(page: AppTest) -> str:
    """All that a person can read, roughly."""
    found: list[str] = []
    for kind in ("title", "subheader", "text", "markdown", "caption", "error", "warning", "info"):
        found += [str(e.value) for e in elements(page, kind)]
    found += [b.label for b in page.button]
    return "\n".join(found).replace("\\", "").replace("\u2060", "")


def ask(page: AppTest, question: str) -> AppTest:
    page.chat_input[0].set_value(question).run()
    return settle(page)


def settle(page: AppTest) -> AppTest:
    """Run until nothing runs any more, as the page does by itself in a browser."""
    for _ in range(100):
        if not any(b.label == "Cancel" for b in page.button):
            assert not page.exception
            return page
        threading.Event().wait(0.02)
        page.run()
    raise AssertionError("the question never ended")


def button(page: AppTest, label: str) -> Any:
    return next(b for b in page.button if b.label.replace("\\", "").replace("\u2060", "") == label)


def test_the_first_screen_says_what_to_do(page: AppTest) -> None:
    assert not page.exception
    shown = texts(page)
    assert "What would you like to know?" in shown
    assert "New York flights 2013" in shown
    assert all(q in shown for q in QUESTIONS)
    assert "No SQL needed" in shown


def test_an_example_is_answered_with_words_chart_table_sql_and_receipt(page: AppTest) -> None:
    button(page, QUESTIONS[0]).click().run()
    settle(page)
    shown = texts(page)
    assert "United Air Lines had the most flights in 2013, 58,665" in shown
    assert "16 rows." in shown
    assert page.dataframe[0].value.shape == (16, 2)
    spec = json.loads(page.get("plotly_chart")[0].proto.spec)
    assert spec["data"][0]["type"] == "bar"
    assert page.code[0].value.startswith("SELECT\n  a.name AS airline")
    assert "The model wrote the SQL at the first attempt" in shown
    assert "In all" in shown
    assert page.query_params["session"] == "s00000001"


def test_reused_rows_are_said_beside_the_answer_and_in_the_receipt(page: AppTest) -> None:
    assert "reused" not in texts(ask(page, "Flights of each airline"))
    shown = texts(ask(page, "Flights of each airline again"))
    assert ":material/history: Rows reused from 12 minutes ago" in shown
    assert "Rows reused from 12 minutes ago (result reuse of this source)." in shown


def test_steps_are_live_and_a_question_can_be_cancelled(api: StandIn, page: AppTest) -> None:
    api.speed = 1
    page.chat_input[0].set_value("slow one").run()
    threading.Event().wait(0.3)
    assert "Looking for approved answers" in texts(page.run())
    button(page, "Cancel").click().run()
    settle(page)
    assert "You cancelled this question." in texts(page)
    assert ("DELETE", "/query/q00000001") in [(method, path) for method, path, _ in api.seen]
    api.speed = 1000
    button(page, "Ask again").click().run()
    settle(page)
    assert "United Air Lines had the most" in texts(page)


def test_rows_are_shown_before_the_words(api: StandIn, page: AppTest) -> None:
    api.speed = 1
    page.chat_input[0].set_value("slow one").run()
    api.asked["q00000001"].started -= 17
    page.run()
    shown = texts(page)
    assert page.dataframe[0].value.shape == (16, 2)
    assert "Putting it into words" in shown
    assert "United Air Lines had the most" not in shown


def test_another_kind_of_chart(page: AppTest) -> None:
    ask(page, QUESTIONS[0])
    chooser = next(g for g in elements(page, "button_group") if g.key and g.key.startswith("chart-type"))
    chooser.set_value("pie").run()
    assert json.loads(page.get("plotly_chart")[0].proto.spec)["data"][0]["type"] == "pie"


def test_a_follow_up_goes_into_the_same_session(api: StandIn, page: AppTest) -> None:
    ask(page, QUESTIONS[0])
    button(page, "How did this change over the months?").click().run()
    settle(page)
    assert {a.session_id for a in api.asked.values()} == {"s00000001"}
    shown = texts(page)
    assert "highest in July" in shown
    assert "from approved question #12" in shown
    assert "Show the full answer" in shown
    button(page, "Show the full answer").click().run()
    assert len(page.dataframe) == 2


def test_approving_and_changing_ones_mind(api: StandIn, page: AppTest) -> None:
    ask(page, QUESTIONS[0])
    button(page, "Approve").click().run()
    assert "You approved this answer" in texts(page)
    assert (api.asked["q00000001"].feedback or {})["verdict"] == "approve"
    page.text_area[0].set_value("counts are off")
    button(page, "Mark as wrong").click().run()
    assert "You marked this answer as wrong" in texts(page)
    assert (api.asked["q00000001"].feedback or {})["verdict"] == "reject"


def test_history_is_listed_opened_and_left(api: StandIn, page: AppTest) -> None:
    ask(page, QUESTIONS[0])
    button(page, "New session").click().run()
    assert "What would you like to know?" in texts(page)
    ask(page, QUESTIONS[1])
    titles = [b.label for b in page.sidebar.button]
    assert [t for t in titles if "average departure delay" in t] and len(titles) == 4
    button(page, QUESTIONS[0]).click().run()
    assert "United Air Lines had the most" in texts(settle(page))
    assert page.query_params["session"] == "s00000001"


def test_a_reload_shows_the_session_again(api: StandIn) -> None:
    page = ask(AppTest.from_file(PAGE, default_timeout=20).run(), QUESTIONS[0])
    again = AppTest.from_file(PAGE, default_timeout=20)
    again.query_params["session"] = page.query_params["session"]
    again.run()
    assert "United Air Lines had the most" in texts(again)
    assert again.dataframe[0].value.shape == (16, 2)


def test_another_person_sees_nothing_of_it(tunnel: StandIn, cookies: dict[str, str]) -> None:
    cookies[COOKIE] = ANNA
    page = ask(AppTest.from_file(PAGE, default_timeout=20).run(), QUESTIONS[0])
    cookies[COOKIE] = BEN
    other = AppTest.from_file(PAGE, default_timeout=20)
    other.query_params["session"] = page.query_params["session"]
    other.run()
    shown = texts(other)
    assert "That session is not one of yours, so a new one was started." in shown
    assert "United Air Lines had the most" not in shown
    assert "Your questions will be listed here" in shown
    assert "session" not in other.query_params


def test_many_sessions_are_cut_to_the_newest(api: StandIn, page: AppTest) -> None:
    api.pretend_history("anna", 60)
    page.run()
    assert len(page.sidebar.button) == 2 + 15 + 1
    button(page, "Show all 60").click().run()
    assert len(page.sidebar.button) == 2 + 60


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("clarify it", "Do you mean the departure delay or the arrival delay?"),
        ("weather forecast", "The data holds measured weather of 2013 and no forecasts."),
        ("delete everything", "Only questions that read data are answered."),
        ("please fail", "The query took longer than 60 s."),
        ("nothing found", "The query ran, and found no rows."),
        ("how many in all", "There are 336,776."),
    ],
)
def test_every_ending_is_a_clear_sentence(page: AppTest, question: str, expected: str) -> None:
    assert expected in texts(ask(page, question))


def test_rows_that_are_no_longer_kept_are_said_so(page: AppTest) -> None:
    shown = texts(ask(page, "an expired one"))
    assert "It was 16." in shown
    assert "The rows of this answer are no longer kept. Ask again to see them." in shown
    assert not page.dataframe and not page.get("plotly_chart")
    assert "Ask again" in [b.label for b in page.button]


def test_an_answer_without_sql_is_not_to_be_approved(page: AppTest) -> None:
    shown = texts(ask(page, "hello"))
    assert "Ask me about flights." in shown
    assert "Is this answer right?" not in shown


def test_a_failure_names_the_request(page: AppTest) -> None:
    assert "Request id: r-q00000001" in texts(ask(page, "please fail"))


def test_what_a_model_wrote_is_never_read_as_markup(page: AppTest) -> None:
    ask(page, "hostile please")
    assert HOSTILE in [t.value for t in page.text]
    for element in [*page.markdown, *page.caption]:
        assert not getattr(element, "allow_html", False)
        assert "](http" not in str(element.value)
        assert "<img" not in str(element.value).replace("\\<img", "")


def test_a_wide_table_of_every_kind_with_names_that_repeat(page: AppTest) -> None:
    ask(page, "show every kind")
    assert page.dataframe[0].value.shape == (1000, 35)
    shown = texts(page)
    assert "1,000 of 336,776 rows shown; the downloads hold all of them." in shown
    assert "1 warning, see below" in shown


def test_downloads_are_fetched_only_when_asked_for(api: StandIn, page: AppTest) -> None:
    ask(page, QUESTIONS[0])
    assert [b.label for b in elements(page, "download_button")] == ["Excel", "CSV"]
    assert not [path for _, path, _ in api.seen if "/rows" in path]


def downloads(page: AppTest) -> dict[str, bool]:
    """The buttons for whole files of a large result, and whether each can be clicked."""
    return {b.label: not b.disabled for b in page.button if b.label in ("Excel", "CSV", "Parquet")}


def test_more_rows_than_a_sheet_should_hold_are_csv_only(page: AppTest) -> None:
    ask(page, "show every kind")
    assert downloads(page) == {"Excel": False, "CSV": True}
    assert not elements(page, "download_button"), "the page never holds a large file"


def test_parquet_is_offered_where_the_service_writes_it(api: StandIn) -> None:
    api.formats.append("parquet")
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    ask(page, "show every kind")
    assert downloads(page) == {"Excel": False, "CSV": True, "Parquet": True}


def test_a_large_file_is_made_while_its_progress_shows_and_is_handed_out_as_a_link(
    api: StandIn, page: AppTest
) -> None:
    ask(page, "show every kind")
    next(b for b in page.button if b.label == "CSV").click().run()
    shown = [p.proto.text for p in elements(page, "progress")]
    assert shown == ["CSV: 1,000,000 of 5,000,000 rows written"]
    assert not downloads(page)["CSV"], "it is under way"
    page.run()
    page.run()
    (link,) = [e.proto.url for e in elements(page, "link_button")]
    assert link == f"{api.url}/signed/rows.csv?signature=abc"
    fetched = [path for _, path, _ in api.seen if "/rows" in path]
    assert "start=true" in fetched[0] and all("start=false" in path for path in fetched[1:])
    assert not [path for _, path, _ in api.seen if path.startswith("/signed")], "the browser's to fetch"


def test_a_large_file_can_be_stopped(api: StandIn, page: AppTest) -> None:
    ask(page, "show every kind")
    next(b for b in page.button if b.label == "CSV").click().run()
    next(b for b in page.button if b.label == "Stop").click().run()
    assert ("DELETE", "/query/q00000001") in [(method, path) for method, path, _ in api.seen]
    assert not elements(page, "progress") and downloads(page)["CSV"]


def test_the_model_on_its_way(api: StandIn, page: AppTest) -> None:
    api.model.update(state="arriving", done=300_000_000, total=1_117_320_768)
    fresh = AppTest.from_file(PAGE, default_timeout=20).run()
    shown = texts(fresh)
    assert "The language model is on its way." in shown
    assert "The example questions already answer without it." in shown
    api.model.update(state="failed", message="The model file is broken.")
    assert "The model file is broken." in texts(fresh.run())
    api.model.update(state="ready")
    assert "language model" not in texts(fresh.run())


def test_mode_and_source_go_along(api: StandIn) -> None:
    api.sources.append(
        {"name": "shop", "title": "Web shop", "engine": "Athena", "tables": 1, "questions": []}
    )
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    page.selectbox[0].set_value("shop").run()
    assert "Web shop" in texts(page)
    next(g for g in elements(page, "button_group") if g.key == "mode").set_value("thorough").run()
    ask(page, "anything")
    assert (api.asked["q00000001"].source, api.asked["q00000001"].mode) == ("shop", "thorough")


def test_a_question_that_is_not_taken_goes_back_into_the_box(page: AppTest) -> None:
    question = "x" * 10_000
    page.chat_input[0].set_value(question).run()
    assert "A question may have at most 2,000 characters." in texts(page)
    assert page.chat_input[0].proto.value == question


@pytest.mark.parametrize(
    "question", ["   \n ", "🛫", "¿Cuántos vuelos?", "SELECT 1; DROP TABLE flights", "\x00\x01\x02"]
)
def test_odd_questions_do_no_harm(page: AppTest, question: str) -> None:
    page.chat_input[0].set_value(question).run()
    assert not page.exception
    settle(page)


def test_the_api_is_away(api: StandIn, page: AppTest) -> None:
    api.stop()
    page.run()
    shown = texts(page)
    assert "The service cannot be reached." in shown
    assert "This page keeps trying." in shown
    assert not page.exception


def test_a_wrong_key(api: StandIn, page: AppTest) -> None:
    api.key = "another"
    page.run()
    shown = texts(page)
    assert "The key is missing or wrong." in shown
    assert "Request id: r-stand-in" in shown


def test_no_key_at_all(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYST_API_KEY_FILE", "/does/not/exist")
    assert "Set ANALYST_API_KEY_FILE" in texts(page.run())


def test_a_fault_of_the_page_shows_no_stack_trace(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("views.welcome._about", lambda source: 1 / 0)
    page.run()
    shown = texts(page)
    assert "Something went wrong on this page." in shown
    assert "division" not in shown and "Traceback" not in shown
    assert not page.exception
    assert "ZeroDivisionError" in caplog.text


def test_a_chart_that_does_not_fit_leaves_the_rest(
    page: AppTest, api: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Script(words="Words stay.", table={"columns": [{"name": "a", "kind": "text"}], "rows": [["b"]],
                    "row_count": 1, "truncated": False},
                    chart={"type": "bar", "x": 5, "y": [7], "series": None, "title": "",
                           "alternatives": []})  # fmt: skip
    monkeypatch.setattr("stand_in_api.script_for", lambda question: broken)
    ask(page, "anything")
    shown = texts(page)
    assert "Words stay." in shown
    assert "Something went wrong on this page." in shown
    assert len(page.dataframe) == 1


def test_an_unsure_answer_says_so_itself_and_can_be_asked_thoroughly(api: StandIn, page: AppTest) -> None:
    ask(page, "a doubtful one")
    warned = [str(w.value) for w in page.warning]
    assert len(warned) == 1 and "Unsure" in warned[0] and "Read the SQL" in warned[0]
    button(page, "Ask again in thorough mode").click().run()
    settle(page)
    assert [a.mode for a in api.asked.values()] == ["fast", "thorough"]
    newest = [str(w.value) for w in page.warning][-1]
    assert "ask more precisely" in newest
    assert "Ask again in thorough mode" not in texts(page)


def test_a_surer_answer_says_how_sure_in_one_line(page: AppTest) -> None:
    ask(page, QUESTIONS[0])
    assert "Fairly sure (0.75)" in texts(page)
    assert not page.warning


def test_an_approved_answer_shows_no_number(page: AppTest) -> None:
    ask(page, QUESTIONS[1])
    caption = next(str(c.value) for c in page.caption if "from approved question" in str(c.value))
    assert "sure" not in caption


def test_thorough_says_what_it_does_and_what_it_takes(api: StandIn, page: AppTest) -> None:
    captions = "".join(str(c.value) for c in page.caption)
    assert "up to five drafts" not in captions
    mode = next(g for g in elements(page, "button_group") if g.key == "mode")
    mode.set_value("thorough").run()
    captions = "".join(str(c.value) for c in page.caption)
    assert "up to five drafts" in captions and "several times as long" in captions
    ask(page, QUESTIONS[0])
    assert api.asked["q00000001"].mode == "thorough"
    assert "3 of 4 drafts agree on this result" in texts(page).replace("  ", " ")


def test_a_thorough_question_is_cancelled_between_its_drafts(api: StandIn, page: AppTest) -> None:
    api.speed = 1
    next(g for g in elements(page, "button_group") if g.key == "mode").set_value("thorough").run()
    page.chat_input[0].set_value("slow one").run()
    api.asked["q00000001"].started -= 9
    shown = texts(page.run())
    assert "Draft 1" in shown and "Draft 2" in shown and "did not run" in shown
    button(page, "Cancel").click().run()
    settle(page)
    assert "You cancelled this question." in texts(page)


def test_choices_are_buttons_that_ask(api: StandIn, page: AppTest) -> None:
    ask(page, "clarify this")
    assert "Choose one of these, or ask in other words" in texts(page)
    button(page, "Average arrival delay").click().run()
    assert [a.question for a in api.asked.values()] == ["clarify this", "Average arrival delay"]


def test_on_one_machine_the_sidebar_has_the_name_and_the_role_of_the_policies(
    api: StandIn, page: AppTest
) -> None:
    captions = [str(c.value) for c in page.sidebar.caption]
    assert captions[-1] == ":material/person: anna, role **sales**"
    assert not any("authorization" in headers for _, _, headers in api.seen)


def test_who_is_signed_in_and_with_which_role(tunnel: StandIn, cookies: dict[str, str]) -> None:
    anna, ben = signed_in(cookies, ANNA), signed_in(cookies, BEN)
    assert str(anna.sidebar.caption[-1].value).endswith("Signed in as **anna**, role **sales**")
    assert str(ben.sidebar.caption[-1].value).endswith("Signed in as **ben**, role **viewer**")
    assert {h.get("authorization") for _, path, h in tunnel.seen if path == "/sessions"} == {
        f"Bearer {ANNA}",
        f"Bearer {BEN}",
    }


@pytest.mark.parametrize(
    ("entrance", "expected"),
    [("aws", "Make a ticket and open the address"), ("oidc", "**Reload this page** to sign in.")],
)
@pytest.mark.parametrize("brought", [None, "no token at all", "x" * 43])
def test_who_is_not_signed_in_is_told_what_to_do(
    tunnel: StandIn, cookies: dict[str, str], monkeypatch: pytest.MonkeyPatch, entrance: str, expected: str,
    brought: str | None,
) -> None:  # fmt: skip
    monkeypatch.setenv("ANALYST_ENTRANCE", entrance)
    tunnel.entrance = entrance
    cookies.update({COOKIE: brought} if brought else {})
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    assert expected in texts(page)
    assert [c.value for c in page.code] == ["./ssh_tunnel.sh --ticket"] * (entrance == "aws")
    assert not page.chat_input and not page.button and not page.sidebar.caption and not page.error
    sent = {h.get("authorization", "") for _, _, h in tunnel.seen}
    assert sent <= {f"Bearer {'x' * 43}"}, "what cannot be a token is not sent on"


def test_a_token_that_ends_while_one_works(tunnel: StandIn, cookies: dict[str, str]) -> None:
    page = ask(signed_in(cookies, ANNA), QUESTIONS[0])
    del tunnel.tokens[ANNA]
    page.chat_input[0].set_value(QUESTIONS[1]).run()
    assert "Make a ticket" in texts(page)
    assert not page.chat_input and not page.exception
    asked = len(tunnel.seen)
    page.run()
    assert len(tunnel.seen) == asked, "a token that was refused is not tried again"
    cookies[COOKIE] = "c" * 43
    tunnel.tokens["c" * 43] = "anna"
    assert "United Air Lines had the most" in texts(page.run())


def test_what_one_person_saw_in_a_tab_is_gone_for_the_next(tunnel: StandIn, cookies: dict[str, str]) -> None:
    page = ask(signed_in(cookies, ANNA), QUESTIONS[0])
    cookies[COOKIE] = BEN
    shown = texts(page.run())
    assert "Signed in as **ben**" in shown
    assert "United Air Lines had the most" not in shown


def test_only_who_may_approve_is_asked_to(tunnel: StandIn, cookies: dict[str, str]) -> None:
    page = ask(signed_in(cookies, BEN), QUESTIONS[0])
    shown = texts(page)
    assert "Is something wrong with this answer?" in shown
    labels = [b.label for b in page.button]
    assert "Approve" not in labels and "Mark as wrong" in labels
    button(page, "Mark as wrong").click().run()
    assert "You marked this answer as wrong" in texts(page)
    assert "Approve" not in [b.label for b in page.button]


def test_somebody_without_a_role_is_told_whom_to_ask_for_what(api: StandIn) -> None:
    api.roles = {}
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    assert "You have no role here" in texts(page)
    assert [c.value for c in page.code] == ["os:anna"]
    assert not page.chat_input and not page.button and not page.exception


def test_a_refusal_to_say_who_one_is_is_shown(api: StandIn, page: AppTest) -> None:
    api.failing["/me"] = (403, {"code": "forbidden", "message": "You have no role here."})
    fresh = AppTest.from_file(PAGE, default_timeout=20).run()
    assert "You have no role here. Ask whoever runs this installation." in texts(fresh)
    assert not fresh.chat_input


def test_the_receipt_says_which_rules_held(page: AppTest) -> None:
    shown = texts(ask(page, QUESTIONS[0]))
    assert "Rules applied" in shown
    assert "sales (version 2026-11)" in shown


def test_a_service_that_wants_tokens_from_a_page_that_has_none(api: StandIn) -> None:
    api.entrance = "aws"
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    assert "has to set ANALYST_ENTRANCE" in texts(page)
    assert not page.exception


def test_a_name_is_shown_letter_by_letter(api: StandIn) -> None:
    api.roles = {HOSTILE: HOSTILE}
    api.who = lambda authorization: HOSTILE  # type: ignore[method-assign]
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    shown = str(page.sidebar.caption[-1].value)
    assert "](http" not in shown and "\\<img" in shown


def test_the_first_screen_asks_only_those_to_approve_who_may(
    tunnel: StandIn, cookies: dict[str, str]
) -> None:
    assert "Approve the right ones." in texts(signed_in(cookies, ANNA))
    assert "Approve" not in texts(signed_in(cookies, BEN))
