import { describe, expect, it } from "vitest";
import type { ResourcePage, ResourceQuery } from "../bindings";
import { resourcePage, resourceRow } from "../testing/resources";
import { unreachable } from "../testing/samples";
import { PAGE, Pages } from "./pages.svelte";

/** An engine whose answers are given when the test says. */
function engine(total = 100_000) {
  const open: { query: ResourceQuery; answer: (page?: Partial<ResourcePage>) => void; fail: () => void }[] =
    [];
  const asked: ResourceQuery[] = [];
  const pages = new Pages(
    (query) =>
      new Promise((resolve, reject) => {
        asked.push(query);
        const rows = Array.from(
          { length: Math.max(0, Math.min(query.limit, total - query.offset)) },
          (_, n) => resourceRow({ name: `${query.text}${query.offset + n}` }),
        );
        const usual = { ...resourcePage(query, 0), total, all: total, rows };
        open.push({
          query,
          answer: (over) => resolve({ ...usual, ...over }),
          fail: () => reject(unreachable),
        });
      }),
  );
  const next = async (over?: Partial<ResourcePage>) => {
    open.shift()?.answer(over);
    await Promise.resolve().then(() => Promise.resolve());
    await new Promise((done) => setTimeout(done, 0));
  };
  return { pages, asked, open, next };
}
const search = (text: string) => ({ text, sort: null, descending: false });

describe("the rows of a search", () => {
  it("are asked for in pages as they come into view, once", async () => {
    const { pages, asked, next, open } = engine();
    void pages.search(search(""));
    await next();
    expect(pages.total).toBe(100_000);
    pages.show(0, 40);
    expect(open).toHaveLength(0);
    pages.show(50_000, 50_040);
    await next();
    pages.show(50_001, 50_041);
    // The page before is near: it comes unasked.
    await next();
    expect(asked.map((query) => query.offset)).toEqual([0, 50_000, 50_000 - PAGE]);
    expect(pages.row(50_003)?.name).toBe("50003");
    expect(pages.row(70_000)).toBeNull();
  });

  it("of a long scroll are those that are in view at its end, before all others", async () => {
    const { pages, asked, next } = engine();
    void pages.search(search(""));
    await next();
    for (let at = 100; at <= 10_100; at += PAGE) pages.show(at, at + 40);
    await next();
    await next();
    await next();
    // The first two were on their way by then.
    expect(asked.slice(3).map((query) => query.offset)).toEqual([10_000, 10_200]);
  });

  it("that fly by while the bar is dragged are not asked for, and those at its rest are", async () => {
    const { pages, asked, next, open } = engine();
    void pages.search(search(""));
    await next();
    for (let at = 1_100; at <= 90_100; at += 1_000) pages.show(at, at + 40);
    // The first leap may be a click on the bar.
    expect(asked.map((query) => query.offset)).toEqual([0, 1_000, 1_200]);
    await next();
    await next();
    expect(open).toHaveLength(0);
    await expect.poll(() => asked.slice(3).map((query) => query.offset)).toEqual([90_000, 90_200]);
    await next();
    expect(pages.row(90_100)?.name).toBe("90100");
  });

  it("are never those of an older search that answers late", async () => {
    const { pages, open } = engine();
    void pages.search(search("l"));
    const late = open[0];
    const newer = pages.search(search("le"));
    open[1]?.answer();
    await newer;
    late?.answer();
    await new Promise((done) => setTimeout(done, 0));
    expect(pages.row(0)?.name).toBe("le0");
  });

  it("stay until the newer ones are there", async () => {
    const { pages, next } = engine();
    void pages.search(search("a"));
    await next();
    void pages.search(search("ab"));
    expect(pages.isBehind).toBe(true);
    expect(pages.row(0)?.name).toBe("a0");
    await next();
    expect(pages.row(0)?.name).toBe("ab0");
    expect(pages.isBehind).toBe(false);
  });

  it("are asked for anew where they stand, and none is missing meanwhile", async () => {
    const { pages, asked, next } = engine();
    void pages.search(search(""));
    await next();
    pages.show(PAGE * 3 + 90, PAGE * 3 + 130);
    await next();
    await next();
    const before = asked.length;
    const answered = pages.answered;
    void pages.refresh();
    expect(pages.row(PAGE * 3 + 100)).not.toBeNull();
    await next();
    expect(asked[before]?.offset).toBe(PAGE * 3);
    expect(pages.row(PAGE * 3 + 100)).not.toBeNull();
    expect(pages.answered).toBe(answered);
  });

  it("of a search that was not answered yet begin at the top, whoever asks for them anew", async () => {
    const { pages, asked, open, next } = engine();
    void pages.search(search("a"));
    await next();
    const { answered } = pages;
    void pages.search(search("b"));
    pages.show(4_000, 4_040);
    void pages.refresh();
    open.shift()?.fail();
    void pages.refresh();
    await next();
    expect(pages.answered).toBe(answered);
    await next();
    expect(asked.slice(1).map(({ text, offset }) => [text, offset])).toEqual(Array(3).fill(["b", 0]));
    expect(pages.answered).toBe(answered + 1);
    expect(pages.row(0)?.name).toBe("b0");
  });

  it("say why they can't be had, until they can", async () => {
    const { pages, open, next } = engine();
    void pages.search(search(""));
    open.shift()?.fail();
    await new Promise((done) => setTimeout(done, 0));
    expect(pages.problem?.code).toBe(unreachable.code);
    void pages.refresh();
    await next();
    expect(pages.problem).toBeNull();
    expect(pages.row(0)).not.toBeNull();
  });

  it("that nobody looks at are let go of", async () => {
    const { pages, next } = engine();
    void pages.search(search(""));
    await next();
    for (let page = 1; page < 60; page++) {
      pages.show(page * PAGE + 90, page * PAGE + 100);
      await next();
      await next();
    }
    expect(pages.row(0)).toBeNull();
    expect(pages.row(59 * PAGE)).not.toBeNull();
  });
});
