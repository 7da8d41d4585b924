/** The name to offer for a picture of a fabric: its own name, as far as every file system takes it. */
export function fileName(fabric: string, extension: "svg" | "png"): string {
  const name = fabric.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[.-]+|[.-]+$/g, "");
  return `${name || "fabric"}-topology.${extension}`;
}
