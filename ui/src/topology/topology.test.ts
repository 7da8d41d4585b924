import css from "./links.css?raw";
import ELK from "elkjs/lib/elk.bundled.js";
import { describe, expect, it } from "vitest";
import { dataHall, topology, topologyLink, topologyNode } from "../testing/topology";
import { Camera } from "./camera.svelte";
import { elkGraph, middlesOf, MOST_CLUSTERS } from "./elkGraph";
import { base64 } from "../base64";
import { pngScale } from "./exportPng";
import { escaped, exportSvg } from "./exportSvg";
import { fileName } from "./fileName";
import { find } from "./find";
import { meets, placed } from "./geometry";
import { cut } from "./labels";
import { layOut } from "./layouter";
import { LINK_LOOKS } from "./linkKinds";
import { nearest } from "./nearest";
import { pendingSentence } from "./pendingChanges";
import { portLabels } from "./ports";
import { reachOf } from "./reach";
import { inRows } from "./rows";
import { distanceTo, halfWay, routesOf } from "./routes";
import { sceneOf, stacksOver, type Opened } from "./scene";
import { wire } from "./wiring";
import type { TopologyView } from "../bindings";

const NOTHING: Opened = new Map();
const scene = (view: TopologyView = topology(), opened = NOTHING) => sceneOf(wire(view, true), opened);
const drawn = (view: TopologyView = topology()) => {
  const wiring = wire(view, true);
  const of = sceneOf(wiring, NOTHING);
  const placing = placed(of, inRows(of));
  return { wiring, scene: of, placing, routes: routesOf(of, placing), problem: null };
};

describe("what is wired", () => {
  it("draws what pends, or the fabric as it is now", () => {
    const then = wire(topology(), true);
    expect(then.nodes.get("Switch/leaf-08")?.change).toBe("added");
    const now = wire(topology(), false);
    expect(now.nodes.has("Switch/leaf-08")).toBe(false);
    expect(now.nodes.get("Server/server-06")?.change).toBeNull();
    // What is wired to a switch that is not there yet has nowhere to go.
    expect([...now.links.values()].filter(({ a }) => a === "Switch/leaf-08")).toEqual([]);
  });

  it("says what the changes come from, and how many there are", () => {
    expect(pendingSentence(topology())).toBe(
      "8 added, 1 changed, 3 removed (12 nodes and links) by commits that wait on the remote and files that wait in the inbox.",
    );
    expect(pendingSentence(topology({ pending: [] }))).toBeNull();
    expect(pendingSentence(topology({ nodes: [], links: [], pending: ["edits"] }))).toBe(
      "Nothing that is drawn here would change by edits by hand that are not committed.",
    );
  });

  it("finds what a VPC reaches, and apart from it what its peers do", () => {
    const reach = reachOf(wire(topology(), true), "VPC/vpc-1");
    expect([...(reach?.nodes ?? [])].sort()).toEqual([
      "External/internet",
      "Server/server-01",
      "Server/server-05",
      "Switch/leaf-01",
      "Switch/leaf-02",
      "Switch/leaf-03",
      "Switch/leaf-04",
      "Switch/leaf-09",
    ]);
    expect(reach?.links.size).toBe(5);
    expect([...(reach?.peerNodes ?? [])]).toEqual(["Server/server-09", "Switch/leaf-05", "Switch/leaf-06"]);
    expect(reachOf(wire(topology(), true), "VPC/gone")).toBeNull();
  });

  it("finds by every word, those named so first", () => {
    const names = (wanted: string) => find(wire(topology(), true), wanted, 12).map(({ name }) => name);
    expect(names("leaf-1")).toEqual(["leaf-10"]);
    expect(names("65103")).toEqual(["leaf-03"]);
    expect(names("eslag-2 leaf")).toEqual(["leaf-05", "leaf-06"]);
    expect(names("LEAF-0")[0]).toBe("leaf-01");
    expect(names(" ")).toEqual([]);
  });
});

