"use strict";
// Comfort only: every page works without it.
for (const pre of document.querySelectorAll(".command pre")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(pre.textContent);
    button.textContent = "Copied";
  });
  pre.after(button);
}
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", () => {
    for (const b of form.querySelectorAll("button")) setTimeout(() => { b.disabled = true; }, 0);
  });
}
addEventListener("pageshow", () => {
  for (const b of document.querySelectorAll("button[disabled]")) b.disabled = false;
});
