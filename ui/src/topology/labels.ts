import type { Item, Line } from "./scene";
import { itemSize } from "./sizes";
import type { Change } from "./wiring";
import { count } from "../words";
import { lookOf } from "./linkKinds";
import { tierNoun } from "./tiers";

const CHANGE: Record<Change, string> = { added: "added", changed: "changed", removed: "removed" };
const LETTER = 6.7;

/** A name as it fits: its middle goes, since names differ at their ends. */
export function cut(name: string, letters: number): string {
  if (name.length <= letters) return name;
  const end = Math.ceil((letters - 1) / 2);
  return `${name.slice(0, letters - 1 - end)}…${name.slice(name.length - end)}`;
}

/** The size of a name, and of a letter of that size. */
const NAME_SIZE = 12;
const MOST_NAME_SIZE = 20;

/** An item's name, as it fits its shape. */
export function shownName(item: Item): string {
  return cut(item.name, Math.floor((itemSize(item).width - 12) / LETTER));
}

/** The size of an item's name where the drawing is small: as large as its shape allows, to be read a little longer. */
export function nameSize(item: Item, scale: number): number {
  const fits = ((itemSize(item).width - 8) / shownName(item).length / LETTER) * NAME_SIZE;
  return Math.max(NAME_SIZE, Math.min(fits, MOST_NAME_SIZE, NAME_SIZE / scale));
}

/** The smaller line under it. */
export function shownNote(item: Item): string {
  return cut(item.note, Math.floor((itemSize(item).width - 8) / (LETTER - 1)));
}

/** An item as a screen reader says it: "leaf-01, server-leaf, 6 links, changed". */
export function itemSentence(item: Item, links: number): string {
  const parts =
    item.node === null
      ? [item.name, item.note, "collapsed"]
      : [item.name, item.note || tierNoun(item.tier)[0], count(links, "link")];
  return [...parts, item.change === null ? "" : CHANGE[item.change]].filter(Boolean).join(", ");
}

/** A line as it is told on hover: "Fabric: spine-01 E1/1 – leaf-01 E1/49". */
export function lineSentence(line: Line, nameOf: (node: string) => string): string {
  const label = lookOf(line.kind).label;
  const [first] = line.links;
  if (first === undefined) return label;
  const what =
    line.links.length > 1
      ? `${count(line.links.length, "link")}`
      : `${end(nameOf(first.a), first.aPort)} – ${end(nameOf(first.b), first.bPort)}`;
  return `${label}: ${what}${line.change === null ? "" : ` (${CHANGE[line.change]})`}`;
}

const end = (name: string, port: string | null) => (port === null ? name : `${name} ${port}`);
