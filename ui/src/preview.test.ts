import { describe, expect, it } from "vitest";
import { shownOf } from "./preview";
import { findings, largePreview, preview } from "./testing/samples";

describe("as much of a preview as is shown", () => {
  it("has the files with problems first, and every finding once", () => {
    const { files, more, elsewhere } = shownOf(preview(), null, 200);
    expect(files.map(({ file, documents }) => [file.file, documents.length])).toEqual([
      ["fabrics/lab-1/raw/leafs.yaml", 6],
      ["fabrics/lab-1/raw/servers.yaml", 2],
    ]);
    expect(files.flatMap((file) => file.findings)).toEqual([]);
    expect(elsewhere.map((finding) => finding.code)).toEqual(["FGD-302"]);
    expect(more).toBe(0);
  });

  it("keeps the finding of a file that could not be read beside its name", () => {
    const [finding] = findings();
    const unread = {
      ...preview(),
      files: [{ file: finding!.file!, archivedTo: null, documents: [] }],
      findings: [finding!],
    };
    expect(shownOf(unread, null, 200).files).toMatchObject([{ findings: [finding] }]);
    expect(shownOf(unread, "created", 200).files).toEqual([]);
  });

  it("is capped, and says by how many", () => {
    const { files, more } = shownOf(largePreview(5000), "created", 200);
    expect([files[0]?.documents.length, more]).toEqual([200, 4799]);
  });
});
