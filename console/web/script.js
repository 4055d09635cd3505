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
