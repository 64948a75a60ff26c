"""A new complaint: what is taken, what is refused with everything kept, and that it stays one."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.documents import samples
from tests.portal import house

from tuoshan.cases.models import Case
from tuoshan.documents import drafts, storage
from tuoshan.documents.models import Evidence
from tuoshan.parties.models import Customer

pytestmark = pytest.mark.django_db
GOOD = {"what_happened": "洗衣机脱水时抖动，底部漏水", "name": "王女士", "phone": "138 0013 8000", "website": ""}


def given(**more: Any) -> dict[str, Any]:
    return {**GOOD, "key": "one-key", "upload_token": drafts.new_upload_token(), **more}


def send(client: Client | None = None, **more: Any) -> Any:
    return (client or Client()).post("/portal/submit", given(**more))


def test_three_fields_are_enough_and_the_number_is_given_with_the_promise() -> None:
    client = Client()
    response = send(client)
    case = Case.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/portal/case/{case.number}/submitted")
    page = client.get(response["Location"]).content.decode()
    assert f'<p class="big-number" id="number">{case.number}</p>' in page
    assert "最迟 明天 09:00 前给您答复" in page
    assert re.search(r'data-copy="http://testserver/portal/l/', page) or "/portal/l/" in page
    assert (case.channel, case.kind, case.state) == ("web", "complaint", "received")
    assert Customer.objects.get(pk=case.customer_id).name == "王女士"
    assert client.get(f"/portal/case/{case.number}").status_code == 200


def test_all_that_was_filled_in_is_in_the_case() -> None:
    client = Client()
    send(client, wish="换一台", product="XQG100 滚筒", order_no="D20260301-7")
    page = house.page_of(Case.objects.get(), client)
    for text in ("洗衣机脱水时抖动，底部漏水", "换一台", "XQG100 滚筒", "D20260301-7"):
        assert text in page


@pytest.mark.parametrize(
    ("phone", "said"),
    [
        ("1380013", "还差 4 位，请填写 11 位手机号"),
        ("138001380001", "多了 1 位，请填写 11 位手机号"),
        ("", "请填写手机号"),
        ("没有", "这个号码打不通"),
        ("020-1", "这个号码打不通"),
        ("1" * 40, "多了 29 位"),
    ],
)
def test_a_phone_that_cannot_be_one_is_said_beside_it_and_nothing_is_lost(phone: str, said: str) -> None:
    response = send(phone=phone, wish="退货")
    page = response.content.decode()
    assert response.status_code == 422 and said in page
    for kept in (GOOD["what_happened"], GOOD["name"], "退货", phone):
        assert kept in page
    assert not Case.objects.exists() and not Customer.objects.exists()


@pytest.mark.parametrize("phone", ["13800138000", "+86 13800138000", "8613800138000", "020-87654321", "+852 9123 4567"])
def test_numbers_that_can_be_called_are_taken(phone: str) -> None:
    assert send(phone=phone).status_code == 302


def test_a_double_tap_makes_one_case() -> None:
    client, values = Client(), given()
    answers = [client.post("/portal/submit", values) for _ in range(3)]
    assert {answer["Location"] for answer in answers} == {f"/portal/case/{Case.objects.get().number}/submitted"}


def test_the_same_key_with_other_words_is_not_taken_for_the_same() -> None:
    send()
    response = send(what_happened="完全不同的另一件事")
    page = response.content.decode()
    assert response.status_code == 422 and "已经提交过" in page
    assert Case.objects.count() == 1
    fresh = re.search(r'name="key" value="([^"]+)"', page)
    assert fresh and fresh[1] != "one-key", "sent again, it would be refused for ever"
    assert send(what_happened="完全不同的另一件事", key=fresh[1]).status_code == 302
    assert Case.objects.count() == 2


def test_another_visitor_with_the_same_key_and_another_phone_begins_a_case_of_their_own() -> None:
    send()
    assert send(phone="13911112222", what_happened="另一位客户").status_code == 302
    assert Case.objects.count() == 2


def test_the_trap_keeps_programs_out_and_costs_a_person_one_more_tap() -> None:
    response = send(website="http://spam.example")
    page = response.content.decode()
    assert response.status_code == 422 and "请再点一次" in page and GOOD["what_happened"] in page
    assert "spam.example" not in page
    assert not Case.objects.exists()


def test_one_phone_cannot_flood(clock: Any) -> None:
    codes = [send(key=f"k{number}").status_code for number in range(7)]
    assert codes == [302] * 6 + [429]
    assert send(key="other", phone="13911112222").status_code == 302
    clock.advance(timedelta(hours=1, seconds=1))
    assert send(key="later").status_code == 302


def test_one_address_cannot_flood() -> None:
    codes = [send(key=f"k{number}", phone=f"138001380{number:02d}").status_code for number in range(21)]
    assert codes == [302] * 20 + [429]
    client = Client(REMOTE_ADDR="2001:db8::1")
    assert send(client, key="v6", phone="13911112222").status_code == 302


def test_photos_of_a_phone_lose_their_place_and_belong_to_the_case() -> None:
    client, token = Client(), drafts.new_upload_token()
    for content, name in ((samples.heic_with_place(), "IMG_1.HEIC"), (samples.photo_with_place(), "IMG_2.jpg")):
        taken = client.post("/evidence/upload", {"file": SimpleUploadedFile(name, content), "token": token})
        assert taken.status_code == 201, taken.content
    send(client, upload_token=token)
    rows = list(Evidence.objects.filter(case_id=Case.objects.get().pk))
    assert len(rows) == 2 and all(row.visible_to_customer for row in rows)
    for row in rows:
        content = storage.path_of(row.stored_hash).read_bytes()
        assert samples.LATITUDE_TEXT not in content
        assert not Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825)
        assert client.get(f"/evidence/{row.pk}").status_code == 200
        assert Client().get(f"/evidence/{row.pk}").status_code == 404


def test_photos_travel_with_the_form_where_there_is_no_script() -> None:
    client = Client()
    files = [SimpleUploadedFile(f"{number}.jpg", samples.image("JPEG", quality=50 + number)) for number in range(2)]
    assert send(client, files=files).status_code == 302
    assert Evidence.objects.filter(case_id=Case.objects.get().pk).count() == 2


def test_more_than_six_are_refused_and_what_is_there_is_shown_again() -> None:
    files = [SimpleUploadedFile(f"{number}.jpg", samples.image("JPEG", quality=40 + number)) for number in range(7)]
    response = send(files=files)
    page = response.content.decode()
    assert response.status_code == 422 and "最多 6 个文件" in page and page.count("data-file=") == 7
    assert not Case.objects.exists()


def test_what_is_no_photo_is_refused_by_name_and_the_rest_stays() -> None:
    files = [SimpleUploadedFile("漏水.jpg", samples.image("JPEG")), SimpleUploadedFile("假.jpg", b"MZ not a picture")]
    response = send(files=files)
    page = response.content.decode()
    assert response.status_code == 422 and "假.jpg" in page and page.count("data-file=") == 1


def test_uploads_of_another_draft_are_not_taken_along() -> None:
    theirs, mine = drafts.new_upload_token(), drafts.new_upload_token()
    other = Client()
    other.post("/evidence/upload", {"file": SimpleUploadedFile("a.jpg", samples.image("JPEG")), "token": theirs})
    client = Client()
    send(client, upload_token=mine)
    case = Case.objects.get()
    assert not Evidence.objects.filter(case_id=case.pk).exists()
    assert Evidence.objects.get().case_id is None
    for broken in ("", "nonsense", theirs[:-2] + "xx"):
        assert send(client, key=broken or "empty", upload_token=broken).status_code == 302
    assert Evidence.objects.get().case_id is None


def test_what_a_draft_holds_is_still_there_after_a_reload() -> None:
    client = Client()
    page = client.get("/portal/submit").content.decode()
    token = re.search(r'name="upload_token" value="([^"]+)"', page)
    assert token is not None
    client.post("/evidence/upload", {"file": SimpleUploadedFile("a.jpg", samples.image("JPEG")), "token": token[1]})
    assert client.get("/portal/").content.decode().count("data-file=") == 1
    assert Client().get("/portal/").content.decode().count("data-file=") == 0


def test_looking_stores_nothing() -> None:
    client = Client()
    client.get("/portal/")
    assert "tuoshan_session" not in client.cookies


HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7|add:7 }}'


def test_every_field_is_escaped_wherever_it_comes_back() -> None:
    names = ("what_happened", "wish", "product", "order_no", "name", "phone", "key", "upload_token")
    page = send(**dict.fromkeys(names, HOSTILE)).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;alert(1)" in page
    client = Client()
    send(client, what_happened=HOSTILE, wish=HOSTILE, product=HOSTILE, order_no=HOSTILE, name=HOSTILE)
    page = house.page_of(Case.objects.get(), client)
    assert "<script>alert" not in page and "<img src=x" not in page and "{{ 7|add:7 }}" in page
    tracked = Client().get("/portal/track", {"number": HOSTILE}).content.decode()
    assert "<script>alert" not in tracked and "<img src=x" not in tracked


def test_in_english_every_sentence_is() -> None:
    client = Client()
    client.cookies["tuoshan_language"] = "en"
    page = client.get("/portal/").content.decode()
    shown = re.sub(r"<script.*?</script>|<button[^>]*lang=\"zh-CN\">.*?</button>|<[^>]+>", "", page, flags=re.S)
    assert not re.findall(r"[\u4e00-\u9fff]+", shown)


@pytest.mark.parametrize(
    ("way", "asked", "said"),
    [
        ("sms", False, "并用短信告诉您进展。提交后"),
        ("mail", True, "并用邮件告诉您进展，没有留邮箱的用短信。提交后"),
        ("both", True, "并用短信和邮件告诉您进展。提交后"),
    ],
)
def test_an_address_is_asked_where_the_company_tells_by_mail(way: str, asked: bool, said: str, clock: Any) -> None:
    from tuoshan.knowledge.company import Company, set_company

    set_company(Company(way=way), valid_from=clock())
    page = Client().get("/portal/submit").content.decode()
    assert (('name="email"' in page), said in page) == (asked, True)
    assert send(email="wang@example.com").status_code == 302
    assert Customer.objects.get().email == ("wang@example.com" if asked else "")


def test_an_address_that_is_none_is_said_beside_it_and_none_at_all_is_fine(clock: Any) -> None:
    from tuoshan.knowledge.company import Company, set_company

    set_company(Company(way="mail"), valid_from=clock())
    refused = send(email="wang@")
    assert refused.status_code == 422 and "请填写完整的邮箱地址" in refused.content.decode()
    assert send(email="").status_code == 302
    assert send(key="another", email="else@example.com").status_code == 302
    assert Customer.objects.get().email == "", "whoever knows a number does not say where its messages go"
