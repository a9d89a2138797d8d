/**
 * Does `work` for each item, at most `limit` at a time, and answers in the order of the items. Throws the first error
 * that `work` throws.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
  limit = 8,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  // All take from one iterator, so each item is taken once.
  const take = async () => {
    for (const [index, item] of waiting) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, take));
  return results;
}
