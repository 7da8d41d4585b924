// Sample data of objects: rows, pages, an object with its fields and references, drafts, a schema.
import type {
  DetailField,
  Draft,
  DraftReport,
  Finding,
  RepoPath,
  ResourceDetail,
  ResourcePage,
  ResourceQuery,
  ResourceRow,
  SchemaField,
} from "../bindings";
import { terms } from "../resources/query";
import { difference } from "../lines";

export const LEAF = "fabrics/lab-1/managed/switches/leaf-01.yaml";

const DIRECTORY: Record<string, string> = {
  VPC: "vpcs",
  Connection: "connections",
  Server: "servers",
  Switch: "switches",
  VLANNamespace: "vlannamespaces",
};

export function resourceRow(over: Partial<ResourceRow> = {}): ResourceRow {
  const kind = over.kind ?? "Switch";
  const name = over.name ?? "leaf-01";
  return {
    id: `${kind}/${name}`,
    kind,
    namespace: "default",
    name,
    file: `fabrics/lab-1/managed/${DIRECTORY[kind] ?? "others"}/${name}.yaml`,
    summary: "server-leaf · dell-s5248f-on · AS 65101",
    cells: [],
    errors: 0,
    warnings: 0,
    labels: 0,
    isEdited: false,
    ...over,
  };
}

const SWITCH_COLUMNS = [
  { key: "role", label: "Role" },
  { key: "profile", label: "Profile" },
  { key: "asn", label: "ASN" },
];

/** The nth object of a fabric with many: every tenth a switch, then connections, servers and VPCs. */
export function nthRow(n: number): ResourceRow {
  const findings = { errors: n % 37 === 3 ? 2 : 0, warnings: n % 23 === 5 ? 1 : 0, isEdited: n % 41 === 7 };
  const number = String(n + 1).padStart(2, "0");
  if (n % 10 === 0) {
    const spine = n % 50 === 0;
    const cells = [
      spine ? "spine" : "server-leaf",
      spine ? "celestica-ds4000" : "dell-s5248f-on",
      String(65100 + (n % 900)),
    ];
    const summary = `${cells[0]} · ${cells[1]} · AS ${cells[2]}`;
    return resourceRow({
      kind: "Switch",
      name: `${spine ? "spine" : "leaf"}-${number}`,
      summary,
      cells,
      ...findings,
    });
  }
  if (n % 10 < 6) {
    const name = `server-${number}--bundled--leaf-${String(n % 32).padStart(2, "0")}`;
    return resourceRow({
      kind: "Connection",
      name,
      summary: `bundled · server-${number} to leaf-${String(n % 32).padStart(2, "0")}`,
      ...findings,
    });
  }
  if (n % 10 < 9)
    return resourceRow({
      kind: "Server",
      name: `server-${number}`,
      summary: `rack ${(n % 60) + 1}`,
      ...findings,
    });
  return resourceRow({
    kind: "VPC",
    name: `vpc-${number}`,
    summary: `default 10.${n % 250}.1.0/24 · VLAN ${1000 + (n % 2000)}`,
    ...findings,
  });
}

/** The answer to a search over `count` objects; words, `kind:` and `has:` are understood. */
export function resourcePage(query: ResourceQuery, count = 48): ResourcePage {
  const all = Array.from({ length: count }, (_, n) => nthRow(n));
  const asked = terms(query.text.toLowerCase());
  const kinds = asked.filter((term) => term.startsWith("kind:")).flatMap((term) => term.slice(5).split(","));
  const others = asked.filter((term) => !term.startsWith("kind:"));
  const fits = (row: ResourceRow, term: string) => {
    if (term === "has:error") return row.errors > 0;
    if (term === "has:warning") return row.warnings > 0;
    if (term === "has:edit") return row.isEdited;
    if (term.startsWith("name:")) return row.name.includes(term.slice(5));
    return `${row.kind} ${row.name} ${row.summary}`.toLowerCase().includes(term);
  };
  const matching = all.filter((row) => others.every((term) => fits(row, term)));
  const shown = matching.filter((row) => kinds.length === 0 || kinds.includes(row.kind.toLowerCase()));
  const counts = new Map<string, number>();
  for (const { kind } of matching) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (query.sort === "name") shown.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (query.sort === "errors") shown.sort((a, b) => a.errors - b.errors);
  if (query.descending) shown.reverse();
  const single = new Set(shown.map((row) => row.kind)).size === 1 ? shown[0]?.kind : undefined;
  const unread = asked.find((term) => term.startsWith("has:") && !/^has:(error|warning|edit)$/.test(term));
  return {
    total: shown.length,
    all: count,
    offset: query.offset,
    rows: shown.slice(query.offset, query.offset + query.limit),
    kinds: [...counts].map(([kind, count]) => ({ kind, count })),
    columns: single === "Switch" ? SWITCH_COLUMNS : [],
    unread: unread ? `“${unread}” is no filter; it is left out.` : null,
  };
}

