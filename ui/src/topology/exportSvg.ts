import { batchesOf } from "./batches";
import { emphasisOf } from "./emphasis";
import type { Rect } from "./geometry";
import { cut, shownName, shownNote } from "./labels";
import { LINK_LOOKS, lookOf, type LinkKind } from "./linkKinds";
import { MARK, MARK_SIGN } from "./marks";
import type { Drawn } from "./picture.svelte";
import type { Reach } from "./reach";
import { halfWay } from "./routes";
import type { Tier } from "./tiers";
import type { Change } from "./wiring";
import { visible } from "../visible";

const FONT = "Inter, system-ui, sans-serif";
const TEXT = "#1a1e26";
const SOFT = "#565e6c";
const LINE = "#8a93a3";
const MARK_COLOUR: Record<Change, string> = { added: "#12693a", changed: "#855000", removed: "#b3261e" };
const FILL: Record<Tier, string> = {
  gateway: "#fdf6e0",
  spine: "#eef0f3",
  leaf: "#ffffff",
  server: "#ffffff",
  external: "#fdf1dc",
};
const ACCENT = "#3451c6";
const LEGEND_ROW = 20;
const LEGEND_COLUMN = 170;
const MARGIN = 24;

/** A picture as a file: its text, and its size in pixels at 100 %. */
export interface SvgFile {
  text: string;
  width: number;
  height: number;
}

/**
 * The whole drawing as one SVG file that needs nothing else: light, whatever the window's scheme, in generic
 * fonts, with the kinds of links, the VPC and the pending changes that are shown in the window.
 */
export function exportSvg(
  drawn: Drawn,
  title: string,
  hidden: ReadonlySet<LinkKind>,
  reach: Reach | null,
): SvgFile {
  const { bounds, items, boxes } = drawn.placing;
  const routes = drawn.routes.filter(({ line }) => !hidden.has(line.kind));
  const kinds = new Set(routes.map(({ line }) => line.kind));
  const looks = LINK_LOOKS.filter(({ kind }) => kinds.has(kind));
  const width = Math.ceil(Math.max(bounds.width, 2 * LEGEND_COLUMN));
  const columns = Math.max(1, Math.floor((width - 2 * MARGIN) / LEGEND_COLUMN));
  const legendHeight = looks.length === 0 ? 0 : Math.ceil(looks.length / columns) * LEGEND_ROW + MARGIN;
  const height = Math.ceil(bounds.height + legendHeight);
  const out: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<g transform="translate(${short(-bounds.x)} ${short(-bounds.y)})">`,
  ];
  for (const { cluster, ...box } of boxes) {
    out.push(`<rect ${place(box)} rx="8" fill="#f6f7f9" stroke="${LINE}" stroke-opacity="0.55"/>`);
    const label = cut(cluster.label ?? "", Math.floor(box.width / 7));
    out.push(text(box.x + 10, box.y + 14, label, 11, SOFT, "start"));
  }
  for (const { kind, emphasis, change, data } of batchesOf(routes, reach)) {
    const look = lookOf(kind);
    const dash = change === "removed" ? "5 3" : look.dash;
    out.push(
      `<path d="${data}" fill="none" stroke="${change === "removed" ? MARK_COLOUR.removed : look.light}"` +
        ` stroke-width="${kind === "mclagPeer" ? 3 : 1.5}"${dash === null ? "" : ` stroke-dasharray="${dash}"`}` +
        `${emphasis === "faded" ? ' opacity="0.14"' : ""}/>`,
    );
  }
  for (const { item, x, y, width, height } of items.values()) {
    const emphasis = emphasisOf(item, reach);
    const rx = item.tier === "external" || item.tier === "gateway" ? height / 2 : 5;
    const stroke =
      item.node !== null && item.change === "added"
        ? `stroke="${MARK_COLOUR.added}" stroke-width="2"`
        : item.change === "removed"
          ? `stroke="${MARK_COLOUR.removed}" stroke-width="1.5" stroke-dasharray="5 3"`
          : emphasis === "reached"
            ? `stroke="${ACCENT}" stroke-width="2"`
            : `stroke="${LINE}"${item.node?.missing ? ' stroke-dasharray="2 3"' : ""}`;
    out.push(
      `<g transform="translate(${short(x)} ${short(y)})"${emphasis === "faded" ? ' opacity="0.28"' : ""}>`,
    );
    if (item.node === null)
      out.push(
        `<rect x="4" y="4" width="${width}" height="${height}" rx="${rx}" fill="#ffffff" stroke="${LINE}"/>`,
      );
    const fill = item.node === null ? "#f0f2f5" : FILL[item.tier];
    out.push(`<rect width="${width}" height="${height}" rx="${rx}" fill="${fill}" ${stroke}/>`);
    const note = item.tier === "server" && item.node !== null ? "" : shownNote(item);
    const struck = item.change === "removed";
    out.push(
      text(
        width / 2,
        note ? height / 2 - 3 : height / 2 + 4,
        shownName(item),
        12,
        struck ? MARK_COLOUR.removed : TEXT,
        "middle",
        struck ? ' font-weight="600" text-decoration="line-through"' : ' font-weight="600"',
      ),
    );
    if (note) out.push(text(width / 2, height / 2 + 12, note, 11, SOFT, "middle"));
    if (item.change !== null) out.push(mark(item.change, width - 2, 2, 1));
    out.push("</g>");
  }
  for (const route of routes)
    if (route.line.change !== null) out.push(mark(route.line.change, ...halfWay(route), 0.75));
  out.push("</g>");
  looks.forEach((look, at) => {
    const x = MARGIN + (at % columns) * LEGEND_COLUMN;
    const y = bounds.height + Math.floor(at / columns) * LEGEND_ROW + 8;
    out.push(
      `<path d="M${x} ${short(y)}h26" stroke="${look.light}" stroke-width="2.5"${look.dash === null ? "" : ` stroke-dasharray="${look.dash}"`}/>`,
      text(x + 34, y + 4, look.label, 12, TEXT, "start"),
    );
  });
  out.push("</svg>");
  return { text: out.join("\n"), width, height };
}

/**
 * A name as XML may hold it, in text and in attributes: what YAML lets through may be a tag, a quote, or a
 * character that no XML file can hold.
 */
export function escaped(name: string): string {
  return visible(name)
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function text(
  x: number,
  y: number,
  of: string,
  size: number,
  fill: string,
  anchor: string,
  more = "",
): string {
  return `<text x="${short(x)}" y="${short(y)}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${more}>${escaped(of)}</text>`;
}

function mark(change: Change, x: number, y: number, scale: number): string {
  return (
    `<g transform="translate(${short(x)} ${short(y)}) scale(${scale})">` +
    `<circle r="${MARK}" fill="${MARK_COLOUR[change]}" stroke="#ffffff" stroke-width="1.5"/>` +
    `<path d="${MARK_SIGN[change]}" fill="none" stroke="#ffffff" stroke-width="2" stroke-linecap="round"/></g>`
  );
}

const short = (n: number) => Math.round(n * 10) / 10;
const place = ({ x, y, width, height }: Rect) =>
  `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
