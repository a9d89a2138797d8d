import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Of a registry's answers: whose registry it is. */
export const ownerHeader = 'X-Registry-Owner';

/** A registry of this machine. */
export interface LocalRegistry {
  /** What `docker-registry serve` is given. */
  readonly config: string;
  /** host:port that it listens on. */
  readonly address: string;
  /** Stands for the folder that it runs in: another copy of the workspace has another. */
  readonly owner: string;
  /** The path of the program. */
  readonly program: string;
}

/** Throws an Error where docker-registry is not installed, or the configuration names no address. */
export function localRegistry(config: string): LocalRegistry {
  const address = /^ +addr: (\S+)$/m.exec(readFileSync(config, 'utf8'))?.[1];
  if (address === undefined) throw new Error(`${config} has no http.addr`);
  const owner = createHash('sha256').update(process.cwd()).digest('hex');
  return { config, address, owner, program: programPath('docker-registry') };
}

/** As clear as it can be said to somebody who reads it in Nx's output. */
export function portTaken({ address }: LocalRegistry): Error {
  return new Error(
    `${address} is taken: by this example in another folder, or by a registry that was left over. End that one first.`,
  );
}

/** Says what is wrong, without a trace, and ends. */
export function fail(error: unknown): never {
  console.error((error as Error).message);
  process.exit(1);
}

function programPath(name: string): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      continue;
    }
  }
  throw new Error(`${name} is not installed; it is Debian's package ${name}: apt-get install ${name}`);
}
