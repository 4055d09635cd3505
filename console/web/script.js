"use strict";
// Comfort only: every page works without it.
for (const source of document.querySelectorAll(".command pre, input[readonly]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    button.textContent = "Copied";
  });
  source.after(button);
}
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", () => {
    for (const b of form.querySelectorAll("button")) setTimeout(() => { b.disabled = true; }, 0);
  });
}
addEventListener("pageshow", () => {
  for (const b of document.querySelectorAll("button[disabled]")) b.disabled = false;
});
// What is under way is asked for again without leaving the page.
const main = document.getElementById("main");
const again = async () => {
  try {
    const answer = await fetch(location.href);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
    main.replaceChildren(...next.childNodes);
    if (next.dataset.refresh) setTimeout(again, 1000 * next.dataset.refresh);
  } catch {
    location.reload();
  }
};
if (main.dataset.refresh) setTimeout(again, 1000 * main.dataset.refresh);
