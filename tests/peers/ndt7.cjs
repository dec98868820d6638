// Runs M-Lab's own ndt7 client against HOST:PORT with a token, and prints {"down": Mbit/s, "up": Mbit/s}: ndt7.cjs HOST:PORT TOKEN
// The client is made for browsers, whose Worker and WebSocket it is given here.
"use strict";
const threads = require("worker_threads");
const fs = require("fs");
const vm = require("vm");

if (!threads.isMainThread) {
  const { file, token } = threads.workerData;
  const Socket = require("ws");
  Object.defineProperty(ArrayBuffer.prototype, "size", { get() { return this.byteLength; } });
  globalThis.WebSocket = class extends Socket {
    constructor(address, protocol) {
      const url = new URL(address);
      url.searchParams.set("access_token", token);
      super(url, protocol);
      this.binaryType = "arraybuffer";
    }
  };
  globalThis.self = globalThis;
  globalThis.postMessage = (message) => threads.parentPort.postMessage(message);
  vm.runInThisContext(fs.readFileSync(file, "utf8"), { filename: file });
  threads.parentPort.on("message", (data) => globalThis.onmessage({ data }));
} else {
  const [server, token] = process.argv.slice(2);
  globalThis.Worker = class {
    constructor(file) {
      this.thread = new threads.Worker(__filename, { workerData: { file, token } });
      this.thread.on("message", (data) => this.onmessage?.({ data }));
      this.thread.on("error", (error) => this.onerror?.(error));
    }
    postMessage(message) { this.thread.postMessage(message); }
    terminate() { this.thread.terminate(); }
  };
  const ndt7 = require("@m-lab/ndt7");
  const worker = (name) => require.resolve(`@m-lab/ndt7/src/ndt7-${name}-worker.js`);
  const rates = {};
  ndt7
    .test(
      { userAcceptedDataPolicy: true, protocol: "ws", server, downloadworkerfile: worker("download"), uploadworkerfile: worker("upload") },
      {
        downloadComplete: (seen) => { rates.down = seen.LastClientMeasurement.MeanClientMbps; },
        // What was sent is no more than handed over; what came, the server tells.
        uploadComplete: (seen) => {
          const { BytesReceived, ElapsedTime } = seen.LastServerMeasurement.TCPInfo;
          rates.up = (BytesReceived * 8) / ElapsedTime;
        },
        error: (error) => { console.error(error); process.exit(1); },
      },
    )
    .then((status) => { console.log(JSON.stringify(rates)); process.exit(status); });
}