export const LEAF_TEXT = `apiVersion: wiring.githedgehog.com/v1beta1
kind: Switch
metadata:
  name: leaf-01
spec:
  role: server-leaf
  profile: dell-s5248f-on
  asn: 65101
  groups:
  - eslag-1
  redundancy:
    group: eslag-1
    type: eslag
`;

const field = (path: string, value: string | null, line: number, to: string | null = null): DetailField => {
  const parts = path.replace(/\[(\d+)\]/g, ".$1").split(".");
  const last = parts.at(-1) ?? "";
  return {
    path,
    label: /^\d+$/.test(last) ? String(Number(last) + 1) : last,
    value,
    depth: parts.length - 1,
    line,
    to,
  };
};

export function fields(): DetailField[] {
  return [
    field("apiVersion", "wiring.githedgehog.com/v1beta1", 1),
    field("kind", "Switch", 2),
    field("metadata", null, 3),
    field("metadata.name", "leaf-01", 4),
    field("spec", null, 5),
    field("spec.role", "server-leaf", 6),
    field("spec.profile", "dell-s5248f-on", 7),
    field("spec.asn", "65101", 8),
    field("spec.groups", null, 9),
    field("spec.groups[0]", "eslag-1", 10, "SwitchGroup/eslag-1"),
    field("spec.redundancy", null, 11),
    field("spec.redundancy.group", "eslag-1", 12, "SwitchGroup/eslag-1"),
    field("spec.redundancy.type", "eslag", 13),
  ];
}

export function objectFinding(over: Partial<Finding> = {}): Finding {
  return {
    severity: "error",
    code: "FGD-522",
    message: "leaf-01 and leaf-02 have the same ASN, 65101.",
    hint: "Give each leaf an ASN of its own.",
    file: LEAF,
    line: 8,
    column: 8,
    kind: "Switch",
    name: "leaf-01",
    ...over,
  };
}

export function resourceDetail(file: RepoPath, over: Partial<ResourceDetail> = {}): ResourceDetail {
  const directory = file.split("/").at(-2);
  const kind = Object.keys(DIRECTORY).find((kind) => DIRECTORY[kind] === directory) ?? "SwitchGroup";
  const name = (file.split("/").at(-1) ?? "").replace(".yaml", "");
  const group = "fabrics/lab-1/managed/switchgroups/eslag-1.yaml";
  return {
    row: resourceRow({ kind, name, file, errors: 1 }),
    fields: fields(),
    text: LEAF_TEXT.replace("name: leaf-01", `name: ${name}`).replace("kind: Switch", `kind: ${kind}`),
    blob: "1".repeat(40),
    findings: [objectFinding({ file })],
    refersTo: [
      {
        id: "SwitchGroup/eslag-1",
        kind: "SwitchGroup",
        name: "eslag-1",
        file: group,
        path: "spec.groups[0]",
      },
      {
        id: "SwitchProfile/dell-s5248f-on",
        kind: "SwitchProfile",
        name: "dell-s5248f-on",
        file: null,
        path: "spec.profile",
      },
    ],
    referredBy: Array.from({ length: 3 }, (_, n) => ({
      id: `Connection/server-0${n + 1}--bundled--${name}`,
      kind: "Connection",
      name: `server-0${n + 1}--bundled--${name}`,
      file: `fabrics/lab-1/managed/connections/server-0${n + 1}--bundled--${name}.yaml`,
      path: "spec.bundled.links[0].switch.port",
    })),
    ...over,
  };
}

