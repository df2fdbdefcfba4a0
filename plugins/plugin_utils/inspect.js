"use strict";
(() => {
  const box = document.getElementById("filter");
  const search = box.querySelector("input");
  const shown = box.querySelector("output");
  const rows = [...document.querySelectorAll(".filtered tbody tr")];
  let texts;
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    texts ??= rows.map((row) => row.textContent.toLowerCase());
    rows.forEach((row, number) => {
      row.hidden = !words.every((word) => texts[number].includes(word));
    });
    shown.value = words.length ? `${rows.filter((row) => !row.hidden).length} of ${rows.length} tables shown` : "";
  };
  let timer;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 150);
  });
  box.hidden = false;
})();
