import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { follow } from "./follow";

/** Answers in turn; after the last there is none. */
const answers = (...all: (string[] | Error)[]) =>
  vi.fn(() => {
    const answer = all.shift();
    if (answer === undefined) return new Promise<string[]>(() => {});
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("what is said is heard in its order, whatever comes together", async () => {
  const next = answers(["a", "b"], [], ["c"]);
  const heard: string[] = [];
  follow(next, (said) => heard.push(said));
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toEqual(["a", "b", "c"]);
  expect(next, "and the next is asked for").toHaveBeenCalledTimes(4);
});

test("after a question that failed it waits, and asks again", async () => {
  const told = vi.spyOn(console, "error").mockReturnValue();
  const next = answers(new Error("gone"), ["a"]);
  const heard: string[] = [];
  follow(next, (said) => heard.push(said));
  await vi.advanceTimersByTimeAsync(500);
  expect(next).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(600);
  expect(heard).toEqual(["a"]);
  expect(told).toHaveBeenCalledOnce();
});

test("one whose hearing fails loses none of the others", async () => {
  const told = vi.spyOn(console, "error").mockReturnValue();
  const heard: string[] = [];
  follow(answers(["a", "b"], ["c"]), (said) => {
    if (said === "a") throw new Error("not understood");
    heard.push(said);
  });
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toEqual(["b", "c"]);
  expect(told).toHaveBeenCalledOnce();
});

test("when it has ended nothing is heard or asked", async () => {
  const next = answers(["a", "b"], ["c"]);
  const heard: string[] = [];
  const end = follow(next, (said) => {
    heard.push(said);
    end();
  });
  await vi.advanceTimersByTimeAsync(5000);
  expect(heard).toEqual(["a"]);
  expect(next).toHaveBeenCalledTimes(1);
});
