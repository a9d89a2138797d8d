/** Something that takes time to make, and how many bytes of memory it holds meanwhile. */
export interface Task<T> {
  readonly cost: number;
  readonly start: () => Promise<T>;
}

/** How far to run ahead: at most so many tasks, of which all but the last together cost at most so many bytes. */
export interface Bounds {
  readonly tasks: number;
  readonly bytes: number;
}

/** The results of the tasks in their order; the next ones are under way while one is being used. */
export async function* readAhead<T>(tasks: Iterable<Task<T>>, bounds: Bounds): AsyncGenerator<T, void, undefined> {
  const underWay: { readonly cost: number; readonly result: Promise<T> }[] = [];
  let bytes = 0;
  async function first(): Promise<T> {
    const { cost, result } = underWay.shift() as (typeof underWay)[number];
    bytes -= cost;
    return await result;
  }
  for (const { cost, start } of tasks) {
    const result = start();
    // Its error is thrown where it is awaited, or belongs to nobody any more.
    result.catch(() => {});
    underWay.push({ cost, result });
    bytes += cost;
    while (underWay.length >= bounds.tasks || bytes > bounds.bytes) yield await first();
  }
  while (underWay.length > 0) yield await first();
}
