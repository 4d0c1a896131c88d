// Completes what is typed into the search box: an ARIA 1.2 combobox with a list of its own. The
// typed text stays until an option is taken. Without scripts the box is a plain one.
"use strict";

document.querySelectorAll("#q").forEach((box) => {
  const WAIT_MS = 80;
  const list = document.createElement("ul");
  let waiting, asking, chosen;

  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  box.parentElement.append(list);
  for (const [name, value] of [
    ["role", "combobox"], ["aria-autocomplete", "list"],
    ["aria-controls", list.id], ["aria-expanded", "false"],
  ]) box.setAttribute(name, value);

  // Whatever was asked for before is forgotten, its answer too.
  const close = () => {
    clearTimeout(waiting);
    asking?.abort();
    choose(null);
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
  };
  const choose = (option) => {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option;
    chosen?.setAttribute("aria-selected", "true");
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) box.setAttribute("aria-activedescendant", chosen.id);
    else box.removeAttribute("aria-activedescendant");
  };
  const take = (option) => {
    box.value = option.dataset.text;
    close();
    box.form.requestSubmit();
  };
  const ask = async () => {
    asking?.abort();
    const current = (asking = new AbortController());
    try {
      const answer = await fetch(`/suggest?q=${encodeURIComponent(box.value)}`, {
        signal: current.signal, headers: { "HX-Request": "true" },
      });
      const options = answer.ok ? await answer.text() : "";
      if (current.signal.aborted || document.activeElement !== box) return;
      choose(null);
      list.innerHTML = options;
      list.hidden = !list.children.length;
      box.setAttribute("aria-expanded", String(!list.hidden));
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };
  const move = (step) => {
    const options = [...list.children];
    const place = options.indexOf(chosen);
    // Beyond either end the typed text is chosen again.
    choose(options[place < 0 && step < 0 ? options.length - 1 : place + step] ?? null);
  };

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    asking?.abort();
    if (box.value.trim()) waiting = setTimeout(ask, WAIT_MS);
    else close();
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !event.altKey) {
      event.preventDefault();
      if (list.hidden) ask().then(() => move(step));
      else move(step);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter") {
      if (!chosen) return close();
      event.preventDefault();
      take(chosen);
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") choose(null);
  });
  box.addEventListener("blur", close);
  // What was typed before the scripts were there counts as well; htmx listens from this event on.
  document.addEventListener("DOMContentLoaded", () => {
    if (box.value !== box.defaultValue) box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // The box keeps the focus while an option is clicked.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
});
