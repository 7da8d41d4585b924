import { expect, it } from "vitest";
import { Answer } from "./answer.svelte";
import { unreachable } from "./testing/samples";

it("keeps only the answer to the newest question", async () => {
  const answers: ((value: string) => void)[] = [];
  const answer = new Answer(() => new Promise<string>((give) => answers.push(give)));
  const asked = [answer.ask(), answer.ask()];
  answers[1]?.("new");
  answers[0]?.("old");
  await Promise.all(asked);
  expect(answer.result).toEqual({ is: "found", value: "new" });
});

it("says why there is none, and that it is asked again", async () => {
  let fail = true;
  const answer = new Answer(async () => {
    if (fail) throw unreachable;
    return "here";
  });
  await answer.ask();
  expect(answer.result).toEqual({ is: "problem", error: unreachable });
  fail = false;
  const asked = answer.ask();
  expect(answer.result).toEqual({ is: "asking" });
  await asked;
  expect(answer.result).toEqual({ is: "found", value: "here" });
});
