// Suggestions for the search of the register, from the second letter on.
(() => {
  const field = document.querySelector("[data-suggestions]");
  const list = document.getElementById("suggestions");
  if (!field || !list) return;
  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    const text = field.value.trim();
    if (text.length < 2) return;
    timer = setTimeout(async () => {
      const answer = await fetch(`${field.dataset.suggestions}?q=${encodeURIComponent(text)}`);
      if (!answer.ok || field.value.trim() !== text) return;
      const options = (await answer.json()).suggestions.map((each) => {
        const option = document.createElement("option");
        option.value = each;
        return option;
      });
      list.replaceChildren(...options);
    }, 180);
  });
})();
