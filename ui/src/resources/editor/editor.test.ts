import { describe, expect, it } from "vitest";
import { schema } from "../../testing/resources";
import { fieldAt, offersAt } from "./offers";
import { Schema } from "./schemaPath";
import { placeAt } from "./yamlPlace";

/** The place at `|` in a text. */
function at(text: string) {
  const offset = text.indexOf("|");
  return placeAt(text.slice(0, offset) + text.slice(offset + 1), offset);
}
const path = (text: string) => {
  const place = at(text);
  return (
    place && `${place.is} ${[...place.within, place.key].filter((key) => key !== null).join(" ")}`.trim()
  );
};

describe("the place under the cursor", () => {
  it.each([
    ["|", "key"],
    ["kind: Sw|", "value kind"],
    ["kind: Switch\n|", "key"],
    ["spec:\n  |", "key spec"],
    ["spec:\n  ro|", "key spec"],
    ["spec:\n  role: |", "value spec role"],
    ["spec:\n  role: spine\n  |", "key spec"],
    ["spec:\n  redundancy:\n    group: a\n  as|", "key spec"],
    ["spec:\n  redundancy:\n    group: a\n    |", "key spec redundancy"],
    ["spec:\n  redundancy:\n    group: a\nmeta|", "key"],
    ["spec:\n  groups:\n  - |", "item spec groups []"],
    ["spec:\n  groups:\n    - a\n    - b|", "item spec groups []"],
    ["spec:\n  links:\n  - leaf:\n      port: |", "value spec links [] leaf port"],
    ["spec:\n  links:\n  - leaf:\n      port: a\n    |", "key spec links []"],
    ["spec:\n  links:\n  - leaf:\n      port: a\n    spine:\n      |", "key spec links [] spine"],
    ["spec:\n  links:\n  - leaf:\n      port: a\n  - sp|", "item spec links []"],
    ["spec:\n  links:\n  - a: 1\n  role: |", "value spec role"],
    ["spec:\n  permit:\n  - vpc-1:\n      subnets:\n      - |", "item spec permit [] vpc-1 subnets []"],
    ["spec:\n  lists:\n  - - |", "item spec lists [] []"],
    ["spec:\n  # why\n\n  role: |", "value spec role"],
    ["a: 1\n---\nspec:\n  |", "key spec"],
    ["spec:\n  portSpeeds:\n    E1/1: |", "value spec portSpeeds E1/1"],
    ['spec:\n  "portSpeeds":\n    "E1/1": |', "value spec portSpeeds E1/1"],
    ['spec:\n  description: "a # b|', "value spec description"],
  ])("%j is %s", (text, expected) => {
    expect(path(text)).toBe(expected);
  });

  it.each([
    ["kind: Switch # wh|"],
    ["# wh|"],
    ["spec:\n  description: |-\n    some te^"],
    ["spec:\n  groups: [a, ^]"],
    ["spec: {ro^}"],
    ["---^"],
  ])("%j is none", (text) => {
    const marked = text.includes("^") ? "^" : "|";
    const offset = text.lastIndexOf(marked);
    expect(placeAt(text.slice(0, offset) + text.slice(offset + 1), offset)).toBeNull();
  });

  it("knows the word before the cursor and the keys beside it", () => {
    const place = at("spec:\n  role: spine\n  as|\n  profile: x\n  redundancy:\n    group: a\n");
    expect(place).toMatchObject({ word: "as", from: 22, indent: 2 });
    expect(place?.siblings.sort()).toEqual(["profile", "redundancy", "role"]);
    expect(at("kind: Sw|")).toMatchObject({ word: "Sw", from: 6 });
    expect(at("spec:\n  links:\n  - leaf: x\n    spi|\n    mtu: 1\n  - other: 2")?.siblings.sort()).toEqual([
      "leaf",
      "mtu",
    ]);
  });

  it("is found in every text, at every offset", () => {
    const text = 'a:\n- b: "x\n  c: [1,\n - - d\n\t- e: |\n   text\n? f\n: g\n"h: i\n--- j\n- \n-k: l: m';
    for (let offset = 0; offset <= text.length; offset++) expect(() => placeAt(text, offset)).not.toThrow();
  });
});

describe("what is offered", () => {
  const fields = new Schema(schema("Switch"));
  const offered = (text: string) => {
    const place = at(text);
    return place && offersAt(place, fields);
  };

  it("are the keys that the mapping does not have yet, the required ones first", () => {
    const known = offered("spec:\n  role: spine\n  |")?.known ?? [];
    expect(known.map((offer) => offer.label)).toEqual([
      "profile",
      "asn",
      "description",
      "enableAllPorts",
      "groups",
      "redundancy",
      "portSpeeds",
    ]);
    const text = (label: string) => known.find((offer) => offer.label === label)?.text;
    expect(text("asn")).toBe("asn: ");
    expect(text("groups")).toBe("groups:\n  - ");
    expect(text("redundancy")).toBe("redundancy:\n    ");
    expect(known[0]).toMatchObject({ required: true, detail: "SwitchProfile, required" });
  });

  it.each([
    ["|", ["apiVersion", "kind", "metadata", "spec"], null],
    ["spec:\n  role: |", ["spine", "server-leaf", "border-leaf", "mixed-leaf"], null],
    ["spec:\n  redundancy:\n    |", ["group", "type"], null],
    ["spec:\n  redundancy:\n    group: |", [], "SwitchGroup"],
    ["spec:\n  groups:\n  - |", [], "SwitchGroup"],
    ["spec:\n  enableAllPorts: |", ["true", "false"], null],
    ["spec:\n  portSpeeds:\n    |", [], null],
    ["spec:\n  nothing:\n    |", [], null],
    ["nothing: |", [], null],
  ])("at %j are %j and objects of %s", (text, labels, refers) => {
    const offers = offered(text);
    expect(offers?.known.map((offer) => offer.label)).toEqual(labels);
    expect(offers?.refers).toBe(refers);
  });

  it("has the help of the field, also behind a key of the author's own", () => {
    const vpc = new Schema(schema("VPC"));
    const place = at("spec:\n  subnets:\n    web:\n      vlan: |");
    expect(place && fieldAt(place, place.key, vpc)?.doc).toBe("Its VLAN.");
    expect(place && fieldAt(place, null, vpc)?.doc).toBe("A subnet.");
  });
});
