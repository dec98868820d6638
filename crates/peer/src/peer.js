// Measures from this browser to the peer: how soon it answers, alone and while the way is full, and how much gets through.
"use strict";
const SECONDS = 8;
const WARM_UP = 2;
const CONNECTIONS = 4;
const PIECE = 64 * 1024;

const place = (id) => document.getElementById(id);
const start = place("start");
const state = place("state");
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const show = (id, value) => (place(id).textContent = value.toFixed(value < 10 ? 1 : 0));
const pause = (time) => new Promise((done) => setTimeout(done, time));

async function answered() {
  const begun = performance.now();
  const response = await fetch("__down?bytes=0", { cache: "no-store" });
  if (!response.ok) throw new Error(await response.text());
  await response.arrayBuffer();
  return performance.now() - begun;
}

async function downloads(count, signal) {
  for (;;) {
    const response = await fetch("__down?bytes=100000000", { cache: "no-store", signal });
    if (!response.ok) throw new Error(await response.text());
    const reader = response.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) count(piece.value.length);
  }
}

async function uploads(count, signal) {
  const bytes = crypto.getRandomValues(new Uint8Array(PIECE));
  let pieces = 4;
  for (;;) {
    const begun = performance.now();
    const response = await fetch("__up", { method: "POST", body: new Blob(Array(pieces).fill(bytes)), signal });
    if (!response.ok) throw new Error(await response.text());
    count(pieces * PIECE);
    // A request takes about a quarter of a second, so that few are cut off and few round trips are lost.
    pieces = Math.max(1, Math.min(512, Math.round((pieces * 250) / Math.max(1, performance.now() - begun))));
  }
}

// What gets through each second after the beginning, and how long answers take meanwhile.
async function filled(transfer, id) {
  const stop = new AbortController();
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  const answers = [];
  let bytes = 0;
  let failure = null;
  const count = (length) => {
    if (seconds() < WARM_UP) return;
    bytes += length;
    show(id, (bytes * 8) / 1e6 / Math.max(0.25, seconds() - WARM_UP));
  };
  const connections = Array.from({ length: CONNECTIONS }, () => transfer(count, stop.signal).catch((error) => (failure ??= error)));
  while (seconds() < SECONDS && !failure) {
    await pause(200);
    if (seconds() > WARM_UP) answers.push(await answered());
  }
  const total = (bytes * 8) / 1e6 / Math.max(0.25, seconds() - WARM_UP);
  const broken = failure;
  stop.abort();
  await Promise.all(connections);
  if (broken) throw broken;
  show(id, total);
  return answers;
}

start.addEventListener("click", async () => {
  start.disabled = true;
  state.textContent = state.dataset.measuring;
  try {
    const alone = [];
    for (let i = 0; i < 20; i += 1) {
      alone.push(await answered());
      await pause(50);
    }
    show("response", median(alone));
    const loaded = [...(await filled(downloads, "download")), ...(await filled(uploads, "upload"))];
    show("response-loaded", median(loaded));
    state.textContent = state.dataset.done;
  } catch (error) {
    state.textContent = `${state.dataset.failed} ${error.message}`;
  } finally {
    start.disabled = false;
  }
});