/** What saving a draft would come to; a draft without a kind has an error. */
export function draftReport(draft: Draft, over: Partial<DraftReport> = {}): DraftReport {
  const at = (key: string) => new RegExp(`^\\s*${key}: *(\\S+)`, "m").exec(draft.text)?.[1];
  const [kind, name] = [at("kind"), at("name")];
  const broken: Finding = {
    severity: "error",
    code: "FGD-201",
    message: "The document has no kind.",
    hint: "Give it apiVersion, kind and metadata.name.",
    file: draft.file,
    line: 1,
    column: 1,
    kind: null,
    name: null,
  };
  return {
    findings: kind ? [] : [broken],
    id: kind && name ? `${kind}/${name}` : null,
    isNew: draft.file === null,
    collides: null,
    diff: difference(draft.file === null ? "" : LEAF_TEXT, draft.text),
    text: draft.text,
    ...over,
  };
}

const schemaField = (
  path: string,
  type: SchemaField["type"],
  doc: string,
  over: Partial<SchemaField> = {},
): SchemaField => ({ path, type, doc, values: [], refers: null, required: false, ...over });

const head = (kind: string): SchemaField[] => [
  schemaField("apiVersion", "string", "The API group and its version.", {
    values: ["wiring.githedgehog.com/v1beta1"],
    required: true,
  }),
  schemaField("kind", "string", "What sort of object it is.", { values: [kind], required: true }),
  schemaField("metadata", "object", "What names the object and what is noted about it.", { required: true }),
  schemaField("metadata.name", "string", "The object's name.", { required: true }),
  schemaField("metadata.labels", "map", "Short marks to find and group objects by."),
  schemaField("metadata.labels.*", "string", "The value of the label."),
  schemaField("spec", "object", "What the fabric is to make of the object.", { required: true }),
];

export function schema(kind: string): SchemaField[] {
  const roles = ["spine", "server-leaf", "border-leaf", "mixed-leaf"];
  switch (kind) {
    case "Switch":
      return [
        ...head(kind),
        schemaField("spec.role", "string", "What the switch does in the fabric.", {
          values: roles,
          required: true,
        }),
        schemaField("spec.profile", "string", "The switch's model.", {
          refers: "SwitchProfile",
          required: true,
        }),
        schemaField("spec.asn", "integer", "The autonomous system of the switch.", { required: true }),
        schemaField("spec.description", "string", "A note for people."),
        schemaField("spec.enableAllPorts", "boolean", "Turns every port on.", { values: ["true", "false"] }),
        schemaField("spec.groups", "list", "Groups that the switch is in."),
        schemaField("spec.groups[]", "string", "", { refers: "SwitchGroup" }),
        schemaField("spec.redundancy", "object", "The redundancy group of the switch."),
        schemaField("spec.redundancy.group", "string", "The group's name.", { refers: "SwitchGroup" }),
        schemaField("spec.redundancy.type", "string", "How the group is redundant.", {
          values: ["mclag", "eslag"],
        }),
        schemaField("spec.portSpeeds", "map", "The speed of ports, by port."),
        schemaField("spec.portSpeeds.*", "string", "A speed, 25G."),
      ];
    case "VPCAttachment":
      return [
        ...head(kind),
        schemaField("spec.subnet", "string", "The subnet, vpc/subnet.", { refers: "VPC", required: true }),
        schemaField("spec.connection", "string", "The connection to attach it to.", {
          refers: "Connection",
          required: true,
        }),
        schemaField("spec.nativeVLAN", "boolean", "Whether the VLAN is untagged.", {
          values: ["true", "false"],
        }),
      ];
    case "VPC":
      return [
        ...head(kind),
        schemaField("spec.ipv4Namespace", "string", "The IPv4 namespace.", { refers: "IPv4Namespace" }),
        schemaField("spec.subnets", "map", "The VPC's subnets, by name.", { required: true }),
        schemaField("spec.subnets.*", "object", "A subnet."),
        schemaField("spec.subnets.*.subnet", "string", "Its addresses, in CIDR.", { required: true }),
        schemaField("spec.subnets.*.vlan", "integer", "Its VLAN."),
      ];
    default:
      return head(kind);
  }
}

export function startingText(kind: string, name: string): string {
  return `apiVersion: wiring.githedgehog.com/v1beta1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec: {}\n`;
}
