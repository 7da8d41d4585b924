import { base64 } from "../base64";
import type { SvgFile } from "./exportSvg";

const TWICE = 2;
/** What every web view's canvas can hold: more pixels come out empty, without an error. */
const MOST_SIDE = 8192;
const MOST_PIXELS = 48_000_000;

/** How much larger than the drawing a PNG of it is: twice, or what a canvas can hold. */
export function pngScale({ width, height }: Pick<SvgFile, "width" | "height">): number {
  return Math.min(TWICE, MOST_SIDE / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)));
}

/** Paints an SVG file; the answer is the PNG's bytes in Base64. */
export async function exportPng(svg: SvgFile): Promise<string> {
  const scale = pngScale(svg);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg.text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(svg.width * scale));
  canvas.height = Math.max(1, Math.floor(svg.height * scale));
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("The picture could not be painted.");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((then) => canvas.toBlob(then, "image/png"));
  if (blob === null) throw new Error("The picture could not be painted.");
  return base64(new Uint8Array(await blob.arrayBuffer()));
}