describe("what is drawn by itself", () => {
  it("boxes groups, and puts the servers of a group together", () => {
    const { clusters, items } = scene();
    const boxes = clusters.filter(({ label }) => label !== null);
    expect(boxes.map(({ label, items }) => [label, ...items.map(({ name }) => name)])).toEqual([
      ["mclag-1", "leaf-01", "leaf-02"],
      ["eslag-1", "leaf-03", "leaf-04"],
      ["eslag-2", "leaf-05", "leaf-06"],
    ]);
    const shelves = clusters.filter(({ tier }) => tier === "server");
    expect(shelves.map(({ items }) => items.length)).toEqual([4, 4, 4, 2, 2, 2, 1]);
    expect([...items.values()].every(({ node }) => node !== null)).toBe(true);
  });

  it("stacks a data hall to some dozens of shapes that stand for all of it", () => {
    const { items, lines, itemOf } = scene(dataHall());
    expect(items.size).toBeLessThan(40);
    expect(itemOf.size).toBe(16 + 984 + 492 * 8);
    // Every cable between two shapes is in exactly one line.
    const inLines = lines.flatMap(({ links }) => links.map(({ id }) => id));
    expect(inLines).toHaveLength(984 * 6);
    expect(new Set(inLines).size).toBe(inLines.length);
  });

  it("opens block after block down to any node, and closes it again", () => {
    const view = dataHall();
    const opened = new Map<string, boolean>();
    let of = scene(view, opened);
    for (
      let stack = stacksOver(of, "Server/server-02000")[0];
      stack;
      stack = stacksOver(of, "Server/server-02000")[0]
    ) {
      expect(opened.has(stack)).toBe(false);
      opened.set(stack, true);
      of = scene(view, opened);
    }
    expect(of.items.get("Server/server-02000")?.node).not.toBeNull();
    expect(of.items.size).toBeLessThan(80);
    const closes = of.items.get("Switch/leaf-0500")?.closes;
    expect(closes).toBeTruthy();
    opened.set(closes ?? "", false);
    expect(scene(view, opened).items.has("Switch/leaf-0500")).toBe(false);
  });

  it("keeps a node in sight that is wired to nothing, or to what is not there", () => {
    const view = topology();
    view.nodes.push(topologyNode("Server/lonely", { kind: "server" }));
    view.links.push(
      topologyLink("Connection/x", "unbundled", ["Switch/gone", "E1/1"], ["Server/lonely", "e"]),
    );
    const { clusters, lines } = scene(view);
    expect(clusters.find(({ label }) => label === "not wired")?.items.map(({ name }) => name)).toEqual([
      "lonely",
    ]);
    expect(lines.some(({ links }) => links.some(({ object }) => object === "Connection/x"))).toBe(false);
  });
});

