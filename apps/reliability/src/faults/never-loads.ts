/** A task module that never finishes loading. */
await new Promise(() => {});
export const innocent = (n: number): number => n;
