"""List, Home, card menu and control panel, as people meet them on the wire."""

from __future__ import annotations

from bot.sandbox.people import Person
from bot.services.panel import OFFERS
from bot.slack.listeners.panel import FORMS
from bot.slack.views.incident import CARD_MENU
from tests.office import Office


def test_every_verb_that_is_offered_has_a_form() -> None:
    """No entry of the panel or of the card's menu leads nowhere."""
    offered = {offer.key for offer in OFFERS} | {key for key, _ in CARD_MENU}
    assert offered <= set(FORMS)


async def test_the_list_names_lead_and_next_update(office: Office) -> None:
    """Gravest first, with lead or "lead wanted", when the next update is due, and that it is overdue once it is."""
    await office.declare("Small thing")
    await office.declare("Big thing", **{"How bad is it?": "SEV1"})
    otto = office.person("otto")
    await otto.types("support", "/incident list")
    text = otto.ephemerals("support")[-1].text
    assert text.index("Big thing") < text.index("Small thing")
    assert "2 incidents are open" in text
    assert "lead wanted" in text
    office.clock.forward(days=1)
    await otto.types("support", "/incident list")
    assert "overdue" in otto.ephemerals("support")[-1].text


async def test_home_has_the_cord_and_the_list(office: Office) -> None:
    """Opening Home shows the button and the open incidents; the button opens the form."""
    await office.declare("Shop bot gives 99% off")
    otto = office.person("otto")
    await otto.opens_home()
    await office.settle()
    assert otto.home is not None
    assert "Shop bot gives 99% off" in otto.home.text
    await otto.presses(otto.home, "Declare an AI incident")
    await office.settle()
    assert otto.modal is not None
    assert "What happened?" in otto.modal.labels


async def test_declaring_from_home_shows_there(office: Office) -> None:
    """Whoever declares from Home finds the incident on it without opening it again."""
    rae = office.person("rae")
    await rae.opens_home()
    await office.settle()
    assert rae.home is not None
    await rae.presses(rae.home, "Declare an AI incident")
    await office.settle()
    await rae.fills({"What happened?": "It insulted somebody"})
    await rae.submits()
    await office.settle()
    assert "It insulted somebody" in rae.home.text
    assert "Yours" in rae.home.text


async def test_the_messages_tab_shows_no_home(office: Office) -> None:
    """Opening the app's messages publishes nothing."""
    otto = office.person("otto")
    await otto.opens_home(tab="messages")
    await office.settle()
    assert otto.home is None


async def test_the_command_alone_opens_the_panel(office: Office) -> None:
    """`/incident` in the incident's channel is the panel; with words, or elsewhere, it is the form to declare."""
    name = await office.declare()
    rae = office.person("rae")
    await rae.closes()
    await rae.types(name, "/incident")
    await office.settle()
    assert rae.modal is not None
    assert rae.modal.title == "AI-0001"
    assert "Add a note" in rae.modal.buttons
    await rae.closes()
    await rae.types("support", "/incident")
    await office.settle()
    assert rae.modal is not None
    assert rae.modal.title == "Declare an AI incident"


async def opened(office: Office, person: Person) -> str:
    """The title of the form that a press opened; every window is closed again."""
    await office.settle()
    title = person.modal.title if person.modal else ""
    while person.modal:
        await person.closes()
    return title


async def led_by_lena(office: Office) -> str:
    """An incident whose lead is Lena; the name of its channel."""
    name = await office.declare()
    lena = office.person("lena")
    await lena.types(name, "/incident take lead")
    await opened(office, lena)
    return name


async def test_every_button_of_the_panel_opens_its_form(office: Office) -> None:
    """For the lead, each verb of the panel puts its own form on top of it, and Slack accepts that form."""
    name = await led_by_lena(office)
    lena = office.person("lena")
    await lena.types(name, "/incident")
    await office.settle()
    assert lena.modal is not None
    offered = lena.modal.buttons
    assert {"Send update", "Set contained", "Change severity", "Add a note", "Merge"} <= set(offered)
    await lena.closes()
    for label in offered:
        await lena.types(name, "/incident")
        await office.settle()
        assert lena.modal is not None
        await lena.presses(lena.modal, label)
        assert lena.error is None, label
        assert await opened(office, lena) not in ("", "AI-0001", "That did not work"), label


async def test_every_entry_of_the_cards_menu_opens_its_form(office: Office) -> None:
    """Each entry of the card's menu opens something for the lead."""
    name = await led_by_lena(office)
    lena = office.person("lena")
    for _, label in CARD_MENU:
        card = next(seen for seen in lena.sees(name) if label in seen.buttons)
        await lena.presses(card, label)
        assert await opened(office, lena) not in ("", "That did not work"), label
