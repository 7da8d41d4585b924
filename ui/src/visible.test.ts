import { afterEach, describe, expect, it } from "vitest";
import { keepVisible, visible } from "./visible";

describe("a text from strangers", () => {
  it.each([
    ["leaf-01\n\tü β 漢字", "leaf-01\n\tü β 漢字"],
    ["lab\u202egnp.exe", "lab⟨U+202E⟩gnp.exe"],
    ["\u001b[2Jgone", "⟨U+001B⟩[2Jgone"],
    ["zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩"],
    ["pay\u200dpal", "pay⟨U+200D⟩pal"],
    ["tag\u{e0041}", "tag⟨U+E0041⟩"],
    ["\u2066a\u2069", "⟨U+2066⟩a⟨U+2069⟩"],
    ["line\r\n", "line\r\n"],
    ["👩🏽‍💻 and 👨‍👩‍👧", "👩🏽‍💻 and 👨‍👩‍👧"],
  ])("%j is shown as %j", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });
});

describe("what is on the page", () => {
  let stop = () => {};
  afterEach(() => {
    stop();
    document.body.replaceChildren();
  });
  const settled = () => new Promise((done) => setTimeout(done));

  it("is written out when it comes, changes and is a title", async () => {
    document.body.innerHTML = "<p id=a title='x\u202e'>a\u202e</p>";
    stop = keepVisible(document.body);
    const there = document.getElementById("a");
    expect([there?.textContent, there?.title]).toEqual(["a⟨U+202E⟩", "x⟨U+202E⟩"]);

    const came = document.createElement("div");
    came.innerHTML = "<b aria-label='b\u200b'>b\u200b</b>";
    document.body.append(came);
    await settled();
    expect(came.textContent).toBe("b⟨U+200B⟩");
    expect(came.firstElementChild?.getAttribute("aria-label")).toBe("b⟨U+200B⟩");

    came.firstElementChild!.firstChild!.nodeValue = "c\u2067";
    came.setAttribute("title", "c\u2067");
    await settled();
    expect([came.textContent, came.title]).toEqual(["c⟨U+2067⟩", "c⟨U+2067⟩"]);
  });

  it("is marked where a word of it is very long", async () => {
    stop = keepVisible(document.body);
    const [long, short] = ["W".repeat(256), "word ".repeat(100)];
    document.body.innerHTML = `<p>a ${long}</p><p>${short}</p><div contenteditable>${long}</div>`;
    await settled();
    const marked = [...document.body.children].map((element) => element.hasAttribute("data-long-word"));
    expect(marked).toEqual([true, false, false]);
  });

  it("stays as it is where it is typed", async () => {
    stop = keepVisible(document.body);
    document.body.innerHTML = "<div contenteditable><p>a\u202e</p></div><textarea>b\u202e</textarea>";
    await settled();
    expect(document.body.textContent).toBe("a\u202eb\u202e");
  });
});
