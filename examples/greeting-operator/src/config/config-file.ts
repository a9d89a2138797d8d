import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorFields, OperatorError } from '../error.ts';
import type { Log } from '../log.ts';
import { parseOperatorConfig, type OperatorConfig } from './operator-config.ts';

export interface ConfigFile {
  /** The last one that was sound. */
  readonly current: OperatorConfig;
  /**
   * Looks into the file every so many milliseconds, until `signal`: MetalK8s changes the ConfigMap when another version of
   * the Solution is imported, and does not start the operator again for that. What is not sound is only logged.
   */
  follow(every: number, onChange: () => void, signal: AbortSignal): Promise<void>;
}

/** Throws GREETING_CONFIG where the file is not there or not sound. */
export async function openConfigFile(path: string, log: Log): Promise<ConfigFile> {
  let text = await read(path);
  let current = parseOperatorConfig(text, path);

  const look = async () => {
    const now = await read(path);
    if (now === text) return false;
    text = now;
    current = parseOperatorConfig(now, path);
    return true;
  };

  return {
    get current() {
      return current;
    },
    async follow(every, onChange, signal) {
      for (;;) {
        await sleep(every, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
        try {
          if (await look()) onChange();
        } catch (error) {
          log('error', 'the new configuration is not taken', errorFields(error));
        }
      }
    },
  };
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const help = 'MetalK8s mounts it from the ConfigMap <solution>-operator-config';
    throw new OperatorError('GREETING_CONFIG', 'the configuration cannot be read', { path, cause, help });
  }
}
