// Makes the kept pictures small when they are made anew: a palette instead of four bytes a pixel.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { deflateSync, inflateSync } from "node:zlib";
import type { FullConfig } from "@playwright/test";

const PICTURES = new URL("./snapshots/", import.meta.url).pathname;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;
/** Colours that are nearer to each other than this count as one: the surfaces of one scheme are further apart. */
const CLOSE = 6;
const INDEXED = 3;

/** After the tests, and only where they wrote pictures. */
export default function squeezeAll({ updateSnapshots }: FullConfig): void {
  if (updateSnapshots !== "all" && updateSnapshots !== "changed") return;
  for (const name of readdirSync(PICTURES)) {
    const picture = readFileSync(PICTURES + name);
    const smaller = squeeze(picture);
    if (smaller.length < picture.length) writeFileSync(PICTURES + name, smaller);
  }
}

/** The same picture in 256 of its colours; what is softened at a letter's edge takes the nearest one. */
export function squeeze(png: Buffer): Buffer {
  const chunks = chunksOf(png);
  const head = chunks.find(([type]) => type === "IHDR")?.[1];
  if (head === undefined || head[8] !== 8 || head[12] !== 0) return png;
  const channels = { 2: 3, 6: 4 }[head[9] ?? 0];
  if (channels === undefined) return png;
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const data = Buffer.concat(chunks.filter(([type]) => type === "IDAT").map(([, bytes]) => bytes));
  const pixels = unfiltered(inflateSync(data), width * channels, height, channels);

  const colours = new Uint32Array(width * height);
  const uses = new Map<number, number>();
  for (let at = 0; at < colours.length; at++) {
    const from = at * channels;
    const colour = (pixels[from]! << 16) | (pixels[from + 1]! << 8) | pixels[from + 2]!;
    colours[at] = colour;
    uses.set(colour, (uses.get(colour) ?? 0) + 1);
  }
  const palette = paletteOf(uses);
  const index = new Map([...uses.keys()].map((colour) => [colour, nearest(palette, colour)]));
  // Each line begins with its filter: none.
  const lines = Buffer.alloc((width + 1) * height);
  colours.forEach((colour, at) => {
    lines[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = index.get(colour) ?? 0;
  });

  const indexed = Buffer.from(head);
  indexed[9] = INDEXED;
  const table = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", indexed),
    chunk("PLTE", table),
    chunk("IDAT", deflateSync(lines, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The commonest colours, none of them close to another: a rare one that stands out, a warning's, is kept. */
function paletteOf(uses: ReadonlyMap<number, number>): number[] {
  const common = [...uses].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette: number[] = [];
  for (const colour of common) {
    if (palette.length === COLOURS) break;
    if (palette.every((known) => apart(known, colour) >= CLOSE ** 2)) palette.push(colour);
  }
  return palette;
}

/** How far two colours are apart, squared. */
function apart(one: number, other: number): number {
  const [red, green, blue] = [16, 8, 0].map((by) => ((one >> by) & 255) - ((other >> by) & 255));
  return red! ** 2 + green! ** 2 + blue! ** 2;
}

function nearest(palette: readonly number[], colour: number): number {
  let [best, least] = [0, Infinity];
  palette.forEach((known, at) => {
    const far = apart(known, colour);
    if (far < least) [best, least] = [at, far];
  });
  return best;
}

function chunksOf(png: Buffer): [type: string, bytes: Buffer][] {
  const chunks: [string, Buffer][] = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push([png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + length)]);
    at += 12 + length;
  }
  return chunks;
}

function chunk(type: string, bytes: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), bytes]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(bytes.length);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, sum]);
}

/** The check sum of PNG's chunks: CRC-32. */
function crc(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

/** Undoes the filter that each line names in its first byte: what is left of, above, or both. */
function unfiltered(lines: Buffer, stride: number, height: number, channels: number): Buffer {
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < channels ? 0 : pixels[at - channels]!;
      const up = y === 0 ? 0 : pixels[at - stride]!;
      const corner = x < channels || y === 0 ? 0 : pixels[at - stride - channels]!;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      pixels[at] = lines[y * (stride + 1) + 1 + x]! + guess;
    }
  }
  return pixels;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((known) => Math.abs(guess - known));
  if (toLeft! <= toUp! && toLeft! <= toCorner!) return left;
  return toUp! <= toCorner! ? up : corner;
}