describe("where it stands", () => {
  it("asks ELK for each cluster once, with its size and one edge to each above", () => {
    const graph = elkGraph(scene());
    const ids = (graph.children ?? []).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.some((id) => id.includes("External"))).toBe(false);
    expect(graph.children?.every(({ width, height }) => (width ?? 0) > 0 && (height ?? 0) > 0)).toBe(true);
    const edges = (graph.edges ?? []).map(({ id }) => id);
    expect(new Set(edges).size).toBe(edges.length);
    expect(
      graph.edges?.every(
        ({ sources, targets }) => ids.includes(sources[0] ?? "") && ids.includes(targets[0] ?? ""),
      ),
    ).toBe(true);
    expect(elkGraph(scene(dataHall())).edges?.length).toBeLessThan(200);
  });

  it.each([
    ["a lab", topology()],
    ["a data hall", dataHall()],
  ])("lays %s out in tiers, in order, nothing on another", async (_, view) => {
    const of = scene(view);
    const middles = middlesOf(await new ELK().layout(elkGraph(of)));
    const { items } = placed(of, middles);
    const all = [...items.values()];
    for (const [at, one] of all.entries())
      for (const other of all.slice(at + 1))
        expect(meets(one, other), `${one.item.id} ${other.item.id}`).toBe(false);
    const y = (tier: string) => all.filter(({ item }) => item.tier === tier).map(({ y }) => y);
    expect(Math.max(...y("spine"))).toBeLessThan(Math.min(...y("leaf")));
    const leaves = all.filter(({ item }) => item.tier === "leaf").sort((a, b) => a.x - b.x);
    expect(leaves.map(({ item }) => item.name)).toEqual(leaves.map(({ item }) => item.name).sort());
  });

  it("stands in rows where the layout can't be had, and says why", async () => {
    const of = scene();
    const { middles, problem } = await layOut(of, new AbortController(), () =>
      Promise.reject(new Error("no worker here")),
    );
    expect(problem).toBe("no worker here");
    const all = [...placed(of, middles).items.values()];
    expect(all).toHaveLength(of.items.size);
    for (const [at, one] of all.entries())
      for (const other of all.slice(at + 1)) expect(meets(one, other)).toBe(false);
  });

  it("does not ask for the layout of what is too much for it", async () => {
    const open = { row: 1e9, groups: 1e9, blocks: 1e9, servers: 1e9, allServers: 1e9, parallel: 4 };
    const of = sceneOf(wire(dataHall(), true), NOTHING, open);
    expect(of.clusters.length).toBeGreaterThan(MOST_CLUSTERS);
    const { middles, problem } = await layOut(of, new AbortController(), () =>
      Promise.reject(new Error("asked")),
    );
    expect(problem).toBeNull();
    expect(middles.size).toBeGreaterThan(900);
  });
});

describe("how its cables run", () => {
  const { routes, placing } = drawn();
  const routeOf = (kind: string) => routes.find(({ line }) => line.kind === kind);

  it("begins and ends every cable at its items' edges", () => {
    expect(routes).toHaveLength(topology().links.length);
    for (const { line, points } of routes)
      for (const [id, point] of [
        [line.a, points[0]],
        [line.b, points.at(-1)],
      ] as const) {
        const item = placing.items.get(id);
        expect(item && point && meets(item, { x: point[0], y: point[1], width: 0, height: 0 }), line.id).toBe(
          true,
        );
      }
  });

  it("draws a mesh over its row, a loop under its switch, a peer link straight", () => {
    const mesh = routeOf("mesh");
    expect(Math.min(...(mesh?.points ?? []).map(([, y]) => y))).toBeLessThan(
      (mesh?.points[0]?.[1] ?? 0) - 20,
    );
    expect(routeOf("vpcLoopback")?.points).toHaveLength(4);
    expect(routeOf("mclagPeer")?.points).toHaveLength(2);
  });

  it("finds the middle of a line, and how far the pointer is from it", () => {
    const bent = {
      points: [
        [0, 0],
        [10, 0],
        [10, 30],
      ] as const,
    };
    expect(halfWay(bent)).toEqual([10, 10]);
    expect(distanceTo(bent, [5, 3])).toBe(3);
    expect(distanceTo(bent, [13, 34])).toBe(5);
  });

  it("names the ports at both ends, neighbours in one", () => {
    const at = "Switch/leaf-05";
    const near = routes.filter(({ line }) => line.a === at || line.b === at);
    const texts = portLabels(near, at).map(({ text }) => text);
    expect(texts).toContain("E1/49");
    expect(texts).toContain("E1/11, E1/12");
    expect(texts.filter((text) => text.includes("enp2s1"))).not.toEqual([]);
  });

  it("goes to the neighbour that an arrow key means", () => {
    const from = placing.items.get("Switch/leaf-02");
    if (from === undefined) throw new Error("no leaf-02");
    const to = (key: "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight") =>
      nearest(from, placing.items.values(), key)?.item;
    expect(to("ArrowLeft")?.name).toBe("leaf-01");
    expect(to("ArrowRight")?.name).toBe("leaf-03");
    expect(to("ArrowUp")?.tier).toBe("spine");
    expect(to("ArrowDown")?.tier).toBe("server");
  });
});

