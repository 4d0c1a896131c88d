// Follows the files that are being read on this page: one stream of events for all of them.
"use strict";

const MOST_JOBS = 200;
let source = null;
let soon = null;

const follow = () => {
  source?.close();
  source = null;
  const open = [...document.querySelectorAll("[data-job]")].map((node) => node.dataset.job);
  const jobs = [...new Set(open)].slice(0, MOST_JOBS);
  if (!jobs.length) return;
  source = new EventSource(`/queue/events?${jobs.map((job) => `job=${job}`).join("&")}`);
  source.addEventListener("job", (event) => {
    const told = JSON.parse(event.data);
    for (const node of document.querySelectorAll(`[data-job="${told.id}"]`)) {
      node.outerHTML = told.html;
    }
  });
  source.addEventListener("end", follow); // what has come to the page meanwhile
};

// Many rows come at once; one stream is enough for them.
const followSoon = () => {
  clearTimeout(soon);
  soon = setTimeout(follow, 300);
};

follow();
