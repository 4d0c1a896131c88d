// Sends each chosen or dropped file by itself and shows how far it is; without it the form works.
"use strict";

const form = document.getElementById("upload");
const input = document.getElementById("files");
const drop = form.querySelector(".drop");
const rows = document.getElementById("rows");
const waiting = [];
let running = 0;

const element = (name, className, text) => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
};

const say = (row, text) => row.append(element("p", "state alert", text));

const send = (file, row) => {
  const bar = element("progress", "", "");
  const state = element("p", "state", "Sending");
  row.append(state, bar);
  const body = new FormData();
  body.append("files", file);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("X-CSRF-Token", form.elements.csrf_token.value);
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", (event) => {
    bar.max = event.total;
    bar.value = event.loaded;
  });
  request.addEventListener("loadend", () => {
    state.remove();
    bar.remove();
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    const made = answer.querySelector("li.row");
    const wait = request.status === 429 && Number(request.getResponseHeader("Retry-After"));
    if (wait) {
      sendLater(file, row, wait);
    } else if (made) {
      row.replaceWith(made);
      followSoon();
    } else {
      say(row, answer.querySelector(".empty p")?.textContent ?? "The connection broke; try again.");
    }
    running -= 1;
    next();
  });
  request.send(body);
};

const sendLater = (file, row, seconds) => {
  const state = element("p", "state", `The queue is full; sending again in ${seconds} seconds.`);
  row.append(state);
  setTimeout(() => {
    state.remove();
    waiting.push([file, row]);
    next();
  }, seconds * 1000);
};

const next = () => {
  while (running < 2 && waiting.length) {
    running += 1;
    send(...waiting.shift());
  }
};

const take = (files) => {
  document.getElementById("sent").hidden = false;
  for (const file of files) {
    const row = element("li", "row", "");
    row.append(element("div", "row-name", file.name));
    rows.prepend(row);
    waiting.push([file, row]);
  }
  next();
};

form.querySelector("button").hidden = true; // a choice is sent at once

form.addEventListener("submit", (event) => {
  event.preventDefault();
  take([...input.files]);
  form.reset();
});
input.addEventListener("change", () => form.requestSubmit());
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
drop.addEventListener("dragleave", (event) => {
  if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
});
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take([...event.dataTransfer.files]);
});
