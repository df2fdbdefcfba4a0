"use strict";
(() => {
  const box = document.getElementById("filter");
  const [search, only] = box.querySelectorAll("input");
  const shown = box.querySelector("output");
  const rows = [...document.querySelectorAll(".filtered tbody tr")];
  const people = document.querySelectorAll(".people tbody tr");
  let texts;
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    texts ??= rows.map((row) => row.textContent.toLowerCase());
    rows.forEach((row, number) => {
      row.hidden = (only.checked && !row.classList.contains("drift")) || !words.every((word) => texts[number].includes(word));
    });
    const left = [...people].filter((row) => !row.hidden).length;
    shown.value = words.length || only.checked ? `${left} of ${people.length} people shown` : "";
  };
  let timer;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 150);
  });
  box.hidden = false;
})();
