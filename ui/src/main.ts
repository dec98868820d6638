import { mount } from "svelte";
import "./tokens.css";
import "./base.css";
import "./chart.css";
import App from "./App.svelte";
import { VisitState } from "./visit.svelte";

// A recording stands in for the application while screens are worked on (`npm run dev`); it is not part of the build.
const { backend } = import.meta.env.MODE === "replay" ? await import("./backend/replay") : await import("./backend/tauri");

const target = document.getElementById("app");
if (target) mount(App, { target, props: { visit: new VisitState(backend) } });
