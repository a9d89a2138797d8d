import { printable } from '@ingot/workspace';
import { interruptible } from './interruptible.ts';
import type { Registries, Repository } from '@ingot/registry';
import type { Reference } from '@ingot/registry/reference';
import type { Access } from './access.ts';
import type { Terminal } from './verb.ts';

/** What a verb does its work with. */
export interface Network {
  /** Loads what speaks to registries when it is first asked for; one session for each access. */
  readonly repository: (reference: Reference, access: Access) => Promise<Repository>;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** What is needed of a terminal. */
export type Surroundings = Pick<Terminal, 'stderr' | 'env'>;

/** Lets `work` talk to registries; closes all connections at its end. Warnings of registries go to stderr. */
export async function withRegistries<T>(
  { stderr, env }: Surroundings,
  work: (network: Network) => Promise<T>,
): Promise<T> {
  const sessions = new Map<string, Registries>();
  const onWarning = (text: string): void => void stderr.write(`warning: ${printable(text)}\n`);
  return interruptible(async (signal) => {
    const repository = async (reference: Reference, access: Access): Promise<Repository> => {
      const { openRegistries } = await import('@ingot/registry');
      const key = JSON.stringify(access);
      const session = sessions.get(key) ?? openRegistries({ ...access, env, signal, onWarning });
      sessions.set(key, session);
      return session.repository(reference);
    };
    try {
      return await work({ repository, signal });
    } finally {
      for (const session of sessions.values()) await session.close();
    }
  });
}
