"use strict";
// Looks at the page from inside, after its own script, and tells the frame around it.
addEventListener("load", async () => {
  const pause = () => new Promise((done) => setTimeout(done, 400));
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.getClientRects().length);
  const [search, only] = document.querySelectorAll("#filter input");
  const light = (colour) => {
    const parts = colour.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255);
    const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const back = (element) => {
    const colour = element ? getComputedStyle(element).backgroundColor : "rgb(255, 255, 255)";
    return colour === "rgba(0, 0, 0, 0)" ? back(element.parentElement) : colour;
  };
  const contrast = (element) => { // as WCAG 2 computes it
    const pair = [light(getComputedStyle(element).color), light(back(element))].sort((one, other) => other - one);
    return (pair[0] + 0.05) / (pair[1] + 0.05);
  };
  const found = {
    width: innerWidth,
    content: document.documentElement.scrollWidth,
    title: document.title,
    scripts: document.scripts.length,
    images: document.images.length,
    handlers: [...document.querySelectorAll("*")].filter((element) => [...element.attributes].some((one) => one.name.startsWith("on"))).length,
    loaded: performance.getEntriesByType("resource").map((entry) => entry.name),
    styled: getComputedStyle(document.body).paddingLeft !== "0px",
    filter: seen("#filter").length,
    names: seen("bdi").map((element) => element.textContent),
    contrast: Math.min(...seen("body *").filter((element) => element.textContent.trim()).map(contrast)),
    people: seen(".people tbody tr").length,
    heads: seen(".people thead th").length,
  };
  only.click();
  await pause();
  found.differing = seen(".people tbody tr").length;
  only.click();
  search.value = "ALICE example.org";
  search.dispatchEvent(new Event("input", { bubbles: true }));
  await pause();
  found.searched = seen(".people tbody tr bdi:first-child").map((element) => element.textContent);
  parent.postMessage(found, "*");
});
