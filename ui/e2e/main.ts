// Mounts the real window on a fake engine, in the scene that the address names.
import { mount } from "svelte";
import "../src/app.css";
import App from "../src/App.svelte";
import { AppState } from "../src/state.svelte";
import { FakeTransport } from "../src/testing/fake";
import { zoom } from "../src/zoom.svelte";
import { keepVisible } from "../src/visible";
import { makeHostile } from "./hostile";
import { sceneOf } from "./scenes";

const target = document.getElementById("app");
if (target === null) throw new Error("app.html has no #app");

const asked = new URLSearchParams(location.search);
const scene = sceneOf(asked.get("scene") ?? "", asked.get("of") ?? "");
const engine = new FakeTransport(scene.fabrics, scene.log);
engine.answers = scene.answers ?? {};
const hostile = asked.get("hostile");
if (hostile !== null) makeHostile(engine, hostile === "long");
const app = new AppState(engine);
keepVisible(document.body);
mount(App, { target, props: { app } });

// For tests that play the engine while they look.
Object.assign(window, { engine, app, zoom });

const begin = setInterval(() => {
  if (!app.loaded && !app.loadProblem && !scene.unread) return;
  clearInterval(begin);
  // The one that a scene is about, whatever stands before it in the list.
  if (!scene.overview && app.fabric("lab")) app.select("lab");
  scene.then?.(engine, app);
  document.body.dataset.ready = "";
}, 5);
