"""The first view of a public page, cache empty, on a processor four times slower: weight, requests, stability."""

import statistics

import pytest

pytestmark = [pytest.mark.screens, pytest.mark.slow]
KILOBYTES, REQUESTS, SHIFT, ROUNDS = 150, 12, 0.02, 5
PAGES = {"home": "/", "call": "/appels/donnees-du-territoire", "gallery": "/reutilisations"}
# On a 4G network Chrome asks for an image to come when it is 1,250 pixels below the window; the headless shell asks for all.
FAR = "[...document.images].filter((i) => i.getBoundingClientRect().top > innerHeight + 1250).map((i) => i.currentSrc || i.src)"
WATCH = """
  window.__lcp = 0; window.__cls = 0;
  new PerformanceObserver((list) => { for (const each of list.getEntries()) window.__lcp = each.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => { for (const each of list.getEntries()) if (!each.hadRecentInput) window.__cls += each.value; })
    .observe({ type: "layout-shift", buffered: true });
"""


def first_view(stage, path):
    """Bytes received, requests, largest contentful paint in ms and layout shift of one visit."""
    sight = stage.look("", 390, "light")
    try:
        page, weights, requests = sight.page, {}, {}
        network = sight.context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        network.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        network.on(
            "Network.loadingFinished", lambda each: weights.update({each["requestId"]: each["encodedDataLength"]})
        )
        network.on(
            "Network.requestWillBeSent", lambda each: requests.update({each["requestId"]: each["request"]["url"]})
        )
        page.add_init_script(WATCH)
        page.goto(stage.instance.root + path, wait_until="networkidle")
        page.wait_for_timeout(200)
        paint, shift = page.evaluate("[window.__lcp, window.__cls]")
        far = page.evaluate(FAR)
        asked = {key: url for key, url in requests.items() if url not in far and not url.startswith("data:")}
        return sum(weights.get(key, 0) for key in asked) / 1000, len(asked), paint, shift
    finally:
        sight.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_first_view_is_light_and_does_not_move(stage, name, capsys):
    seen = [first_view(stage, PAGES[name]) for _round in range(ROUNDS)]
    kilobytes, requests, paint, shift = (statistics.median(each) for each in zip(*seen, strict=True))
    with capsys.disabled():
        print(f"\n{name}: {kilobytes:.0f} kB, {requests:.0f} requests, LCP {paint:.0f} ms, CLS {shift:.3f}")
    assert kilobytes <= KILOBYTES
    assert requests <= REQUESTS
    assert max(each[3] for each in seen) < SHIFT


def test_a_heavy_page_that_moves_would_be_seen(stage):
    sight = stage.look("", 390, "light")
    try:
        sight.page.add_init_script(WATCH)
        page = (
            "<!doctype html><title>a</title><p style='height:100px'>avant</p>"
            + "<p>ce qui bouge, sur plusieurs mots</p>" * 12
        )
        sight.page.route("**/__trial", lambda route: route.fulfill(body=page, content_type="text/html; charset=utf-8"))
        sight.page.goto(f"{stage.instance.root}/__trial")
        sight.page.wait_for_timeout(300)
        sight.page.evaluate("document.querySelector('p').style.height = '500px'")
        sight.page.wait_for_function("window.__cls > 0")
        assert sight.page.evaluate("window.__cls") >= SHIFT
    finally:
        sight.close()
