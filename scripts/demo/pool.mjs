/** Runs `work` for every item, at most `concurrency` at once. The first error ends it, after the running ones. */
export async function forEachConcurrently(items, concurrency, work) {
  const iterator = items[Symbol.iterator]();
  let error;
  async function lane() {
    for (const item of iterator) {
      if (error) return;
      try {
        await work(item);
      } catch (caught) {
        error ??= caught;
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane));
  if (error) throw error;
}

export function sleep(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
