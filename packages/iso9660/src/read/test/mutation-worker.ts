import { parentPort, workerData } from 'node:worker_threads';
import { judge } from './judge.ts';
import { mutate } from './mutate.ts';
import type { BaseImage } from './mutation-bases.ts';
import { Random } from './random.ts';
import { structureOf } from './structure.ts';

/** Images `first` to `first + count - 1`: the number is the seed. `progress[0]` is the one at hand, for the watch. */
export interface MutationOrder {
  readonly bases: readonly BaseImage[];
  readonly first: number;
  readonly count: number;
  readonly progress: Int32Array<SharedArrayBuffer>;
}

export interface MutationOutcome {
  readonly images: number;
  /** Images that could be read in full, through every view. */
  readonly unharmed: number;
  readonly entries: number;
  /** How often each code was thrown. */
  readonly codes: Readonly<Record<string, number>>;
  /** `seed base: fault`; at most a few. */
  readonly faults: readonly string[];
}

const MOST_FAULTS = 5;

export async function runMutations({ bases, first, count, progress }: MutationOrder): Promise<MutationOutcome> {
  const sound = bases.map(({ name, bytes }) => {
    const copy = Buffer.from(bytes);
    return { name, bytes: copy, structure: structureOf(copy) };
  });
  const codes: Record<string, number> = {};
  const faults: string[] = [];
  let [images, unharmed, entries] = [0, 0, 0];
  for (let seed = first; seed < first + count && faults.length < MOST_FAULTS; seed += 1) {
    progress[0] = seed;
    const random = new Random(seed);
    const base = random.of(sound);
    const mutant = mutate(base, random);
    const judgement = await judge(base.bytes.subarray(0, mutant.size));
    mutant.undo();
    images += 1;
    entries += judgement.entries;
    if (judgement.codes.length === 0) unharmed += 1;
    for (const code of judgement.codes) codes[code] = (codes[code] ?? 0) + 1;
    faults.push(...judgement.faults.map((fault) => `image ${seed} from ${base.name}: ${fault}`));
  }
  return { images, unharmed, entries, codes, faults };
}

if (parentPort !== null && isOrder(workerData)) parentPort.postMessage(await runMutations(workerData));

function isOrder(value: unknown): value is MutationOrder {
  return typeof value === 'object' && value !== null && 'bases' in value && 'progress' in value;
}
