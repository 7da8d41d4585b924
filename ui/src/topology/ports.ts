import { farEnd } from "./wiring";
import type { Route } from "./routes";

/** A port's name beside the end of a line. */
export interface PortLabel {
  key: string;
  text: string;
  x: number;
  y: number;
  /** Turned, since its neighbours leave no room beside it. */
  turned: boolean;
  anchor: "start" | "middle" | "end";
}

/** Past this many lines port names only cover each other. */
const MOST = 40;
const NEAR = 6;
const CLOSE = 2;
/** Names on one side of an item that are nearer to each other than this are told as one. */
const ROOM = 34;

/**
 * The port names at both ends of the lines. At `item` there may be many beside each other, which are turned.
 * A line that stands for several links has none.
 */
export function portLabels(routes: readonly Route[], item: string | null): PortLabel[] {
  const single = routes.filter(({ line }) => line.links.length === 1);
  if (single.length === 0 || single.length > MOST) return [];
  const many = single.length > CLOSE;
  const labels = single.flatMap(({ line, points }) => {
    const [link, first, last] = [line.links[0], points[0], points[points.length - 1]];
    if (link === undefined || first === undefined || last === undefined) return [];
    const ends = farEnd(link, link.a);
    return (
      [
        [ends.port, first, points[1], line.a],
        [ends.farPort, last, points[points.length - 2], line.b],
      ] as const
    ).flatMap(([text, [x, y], next, at], index) => {
      if (text === null || next === undefined) return [];
      const sideways = Math.abs(next[1] - y) < 0.01 * Math.abs(next[0] - x);
      const down = next[1] > y;
      const turned = many && at === item && !sideways;
      const label = {
        key: `${line.id} ${index}`,
        text,
        turned,
        x: sideways ? x + (next[0] > x ? NEAR : -NEAR) : x,
        y: sideways ? y - 3 : down ? y + NEAR + (turned ? 0 : 8) : y - NEAR,
        anchor: "middle" as PortLabel["anchor"],
      };
      if (sideways) label.anchor = next[0] > x ? "start" : "end";
      // Turned text reads upwards: it ends at what is above it, and starts at what is below.
      else if (turned) label.anchor = down ? "end" : "start";
      return [label];
    });
  });
  return [...labels.filter(({ turned }) => turned), ...joined(labels.filter(({ turned }) => !turned))];
}

/** Puts names that would stand over each other into one: "E1/7, E1/8". */
function joined(labels: readonly PortLabel[]): PortLabel[] {
  const out: PortLabel[] = [];
  const sorted = [...labels].sort((a, b) => a.y - b.y || a.x - b.x);
  let last: { label: PortLabel; from: number; to: number } | null = null;
  for (const label of sorted) {
    if (last && last.label.anchor === "middle" && last.label.y === label.y && label.x - last.to < ROOM) {
      last.to = label.x;
      if (!last.label.text.split(", ").includes(label.text)) last.label.text += `, ${label.text}`;
      last.label.x = (last.from + last.to) / 2;
    } else {
      last = { label: { ...label }, from: label.x, to: label.x };
      out.push(last.label);
    }
  }
  return out;
}
