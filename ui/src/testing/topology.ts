// Fabrics to draw: a small one with one of everything, and one as large as a data hall.
import type { TopologyLink, TopologyNode, TopologyView, VpcReach } from "../bindings";

export function topologyNode(id: string, over: Partial<TopologyNode> = {}): TopologyNode {
  const name = id.slice(id.lastIndexOf("/") + 1);
  const directory = id.startsWith("Switch") ? "switches" : `${id.slice(0, id.indexOf("/")).toLowerCase()}s`;
  return {
    id,
    name,
    kind: "leaf",
    role: null,
    group: null,
    groupType: null,
    detail: [],
    file: `managed/${directory}/${name}.yaml`,
    missing: false,
    change: null,
    ...over,
  };
}

export function topologyLink(
  object: string,
  kind: TopologyLink["kind"],
  a: [node: string, port: string | null],
  b: [node: string, port: string | null],
  over: Partial<TopologyLink> = {},
): TopologyLink {
  return {
    id: `${object}#${a[1] ?? ""}-${b[1] ?? ""}`,
    object,
    file: `managed/connections/${object.slice(object.indexOf("/") + 1)}.yaml`,
    kind,
    a: a[0],
    aPort: a[1],
    b: b[0],
    bPort: b[1],
    change: null,
    ...over,
  };
}

const padded = (n: number, width = 2) => String(n).padStart(width, "0");
const spine = (n: number) => `Switch/spine-${padded(n)}`;

/** Two gateways, two spines, ten leaves of which six stand in groups, their servers, two externals. */
export function topology(over: Partial<TopologyView> = {}): TopologyView {
  const nodes: TopologyNode[] = [];
  const links: TopologyLink[] = [];
  const leaf = (n: number) => `Switch/leaf-${padded(n)}`;
  const server = (n: number) => `Server/server-${padded(n)}`;

  for (const n of [1, 2]) {
    nodes.push(
      topologyNode(`Gateway/gw-${n}`, { kind: "gateway", detail: [["ASN", `${65533 + n}`]] }),
      topologyNode(spine(n), {
        kind: "spine",
        role: "spine",
        detail: [
          ["Profile", "dell-s5248f-on"],
          ["ASN", "65100"],
          ["Protocol IP", `172.30.8.${n}/32`],
          ["Description", `VS-${n} in rack 1`],
        ],
      }),
    );
    for (const s of [1, 2])
      links.push(
        topologyLink(
          `Connection/spine-${s}--gw-${n}`,
          "gateway",
          [`Gateway/gw-${n}`, `enp2s${s}`],
          [spine(s), `E1/${30 + n}`],
        ),
      );
  }

  const groups = ["mclag-1", "mclag-1", "eslag-1", "eslag-1", "eslag-2", "eslag-2"];
  for (let n = 1; n <= 10; n++) {
    const group = groups[n - 1] ?? null;
    nodes.push(
      topologyNode(leaf(n), {
        role: n > 8 ? "border-leaf" : "server-leaf",
        group,
        groupType: group === null ? null : group.slice(0, -2),
        detail: [
          ["Profile", n > 8 ? "celestica-ds3000" : "dell-s5232f-on"],
          ["ASN", `${65100 + n}`],
          ["Protocol IP", `172.30.8.${n + 10}/32`],
          ["VTEP IP", `172.30.12.${n}/32`],
        ],
        change: n === 3 ? "changed" : n === 8 ? "added" : null,
      }),
    );
    for (const s of [1, 2])
      for (const port of [1, 2])
        links.push(
          topologyLink(
            `Connection/spine-${padded(s)}--fabric--leaf-${padded(n)}`,
            "fabric",
            [spine(s), `E1/${2 * n + port}`],
            [leaf(n), `E1/${46 + 2 * s + port}`],
            { change: n === 8 ? "added" : null },
          ),
        );
  }
  for (const port of [1, 2])
    links.push(
      topologyLink(
        "Connection/leaf-01--mclag-domain--leaf-02",
        port === 1 ? "mclagPeer" : "mclagSession",
        [leaf(1), `E1/${40 + port}`],
        [leaf(2), `E1/${40 + port}`],
      ),
    );
  links.push(
    topologyLink("Connection/leaf-07--mesh--leaf-09", "mesh", [leaf(7), "E1/40"], [leaf(9), "E1/40"]),
    topologyLink("Connection/leaf-09--loopback", "vpcLoopback", [leaf(9), "E1/12"], [leaf(9), "E1/13"]),
  );

  const kinds = ["mclag", "eslag", "eslag"] as const;
  let n = 0;
  for (let pair = 0; pair < 3; pair++)
    for (let of = 0; of < 4; of++) {
      n++;
      const removed = n === 6;
      nodes.push(topologyNode(server(n), { kind: "server", change: removed ? "removed" : null }));
      for (const side of [1, 2])
        links.push(
          topologyLink(
            `Connection/server-${padded(n)}--${kinds[pair]}--leaf-${padded(2 * pair + 1)}--leaf-${padded(2 * pair + 2)}`,
            kinds[pair] ?? "eslag",
            [leaf(2 * pair + side), `E1/${of + 1}`],
            [server(n), `enp2s${side}`],
            { change: removed ? "removed" : null },
          ),
        );
    }
  for (const on of [7, 8, 9]) {
    nodes.push(
      topologyNode(server(++n), { kind: "server" }),
      topologyNode(server(++n), { kind: "server", change: on === 8 ? "added" : null }),
    );
    links.push(
      topologyLink(
        `Connection/server-${n - 1}--unbundled--leaf-${padded(on)}`,
        "unbundled",
        [leaf(on), "E1/1"],
        [server(n - 1), "enp2s1"],
      ),
    );
    for (const port of [1, 2])
      links.push(
        topologyLink(
          `Connection/server-${n}--bundled--leaf-${padded(on)}`,
          "bundled",
          [leaf(on), `E1/${port + 1}`],
          [server(n), `enp2s${port}`],
          { change: on === 8 ? "added" : null },
        ),
      );
  }
  nodes.push(topologyNode(server(++n), { kind: "server", file: null, missing: true }));
  links.push(
    topologyLink(
      `Connection/server-${n}--unbundled--leaf-10`,
      "unbundled",
      [leaf(10), "E1/1"],
      [server(n), "eth1"],
    ),
  );
  for (const [name, on] of [
    ["internet", 9],
    ["campus", 10],
  ] as const) {
    nodes.push(topologyNode(`External/${name}`, { kind: "external" }));
    links.push(
      topologyLink(
        `ExternalAttachment/${name}--leaf-${padded(on)}`,
        "externalAttachment",
        [leaf(on), "E1/20"],
        [`External/${name}`, null],
        { file: `managed/externalattachments/${name}.yaml` },
      ),
    );
  }

  const onLinks = (...servers: string[]) =>
    links.filter((link) => servers.includes(link.b)).map((link) => link.id);
  const vpcs: VpcReach[] = [
    {
      id: "VPC/vpc-1",
      name: "vpc-1",
      subnets: [
        { name: "default", cidr: "10.0.1.0/24", vlan: "1001" },
        { name: "storage", cidr: "10.0.2.0/24", vlan: "1002" },
      ],
      servers: [server(1), server(5)],
      switches: [leaf(1), leaf(2), leaf(3), leaf(4)],
      links: onLinks(server(1), server(5)),
      externals: ["External/internet"],
      peers: ["VPC/vpc-2"],
      change: null,
    },
    {
      id: "VPC/vpc-2",
      name: "vpc-2",
      subnets: [{ name: "default", cidr: "10.0.3.0/24", vlan: null }],
      servers: [server(9)],
      switches: [leaf(5), leaf(6)],
      links: onLinks(server(9)),
      externals: [],
      peers: ["VPC/vpc-1"],
      change: "changed",
    },
  ];
  return { nodes, links, vpcs, pending: ["incoming", "inbox"], ...over };
}

