"""Rulings by programs: one, many, frozen in a case; what is wrong is named by fact."""

from typing import Any

import pytest
from tests.api.callers import Caller, caller
from tests.workbench.deskhouse import desk  # noqa: F401

from tuoshan.rulings import library, printing
from tuoshan.rulings.models import KeptRuling

pytestmark = pytest.mark.django_db

CAR = {
    "goods": "car", "sale": "store", "problem": "quality", "user_caused": "no", "fault_confirmed": "yes",
    "car_part": "other", "safety_event": "none", "use_coefficient": "0.5",
    "sold_on": "2025-12-01", "delivered_on": "2025-12-01", "reported_on": "2026-02-20",
    "mileage_km": "8000", "safety_repairs": "0", "assembly_replacements": "0", "repair_days": "31",
    "repairs_same_fault": "1", "repair_days_now": "6", "paid": "150000",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _books_as_shipped() -> Any:
    library.look_again()


def test_books_and_their_questions_can_be_read() -> None:
    reader = caller("auditor", "read")
    books = {book["name"]: book for book in reader.get("/rule-books")}
    assert books["consumer_law"]["layer"] == "law" and "CPL24" in books["consumer_law"]["clauses"]
    facts = {fact["name"]: fact for fact in reader.get("/rule-books/mall_shoes/facts")}
    assert facts["opening_cm"]["only_if"] == "defect == 'glue'" and facts["defect"]["choices"]["glue"] == "开胶"
    dates = {fact["name"]: fact for fact in reader.get("/rule-books/pinduoduo/facts") if fact["kind"] == "date"}
    assert dates["sold_on"]["not_after"] == "today" and dates["valid_until"]["not_after"] == ""
    assert (dates["sold_on"]["least"], dates["sold_on"]["most"]) == ("1990-01-01", "2199-12-31")
    reader.get("/rule-books/nothing/facts", expect=404)


def test_a_car_that_was_a_month_in_repair() -> None:
    """31 days in repair: exchange or return less 150,000 × 8,000 / 1,000 × 0.5 % = 6,000; a car from day 6."""
    body = {"facts": CAR, "today": "2026-02-20", "book": "national_car", "trace": True}
    answer = caller("agent").post("/rulings", body)
    ruling = answer["ruling"]
    rights = {right["remedy"]: right for right in ruling["rights"]}
    assert rights["return"]["amount"] == "144000.00" and rights["exchange"]["fee"] == "6000.00"
    assert "loaner" in rights
    articles = {one["clause"]: one["article"] and one["article"]["en"] for one in ruling["clauses"]}
    assert {"CAR24": "Car guarantee rules 24", "CAR18": "Car guarantee rules"}.items() <= articles.items()
    assert {"CAR27", "CAR21"} <= set(articles)
    assert "144,000.00" in answer["text"] and "- 家用汽车三包规定第24条：" in answer["text"]
    assert any(row["outcome"] == "hit" for table in ruling["trace"] for row in table["rows"])


def test_what_a_remedy_asks_for_is_told_to_programs_in_words() -> None:
    facts = {"facility_request": "yes", "request_complete": "yes", "leader_approved": "yes", "out_of_city": "yes",
             "facility_kind": "ordinary", "damage_by": "wear", "beyond_standard": "no", "added_items": "no",
             "on_holiday": "no"}  # fmt: skip
    [right] = caller("agent").post("/rulings", {"facts": facts, "book": "facility"})["ruling"]["rights"]
    assert [(one["name"], one["en"]) for one in right["needs"]] == [
        ("complete_request", "a complete request"), ("approval", "the leader's approval")
    ]  # fmt: skip
    assert right["asked_by"][0]["clauses"] == ["FR-09"] and right["better_needs"] == []


def test_a_proof_says_by_when_and_a_remedy_its_own_freight() -> None:
    facts = {"platform": "taobao", "special": "none", "problem": "not_received", "signing_proof": "awaited"}
    asked = {"facts": facts, "today": "2026-05-22", "book": "taobao_disputes"}
    ruling = caller("agent").post("/rulings", asked)["ruling"]
    assert [(one["ends"], one["time"], one["hours"]) for one in ruling["proofs"]] == [("2026-05-24", "ours", 48)]
    assert [one["fact"] for one in ruling["optional"]] == ["seller_proof_until"] and ruling["questions"] == []
    stated = {**asked, "facts": {**facts, "seller_proof_until": "2026-05-28"}}
    ruling = caller("agent").post("/rulings", stated)["ruling"]
    assert [(one["ends"], one["time"]) for one in ruling["proofs"]] == [("2026-05-28", "stated")]
    house = {"house": "web_shop", "shop_matter": "aftersale", "problem": "dislike", "wants": "exchange", "used": "no",
             "same_model": "yes"}  # fmt: skip
    [right] = caller("agent").post("/rulings", {"facts": house, "book": "web_shop"})["ruling"]["rights"]
    assert {leg: one["value"] for leg, one in right["freight"].items()} == {"out": "half", "back": "half"}


def test_the_text_for_the_customer_names_what_is_still_open() -> None:
    open_yet = caller("agent").post("/rulings", {"facts": CAR, "today": "2026-02-20"})
    assert open_yet["text"].splitlines()[1] == "还没有查明，结论可能变化：由我们核实"
    assert "经营者欺诈" not in open_yet["text"] and "这一步不用您做什么" in open_yet["text"]
    facts = {**CAR, "agreed_months": "0", "state_months": "0", "exchange_months": "0", "is_replacement": "no"}
    answer = caller("agent").post("/rulings", {"facts": facts, "today": "2026-02-20", "book": "national_car"})
    assert answer["ruling"]["questions"] == [] and "没有查明" not in answer["text"]


def test_one_book_alone_says_what_it_leaves_out() -> None:
    alone = caller("agent").post("/rulings", {"facts": CAR, "today": "2026-02-20", "book": "national_car"})
    assert alone["applies"] is True and "consumer_law" in alone["also"]
    other = caller("agent").post("/rulings", {"facts": CAR, "today": "2026-02-20", "book": "mall_shoes"})
    assert other["applies"] is False and {"national_car", "consumer_law"} <= set(other["also"])
    everything = caller("agent").post("/rulings", {"facts": CAR, "today": "2026-02-20"})
    assert everything["applies"] is True and everything["also"] == []


def test_what_cannot_be_taken_is_named_by_fact() -> None:
    problem = caller("agent").post("/rulings", {"facts": {**CAR, "mileage_km": "5000 miles"}}, expect=422)
    assert "不能用“miles”" in problem["facts"]["fields"]["mileage_km"]


def test_a_fact_of_another_matter_is_named_as_unused() -> None:
    answer = caller("agent").post("/rulings", {"facts": {**CAR, "activated": True}, "today": "2026-02-20"})
    [unused] = answer["ruling"]["ignored"]
    assert unused["fact"] == "activated" and "没有采用" in unused["because"]["zh"]


def test_many_at_once() -> None:
    items = {"one": CAR, "two": {**CAR, "repair_days": "30"}, "three": {**CAR, "paid": "-1"}}
    answer = caller("agent").post("/rulings/batch", {"items": items, "today": "2026-02-20", "book": "national_car"})
    assert {right["remedy"] for right in answer["rulings"]["two"]["rights"]} == {"repair", "loaner"}
    assert set(answer["refused"]) == {"three"} and "paid" in answer["refused"]["three"]
    assert answer["sums"] == {"one": "144000.00", "two": "0.00"} and answer["total"] == "144000.00"
    chosen = {"one": {"remedy": "return", "quantity": 2}}
    body = {"items": items, "today": "2026-02-20", "book": "national_car", "choices": chosen}
    assert caller("agent").post("/rulings/batch", body)["total"] == "288000.00"


FOOD = {
    "sale": "distance", "platform": "none", "goods": "food", "problem": "quality", "sold_on": "2026-02-01",
    "signed_on": "2026-02-03", "delivered_on": "2026-02-03", "reported_on": "2026-02-05", "paid": "9.90", "loss": "0",
    "fault_confirmed": True, "user_caused": False, "asked_of": "seller", "seller_knew": True, "label_flaw_only": False,
    "staged_claim": False, "deceived": False, "food_unsafe": True, "agreed_months": "0", "state_months": "0",
    "is_replacement": False,
}  # fmt: skip


def test_the_minimum_of_damages_is_of_the_purchase(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten packs at 9.90: 99.00 back and ten times that, 990.00, at least 1,000.00, once. Two items of one claim, six
    and four packs: 594.00 and 396.00 as reckoned, so 600.00 and 400.00; of two claims 1,000.00 each."""
    body: dict[str, Any] = {"items": {"a": FOOD, "b": FOOD}, "today": "2026-02-20", "book": "consumer_law"}
    ten = {"choices": {"a": {"quantity": 10}}}
    assert caller("agent").post("/rulings/batch", body | ten)["sums"]["a"] == "1099.00"
    one = {"choices": {"a": {"quantity": 6, "claim": "x"}, "b": {"quantity": 4, "claim": "x"}}}
    answer = caller("agent").post("/rulings/batch", body | one)
    assert answer["sums"] == {"a": "659.40", "b": "439.60"} and answer["total"] == "1099.00"
    two = {"choices": {"a": {"quantity": 6}, "b": {"quantity": 4}}}
    assert caller("agent").post("/rulings/batch", body | two)["total"] == "2099.00"
    seen: list[Any] = []
    monkeypatch.setattr(printing.pdf, "ruling", lambda data, language: seen.append(data) or b"%PDF-")
    lines = [{"facts": FOOD, "quantity": many, "claim": "x"} for many in (6, 4)]
    caller("agent").post("/rulings/paper", {"lines": lines, "today": "2026-02-20", "book": "consumer_law"})
    assert [text for _name, text in seen[0].sums] == ["¥659.40", "¥439.60", "¥1,099.00"]
    assert [text for _name, text in seen[0].within] == ["¥1,000.00"], "in the sum already"


def test_a_list_at_the_same_address_is_ruled_on_like_a_batch() -> None:
    """Three matters by place: what is ruled, what is refused and what it comes to are those of the batch."""
    matters = [CAR, {**CAR, "repair_days": "30"}, {**CAR, "paid": "-1"}]
    beside = {"today": "2026-02-20", "book": "national_car"}
    agent = caller("agent")
    listed = agent.post("/rulings", [{"facts": facts, **beside} for facts in matters])
    batch = {"items": {str(place): facts for place, facts in enumerate(matters)}, **beside}
    assert listed == agent.post("/rulings/batch", batch)
    assert set(listed["rulings"]) == {"0", "1"} and "paid" in listed["refused"]["2"]
    chosen = agent.post("/rulings", [{"facts": CAR, **beside, "remedy": "return", "quantity": 2}])
    assert chosen["sums"] == {"0": "288000.00"}
    assert agent.post("/rulings", []) == {"rulings": {}, "refused": {}, "told": {}, "sums": {}, "total": "0.00"}
    assert "ruling" in agent.post("/rulings", {"facts": CAR, **beside})
    food = {"facts": FOOD, "today": "2026-02-20", "book": "consumer_law", "claim": "x"}
    one_claim = agent.post("/rulings", [{**food, "quantity": 6}, {**food, "quantity": 4}])
    assert one_claim["sums"] == {"0": "659.40", "1": "439.60"}


def test_of_a_list_too_ten_thousand_are_taken_and_no_more() -> None:
    """No facts are no ruling, only questions: it is the number that is judged."""
    problem = caller("agent").post("/rulings", [{"facts": {}}] * 10_001, expect=422)
    assert "10000" in str(problem["errors"])
    wrong = caller("agent").post("/rulings", [{"facts": CAR}, {"fact": CAR}])
    assert wrong["refused"] == {"1": {"facts": "缺少这一项", "fact": "不认识这一项"}} and set(wrong["rulings"]) == {"0"}


@pytest.mark.slow
def test_ten_thousand_at_once_and_no_more() -> None:
    """Requests of shops; every other one is incomplete and refused."""
    lamp = {
        "facility_request": "yes", "leader_approved": "yes", "out_of_city": "no", "facility_kind": "ordinary",
        "damage_by": "wear", "beyond_standard": "no", "added_items": "no", "on_holiday": "no", "special_delay": "no",
        "request_received_on": "2026-02-13",
    }  # fmt: skip
    items = {str(number): {**lamp, "request_complete": "yes" if number % 2 else "no"} for number in range(10_000)}
    body = {"items": items, "today": "2026-02-20", "book": "facility"}
    answer = caller("agent").post("/rulings/batch", body)
    assert set(answer["rulings"]) == set(items) and not answer["refused"]
    assert {bool(one["deadlines"]) for key, one in answer["rulings"].items() if int(key) % 2} == {True}
    assert {bool(one["refused"]) for key, one in answer["rulings"].items() if not int(key) % 2} == {True}
    items["one more"] = lamp
    problem = caller("agent").post("/rulings/batch", body, expect=422)
    assert "10000" in str(problem["errors"]) and "items" in str(problem["errors"])


def test_a_ruling_is_frozen_in_a_case_once_and_overridden_with_a_reason() -> None:
    agent = caller("agent")
    number = agent.registered("车子修了一个月")
    body = {"facts": {**CAR, "sold_on": "2025-12-01"}, "label": "轿车"}
    made = agent.post(f"/cases/{number}/rulings", body, key="r1")
    assert agent.post(f"/cases/{number}/rulings", body, key="r1") == made
    [kept] = agent.get(f"/cases/{number}/rulings")
    assert kept["unchanged"] and kept["label"] == "轿车"
    assert kept["text"].startswith(f"轿车：{kept['verdict']}") and "\n依据\n- " in kept["text"]
    path = f"/cases/{number}/rulings/{made['id']}/override"
    below = {"remedy": "compensation", "amount": "100", "reason": "客户同意"}
    refused = agent.post(path, below, expect=403)
    assert refused["code"] == "below_law" and "CAR24" in refused["title"]
    assert "比依法应得的（退货退款）少 ¥143,900.00" in refused["title"], "144,000 less 100"
    lead = caller("supervisor")
    lead.post(path, below)
    lead.post(path, {**below, "amount": "200"})
    told = agent.get(f"/cases/{number}/rulings")[0]["overrides"]
    assert [(one["amount"], one["below_law"], one["holds"]) for one in told] == [
        ("100.00", True, False), ("200.00", True, True)
    ]  # fmt: skip


def test_how_a_frozen_ruling_came_about_is_told_to_programs() -> None:
    agent = caller("agent")
    number = agent.registered("车子修了一个月")
    made = agent.post(f"/cases/{number}/rulings", {"facts": CAR})
    asked = agent.post("/rulings", {"facts": CAR, "trace": True})
    path = f"/cases/{number}/rulings/{made['id']}/trace"
    assert caller("auditor", "read").get(path)["trace"] == asked["ruling"]["trace"]
    agent.get(f"/cases/{number}/rulings/1/trace", expect=404)
    KeptRuling.objects.update(packs='[["mall_shoes",1,"gone"]]')
    assert agent.get(path, expect=409)["code"] == "not_derivable"


def test_a_proposal_below_the_newest_ruling_is_refused_to_programs_too(desk: Any) -> None:  # noqa: F811
    """Half a year and 31 days in repair: 144,000 back; less is a supervisor's to decide, with a reason."""
    agent, lead = (Caller(desk.people[who], "write") for who in ("agent", "lead"))
    number = desk.accepted().number
    facts = {**CAR, "reported_on": "2026-02-20"}
    made = agent.post(f"/cases/{number}/rulings", {"facts": facts})
    proposal = {"cause": "material-faulty", "liable": "product", "remedies": ["compensation"], "remedy_steps": "补偿",
                "amount": "100", "carry_out_by": "2026-03-20"}  # fmt: skip
    path = f"/cases/{number}/actions/propose"
    problem = agent.post(path, {"values": proposal}, expect=422)
    assert problem["code"] == "below_ruling" and problem["facts"]["rulings"] == [made["id"]]
    below = {"remedy": "compensation", "amount": "100", "reason": "客户同意"}
    lead.post(f"/cases/{number}/rulings/{made['id']}/override", below)
    agent.post(path, {"values": proposal})
    agent.post(f"/cases/{number}/rulings", {"facts": facts})
    late = lead.post(f"/cases/{number}/rulings/{made['id']}/override", below, expect=409)
    assert late["code"] == "not_newest"


def test_a_program_answers_what_may_not_be_meant_before_it_publishes() -> None:
    manager, place = caller("manager", "admin"), "/rule-books/mall_shoes/draft"
    text = library.text_of(library.newest("mall_shoes"))[0].partition("\nexamples:")[0]
    text = text.replace('"> 5"', '"> 4"') + "\n"
    sent = manager.send("PUT", place, {"text": text})
    assert sent["good"] and sent["findings"] == [] and manager.get(place)["doubts"] == sent["doubts"]
    publish = {"begins": "2026-12-01", "confirmed_by": "法务部", "reason": "新办法"}
    refused = manager.post("/rule-books/mall_shoes/publish", publish, expect=409)
    assert refused["code"] == "doubtful" and refused["facts"]["doubts"] == sent["doubts"]
    keys = [one["key"] for one in sent["doubts"]]
    answers = "".join(f'  - {{doubt: "{key}", because: 由顾客选}}\n' for key in keys)
    assert manager.send("PUT", place, {"text": f"{text}meant:\n{answers}"})["doubts"] == []
    early = manager.post("/rule-books/mall_shoes/publish", {**publish, "begins": "2020-01-01"}, expect=422)
    assert "最早 2026-" in str(early["facts"])
    assert manager.post("/rule-books/mall_shoes/publish", publish)["version"] == 2


def test_a_book_is_changed_and_published_by_a_program() -> None:
    manager = caller("manager", "admin")
    text, tables = library.text_of(library.newest("mall_shoes"))
    broken = {"text": text.replace("clause: M02", "clause: M99"), "tables": tables}
    assert not manager.send("PUT", "/rule-books/mall_shoes/draft", broken)["good"]
    publish = {"begins": "2026-12-01", "confirmed_by": "法务部", "reason": "新办法"}
    assert manager.post("/rule-books/mall_shoes/publish", publish, expect=409)["code"] == "not_in_order"
    assert manager.send("PUT", "/rule-books/mall_shoes/draft", {"text": text, "tables": tables})["good"]
    assert manager.get("/rule-books/mall_shoes/draft/effect")["state"] == "none"
    assert manager.post("/rule-books/mall_shoes/draft/effect", {})["open_cases"]["many"] == 0
    assert manager.get("/rule-books/mall_shoes/draft/effect")["state"] == "done"
    assert manager.get("/rule-books/mall_shoes/draft/effect/open") == {"cases": [], "next": ""}
    manager.get("/rule-books/mall_shoes/draft/effect/nothing", expect=422)
    assert manager.post("/rule-books/mall_shoes/publish", publish)["version"] == 2
    assert manager.send("DELETE", "/rule-books/mall_shoes/draft")["good"]
    caller("agent").send("PUT", "/rule-books/mall_shoes/draft", {"text": text}, expect=403)


def test_a_table_and_a_clause_of_a_copy_are_changed_by_a_program() -> None:
    manager = caller("manager", "admin")
    path = "/rule-books/mall_shoes/draft/tables/repair"
    table = manager.get(path)
    assert table["headings"][:2] == ["id", "covered"] and table["findings"] == []
    rows = [{**row, "opening_cm": "<= seven"} if row["id"] == "glue_small" else row for row in table["rows"]]
    after = manager.send("PUT", path, {"rows": rows, "stamp": table["stamp"]})
    assert any("“<= seven”不是数字" in one for one in after["findings"])
    stale = {"rows": rows, "stamp": table["stamp"]}
    assert manager.send("PUT", path, stale, expect=409)["code"] == "changed_meanwhile"
    unknown = {"rows": [{"id": "x", "colour": "red"}], "stamp": after["stamp"]}
    assert "colour" in str(manager.send("PUT", path, unknown, expect=422))
    assert '"<= seven"' in manager.get("/rule-books/mall_shoes/draft")["text"]
    clause = {"zh": "新条款", "en": "A new clause"}
    said = manager.send("PUT", "/rule-books/mall_shoes/draft/clauses/M11", clause)
    assert not said["good"]
    manager.send("DELETE", "/rule-books/mall_shoes/draft/clauses/M11")
    manager.send("DELETE", "/rule-books/mall_shoes/draft/clauses/M11", expect=404)
    manager.get("/rule-books/mall_shoes/draft/tables/nothing", expect=404)
    caller("supervisor", "admin").get(path, expect=403)


def test_settings_of_a_copy_are_changed_by_a_program_with_a_reason() -> None:
    manager, admin = caller("manager", "admin"), caller("administrator", "admin")
    months, fee = "/rule-books/national_general/draft/settings", "/rule-books/mall_shoes/draft/settings"
    found = manager.get(months)
    setting, hours = found["settings"]
    assert (hours["value"], hours["unit"], hours["most"]) == ("48", "小时", "720")
    assert (setting["value"], setting["unit"], setting["most"], setting["whole"]) == ("12", "个月", "600", True)
    body = {"values": {"guarantee_months": "24"}, "reason": "目录", "stamp": found["stamp"]}
    for typed, said in (("700", "大于 600"), ("1.5", "不是整数"), ("soon", "请写一个数")):
        refused = manager.send("PUT", months, {**body, "values": {"guarantee_months": typed}}, expect=422)
        assert said in str(refused), refused
    assert "没有这个设置" in str(manager.send("PUT", months, {**body, "values": {"colour": "1"}}, expect=422))
    manager.send("PUT", months, {**body, "reason": ""}, expect=422)
    after = manager.send("PUT", months, body)
    assert after["settings"][0]["value"] == "24" and not after["findings"]
    late = {**body, "values": {"guarantee_months": "36"}}
    assert manager.send("PUT", months, late, expect=409)["code"] == "changed_meanwhile"
    switch = {"values": {"exchange_fee_on": "true"}, "reason": "收费", "stamp": manager.get(fee)["stamp"]}
    assert admin.send("PUT", fee, switch, expect=403)["code"] == "managers_only"
    assert manager.send("PUT", fee, switch)["settings"][0]["value"] == "true"
    publish = {"begins": "2026-12-01", "confirmed_by": "法务部", "reason": "新办法"}
    assert admin.post("/rule-books/mall_shoes/publish", publish, expect=403)["code"] == "managers_only"
    assert manager.post("/rule-books/mall_shoes/publish", publish)["version"] == 2
    caller("agent", "admin").send("PUT", fee, switch, expect=403)
    manager.get("/rule-books/facility/draft/settings", expect=404)


def test_overrides_are_reported_within_reach_with_money_as_exact_text() -> None:
    agent = caller("agent")
    number = agent.registered("车子修了一个月")
    made = agent.post(f"/cases/{number}/rulings", {"facts": CAR}, key="r1")
    path = f"/cases/{number}/rulings/{made['id']}/override"
    caller("supervisor").post(path, {"remedy": "compensation", "amount": "100.50", "reason": "客户同意"})
    report = caller("supervisor").get("/reports/overrides")
    each = report["tables"][0]
    [row] = each["rows"]
    money = {"value": "100.50", "unit": "money", "behind": None, "lessons": None, "small": False}
    assert row[0]["value"] == number and row[7] == money
    assert {table["name"] for table in report["tables"]} == {
        "overrides", "by_people", "by_units", "by_books", "by_clauses"
    }  # fmt: skip
    assert "overrides" in [page["name"] for page in caller("auditor", "read").get("/reports")]
    assert "overrides" not in [page["name"] for page in caller("finance", "read").get("/reports")]
    caller("finance", "read").get("/reports/overrides", expect=403)


def test_several_matters_stand_on_one_paper_with_their_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(printing.pdf, "ruling", lambda data, language: seen.append(data) or b"%PDF-")
    lines = [{"facts": CAR, "label": "轿车", "remedy": "return", "quantity": 2}, {"facts": CAR, "remedy": "return"}]
    body = {"lines": lines, "today": "2026-02-20", "book": "national_car"}
    assert caller("agent").post("/rulings/paper", body) == b"%PDF-"
    assert [part.title for part in seen[0].parts] == ["轿车", "第 2 件"]
    assert "432,000.00" in str(seen[0].sums)
    monkeypatch.undo()
    assert caller("agent").post("/rulings/paper", body).startswith(b"%PDF-")
    wrong = {**body, "lines": [*lines, {"facts": {**CAR, "paid": "-1"}}]}
    problem = caller("agent").post("/rulings/paper", wrong, expect=422)
    assert list(problem["facts"]["fields"]) == ["lines.2.paid"]
    caller("agent").post("/rulings/paper", {**body, "lines": []}, expect=422)


def test_a_loan_car_in_the_place_of_a_return_is_refused_to_programs_too() -> None:
    """A loaner, or a compensation of nothing, is given beside what the law gives, by whomever it is promised."""
    agent = caller("agent")
    number = agent.registered("车子修了一个月")
    made = agent.post(f"/cases/{number}/rulings", {"facts": CAR})
    path = f"/cases/{number}/rulings/{made['id']}/override"
    for remedy in ("loaner", "compensation"):
        assert agent.post(path, {"remedy": remedy, "reason": "客户同意"}, expect=403)["code"] == "below_law", remedy
    agent.post(path, {"remedy": "repair", "reason": "客户要修"})
    caller("supervisor").post(path, {"remedy": "loaner", "reason": "另案处理"})
    [kept] = agent.get(f"/cases/{number}/rulings")
    assert sorted(one["below_law"] for one in kept["overrides"]) == [False, True]


# -- what cannot be taken is told, of one thing alone -----------------------------------------------------------

ONE_DAY = {"today": "2026-02-20", "book": "national_car"}


def test_one_bad_matter_of_a_list_is_named_and_the_rest_is_ruled_on() -> None:
    """A number with a fraction, a day that is none, no piece at all, an unknown book or remedy, a fact of a kind that
    there is not, a matter that is none, a word that nobody knows: each is refused by name, the first and last ruled."""
    good: dict[str, Any] = {"facts": CAR, **ONE_DAY}
    bad: list[tuple[Any, str]] = [
        ({**good, "facts": {**CAR, "paid": 399.5}}, "paid"),
        ({**good, "today": "soon"}, "today"),
        ({**good, "quantity": 0}, "quantity"),
        ({**good, "book": "gold"}, "book"),
        ({**good, "remedy": "gold"}, "remedy"),
        ({**good, "facts": {**CAR, "paid": ["1"]}}, "paid"),
        ({**good, "facts": 7}, "facts"),
        ("nothing", "item"),
        ({**good, "chosen": "return"}, "chosen"),
        ({"today": "2026-02-20"}, "facts"),
    ]
    answer = caller("agent").post("/rulings", [good, *(one for one, _name in bad), good])
    assert set(answer["rulings"]) == {"0", str(len(bad) + 1)} and answer["total"] == "288000.00"
    assert {key: list(told) for key, told in answer["refused"].items()} == {
        str(place): [name] for place, (_one, name) in enumerate(bad, 1)
    }
    assert answer["refused"]["1"]["paid"] == "小数请写成文本，如 \"399.50\""
    assert answer["refused"]["3"]["quantity"] == "不能小于 1" and "gold" in answer["refused"]["4"]["book"]
    assert "return" in answer["refused"]["5"]["remedy"] and answer["refused"]["9"]["chosen"] == "不认识这一项"


def test_in_a_batch_too_one_bad_item_or_choice_is_named_and_the_rest_is_ruled_on() -> None:
    items = {"good": CAR, "fraction": {**CAR, "paid": 399.5}, "none": CAR, "gold": CAR}
    choices = {"none": {"quantity": 0}, "gold": {"remedy": "gold"}, "nobody": {"quantity": 2}, "good": {"quantity": 2}}
    answer = caller("agent", language="en").post("/rulings/batch", {"items": items, "choices": choices, **ONE_DAY})
    assert set(answer["rulings"]) == {"good"} and answer["total"] == "288000.00"
    assert {key: list(told) for key, told in answer["refused"].items()} == {
        "fraction": ["paid"], "none": ["quantity"], "gold": ["remedy"], "nobody": ["choices"]
    }  # fmt: skip
    assert answer["refused"]["fraction"]["paid"] == 'Write a number with decimals as text, such as "399.50"'
    assert answer["refused"]["nobody"]["choices"] == "There is no such key among the items"
    caller("agent").post("/rulings/batch", {"items": items, **ONE_DAY, "book": "gold"}, expect=404)


def test_a_remedy_that_is_not_due_is_told_and_the_dearest_stands_in() -> None:
    choices = {"a": {"remedy": "reissue"}, "b": {"remedy": "return"}}
    body = {"items": {"a": CAR, "b": CAR}, "choices": choices, **ONE_DAY}
    answer = caller("agent").post("/rulings/batch", body)
    assert answer["sums"] == {"a": "144000.00", "b": "144000.00"} and set(answer["told"]) == {"a"}
    assert "reissue" in answer["told"]["a"]["remedy"] and "return" in answer["told"]["a"]["remedy"]


@pytest.mark.parametrize(("path", "body"), [
    ("/rulings", {"facts": {"paid": 399.5}}), ("/rulings/paper", {"lines": [{"facts": {"paid": 5.1}}]}),
])  # fmt: skip
def test_a_number_with_a_fraction_is_told_once_and_how_to_write_it(path: str, body: Any) -> None:
    problem = caller("agent").post(path, body, expect=422)
    [wrong] = problem["errors"]
    assert wrong["where"].endswith("facts.paid") and "小数请写成文本" in wrong["message"]


def test_a_paper_names_a_remedy_that_there_is_not_or_that_is_not_due() -> None:
    for remedy in ("gold", "reissue"):
        lines = [{"facts": CAR}, {"facts": CAR, "remedy": remedy}]
        problem = caller("agent").post("/rulings/paper", {"lines": lines, **ONE_DAY}, expect=422)
        assert list(problem["facts"]["fields"]) == ["lines.1.remedy"]


def test_nothing_that_is_sent_for_a_cases_ruling_is_passed_over() -> None:
    """Another day, a choice that there is not or that is not due, a word that nobody knows: nothing is kept."""
    agent = caller("agent")
    path = f"/cases/{agent.registered()}/rulings"
    dated = agent.post(path, {"facts": CAR, "today": "2026-02-20"}, key="a", expect=422)
    assert [(one["where"], one["message"]) for one in dated["errors"]] == [("body.body.today", "不认识这一项")]
    for chosen in ("gold", "reissue"):
        problem = agent.post(path, {"facts": CAR, "chosen": chosen}, key=chosen, expect=422)
        assert list(problem["facts"]["fields"]) == ["chosen"]
    agent.post("/rulings", {"facts": CAR, "tody": "2026-02-20"}, expect=422)
    assert not KeptRuling.objects.exists()
    agent.post(path, {"facts": CAR, "chosen": "return"}, key="b")
    assert KeptRuling.objects.get().chosen == "return"
