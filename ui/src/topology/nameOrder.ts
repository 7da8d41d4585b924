const collator = new Intl.Collator("en", { numeric: true });

/** Orders by name as an operator counts: leaf-2 before leaf-10. */
export const byName = (a: { name: string }, b: { name: string }): number => collator.compare(a.name, b.name);
