"""A customer notice through Slack: drafted from what is established, edited, approved by two people, sent by comms."""

from __future__ import annotations

from bot.sandbox.reading import Seen
from tests.office import Office
from tests.scenarios.seats import seat


def post(office: Office, channel: str) -> Seen:
    """The text as the channel sees it."""
    return next(seen for seen in office.person("lena").sees(channel) if "*1. Customer notice*" in seen.text)


async def test_a_customer_notice_through_approval(office: Office) -> None:
    """Written in a form, advised on, approved by legal and the lead, an edit takes it back, sent by comms, and kept."""
    channel = await office.declare(severity="SEV1", system="discount-assistant")
    for handle, role in (("lena", "lead"), ("grace", "legal"), ("cory", "comms")):
        await seat(office, handle, role=role)
    cory, grace, lena = (office.person(handle) for handle in ("cory", "grace", "lena"))
    await cory.types(channel, "/incident texts customer")
    await office.settle()
    assert cory.modal is not None and "Only comms" in cory.modal.text and "not yet known" in str(cory.modal.blocks)
    await cory.fills({"What happened": "The root cause is a bad prompt; 640 people saw it."})
    await cory.presses(cory.modal, "Check the wording")
    await office.settle()
    assert "promises or names a cause" in cory.modal.text and "640” a number that nobody" in cory.modal.text
    await cory.fills({"What happened": "Wrong discounts were shown."})
    await cory.submits()
    await office.settle()
    assert cory.modal is not None and "Saved." in cory.modal.text and "Wrong discounts were shown." in cory.modal.text
    await cory.closes()
    assert (
        "waits for legal and lead" in post(office, channel).text and "Wrong discounts" not in post(office, channel).text
    )

    await approve(office, "grace", "legal", channel)
    await approve(office, "lena", "lead", channel)
    assert "approved; it can be sent" in post(office, channel).text
    await lena.presses(post(office, channel), "Read, edit, approve…")
    await office.settle()
    await lena.presses(lena.modal, "Edit…")
    await office.settle()
    await lena.fills({"What you should do": "Check your last order."})
    await lena.submits()
    await lena.closes()
    await office.settle()
    assert "version 2" in post(office, channel).text and "waits for legal and lead" in post(office, channel).text
    await approve(office, "grace", "legal", channel)
    await approve(office, "lena", "lead", channel)

    await cory.presses(post(office, channel), "Read, edit, approve…")
    await office.settle()
    await cory.presses(cory.modal, "Mark as sent…")
    await office.settle()
    await cory.fills({"Where was it sent?": "E-mail", "To whom, under which reference?": "612 accounts"})
    await cory.submits()
    await office.settle()
    sent = post(office, channel)
    assert "sent by E-mail" in sent.text and "612 accounts" in sent.text and () == sent.buttons
    await grace.types(channel, "/incident brief")
    await office.settle()
    assert "decision" in grace.ephemerals(channel)[-1].text


async def approve(office: Office, handle: str, role: str, channel: str) -> None:
    """Somebody opens the text and approves exactly what they read."""
    person = office.person(handle)
    await person.presses(post(office, channel), "Read, edit, approve…")
    await office.settle()
    await person.presses(person.modal, "Approve exactly this")
    await office.settle()
    assert person.modal is not None
    assert "Approved by" in person.modal.text and f" as {role} " in person.modal.text
    await person.closes()