describe("a saved picture", () => {
  it("is well-formed whatever names there are, and runs nothing", () => {
    const hostile = [
      `</text><script>alert(1)</script>`,
      `" onload="alert(1)`,
      `&amp; ]]> <!--`,
      "nul\u0000 bell\u0007 half\uD800 \uFFFE",
      "名前 😀",
    ];
    const nodes = hostile.map((name, at) =>
      topologyNode(`Switch/${at}`, { name, role: name, group: name, change: at === 0 ? "removed" : null }),
    );
    const { text } = exportSvg(
      drawn({ nodes, links: [], vpcs: [], pending: [] }),
      hostile.join(),
      new Set(),
      null,
    );
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    expect(parsed.querySelector("parsererror")).toBeNull();
    expect(parsed.querySelectorAll("script, [onload], image, foreignObject, a")).toHaveLength(0);
    expect(parsed.querySelector("title")?.textContent).toContain("</text><script>");
    expect(escaped("😀\uDC00")).toBe("😀\uFFFD");
  });

  it("needs nothing from elsewhere, and leaves out what is hidden", () => {
    const all = exportSvg(drawn(), "lab", new Set(), null).text;
    expect(all).toContain("#b85450");
    expect(all.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|url\(|var\(|@import/);
    expect(exportSvg(drawn(), "lab", new Set(["fabric"]), null).text).not.toContain("#b85450");
  });

  it("is painted at twice its size, or as large as a canvas can be", () => {
    expect(pngScale({ width: 1000, height: 600 })).toBe(2);
    const scale = pngScale({ width: 100_000, height: 900 });
    expect(scale * 100_000).toBeLessThanOrEqual(8192);
    expect(atob(base64(new Uint8Array(100_000).fill(7)))).toHaveLength(100_000);
  });

  it("is offered under a name that every file system takes", () => {
    expect(fileName("lab-1", "svg")).toBe("lab-1-topology.svg");
    expect(fileName("../../etc: <x>", "png")).toBe("etc-x-topology.png");
    expect(fileName("//", "svg")).toBe("fabric-topology.svg");
  });
});

it("shortens names in their middle", () => {
  expect(cut("leaf-01", 10)).toBe("leaf-01");
  expect(cut("server-with-a-long-name-042", 12)).toBe("serve…me-042");
});

describe("the colours of links", () => {
  const [light = "", dark = ""] = css.split("@media");
  const in_ = (text: string, kind: string) => new RegExp(`--link-${kind}: (#\\w+)`).exec(text)?.[1] ?? "";
  const luminance = (hex: string) =>
    [1, 3, 5]
      .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, at) => sum + c * ([0.2126, 0.7152, 0.0722][at] ?? 0), 0);

  it.each(LINK_LOOKS.map((look) => [look.kind, look] as const))(
    "%s is as saved in the light, and seen in the dark",
    (kind, look) => {
      expect(in_(light, kind)).toBe(look.light);
      expect((luminance(in_(dark, kind)) + 0.05) / (luminance("#13151a") + 0.05)).toBeGreaterThan(4.5);
    },
  );
});

it("keeps all in sight when the window changes its size, until somebody looks closer", () => {
  const camera = new Camera();
  camera.bounds = { x: 0, y: 0, width: 400, height: 200 };
  [camera.width, camera.height] = [800, 400];
  camera.fit();
  expect(camera.isWhole).toBe(true);
  for (const look of [() => camera.pan(10, 0), camera.zoomIn, () => camera.centre([5, 5])]) {
    look();
    expect(camera.isWhole).toBe(false);
    camera.fit();
  }
});
