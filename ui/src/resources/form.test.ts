import { describe, expect, it } from "vitest";
import { schema } from "../testing/resources";
import { Schema } from "./editor/schemaPath";
import { duplicated, filled, formFields, named, scalar } from "./form";

const VPC = `apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata:
  name: new
spec:
  ipv4Namespace: default
  subnets:
    default:
      subnet: "" # 10.0.1.0/24
      vlan: 0 # one of the VLAN namespace
`;

describe("a form", () => {
  const fields = formFields(VPC, new Schema(schema("VPC")));
  const id = (label: string) => fields.find((field) => field.label === label)?.id ?? "";

  it("has the values of the starting text, with what the schema knows of them", () => {
    expect(fields.map(({ label, value, example, field }) => [label, value, example, field?.type])).toEqual([
      ["ipv4Namespace", "default", "", "string"],
      ["subnets › default › subnet", "", "10.0.1.0/24", "string"],
      ["subnets › default › vlan", "", "one of the VLAN namespace", "integer"],
    ]);
    expect(fields[0]?.field?.refers).toBe("IPv4Namespace");
  });

  it("makes the text with what was filled in; comments and order stay", () => {
    const values = new Map([
      [id("subnets › default › subnet"), "10.0.7.0/24"],
      [id("subnets › default › vlan"), "1007"],
    ]);
    expect(filled(VPC, fields, values, "web")).toBe(
      VPC.replace("name: new", "name: web")
        .replace('subnet: ""', "subnet: 10.0.7.0/24")
        .replace("vlan: 0", "vlan: 1007"),
    );
    expect(filled(VPC, fields, new Map(), "new")).toBe(VPC);
  });

  it("adds required values that the starting text lacks", () => {
    const text = "kind: Switch\nmetadata:\n  name: new\nspec: {}\n";
    const lacking = formFields(text, new Schema(schema("Switch")));
    expect(lacking.map(({ label }) => label)).toEqual(["role", "profile", "asn"]);
    const values = new Map([
      ["spec.role#", "spine"],
      ["spec.asn#", "65100"],
    ]);
    expect(filled(text, lacking, values, "spine-01")).toBe(
      "kind: Switch\nmetadata:\n  name: spine-01\nspec:\n  role: spine\n  asn: 65100\n",
    );
  });

  it("asks for objects that keys name", () => {
    const text = "spec:\n  permit:\n  - vpc-1: {}\n    vpc-2: {}\n";
    const peering = new Schema([
      { path: "spec", type: "object", doc: "", values: [], refers: null, required: true },
      { path: "spec.permit", type: "list", doc: "", values: [], refers: null, required: true },
      { path: "spec.permit[]", type: "map", doc: "", values: [], refers: null, required: false },
      { path: "spec.permit[].*", type: "object", doc: "", values: [], refers: "VPC", required: false },
    ]);
    const fields = formFields(text, peering);
    expect(fields.map(({ label, example }) => [label, example])).toEqual([
      ["permit › VPC 1", "vpc-1"],
      ["permit › VPC 2", "vpc-2"],
    ]);
    const values = new Map([
      [fields[0]?.id ?? "", "web"],
      [fields[1]?.id ?? "", "db"],
    ]);
    expect(filled(text, fields, values, "x")).toBe("spec:\n  permit:\n  - web: {}\n    db: {}\n");
  });

  it("tells items of a list apart", () => {
    const text =
      "spec:\n  links:\n  - leaf:\n      port: a\n  - leaf:\n      port: b\n  tags:\n  - x\n  - y\n";
    const ids = formFields(text, new Schema([])).map((field) => field.id);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(4);
  });
});

describe("an object under another name", () => {
  it("is named in its metadata only", () => {
    expect(
      named("kind: VPC\nmetadata:\n  labels:\n    name: b\n  name: x # mine\nspec:\n  name: x\n", "web"),
    ).toBe("kind: VPC\nmetadata:\n  labels:\n    name: b\n  name: web\nspec:\n  name: x\n");
  });

  it("says nothing of where the first came from", () => {
    const text =
      'metadata:\n  annotations:\n    hnp.githedgehog.com/fabric: lab\n    hnp.githedgehog.com/original-document-index: "3"\n  name: x\nspec: {}\n';
    expect(duplicated(text, "web")).toBe("metadata:\n  name: web\nspec: {}\n");
    const more = text.replace("  name: x", "    mine: kept\n  name: x");
    expect(duplicated(more, "web")).toBe(
      "metadata:\n  annotations:\n    mine: kept\n  name: web\nspec: {}\n",
    );
  });
});

describe("a value", () => {
  it.each([
    ["leaf-01/E1/1", "leaf-01/E1/1"],
    ["10.0.0.0/16", "10.0.0.0/16"],
    ["10.0.0.1", "10.0.0.1"],
    ["rack A", "rack A"],
    ["65101:100", '"65101:100"'],
    ["0c:20:12:ff:00:01", "0c:20:12:ff:00:01"],
    ["12:30:45", '"12:30:45"'],
    ["010", '"010"'],
    ["1.5", '"1.5"'],
    ["1e3", '"1e3"'],
    ["0x1f", '"0x1f"'],
    ["2026-01-02", '"2026-01-02"'],
    ["yes", '"yes"'],
    ["", '""'],
    ["a: b", '"a: b"'],
    ["a #b", '"a #b"'],
    ["# x", '"# x"'],
    ["ends ", '"ends "'],
    ['quote"d', '"quote\\"d"'],
    ["ünlaut", '"ünlaut"'],
  ])("%j is written %s", (value, expected) => {
    expect(scalar(value, { type: "string" })).toBe(expected);
  });

  it("of a number or a truth is plain", () => {
    expect(scalar("65101", { type: "integer" })).toBe("65101");
    expect(scalar("many", { type: "integer" })).toBe("many");
    expect(scalar("true", { type: "boolean" })).toBe("true");
  });
});
