"""The public page of a call answers in the first screen; its self-check is done in one page, on a small phone, without script."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PLACES = """() => [...document.querySelectorAll(".call-head .facts > div")].map((each) => {
  const answer = each.querySelector("dd:not(.facts__note)");
  return [each.querySelector("dt").textContent, answer.getBoundingClientRect().top, answer.getBoundingClientRect().bottom];
})"""


@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (768, 1024), (1440, 900)])
def test_the_five_answers_stand_in_the_first_screen(someone, width, height):
    page = someone(script=width != 320)
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/appels/donnees-du-territoire")
    places = page.evaluate(PLACES)
    assert [term for term, _top, _bottom in places] == [
        "Pour qui",
        "Combien",
        "Jusqu’à quand",
        "Ce qu’il faut",
        "Déjà aidés",
    ]
    for term, top, bottom in places:
        assert 0 <= top < bottom <= height, (term, top, bottom)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(".call-head .lead")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_the_self_check_is_one_page_on_a_small_phone(someone, script):
    page = someone(script=script)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/appels/donnees-du-territoire/eligibilite")
    page.locator("input[name=strand]").first.check()
    for name, value in (("carrier_kind", "association"), ("territory_code", "13")):
        page.locator(f"[name={name}]").select_option(value)
    values = {
        "starts_on": "2190-03-01",
        "months": "30",
        "cost": "20 000",
        "requested": "16 000",
        "other_public": "2 000",
    }
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)
    page.get_by_role("button", name="Voir le résultat").click()
    result = page.get_by_role("region", name="Résultat")
    expect(result).to_contain_text("Demandez 10 000,00 € au plus. Ramenez le projet à 24 mois.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
