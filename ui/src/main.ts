import { mount } from "svelte";
import "./app.css";
import { tauri } from "./api";
import App from "./App.svelte";
import { AppState } from "./state.svelte";
import { keepVisible } from "./visible";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");

const app = new AppState(tauri);
// What is painted first has its size already.
await app.manners.load();
keepVisible(document.body);
mount(App, { target, props: { app } });