/**
 * A data hall: sixteen spines, leaves in pairs, servers on each pair, each leaf with `uplinks` to the spines.
 * With 984 leaves it has 1,000 switches.
 */
export function dataHall(leaves = 984, serversPerPair = 8, uplinks = 6): TopologyView {
  const nodes: TopologyNode[] = [];
  const links: TopologyLink[] = [];
  for (let s = 1; s <= 16; s++) nodes.push(topologyNode(spine(s), { kind: "spine", role: "spine" }));
  let servers = 0;
  for (let n = 1; n <= leaves; n++) {
    const leaf = `Switch/leaf-${padded(n, 4)}`;
    const pair = Math.ceil(n / 2);
    nodes.push(
      topologyNode(leaf, { role: "server-leaf", group: `eslag-${padded(pair, 3)}`, groupType: "eslag" }),
    );
    for (let up = 0; up < uplinks; up++) {
      const to = ((n + up * 3) % 16) + 1;
      links.push(
        topologyLink(
          `Connection/${padded(to)}--${padded(n, 4)}`,
          "fabric",
          [spine(to), `E1/${n}`],
          [leaf, `E1/${50 + up}`],
        ),
      );
    }
    if (n % 2 === 0) continue;
    for (let of = 0; of < serversPerPair; of++) {
      const server = `Server/server-${padded(++servers, 5)}`;
      nodes.push(topologyNode(server, { kind: "server" }));
      for (const side of [0, 1])
        links.push(
          topologyLink(
            `Connection/${server.slice(7)}`,
            "eslag",
            [`Switch/leaf-${padded(n + side, 4)}`, `E1/${of + 1}`],
            [server, `enp2s${side + 1}`],
          ),
        );
    }
  }
  return { nodes, links, vpcs: [], pending: [] };
}
